"""Rank: prizes by place in a league table of the team or the house."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.special import ndtr

from sim.activity import Activity
from sim.scheme.base import Adjustment, Parts, Yuan
from sim.scheme.measure import checked_measure, counted, measure_of

MANY = 30  # rivals from which the number of those above counts as normally distributed


class Rank(Adjustment):
    """Pays prizes by place: a tournament, league table or, with `during`, a contest.

    Equal results share the prizes of their places; seats without a collector take no part. A
    collector feels the chance of each place given the doubt about all results (Lazear and Rosen
    1981). By earlier pay, the doubt is what the columns of that pay leave of it.
    """

    kind: Literal["rank"] = "rank"
    measure: str = Field(
        default="",
        description="indicator, column of activity, or share of columns; if none, the yuan that "
        "the components `on` pay",
    )
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
        if self.measure:
            checked_measure(self.measure, "measure")
        if bool(self.places) == bool(self.shares):
            raise ValueError("expected either places or shares")
        for i, ((one, _), (next_one, _)) in enumerate(pairwise(self.shares)):
            if one >= next_one:
                raise ValueError(f"@shares.{i + 1}: expected a larger share than the one before")
        return self

    @property
    def needs_earlier(self) -> bool:
        return not self.measure

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset([self.measure] if self.measure else [])

    def reads(self) -> frozenset[str]:
        return counted(measure_of(self.measure).reads) if self.measure else frozenset()

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:
        if self.measure:
            return a.once(self, measure_of(self.measure).reads, self._pay)
        return self._by_pay(a, self._yuan(so_far), self._yuan(so_far.house))

    def _yuan(self, parts: Parts) -> np.ndarray:
        """What is ranked of earlier pay, higher is better."""
        return self.earned(parts) * (-1.0 if self.best == "lowest" else 1.0)

    def _by_pay(self, a: Activity, own: np.ndarray, house: np.ndarray) -> np.ndarray:
        """Prizes by earlier pay; rivals' pay is in doubt as far as their columns move it."""
        house = np.broadcast_to(house, np.shape(a.everyone["team"]))
        rivals, prizes = a.everyone.once(self, (), self._field, part="field")
        if np.ndim(own) <= 1:  # facts, or nothing that is felt moves it
            return _shared(np.broadcast_to(own, house.shape), house, rivals, prizes)
        sd = np.sqrt(((own - house) ** 2).mean(axis=-2).sum(axis=0))
        return _expected(own, house, sd, rivals, prizes)

    def _pay(self, a: Activity) -> np.ndarray:
        own, house = self._score(a), self._score(a.everyone)
        rivals, prizes = a.everyone.once(self, (), self._field, part="field")
        if a.varied:  # what a mate wins, all rivals lose between them
            usual = self._pay(a.everyone)
            lost = (self._pay(a.varied) - usual) / np.maximum((rivals >= 0).sum(axis=0), 1)
            return usual - lost
        if a.doubt:
            measure = measure_of(self.measure)
            sd = a.everyone.once(self, measure.reads, measure.doubt, part="sd")
            return _expected(own, house, sd, rivals, prizes)
        return _shared(own, house, rivals, prizes)

    def _score(self, a: Activity) -> np.ndarray:
        """The measure, higher is better."""
        measure = measure_of(self.measure)
        lowest = self.best == "lowest" if self.best else measure.less_is_better
        return -measure.value(a) if lowest else measure.value(a)

    def _field(self, a: Activity) -> tuple[np.ndarray, np.ndarray]:
        """Rivals and prizes of each seat."""
        rivals = self._rivals(a)
        return rivals, np.where(a["staffed"] > 0.0, self._prizes(rivals), 0.0)

    def _rivals(self, a: Activity) -> np.ndarray:
        """Seats that each seat competes with, (place in the list, seat); -1 where there is none."""
        seats = len(a["team"])
        team = np.zeros(seats) if self.among == "house" else a["team"]
        there = a["staffed"] > 0.0
        groups = [np.flatnonzero((team == t) & there) for t in np.unique(team[there])]
        out = np.full((max(map(len, groups), default=1) - 1, seats), -1)
        for group in groups:
            others = len(group) - 1
            all_but_own = np.tile(group, (len(group), 1))[~np.eye(len(group), dtype=bool)]
            out[:others, group] = all_but_own.reshape(len(group), others).T
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
    above = (
        np.where(others >= 0, ndtr((house[others] - own) / np.maximum(sd[others], 1e-12)), 0.0)
        for others in rivals
    )  # chance that each rival is above
    places = np.flatnonzero(prizes.any(axis=1)).max(initial=-1) + 1
    if len(rivals) > MANY:
        chances = _crowd(above, own.shape, places)
    else:
        chances = _few(above, own.shape, places)
    expected = np.zeros(own.shape)
    for place, chance in zip(prizes, chances, strict=False):
        expected += place * chance
    return expected


def _few(above: Iterable[np.ndarray], shape: tuple[int, ...], places: int) -> np.ndarray:
    """Chance of each place, (place, ..., seat): one rival after the other is above or not."""
    chance = np.zeros((places, *shape))
    chance[:1] = 1.0
    for p in above:
        chance[1:] = chance[1:] * (1.0 - p) + chance[:-1] * p
        chance[:1] *= 1.0 - p
    return chance


def _crowd(above: Iterable[np.ndarray], shape: tuple[int, ...], places: int) -> np.ndarray:
    """The same for many rivals, whose number above is nearly normal."""
    mean, variance = np.zeros(shape), np.full(shape, 1e-12)
    for p in above:
        mean += p
        variance += p * (1.0 - p)
    sd = np.sqrt(variance)
    up_to = np.array([ndtr((k - 0.5 - mean) / sd) for k in range(places + 1)])
    up_to[0] = 0.0
    return np.diff(up_to, axis=0)
