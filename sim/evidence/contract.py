"""A contract in the small: people whose hours bring events at fixed rates, judged with noise.

The textbook's agent in the model's own terms. The response is the one collectors have: marginal pay
from the scheme's own pay function, best hours from it, the cost of those hours, the sure worth of
uncertain pay. Nothing of a theory's answer is written here; closed forms are held against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.activity import START_OF_FACTS, Activity
from sim.choice import Response, best_hours, certainty_equivalent, effort_cost, marginal_pay
from sim.foresight import Foresight
from sim.scheme import Scheme

NODES = 1000  # points of the forecast, near the exact expectation
SETTLED = 1e-9  # hours by which expected and chosen hours may differ
MOST_ROUNDS = 60  # of approach; pay that jumps leaves steps of a node between the two
FEN = 100.0


@dataclass(frozen=True)
class Work:
    """Who works, at what; rates have shape (task,)."""

    brings: Mapping[str, np.ndarray]  # events of a column that an hour of each task brings
    sd: Mapping[str, float]  # noise in each column
    cost_yuan: float = 1.0  # rise of the cost of an hour per hour more, in the same task …
    fatigue_yuan: float = 0.0  # … and in any task
    usual: float = 0.0  # hours of each task without any pay for it
    risk: float = 0.0  # absolute risk aversion per yuan
    seats: int = 1

    @property
    def tasks(self) -> int:
        return len(next(iter(self.brings.values())))

    @property
    def _setting(self) -> tuple:
        """What `best_hours` and `effort_cost` ask for after the first argument."""
        response = Response(
            mode="rational", effort_cost_yuan=self.cost_yuan, fatigue_yuan=self.fatigue_yuan,
            most_hours=100.0,
        )  # fmt: skip
        ones = np.ones(self.tasks)
        return self.usual * ones, ones, np.ones(self.tasks, bool), response

    def expected(self, scheme: Scheme, hours: np.ndarray) -> Activity:
        """What hours (seat, task) are expected to bring, with the doubt about it."""
        facts = {name: np.full(self.seats, value) for name, value in START_OF_FACTS.items()}
        counts = {name: hours @ rates for name, rates in self.brings.items()}
        doubt = {name: np.full(self.seats, sd) for name, sd in self.sd.items()}
        return Activity({**facts, **scheme.start(self.seats), **counts}, doubt=doubt)

    def slopes(
        self, scheme: Scheme, hours: np.ndarray, ahead: Foresight | None = None
    ) -> dict[str, np.ndarray]:
        """Marginal pay by column, fen (seat,), where these hours are expected."""
        a = self.expected(scheme, hours)
        return marginal_pay(
            scheme, a.columns, a.doubt, tuple(self.brings), NODES, self.risk / FEN, ahead
        )

    def best(
        self, scheme: Scheme, expected: np.ndarray, ahead: Foresight | None = None
    ) -> np.ndarray:
        """Hours (seat, task) chosen where `expected` ones are forecast."""
        slopes = self.slopes(scheme, expected, ahead)
        value = sum(slopes[name][:, None] * rates for name, rates in self.brings.items())
        return best_hours(value, *self._setting)

    def hours(self, scheme: Scheme, ahead: Foresight | None = None) -> np.ndarray:
        """Hours (seat, task) that people choose who foresee them rightly."""
        now = self.best(scheme, np.full((self.seats, self.tasks), self.usual), ahead)
        then = self.best(scheme, now, ahead)
        for _ in range(MOST_ROUNDS):
            if np.abs(then - now).max() < SETTLED:
                break
            now = 0.5 * (now + then)
            then = self.best(scheme, now, ahead)
        return now

    def surplus(self, scheme: Scheme, worth: np.ndarray) -> float:
        """Yuan a seat that hours worth so many yuan each leave after effort and risk.

        The lender takes all but what makes people take part, so this is what it maximises.
        """
        hours = self.hours(scheme)
        effort = effort_cost(hours, *self._setting)
        return float((hours @ worth - (effort + self._premium(scheme, hours)) / FEN).mean())

    def _premium(self, scheme: Scheme, hours: np.ndarray) -> np.ndarray:
        """Fen (seat,) by which uncertain pay is worth less than its mean; noises independent."""
        a = self.expected(scheme, hours)
        z = np.polynomial.hermite_e.hermegauss(40)
        chance = z[1] / z[1].sum()
        variance, mean = np.zeros(self.seats), scheme.amounts(a).sum()
        for name, sd in a.doubt.items():
            paid = scheme.amounts(a.but({name: a[name] + z[0][:, None] * sd})).sum()
            variance = variance + chance @ (paid - chance @ paid) ** 2
        return mean - certainty_equivalent(mean, variance, self.risk / FEN)
