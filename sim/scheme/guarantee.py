"""Guarantee: a minimum for wage and earlier pay together, as a gift or as an advance."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from sim.activity import Activity
from sim.scheme.base import FOR_GOOD, Component, Parts, Yuan


class Guarantee(Component):
    """Tops up to a minimum, for good or in the first days."""

    kind: Literal["guarantee"] = "guarantee"
    yuan: Yuan = Field(description="least that wage and earlier pay come to, per seat and period")
    first_days: int | None = Field(
        default=None, ge=1, le=36500, description="days of tenure it holds for; none: always"
    )

    def reads(self) -> frozenset[str]:
        return frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        missing = np.maximum(100.0 * self.yuan - a["wage"] * self.every - so_far.sum(), 0.0)
        if self.first_days is None:
            return missing
        return np.where(a["tenure_days"] < self.first_days, missing, 0.0)


class Draw(Component):
    """Advances what is missing to a minimum and takes it back from what is earned above it.

    A leaver's debt cannot be collected.
    """

    kind: Literal["draw"] = "draw"
    yuan: Yuan = Field(description="minimum that is advanced, wage and earlier pay counted in")
    most_yuan: Yuan = Field(default=1e9, description="debt up to which advances are made")

    @property
    def lasts(self) -> int:
        return FOR_GOOD

    def reads(self) -> frozenset[str]:
        return frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        debt = self.recalled(a, "debt")
        short = 100.0 * self.yuan - a["wage"] * self.every - so_far.sum()
        advance = np.minimum(short, np.maximum(100.0 * self.most_yuan - debt, 0.0))
        return np.maximum(advance, -debt)

    def memory(self) -> Mapping[str, float]:
        return {"debt": 0.0}

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:
        return {"debt": self.recalled(a, "debt") + parts[self.label]}
