"""Planes: where the columns of a variation move, and results that are made only there.

A variation asks of many columns what happens if one of them moves, each in a plane of its own. A
result that reads two of forty columns differs in two planes and is as usual in all others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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


class Stepped(NamedTuple):
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

    The columns of all rows are made at once, in a block that has a place for each.
    """

    of: np.ndarray  # each row's group, int64 (row,)
    at: np.ndarray  # the row that shows a group in a plane, int64 (group, plane); or (group,)
    names: Sequence[str]  # of all columns
    cells: Sequence[tuple[str, int]]  # column and plane of each place of the block
    usual: np.ndarray  # place in `names` of each place of the block
    planes: np.ndarray  # plane in which each place of the block moves; -1 if it does not
    places: np.ndarray  # where the columns of a row's group are, int64 (row, column); -1 if no more

    def block(self, columns: Mapping[str, Column], shape: Sequence[int]) -> np.ndarray:
        """The columns of all rows, (place, *shape); the shape is that of one plane."""
        found = [columns[name] for name in self.names]
        usual = [c.usual if isinstance(c, Stepped) else c for c in found]
        out = np.empty((len(self.usual), *shape))
        if any(column.ndim > 1 for column in usual):
            for place, (name, plane) in enumerate(self.cells):
                out[place] = in_planes(columns[name], [plane])[0]
            return out
        steps = next(c.steps for c in found if isinstance(c, Stepped))
        flat, seats = out.reshape(len(out), -1, shape[-1]), np.array(usual)
        _fill(flat, seats, self.usual, steps.reshape(len(steps), *flat.shape[1:]), self.planes)
        return out


def in_planes(column: Column, planes: Sequence[int]) -> np.ndarray:
    """A column in some planes, (plane, ..., seat); the same in all if it has none."""
    if isinstance(column, Stepped):
        return column.at(planes)
    if column.ndim > 1:
        return column[planes]
    return np.broadcast_to(column, (len(planes), column.size))


@lru_cache(maxsize=256)
def layout(planes: Planes, groups: tuple[tuple[str, ...], ...], count: int) -> Layout:
    """The layout of the groups when columns move in these of so many planes; 0: without planes."""
    rows, cells, places = [], [], []
    at = np.empty((len(groups), max(count, 1)), np.int64)
    for place, group in enumerate(groups):
        own = planes.of(group)
        its = own + [plane for plane in range(max(count, 1)) if plane not in own][:1]
        at[place] = len(places) + len(own)
        at[place, own] = len(places) + np.arange(len(own))
        firsts = len(cells) + len(its) * np.arange(len(group))
        places += [firsts + row for row in range(len(its))]
        cells += [(name, plane) for name in group for plane in its]
        rows += [place] * len(its)
    names = list(dict.fromkeys(name for name, _ in cells))
    moves = [plane if plane in planes.get(name, ()) else -1 for name, plane in cells]
    table = np.full((len(rows), max(map(len, groups))), -1)
    for row, its in zip(table, places, strict=True):
        row[: len(its)] = its
    return Layout(
        np.array(rows),
        at if count else at[:, 0],
        names,
        cells,
        np.array([names.index(name) for name, _ in cells]),
        np.array(moves),
        table,
    )


@dataclass(frozen=True)
class Apart:
    """Results by group of columns, each in the planes in which its own columns move and once for
    all other planes."""

    rows: np.ndarray  # (row, ..., seat)
    at: np.ndarray  # the row that shows a group in a plane, (group, plane); (group,) without planes

    def __getitem__(self, group: int) -> np.ndarray:
        """The group's result in all planes, (..., seat)."""
        return self.rows[self.at[group]]

    def weighted(self, weights: np.ndarray) -> np.ndarray:
        """Sum of the groups' results, each times its weight (group,); (..., seat)."""
        at, flat = self.at.reshape(len(weights), -1), self.rows.reshape(len(self.rows), -1)
        return _weighted(flat, at, weights).reshape(self.at.shape[1:] + self.rows.shape[1:])


@compiled()
def _fill(block, columns, usual, steps, planes):
    """Each place of the block (place, node, seat) is a column (seat,), and its step if it moves."""
    for place in range(len(block)):
        column, plane = columns[usual[place]], planes[place]
        for node in range(block.shape[1]):
            out = block[place, node]
            for seat in range(out.size):
                out[seat] = column[seat]
            if plane >= 0:
                step = steps[plane, node]
                for seat in range(out.size):
                    out[seat] += step[seat]


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
