"""The back-test: a lender's own history re-priced under a scheme, beside the pay it recorded.

Nothing is simulated: what was reported is taken as it is, and each month is settled as a payday is.
The first month with collectors is the scheme's period 0; nobody remembers anything before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.activity import TOTALS, Activity
from sim.errors import InputError
from sim.history import History
from sim.history_file import MEASURED
from sim.indicators import INDICATORS
from sim.payday import part_pay, settle
from sim.scheme import Memory, Scheme
from sim.timeline import Timeline
from sim.units import to_fen

REPORTED = (*MEASURED, "tenure_days")


@dataclass(frozen=True)
class Backtest:
    """What each collector would have been paid in each month, beside what was.

    `lines` has a row for each of the history's rows: collector, month by its name, recorded_fen,
    repriced_fen, difference_fen (re-priced less recorded), wage_fen, and fen by component.
    """

    lines: pd.DataFrame

    @property
    def differences(self) -> pd.DataFrame:
        """The lines that do not reconcile, the largest difference first."""
        wrong = self.lines[self.lines["difference_fen"] != 0]
        order = wrong["difference_fen"].abs().sort_values(ascending=False, kind="stable").index
        return wrong.loc[order].reset_index(drop=True)

    @property
    def totals(self) -> pd.DataFrame:
        """Sums by month, and how many lines of it differ."""
        by_month = self.lines.groupby("month", sort=False)
        money = [name for name in self.lines if name.endswith("_fen")]
        differ = by_month["difference_fen"].agg(lambda fen: int((fen != 0).sum()))
        return by_month[money].sum().assign(lines_that_differ=differ).reset_index()


def backtest(history: History, scheme: Scheme) -> Backtest:
    """The collectors' history re-priced. Raises InputError where the scheme needs more of it."""
    rows = history.collectors
    if rows.empty:
        raise InputError("[collectors]: expected a table of what collectors reported and were paid")
    _check_reported(rows, scheme)
    seats, seat = np.unique(rows["seat"], return_inverse=True)
    _check_seats(rows, history.months)
    team = np.unique(rows["team"], return_inverse=True)[1]
    memory = scheme.start(seats.size)
    lines, first = [], rows["month"].min()
    for month in np.unique(rows["month"]):
        here = np.flatnonzero(rows["month"] == month)
        seen, at = rows.iloc[here], seat[here]
        a = _reported(seen, team[here], scheme, month - first)
        paid, after = _settled(scheme, {k: v[at] for k, v in memory.items()}, a, seen)
        for name, values in after.items():
            memory[name][at] = values
        lines.append(_lines(seen, history.months[month], a["wage"], paid))
    return Backtest(pd.concat(lines, ignore_index=True))


def _check_reported(rows: pd.DataFrame, scheme: Scheme) -> None:
    """Refuse a history that lacks what the scheme's pay depends on."""
    for c in scheme.pay:
        reported = sorted(c.indicators & INDICATORS.keys() & set(rows))
        if c.every > 1 and reported:
            raise InputError(
                f"[collectors] {reported[0]}: expected the counts it is made of, because "
                f"{c.label} assesses {c.every} periods together"
            )
    one = rows.iloc[:1]
    try:
        _settled(scheme, scheme.start(1), _reported(one, np.zeros(1), scheme, 0), one)
    except KeyError as missing:
        read = (TOTALS.get(name, (name,)) for name in scheme.reads - set(rows))
        lacking = sorted({part for parts in read for part in parts} - set(rows))
        raise InputError(
            f"[collectors] {missing.args[0]} is missing: the scheme's pay depends on it; it reads "
            f"and the history lacks {', '.join(lacking or missing.args)}"
        ) from None


def _check_seats(rows: pd.DataFrame, months: tuple[str, ...]) -> None:
    """Refuse two collectors at one desk in a month."""
    twice = rows[rows.duplicated(["seat", "month"])]
    if len(twice):
        seat, month = twice.iloc[0][["seat", "month"]]
        raise InputError(
            f"[collectors] seat = {seat}: expected one collector a month, found more in "
            f"{months[month]} ({len(twice):,} such rows in all)"
        )


def _reported(rows: pd.DataFrame, team: np.ndarray, scheme: Scheme, period: int) -> Activity:
    """A month's activity as the lender reported it; what it did not report is not there."""
    wage = np.rint(to_fen(scheme.wage_yuan) * rows["presence"].to_numpy(float))
    facts = {"period": np.full(len(rows), float(period)), "team": team.astype(float), "wage": wage}
    facts["staffed"] = (rows["presence"].to_numpy(float) > 0.0).astype(float)
    given = {name: rows[name].to_numpy(float) for name in REPORTED if name in rows}
    return Activity(facts | given)


def _settled(scheme: Scheme, memory: Memory, a: Activity, rows: pd.DataFrame):
    """Fen by component with what leavers still get, and the memory after the month."""
    timeline, number = Timeline(scheme, ()), np.zeros(len(rows), np.int64)
    present, left = rows["presence"].to_numpy() > 0, rows["left"].to_numpy() > 0
    paid, memories = settle(timeline, number, [memory], a, present)
    extra, memories = part_pay(timeline, memories, left)
    return {name: fen + extra.get(name, 0) for name, fen in paid.items()}, memories[0]


def _lines(rows: pd.DataFrame, month: str, wage: np.ndarray, paid: Mapping) -> pd.DataFrame:
    """The month's lines of the back-test."""
    repriced = wage.astype(np.int64) + sum(paid.values())
    recorded = rows["pay_fen"].to_numpy()
    return pd.DataFrame({
        "collector": rows["collector"].to_numpy(),
        "month": month,
        "recorded_fen": recorded,
        "repriced_fen": repriced,
        "difference_fen": repriced - recorded,
        "wage_fen": wage.astype(np.int64),
        **{f"{name}_fen": fen for name, fen in paid.items()},
    })  # fmt: skip
