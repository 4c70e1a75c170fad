"""The timeline: which scheme holds for whom in which period, and since when that is known."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field, model_validator

from sim.parameter import Section, parameter
from sim.scheme import Scheme


class Change(Section):
    """A new scheme within the run."""

    period: int = Field(ge=1, le=119, description="first period of the new scheme")
    announced: int | None = Field(
        default=None, ge=0, le=119, description="period at whose start it becomes known; default: "
        "the period itself",
    )  # fmt: skip
    scheme_of: str | None = Field(
        default=None, description="scenario file whose scheme then holds, relative to this one"
    )
    scheme: Scheme | None = Field(
        default=None, description="the scheme that then holds, where it is written here"
    )
    grandfathered: int = parameter(
        0, "periods for which those hired before keep the old scheme", "periods", ge=0, le=119
    )

    @model_validator(mode="after")
    def _check(self):
        if self.scheme is None:
            raise ValueError("@scheme: expected a scheme, or scheme_of = a scenario file")
        if self.announced is not None and self.announced > self.period:
            raise ValueError(f"@announced: expected at most the period {self.period} itself")
        return self

    @property
    def known_from(self) -> int:
        return self.period if self.announced is None else self.announced


class Timeline:
    """The schemes of a run in order; number 0 holds from the start."""

    def __init__(self, first: Scheme, changes: Sequence[Change]):
        self.changes = tuple(changes)
        self.schemes: tuple[Scheme, ...] = (first, *(c.scheme for c in changes))

    def current(self, period: int) -> int:
        """Number of the scheme that newcomers get."""
        return sum(c.period <= period for c in self.changes)

    def known(self, period: int) -> int:
        """Number of the last scheme that people know of."""
        return sum(c.known_from <= period for c in self.changes)

    def same(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Where two numbers stand for schemes that pay alike, bool (seat,)."""
        alike = np.array([[a == b for b in self.schemes] for a in self.schemes])
        return alike[one, other]

    def of_seats(self, period: int, hired: np.ndarray, period_days: int) -> np.ndarray:
        """Number of each seat's scheme, int64 (seat,)."""
        out = np.zeros(hired.shape, np.int64)
        for number, change in enumerate(self.changes, 1):
            if period >= change.period:
                before = hired < change.period * period_days
                keeps = before & (period < change.period + change.grandfathered)
                out = np.where(keeps | self.same(out, number), out, number)
        return out

    def ahead(self, number: int, period: int, periods: int) -> list[int]:
        """What a person under scheme `number` expects to be under in the coming periods."""
        out = []
        for then in range(period + 1, period + 1 + periods):
            for new, change in enumerate(self.changes[: self.known(period)], 1):
                begins = new > number and then >= change.period + change.grandfathered
                if begins and self.schemes[new] != self.schemes[number]:
                    number = new
            out.append(number)
        return out
