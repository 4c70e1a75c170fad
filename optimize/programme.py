"""The mixed-integer program over designs, in PuLP.

Piecewise-linear functions have explicit binaries (incremental form): the bundled solvers ignore
special ordered sets of type 2 without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pulp

from optimize.space import Space
from sim import INDICATORS

Expression = pulp.LpAffineExpression
FREE = 1e-9  # relaxations below this are none


@dataclass
class Programme:
    """A problem over one design; remembers its variables and what may be relaxed."""

    model: pulp.LpProblem
    design: list[Expression] = field(default_factory=list)
    pool: Expression | float = 0.0
    relaxed: dict[str, pulp.LpVariable] = field(default_factory=dict)  # in the row's own unit
    rows: dict[str, pulp.LpConstraint] = field(default_factory=dict)

    def add(self, name: str, row: pulp.LpConstraint) -> None:
        """A named row; its price can be asked for."""
        label = plain(name)
        self.model.addConstraint(row, label)
        self.rows[name] = self.model.get_constraint_by_name(label)

    @property
    def relaxation(self) -> Expression:
        """The sum of all relaxations."""
        return pulp.lpSum(self.relaxed.values())

    def at_most_zero(self, name: str, excess: Expression, unit: float, elastic: bool) -> None:
        """`excess <= 0`, or if elastic up to a slack counted in units of `unit`."""
        if elastic:
            slack = self.model.add_variable(plain(f"slack {name}"), 0.0)
            self.relaxed[name] = slack
            excess = excess - unit * slack
        self.add(name, excess <= 0.0)


def plain(name: str) -> str:
    """The name as solvers take it."""
    return "".join(c if c.isalnum() else "_" for c in name)


def feasible_designs(
    space: Space, maximise: bool = True, pool: float | None = None, elastic: bool = False
) -> Programme:
    """A programme without objective whose solutions are the admissible designs.

    With the pool given, weights are whole multiples of their step; otherwise they vary freely.
    """
    sense = pulp.LpMaximize if maximise else pulp.LpMinimize
    programme = Programme(pulp.LpProblem("scheme", sense))
    _card_columns(programme, space, pool)
    _card_rules(programme, space, elastic)
    _lever_columns(programme, space)
    return programme


def _card_columns(programme: Programme, space: Space, pool: float | None) -> None:
    """The money on each indicator, and the pool that it sums to."""
    most, steps = space.pool_bounds[1], space.card.steps
    counts = []
    for key in space.indicators:
        open_to = key not in space.barred
        if pool is None:
            money = programme.model.add_variable(f"money_{key}", 0.0, most if open_to else 0.0)
            programme.design.append(Expression(money))
        else:
            top = steps if open_to else 0
            counts.append(programme.model.add_variable(f"steps_{key}", 0, top, "Integer"))
            programme.design.append(pool / steps * counts[-1])
    total = pulp.lpSum(programme.design)
    if not space.indicators:
        programme.pool = 0.0
    elif pool is None:
        programme.pool = total
        programme.add("least pool", total >= space.pool_bounds[0])
        programme.add("greatest pool", total <= most)
    else:
        programme.pool = pool
        programme.add("weights sum to one", pulp.lpSum(counts) == steps)


def _card_rules(programme: Programme, space: Space, elastic: bool) -> None:
    """Weights: most, least if used, how many, by category, change from today."""
    card, money, pool = space.card, programme.design, programme.pool
    most = space.pool_bounds[1]
    if card.most_weight < 1.0:
        for key, m in zip(space.indicators, money, strict=True):
            name = f"most_weight of {key}"
            programme.at_most_zero(name, m - card.most_weight * pool, most, elastic)
    if card.least_weight > 0.0 or card.most_indicators:
        _use_rules(programme, space, elastic)
    for category, floor in card.categories.items():
        here = [m for k, m in zip(space.indicators, money, strict=True)
                if INDICATORS[k].category == category]  # fmt: skip
        name = f"categories.{category}"
        programme.at_most_zero(name, floor * pool - pulp.lpSum(here), most, elastic)
    if card.largest_change is not None:
        _change_rule(programme, space, elastic)


def _use_rules(programme: Programme, space: Space, elastic: bool) -> None:
    card, most = space.card, space.pool_bounds[1]
    used = []
    for key, m in zip(space.indicators, programme.design, strict=True):
        use = programme.model.add_variable(f"use_{key}", cat="Binary")
        used.append(use)
        programme.add(f"use of {key}", m <= most * use)
        if card.least_weight > 0.0:
            least = card.least_weight
            programme.add(f"least of {key}", m >= least * programme.pool - least * most * (1 - use))
    if card.most_indicators:
        excess = pulp.lpSum(used) - card.most_indicators
        programme.at_most_zero("most_indicators", excess, 1.0, elastic)


def _change_rule(programme: Programme, space: Space, elastic: bool) -> None:
    """Half the sum of absolute changes in weight; in money, against today's weights."""
    moved = []
    for key, m in zip(space.indicators, programme.design, strict=True):
        usual = space.weights_today.get(key, 0.0) * programme.pool
        change = programme.model.add_variable(f"change_{key}", 0.0)
        programme.add(f"rise of {key}", m - usual <= change)
        programme.add(f"fall of {key}", usual - m <= change)
        moved.append(change)
    excess = 0.5 * pulp.lpSum(moved) - space.card.largest_change * programme.pool
    programme.at_most_zero("largest_change", excess, space.pool_bounds[1], elastic)


def _lever_columns(programme: Programme, space: Space) -> None:
    add = programme.model.add_variable
    for i, lever in enumerate(space.levers):
        if lever.options:
            picks = [add(f"lever{i}_{n}", cat="Binary") for n in range(lever.width)]
            programme.add(f"one option of {lever.key}", pulp.lpSum(picks) == 1)
            programme.design += [Expression(pick) for pick in picks]
        elif lever.step:
            steps = add(f"lever{i}", *lever.steps, "Integer")
            programme.design.append(lever.step * steps)
        else:
            programme.design.append(Expression(add(f"lever{i}", lever.low, lever.high)))


def within(programme: Programme, centre: np.ndarray, reach: np.ndarray) -> None:
    """Keep each column within `reach` of the centre (a trust region)."""
    for i, (x, c, r) in enumerate(zip(programme.design, centre, reach, strict=True)):
        programme.add(f"reach up {i}", x <= c + r)
        programme.add(f"reach down {i}", x >= c - r)


def near(programme: Programme, target: np.ndarray, scale: np.ndarray) -> None:
    """Aim at the least distance from a target, the sum over columns in units of their scale."""
    away = []
    for i, (x, t, s) in enumerate(zip(programme.design, target, scale, strict=True)):
        distance = programme.model.add_variable(f"away_{i}", 0.0)
        programme.add(f"above {i}", (x - t) * (1.0 / s) <= distance)
        programme.add(f"below {i}", (t - x) * (1.0 / s) <= distance)
        away.append(distance)
    programme.model.setObjective(pulp.lpSum(away))


def pieces(
    model: pulp.LpProblem, name: str, x: Expression, places: Sequence[float]
) -> list[pulp.LpVariable]:
    """How much of each piece between neighbouring places `x` has filled, in order.

    Incremental form: a piece begins only when the one before is full, which binaries enforce. Any
    piecewise-linear function of `x` with knots at these places is linear in the pieces.
    """
    lengths = np.diff(places)
    filled = [model.add_variable(f"{name}_piece{i}", 0.0, float(n)) for i, n in enumerate(lengths)]
    for i in range(len(filled) - 1):
        full = model.add_variable(f"{name}_full{i}", cat="Binary")
        model.addConstraint(filled[i] >= float(lengths[i]) * full, f"{name}_fills{i}")
        model.addConstraint(filled[i + 1] <= float(lengths[i + 1]) * full, f"{name}_then{i}")
    model.addConstraint(x == float(places[0]) + pulp.lpSum(filled), f"{name}_sum")
    return filled
