"""Penalty: a deduction per recorded event."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import BY_SEAT, MONEY, Activity
from sim.scheme.base import Component, Parts, Yuan

EVENTS = tuple(name for name in BY_SEAT if name not in MONEY)


class Penalty(Component):
    """Takes yuan for each recorded event, up to a limit."""

    kind: Literal["penalty"] = "penalty"
    yuan: dict[str, Yuan] = Field(description="deduction per event", min_length=1)
    most_yuan: Yuan = Field(default=1000.0, description="most that is deducted per seat and period")

    @model_validator(mode="after")
    def _check(self):
        for event in self.yuan:
            if event not in EVENTS:
                raise ValueError(f"@yuan.{event}: expected one of {', '.join(EVENTS)}")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset(self.yuan)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        owed = sum(yuan * 100.0 * a[event] for event, yuan in self.yuan.items())
        return -np.clip(owed, 0.0, self.most_yuan * 100.0)
