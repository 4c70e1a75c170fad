"""The outcome: tidy tables of all replications, truth beside record, with 95 % intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.activity import COLUMN, NAMES, Activity
from sim.collector import BUSY, GAMING
from sim.indicators import INDICATORS, TASKS
from sim.interval import interval
from sim.labels import Lang
from sim.plots import comparison_figure, outcome_figure, winners_figure
from sim.profit import net_fen, profit_and_loss
from sim.scenario import Scenario
from sim.units import BUCKETS, DAYS_PER_MONTH, to_fen, to_yuan
from sim.winners import winners_and_losers
from sim.world import World

Tables = dict[str, pd.DataFrame]
TABLES = ("periods", "seats", "indicators", "efforts", "ledger")


@dataclass(frozen=True)
class Measure:
    """One figure of a replication, from the sums of its counted periods."""

    key: str
    en: str
    zh: str
    unit: str
    of: Callable[[Any], float]  # of a row of `totals`
    digits: int = 2


def _per(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


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
        lambda s: _per(s.written_off_yuan, s.exposure_yuan),
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
        "pay", "pay", "薪酬", "yuan per seat and period", lambda s: s.pay_yuan / s.seat_periods, 0
    ),
    Measure(
        "incentive",
        "incentive pay",
        "激励薪酬",
        "yuan per seat and period",
        lambda s: s.incentive_yuan / s.seat_periods,
        0,
    ),
    Measure(
        "cost_to_collect",
        "pay per cash",
        "催收成本率",
        "share",
        lambda s: _per(s.pay_yuan, s.cash_yuan + s.late_cash_yuan),
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
        "cash less all costs, charge-offs not counted",
        "净回款",
        "yuan per period",
        lambda s: s.net_cash_yuan / s.periods,
        0,
    ),
    Measure(
        "net_value",
        "cash less all losses and costs",
        "净价值",
        "yuan per period",
        lambda s: s.net_yuan / s.periods,
        0,
    ),
)


def tables_of(world: World) -> Tables:
    """The tidy tables of one finished world."""
    return {
        "periods": periods_of(world),
        "seats": _seats(world),
        "indicators": _indicators(world),
        "efforts": _efforts(world),
        "ledger": world.ledger.table(),
    }


def periods_of(world: World) -> pd.DataFrame:
    """One row per pay period: true and recorded activity, pay and costs of all seats."""
    s, rows, owed_before = world.scenario, [], 0
    months = s.run.period_days / DAYS_PER_MONTH
    for p in world.periods:
        true = dict(zip(NAMES, p["true"].sum(axis=0).tolist(), strict=True))
        record = dict(zip(NAMES, p["record"].sum(axis=0).tolist(), strict=True))
        cash = Activity(true)["cash"]
        incentive = sum(int(fen.sum()) for fen in p["paid"].values())
        pay = int(p["wage"].sum()) + incentive
        leavers, owed = int(p["leaving"].sum()), int(p["owed"].sum())
        row = {
            "period": p["period"],
            "cash_yuan": cash / 100,
            "late_cash_yuan": true["cash_m7"] / 100,
            "recorded_cash_yuan": Activity(record)["cash"] / 100,
            "recorded_due_yuan": record["due"] / 100,
            "cures": Activity(true)["cures"],
            "pay_yuan": pay / 100,
            "wage_yuan": int(p["wage"].sum()) / 100,
            "incentive_yuan": incentive / 100,
            "owed_yuan": owed / 100,
            "deferred_yuan": (owed - owed_before) / 100,
            "platform_yuan": _to_the_fen(s.platform.yuan_per_seat * months * world.seats),
            "support_yuan": _to_the_fen(s.support.yuan_per_seat * months * world.seats),
            "turnover_yuan": leavers * _to_the_fen(s.workforce.leaver_cost_yuan),
            "harm_yuan": _to_the_fen(true["complaints"] * s.conduct.complaint_cost_yuan),
            "hours": float(p["hours"][:, BUSY].sum()),
            "gaming_hours": float(p["hours"][:, GAMING].sum()),
            "leavers": leavers,
            "seats": world.seats,
            "days": s.run.period_days,
        }
        for name in ("due", "exposure", "written_off", "discount"):
            row[f"{name}_yuan"] = true[name] / 100
        for name in (
            "complaints",
            "contacts",
            "attempts",
            "harsh_contacts",
            "breaches",
            "compliant",
            "checked",
            "files_complete",
            "files_due",
            "relapses",
            "entries",
            "extended",
            "caught",
            "promises",
            "kept",
        ):
            row[name] = true[name]
        for b in range(1, 8):
            row[f"cash_m{b}_yuan"] = true[f"cash_m{b}"] / 100
            row[f"cures_m{b}"] = true[f"cures_m{b}"]
            row[f"rolls_m{b}"] = true[f"rolls_m{b}"]
            row[f"worked_m{b}"] = true[f"worked_m{b}"]
        row["net_cash_yuan"], row["net_yuan"] = (fen / 100 for fen in net_fen(row))
        owed_before = owed
        rows.append(row)
    return pd.DataFrame(rows)


def _to_the_fen(yuan: float) -> float:
    return int(to_fen(yuan)) / 100


def _seats(world: World) -> pd.DataFrame:
    parts, first = [], COLUMN["own_cash_m1"]
    own = slice(first, first + len(BUCKETS))
    arrears = world.opening_arrears
    queue_months = arrears @ np.arange(1, len(BUCKETS) + 1) / np.maximum(arrears.sum(axis=1), 1.0)
    for p in world.periods:
        a = Activity.of(p["true"])
        paid = sum(p["paid"].values(), start=np.zeros(world.seats, np.int64))
        parts.append(
            pd.DataFrame(
                {
                    "period": p["period"],
                    "seat": list(world.portfolio.seats),
                    "team": world.people.team,
                    "present": p["present"],
                    "left": p["leaving"],
                    "tenure_days": p["tenure"],
                    "queue_months": queue_months,
                    "cash_yuan": to_yuan(a["cash"]),
                    "late_cash_yuan": to_yuan(a["cash_m7"]),
                    "own_cash_yuan": to_yuan(p["true"][:, own].sum(axis=1)),
                    "due_yuan": to_yuan(a["due"]),
                    "cures": a["cures"].astype(np.int64),
                    "complaints": p["true"][:, COLUMN["complaints"]],
                    "contacts": p["true"][:, COLUMN["contacts"]],
                    "hours": p["hours"][:, BUSY].sum(axis=1),
                    "gaming_hours": p["hours"][:, GAMING].sum(axis=1),
                    "acceptance": p["acceptance"],
                    "wage_yuan": to_yuan(p["wage"]),
                    "incentive_yuan": to_yuan(paid),
                }
                | {f"pay_{name}_yuan": to_yuan(fen) for name, fen in p["paid"].items()}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _indicators(world: World) -> pd.DataFrame:
    rows = []
    for p in world.periods:
        views = {"truth": Activity.of(p["true"]), "record": Activity.of(p["record"])}
        for i in INDICATORS.values():
            seen = {view: float(i.measure(a).mean()) for view, a in views.items()}
            rows.append(
                {
                    "period": p["period"],
                    "indicator": i.key,
                    "category": i.category,
                    "unit": i.unit,
                    **seen,
                }
            )
    return pd.DataFrame(rows)


def _efforts(world: World) -> pd.DataFrame:
    week = world.scenario.workforce.working_days
    pieces = [e for e in world.efforts if e["working_days"]]
    period, day, worked = (
        np.repeat([e[key] for e in pieces], len(TASKS)) for key in ("period", "day", "working_days")
    )
    return pd.DataFrame(
        {
            "period": period,
            "day": day,
            "days_left": (period + 1) * world.scenario.run.period_days - day,
            "task": np.tile(list(TASKS), len(pieces)),
            "gaming": np.tile(GAMING, len(pieces)),
            "hours_per_week": np.concatenate([e["hours"] for e in pieces]) * week / worked,
        }
    )


def totals(periods: pd.DataFrame, warm_up: int) -> pd.DataFrame:
    """Sums over the counted periods, a row per replication."""
    counted = periods[periods["period"] >= warm_up]
    numbers = pd.DataFrame(counted.to_numpy(float), columns=counted.columns)  # one block: quicker
    numbers["periods"] = 1.0
    numbers["seat_weeks"] = numbers["seats"] * numbers["days"] / 7.0
    out = numbers.groupby("replication").sum()
    out["seat_periods"] = out["seats"]
    return out


def measures_of(periods: pd.DataFrame, warm_up: int) -> dict[int, dict[str, float]]:
    """Every measure by its key, for each replication."""
    sums = totals(periods, warm_up)
    names = list(sums.columns)
    rows = {
        replication: SimpleNamespace(**dict(zip(names, row, strict=True)))
        for replication, row in zip(sums.index.astype(int), sums.to_numpy().tolist(), strict=True)
    }
    return {r: {m.key: m.of(row) for m in MEASURES} for r, row in rows.items()}


def paired(mine: np.ndarray, base: np.ndarray) -> dict[str, float]:
    """The difference of two arrays of replications with the same luck, and its 95 % interval.

    `unpaired_runs` is how many runs of either with independent luck would give as narrow an
    interval; over `runs` it is the factor by which the same luck reduces the variance.
    """
    mean, low, high = interval(mine - base)
    apart = np.var(mine, ddof=1) + np.var(base, ddof=1) if len(mine) > 1 else np.nan
    together = np.var(mine - base, ddof=1) if len(mine) > 1 else np.nan
    gain = apart / together if together > 0 else np.nan
    return {
        "base": float(base.mean()),
        "mean": float(mine.mean()),
        "difference": mean,
        "low": low,
        "high": high,
        "runs": len(mine),
        "unpaired_runs": len(mine) * gain,
    }


@dataclass(frozen=True)
class Outcome:
    """All replications of one scenario."""

    name: str
    scenario: Scenario
    tables: Tables

    @property
    def periods(self) -> pd.DataFrame:
        return self.tables["periods"]

    @property
    def seats(self) -> pd.DataFrame:
        return self.tables["seats"]

    @property
    def indicators(self) -> pd.DataFrame:
        return self.tables["indicators"]

    @property
    def efforts(self) -> pd.DataFrame:
        return self.tables["efforts"]

    @property
    def ledger(self) -> pd.DataFrame:
        return self.tables["ledger"]

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Every measure by replication: rows replications, columns measures."""
        found = measures_of(self.periods, self.scenario.run.warm_up)
        index = pd.Index(found, name="replication")
        return pd.DataFrame(list(found.values()), index=index, columns=[m.key for m in MEASURES])

    def summary(self) -> pd.DataFrame:
        """Measure, unit, mean and 95 % interval over the replications."""
        rows = []
        for m in MEASURES:
            mean, low, high = interval(self.measures[m.key].to_numpy())
            rows.append(
                {
                    "measure": m.key,
                    "meaning": m.en,
                    "unit": m.unit,
                    "mean": mean,
                    "low": low,
                    "high": high,
                }
            )
        return pd.DataFrame(rows)

    def profit_and_loss(self) -> pd.DataFrame:
        """What the scheme brings and costs, line by line, to net cash and net value.

        Columns `line`, `kind` (part or sum), `fen` over all replications and counted periods, and
        `mean`, `low`, `high` in yuan per period; in `fen` the parts add up exactly.
        """
        counted = self.periods["period"] >= self.scenario.run.warm_up
        return profit_and_loss(self.periods[counted])

    def plot(self):
        """The outcome as a Plotly figure."""
        return outcome_figure(self.periods, self.name)

    def _repr_html_(self) -> str:
        return self.summary().to_html(index=False, float_format="{:,.4g}".format)


def _other_accounts(base: Scenario, other: Scenario) -> list[str]:
    """The keys by which the accounts, or the seats that work them, differ."""
    mine, theirs = (s.portfolio.model_dump() | {"seats": s.workforce.seats} for s in (base, other))
    tables = dict.fromkeys(mine, "portfolio") | {"seats": "workforce"}
    return [f"{tables[key]}.{key}" for key in mine if mine[key] != theirs[key]]


@dataclass(frozen=True)
class Comparison:
    """Outcomes of several scenarios under the same luck; the first is the base."""

    outcomes: dict[str, Outcome]

    @property
    def base(self) -> Outcome:
        return next(iter(self.outcomes.values()))

    @property
    def notes(self) -> list[str]:
        """What a reader must know of scenarios that do not work the base's accounts."""
        return [
            f"{name} works other accounts than {self.base.name} (by {', '.join(keys)}): the "
            "differences are the portfolios' as well as the schemes'"
            for name, outcome in self.outcomes.items()
            if (keys := _other_accounts(self.base.scenario, outcome.scenario))
        ]

    def differences(self) -> pd.DataFrame:
        """Paired differences from the base with 95 % interval, a row per scenario and measure.

        `unpaired_runs` is how many runs of each scenario with independent luck would give an
        interval as narrow as these `runs` paired ones.
        """
        rows = []
        for name, outcome in list(self.outcomes.items())[1:]:
            for m in MEASURES:
                mine = outcome.measures[m.key].to_numpy()
                base = self.base.measures[m.key].to_numpy()
                about = {"scenario": name, "measure": m.key, "meaning": m.en, "unit": m.unit}
                rows.append(about | paired(mine, base))
        return pd.DataFrame(rows)

    def summary(self) -> pd.DataFrame:
        """The means of every scenario side by side, and the paired differences."""
        side = pd.DataFrame(
            {
                "measure": [m.key for m in MEASURES],
                "meaning": [m.en for m in MEASURES],
                "unit": [m.unit for m in MEASURES],
            }
        )
        for name, outcome in self.outcomes.items():
            side[f"{name}: mean"] = outcome.measures.mean().to_numpy()
        differences = self.differences()
        for name in list(self.outcomes)[1:]:
            part = differences[differences["scenario"] == name]
            for column in ("difference", "low", "high", "unpaired_runs"):
                side[f"{name}: {column}"] = part[column].to_numpy()
        return side

    def winners_and_losers(self) -> pd.DataFrame:
        """Whose pay rises and falls against the base, by tenure and age of the queue on day 0.

        A row per scenario and class; see `sim.winners.winners_and_losers` for the columns.
        """
        run = self.base.scenario.run
        found = {
            name: winners_and_losers(self.base.seats, outcome.seats, run)
            for name, outcome in list(self.outcomes.items())[1:]
        }
        return pd.concat(found, names=["scenario"]).reset_index(level=0).reset_index(drop=True)

    def plot(self):
        """The comparison as a Plotly figure."""
        periods = pd.concat({n: o.periods for n, o in self.outcomes.items()}, names=["scenario"])
        return comparison_figure(self.differences(), periods.reset_index(level=0), self.base.name)

    def plot_winners(self, lang: Lang = "en"):
        """Whose pay changes against the base, as a Plotly figure."""
        table, runs = self.winners_and_losers(), len(self.base.measures)
        return winners_figure(table, self.base.name, runs, lang)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return self.summary().to_html(index=False, float_format="{:,.4g}".format) + notes
