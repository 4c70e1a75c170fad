"""The sheets of single runs, from which all others are computed: by period, and by replication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from desk.dossier import Dossier
from desk.workbook.paper import Paper
from sim import Outcome
from sim.labels import column_label
from sim.profit import CREDIT, LINES
from sim.scheme import Scorecard
from sim.units import to_fen

KEYS = ("scenario", "replication", "period")
SUMS = ("pay_yuan", "accrued_yuan", "net_cash_yuan", "net_yuan")  # formulas over the other columns
COUNTS = ("complaints", "leavers")
MONEY = (*dict.fromkeys(line.column for line in (*LINES, *CREDIT)), "owed_yuan", *SUMS)
HEADS = {
    "other_yuan": ("incentive pay besides cards, yuan", "考核表以外的激励薪酬（元）"),
    "accrued_yuan": ("accrued cost of pay, yuan", "计提薪酬（元）"),
}
FIRST = 3  # row of the first run, below title and headings


@dataclass(frozen=True)
class Card:
    """A scorecard: what is paid for one of its hundred points."""

    name: str
    yuan_per_point: float


def cards(outcome: Outcome) -> tuple[Card, ...]:
    """The scorecards that the scenario starts with and that pay anything."""
    pay = outcome.scenario.scheme.pay
    found = (Card(c.label, c.pool_yuan / 100.0) for c in pay if isinstance(c, Scorecard))
    return tuple(card for card in found if card.yuan_per_point > 0)


def points_column(card: str) -> str:
    return f"points of {card}"


@dataclass
class Runs:
    """Where the two sheets hold what: rows by scenario, columns by name."""

    data: pd.DataFrame  # the sheet of periods
    columns: Sequence[str]
    periods: Any  # its sheet, and that of replications
    replications: Any
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)  # of a scenario's replications

    def column(self, name: str) -> int:
        return self.columns.index(name)

    def of_period(self, p: Paper, scenario: str, period: int, name: str) -> str:
        """Reference to a column over the replications of one period."""
        rows = self.data.index[
            (self.data["scenario"] == scenario) & (self.data["period"] == period)
        ]
        return p.down(self.periods, FIRST + rows[0], FIRST + rows[-1], self.column(name))

    def of_scenario(self, p: Paper, scenario: str, name: str) -> str:
        """Reference to a column, per counted period, over the replications of a scenario."""
        return p.down(self.replications, *self.spans[scenario], self.column(name))


def table_of_runs(outcomes: Mapping[str, Outcome]) -> pd.DataFrame:
    """Yuan and counts by scenario, period and replication, pay split by what cards paid."""
    parts = [_of_outcome(outcome).assign(scenario=name) for name, outcome in outcomes.items()]
    return pd.concat(parts, ignore_index=True)


def _of_outcome(outcome: Outcome) -> pd.DataFrame:
    runs = outcome.periods.sort_values(["period", "replication"], ignore_index=True)
    others = to_fen(runs["incentive_yuan"].to_numpy())
    for card in cards(outcome):
        paid = outcome.seats.groupby(["period", "replication"])[f"pay_{card.name}_yuan"].sum()
        fen = to_fen(paid.to_numpy())  # sorted as the rows above
        runs[points_column(card.name)] = fen / 100.0 / card.yuan_per_point
        others = others - fen
    runs["other_yuan"] = others / 100.0
    runs["accrued_yuan"] = runs["pay_yuan"] + runs["deferred_yuan"]
    return runs


def write_runs(d: Dossier, p: Paper) -> Runs:
    """Write both sheets; the inputs must be in their places."""
    data = table_of_runs(d.outcomes)
    points = [name for name in data if name.startswith("points of ")]
    columns = [*KEYS, *COUNTS, *points, "other_yuan", *MONEY]
    w = p.words
    widths = [24, 10, 10, *[16] * (len(columns) - 3)]
    by_replication = p.sheet("By replication", "各次重复", widths, long=True)
    by_period = p.sheet("By period", "逐期明细", widths, long=True)
    p.note(by_replication, 1, "Means of the counted periods; yuan and counts per pay period.",
           "计入周期的均值；单位：元或次/周期。")  # fmt: skip
    p.note(by_period, 1, "Every period of every replication; all other sheets rest on it. Points: "
           "card pay over its price of a point.",
           "每次重复的每一期，其他各表均由此计算。得分＝考核表薪酬÷每分单价。")  # fmt: skip
    runs = Runs(data, columns, by_period, by_replication)
    for sheet in (by_replication, by_period):
        p.heads(sheet, 2, [_head(name, w) for name in columns])
        sheet.freeze_panes(FIRST, 3)
    p.text(by_replication, 2, 2, w("periods counted", "计入周期数"), p.right)
    for row, run in enumerate(data.to_dict("records"), FIRST):
        _write_period(d, p, runs, row, run)
    _write_replications(d, p, runs)
    return runs


def _head(name: str, w) -> str:
    if name.startswith("points of "):
        return w(name, f"{name.removeprefix('points of ')}得分")
    if name in HEADS:
        return w(*HEADS[name])
    return column_label(name, w.lang)


def _write_period(d: Dossier, p: Paper, runs: Runs, row: int, run: dict) -> None:
    formulas = _formulas(d, p, runs, row, run)
    p.text(runs.periods, row, 0, d.names[run["scenario"]], p.plain)
    for column, name in enumerate(runs.columns[1:], 1):
        look = p.exact if name.startswith("points of ") else None
        if name in formulas:
            p.formula(runs.periods, row, column, formulas[name], run[name], look)
        else:
            p.number(runs.periods, row, column, run[name], look)


def _formulas(d: Dossier, p: Paper, runs: Runs, row: int, run: dict) -> dict[str, str]:
    """What follows from prices, and sums."""
    name = run["scenario"]
    at = {key: cell(row, column) for column, key in enumerate(runs.columns)}
    priced = [
        f"{at[points_column(card.name)]}*{p.places['point', name, card.name]}"
        for card in cards(d.outcomes[name])
    ]
    cash, credit = (
        "".join(f"{'+' if line.sign > 0 else '-'}{at[line.column]}" for line in lines)
        for lines in (LINES, CREDIT)
    )
    return {
        "incentive_yuan": "+".join([at["other_yuan"], *priced]),
        "harm_yuan": f"{at['complaints']}*{p.places['complaint', name]}",
        "turnover_yuan": f"{at['leavers']}*{p.places['leaver', name]}",
        "pay_yuan": f"{at['wage_yuan']}+{at['incentive_yuan']}",
        "accrued_yuan": f"{at['pay_yuan']}+{at['deferred_yuan']}",
        "net_cash_yuan": cash.removeprefix("+"),
        "net_yuan": f"{at['net_cash_yuan']}{credit}",
    }


def _write_replications(d: Dossier, p: Paper, runs: Runs) -> None:
    row = FIRST
    for name, outcome in d.outcomes.items():
        mine, first = runs.data[runs.data["scenario"] == name], row
        warm_up = outcome.scenario.run.warm_up
        counted = mine[mine["period"] >= warm_up].groupby("replication")
        means = counted[list(runs.columns[3:])].mean()
        ends = (FIRST + mine.index[0], FIRST + mine.index[-1])
        for replication, run in means.iterrows():
            p.text(runs.replications, row, 0, d.names[name], p.plain)
            runs.replications.write_number(row, 1, int(replication))
            runs.replications.write_number(row, 2, outcome.scenario.run.periods - warm_up)
            which = (f"{p.down(runs.periods, *ends, 1)},{cell(row, 1)},"
                     f'{p.down(runs.periods, *ends, 2)},">={warm_up}"')  # fmt: skip
            for column, key in enumerate(runs.columns[3:], 3):
                formula = f"AVERAGEIFS({p.down(runs.periods, *ends, column)},{which})"
                figure = float(run[key])
                p.formula(runs.replications, row, column, formula, figure)
            row += 1
        runs.spans[name] = (first, row - 1)


def means(data: pd.DataFrame, scenario: str, name: str, warm_up: int) -> np.ndarray:
    """A column per counted period, of each replication of a scenario."""
    mine = data[(data["scenario"] == scenario) & (data["period"] >= warm_up)]
    return mine.groupby("replication")[name].mean().to_numpy()
