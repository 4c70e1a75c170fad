"""Gaming moves on accounts: re-aged without payment, handed back before the count; compiled."""

from sim.compiled import compiled
from sim.lateness import RE_AGED_AFTER, watch
from sim.records import NEVER
from sim.units import CHARGE_OFF_DAY


@compiled()
def extend(accounts, first, day, queue, n, wanted, c, bounds, coming, flow):
    """Extend and pretend: re-age without payment the accounts nearest to charge-off."""
    for floor in RE_AGED_AFTER:
        for j in range(n):
            if wanted <= 0:
                return
            x = accounts[first + queue[j]]
            days = day - x.due_from
            if x.due_from == NEVER or days <= floor or days > CHARGE_OFF_DAY:
                continue
            wanted -= 1
            flow.extended += 1
            flow.extended_balance += x.balance
            x.due_from = day - 1
            x.arrears = min(x.instalment, x.balance)
            x.hidden += days - 1
            x.promise_due = -1
            watch(x, queue[j], day + 1, c, bounds, coming)


@compiled()
def park(accounts, first, day, queue, n, wanted, days, last_try, flow):
    """Hand back the oldest accounts: nobody works them for so many days."""
    for floor in (120, 90, 60, 30):
        for q in range(n):
            if wanted <= 0:
                return
            x = accounts[first + queue[q]]
            late = day - x.due_from
            if late <= floor or late > CHARGE_OFF_DAY or x.last_attempt > day:
                continue
            wanted -= 1
            flow.parked_due += x.arrears
            flow.parked_exposure += x.balance
            x.last_attempt = day + days
            last_try[q] = x.last_attempt
