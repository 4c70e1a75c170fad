"""The laboratory: designs in, totals out, under the same luck and circumstances for all."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from optimize.anchor import columns_read
from optimize.space import Space
from optimize.trials import Trials
from sim import Scenario


class Laboratory(ABC):
    """Whatever answers what a design does in a replication."""

    columns: tuple[str, ...]

    @abstractmethod
    def totals(self, tasks: Sequence[tuple[np.ndarray, int]]) -> np.ndarray:
        """Totals of (design, replication) pairs, shape (task, column)."""

    @property
    @abstractmethod
    def calls(self) -> int:
        """Replications asked for so far."""


class Simulated(Laboratory):
    """The simulator as a laboratory; today's design is today's scenario as it stands."""

    def __init__(self, space: Space, trials: Trials):
        self.space, self.trials = space, trials
        self.columns = columns_read(space.problem)
        self.scenarios: dict[bytes, Scenario] = {space.today.tobytes(): space.scenario}

    @property
    def calls(self) -> int:
        return self.trials.calls

    def totals(self, tasks: Sequence[tuple[np.ndarray, int]]) -> np.ndarray:
        found = self.trials.run([(self.under(self.scenario(d), r), r) for d, r in tasks])
        return found[:, [self.trials.columns.index(name) for name in self.columns]]

    def everything(self, tasks: Sequence[tuple[np.ndarray, int]]) -> dict[str, np.ndarray]:
        """All totals of (design, replication) pairs by name, not only those of the problem."""
        found = self.trials.run([(self.under(self.scenario(d), r), r) for d, r in tasks])
        return dict(zip(self.trials.columns, found.T, strict=True))

    def unpaid(self, luck: Sequence[int]) -> dict[str, np.ndarray]:
        """All totals of today's scenario if its scheme paid the wage alone."""
        today = self.space.scenario
        found = self.trials.run([(_wage_alone(self.under(today, r)), r) for r in luck])
        return dict(zip(self.trials.columns, found.T, strict=True))

    def scenario(self, design: np.ndarray) -> Scenario:
        """The scenario of a design."""
        key = design.tobytes()
        if key not in self.scenarios:
            self.scenarios[key] = self.space.scenario_of(design)
        return self.scenarios[key]

    def under(self, scenario: Scenario, replication: int) -> Scenario:
        """The scenario under a replication's circumstances."""
        return under(self.space, scenario, replication)


def under(space: Space, scenario: Scenario, replication: int) -> Scenario:
    """The scenario with the circumstances that belong to a replication, whatever the scheme."""
    dials = space.problem.circumstances
    if not dials:
        return scenario
    shares = _point(len(dials), space.scenario.run.seed, replication)
    for dial, share in zip(dials, shares, strict=True):
        if dial.options:
            setting = dial.options[min(int(share * len(dial.options)), len(dial.options) - 1)]
        else:
            setting = dial.low + share * (dial.high - dial.low)
        scenario = dial.turned(scenario, setting)
    return scenario


def _point(width: int, seed: int, replication: int) -> np.ndarray:
    """The replication's point of a Sobol sequence in the unit cube."""
    sampler = qmc.Sobol(width, scramble=True, rng=np.random.default_rng(seed))
    return sampler.fast_forward(replication).random(1)[0]


def _wage_alone(scenario: Scenario) -> Scenario:
    """The scenario without any pay component, after its changes too."""
    values = scenario.model_dump(mode="json")
    for schemes in (values, *values["change"]):
        schemes["scheme"]["pay"] = []
    return Scenario.of(values)
