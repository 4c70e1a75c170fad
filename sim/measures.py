"""The measures of a replication: what a run comes to, from the sums of its counted periods."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.interval import interval


@dataclass(frozen=True)
class Measure:
    """One figure of a replication, from the sums of its counted periods."""

    key: str
    en: str
    zh: str
    unit: str
    of: Callable[[Any], float]  # of the sums of a replication
    digits: int = 2


def _per(part: float, whole: float) -> float:
    """NaN of nothing: a replication without contacts has no complaints per contact."""
    return float(part / whole) if whole else math.nan


def _accrued(paid_yuan: float, s: Any) -> float:
    """Pay with what is earned and not yet paid, without what was earned before."""
    return paid_yuan + s.deferred_yuan


MEASURES = (
    Measure(
        "recovered",
        "cash from overdue accounts",
        "逾期回款",
        "yuan per period",
        lambda s: s.cash_yuan / s.periods,
        0,
    ),
    Measure(
        "recovery_rate",
        "recovery rate, true",
        "真实回收率",
        "share",
        lambda s: _per(s.cash_yuan, s.due_yuan),
        4,
    ),
    Measure(
        "reported_recovery_rate",
        "recovery rate, reported",
        "上报回收率",
        "share",
        lambda s: _per(s.recorded_cash_yuan, s.recorded_due_yuan),
        4,
    ),
    Measure(
        "bad_debt_rate",
        "bad-debt rate",
        "坏账率",
        "share per period",
        lambda s: _per(s.bad_debt_yuan, s.exposure_yuan),
        4,
    ),
    Measure(
        "late_recovered",
        "recovered after charge-off",
        "核销后回收",
        "yuan per period",
        lambda s: s.late_cash_yuan / s.periods,
        0,
    ),
    Measure(
        "pay",
        "pay",
        "薪酬",
        "yuan per seat and period",
        lambda s: _accrued(s.pay_yuan, s) / s.seat_periods,
        0,
    ),
    Measure(
        "incentive",
        "incentive pay",
        "激励薪酬",
        "yuan per seat and period",
        lambda s: _accrued(s.incentive_yuan, s) / s.seat_periods,
        0,
    ),
    Measure(
        "cost_to_collect",
        "pay per cash",
        "催收成本率",
        "share",
        lambda s: _per(_accrued(s.pay_yuan, s), s.cash_yuan + s.late_cash_yuan),
        4,
    ),
    Measure(
        "discounts",
        "discounts",
        "减免",
        "yuan per period",
        lambda s: s.discount_yuan / s.periods,
        0,
    ),
    Measure(
        "complaints",
        "complaints",
        "投诉",
        "per 1,000 contacts",
        lambda s: 1000.0 * _per(s.complaints, s.contacts),
    ),
    Measure(
        "harsh_contacts",
        "contacts under pressure",
        "施压联系",
        "share of contacts",
        lambda s: _per(s.harsh_contacts, s.contacts),
        4,
    ),
    Measure(
        "compliance",
        "compliant operations, true",
        "真实合规率",
        "share",
        lambda s: _per(s.compliant, s.checked),
        4,
    ),
    Measure(
        "documents",
        "files complete, true",
        "真实资料完整率",
        "share",
        lambda s: _per(s.files_complete, s.files_due),
        4,
    ),
    Measure(
        "later_default",
        "cured accounts that became overdue again",
        "再次逾期",
        "share of cures",
        lambda s: _per(s.relapses, s.cures),
        4,
    ),
    Measure(
        "effort",
        "effective hours",
        "有效工时",
        "per seat and week",
        lambda s: s.hours / s.seat_weeks,
    ),
    Measure(
        "gaming",
        "hours spent on gaming",
        "操纵工时",
        "share of hours",
        lambda s: _per(s.gaming_hours, s.hours),
        4,
    ),
    Measure(
        "leavers",
        "collectors who left",
        "离职",
        "share per year",
        lambda s: _per(s.leavers, s.seat_weeks) * 365.0 / 7.0,
        3,
    ),
    Measure(
        "net_cash",
        "cash less all costs, credit losses not counted",
        "净回款",
        "yuan per period",
        lambda s: s.net_cash_yuan / s.periods,
        0,
    ),
    Measure(
        "net_value",
        "recoveries less credit losses and all costs",
        "净价值",
        "yuan per period",
        lambda s: s.net_yuan / s.periods,
        0,
    ),
)


def measures_of(periods: Mapping[str, Sequence[float]], warm_up: int) -> dict[str, float]:
    """Every measure of one replication by its key; `periods` are the columns of its table.

    Sums are exact before they are rounded, so that no order of adding shows in a result.
    """
    counted = [at for at, period in enumerate(periods["period"]) if period >= warm_up]
    sums = {name: math.fsum(column[at] for at in counted) for name, column in periods.items()}
    weeks = math.fsum(periods["seats"][at] * periods["days"][at] / 7.0 for at in counted)
    sums |= {"periods": len(counted), "seat_periods": sums["seats"], "seat_weeks": weeks}
    row = SimpleNamespace(**sums)
    return {measure.key: measure.of(row) for measure in MEASURES}


def paired(mine: np.ndarray, base: np.ndarray) -> dict[str, float]:
    """The difference of two arrays of replications with the same luck, and its 95 % interval.

    `unpaired_runs` is how many runs of either with independent luck would give as small a standard
    error; over `runs` it is the factor by which the same luck reduces the variance. Replications
    in which either has no value are left out.
    """
    both = np.isfinite(mine) & np.isfinite(base)
    mine, base = mine[both], base[both]
    mean, low, high = interval(mine - base)
    apart = np.var(mine, ddof=1) + np.var(base, ddof=1) if len(mine) > 1 else np.nan
    together = np.var(mine - base, ddof=1) if len(mine) > 1 else np.nan
    gain = apart / together if together > 0 else np.nan
    return {
        "base": interval(base)[0],
        "mean": interval(mine)[0],
        "difference": mean,
        "low": low,
        "high": high,
        "runs": len(mine),
        "unpaired_runs": len(mine) * gain,
    }
