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
from sim.interval import interval
from sim.run import Progress, finished, over_replications
from sim.scenario import Scenario
from sim.world import World

PARTS = {  # in the order in which the kinds of tasks are let in
    HONEST: "real",
    TIMING: "pulled forward",
    SHIFTING: "shifted from a colleague",
    HARMFUL: "harmful",
    COSMETIC: "cosmetic",
}
LIFT = "lift"
VIEWS = ("record", "true")
GRID = 2.0**20  # means are kept to a fraction with which sums and differences are exact


def gaming_ledger(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The gaming ledger of a scenario; a row per indicator and part of its lift.

    `record` is the part's mean in what is recorded, with its 95 % interval over replications, and
    `truth` its mean in what happened, in the indicator's unit, over seats and counted periods. The
    parts of an indicator sum to its row `lift` exactly, and `replay` plus that is the recorded
    level; `replay_truth` likewise. Seats and periods gain and lose: `record` = `gained` + `lost`,
    so cash that moves from desk to desk, or from one period to the next, shows there although the
    house as a whole gains nothing.
    """
    found = over_replications(
        stages, scenario, replications=replications, seed=seed, workers=workers, progress=progress
    )
    return ledger_of(found)


def stages(scenario: Scenario, replication: int) -> np.ndarray:
    """Indicators in replay and after each step: (3, stage, indicator).

    Axis 0 has the mean level over seats and periods of the record, that of the truth, and what
    cells of the record gained in the step to the stage.
    """
    acted = finished(World(scenario, replication, record=True))
    worlds = [finished(World(_replayed(scenario), replication))]
    for n in range(1, len(PARTS)):
        script = acted.record.only(frozenset(list(PARTS)[:n]))
        worlds.append(finished(World(scenario, replication, script=script)))
    cells = np.array([_cells(world) for world in (*worlds, acted)])  # (stage, view, indicator, …)
    steps = np.diff(cells[:, 0], axis=0, prepend=cells[:1, 0])
    level, gained = cells.mean(axis=-1), np.maximum(steps, 0.0).mean(axis=-1)
    return np.array([level[:, 0], level[:, 1], gained])


def _replayed(scenario: Scenario) -> Scenario:
    """The scenario with people who do not respond to pay."""
    response = scenario.response.model_copy(update={"mode": "replay"})
    return scenario.model_copy(update={"response": response})


def _cells(world: World) -> np.ndarray:
    """Every indicator by view: (view, indicator, seat and counted period)."""
    periods = world.periods[world.scenario.run.warm_up :]
    return np.array([
        [np.concatenate(one) for one in zip(*(_measured(p[view]) for p in periods), strict=True)]
        for view in VIEWS
    ])  # fmt: skip


def _measured(counts: np.ndarray) -> list[np.ndarray]:
    a = Activity.of(counts)
    return [i.measure(a) for i in INDICATORS.values()]


def ledger_of(found: Sequence[np.ndarray]) -> pd.DataFrame:
    """The gaming ledger from the stages of each replication."""
    runs = np.array(found)  # (run, view or gain, stage, indicator)
    exact = np.rint(runs.mean(axis=0) * GRID) / GRID
    rows = []
    ends = [(n, n + 1) for n in range(len(PARTS))] + [(0, len(PARTS))]
    for place, (key, i) in enumerate(INDICATORS.items()):
        replay, truth = exact[:2, 0, place]
        about = {"indicator": key, "unit": i.unit, "replay": replay, "replay_truth": truth}
        for part, (before, after) in zip([*PARTS.values(), LIFT], ends, strict=True):
            record, truth = exact[:2, after, place] - exact[:2, before, place]
            apart = runs[:, :2, after, place] - runs[:, :2, before, place]
            gained = exact[2, before + 1 : after + 1, place].sum()
            rows.append(
                about | {"part": part, "record": record} | _ends(apart[:, 0])
                | {"gained": gained, "lost": record - gained, "truth": truth}
                | _ends(apart[:, 1], "truth_")
            )  # fmt: skip
    return pd.DataFrame(rows)


def _ends(values: np.ndarray, name: str = "") -> dict[str, float]:
    """The ends of the 95 % interval."""
    _, low, high = interval(values)
    return {f"{name}low": low, f"{name}high": high}
