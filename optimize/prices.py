"""Prices of the limits: by the surrogate, by solving again, and by simulating the answers.

The best that can be had is a curve of a limit's bound, and bends: one more yuan of budget buys less
than one yuan less would cost. So each limit has two prices, for a looser and for a tighter bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from optimize.evidence import Evidence
from optimize.limits import QUANTITIES
from optimize.problem import Limit
from optimize.programme import Programme, feasible_designs, within
from optimize.promise import promise
from optimize.search import State, reachable, refit
from optimize.solve import price, solve
from optimize.surrogate import Surrogate

RESAMPLES = 16
WIDE = 0.5  # of what the figure varies by among the designs: bounds moved less drown in luck
MOST = 0.1  # of the bound: moved more, it is no longer the price of this bound
FINE = 0.05  # of that, for the finite difference beside the linear program's price
PRICE_REACH = 2.0  # of the designs' spread


@dataclass(frozen=True)
class Side:
    """What the objective gains per unit on one side of a bound, the best design chosen anew."""

    rise: float
    low: float  # 95 %, by refitting on resampled experiments
    high: float
    simulated: float  # both answers simulated under the same luck
    simulated_se: float


@dataclass(frozen=True)
class LimitPrice:
    """What a limit's bound is worth, in `unit`; sides are None where nothing keeps the bound."""

    limit: str
    on: str  # the limited quantity
    unit: str
    known: bool  # whether the surrogate finds a design that keeps every limit
    binding: bool
    price: float  # linear program at the bound, integers fixed
    solved_again: float  # finite difference of it
    agrees: bool  # the two within 1 %: no bend within the difference
    moved: float  # by how much the bound is loosened and tightened, in the quantity's unit
    looser: Side | None = None
    tighter: Side | None = None


def limit_prices(state: State) -> list[LimitPrice]:
    """The prices of every limit around the incumbent."""
    return [_limit_price(state, limit) for limit in state.space.problem.limits]


def _limit_price(state: State, limit: Limit) -> LimitPrice:
    wide = _step(state, limit)
    per, unit = _unit(state, limit)
    named = (limit.name, limit.on, unit)
    surrogate = state.surrogate or refit(state)
    at_bound = price(lambda by: _bounded(state, surrogate, limit, by), limit.name, FINE * wide)
    if at_bound is None:
        return LimitPrice(*named, False, False, 0.0, 0.0, False, wide)
    designs, best = _answers(state, surrogate, limit, wide)
    rises = np.diff(best) / wide
    binding = bool(max(at_bound.price, *np.nan_to_num(rises)) > 1e-9 * abs(best[1]) / wide)
    shown = (at_bound.price / per, at_bound.rise / per, at_bound.agrees, wide)
    if not binding:
        return LimitPrice(*named, True, False, *shown)
    errors, simulated = _errors(state, limit, wide), _simulated(state, designs, wide)
    sides = zip(rises, errors, simulated, strict=True)
    tighter, looser = (_side(*found, per) for found in sides)
    return LimitPrice(*named, True, True, *shown, looser, tighter)


def _side(rise: float, error: float, simulated: np.ndarray, per: float) -> Side | None:
    if np.isnan(rise) or np.isnan(error):
        return None
    reach = float(student.ppf(0.975, RESAMPLES - 1)) * error
    ends = (rise, rise - reach, rise + reach, *simulated)
    return Side(*(float(end) / per for end in ends))


def _step(state: State, limit: Limit) -> float:
    """By how much a bound is moved, in the quantity's unit."""
    _, moved, _ = state.evidence.gains()
    anchor = state.evidence.anchor
    totals = dict(zip(anchor.columns, (anchor.totals.mean(axis=0) + moved).T, strict=True))
    varies, bound = float(np.std(QUANTITIES[limit.on].of(totals))), abs(anchor.bound(limit))
    return max(min(WIDE * varies, MOST * bound if bound else np.inf), 1e-6 * bound, 1e-9)


def _bounded(state: State, surrogate: Surrogate, limit: Limit, by: float) -> Programme:
    """The programme with one bound loosened, without slack: a price needs firm rows.

    Weights are left free: whole steps would hide what a little more money buys.
    """
    programme = feasible_designs(state.space)
    within(programme, reachable(state), PRICE_REACH * state.scale)
    raised = {limit.name: by}
    promise(programme, state.space, surrogate, state.evidence.anchor, {}, raised, elastic=False)
    return programme


def _answers(
    state: State, surrogate: Surrogate, limit: Limit, wide: float
) -> tuple[list[np.ndarray], np.ndarray]:
    """Best designs and objectives with the bound tightened, as it is, loosened; nan if none is."""
    found = [solve(_bounded(state, surrogate, limit, by)) for by in (-wide, 0.0, wide)]
    return [answer.design for answer in found], np.array([answer.height for answer in found])


def _errors(state: State, limit: Limit, wide: float) -> np.ndarray:
    """Standard errors of the rises on both sides, by resampled experiments."""
    draw = np.random.default_rng(state.seed)
    rises = [
        np.diff(_answers(state, refit(state, draw), limit, wide)[1]) / wide
        for _ in range(RESAMPLES)
    ]
    known = np.array(rises)
    return np.array([np.std(side[~np.isnan(side)]) if (~np.isnan(side)).any() else np.nan
                     for side in known.T])  # fmt: skip


def _simulated(state: State, designs: Sequence[np.ndarray], wide: float) -> list[np.ndarray]:
    """Rises and their errors when the answers are simulated: tighter side, looser side."""
    evidence: Evidence = state.evidence
    known = [design for design in designs if len(design)]
    evidence.simulate([(design, evidence.luck, "price") for design in known])
    aim = QUANTITIES[state.space.problem.objective]
    worth = []
    for design in designs:
        record = evidence.records.get(design.tobytes())
        if record is None:
            worth.append(np.full(len(evidence.luck), np.nan))
            continue
        rows = record.totals[np.argsort(record.replications)]
        worth.append(aim.of(dict(zip(evidence.anchor.columns, rows.T, strict=True))))
    moved = np.diff(worth, axis=0) / wide
    return [np.array([m.mean(), m.std(ddof=1) / np.sqrt(len(m))]) for m in moved]


def _unit(state: State, limit: Limit) -> tuple[float, str]:
    """What a price is divided by, and its unit: for budgets, yuan per yuan of all seats."""
    quantity = QUANTITIES[limit.on]
    aim = QUANTITIES[state.space.problem.objective]
    if quantity.unit == "yuan per seat and period":
        return float(state.space.scenario.workforce.seats), "yuan per yuan"
    if quantity.unit.startswith("share"):
        return 100.0, f"{aim.unit} per percentage point"
    bound = abs(state.evidence.anchor.bound(limit))
    return 100.0 / bound if bound else 1.0, f"{aim.unit} per 1 % of the bound"
