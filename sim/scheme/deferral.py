"""Deferral: a share of what is earned now is paid later, to those who are still there."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.scheme.base import Adjustment, Parts


class Deferral(Adjustment):
    """Holds back a share of the earlier pay and pays it in instalments."""

    kind: Literal["deferral"] = "deferral"
    share: float = Field(ge=0, le=1, description="share of the earlier pay that is held back")
    vesting: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        min_length=1, description="share of it paid at each instalment; they sum to 1"
    )
    spacing: int = Field(
        default=12, ge=1, le=60, description="periods to the first instalment and between them"
    )
    leaver: Literal["forfeit", "keep"] = Field(
        default="forfeit", description="what becomes of a leaver's instalments to come"
    )

    @model_validator(mode="after")
    def _check(self):
        total = sum(self.vesting)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"@vesting: the shares sum to {total:g}; expected a sum of 1")
        if self.lasts > 120:
            raise ValueError(
                f"@vesting: the last instalment comes after {self.lasts} periods; "
                "expected at most 120"
            )
        return self

    @property
    def lasts(self) -> int:
        return self.spacing * len(self.vesting)

    @property
    def accrues(self) -> bool:
        return False  # whether held back or paid out, it is owed all the same

    def reads(self) -> frozenset[str]:
        return frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        return self.recalled(a, "due.1") - self.share * np.maximum(self.earned(so_far), 0.0)

    def memory(self) -> Mapping[str, float]:
        return {f"due.{k}": 0.0 for k in range(1, self.lasts + 1)}

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:
        """Instalments are paid in whole fen; what that leaves over comes with the next one."""
        due = self.recalled(a, "due.1")
        held = np.rint(due) - parts[self.label]
        coming = [self.recalled(a, f"due.{k}") for k in range(2, self.lasts + 1)] + [0.0]
        coming[0] = coming[0] + due - np.rint(due)
        for i, part in enumerate(self.vesting, 1):
            coming[i * self.spacing - 1] = coming[i * self.spacing - 1] + part * held
        return {f"due.{k}": fen for k, fen in enumerate(coming, 1)}

    def owed(self, memory: Mapping[str, np.ndarray]) -> np.ndarray | float:
        return sum(self.recalled(memory, what) for what in self.memory())

    def on_leaving(self, memory: Mapping[str, np.ndarray]) -> np.ndarray | float:
        return self.owed(memory) if self.leaver == "keep" else 0.0
