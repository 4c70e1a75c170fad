"""What a pay component is: a pure function from recorded activity to fen."""

from abc import ABC, abstractmethod
from typing import Annotated

import numpy as np
from pydantic import Field

from sim.activity import Activity
from sim.parameter import Section

Parts = dict[str, np.ndarray]  # fen by component name, each of shape (..., seat)
Yuan = Annotated[float, Field(ge=0, le=1e9)]


class Component(Section, ABC):
    """One block of a scheme."""

    name: str = Field(default="", max_length=60, description="how tables call it")

    @property
    def label(self) -> str:
        """The component's name in tables; its kind if the scheme gives none."""
        return self.name or self.kind

    @abstractmethod
    def reads(self) -> frozenset[str]:
        """Columns of activity that the pay depends on."""

    @abstractmethod
    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        """Fen of a period, float64, shape (..., seat); `so_far` holds the earlier components."""
