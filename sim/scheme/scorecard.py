"""Scorecard: a pool times the weighted payouts of indicators."""

from functools import partial, reduce
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.curves import Curve, knots_of, payout
from sim.indicators import INDICATORS
from sim.parameter import Section
from sim.scheme.base import Component, Parts, Yuan


class Target(Section):
    """What counts as nothing and as fully attained, in the indicator's own unit."""

    zero: float | None = Field(default=None, description="default: the indicator's own")
    target: float | None = Field(default=None, description="default: the indicator's own")


class Scorecard(Component):
    """Pays `pool_yuan` at full attainment of every indicator."""

    kind: Literal["scorecard"] = "scorecard"
    pool_yuan: Yuan = Field(description="pay at full attainment, yuan per seat and period")
    weights: dict[str, Annotated[float, Field(strict=True)]] = Field(
        description="weight of each indicator; they sum to 1", min_length=1
    )
    curve: Curve = Field(default="linear", description="payout by attainment: a name, or knots")
    curves: dict[str, Curve] = Field(
        default_factory=dict, description="curves of single indicators"
    )
    targets: dict[str, Target] = Field(default_factory=dict, description="targets of single ones")
    combine: Literal["sum", "product", "minimum"] = Field(
        default="sum", description="how the payouts of the indicators become one score"
    )

    @model_validator(mode="after")
    def _check(self):
        for table in ("weights", "curves", "targets"):
            for key in getattr(self, table):
                if key not in INDICATORS:
                    raise ValueError(f"@{table}.{key}: expected one of {', '.join(INDICATORS)}")
                if key not in self.weights:
                    raise ValueError(f"@{table}.{key}: expected an indicator that has a weight")
        for key, weight in self.weights.items():
            if not 0.0 <= weight <= 1.0:
                raise ValueError(f"@weights.{key}: expected a share in 0..1")
        total = sum(self.weights.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(
                f"@weights: the weights sum to {total:g}; expected a sum of 1: "
                f"{'lower' if total > 1 else 'raise'} some, or divide each by their sum"
            )
        for key, target in self.targets.items():
            zero, full = self._range(key, target)
            if zero == full:
                raise ValueError(
                    f"@targets.{key}: zero and target are both {full:g}; expected "
                    "two different values"
                )
        for place, curve in [
            ("curve", self.curve),
            *((f"curves.{k}", c) for k, c in self.curves.items()),
        ]:
            try:
                knots_of(curve)
            except ValueError as wrong:
                raise ValueError(f"@{place}: {wrong}") from None
        return self

    def _range(self, key: str, target: Target | None) -> tuple[float, float]:
        usual = INDICATORS[key]
        given = target or Target()
        return (
            usual.zero if given.zero is None else given.zero,
            usual.target if given.target is None else given.target,
        )

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset(k for k, w in self.weights.items() if w)

    def reads(self) -> frozenset[str]:
        return frozenset(c for k, w in self.weights.items() if w for c in INDICATORS[k].reads)

    def payouts(self, a: Activity) -> dict[str, np.ndarray]:
        """Payout of each indicator with a weight, 1 at its target."""
        return {
            key: a.once((id(self), key), INDICATORS[key].reads, partial(self._payout, key))
            for key, weight in self.weights.items()
            if weight
        }

    def _payout(self, key: str, a: Activity) -> np.ndarray:
        attainment = INDICATORS[key].attainment(a, *self._range(key, self.targets.get(key)))
        return payout(knots_of(self.curves.get(key, self.curve)), attainment)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        parts = self.payouts(a)
        if self.combine == "sum":
            score = sum(self.weights[k] * p for k, p in parts.items())
        elif self.combine == "product":
            score = reduce(
                np.multiply, (np.maximum(p, 0) ** self.weights[k] for k, p in parts.items())
            )
        else:
            score = reduce(np.minimum, parts.values())
        return self.pool_yuan * 100.0 * np.asarray(score, dtype=float)
