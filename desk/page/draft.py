"""A draft: a scenario whose card, amounts, thresholds, caps and audits are set by controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim import INDICATORS, Scenario
from sim.curves import CURVES, Curve, knots_of, limited, reach
from sim.scheme import Booster, Commission, Gate, PoolCap, Scorecard
from sim.scheme.gate import Condition

DIGITS = 4  # of a weight in a file
PERCENT = 100.0
OWN = "own"  # the curve that the file itself has, written out
MONEY, SHAPE, BARS, PLATFORM = GROUPS = ("money", "shape", "bars", "platform")
WATCHED = ("audited", "analytics")  # shares of the platform
Setting = float | str | list[float]


@dataclass(frozen=True)
class Dial:
    """A control for one thing of a scenario: where it stands, and how far it goes."""

    key: str  # `what.place`, the component's place in the scheme; unlike any other
    group: str
    label: str  # what it sets, in the catalogue's words
    about: str  # the component's own name
    start: Setting
    least: float = 0.0
    most: float = PERCENT
    step: float = 1.0
    options: tuple[str, ...] = ()  # of a choice


def dials_of(scenario: Scenario) -> list[Dial]:
    """Every control of the scenario, those of the weights left out."""
    found: list[Dial] = []
    for place, component in enumerate(scenario.scheme.pay):
        if isinstance(component, Scorecard):
            found += _of_card(place, component)
        elif isinstance(component, Commission):
            found += _of_commission(place, component)
        elif isinstance(component, PoolCap):
            found.append(_money("yuan_per_seat", place, component))
        elif isinstance(component, Gate | Booster):
            found += _of_gate(place, component)
    for key in WATCHED:
        share = PERCENT * getattr(scenario.platform, key)
        found.append(Dial(f"{key}.0", PLATFORM, f"page: {key}", "", _tidy(share)))
    return found


def _money(field: str, place: int, component, least: float = 6000.0) -> Dial:
    start = getattr(component, field)
    most = max(least, 3 * start)
    step = 50.0 if most < 50_000 else 1000.0
    return Dial(f"{field}.{place}", MONEY, f"field: {field}", component.label, start, most=most,
                step=step)  # fmt: skip


def _of_card(place: int, card: Scorecard) -> Iterator[Dial]:
    yield _money("pool_yuan", place, card)
    own = OWN if isinstance(card.curve, tuple) else card.curve
    names = tuple(dict.fromkeys([own, *CURVES]))
    yield Dial(f"curve.{place}", SHAPE, "field: curve", card.label, own, options=names)
    start, cap = ends(card.curve)
    yield Dial(f"reach.{place}", SHAPE, "page: reach", card.label, [start, cap],
               least=min(0.0, start), most=max(200.0, cap))  # fmt: skip


def _of_commission(place: int, commission: Commission) -> Iterator[Dial]:
    yield Dial(f"rates.{place}", MONEY, "page: rates", commission.label, PERCENT, most=200.0,
               step=5.0)  # fmt: skip
    yield _money("above_yuan", place, commission, least=200_000.0)


def _of_gate(place: int, gate: Gate | Booster) -> Iterator[Dial]:
    """A bar for each condition on an indicator, whose usual values are known."""
    if isinstance(gate, Gate) and gate.action == "cap":
        yield _money("cap_yuan", place, gate)
    for key, number, condition in _conditions(gate):
        usual = INDICATORS[condition.measure]
        scale = PERCENT if usual.unit == "share" else 1.0
        bar = condition.at_most if condition.at_least is None else condition.at_least
        width = abs(usual.target - usual.zero)
        most = max(usual.zero, usual.target, bar) + 0.5 * width
        yield Dial(
            f"{key}_{number}.{place}", BARS, f"measure: {condition.measure}", gate.label,
            _tidy(scale * bar), most=min(_tidy(scale * most), PERCENT) if scale > 1 else most,
            step=0.5 if scale > 1 else _tidy(width / 100),
        )  # fmt: skip


def _conditions(gate: Gate | Booster) -> Iterator[tuple[str, int, Condition]]:
    for key in ("all_of", "any_of"):
        for number, condition in enumerate(getattr(gate, key)):
            if condition.measure in INDICATORS:
                yield key, number, condition


def _tidy(number: float) -> float:
    """The number without the dust of binary fractions."""
    return float(f"{number:.10g}")


def ends(curve: Curve) -> list[float]:
    """Percent of the target from which a curve pays, and beyond which it pays no more."""
    return [_tidy(PERCENT * x) for x in reach(knots_of(curve))]


# ---- weights ----


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
    keys = dict.fromkeys([*INDICATORS, *weights])
    return {key: _tidy(PERCENT * weights.get(key, 0.0)) for key in keys}


def shares(
    points: Mapping[str, float], locked: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Weights that sum to 1: the locked ones stay, the rest is shared as its points are.

    Empty if there is a rest and nothing has points.
    """
    held = {key: share for key, share in (locked or {}).items() if key in points}
    free = {key: x for key, x in points.items() if key not in held}
    rest, total = round(1.0 - sum(held.values()), DIGITS), sum(free.values())
    if rest <= 0 or not free:
        return held | dict.fromkeys(free, 0.0) if rest <= 0 else {}
    if total <= 0:
        return {}
    weights = {key: round(rest * x / total, DIGITS) for key, x in free.items()}
    largest = max(weights, key=weights.get)
    others = sum(weight for key, weight in weights.items() if key != largest)
    weights[largest] = round(rest - others, DIGITS)
    return {key: (held | weights)[key] for key in points}


# ---- the draft ----


def drafted(
    scenario: Scenario,
    points: Mapping[str, float],
    settings: Mapping[str, Setting],
    locked: Mapping[str, float] | None = None,
) -> Scenario:
    """The scenario with its first card's points and its other controls moved.

    Unmoved controls give the scenario itself. Raises InputError if the scenario refuses the values.
    """
    values = scenario.model_dump(mode="json")
    pay, before = values["scheme"]["pay"], points_of(scenario)
    weights = shares(points, locked)
    if weights and weights != shares(before):
        place = card_of(scenario)
        old = pay[place]["weights"]
        pay[place]["weights"] = {k: w for k, w in weights.items() if w or k in old}
    at = {dial.key: settings.get(dial.key, dial.start) for dial in dials_of(scenario)}
    moved = [d.key for d in dials_of(scenario) if at[d.key] != d.start and d.group != SHAPE]
    for key in moved:
        _move(values, *key.rsplit(".", 1), at[key])
    for place, card in enumerate(scenario.scheme.pay):
        if isinstance(card, Scorecard):
            wanted = (at[f"curve.{place}"], at[f"reach.{place}"])
            pay[place]["curve"] = _curve(card.curve, *wanted)
    return Scenario.of(values)


def _move(values: dict[str, Any], what: str, place: str, to: float) -> None:
    """Write a number where the scenario has it."""
    if what in WATCHED:
        values["platform"][what] = _tidy(to / PERCENT)
        return
    component = values["scheme"]["pay"][int(place)]
    if what == "rates":
        rates = component["rates"]
        component["rates"] = {b: round(r * to / PERCENT, 6) for b, r in rates.items()}
    elif what in component:
        component[what] = to
    else:
        key, _, number = what.rpartition("_")
        condition = component[key][int(number)]
        scale = PERCENT if INDICATORS[condition["measure"]].unit == "share" else 1.0
        bar = "at_most" if condition["at_least"] is None else "at_least"
        condition[bar] = _tidy(to / scale)


def _curve(own: Curve, shape: str, reached: list[float]) -> Curve:
    """The curve of a shape between two percentages of the target."""
    curve = own if shape == OWN else shape
    if list(reached) == ends(curve):
        return curve
    start, cap = (x / PERCENT for x in reached)
    return limited(knots_of(curve), start, cap)
