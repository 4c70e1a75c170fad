"""Commission: a rate on the cash of each bucket, or on the fees that it brings."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.parameter import Section
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import Who
from sim.units import BUCKETS

Share = Annotated[float, Field(ge=0, le=1)]


class Tier(Section):
    """From an amount on, another multiple of the rates."""

    above_yuan: Yuan = Field(description="cash, or fees if there are any, at which the tier begins")
    factor: float = Field(ge=0, le=100, description="multiple of the rates")


class Commission(Component):
    """Pays a share of the cash received, by bucket, above a threshold of cash."""

    kind: Literal["commission"] = "commission"
    rates: dict[str, Share] = Field(
        description="share of the cash, by bucket M1 … M7", min_length=1
    )
    fee_shares: dict[str, Share] = Field(
        default_factory=dict,
        description="fee that the cash brings, by bucket; if given, rates and thresholds are on it",
    )
    above_yuan: Yuan = Field(default=0.0, description="cash per seat and period that earns nothing")
    above_wages: float = Field(
        default=0.0, ge=0, le=1000, description="break-even: multiple of the wage added to that"
    )
    tiers: tuple[Tier, ...] = Field(
        default=(), description="from above_yuan on the rates, from each tier on its multiple"
    )
    retroactive: bool = Field(
        default=False, description="true: a tier that is reached holds for all, not for the rest"
    )
    of: Who = Field(default="seat", description="whose cash; of a team, each gets an equal share")

    @model_validator(mode="after")
    def _check(self):
        for table in ("rates", "fee_shares"):
            for bucket in getattr(self, table):
                if bucket not in BUCKETS:
                    raise ValueError(f"@{table}.{bucket}: expected one of {', '.join(BUCKETS)}")
        for bucket in self.rates:
            if self.fee_shares and bucket not in self.fee_shares:
                raise ValueError(f"@fee_shares: expected a fee for {bucket}, which has a rate")
        if self.retroactive and not self.tiers:
            raise ValueError("@retroactive: expected with tiers and only there")
        for i, (one, next_one) in enumerate(pairwise(self.tiers)):
            if one.above_yuan >= next_one.above_yuan:
                raise ValueError(f"@tiers.{i + 1}.above_yuan: expected more than before")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset(f"cash_{bucket.lower()}" for bucket, rate in self.rates.items() if rate)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        base = self._base(a.among(self.of))
        if not base:
            return np.zeros(())
        earned = sum(self.rates[b] * fen for b, fen in base.items())
        if not (self.above_yuan or self.above_wages or self.tiers):
            return np.asarray(earned, dtype=float)
        total = sum(base.values())
        below = self.above_yuan * 100.0
        if self.above_wages:
            below = below + self.above_wages * self.every * a["wage"]
        return earned * self._counted(total, below) / np.maximum(total, 1.0)

    def _base(self, a: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Fen that the rates are on, by bucket."""
        return {
            b: a[f"cash_{b.lower()}"] * (self.fee_shares[b] if self.fee_shares else 1.0)
            for b, rate in self.rates.items()
            if rate
        }

    def _counted(self, total: np.ndarray, below: np.ndarray | float) -> np.ndarray:
        """Fen of the total that earn the rates; what is in a tier counts by its multiple."""
        factors = (1.0, *(tier.factor for tier in self.tiers))
        steps = [
            (tier.above_yuan * 100.0, after - before)
            for tier, (before, after) in zip(self.tiers, pairwise(factors), strict=True)
        ]
        above = np.maximum(total - below, 0.0)
        if self.retroactive:
            return above * (1.0 + sum(step * (total >= start) for start, step in steps))
        return above + sum(
            step * np.maximum(total - np.maximum(start, below), 0.0) for start, step in steps
        )
