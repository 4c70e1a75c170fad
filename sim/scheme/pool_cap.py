"""Pool cap: all seats' pay of a period is scaled down to a common budget."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.activity import Activity
from sim.scheme.base import Adjustment, Parts, Yuan


class PoolCap(Adjustment):
    """The most that the earlier components may cost per seat on average; prorated over seats."""

    kind: Literal["pool_cap"] = "pool_cap"
    yuan_per_seat: Yuan = Field(description="budget yuan per seat and period")

    def reads(self) -> frozenset[str]:
        return frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        """Scales positive pay; all seats of the run share the pool."""
        own, house = (np.maximum(self.earned(parts), 0.0) for parts in (so_far, so_far.house))
        total = house.sum() - house + own
        budget = self.yuan_per_seat * 100.0 * house.shape[-1]
        return own * (np.minimum(1.0, budget / np.maximum(total, 1.0)) - 1.0)
