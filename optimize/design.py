"""Designed experiments: designs that fill the space, today's scheme first."""

import numpy as np
from scipy.stats import qmc

from optimize.programme import feasible_designs, near
from optimize.solve import solve
from optimize.space import Space


def nearest(space: Space, wanted: np.ndarray) -> np.ndarray:
    """The admissible design nearest to a wanted one, weights and pool in whole steps."""
    pool = whole_pool(space, float(wanted[: len(space.indicators)].sum()))
    programme = feasible_designs(space, maximise=False, pool=pool)
    scale = np.maximum(space.high - space.low, 1e-9)
    near(programme, wanted, scale)
    return solve(programme, space.problem.solver).design


def whole_pool(space: Space, pool: float) -> float:
    """The multiple of the pool's step next to a pool, within its bounds."""
    step, (least, most) = space.card.pool_step, space.pool_bounds
    first, last = np.ceil(least / step - 1e-9), np.floor(most / step + 1e-9)
    if last < first:  # a range narrower than the step
        return least
    return float(step * np.clip(np.rint(pool / step), first, last))


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
    out = [*(pool * parts / parts.sum())]
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
    n = len(space.indicators)
    step = space.card.weight_step * space.pool(centre)
    open_to = [i for i, key in enumerate(space.indicators) if key not in space.barred]
    found = []
    for number in range(count):
        giver = draw.choice(np.flatnonzero(centre[:n] > 1e-9))
        taker = draw.choice([i for i in open_to if i != giver] or [giver])
        money = max(step, draw.random() * min(most[giver], most[taker]))
        moved = centre.copy()
        if number % 3 != 2:  # else the pool grows or shrinks
            moved[giver] -= min(moved[giver], money)
            moved[taker] += money
        elif draw.random() < 0.5:
            moved[taker] += money
        else:
            moved[giver] -= min(moved[giver], money)
        found.append(nearest(space, moved + _turned(space, most, draw)))
    return found


def _turned(space: Space, most: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A small move of one dial; none where only the card is decided."""
    change = np.zeros(len(most))
    if space.levers and draw.random() < 0.5:
        first, last = space.menus[draw.integers(len(space.levers))]
        column = int(draw.integers(first, last))
        change[column] = most[column] * draw.uniform(-1.0, 1.0)
        if last - first > 1:  # a menu: this option in full
            change[first:last] = -1.0
            change[column] = 2.0
    return change
