"""Formulas over counts as data, so that many rows of them are one compiled pass."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.compiled import as_record, compiled
from sim.units import FEN_PER_YUAN


@compiled(inline="always")
def _ratio(part, whole, prior, weight):
    return (part + prior * weight) / (np.maximum(whole, 0.0) + weight)


@dataclass(frozen=True)
class Formula:
    """A sum of columns, `part`, as a share of another, `whole`; a plain sum if there is no other.

    A share is pulled to `prior` where the whole is small, as if `weight` more cases had had it.
    With `below` the value is how far the share lies under it.
    """

    part: tuple[str, ...]
    whole: tuple[str, ...] = ()
    prior: float = 0.0
    weight: float = 1e-9
    below: float | None = None
    in_yuan: Collection[str] = ()  # columns of fen that are summed in yuan

    @property
    def reads(self) -> tuple[str, ...]:
        return self.part + self.whole

    def __call__(self, a: Mapping[str, np.ndarray]) -> np.ndarray:
        """The value, shape as the columns of `a`."""
        part = self._sum(a, self.part)
        if not self.whole:
            return part
        share = _ratio.py_func(part, self._sum(a, self.whole), self.prior, self.weight)
        return share if self.below is None else self.below - share

    def _sum(self, a: Mapping[str, np.ndarray], columns: tuple[str, ...]) -> np.ndarray:
        return sum(a[name] / self.unit(name) for name in columns)

    def unit(self, column: str) -> float:
        """What one of the sum is in the column's own unit."""
        return float(FEN_PER_YUAN) if column in self.in_yuan else 1.0


class Formulas(NamedTuple):
    """Formulas as arrays, for compiled loops; columns are in the order in which they are read."""

    parts: np.ndarray  # how many of the columns are the part, int64 (formula,)
    columns: np.ndarray  # how many there are, int64 (formula,)
    units: np.ndarray  # (formula, column)
    prior: np.ndarray
    weight: np.ndarray
    below: np.ndarray  # NaN if none

    @classmethod
    def of(cls, formulas: Sequence[Formula]) -> np.ndarray:
        """The formulas as one record."""
        most = max(len(f.reads) for f in formulas)
        units = np.ones((len(formulas), most))
        for row, f in zip(units, formulas, strict=True):
            row[: len(f.reads)] = [f.unit(name) for name in f.reads]
        table = cls(
            np.array([len(f.part) for f in formulas]),
            np.array([len(f.reads) for f in formulas]),
            units,
            np.array([f.prior for f in formulas]),
            np.array([f.weight for f in formulas]),
            np.array([np.nan if f.below is None else f.below for f in formulas]),
        )
        return as_record(table)


@compiled()
def values(table, of, block, places):
    """Value of each row by its formula of the table, (row, entry).

    `of` (row,) tells the formula of a row, and `places` (row, column) where in `block` (place,
    entry) stand the columns that it reads.
    """
    formulas, out = table[0], np.empty((of.size, block.shape[1]))
    whole = np.empty(block.shape[1])
    for row in range(of.size):
        f, part = of[row], out[row]
        part[:] = 0.0
        whole[:] = 0.0
        for n in range(formulas.columns[f]):
            into, column = part if n < formulas.parts[f] else whole, block[places[row, n]]
            unit = formulas.units[f, n]
            for i in range(into.size):
                into[i] += column[i] / unit
        if formulas.columns[f] == formulas.parts[f]:
            continue
        prior, weight, below = formulas.prior[f], formulas.weight[f], formulas.below[f]
        for i in range(part.size):
            part[i] = _ratio(part[i], whole[i], prior, weight)
        if not np.isnan(below):
            for i in range(part.size):
                part[i] = below - part[i]
    return out
