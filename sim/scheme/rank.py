"""Rank: prizes by place in a league table of the team or the house."""

from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.special import ndtr

from sim.activity import TOTALS, Activity
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import checked_measure, counted, measure_of

STEP = 1e-4  # of a forecast's sd, over which the measure's slope is taken


class Rank(Component):
    """Pays prizes by place: a tournament, league table or, with `during`, a contest.

    Equal results share the prizes of their places. A collector feels the chance of each place
    given the doubt about all results (Lazear and Rosen 1981).
    """

    kind: Literal["rank"] = "rank"
    measure: str = Field(description="indicator, column of activity, or share of columns")
    among: Literal["team", "house"] = Field(default="team", description="who are compared")
    best: Literal["highest", "lowest"] | None = Field(
        default=None, description="which value comes first; by default as the indicator has it"
    )
    places: tuple[Yuan, ...] = Field(default=(), description="yuan of the first, second … place")
    shares: tuple[tuple[Annotated[float, Field(gt=0, le=1)], Yuan], ...] = Field(
        default=(), description="[share, yuan]: those within the first share of all get the yuan"
    )

    @model_validator(mode="after")
    def _check(self):
        checked_measure(self.measure, "measure")
        if bool(self.places) == bool(self.shares):
            raise ValueError("expected either places or shares")
        for i, ((one, _), (next_one, _)) in enumerate(pairwise(self.shares)):
            if one >= next_one:
                raise ValueError(f"@shares.{i + 1}: expected a larger share than the one before")
        return self

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset([self.measure])

    def reads(self) -> frozenset[str]:
        return counted(measure_of(self.measure).reads)

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        return a.once(self, self.reads(), self._pay)

    def _pay(self, a: Activity) -> np.ndarray:
        own, house = self._score(a), self._score(a.everyone)
        rivals = self._rivals(a.everyone)
        prizes = self._prizes(rivals)
        if a.doubt:
            sd = a.everyone.once(self, self.reads(), self._sd, part="sd")
            return _expected(own, house, sd, rivals, prizes)
        return _shared(own, house, rivals, prizes)

    def _score(self, a: Activity) -> np.ndarray:
        """The measure, higher is better."""
        measure = measure_of(self.measure)
        lowest = self.best == "lowest" if self.best else measure.less_is_better
        return -measure.value(a) if lowest else measure.value(a)

    def _sd(self, a: Activity) -> np.ndarray:
        """Doubt about each seat's score, from the doubt about the columns that it reads."""
        variance = np.zeros(())
        for name in self.reads():
            sd = a.doubt.get(name, 0.0)
            if name not in a.doubt and name in TOTALS:
                sd = np.sqrt(sum(a.doubt.get(part, 0.0) ** 2 for part in TOTALS[name]))
            moved = self._score(a.but({name: a[name] + STEP * sd})) - self._score(a)
            variance = variance + (moved / STEP) ** 2
        return np.sqrt(variance)

    def _rivals(self, a: Activity) -> np.ndarray:
        """Seats that each seat competes with, (place in the list, seat); -1 where there is none."""
        seats = np.shape(self._score(a))[-1]
        team = np.zeros(seats) if self.among == "house" else a["team"]
        members = [np.flatnonzero(team == team[s]) for s in range(seats)]
        out = np.full((max(map(len, members)) - 1, seats), -1)
        for s, group in enumerate(members):
            out[: len(group) - 1, s] = group[group != s]
        return out

    def _prizes(self, rivals: np.ndarray) -> np.ndarray:
        """Fen of each place that gets something, (place, seat)."""
        size = 1 + (rivals >= 0).sum(axis=0)
        place = np.arange(size.max())[:, None]
        if self.places:
            fen = np.zeros((max(size.max(), len(self.places)), 1))
            fen[: len(self.places), 0] = 100.0 * np.asarray(self.places)
            return np.where(place < size, fen[: size.max()], 0.0)
        out = np.zeros((size.max(), size.size))
        for share, yuan in reversed(self.shares):
            out[(place < share * size - 1e-9) & (place < size)] = 100.0 * yuan
        return out


def _shared(own, house, rivals, prizes) -> np.ndarray:
    """Fen when all results are known, (..., seat): who tie share the prizes of their places."""
    there = rivals >= 0
    others = house[rivals]
    above = ((others > own[..., None, :]) & there).sum(axis=-2)
    tied = ((others == own[..., None, :]) & there).sum(axis=-2)
    sums = np.vstack([np.zeros(prizes.shape[1]), np.cumsum(prizes, axis=0)])
    seat = np.arange(house.size)
    return (sums[above + tied + 1, seat] - sums[above, seat]) / (tied + 1.0)


def _expected(own, house, sd, rivals, prizes) -> np.ndarray:
    """Expected fen at an own result while the rivals' are in doubt, (..., seat)."""
    paid = np.flatnonzero(prizes.any(axis=1))
    places = paid[-1] + 1 if paid.size else 0
    chance = np.zeros((places, *own.shape))  # that just so many rivals are above
    chance[:1] = 1.0
    for others in rivals:
        z = (house[others] - own) / np.maximum(sd[others], 1e-12)
        above = np.where(others >= 0, ndtr(z), 0.0)
        chance[1:] = chance[1:] * (1.0 - above) + chance[:-1] * above
        chance[:1] *= 1.0 - above
    seat_last = prizes[:places].reshape(places, *(1,) * (own.ndim - 1), -1)
    return (chance * seat_last).sum(axis=0)
