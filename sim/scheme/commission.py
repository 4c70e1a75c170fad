"""Commission: a rate on the cash of each bucket."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.scheme.base import Component, Parts, Yuan
from sim.units import BUCKETS


class Commission(Component):
    """Pays a share of the cash received, by bucket, above a threshold of cash."""

    kind: Literal["commission"] = "commission"
    rates: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        description="share of the cash, by bucket M1 … M7", min_length=1
    )
    above_yuan: Yuan = Field(default=0.0, description="cash per seat and period that earns nothing")

    @model_validator(mode="after")
    def _check(self):
        for bucket in self.rates:
            if bucket not in BUCKETS:
                raise ValueError(f"@rates.{bucket}: expected one of {', '.join(BUCKETS)}")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset(f"cash_{bucket.lower()}" for bucket, rate in self.rates.items() if rate)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        cash = {b: a[f"cash_{b.lower()}"] for b, rate in self.rates.items() if rate}
        if not cash:
            return np.zeros(())
        earned = sum(self.rates[b] * fen for b, fen in cash.items())
        if not self.above_yuan:
            return np.asarray(earned, dtype=float)
        total = sum(cash.values())
        counted = np.maximum(total - self.above_yuan * 100.0, 0.0) / np.maximum(total, 1.0)
        return earned * counted
