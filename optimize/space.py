"""The space of decisions: designs as vectors in money space, and the scenarios they stand for.

The first columns are the money on each indicator of the card, pool times weight: bounds, least
weights, category floors and limits on change stay linear in it while the pool varies, and people
respond to money. The other columns are the dials, a menu as one 0/1 column per option.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from optimize.dials import Dial, as_tuples
from optimize.problem import Card, Problem
from optimize.surrogate import places
from sim import INDICATORS, Scenario


@dataclass(frozen=True)
class Space:
    """What is decided, around one scenario."""

    scenario: Scenario
    problem: Problem

    @property
    def card(self) -> Card:
        return self.problem.card

    @property
    def levers(self) -> tuple[Dial, ...]:
        return self.problem.levers

    @cached_property
    def place(self) -> int | None:
        """Where in the scheme the card stands; None if it has none, and levers alone decide."""
        wanted = self.card.name
        places = (
            i for i, c in enumerate(self.scenario.scheme.pay)
            if c.kind == "scorecard" and wanted in (None, c.label)
        )  # fmt: skip
        return next(places, None)

    @cached_property
    def weights_today(self) -> Mapping[str, float]:
        return {} if self.place is None else self.scenario.scheme.pay[self.place].weights

    @cached_property
    def pool_today(self) -> float:
        return 0.0 if self.place is None else self.scenario.scheme.pay[self.place].pool_yuan

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Those that may have weight, and those that have some today; none without a card."""
        if self.place is None:
            return ()
        allowed = self.card.indicators or tuple(INDICATORS)
        used = [key for key, weight in self.weights_today.items() if weight]
        return tuple(key for key in INDICATORS if key in {*allowed, *used})

    @cached_property
    def barred(self) -> tuple[str, ...]:
        """Those that have weight today and may have none."""
        return tuple(k for k in self.indicators if k not in (self.card.indicators or INDICATORS))

    @cached_property
    def pool_bounds(self) -> tuple[float, float]:
        """Least and greatest pool; without a card there is none."""
        return self.card.pool_bounds(self.pool_today) if self.place is not None else (0.0, 0.0)

    @cached_property
    def menus(self) -> tuple[tuple[int, int], ...]:
        """First and last column (exclusive) of each lever."""
        ends = np.cumsum([len(self.indicators), *(lever.width for lever in self.levers)])
        return tuple(pairwise(ends.tolist()))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of a design's columns."""
        names = list(self.indicators)
        for lever in self.levers:
            names += [f"{lever.key} = {o}" for o in lever.options or ()] or [lever.key]
        return tuple(names)

    @cached_property
    def low(self) -> np.ndarray:
        ends = [np.zeros(d.width) if d.options else np.array([d.low]) for d in self.levers]
        return np.concatenate([np.zeros(len(self.indicators)), *ends])

    @cached_property
    def high(self) -> np.ndarray:
        most = self.pool_bounds[1] * self.card.most_weight
        ends = [np.ones(d.width) if d.options else np.array([d.high]) for d in self.levers]
        return np.concatenate([np.full(len(self.indicators), most), *ends])

    @cached_property
    def bends(self) -> tuple[np.ndarray, ...]:
        """Where each column's curve of a surrogate may bend."""
        menu = [False] * len(self.indicators)
        for lever in self.levers:
            menu += [bool(lever.options)] * lever.width
        return tuple(places(*ends) for ends in zip(self.low, self.high, menu, strict=True))

    @cached_property
    def today(self) -> np.ndarray:
        """Today's scheme as a design; a present setting that is no option has no 1."""
        out = [self.pool_today * self.weights_today.get(key, 0.0) for key in self.indicators]
        for lever in self.levers:
            now = as_tuples(lever.present(self.scenario))
            options = [float(option == now) for option in lever.options or ()]
            out += options or [float(now)]
        return np.array(out)

    def pool(self, design: np.ndarray) -> float:
        """The card's pool, yuan."""
        return float(design[: len(self.indicators)].sum())

    def weights(self, design: np.ndarray) -> dict[str, float]:
        """Weights that sum to one, of the indicators in use."""
        money, pool = design[: len(self.indicators)], self.pool(design)
        if not pool:
            return {}  # nothing to share out
        shares = {k: round(float(v) / pool, 9) for k, v in zip(self.indicators, money, strict=True)}
        return {k: w for k, w in shares.items() if w > 1e-9}

    def told(self, design: np.ndarray) -> str:
        """The design in a line: weights, then levers."""
        weights = [f"{key} {100 * w:.3g} %" for key, w in self.weights(design).items()]
        settings = [f"{lever.key} = {setting}" for lever, setting in self.settings(design).items()]
        return ", ".join([*weights, *settings]) or "no bonus on the card"

    def scenario_of(self, design: np.ndarray) -> Scenario:
        """The scenario with this design's card and dials."""
        scenario = self.scenario
        for lever, setting in self.settings(design).items():
            scenario = lever.turned(scenario, setting)
        if self.place is None:
            return scenario
        values = scenario.model_dump(mode="json")
        card = values["scheme"]["pay"][self.place]
        weights = self.weights(design) or self.weights_today
        kept = {k: 0.0 for k in self.weights_today if k in card["targets"] or k in card["curves"]}
        card["weights"] = kept | weights
        card["pool_yuan"] = round(self.pool(design), 6)
        return Scenario.of(values)

    def settings(self, design: np.ndarray) -> dict[Dial, Any]:
        """What each lever is set to."""
        out = {}
        for lever, (first, last) in zip(self.levers, self.menus, strict=True):
            if lever.options:
                out[lever] = lever.options[int(np.argmax(design[first:last]))]
            else:
                out[lever] = round(float(design[first]), 9)
        return out
