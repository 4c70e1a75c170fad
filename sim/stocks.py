"""Stocks: what the accounts owe on a day, by how late they are; compiled."""

import numpy as np

from sim.compiled import compiled
from sim.lateness import LATE, RE_AGED_AFTER, bucket_of
from sim.records import CLOSED
from sim.units import CHARGE_OFF_DAY


@compiled()
def balances(accounts, firsts, live, day):
    """What arrived accounts that are not charged off owe, int64 fen: performing, M1 … M6.

    A re-aged account is as late as its spell is long, and no less than the least that is re-aged,
    cured or not: re-aging hides a loss and does not lessen it (CBIRC & PBoC 2023, order 1: what is
    restructured while bad stays bad for a year of observation).
    """
    total = np.zeros(LATE + 2, np.int64)  # and what is charged off or closed
    places = np.zeros(CHARGE_OFF_DAY + 2, np.int64)
    for late in range(1, places.size):
        places[late] = bucket_of(late) + 1
    for seat in range(live.size):
        for i in range(firsts[seat], live[seat]):
            x = accounts[i]  # hardly a branch: who is late is a coin to the processor
            late = min(max(day - np.int64(x.due_from), 0), CHARGE_OFF_DAY + 1)
            if x.reages > 0 and late <= CHARGE_OFF_DAY:
                spell = day - np.int64(x.spell_from) if late > 0 else 0
                late = min(max(spell, RE_AGED_AFTER[-1] + 1), CHARGE_OFF_DAY)
            place = LATE + 1 if x.row == CLOSED else places[late]
            total[place] += x.balance
    return total[: LATE + 1]


@compiled()
def arrears_by_bucket(accounts, firsts, live, day):
    """Overdue fen in each seat's queue on a day, float64 (seat, bucket)."""
    total = np.zeros((live.size, LATE + 1))
    for seat in range(live.size):
        for i in range(firsts[seat], live[seat]):
            late = day - np.int64(accounts[i].due_from)
            if late > 0:
                total[seat, bucket_of(late)] += accounts[i].arrears
    return total
