"""Small spaces, and a collector whose answer to a linear contract is known in closed form."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from optimize.laboratory import Laboratory
from optimize.problem import Problem, ProblemFile
from optimize.space import Space
from sim import Scenario

THREE = ("recovery_rate", "satisfaction", "documents")


@pytest.fixture(scope="session")
def today() -> Scenario:
    """A small scenario whose card has three indicators."""
    return Scenario.of({
        "run": {"periods": 2, "seed": 3},
        "portfolio": {"accounts": 300},
        "workforce": {"seats": 4, "seats_per_team": 2},
        "scheme": {"wage_yuan": 4000, "pay": [
            {"kind": "scorecard", "name": "card", "pool_yuan": 1000,
             "weights": {"recovery_rate": 0.4, "satisfaction": 0.3, "documents": 0.3}},
        ]},
    })  # fmt: skip


@pytest.fixture(scope="session")
def space_of(today) -> Callable[..., Space]:
    """The space of a problem, posed by its keys."""

    def make(scenario: Scenario = today, **keys) -> Space:
        keys["card"] = {"indicators": THREE, "pool_yuan": (200, 3000)} | keys.get("card", {})
        problem = Problem.model_validate({"limits": (), "objective": "recovery"} | keys)
        return Space(scenario, ProblemFile.of_parts(scenario, problem).optimise)

    return make


class LinearAgent(Laboratory):
    """Collectors paid `w` on metrics `G a` answer a = G'w; risk costs r/2 w'Σw.

    The value f'G'w - w'(GG' + rΣ)w / 2 peaks at w* = (GG' + rΣ)^-1 G f. Money is a thousand times
    the weights, pay is what they earn; noise is common to all designs but for a little.
    """

    G = np.array([[1.0, 0.3, 0.0, 0.2], [0.0, 0.1, 1.0, 0.5], [0.2, 1.0, 0.4, 0.0]])
    f = np.array([1.0, 0.5, 0.5, 0.2])
    risk = 0.3

    columns = ("cash_yuan", "late_cash_yuan", "discount_yuan", "periods",
               "incentive_yuan", "deferred_yuan", "seat_periods")  # fmt: skip

    def __init__(self, noise: float = 0.0, seed: int = 0):
        self.noise, self.seed = noise, seed
        self.curvature = self.G @ self.G.T + self.risk * np.eye(len(self.G))
        self.asked: set[tuple[bytes, int]] = set()

    @property
    def calls(self) -> int:
        return len(self.asked)

    @property
    def best(self) -> np.ndarray:
        """The weights of the closed form."""
        return np.linalg.solve(self.curvature, self.G @ self.f)

    def value(self, weights: np.ndarray) -> float:
        return float(self.f @ self.G.T @ weights - 0.5 * weights @ self.curvature @ weights)

    def pay(self, weights: np.ndarray) -> float:
        return float(weights @ self.G @ self.G.T @ weights)

    def totals(self, tasks: Sequence[tuple[np.ndarray, int]]) -> np.ndarray:
        self.asked.update((design.tobytes(), r) for design, r in tasks)
        return np.array([self._row(design / 1000.0, r) for design, r in tasks])

    def _row(self, weights: np.ndarray, replication: int) -> list[float]:
        common = np.random.default_rng([self.seed, replication]).normal(size=2)
        own = np.random.default_rng([self.seed, replication, int(1e6 * weights.sum())]).normal()
        value = self.value(weights) + self.noise * (common[0] + 0.1 * own)
        pay = self.pay(weights) * (1.0 + self.noise * common[1])
        return [1000.0 * value, 0.0, 0.0, 1.0, 1000.0 * pay, 0.0, 1.0]


@pytest.fixture
def linear_agent() -> Callable[..., LinearAgent]:
    return LinearAgent
