"""Lateness: what follows from how late an account is, for compiled loops."""

import numpy as np

from sim.compiled import compiled
from sim.records import AGES, NEVER
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH

LATE = len(BUCKETS) - 1  # bucket index of charged-off accounts
MONTH = DAYS_PER_MONTH
RE_AGED_AFTER = (150, 120, 90)  # days late, the latest first
# A restructured account that was bad before stays so until it has paid for half a year, and is
# watched for a year (CBIRC & PBoC 2023, order 1, articles 15, 20 and 22).
PROVEN_DAYS, OBSERVED_DAYS = 180, 365


@compiled(inline="always")
def age_column(overdue_days):
    """Column of the age tables: 0 performing, days past due, then 32-day steps."""
    if overdue_days <= CHARGE_OFF_DAY:
        return max(overdue_days, 0)
    return min(CHARGE_OFF_DAY + 1 + ((overdue_days - CHARGE_OFF_DAY - 1) >> 5), AGES - 1)


@compiled(inline="always")
def bucket_of(overdue_days):
    """0 for M1 … 5 for M6, 6 for charged off."""
    return min((overdue_days - 1) // MONTH, LATE)


@compiled(inline="always")
def next_day(x, day, c):
    """The next day after `day` on which something is due whatever the luck."""
    if x.due_from == NEVER:
        return np.int32(NEVER)
    age = day - x.due_from
    if age <= CHARGE_OFF_DAY:
        coming = x.due_from + (max(age - 1, 0) // MONTH + 1) * MONTH + 1
    else:
        coming = x.due_from + CHARGE_OFF_DAY + c.sold_after + 1
    if x.promise_due > day:
        coming = min(coming, x.promise_due)
    return np.int32(max(coming, day + 1))


@compiled()
def watch(x, j, day, c, bounds, coming):
    """From `day` on, account j needs a look if its draw is below the bound or its day has come."""
    bounds[j] = c.bound[x.row, age_column(day - np.int64(x.due_from))]
    coming[j] = next_day(x, day - 1, c)


@compiled(inline="always")
def observed(x, day):
    """Whether a performing account was re-aged and is still under observation."""
    return x.hidden > 0 and day - x.good_since < OBSERVED_DAYS


@compiled(inline="always")
def true_lateness(x, day):
    """Days late that the account counts for, whatever re-aging took off the record."""
    late = day - np.int64(x.due_from)
    if late > 0:
        return min(late + x.hidden, max(late, CHARGE_OFF_DAY))
    if not observed(x, day):
        return 0
    return RE_AGED_AFTER[-1] + 1 if day - x.good_since < PROVEN_DAYS else 1
