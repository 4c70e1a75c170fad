"""Payout curves: payout by attainment, as knots. Written once, read by pay and by the optimiser."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy.special import ndtr

from sim.compiled import compiled

NARROWEST = 1e-9  # knots closer than this are a jump
LEAST_DOUBT = 1e-12  # sd below which a forecast is a fact
ROOT_2PI = (2.0 * np.pi) ** 0.5
Knots = tuple[tuple[float, float], ...]


def linear() -> Knots:
    """Payout equals attainment, up to one half more than the target."""
    return ((0.0, 0.0), (1.5, 1.5))


def capped() -> Knots:
    """Nothing below 60 % of the target, then linear up to the target, then flat."""
    return ((0.6, 0.0), (1.0, 1.0))


def threshold() -> Knots:
    """All or nothing at the target."""
    return ((1.0, 0.0), (1.0, 1.0))


def accelerated() -> Knots:
    """Linear up to the target, twice as steep beyond, up to one half more."""
    return ((0.0, 0.0), (1.0, 1.0), (1.5, 2.0))


def checked(knots: Knots) -> Knots:
    """The knots, if they are a curve: attainments that never fall, at most a jump per place."""
    places = [x for x, _ in knots]
    if len(places) < 2:
        raise ValueError("expected at least two knots [attainment, payout]")
    for before, after in pairwise(places):
        if after < before:
            raise ValueError(f"knot at {after:g} after {before:g}: expected rising attainments")
    for i in range(len(places) - 2):
        if places[i] == places[i + 2]:
            raise ValueError(
                f"three knots at attainment {places[i]:g}: expected at most two (a jump)"
            )
    return knots


def payout(knots: Knots, attainment: np.ndarray) -> np.ndarray:
    """Payout on the curve; flat outside, and at a jump the upper side. Shape as attainment."""
    rows = np.asarray(attainment, dtype=float).reshape(1, -1)
    return payouts(table_of([knots]), np.zeros(1, np.int64), rows).reshape(np.shape(attainment))


def table_of(curves: Sequence[Knots]) -> np.ndarray:
    """The curves' knots as one table, (curve, knot, 2); the short ones repeat their last knot."""
    most = max(map(len, curves))
    return np.array([[*knots, *([knots[-1]] * (most - len(knots)))] for knots in curves], float)


@compiled()
def payouts(curves, curve, attained):
    """Payout of each row on its curve of the table, (row, …): a sum of ramps and jumps.

    In one pass: NumPy would need five for each ramp.
    """
    out = np.empty(attained.shape)
    for row in range(len(attained)):
        knots = curves[curve[row]]
        for i in range(attained.shape[1]):
            x, paid = attained[row, i], knots[0, 1]
            for k in range(len(knots) - 1):
                (x0, y0), (x1, y1) = knots[k], knots[k + 1]
                if x1 - x0 < NARROWEST:
                    paid += (y1 - y0) * (x >= x1)
                elif y1 != y0:
                    on_ramp = x0 if x < x0 else x1 if x > x1 else x
                    paid += (y1 - y0) / (x1 - x0) * (on_ramp - x0)
            out[row, i] = paid
    return out


def expected_payout(knots: Knots, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Mean payout where the attainment is normal around `mean`; shape as mean."""
    sd = np.maximum(sd, LEAST_DOUBT)
    out = np.full(np.shape(mean), float(knots[0][1]))
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x1 - x0 < NARROWEST:
            out += (y1 - y0) * ndtr((mean - x1) / sd)
        elif y1 != y0:
            ramp = _expected_excess(mean - x0, sd) - _expected_excess(mean - x1, sd)
            out += (y1 - y0) / (x1 - x0) * ramp
    return out


def _expected_excess(mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Mean of what a normal number exceeds 0 by."""
    z = mean / sd
    return mean * ndtr(z) + sd * np.exp(-0.5 * z**2) / ROOT_2PI


def reach(knots: Knots) -> tuple[float, float]:
    """The attainments from which something is paid and beyond which no more is."""
    steps = [*pairwise(knots)]
    begins = next((x for (x, _), (_, y) in steps if y > 0), knots[-1][0])
    ends = next((x for (_, y), (x, after) in reversed(steps) if after != y), knots[0][0])
    return begins, ends


def limited(knots: Knots, start: float, cap: float) -> Knots:
    """The curve with nothing paid below `start` and no more beyond `cap`.

    A start before the curve's own moves its beginning there; a cap beyond its own lets the last
    slope go on.
    """
    begins, _ = reach(knots)
    if start < begins:
        knots = tuple((start if x == begins else x, y) for x, y in knots if x >= begins)
    (x0, y0), (x1, y1) = knots[-2:] if len(knots) > 1 else (knots[0],) * 2
    slope = max(y1 - y0, 0.0) / (x1 - x0) if x1 - x0 > NARROWEST else 0.0
    line = (*knots, (cap, y1 + slope * (cap - x1))) if cap > x1 else knots
    points = [(start, 0.0), (start, _sides(line, start)[1])]
    if cap > start:
        points += [(x, y) for x, y in line if start < x < cap]
        points += [(cap, y) for y in _sides(line, cap)]
    alone = [points[0], *(after for before, after in pairwise(points) if after != before)]
    return tuple(alone) if len(alone) > 1 else ((start, 0.0), (start, 0.0))


def _sides(line: Knots, attainment: float) -> tuple[float, float]:
    """Payout just before an attainment and at it; they differ at a jump."""
    here = [y for x, y in line if x == attainment]
    if here:
        return here[0], here[-1]
    between = float(np.interp(attainment, *zip(*line, strict=True)))
    return between, between


CURVES: dict[str, Callable[[], Knots]] = {
    "linear": linear,
    "capped": capped,
    "threshold": threshold,
    "accelerated": accelerated,
}

Finite = Annotated[float, Field(ge=-1e6, le=1e6)]
Written = Annotated[
    tuple[tuple[Finite, Finite], ...],
    Field(json_schema_extra={"noun": "knots [[attainment, payout], …]"}),
]
Curve = Literal[*CURVES] | Written


def knots_of(curve: Curve) -> Knots:
    """The knots of a curve given by name or written out."""
    return CURVES[curve]() if isinstance(curve, str) else checked(curve)
