"""The search: experiments, surrogate, integer programs in a trust region, again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from optimize.design import spread_out, transfers, whole_pool
from optimize.evidence import BLOCK, Evidence, Record
from optimize.limits import QUANTITIES
from optimize.programme import feasible_designs, within
from optimize.promise import promise
from optimize.solve import solve
from optimize.space import Space
from optimize.surrogate import Bend, Surrogate, bend, fit

WIDEST, NARROWEST, GROW, SHRINK = 3.0, 0.02, 1.6, 0.6  # reach in units of the designs' spread
MARGINS = (0.5, 1.0, 2.0)  # multiples of the margin at which programmes are solved


@dataclass
class State:
    """Where a search stands; grows by rounds."""

    space: Space
    evidence: Evidence
    scale: np.ndarray  # (column,) spread of the designed experiments
    incumbent: Record
    programmes: bool = True  # off only where the benchmark measures what they bring
    reach: float = 2.0
    round: int = 0
    surrogate: Surrogate | None = None
    promised: dict[bytes, float] = field(default_factory=dict)  # gain, by design

    @property
    def seed(self) -> int:
        """Names the random choices of this round."""
        return self.space.scenario.run.seed * 100_003 + self.round


@dataclass(frozen=True)
class Glance:
    """What a progress display shows."""

    calls: int
    of: int
    gain: float
    se: float


Watch = Callable[[Glance], None]


def search(
    space: Space,
    evidence: Evidence,
    calls: int,
    watch: Watch = lambda _: None,
    programmes: bool = True,
) -> State:
    """The state after about `calls` replications; without `programmes`, by transfers alone."""
    state = begin(space, evidence, calls)
    state.programmes = programmes
    while evidence.laboratory.calls < calls:
        before = evidence.laboratory.calls
        improve(state, calls)
        watch(glance(state, calls))
        if evidence.laboratory.calls == before and state.reach <= NARROWEST:
            break  # nothing new to try
    return state


def glance(state: State, calls: int) -> Glance:
    gain = state.evidence.assess(state.incumbent).gain
    return Glance(state.evidence.laboratory.calls, calls, gain.mean, gain.se)


def begin(space: Space, evidence: Evidence, calls: int) -> State:
    """Designed experiments over the whole space and beside today's scheme."""
    spent = evidence.laboratory.calls
    count = int(np.clip((calls - spent) // (4 * BLOCK), 2, 60))
    far = spread_out(space, (count + 1) // 2, space.scenario.run.seed)
    beside = transfers(space, space.today, 0.2 * space.high, count // 2, space.scenario.run.seed)
    wanted = [(design, evidence.block(i), "experiment") for i, design in enumerate(far + beside)]
    evidence.simulate(wanted)
    designs = np.array([design for design, _, _ in wanted])
    floor = 0.02 * (space.high - space.low)
    scale = np.maximum(designs.std(axis=0), np.maximum(floor, 1e-9))
    today = evidence.records[space.today.tobytes()]
    return State(space, evidence, scale, incumbent=today)


def improve(state: State, calls: int) -> None:
    """One round: fit, propose, simulate, let the best challenge the incumbent."""
    state.round += 1
    state.surrogate = refit(state)
    fresh = {d.tobytes(): (d, origin) for d, origin in proposals(state)}
    new = [pair for key, pair in fresh.items() if key not in state.evidence.records]
    state.evidence.simulate(
        [(d, state.evidence.block(state.round * 7 + i), o) for i, (d, o) in enumerate(new)]
    )
    best = state.evidence.settle(calls)
    won = best is not state.incumbent
    state.incumbent = best
    state.reach = float(np.clip(state.reach * (GROW if won else SHRINK), NARROWEST, WIDEST))


def refit(state: State, resampled: np.random.Generator | None = None) -> Surrogate:
    """The surrogate around the incumbent; near designs and many replications weigh more."""
    designs, gains, counts = state.evidence.gains()
    centre = state.incumbent.design
    near = distance(state, designs)
    offset = gains[np.argmin(near)]
    weights = counts * closeness(near, 2 * designs.shape[1] + 10)
    if resampled is not None:
        weights = weights * resampled.exponential(size=len(weights))  # Bayesian bootstrap
    return fit(designs, gains, weights, centre, offset, state.scale, bends(state, designs, weights))


def bends(state: State, designs: np.ndarray, weights: np.ndarray) -> tuple[Bend, ...]:
    """Bends of the columns that take several values among the designs that count."""
    space, centre = state.space, state.incumbent.design
    counted = designs[weights > 0.05 * weights.max()]
    return tuple(
        bend(j, float(centre[j]), float(state.scale[j]), float(space.low[j]), float(space.high[j]))
        for j in range(designs.shape[1])
        if len(np.unique(counted[:, j])) > 4
    )


def distance(state: State, designs: np.ndarray) -> np.ndarray:
    """Root mean square distance from the incumbent, in units of scale."""
    return np.sqrt((((designs - state.incumbent.design) / state.scale) ** 2).mean(axis=1))


def closeness(distances: np.ndarray, wanted: float) -> np.ndarray:
    """Weights that fall with distance, as sharply as leaves some effective `wanted` designs."""
    for width in (0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0):
        weights = np.exp(-0.5 * (distances / width) ** 2)
        if weights.sum() ** 2 / (weights**2).sum() >= wanted:
            return weights
    return np.exp(-0.5 * (distances / 8.0) ** 2)


# ---- proposals ----


def proposals(state: State) -> Iterator[tuple[np.ndarray, str]]:
    """Designs of this round and who proposes them."""
    most = state.reach * state.scale
    count = 3 if state.programmes else 8
    for design in transfers(state.space, state.incumbent.design, most, count, state.seed):
        yield design, "transfer"
    if state.programmes:
        yield from programmed(state)


def programmed(state: State) -> Iterator[tuple[np.ndarray, str]]:
    """What the integer programs propose, at several margins and on resampled experiments."""
    margins = with_errors(state)
    draw = np.random.default_rng(state.seed)
    for multiple in MARGINS:
        found = propose(state, state.surrogate, {k: multiple * m for k, m in margins.items()})
        if found is not None:
            yield found, "programme"
    for _ in range(2):
        found = propose(state, refit(state, draw), margins)
        if found is not None:
            yield found, "bootstrap"


def with_errors(state: State) -> dict[str, float]:
    """Margin from each limit: verification's, and part of the surrogate's error nearby."""
    safety, anchor = state.evidence.safety(), state.evidence.anchor
    errors = dict(zip(anchor.columns, state.surrogate.error, strict=True))
    out = {}
    for limit in state.space.problem.limits:
        quantity = QUANTITIES[limit.on]
        error = sum(abs(w) * errors[name] for name, w in quantity.part.items())
        near = 0.5 * min(state.reach, 1.0) * error / anchor.mean[quantity.whole]
        out[limit.name] = safety.get(limit.name, 0.0) + float(near)
    return out


def propose(state: State, surrogate: Surrogate, margins: dict[str, float]) -> np.ndarray | None:
    """The programme's best design within reach: pool first, then weights in whole steps."""
    loose = built(state, surrogate, margins, None)
    first = solve(loose, state.space.problem.solver)
    if not first.found:
        return None
    pool = whole_pool(state.space, state.space.pool(first.design))
    second = solve(built(state, surrogate, margins, pool), state.space.problem.solver)
    if not second.found:
        return None
    state.promised[second.design.tobytes()] = second.height
    return second.design


def built(state: State, surrogate: Surrogate, margins: dict[str, float], pool: float | None):
    """The programme around the incumbent."""
    space = state.space
    programme = feasible_designs(space, pool=pool)
    step = space.card.weight_step * (pool or 0.0)
    rounding = np.where(np.arange(len(state.scale)) < len(space.indicators), step, 0.0)
    within(programme, reachable(state), state.reach * state.scale + rounding)
    promise(programme, space, surrogate, state.evidence.anchor, margins)
    return programme


def reachable(state: State) -> np.ndarray:
    """The incumbent, drawn into the bounds if today's scheme lies outside them."""
    return np.clip(state.incumbent.design, state.space.low, state.space.high)
