"""Clawback: pay of the last periods is taken back when later events speak against it."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.scheme.base import Adjustment, Parts, Yuan
from sim.scheme.measure import checked_events


class Clawback(Adjustment):
    """Takes back what the window's periods paid, this one included; leavers are out of reach."""

    kind: Literal["clawback"] = "clawback"
    yuan: dict[str, Yuan] = Field(
        default_factory=dict, description="taken back per event: relapses, complaints, caught …"
    )
    shares: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict, description="share of the window's pay taken back per event"
    )
    window: int = Field(default=3, ge=1, le=60, description="periods whose pay is within reach")
    floor_yuan: Yuan = Field(
        default=0.0, description="wage and earlier pay together are never pushed below it"
    )

    @model_validator(mode="after")
    def _check(self):
        if not self.yuan and not self.shares:
            raise ValueError("expected events in yuan or shares")
        checked_events(self.yuan, "yuan")
        checked_events(self.shares, "shares")
        return self

    @property
    def lasts(self) -> int:
        return self.window

    def reads(self) -> frozenset[str]:
        return frozenset(self.yuan) | frozenset(self.shares)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        within = sum(self._paid(a, so_far))
        share = sum(part * a[event] for event, part in self.shares.items())
        called = sum(100.0 * yuan * a[event] for event, yuan in self.yuan.items())
        called = called + np.minimum(share, 1.0) * within
        room = a["wage"] * self.every + so_far.sum() - 100.0 * self.floor_yuan
        return -np.minimum(np.minimum(called, within), np.maximum(room, 0.0))

    def _paid(self, a: Activity, parts: Parts) -> list[np.ndarray]:
        """Fen within reach by period of the window, this one first."""
        now = np.maximum(self.earned(parts.before(self.label)), 0.0)
        return [now, *(self.recalled(a, what) for what in self.memory())]

    def memory(self) -> Mapping[str, float]:
        return {f"paid.{k}": 0.0 for k in range(1, self.window)}

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:
        """What was taken back is out of reach, an equal share of each period's."""
        paid = self._paid(a, parts)
        left = 1.0 + parts[self.label] / np.maximum(sum(paid), 1e-9)
        return {what: fen * left for what, fen in zip(self.memory(), paid, strict=False)}
