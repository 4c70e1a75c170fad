"""Team pay: a pool that a group earns together, divided among its members."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.curves import checked, payout
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import checked_measure, counted, measure_of

Finite = Annotated[float, Field(ge=-1e12, le=1e12)]


class TeamPay(Component):
    """Pays each member a share of what the team's result is worth.

    With n equal members a fen for the team is 1/n fen for each: effort e = b/(n c), the free-rider
    problem of Holmström (1982).
    """

    kind: Literal["team"] = "team"
    measure: str = Field(default="cash", description="what counts, its mean per seat of the group")
    of: Literal["team", "house"] = Field(default="team", description="the group")
    pool: tuple[tuple[Finite, Yuan], ...] = Field(
        description="knots [value of the measure, yuan per seat], straight between, flat outside"
    )
    split: Literal["equal", "result"] = Field(
        default="equal", description="parts: equal, or by each member's own value of the measure"
    )

    @model_validator(mode="after")
    def _check(self):
        checked_measure(self.measure, "measure")
        try:
            checked(self.pool)
        except ValueError as wrong:
            raise ValueError(f"@pool: {wrong}") from None
        return self

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset([self.measure])

    def reads(self) -> frozenset[str]:
        return counted(measure_of(self.measure).reads)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        return a.once(self, measure_of(self.measure).reads, self._pay)

    def _pay(self, a: Activity) -> np.ndarray:
        measure = measure_of(self.measure)
        each = 100.0 * payout(self.pool, measure.value(a, self.of))
        if self.split == "equal":
            return each
        parts = a.also(lambda one: {"part": np.maximum(measure.value(one), 0.0)})
        return each * parts["part"] / np.maximum(parts.among(self.of)["part"], 1e-9)
