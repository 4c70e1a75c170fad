"""Stocks: what the accounts owe on a day, by how late they are; compiled."""

import numpy as np

from sim.compiled import compiled
from sim.lateness import LATE, bucket_of, true_lateness
from sim.records import CLOSED
from sim.units import CHARGE_OFF_DAY


@compiled()
def balances(accounts, firsts, live, day):
    """What arrived accounts that are not charged off owe, int64 fen: performing, M1 … M6.

    Re-aging hides a loss and does not lessen it, so a re-aged account is as late as it was and
    has become since. Cured, it counts as M4 until it has proven itself, then as M1 while observed.
    """
    total = np.zeros(LATE + 2, np.int64)  # and what is charged off or closed
    places = np.zeros(CHARGE_OFF_DAY + 2, np.int64)
    for late in range(1, places.size):
        places[late] = bucket_of(late) + 1
    for seat in range(live.size):
        for i in range(firsts[seat], live[seat]):
            x = accounts[i]  # hardly a branch: who is late is a coin to the processor
            late = max(day - np.int64(x.due_from), 0)
            if x.hidden > 0:
                late = true_lateness(x, day)
            place = LATE + 1 if x.row == CLOSED else places[min(late, CHARGE_OFF_DAY + 1)]
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
