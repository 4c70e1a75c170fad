"""Bounty: yuan per event, the same everywhere or looked up in a matrix."""

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, Strict, model_validator
from typing_extensions import TypeAliasType

from sim.activity import Activity, product_number
from sim.parameter import Section
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import Who, checked_events, checked_measure, counted, measure_of

Cell = Annotated[Yuan, Strict()]  # the section's own strictness ends at a type that holds itself
Cells = TypeAliasType("Cells", "Cell | tuple[Cells, ...]")
ONCE = "once"  # stands in for an event that happens once in every assessment
UNKNOWN = float("nan")  # the last value of a newcomer: the first period is taken for it


class Axis(Section):
    """One dimension of a matrix."""

    measure: str = Field(description="indicator, column of activity, or share of columns")
    reading: Literal["now", "before", "change"] = Field(
        default="now", description="its value, that of the assessment before, or the difference"
    )
    edges: tuple[Annotated[float, Field(ge=-1e12, le=1e12)], ...] = Field(
        min_length=1, description="where the next cell begins; one cell more than edges"
    )
    of: Who = Field(default="seat", description="whose results")

    @model_validator(mode="after")
    def _check(self):
        checked_measure(self.measure, "measure")
        for i, (one, next_one) in enumerate(pairwise(self.edges)):
            if one >= next_one:
                raise ValueError(f"@edges.{i + 1}: expected more than the edge before")
        return self

    def value(self, a: Activity) -> np.ndarray:
        """The measure in this period, (..., seat)."""
        return measure_of(self.measure).value(a, self.of)


class Bounty(Component):
    """Pays yuan for each recorded event; with axes, yuan from a table along them."""

    kind: Literal["bounty"] = "bounty"
    yuan: dict[str, Cells] = Field(
        description="per event, or under `once` per assessment: a number, or with axes a table of "
        "numbers, nested in their order",
        min_length=1,
    )
    axes: tuple[Axis, ...] = Field(default=(), max_length=6, description="dimensions of the tables")
    products: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(), description="only for queues of these products, by name; for all if none"
    )
    of: Who = Field(default="seat", description="whose events; of a team, each gets an equal share")

    @model_validator(mode="after")
    def _check(self):
        shape = tuple(len(axis.edges) + 1 for axis in self.axes)
        checked_events([event for event in self.yuan if event != ONCE], "yuan")
        for event, cells in self.yuan.items():
            if isinstance(cells, tuple) and _shape(cells) != shape:
                wanted = f"a table of {' x '.join(map(str, shape))} numbers, as the axes"
                raise ValueError(
                    f"@yuan.{event}: expected {wanted if shape else 'axes, or a number'}"
                )
        return self

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset(axis.measure for axis in self.axes)

    def reads(self) -> frozenset[str]:
        of_axes = (counted(measure_of(axis.measure).reads) for axis in self.axes)
        return frozenset(self.yuan).difference([ONCE]).union(*of_axes)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        cell = tuple(np.searchsorted(x.edges, self._read(i, x, a), "right") for i, x in self._axes)
        counts = a.among(self.of)
        fen = np.zeros(())
        for event, cells in self.yuan.items():
            each = np.asarray(cells, dtype=float)[cell] if isinstance(cells, tuple) else cells
            fen = fen + 100.0 * each * (1.0 if event == ONCE else counts[event])
        return fen * np.isin(a["product"], self._numbers) if self.products else fen

    @cached_property
    def _numbers(self) -> list[float]:
        return [product_number(name) for name in self.products]

    @property
    def _axes(self) -> list[tuple[int, Axis]]:
        return list(enumerate(self.axes))

    def _read(self, i: int, axis: Axis, a: Activity) -> np.ndarray:
        now = axis.value(a)
        if axis.reading == "now":
            return now
        before = self.recalled(a, f"before.{i}")
        before = np.where(np.isnan(before), now, before)
        return before if axis.reading == "before" else now - before

    def memory(self) -> Mapping[str, float]:
        return {f"before.{i}": UNKNOWN for i, axis in self._axes if axis.reading != "now"}

    @property
    def stays(self) -> bool:
        return True

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:  # noqa: ARG002
        return self.watch(a)

    def watch(self, a: Activity) -> Mapping[str, np.ndarray]:
        return {f"before.{i}": x.value(a) for i, x in self._axes if x.reading != "now"}

    @property
    def lasts(self) -> int:
        return 1 if self.memory() else 0


def _shape(cells: Cells) -> tuple[int, ...] | None:
    """The lengths of a nested table; None if it is ragged."""
    if not isinstance(cells, tuple):
        return ()
    shapes = {_shape(cell) for cell in cells}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(cells), *inner)
