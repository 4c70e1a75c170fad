"""The search: experiments, surrogate, integer programs in a trust region, again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimize.belief import believe
from optimize.design import spread_out, transfers, whole_pool
from optimize.evidence import Evidence, Record
from optimize.programme import Programme, feasible_designs, within
from optimize.promise import promise
from optimize.rules import broken
from optimize.solve import solve
from optimize.space import Space
from optimize.surrogate import Surrogate, fit

FIRST = 0.3  # share of the calls for designed experiments
REPLICATED = 2  # replications of a new design
REACHES = (1.0, 0.25, 0.5, 0.125)  # of the trust regions by turns, in widths
MARGINS = (1.0, 0.5, 2.0)  # multiples of the margin at which programmes are solved, by turns
PROGRAMMED, TRANSFERRED = 4, 2  # proposals of a round
CHALLENGED, MORE = 2, 4  # leading designs that a round replicates, and how often
CAUTION, HOPE = 0.5, 1.0  # standard errors below and above what is believed
WIDTHS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0)  # of the surrogate's neighbourhood
NEIGHBOURS = 50  # designs that a neighbourhood must be worth: it narrows as these gather
ENOUGH = 16.0  # replications beyond which a design counts no more for the surrogate
IDLE = 10  # rounds without anything new after which a search ends


@dataclass
class State:
    """Where a search stands; grows by rounds."""

    space: Space
    evidence: Evidence
    scale: np.ndarray  # (column,) spread of the designed experiments
    incumbent: Record
    programmes: bool = True  # off only where the benchmark measures what they bring
    today_may_stay: bool = True  # whether today's scheme keeps the rules of what may be decided
    round: int = 0
    width: float = WIDTHS[-1]  # of the surrogate's neighbourhood, in units of scale
    surrogate: Surrogate | None = None

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
    """The state after `calls` replications; without `programmes`, by transfers alone."""
    today = evidence.records[space.today.tobytes()]
    wanted = experiments(space, calls - evidence.laboratory.calls)
    may_stay = not broken(space, space.today)
    state = State(space, evidence, spread(space, wanted), today, programmes, may_stay)
    idle = 0
    with evidence.until(calls):
        evidence.simulate(
            (d, evidence.block(i, REPLICATED), "experiment") for i, d in enumerate(wanted)
        )
        while idle < IDLE:
            before = evidence.laboratory.calls
            improve(state)
            watch(glance(state, calls))
            idle = idle + 1 if evidence.laboratory.calls == before else 0
    settle(state)
    return state


def glance(state: State, calls: int) -> Glance:
    gain = state.evidence.assess(state.incumbent).gain
    return Glance(state.evidence.laboratory.calls, calls, gain.mean, gain.se)


def experiments(space: Space, calls: int) -> list[np.ndarray]:
    """Designs over the whole space and beside today's scheme."""
    count = int(np.clip(FIRST * calls / REPLICATED, 2, 120))
    seed = space.scenario.run.seed
    far = spread_out(space, (count + 1) // 2, seed)
    return far + transfers(space, space.today, 0.2 * space.high, count // 2, seed)


def spread(space: Space, designs: list[np.ndarray]) -> np.ndarray:
    """Standard deviation of each column, no less than a small part of its range."""
    floor = np.maximum(0.02 * (space.high - space.low), 1e-9)
    return np.maximum(np.array(designs).std(axis=0), floor)


def improve(state: State) -> None:
    """One round: believe, propose, simulate, replicate those that may be best."""
    state.round += 1
    evidence = state.evidence
    settle(state)
    new = list(proposals(state))
    evidence.simulate(
        (d, evidence.block(state.round * 7 + i, REPLICATED), origin)
        for i, (d, origin) in enumerate(new)
    )
    settle(state)
    for record in leaders(state):
        evidence.simulate([(record.design, evidence.more(record, MORE), record.origin)])


def settle(state: State) -> None:
    """Fit the surrogate, believe, and let the design of the greatest merit be the incumbent."""
    evidence = state.evidence
    state.surrogate = refit(state)
    believe(evidence, state.surrogate, nearness(state))
    margins = evidence.safety()
    state.incumbent = max(
        evidence.records.values() if state.today_may_stay else evidence.others or [state.incumbent],
        key=lambda r: evidence.merit(r, margins) - CAUTION * evidence.assess(r).gain.se,
    )


def leaders(state: State) -> list[Record]:
    """Designs that may be best of all, by the upper end of what is believed."""
    evidence, margins = state.evidence, state.evidence.safety()
    open_to = [r for r in evidence.others if len(r.replications) < len(evidence.luck)]
    order = sorted(
        open_to, key=lambda r: -evidence.merit(r, margins) - HOPE * evidence.assess(r).gain.se
    )
    return order[:CHALLENGED]


def refit(state: State, resampled: np.random.Generator | None = None) -> Surrogate:
    """The surrogate, in which designs near the incumbent and many replications weigh more."""
    designs, gains, counts = state.evidence.gains()
    weights = nearness(state) * np.minimum(counts, ENOUGH)
    if resampled is not None:
        weights = weights * resampled.exponential(size=len(weights))  # Bayesian bootstrap
    return fit(designs, gains, weights, state.space.bends)


def nearness(state: State) -> np.ndarray:
    """1 at the incumbent, falling as narrowly as leaves enough designs in its neighbourhood."""
    designs, _, _ = state.evidence.gains()
    away = np.sqrt((((designs - state.incumbent.design) / state.scale) ** 2).mean(axis=1))
    for state.width in WIDTHS:
        near = np.exp(-0.5 * (away / state.width) ** 2)
        if near.sum() ** 2 / (near**2).sum() >= NEIGHBOURS:
            break
    return near


# ---- proposals ----


def proposals(state: State) -> Iterator[tuple[np.ndarray, str]]:
    """Designs of this round and who proposes them."""
    reach = REACHES[state.round % len(REACHES)]
    count = TRANSFERRED if state.programmes else TRANSFERRED + PROGRAMMED
    most = reach * state.width * state.scale
    for design in transfers(state.space, state.incumbent.design, most, count, state.seed):
        yield design, "transfer"
    if state.programmes:
        yield from programmed(state)


def programmed(state: State) -> Iterator[tuple[np.ndarray, str]]:
    """What integer programs propose: on all experiments, then on resampled ones."""
    draw = np.random.default_rng(state.seed)
    for number in range(PROGRAMMED):
        turn = state.round + number
        reach, multiple = REACHES[turn % len(REACHES)], MARGINS[turn % len(MARGINS)]
        surrogate = refit(state, draw) if number else state.surrogate
        margins = {name: multiple * by for name, by in state.evidence.safety().items()}
        found = propose(state, surrogate, margins, reach)
        if found is not None:
            yield found, "bootstrap" if number else "programme"


def propose(
    state: State, surrogate: Surrogate, margins: dict[str, float], reach: float = 1.0
) -> np.ndarray | None:
    """The programme's best design within reach: pool first, then weights in whole steps."""
    loose = built(state, surrogate, margins, reach, None)
    first = solve(loose, state.space.problem.solver)
    if not first.found:
        return None
    pool = whole_pool(state.space, state.space.pool(first.design))
    second = solve(built(state, surrogate, margins, reach, pool), state.space.problem.solver)
    return second.design if second.found else None


def built(
    state: State, surrogate: Surrogate, margins: dict[str, float], reach: float, pool: float | None
) -> Programme:
    """The programme around the incumbent."""
    space = state.space
    programme = feasible_designs(space, pool=pool)
    step = space.card.weight_step * (pool or 0.0)
    rounding = np.where(np.arange(len(state.scale)) < len(space.indicators), step, 0.0)
    within(programme, reachable(state), reach * state.width * state.scale + rounding)
    promise(programme, space, surrogate, state.evidence.anchor, margins)
    return programme


def reachable(state: State) -> np.ndarray:
    """The incumbent, drawn into the bounds if today's scheme lies outside them."""
    return np.clip(state.incumbent.design, state.space.low, state.space.high)
