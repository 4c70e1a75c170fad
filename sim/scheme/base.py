"""What a pay component is: a pure function from recorded activity to fen.

Some pay reaches over periods (deferral, clawback, ladders, ratchets). A component then names what
it remembers of a seat and says, again as a pure function, what that becomes at a period's end. The
world keeps the memory; collectors feel it by looking ahead through the same two functions.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from sim.activity import Activity
from sim.parameter import Section

FOR_GOOD = 400  # periods that stand for all to come
Yuan = Annotated[float, Field(ge=0, le=1e9)]


class Parts(dict[str, np.ndarray]):
    """Fen by component name, each of shape (..., seat)."""

    def __init__(self, house: "Callable[[], Parts] | None" = None):
        super().__init__()
        self._house = house  # asked for only by what looks at the house

    def sum(self, names: Iterable[str] | None = None) -> np.ndarray:
        """Fen of the named components together, of all by default; (..., seat)."""
        return sum((self[n] for n in (self if names is None else names)), start=np.zeros(()))

    def before(self, name: str) -> "Parts":
        """Those of the components that come before the named one."""
        return self._of(takewhile(lambda earlier: earlier != name, self))

    @property
    def house(self) -> "Parts":
        """What all seats get from the same components; these themselves unless of a variation."""
        if self._house is None:
            return self
        return self._house()._of(self)

    def _of(self, names: Iterable[str]) -> "Parts":
        some = Parts(self._house)
        some.update((name, self[name]) for name in names)
        return some


class Component(Section, ABC):
    """One block of a scheme."""

    name: str = Field(default="", max_length=60, description="how tables call it")
    every: int = Field(
        default=1,
        ge=1,
        le=36,
        description="periods that are assessed and paid together; amounts are for all of them",
    )
    cut_short: Literal["paid", "stayers", "forfeited"] = Field(
        default="paid",
        description="with every above 1: who is paid what was earned so far when leaving or a "
        "change of the scheme ends it early: all, who stays, nobody",
    )
    during: tuple[Annotated[int, Field(ge=0, le=1000)], ...] = Field(
        default=(), description="periods, 0 the first, in which it acts; every period if none"
    )

    @property
    def label(self) -> str:
        """The component's name in tables; its kind if the scheme gives none."""
        return self.name or self.kind

    def acts_in(self, period: np.ndarray) -> np.ndarray:
        """Whether it acts in periods, bool of their shape."""
        return np.isin(period, self.during) if self.during else np.ones(np.shape(period), bool)

    @abstractmethod
    def reads(self) -> frozenset[str]:
        """Columns of activity that the pay depends on, memory left out."""

    @property
    def facts(self) -> frozenset[str]:
        """Facts about the queue that the pay depends on; they cost something to find out."""
        return frozenset()

    @property
    def indicators(self) -> frozenset[str]:
        """Keys of the indicators that one has to follow to understand the pay."""
        return frozenset()

    @abstractmethod
    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        """Fen of a period, float64, shape (..., seat); `so_far` holds the earlier components."""

    def memory(self) -> Mapping[str, float]:
        """What is remembered of a seat between periods, with what a newcomer starts with."""
        return {}

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:  # noqa: ARG002
        """The memory after the period, (..., seat) each; `parts` is what all components paid."""
        return {}

    @property
    def stays(self) -> bool:
        """Whether the memory is the seat's, kept for the successor of a collector who leaves."""
        return False

    def watch(self, a: Activity) -> Mapping[str, np.ndarray]:  # noqa: ARG002
        """The memory after a period in which the component was announced and not yet in force."""
        return {}

    @property
    def lasts(self) -> int:
        """Periods for which what happens in one can matter through the memory."""
        return 0

    @property
    def accrues(self) -> bool:
        """Whether what it would pay counts as earned before the periods assessed are over."""
        return True

    def owed(self, memory: Mapping[str, np.ndarray]) -> np.ndarray | float:  # noqa: ARG002
        """Fen that the memory promises for later, (seat,): the lender's liability."""
        return 0.0

    def on_leaving(self, memory: Mapping[str, np.ndarray]) -> np.ndarray | float:  # noqa: ARG002
        """Fen that a collector who leaves is still paid out of the memory, (seat,)."""
        return 0.0

    def recalled(self, a: Mapping[str, np.ndarray], what: str) -> np.ndarray:
        """A column of this component's memory."""
        return a[f"{self.label}.{what}"]


class Adjustment(Component, ABC):
    """A component that acts on what earlier ones pay."""

    on: tuple[str, ...] = Field(
        default=(), description="names of the earlier components it acts on; all of them if none"
    )

    @property
    def needs_earlier(self) -> bool:
        """Whether it does nothing without a component before it."""
        return True

    def earned(self, so_far: Parts) -> np.ndarray:
        """Fen of the components that it acts on."""
        return so_far.sum(self.on or None)
