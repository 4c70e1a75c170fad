"""The back-test: a lender's own history re-priced under a scheme, beside the pay it recorded.

Nothing is simulated: what was reported is taken as it is, and each month is settled as a payday is.
The first month with collectors is the scheme's period 0; nobody remembers anything before it.
"""

from collections.abc import Mapping, Sequence
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
from sim.timeline import Change, Timeline
from sim.units import DAYS_PER_MONTH, to_fen

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


def backtest(history: History, scheme: Scheme, changes: Sequence[Change] = ()) -> Backtest:
    """The collectors' history re-priced, under new schemes from the periods of their changes on.

    Raises InputError where the schemes need more of it.
    """
    rows = history.collectors
    if rows.empty:
        raise InputError("[collectors]: expected a table of what collectors reported and were paid")
    timeline = Timeline(scheme, changes)
    _check_reported(rows, timeline)
    seats, seat = np.unique(rows["seat"], return_inverse=True)
    _check_seats(rows, history.months)
    team = np.unique(rows["team"], return_inverse=True)[1]
    memories = [scheme.start(seats.size) for scheme in timeline.schemes]
    lines, first = [], rows["month"].min()
    for month in np.unique(rows["month"]):
        here = np.flatnonzero(rows["month"] == month)
        seen, at = rows.iloc[here], seat[here]
        number = _numbers(timeline, seen, month - first)
        a = _reported(seen, team[here], timeline, number, month - first)
        known = [{k: v[at] for k, v in memory.items()} for memory in memories]
        paid, after = _settled(timeline, number, known, a, seen)
        for memory, learned in zip(memories, after, strict=True):
            for name, values in learned.items():
                memory[name][at] = values
        lines.append(_lines(seen, history.months[month], a["wage"], paid))
    table = pd.concat(lines, ignore_index=True)
    money = [name for name in table if name.endswith("_fen")]  # not every scheme has every part
    return Backtest(table.assign(**table[money].fillna(0).astype(np.int64)))


def _numbers(timeline: Timeline, rows: pd.DataFrame, period: int) -> np.ndarray:
    """Number of each row's scheme, (row,)."""
    days = DAYS_PER_MONTH
    hired = (period + 1) * days - rows.get("tenure_days", pd.Series(0.0, rows.index)).to_numpy()
    return timeline.of_seats(period, hired, days)


def _check_reported(rows: pd.DataFrame, timeline: Timeline) -> None:
    """Refuse a history that lacks what the schemes' pay depends on."""
    if any(c.grandfathered for c in timeline.changes) and "tenure_days" not in rows:
        raise InputError(
            "[collectors] tenure_days is missing: it tells who was hired before the change and "
            "keeps the old scheme"
        )
    for scheme in timeline.schemes:
        _check_scheme(rows, scheme)


def _check_scheme(rows: pd.DataFrame, scheme: Scheme) -> None:
    for c in scheme.pay:
        reported = sorted(c.indicators & INDICATORS.keys() & set(rows))
        if c.every > 1 and reported:
            raise InputError(
                f"[collectors] {reported[0]}: expected the counts it is made of, because "
                f"{c.label} assesses {c.every} periods together, and the indicator of several "
                "months does not follow from those of each"
            )
    one, alone = rows.iloc[:1], Timeline(scheme, ())
    number = np.zeros(1, np.int64)
    try:
        a = _reported(one, np.zeros(1), alone, number, 0)
        _settled(alone, number, [scheme.start(1)], a, one)
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


def _reported(
    rows: pd.DataFrame, team: np.ndarray, timeline: Timeline, number: np.ndarray, period: int
) -> Activity:
    """A month's activity as the lender reported it; what it did not report is not there."""
    fen = to_fen([scheme.wage_yuan for scheme in timeline.schemes])[number]
    wage = np.rint(fen * rows["presence"].to_numpy(float))
    facts = {"period": np.full(len(rows), float(period)), "team": team.astype(float), "wage": wage}
    facts["staffed"] = (rows["presence"].to_numpy(float) > 0.0).astype(float)
    given = {name: rows[name].to_numpy(float) for name in REPORTED if name in rows}
    return Activity(facts | given)


def _settled(
    timeline: Timeline, number: np.ndarray, memories: Sequence[Memory], a: Activity,
    rows: pd.DataFrame,
) -> tuple[dict[str, np.ndarray], list[Memory]]:  # fmt: skip
    """Fen by component with what leavers still get, and the memories after the month."""
    present, left = rows["presence"].to_numpy() > 0, rows["left"].to_numpy() > 0
    paid, memories = settle(timeline, number, memories, a, present)
    extra, memories = part_pay(timeline, memories, left)
    labels = [*paid, *(label for label in extra if label not in paid)]
    return {name: paid.get(name, 0) + extra.get(name, 0) for name in labels}, memories


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
