"""Measures: what a scheme can look at, by the name that a file gives it.

An indicator by its key, a column of activity (money in yuan), or a share of columns written out:
`kept / promises`, `paid1_m2 + paid2_m2 / worked_m2`.
"""

from collections import ChainMap
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

import numpy as np

from sim.activity import FACTS, MONEY, NAMES, TOTALS, Activity
from sim.counted import BY_SEAT
from sim.formula import Formula
from sim.indicators import INDICATORS

Who = Literal["seat", "team", "house"]  # whose results: the seat's own, or the mean of all of it
IN_YUAN = MONEY | {"cash", "wage"}
COLUMNS = (*NAMES, *TOTALS, *(fact for fact in FACTS if fact in ("tenure_days", "wage")))
STEP = 1e-4  # of a sd, over which a measure's slope is taken
EVENTS = tuple(n for n in (*NAMES, *TOTALS) if n not in IN_YUAN)


@dataclass(frozen=True)
class Measure:
    """A formula over activity; `zero` and `target` are unknown unless it is an indicator."""

    key: str
    formula: Formula
    zero: float | None = None
    target: float | None = None
    ease: str = ""
    category: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        return self.formula.reads

    @property
    def less_is_better(self) -> bool:
        """Whether the indicator is one of those whose target lies below its zero."""
        return self.target is not None and self.target < self.zero

    def value(self, a: Activity, of: Who = "seat") -> np.ndarray:
        """The measure's value, (..., seat); an indicator that a lender reports is as reported."""
        if self.target is not None and self.key in a.columns:
            return a.among(of)[self.key]
        return self.formula(a.among(of))

    def doubt(self, a: Activity, of: Who = "seat") -> np.ndarray:
        """Sd of the value from the doubt about the columns it reads, (..., seat).

        Of a group it is the doubt about one's mates: about oneself there is the forecast.
        """
        at, variance = a.among(of), np.zeros(())
        here = self.formula(at)
        for name in self.reads:
            sd = _sd(a, name, of)
            moved = self.formula(ChainMap({name: at[name] + STEP * sd}, at))
            variance = variance + ((moved - here) / STEP) ** 2
        return np.sqrt(variance)


def _sd(a: Activity, name: str, of: Who) -> np.ndarray | float:
    """Doubt about a column, or about what the mates add to its mean in the group."""
    parts = TOTALS.get(name, ()) if name not in a.doubt else (name,)
    own = sum(np.asarray(a.doubt.get(part, 0.0)) ** 2 for part in parts)
    if of == "seat" or not np.ndim(own):
        return np.sqrt(own)
    team = np.zeros(len(own), np.int64) if of == "house" else a["team"].astype(np.int64)
    return np.sqrt(np.bincount(team, own)[team] - own) / np.bincount(team)[team]


@lru_cache(maxsize=1000)
def measure_of(key: str) -> Measure:
    """The measure of that name; raises ValueError saying what names there are."""
    if key in INDICATORS:
        i = INDICATORS[key]
        return Measure(key, i.measure, i.zero, i.target, i.ease, i.category)
    part, *whole = (tuple(side.split(" + ")) for side in key.split(" / "))
    if len(whole) > 1 or not {*part, *(whole[0] if whole else ())} <= {*COLUMNS}:
        raise ValueError(
            f"expected one of {', '.join(INDICATORS)}, a column of activity, or a share of "
            f"columns like 'kept / promises'{_nearest(key, (*INDICATORS, *COLUMNS))}"
        )
    return Measure(key, Formula(part, *whole, in_yuan=IN_YUAN))


def checked_measure(key: str, place: str) -> Measure:
    """The measure, with the place named in the error."""
    try:
        return measure_of(key)
    except ValueError as wrong:
        raise ValueError(f"@{place}: {wrong}") from None


def checked_events(events: Iterable[str], place: str) -> None:
    """Refuse what is not counted in cases."""
    for event in events:
        if event not in EVENTS:
            raise ValueError(
                f"@{place}.{event}: expected one of "
                f"{', '.join(n for n in EVENTS if n in BY_SEAT)}, or one by bucket like cures_m1"
                f"{_nearest(event, EVENTS)}"
            )


def _nearest(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def counted(reads: Iterable[str]) -> frozenset[str]:
    """Those of the columns that count what happens, facts about the seat left out."""
    return frozenset(reads) - FACTS.keys()
