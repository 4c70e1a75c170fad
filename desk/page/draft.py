"""A draft: a scenario whose card, amounts, thresholds, caps and audits are set by controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim import INDICATORS, Scenario
from sim.curves import CURVES, Curve, knots_of, limited, reach
from sim.scheme import (
    Booster,
    Commission,
    Component,
    Gate,
    Guarantee,
    Penalty,
    PoolCap,
    Rank,
    Scorecard,
    Target,
)
from sim.scheme.gate import Condition

DIGITS = 4  # of a weight in a file
PERCENT = 100.0
OWN = "own"  # the curve that the file itself has, written out
MONEY, TARGETS, SHAPE, BARS, PLATFORM = GROUPS = ("money", "targets", "shape", "bars", "platform")
WATCHED = ("audited", "analytics")  # shares of the platform
WAGE, TARGET = "wage_yuan", "target of "  # the scheme's own; of an indicator of a card
SCALED = {  # what moves as a whole, in percent of the file's own: a control, and its fields
    Commission: ("rates", ("rates",)),
    Rank: ("prizes", ("places", "shares")),
    Penalty: ("deductions", ("yuan",)),
}
FIELDS = dict(SCALED.values())
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
    found = [_money(WAGE, 0, scenario.scheme, "page: wage", "")]
    for place, component in enumerate(scenario.scheme.pay):
        found += _of_component(place, component)
    for key in WATCHED:
        share = PERCENT * getattr(scenario.platform, key)
        found.append(Dial(f"{key}.0", PLATFORM, f"page: {key}", "", _tidy(share)))
    return found


def _of_component(place: int, component: Component) -> Iterator[Dial]:
    """The controls of the component at that place of the scheme."""
    about = component.label
    if type(component) in SCALED:
        key, _ = SCALED[type(component)]
        yield Dial(f"{key}.{place}", MONEY, f"page: {key}", about, PERCENT, most=200.0, step=5.0)
    match component:
        case Scorecard():
            yield from _of_card(place, component)
        case Commission():
            label = "field: above_yuan"
            yield _money("above_yuan", place, component, label, about, least=200_000.0)
        case PoolCap():
            yield _money("yuan_per_seat", place, component, "field: yuan_per_seat", about)
        case Guarantee():
            yield _money("yuan", place, component, "field: yuan", about)
        case Gate() | Booster():
            yield from _of_gate(place, component)


def _money(
    field: str, place: int, holder: Any, label: str, about: str, least: float = 6000.0
) -> Dial:
    start = getattr(holder, field)
    most = max(least, 3 * start)
    step = 50.0 if most < 50_000 else 1000.0
    return Dial(f"{field}.{place}", MONEY, label, about, start, most=most, step=step)


def _of_card(place: int, card: Scorecard) -> Iterator[Dial]:
    yield _money("pool_yuan", place, card, "field: pool_yuan", card.label)
    own = OWN if isinstance(card.curve, tuple) else card.curve
    names = tuple(dict.fromkeys([own, *CURVES]))
    yield Dial(f"curve.{place}", SHAPE, "field: curve", card.label, own, options=names)
    start, cap = ends(card.curve)
    yield Dial(f"reach.{place}", SHAPE, "page: reach", card.label, [start, cap],
               least=min(0.0, start), most=max(200.0, cap))  # fmt: skip
    yield from _targets(place, card)


def _targets(place: int, card: Scorecard) -> Iterator[Dial]:
    """Where each indicator of a card counts as fully attained."""
    for key in (key for key in card.weights if key in INDICATORS):
        usual, given = INDICATORS[key], card.targets.get(key, Target())
        start = usual.target if given.target is None else given.target
        yield _level(f"{TARGET}{key}.{place}", TARGETS, key, start, card.label)


def _level(key: str, group: str, measure: str, at: float, about: str) -> Dial:
    """A control for a value that an indicator may have, in percent if it is a share."""
    usual = INDICATORS[measure]
    scale, width = _scale(measure), abs(usual.target - usual.zero)
    most = max(usual.zero, usual.target, at) + 0.5 * width
    return Dial(
        key, group, f"measure: {measure}", about, _tidy(scale * at),
        least=min(0.0, _tidy(scale * at)),
        most=min(_tidy(scale * most), PERCENT) if scale > 1 else most,
        step=0.5 if scale > 1 else _tidy(width / 100),
    )  # fmt: skip


def _scale(measure: str) -> float:
    return PERCENT if INDICATORS[measure].unit == "share" else 1.0


def _of_gate(place: int, gate: Gate | Booster) -> Iterator[Dial]:
    """A bar for each condition on an indicator, whose usual values are known."""
    if isinstance(gate, Gate) and gate.action == "cap":
        yield _money("cap_yuan", place, gate, "field: cap_yuan", gate.label)
    for key, number, condition in _conditions(gate):
        bar = condition.at_most if condition.at_least is None else condition.at_least
        yield _level(f"{key}_{number}.{place}", BARS, condition.measure, bar, gate.label)


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
    if what == WAGE:
        values["scheme"][WAGE] = to
        return
    component = values["scheme"]["pay"][int(place)]
    if what in FIELDS:
        component.update({f: _times(component[f], to / PERCENT) for f in FIELDS[what]})
    elif what.startswith(TARGET):
        key = what.removeprefix(TARGET)
        kept = component["targets"].get(key) or Target().model_dump(mode="json")
        component["targets"][key] = kept | {"target": _tidy(to / _scale(key))}
    elif what in component:
        component[what] = to
    else:
        key, _, number = what.rpartition("_")
        condition = component[key][int(number)]
        bar = "at_most" if condition["at_least"] is None else "at_least"
        condition[bar] = _tidy(to / _scale(condition["measure"]))


def _times(amounts: Any, factor: float) -> Any:
    """Amounts by name, by place, or beside a share, all times a factor."""
    if isinstance(amounts, dict):
        return {name: _times(amount, factor) for name, amount in amounts.items()}
    if isinstance(amounts, list):
        return [[x[0], _times(x[1], factor)] if isinstance(x, list) else _times(x, factor)
                for x in amounts]  # fmt: skip
    return round(amounts * factor, 6)


def _curve(own: Curve, shape: str, reached: list[float]) -> Curve:
    """The curve of a shape between two percentages of the target."""
    curve = own if shape == OWN else shape
    if list(reached) == ends(curve):
        return curve
    start, cap = (x / PERCENT for x in reached)
    return limited(knots_of(curve), start, cap)
