"""Optimise: search, verify, and propose a scheme or say that there is none better."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from optimize.design import affordable
from optimize.evidence import BLOCK, CONFIRMED, Evidence
from optimize.laboratory import Laboratory, Simulated
from optimize.limits import QUANTITIES
from optimize.prices import LimitPrice, limit_prices
from optimize.problem import Problem, ProblemFile
from optimize.programme import feasible_designs
from optimize.rules import broken
from optimize.search import State, Watch, search
from optimize.solve import solve, solver_named
from optimize.space import Space
from optimize.trials import Trials
from optimize.verify import VERDICT_LUCK, Verdict, verify
from sim import InputError, Scenario

MOST_LUCK, LEAST_LUCK = 64, 8  # replications of today's scheme that a search rests on
FINALISTS = 8


@dataclass(frozen=True)
class Proposal:
    """The answer: a verified scheme, or today's with the reasons why none is better."""

    space: Space
    state: State
    verdict: Verdict
    prices: list[LimitPrice]
    measures: dict[str, np.ndarray] = field(repr=False)  # by quantity: (2, replication)
    without_bonus: dict[str, np.ndarray] = field(repr=False)  # by quantity: (replication,)
    calls: int = 0

    @property
    def better(self) -> bool:
        """Whether a scheme was accepted."""
        return self.verdict.accepted is not None

    @property
    def design(self) -> np.ndarray:
        """The accepted design, or today's."""
        accepted = self.verdict.accepted
        return accepted.design if accepted else self.space.today

    @property
    def scenario(self) -> Scenario:
        """The proposed scenario, or today's."""
        return self.space.scenario_of(self.design) if self.better else self.space.scenario

    @property
    def promised(self) -> float:
        """The gain that the surrogate promised for this design."""
        state = self.state
        change = state.surrogate.predict(self.design[None, :])[0]
        mean = state.evidence.anchor.mean
        then = {name: mean[name] + by for name, by in zip(mean, change.tolist(), strict=True)}
        aim = QUANTITIES[self.space.problem.objective]
        return aim.of(then) - aim.of(mean)


def optimise(
    scenario: Scenario,
    problem: Problem | None = None,
    *,
    workers: int | None = None,
    state: str | Path | None = None,
    watch: Watch = lambda _: None,
) -> Proposal:
    """Search for a better scheme and verify it on fresh luck.

    The answer depends on the scenario, the problem and the scenario's seed alone. With a `state`
    file, finished replications are kept there and a killed search goes on where it was.
    """
    problem = ProblemFile.of_parts(scenario, problem or Problem()).optimise
    space = Space(scenario, problem)
    check(space)
    with Trials(workers, Path(state) if state else None) as trials:
        laboratory = Simulated(space, trials)
        found = searched(space, laboratory, watch)
        finalists = found.evidence.finalists(FINALISTS)
        verdict = verify(
            problem, laboratory, space.today, finalists, broken(space, space.today)
        )  # fmt: skip
        prices = limit_prices(found)
        measures = _measured(space, laboratory, verdict)
        unpaid = _unpaid(space, laboratory)
        return Proposal(space, found, verdict, prices, measures, unpaid, trials.calls)


def searched(
    space: Space,
    laboratory: Laboratory,
    watch: Watch = lambda _: None,
    inherited: Sequence[np.ndarray] = (),
    programmes: bool = True,
) -> State:
    """The search's last state, after as many calls of the laboratory as the problem grants.

    `inherited` designs, found for a like problem, are simulated first. Without `programmes`
    nothing else changes: the benchmark measures what they bring.
    """
    problem = space.problem
    last = laboratory.calls + problem.calls
    evidence = Evidence(problem, laboratory, space.today, range(luck_for(problem)))
    with evidence.until(last):
        evidence.simulate([(d, evidence.luck[:CONFIRMED], "inherited") for d in inherited])
        cheaper = affordable(space, evidence.anchor)
        evidence.simulate([(d, evidence.luck[:BLOCK], "smaller pool") for d in cheaper])
    return search(space, evidence, last, watch, programmes)


def luck_for(problem: Problem) -> int:
    """Replications of today's scheme: a sixteenth of the calls, all of them for a tail."""
    if any(limit.over != "mean" for limit in problem.limits):
        return MOST_LUCK
    return int(np.clip(problem.calls // 16, LEAST_LUCK, MOST_LUCK))


def check(space: Space) -> None:
    """Refuse rules that contradict each other, naming the smallest relaxation of them."""
    solver_named(space.problem.solver)
    most = space.pool_bounds[1]  # relaxations count in shares of it
    programme = feasible_designs(space, maximise=False, pool=most, elastic=True)
    programme.model.setObjective(programme.relaxation)
    found = solve(programme)
    if not found.found:
        raise InputError("[optimise.card]: expected rules that some card can meet")
    if found.relaxed:
        raise InputError(*(_conflict(n, by) for n, by in found.relaxed.items()))


def _conflict(name: str, by: float) -> str:
    share = f"{by:.3g}" + (" of the pool" if name != "most_indicators" else "")
    return (
        f"[optimise.card] {name}: the card's rules contradict each other; they agree once this "
        f"one is relaxed by {share}"
    )


def _measured(space: Space, laboratory: Simulated, verdict: Verdict) -> dict[str, np.ndarray]:
    """Every quantity of today's and the proposed scheme on the verdict's luck."""
    designs: Sequence[np.ndarray] = [space.today]
    if verdict.accepted:
        designs = [space.today, verdict.accepted.design]
    luck = range(VERDICT_LUCK, VERDICT_LUCK + space.problem.verified)
    rows = [laboratory.everything([(d, r) for r in luck]) for d in designs]
    return {key: np.array([q.of(row) for row in rows]) for key, q in QUANTITIES.items()}


def _unpaid(space: Space, laboratory: Simulated) -> dict[str, np.ndarray]:
    """Every quantity under the wage alone, on the verdict's luck; nothing if it is so today."""
    if not space.scenario.scheme.pay:
        return {}
    luck = range(VERDICT_LUCK, VERDICT_LUCK + space.problem.verified)
    totals = laboratory.unpaid(luck)
    return {key: q.of(totals) for key, q in QUANTITIES.items()}
