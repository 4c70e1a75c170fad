"""Planes: where the columns of a variation move, and results that are made only there.

A variation asks of many columns what happens if one of them moves, each in a plane of its own. A
result that reads two of forty columns differs in two planes and is as usual in all others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.compiled import compiled


class Planes(dict[str, Sequence[int]]):
    """The planes in which each column moves; known by itself, so that layouts are made once."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def without(self, names: Iterable[str]) -> "Planes":
        """These but for some columns; the same object if none of them moves."""
        gone = self.keys() & set(names)
        return Planes({name: at for name, at in self.items() if name not in gone}) if gone else self

    def of(self, names: Collection[str]) -> list[int]:
        """Those in which any of the columns moves, in order."""
        return sorted({plane for name in names if name in self for plane in self[name]})


@dataclass(frozen=True)
class Stepped:
    """A column that moves in some planes and is as usual in the others."""

    usual: np.ndarray  # (seat,)
    steps: np.ndarray  # (plane, ..., seat), of whatever moves in the plane
    planes: Sequence[int]  # in which it moves

    def at(self, planes: Sequence[int]) -> np.ndarray:
        """The column in those planes, (plane, ..., seat)."""
        out = np.empty((len(planes), *self.steps.shape[1:]))
        out[:] = self.usual
        for row, plane in enumerate(planes):
            if plane in self.planes:
                out[row] += self.steps[plane]
        return out


Column = np.ndarray | Stepped


@dataclass(frozen=True, eq=False)
class Layout:
    """Rows for groups of columns: one for each plane in which the group moves, one for all others.

    Columns are made for all rows of all groups at once, in a block with a row for each of them.
    """

    rows: Sequence[Sequence[int]]  # planes of each group's rows
    of: np.ndarray  # each row's group, int64 (row,)
    at: np.ndarray  # the row that shows a group in a plane, int64 (group, plane)
    columns: Sequence[Sequence[str]]  # of each group, those that move
    names: Sequence[str]  # of all of them
    usual: np.ndarray  # place in `names` of each row of the block
    moving: np.ndarray  # rows of the block that move …
    planes: np.ndarray  # … and the planes in which they do

    def views(self, columns: Mapping[str, Column]) -> list[dict[str, np.ndarray]]:
        """The moving columns of each group, (row, ..., seat) each."""
        stepped = [columns[name] for name in self.names]
        if not all(isinstance(column, Stepped) for column in stepped):
            return self._one_by_one(columns)
        steps = stepped[0].steps
        usual = np.array([column.usual for column in stepped])[self.usual]
        block = np.empty((len(usual), *steps.shape[1:]))
        block[:] = usual.reshape(len(usual), *(1,) * (steps.ndim - 2), -1)
        block[self.moving] += steps[self.planes]
        views, first = [], 0
        for names, rows in zip(self.columns, self.rows, strict=True):
            view = {}
            for name in names:
                view[name] = block[first : first + len(rows)]
                first += len(rows)
            views.append(view)
        return views

    def _one_by_one(self, columns: Mapping[str, Column]) -> list[dict[str, np.ndarray]]:
        return [
            {name: in_planes(columns[name], rows) for name in names}
            for names, rows in zip(self.columns, self.rows, strict=True)
        ]


def in_planes(column: Column, planes: Sequence[int]) -> np.ndarray:
    """A column that has planes, in some of them, (plane, ..., seat)."""
    return column.at(planes) if isinstance(column, Stepped) else column[planes]


@lru_cache(maxsize=256)
def layout(planes: Planes, groups: tuple[frozenset[str], ...], count: int) -> Layout:
    """The layout of the groups when columns move in these of so many planes."""
    rows, columns, at, first = [], [], np.empty((len(groups), count), np.int64), 0
    for group, reads in enumerate(groups):
        own = planes.of(reads)
        still = [plane for plane in range(count) if plane not in own][:1]
        at[group] = first + len(own)
        at[group, own] = first + np.arange(len(own))
        rows.append([*own, *still])
        columns.append(sorted(reads & planes.keys()))
        first += len(rows[-1])
    names = sorted({name for some in columns for name in some})
    block = [(name, plane) for some, its in zip(columns, rows, strict=True)
             for name in some for plane in its]  # fmt: skip
    moving = [row for row, (name, plane) in enumerate(block) if plane in planes[name]]
    return Layout(
        rows,
        np.repeat(np.arange(len(groups)), [len(its) for its in rows]),
        at,
        columns,
        names,
        np.array([names.index(name) for name, _ in block], np.int64),
        np.array(moving, np.int64),
        np.array([block[row][1] for row in moving], np.int64),
    )


@dataclass(frozen=True)
class Apart:
    """Results by group of columns, each in the planes in which its own columns move and once for
    all other planes."""

    rows: np.ndarray  # (row, ..., seat)
    of: np.ndarray  # each row's group, int64 (row,)
    at: np.ndarray  # the row that shows a group in a plane, (group, plane); (group,) without planes

    @classmethod
    def like(cls, values: Sequence[np.ndarray]) -> "Apart":
        """Results without planes, (..., seat) each."""
        each = np.arange(len(values))
        rows = np.empty((len(values), *np.broadcast_shapes(*map(np.shape, values))))
        for row, value in zip(rows, values, strict=True):
            row[:] = value
        return cls(rows, each, each)

    def __getitem__(self, group: int) -> np.ndarray:
        """The group's result in all planes, (..., seat)."""
        return self.rows[self.at[group]]

    def weighted(self, weights: np.ndarray) -> np.ndarray:
        """Sum of the groups' results, each times its weight (group,); (..., seat)."""
        at, flat = self.at.reshape(len(weights), -1), self.rows.reshape(len(self.rows), -1)
        return _weighted(flat, at, weights).reshape(self.at.shape[1:] + self.rows.shape[1:])


@compiled()
def _weighted(rows, at, weights):
    """One pass: NumPy would write a result for every group and plane before it adds them."""
    groups, planes = at.shape
    out = np.zeros((planes, rows.shape[1]))
    for group in range(groups):
        for plane in range(planes):
            row = at[group, plane]
            for seat in range(rows.shape[1]):
                out[plane, seat] += weights[group] * rows[row, seat]
    return out
