"""The gaming ledger: what each indicator's lift over replay is made of.

The same people do the same run again under the same luck, with one kind of task let in after the
other: first what is honest, then what moves between periods, between desks, what does harm, and at
last what is cosmetic, which is the run as it was. Each step's difference is that kind's part, so
the parts sum to the whole.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.activity import Activity
from sim.indicators import INDICATORS
from sim.indicators.base import COSMETIC, HARMFUL, HONEST, SHIFTING, TIMING
from sim.outcome import interval
from sim.scenario import Scenario
from sim.units import to_yuan
from sim.world import World

STEPS = (HONEST, TIMING, SHIFTING, HARMFUL, COSMETIC)
PARTS = {
    HONEST: "real",
    TIMING: "pulled forward",
    SHIFTING: "shifted from a colleague",
    HARMFUL: "harmful",
    COSMETIC: "cosmetic",
}


def finished(world: World) -> World:
    """The world at its horizon."""
    while world.running:
        world.step()
    return world


def replayed(scenario: Scenario) -> Scenario:
    """The scenario with people who do not respond to pay."""
    response = scenario.response.model_copy(update={"mode": "replay"})
    return scenario.model_copy(update={"response": response})


def stages(scenario: Scenario, replication: int) -> list[pd.Series]:
    """Recorded level of every indicator in replay and after each step, by key."""
    acted = finished(World(scenario, replication, record=True))
    levels = [_levels(finished(World(replayed(scenario), replication)))]
    for n in range(1, len(STEPS)):
        script = acted.record.only(frozenset(STEPS[:n]))
        levels.append(_levels(finished(World(scenario, replication, script=script))))
    return [*levels, _levels(acted)]


def _levels(world: World) -> pd.Series:
    """Means over seats and counted periods of the record, with the recorded cash in yuan."""
    periods = world.periods[world.scenario.run.warm_up :]
    views = [Activity.of(p["record"]) for p in periods]
    levels = {
        key: float(np.mean([i.measure(a).mean() for a in views])) for key, i in INDICATORS.items()
    }
    levels["cash"] = float(np.mean([to_yuan(a["cash"]).mean() for a in views]))
    return pd.Series(levels)


def ledger_of(found: Sequence[list[pd.Series]]) -> pd.DataFrame:
    """The gaming ledger from the stages of each replication.

    A row per indicator and part, with the mean over replications and its 95 % interval in the
    indicator's unit; `lift` is their sum, the record against replay.
    """
    rows = []
    for key in found[0][0].index:
        steps = np.array([[stage[key] for stage in run] for run in found])  # (run, stage)
        parts = np.diff(steps, axis=1)
        columns = {PARTS[kind]: parts[:, i] for i, kind in enumerate(STEPS)}
        unit = INDICATORS[key].unit if key in INDICATORS else "yuan per seat and period"
        for part, values in (columns | {"lift": parts.sum(axis=1)}).items():
            mean, low, high = interval(values)
            rows.append(
                {
                    "indicator": key,
                    "part": part,
                    "unit": unit,
                    "replay": float(steps[:, 0].mean()),
                    "mean": mean,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)
