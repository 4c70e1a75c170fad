"""The anchor: today's scheme as simulated, to which differences are added and bounds refer."""

from dataclasses import dataclass

import numpy as np

from optimize.limits import QUANTITIES, Quantity
from optimize.problem import Limit, Problem
from optimize.risk import cvar_of, quantile_of


def columns_read(problem: Problem) -> tuple[str, ...]:
    """Totals that the objective and the limits read."""
    keys = [problem.objective, *(limit.on for limit in problem.limits)]
    return tuple(dict.fromkeys(c for key in keys for c in QUANTITIES[key].columns))


@dataclass(frozen=True)
class Anchor:
    """Totals of today's scheme by replication."""

    columns: tuple[str, ...]
    totals: np.ndarray  # (replication, total)

    @property
    def mean(self) -> dict[str, float]:
        return dict(zip(self.columns, self.totals.mean(axis=0).tolist(), strict=True))

    def bound(self, limit: Limit) -> float:
        """The bound in the quantity's unit."""
        if limit.absolute is not None:
            return limit.absolute
        return limit.relative * self.figure(limit)

    def figure(self, limit: Limit) -> float:
        """Today's figure of what is limited."""
        count = len(self.totals)
        return float(figure(limit, self.columns, self.totals, np.full((1, count), 1 / count))[0])

    def figures(self, quantity: Quantity) -> np.ndarray:
        """The quantity in each replication."""
        return quantity.of(dict(zip(self.columns, self.totals.T, strict=True)))


def figure(
    limit: Limit, columns: tuple[str, ...], totals: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """Mean, CVaR or quantile of a limit's quantity; a row of shares weighs the replications.

    A mean is a ratio of means. `totals` (replication, total), `shares` (row, replication).
    """
    quantity = QUANTITIES[limit.on]
    if limit.over == "mean":
        return quantity.of(dict(zip(columns, (shares @ totals).T, strict=True)))
    seen = limit.sense * quantity.of(dict(zip(columns, totals.T, strict=True)))
    tail = cvar_of if limit.over == "cvar" else quantile_of
    counts = np.rint(shares * len(totals)).astype(int)
    return limit.sense * np.array([tail(np.repeat(seen, row), limit.level) for row in counts])
