"""Team pay: a pool that a group earns together, divided among its members."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.curves import checked, expected_payout, payout
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import Measure, checked_measure, counted, measure_of

Finite = Annotated[float, Field(ge=-1e12, le=1e12)]


class TeamPay(Component):
    """Pays each member a share of what the team's result is worth.

    With n equal members a fen for the team is 1/n fen for each: effort e = b/(n c), the free-rider
    problem of Holmström (1982). A collector feels the mean over what the mates may do, so that a
    step of the pool is felt as widely as the group's result is in doubt.
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
        each = 100.0 * self._each(a, measure)
        if self.split == "equal":
            return each
        parts = a.also(lambda one: {"part": np.maximum(measure.value(one), 0.0)})
        return each * parts["part"] / np.maximum(parts.among(self.of)["part"], 1e-9)

    def _each(self, a: Activity, measure: Measure) -> np.ndarray:
        """Yuan per seat; of a forecast the mean over what the mates may do."""
        result = measure.value(a, self.of)
        if not a.doubt:
            return payout(self.pool, result)
        sd = a.everyone.once(self, measure.reads, partial(measure.doubt, of=self.of), part="sd")
        return expected_payout(self.pool, result, sd)
