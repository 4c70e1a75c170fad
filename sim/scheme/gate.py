"""Gate: an indicator below its limit takes away what earlier components paid."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.indicators import INDICATORS
from sim.scheme.base import Component, Parts, Yuan


class Gate(Component):
    """Acts on the earlier components if the indicator misses its limit."""

    kind: Literal["gate"] = "gate"
    indicator: str = Field(description="key of the indicator that is watched")
    limit: float = Field(description="value the indicator must reach, in its own unit")
    action: Literal["zero", "cap", "factor"] = Field(default="zero", description="what a miss does")
    cap_yuan: Yuan | None = Field(
        default=None, description="with action cap: the most that is paid"
    )
    factor: float | None = Field(
        default=None, ge=0, le=1, description="with action factor: the share still paid"
    )

    @model_validator(mode="after")
    def _check(self):
        if self.indicator not in INDICATORS:
            raise ValueError(f"@indicator: expected one of {', '.join(INDICATORS)}")
        for action, field in (("cap", "cap_yuan"), ("factor", "factor")):
            if (getattr(self, field) is not None) != (self.action == action):
                raise ValueError(f"@{field}: expected with action = '{action}' and only there")
        return self

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset([self.indicator])

    def reads(self) -> frozenset[str]:
        return frozenset(INDICATORS[self.indicator].reads)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        indicator = INDICATORS[self.indicator]
        sign = 1.0 if indicator.target >= indicator.zero else -1.0
        missed = a.once(
            id(self), indicator.reads, lambda a: sign * indicator.measure(a) < sign * self.limit
        )
        earned = so_far.sum()
        left = {
            "zero": 0.0,
            "cap": np.minimum(earned, (self.cap_yuan or 0.0) * 100.0),
            "factor": earned * (self.factor or 0.0),
        }[self.action]
        return np.where(missed, np.minimum(left - earned, 0.0), 0.0)
