"""The collector's view: what one more hour of each task adds to pay, as people see it.

Days of the period run across, attainment (what incentive the period is heading for, by tenths of
the people) runs up: dead zones, cliffs and where gaming is worth its price become visible.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.collector import GAMING
from sim.indicators import TASKS
from sim.run import Progress, finished, over_replications
from sim.scenario import Scenario
from sim.units import to_yuan
from sim.world import World

TENTHS = 10  # classes of attainment, and parts of a period
CELL = ["type", "task", "gaming", "day", "attainment"]


def collector_view(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Marginal pay by collector type, task, day of the period and attainment.

    `day` is the first day of a tenth of the period, counted from 0; `attainment` 1 to 10 the tenth
    of all sights by the incentive that the period is heading for (ties by cash), with
    `incentive_yuan` as its mean. `yuan_per_hour` is what an hour more is believed to add to pay,
    `noticed` the share of people who feel any of it, `worth_it` the share for whom what they feel
    exceeds what the task costs their conscience and nerves (effort left out), over `sights`.
    Counted periods only; the sights of a run change nothing in it.
    """
    found = over_replications(
        sights, scenario, replications=replications, seed=seed, workers=workers, progress=progress
    )
    return view_of(found)


class Watched(World):
    """A world that keeps what its people see at every choice."""

    def __init__(self, scenario: Scenario, replication: int):
        super().__init__(scenario, replication)
        self.seen: list[dict[str, np.ndarray]] = []

    def choose(self) -> None:
        prospect = self.look()
        if prospect and self.period >= self.scenario.run.warm_up:
            here = self.people.present(self.day)
            day = self.day - self.period * self.scenario.run.period_days
            self.seen.append({
                "day": np.full(here.sum(), day),
                "type": self.people.kind[here],
                "incentive": prospect.incentive[here],
                "cash": prospect.cash[here],
                "pay": prospect.pay[here],
                "noticed": prospect.felt[here] != 0.0,
                "worth_it": prospect.felt[here] > prospect.cost[here],
            })  # fmt: skip
        super().choose()


def sights(scenario: Scenario, replication: int) -> pd.DataFrame:
    """Sums over the sights of a replication, a row per cell of the view."""
    world = finished(Watched(scenario, replication))
    seen = {key: np.concatenate([one[key] for one in world.seen]) for key in world.seen[0]}
    days = scenario.run.period_days
    tenth = seen["day"] * TENTHS // days
    names = np.array([t.name for t in scenario.workforce.types])
    n, tasks = len(tenth), len(TASKS)

    def long(column: np.ndarray) -> np.ndarray:
        return np.repeat(column, tasks)

    table = pd.DataFrame({
        "type": long(names[seen["type"]]),
        "task": np.tile(list(TASKS), n),
        "gaming": np.tile(GAMING, n),
        "day": long(-(-tenth * days // TENTHS)),
        "attainment": long(_tenths(seen["incentive"], seen["cash"])),
        "incentive_yuan": long(to_yuan(seen["incentive"])),
        "yuan_per_hour": to_yuan(seen["pay"].ravel()),
        "noticed": seen["noticed"].ravel(),
        "worth_it": seen["worth_it"].ravel(),
        "sights": 1,
    })  # fmt: skip
    return table.groupby(CELL, as_index=False, sort=False).sum()


def _tenths(incentive: np.ndarray, cash: np.ndarray) -> np.ndarray:
    """Class 1 … TENTHS of each sight, of equal numbers, by incentive and then cash."""
    place = np.empty(len(incentive), np.int64)
    place[np.lexsort((cash, incentive))] = np.arange(len(incentive))
    return 1 + place * TENTHS // len(incentive)


def view_of(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The collector's view from the sums of each replication."""
    table = pd.concat(found).groupby(CELL, as_index=False).sum()
    for name in ("incentive_yuan", "yuan_per_hour", "noticed", "worth_it"):
        table[name] = table[name] / table["sights"]
    order = {task: place for place, task in enumerate(TASKS)}
    return table.sort_values(
        CELL, key=lambda c: c.map(order) if c.name == "task" else c, ignore_index=True
    )


def by_task(view: pd.DataFrame) -> pd.DataFrame:
    """Means over all sights by task, the best paid first.

    Columns `yuan_per_hour`, `noticed` and `worth_it` as in the collector's view, and `sights`.
    """
    means = ["yuan_per_hour", "noticed", "worth_it"]
    weighted = view[means].mul(view["sights"], axis=0).assign(sights=view["sights"])
    sums = weighted.groupby(view["task"]).sum()
    return sums.assign(**{name: sums[name] / sums["sights"] for name in means}).sort_values(
        "yuan_per_hour", ascending=False
    )
