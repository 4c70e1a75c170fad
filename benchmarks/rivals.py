"""Optimisers of other libraries over the same space and evidence; for the benchmark alone.

All see the unit cube: gaps between exponentials for the weights, the pool, a number per lever.
Each starts from today's scheme and hears the merit, or merit and excesses, of what it asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.problem import Problem as PymooProblem
from pymoo.core.termination import NoTermination
from skopt import Optimizer

from optimize.design import from_cube, nearest
from optimize.evidence import Evidence, Record
from optimize.peers import Peer
from optimize.space import Space

GENERATION = 8  # designs of a generation of the genetic algorithm
PATIENCE = 20  # questions in a row that may ask for nothing new


@dataclass
class Hearing:
    """Simulates what a method asks for, and says how good it was."""

    space: Space
    evidence: Evidence
    calls: int
    asked: int = 0
    idle: int = 0  # the last questions that asked for nothing new

    @property
    def over(self) -> bool:
        """Whether the calls are spent, or the method only asks for what is known."""
        return self.evidence.laboratory.calls >= self.calls or self.idle > PATIENCE

    @property
    def width(self) -> int:
        return len(self.space.indicators) + 1 + len(self.space.levers)

    def today(self) -> np.ndarray:
        """A point of the cube that gives today's card; levers stand in the middle."""
        least, most = self.space.pool_bounds
        weights = [self.space.weights_today.get(key, 0.0) for key in self.space.indicators]
        pool = np.clip((self.space.pool_today - least) / max(most - least, 1e-9), 0.0, 1.0)
        gaps = np.exp(-len(weights) * np.array(weights))
        return np.array([*gaps, pool, *[0.5] * len(self.space.levers)])

    def simulate(self, points: Sequence[np.ndarray], origin: str) -> list[Record]:
        """Records of the designs nearest to the points, all under the same luck."""
        designs = [nearest(self.space, from_cube(self.space, np.asarray(p))) for p in points]
        block = self.evidence.block(self.asked)
        before = self.evidence.laboratory.calls
        self.evidence.simulate([(d, block, origin) for d in designs])
        self.asked += 1
        self.idle = 0 if self.evidence.laboratory.calls > before else self.idle + 1
        return [self.evidence.records[d.tobytes()] for d in designs]

    def excesses(self, record: Record) -> dict[str, float]:
        """By how much each limit and its margin are passed; kept if none is above zero."""
        found, margins = self.evidence.assess(record).excess, self.evidence.safety()
        return {name: e.mean + margins.get(name, 0.0) for name, e in found.items()}

    def worth(self, record: Record) -> float:
        """Gain less the price of broken limits."""
        return self.evidence.hope(record, self.evidence.safety())


def parzen(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """Optuna's TPE with constraints."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    hearing = Hearing(space, evidence, calls)
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    names = [f"x{i}" for i in range(hearing.width)]
    study.enqueue_trial(dict(zip(names, hearing.today().tolist(), strict=True)))
    ends: dict[str, Any] = {n: optuna.distributions.FloatDistribution(0.0, 1.0) for n in names}
    while not hearing.over:
        trial = study.ask(ends)
        record = hearing.simulate([np.array([trial.params[n] for n in names])], "parzen")[0]
        for name, excess in hearing.excesses(record).items():
            trial.set_constraint(name, excess)
        study.tell(trial, evidence.assess(record).gain.mean)
        evidence.settle()


def gaussian(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """scikit-optimize's Gaussian process on the merit, in which broken limits have a price."""
    hearing = Hearing(space, evidence, calls)
    ends = [(0.0, 1.0)] * hearing.width
    optimizer = Optimizer(ends, "GP", n_initial_points=10, acq_func="EI", random_state=seed)
    point = hearing.today().tolist()
    while not hearing.over:
        record = hearing.simulate([point], "gaussian")[0]
        optimizer.tell(point, -hearing.worth(record))
        evidence.settle()
        point = optimizer.ask()


def genetic(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """pymoo's genetic algorithm, limits as its constraints."""
    hearing = Hearing(space, evidence, calls)
    draw = np.random.default_rng(seed)
    first = np.vstack([hearing.today(), draw.random((GENERATION - 1, hearing.width))])
    limits = len(space.problem.limits)
    posed = PymooProblem(n_var=hearing.width, n_obj=1, n_ieq_constr=limits, xl=0.0, xu=1.0)
    algorithm = GA(pop_size=GENERATION, sampling=first, eliminate_duplicates=True)
    algorithm.setup(posed, termination=NoTermination(), seed=seed, verbose=False)
    while not hearing.over:
        asked = algorithm.ask()
        records = hearing.simulate(asked.get("X"), "genetic")
        asked.set("F", np.array([[-evidence.assess(r).gain.mean] for r in records]))
        if limits:
            asked.set("G", np.array([list(hearing.excesses(r).values()) for r in records]))
        for individual in asked:
            individual.evaluated.update({"F", "G", "H"})
        algorithm.tell(infills=asked)
        evidence.settle()


RIVALS: dict[str, Peer] = {
    "TPE with constraints (Optuna)": parzen,
    "Gaussian process (scikit-optimize)": gaussian,
    "genetic (pymoo)": genetic,
}
