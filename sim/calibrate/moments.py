"""Moments of a collector-month panel: the figures by which behaviour is fitted.

A moment is a function of the panel that needs some of its columns; what a lender does not report
costs the moments that need it and no more. None reads the truth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from sim.indicators import INDICATORS

NEW_DAYS, YOUNG_DAYS = 90.0, 360.0  # over which newcomers' and juniors' gaps to veterans fade
COUNTED = ("cash", "contacts")  # beside the indicators
NAMED = ("collector", "team")

Columns = dict[str, np.ndarray]  # (row,) each


@dataclass(frozen=True)
class Moment:
    """A named figure of a panel."""

    key: str
    needs: tuple[str, ...]  # columns
    of: Callable[[Columns], float]


def moments_of(panel: pd.DataFrame) -> dict[str, float]:
    """Every moment whose columns the panel has; NaN where it cannot be told."""
    return moments_of_columns(columns_of(panel))


def moments_of_columns(columns: Columns) -> dict[str, float]:
    """The same of a panel's columns."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {m.key: float(m.of(columns)) for m in known(columns)}


def columns_of(panel: pd.DataFrame) -> Columns:
    """The columns as arrays; collectors and teams by their numbers from 0."""
    return {
        name: pd.factorize(column)[0] if name in NAMED else column.to_numpy(float)
        for name, column in panel.items()
    }


def known(columns: Iterable[str]) -> list[Moment]:
    """The moments that a panel with these columns has."""
    have = set(columns)
    return [m for m in MOMENTS if have.issuperset(m.needs)]


# ---- functions of one column; those of money and counts take the log first ----


def _level(column: str, panel: Columns) -> float:
    return panel[column].mean()


def _log_level(column: str, panel: Columns) -> float:
    return _log(panel[column]).mean()


def _spread(column: str, panel: Columns) -> float:
    """Between collectors, of their means, relative to the level."""
    means = _by(panel, "collector", panel[column])
    return means.std() / panel[column].mean()


def _tenure_gap(column: str, days: float, panel: Columns) -> float:
    """Slope of the log in the share of a beginner's gap that would be left."""
    return _slope(np.exp(-panel["tenure_days"] / days), _log(panel[column]))


def _trend(column: str, panel: Columns) -> float:
    """Slope of the log in months: how people settle into a scheme, or answer a new one."""
    return _slope(panel["month"], _log(panel[column]))


def _late(column: str, panel: Columns) -> float:
    """Level in the second half of the months less that of the first."""
    late = panel["month"] * 2 > panel["month"].max()
    return panel[column][late].mean() - panel[column][~late].mean()


def _per_hour(column: str, panel: Columns) -> float:
    return np.log(panel[column].sum() / panel["hours"].sum())


def _in_team(column: str, panel: Columns) -> float:
    """Variance of team means as a share of that of collectors: what team mates have in common."""
    values = panel[column]
    return _by(panel, "team", values).var() / _by(panel, "collector", values).var()


def _with_pay(column: str, panel: Columns) -> float:
    return _slope(_log(panel["pay_fen"]), _log(panel[column]))


def _log(values: np.ndarray) -> np.ndarray:
    """Log of a tenth of the mean more: a month without cash is no minus infinity."""
    return np.log(np.maximum(values, 0.0) + 0.1 * values.mean())


def _by(panel: Columns, key: str, values: np.ndarray) -> np.ndarray:
    there = np.bincount(panel[key])
    return (np.bincount(panel[key], values) / there)[there > 0]


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    x = x - x.mean()
    return float(x @ y / (x @ x))


def _each(name: str, columns: Iterable[str], of: Callable, *needs: str) -> list[Moment]:
    return [Moment(f"{name} of {c}", (c, *needs), partial(of, c)) for c in columns]


MOMENTS = (
    *_each("level", INDICATORS, _level),
    *_each("log level", ("hours", "pay_fen", *COUNTED), _log_level),
    *_each("rate an hour", COUNTED, _per_hour, "hours"),
    *_each("spread", ("hours", "pay_fen", "cash", "compliance", "documents", "entry_accuracy"),
           _spread, "collector"),
    *_each("newcomers' gap", ("cash", "contacts"), lambda c, p: _tenure_gap(c, NEW_DAYS, p),
           "tenure_days"),
    *_each("juniors' gap", ("cash", "contacts"), lambda c, p: _tenure_gap(c, YOUNG_DAYS, p),
           "tenure_days"),
    *_each("trend", ("hours", "cash", "pay_fen"), _trend, "month"),
    *_each("late change", ("compliance", "documents", "entry_accuracy"), _late, "month"),
    *_each("likeness in teams", ("hours", "compliance", "documents", "entry_accuracy"), _in_team,
           "team", "collector"),
    *_each("slope in pay", ("hours", "cash"), _with_pay, "pay_fen"),
)  # fmt: skip
