"""A draft: a scenario whose card and amounts are set by sliders."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim import INDICATORS, Scenario
from sim.scheme import Commission, PoolCap, Scorecard

DIGITS = 4  # of a weight in a file
RATES = 100.0  # percent of the rates in the file


@dataclass(frozen=True)
class Amount:
    """A slider for the money of a component: yuan, or percent of the file's commission rates."""

    place: int  # of the component in the scheme
    label: str
    kind: str
    start: float
    most: float
    step: float


def card_of(scenario: Scenario) -> int | None:
    """Where in the scheme its first scorecard stands."""
    cards = (i for i, c in enumerate(scenario.scheme.pay) if isinstance(c, Scorecard))
    return next(cards, None)


def points_of(scenario: Scenario) -> dict[str, float]:
    """Points of 100 by indicator: those of the first card, and 0 for all others."""
    place = card_of(scenario)
    if place is None:
        return {}
    weights = scenario.scheme.pay[place].weights
    return {key: 100.0 * weights.get(key, 0.0) for key in dict.fromkeys([*INDICATORS, *weights])}


def amounts_of(scenario: Scenario) -> list[Amount]:
    """The money that can be moved: pools, budgets of pool caps, commission rates."""
    found = []
    for place, component in enumerate(scenario.scheme.pay):
        if isinstance(component, Commission):
            found.append(Amount(place, component.label, "rates", RATES, 2 * RATES, 5.0))
        elif isinstance(component, Scorecard | PoolCap):
            kind = "pool_yuan" if isinstance(component, Scorecard) else "yuan_per_seat"
            start = getattr(component, kind)
            found.append(Amount(place, component.label, kind, start, max(6000.0, 3 * start), 50.0))
    return found


def shares(points: Mapping[str, float]) -> dict[str, float]:
    """Weights that sum to 1 as the points are to each other; empty if there are no points."""
    total = sum(points.values())
    if total <= 0:
        return {}
    weights = {key: round(x / total, DIGITS) for key, x in points.items()}
    largest = max(weights, key=weights.get)
    rest = sum(weight for key, weight in weights.items() if key != largest)
    return weights | {largest: round(1.0 - rest, DIGITS)}


def drafted(
    scenario: Scenario, points: Mapping[str, float], amounts: Mapping[int, float]
) -> Scenario:
    """The scenario with its first card's points and its components' money moved.

    Unmoved sliders give the scenario itself. Raises InputError if the scenario refuses the values.
    """
    values = scenario.model_dump(mode="json")
    pay, before = values["scheme"]["pay"], points_of(scenario)
    if dict(points) != before and shares(points):
        place = card_of(scenario)
        old = pay[place]["weights"]
        pay[place]["weights"] = {k: w for k, w in shares(points).items() if w or k in old}
    for amount in amounts_of(scenario):
        setting = amounts.get(amount.place, amount.start)
        component = pay[amount.place]
        if amount.kind == "rates":
            moved = setting / RATES
            component["rates"] = {b: round(r * moved, 6) for b, r in component["rates"].items()}
        else:
            component[amount.kind] = setting
    return Scenario.of(values)
