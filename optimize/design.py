"""Designed experiments: designs that fill the space, today's scheme first."""

import numpy as np
from scipy.stats import qmc

from optimize.anchor import Anchor
from optimize.dials import multiples
from optimize.programme import feasible_designs, near
from optimize.solve import solve
from optimize.space import Space
from sim import InputError

BUDGETS = ("incentive", "pay")
SPENT = (0.95, 0.85, 0.7)  # of the pool that the budget would pay for, in today's card


def nearest(space: Space, wanted: np.ndarray) -> np.ndarray:
    """The admissible design nearest to a wanted one, weights and pool in whole steps."""
    pool = whole_pool(space, float(wanted[: len(space.indicators)].sum()))
    programme = feasible_designs(space, maximise=False, pool=pool)
    scale = np.maximum(space.high - space.low, 1e-9)
    near(programme, wanted, scale)
    found = solve(programme, space.problem.solver)
    if not found.found:
        raise InputError(
            "[optimise.card]: expected rules that some card can meet in whole steps of weight_step "
            f"= {space.card.weight_step:g}; try a smaller step"
        )
    return found.design


def whole_pool(space: Space, pool: float) -> float:
    """The multiple of the pool's step next to a pool, within its bounds."""
    step, (least, most) = space.card.pool_step, space.pool_bounds
    first, last = multiples(least, most, step)
    if last < first:  # only one pool is allowed
        return least
    return float(step * np.clip(np.rint(pool / step), first, last))


def affordable(space: Space, anchor: Anchor) -> list[np.ndarray]:
    """Today's card with smaller pools, such that the budget is kept: cheap and often feasible."""
    n = len(space.indicators)
    if not space.pool_today:
        return []
    share = 1.0
    for limit in space.problem.limits:
        wage = space.scenario.scheme.wage_yuan if limit.on == "pay" else 0.0
        paid = anchor.figure(limit) - wage
        if limit.on in BUDGETS and limit.sense > 0 and paid > 0.0:
            share = min(share, max(anchor.bound(limit) - wage, 0.0) / paid)
    found = []
    for spent in SPENT:
        design = space.today.copy()
        design[:n] *= spent * share
        found.append(nearest(space, design))
    return found


def spread_out(space: Space, count: int, seed: int) -> list[np.ndarray]:
    """Designs over the whole space: Sobol points on the simplex of weights, pools and dials."""
    n = len(space.indicators)
    width = n + 1 + len(space.levers)
    sampler = qmc.Sobol(width, scramble=True, rng=np.random.default_rng(seed))
    points = sampler.random(2 ** int(np.ceil(np.log2(max(count, 2)))))[:count]
    return [nearest(space, from_cube(space, point)) for point in points]


def from_cube(space: Space, point: np.ndarray) -> np.ndarray:
    """A design from a point of the unit cube; gaps between exponentials fill the simplex."""
    n = len(space.indicators)
    least, most = space.pool_bounds
    parts = -np.log(np.clip(point[:n], 1e-9, 1.0))
    parts *= np.array([key not in space.barred for key in space.indicators])
    pool = least + (most - least) * point[n]
    out = [*(pool * parts / (parts.sum() or 1.0))]
    for lever, share in zip(space.levers, point[n + 1 :], strict=True):
        if lever.options:
            pick = min(int(share * lever.width), lever.width - 1)
            out += [float(i == pick) for i in range(lever.width)]
        else:
            out.append(lever.low + share * (lever.high - lever.low))
    return np.array(out)


def transfers(
    space: Space, centre: np.ndarray, most: np.ndarray, count: int, seed: int
) -> list[np.ndarray]:
    """Designs beside the centre: money goes from one indicator to another, or to or from none.

    `most` is what may move in each column; at least one step of weight does.
    """
    draw = np.random.default_rng(seed)
    found = []
    for number in range(count):
        moved = _paid_elsewhere(space, centre, most, number, draw)
        found.append(nearest(space, moved + _turned(space, most, draw)))
    return found


def _paid_elsewhere(
    space: Space, centre: np.ndarray, most: np.ndarray, number: int, draw: np.random.Generator
) -> np.ndarray:
    """The centre with money moved on its card; as it is without a card."""
    n = len(space.indicators)
    moved = centre.copy()
    if not n:
        return moved
    open_to = [i for i, key in enumerate(space.indicators) if key not in space.barred]
    givers = np.flatnonzero(centre[:n] > 1e-9)
    giver = draw.choice(givers if len(givers) else open_to)
    taker = draw.choice([i for i in open_to if i != giver] or [giver])
    step = space.card.weight_step * (space.pool(centre) or space.pool_bounds[1])
    money = max(step, draw.random() * min(most[giver], most[taker]))
    gives, takes = True, True
    if number % 3 == 2:  # the pool grows or shrinks
        takes = draw.random() < 0.5
        gives = not takes
    if gives:
        moved[giver] -= min(moved[giver], money)
    if takes:
        moved[taker] += money
    return moved


def _turned(space: Space, most: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A small move of one dial, half of the time; none where only the card is decided."""
    change = np.zeros(len(most))
    if space.levers and (not space.indicators or draw.random() < 0.5):
        first, last = space.menus[draw.integers(len(space.levers))]
        column = int(draw.integers(first, last))
        change[column] = most[column] * draw.uniform(-1.0, 1.0)
        if last - first > 1:  # a menu: this option in full
            change[first:last] = -1.0
            change[column] = 2.0
    return change
