"""Ladder: grades with a wage step each, climbed by good results."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.scheme.base import FOR_GOOD, Adjustment, Parts
from sim.scheme.measure import Who, checked_measure, counted, measure_of

Bar = Annotated[float, Field(ge=-1e12, le=1e12)]


class Ladder(Adjustment):
    """Pays the step of the seat's grade; results that pass the bar lead to the next one.

    Nothing is paid for passing itself: collectors feel the pay of the coming periods.
    """

    kind: Literal["ladder"] = "ladder"
    steps_yuan: tuple[Annotated[float, Field(ge=0, le=1e6)], ...] = Field(
        min_length=2, description="pay above the wage in each grade, the lowest first"
    )
    measure: str = Field(
        default="", description="what is judged; if none, the yuan that the components `on` pay"
    )
    of: Who = Field(default="seat", description="whose results")
    up: Bar = Field(description="value that must be reached to climb")
    down: Bar | None = Field(default=None, description="value below which one falls; none: never")
    judged: Literal["in_a_row", "average"] = Field(
        default="in_a_row", description="each of so many periods, or the average of them"
    )
    periods: int = Field(default=3, ge=1, le=36, description="that are judged")

    @model_validator(mode="after")
    def _check(self):
        if self.measure:
            checked_measure(self.measure, "measure")
        if self.down is not None and self.down >= self.up:
            raise ValueError("@down: expected less than up")
        return self

    @property
    def needs_earlier(self) -> bool:
        return not self.measure

    @property
    def lasts(self) -> int:
        return FOR_GOOD

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset([self.measure] if self.measure else [])

    def reads(self) -> frozenset[str]:
        return counted(measure_of(self.measure).reads) if self.measure else frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        grade = self.recalled(a, "grade").astype(np.int64)
        return 100.0 * np.asarray(self.steps_yuan)[grade]

    def memory(self) -> Mapping[str, float]:
        return {"grade": 0.0, "standing": 0.0, "judged": 0.0}

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:
        result = self._result(a, parts)
        if self.judged == "in_a_row":
            standing = self._in_a_row(self.recalled(a, "standing"), result)
            count = np.abs(standing)
            rises, falls = standing >= self.periods, standing <= -self.periods
        else:
            standing = self.recalled(a, "standing") + result
            count = self.recalled(a, "judged") + 1.0
            over = count >= self.periods
            rises = over & (standing >= self.up * self.periods)
            falls = over & (standing < self._floor * self.periods)
        judged = (count >= self.periods) | rises | falls
        grade = self.recalled(a, "grade") + rises - falls
        return {
            "grade": np.clip(grade, 0, len(self.steps_yuan) - 1),
            "standing": np.where(judged, 0.0, standing),
            "judged": np.where(judged, 0.0, count),
        }

    @property
    def _floor(self) -> float:
        return -np.inf if self.down is None else self.down

    def _result(self, a: Activity, parts: Parts) -> np.ndarray:
        if self.measure:
            return measure_of(self.measure).value(a, self.of)
        return self.earned(parts.before(self.label)) / 100.0

    def _in_a_row(self, before: np.ndarray, result: np.ndarray) -> np.ndarray:
        """Good periods one after another, or bad ones as a negative number."""
        good, bad = result >= self.up, result < self._floor
        more, less = np.maximum(before, 0.0) + 1.0, np.minimum(before, 0.0) - 1.0
        return np.where(good, more, np.where(bad, less, 0.0))
