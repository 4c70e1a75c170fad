"""The outcome: tidy tables of all replications, truth beside record, with 95 % intervals."""

from dataclasses import dataclass
from functools import cached_property
from html import escape

import pandas as pd

from sim.interval import interval
from sim.labels import Lang
from sim.measures import MEASURES, measures_of, paired
from sim.plots import comparison_figure, outcome_figure, winners_figure
from sim.profit import profit_and_loss
from sim.scenario import Scenario
from sim.tables import Tables
from sim.winners import winners_and_losers


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
        warm_up = self.scenario.run.warm_up
        parts = self.periods.groupby("replication")
        found = {r: measures_of(part.to_dict("list"), warm_up) for r, part in parts}
        return pd.DataFrame.from_dict(found, "index").rename_axis("replication")

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

        `unpaired_runs` is how many runs of each scenario with independent luck would give as small
        a standard error as these `runs` paired ones.
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
