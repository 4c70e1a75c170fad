"""Prices of the limits: by the surrogate, by solving again, and by simulating both answers."""

from dataclasses import dataclass

import numpy as np

from optimize.evidence import Evidence
from optimize.limits import QUANTITIES
from optimize.problem import Limit
from optimize.programme import Programme, feasible_designs, within
from optimize.promise import promise
from optimize.search import State, reachable, refit
from optimize.solve import price, solve
from optimize.surrogate import Surrogate

RESAMPLES = 12
STEP = 0.02  # of the bound, by which it is loosened
WIDE = 5.0  # steps between the bounds whose answers are simulated: fewer drown in luck
PRICE_REACH = 2.0  # of the designs' spread


@dataclass(frozen=True)
class LimitPrice:
    """What loosening a limit by one of its units would add to the objective."""

    limit: str
    unit: str  # of the price
    price: float  # linear program, integers fixed
    low: float  # 95 % by refitting on resampled experiments
    high: float
    solved_again: float  # finite difference, integers fixed
    agrees: bool  # the two within 1 %
    simulated: float | None  # both answers simulated under the same luck
    simulated_se: float | None
    binding: bool
    known: bool = True  # whether the surrogate finds a design that keeps every limit


def limit_prices(state: State) -> list[LimitPrice]:
    """The price of every limit around the incumbent."""
    return [_limit_price(state, limit) for limit in state.space.problem.limits]


def _limit_price(state: State, limit: Limit) -> LimitPrice:
    anchor = state.evidence.anchor
    step = STEP * max(abs(anchor.bound(limit)), 1e-9)
    surrogate = state.surrogate or refit(state)
    found = price(lambda by: _bounded(state, surrogate, limit, by), limit.name, step)
    per, unit = _unit(state, limit)
    if found is None:
        unknown = (0.0, 0.0, 0.0, 0.0, False, None, None, False, False)
        return LimitPrice(limit.name, unit, *unknown)
    if found.price <= 1e-9:
        return LimitPrice(limit.name, unit, 0.0, 0.0, 0.0, 0.0, found.agrees, None, None, False)
    drawn, simulated = _resampled(state, limit, step), _simulated(state, limit, step)
    low, high = (float(q) / per for q in np.quantile(drawn, (0.025, 0.975)))
    return LimitPrice(
        limit.name, unit, found.price / per, low, high, found.rise / per, found.agrees,
        simulated[0] / per if simulated else None, simulated[1] / per if simulated else None,
        True,
    )  # fmt: skip


def _bounded(state: State, surrogate: Surrogate, limit: Limit, by: float) -> Programme:
    """The programme with one bound loosened, without slack: a price needs firm rows."""
    programme = feasible_designs(state.space)
    within(programme, reachable(state), PRICE_REACH * state.scale)
    raised = {limit.name: by}
    promise(programme, state.space, surrogate, state.evidence.anchor, {}, raised, elastic=False)
    return programme


def _resampled(state: State, limit: Limit, step: float) -> list[float]:
    """Prices on resampled experiments."""
    draw = np.random.default_rng(state.seed)
    out = []
    for _ in range(RESAMPLES):
        surrogate = refit(state, draw)
        found = price(
            lambda by, s=surrogate: _bounded(state, s, limit, by), limit.name, step, again=False
        )
        out.append(found.price if found else 0.0)
    return out


def _simulated(state: State, limit: Limit, step: float) -> tuple[float, float] | None:
    """The rise of the objective per unit when the answers to both bounds are simulated.

    Weights are left free: whole steps would hide what a little more money buys.
    """
    answers = [solve(_bounded(state, state.surrogate, limit, by)) for by in (0.0, WIDE * step)]
    if not all(answer.found for answer in answers):
        return None
    evidence: Evidence = state.evidence
    luck = evidence.luck
    evidence.simulate([(answer.design, luck, "price") for answer in answers])
    records = [evidence.records[answer.design.tobytes()] for answer in answers]
    rows = [r.totals[np.argsort(r.replications)] for r in records]
    aim = QUANTITIES[state.space.problem.objective]
    worth = [aim.of(dict(zip(evidence.anchor.columns, t.T, strict=True))) for t in rows]
    moved = (worth[1] - worth[0]) / (WIDE * step)
    return float(moved.mean()), float(moved.std(ddof=1) / np.sqrt(len(moved)))


def _unit(state: State, limit: Limit) -> tuple[float, str]:
    """What a price is divided by, and its unit: for budgets, yuan per yuan of all seats."""
    quantity = QUANTITIES[limit.on]
    aim = QUANTITIES[state.space.problem.objective]
    if quantity.unit == "yuan per seat and period":
        return float(state.space.scenario.workforce.seats), "yuan per yuan"
    if quantity.unit.startswith("share"):
        return 100.0, f"{aim.unit} per percentage point"
    return 1.0, f"{aim.unit} per unit of {quantity.unit}"
