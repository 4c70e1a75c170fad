"""Gate: conditions on quality or conduct decide how much of the earlier pay stands."""

from abc import ABC
from functools import partial, reduce
from typing import Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.special import ndtr

from sim.activity import Activity
from sim.curves import LEAST_DOUBT
from sim.parameter import Section
from sim.scheme.base import Adjustment, Parts, Yuan
from sim.scheme.measure import Who, checked_measure, counted, measure_of


class Condition(Section):
    """A bar for one measure."""

    measure: str = Field(description="indicator, column of activity, or share of columns")
    at_least: float | None = Field(default=None, description="value it must reach, in its unit")
    at_most: float | None = Field(default=None, description="value it must not exceed")
    of: Who = Field(default="seat", description="whose results")

    @model_validator(mode="after")
    def _check(self):
        checked_measure(self.measure, "measure")
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("expected either at_least or at_most")
        return self

    def holds(self, a: Activity) -> np.ndarray:
        """Whether the bar is met, 1 or 0, (..., seat).

        Of a forecast of a group's results the chance that it is, over what the mates may do.
        """
        measure = measure_of(self.measure)
        value = measure.value(a, self.of)
        above = self.at_most - value if self.at_least is None else value - self.at_least
        if not a.doubt or self.of == "seat":
            return (above >= 0.0) * 1.0
        sd = a.everyone.once(self, measure.reads, partial(measure.doubt, of=self.of), part="sd")
        return ndtr(above / np.maximum(sd, LEAST_DOUBT))


class Conditional(Adjustment, ABC):
    """Acts by whether its conditions hold."""

    all_of: tuple[Condition, ...] = Field(default=(), description="conditions that must all hold")
    any_of: tuple[Condition, ...] = Field(
        default=(), description="conditions of which one must hold as well"
    )

    @model_validator(mode="after")
    def _has_conditions(self):
        if not self.all_of and not self.any_of:
            raise ValueError("expected conditions in all_of or any_of")
        return self

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset(c.measure for c in (*self.all_of, *self.any_of))

    def reads(self) -> frozenset[str]:
        return counted(self._looks_at)

    @property
    def _looks_at(self) -> frozenset[str]:
        """All columns that the conditions are about, facts included."""
        conditions = (*self.all_of, *self.any_of)
        return frozenset().union(*(measure_of(c.measure).reads for c in conditions))

    def holds(self, a: Activity) -> np.ndarray:
        """Whether all of `all_of` and, if there are any, one of `any_of` hold: 1, 0 or a chance."""
        return a.once(self, self._looks_at, self._holds)

    def _holds(self, a: Activity) -> np.ndarray:
        whole = reduce(np.multiply, (c.holds(a) for c in self.all_of), np.ones(()))
        if not self.any_of:
            return whole
        return whole * (1.0 - reduce(np.multiply, (1.0 - c.holds(a) for c in self.any_of)))


class Gate(Conditional):
    """Takes away what earlier components paid unless its conditions hold."""

    kind: Literal["gate"] = "gate"
    action: Literal["zero", "cap", "factor"] = Field(default="zero", description="what a miss does")
    cap_yuan: Yuan | None = Field(
        default=None, description="with action cap: the most that is paid"
    )
    factor: float | None = Field(
        default=None, ge=0, le=1, description="with action factor: the share still paid"
    )

    @model_validator(mode="after")
    def _check(self):
        for action, field in (("cap", "cap_yuan"), ("factor", "factor")):
            if (getattr(self, field) is not None) != (self.action == action):
                raise ValueError(f"@{field}: expected with action = '{action}' and only there")
        return self

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        """Never turns what has been earned so far into a debt."""
        earned = self.earned(so_far)
        left = {
            "zero": 0.0,
            "cap": np.minimum(earned, (self.cap_yuan or 0.0) * 100.0),
            "factor": earned * (self.factor or 0.0),
        }[self.action]
        taken = np.minimum(earned - left, np.maximum(so_far.sum(), 0.0))
        return (self.holds(a) - 1.0) * np.maximum(taken, 0.0)


class Booster(Conditional):
    """Adds a share of what earlier components paid if its conditions hold."""

    kind: Literal["booster"] = "booster"
    share: float = Field(ge=0, le=10, description="what is added, share of the earlier pay")

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        return self.holds(a) * self.share * np.maximum(self.earned(so_far), 0.0)
