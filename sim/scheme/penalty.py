"""Penalty: a deduction per recorded event."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import checked_events


class Penalty(Component):
    """Takes yuan for each recorded event, up to a limit."""

    kind: Literal["penalty"] = "penalty"
    yuan: dict[str, Yuan] = Field(description="deduction per event", min_length=1)
    most_yuan: Yuan = Field(default=1000.0, description="most that is deducted per seat and period")
    floor_yuan: Yuan | None = Field(
        default=None,
        description="legal minimum: wage and earlier pay together are never pushed below it",
    )

    @model_validator(mode="after")
    def _check(self):
        checked_events(self.yuan, "yuan")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset(self.yuan)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        owed = sum(yuan * 100.0 * a[event] for event, yuan in self.yuan.items())
        owed = np.clip(owed, 0.0, self.most_yuan * 100.0)
        if self.floor_yuan is None:
            return -owed
        above = a["wage"] * self.every + so_far.sum() - self.floor_yuan * 100.0
        return -np.minimum(owed, np.maximum(above, 0.0))
