"""`python -m benchmarks.searching`: search methods at equal calls, under one verifier.

Each method starts from today's scheme with a seed of its own and gets the same number of simulated
replications; its finalists go before the same verifier. Then the accepted designs of all methods
are simulated on held-out luck that no search or verdict has seen. The regret is against the best of
them that keeps every limit there, so it is a bound from below on the regret against the true
optimum; a design that breaks a limit there counts as no gain.

With `--emulated BANK` the races run on the emulator of `benchmarks/emulator.py` instead: seconds a
race, its truth without luck as the judge, and the best card of a climb from many starts as the
optimum. Such figures say how methods compare, not what the simulator would answer.
"""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import track

from benchmarks.emulator import Bank, Emulated, Emulator, climbed
from benchmarks.machine import load as load_now
from benchmarks.machine import machine
from optimize import Problem, load
from optimize.anchor import Anchor
from optimize.assess import assess
from optimize.evidence import Evidence
from optimize.found import markdown_table
from optimize.laboratory import Laboratory, Simulated
from optimize.peers import PEERS
from optimize.proposal import FINALISTS, luck_for, searched
from optimize.space import Space
from optimize.trials import Trials
from optimize.verify import verify
from sim import Scenario

HELD_OUT = 3_000_000  # first replication number of the luck that judges
OURS = {"ours": True, "ours, no programs": False}  # whether integer programs propose

Accounts = Annotated[
    int | None, typer.Option(help="A cheaper world: accounts on day 0, seats in proportion.")
]
Objective = Annotated[str | None, typer.Option(help="recovery or net_value; else the file's own.")]
Methods = Annotated[list[str] | None, typer.Option("--method", help="Only this; repeatable.")]
BankFile = Annotated[
    Path | None, typer.Option(help="Race on an emulator fitted to this bank, not the simulator.")
]
Json = Annotated[Path, typer.Option("--json", help="Where the figures go.")]


@dataclass(frozen=True)
class Raced:
    """One search: what was accepted (today's scheme if nothing), and what it took."""

    method: str
    seed: int
    design: np.ndarray
    accepted: bool
    calls: int
    seconds: float  # processor time of the search, simulations included


@dataclass(frozen=True)
class Judged:
    """An accepted design on held-out luck."""

    gain: float
    se: float
    kept: bool  # whether every limit holds on average

    @property
    def worth(self) -> float:
        """The gain; a design that breaks a limit has none."""
        return self.gain if self.kept else min(self.gain, 0.0)


Pair = tuple[Raced, Judged]


def main(
    scenario: Annotated[Path, typer.Argument()] = Path("scenarios/baseline.toml"),
    calls: int = 300,
    seeds: int = 10,
    accounts: Accounts = None,
    periods: Annotated[int | None, typer.Option(help="Fewer pay periods.")] = None,
    verified: int = 64,
    judged: int = 64,
    objective: Objective = None,
    method: Methods = None,
    emulated: BankFile = None,
    workers: int = 2,
    to: Json = Path("results/searching.json"),
) -> None:
    """Print regret, feasibility and time of every method; races run side by side."""
    names = chosen(method)
    today, problem = load(scenario)
    today = cheaper(today, accounts, periods)
    problem = problem.model_copy(update={"calls": calls, "verified": verified})
    if objective:
        problem = problem.model_copy(update={"objective": objective})
    about = {
        "scenario": str(scenario), "accounts": today.portfolio.accounts,
        "seats": today.workforce.seats, "periods": today.run.periods, "calls": calls,
        "seeds": seeds, "verified": verified, "judged": judged, "machine": machine(),
        "objective": problem.objective,
        "emulated": str(emulated) if emulated else None,
    }  # fmt: skip
    jobs = [(name, seed) for seed in range(1, seeds + 1) for name in names]
    pairs: list[Pair] = []
    emulator = Emulator(Space(today, problem), Bank.read(emulated)) if emulated else None
    course = Course(today, problem, judged, emulator)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        found = pool.map(partial(contested, course), *zip(*jobs, strict=True))
        for pair in track(found, "searching", len(jobs)):
            pairs.append(pair)
            write(to, about | {"load": load_now()}, pairs)  # a campaign cut short leaves its part
    typer.echo(f"{summary(names, pairs, course.best())}\n\nkept in {to}")


def chosen(method: Sequence[str] | None) -> list[str]:
    """The methods to race. Raises typer.BadParameter naming what is missing."""
    if find_spec("optuna") is None or find_spec("skopt") is None or find_spec("pymoo") is None:
        raise typer.BadParameter("expected other libraries: pip install 'postloan[rivals]'")
    known = [*OURS, *others()]
    for name in method or ():
        if name not in known:
            raise typer.BadParameter(f"--method {name}: expected one of {'; '.join(known)}")
    return list(method or known)


def others():
    """Searches beside ours, by name; other libraries load only where they are asked for."""
    from benchmarks.rivals import RIVALS

    return PEERS | RIVALS


def cheaper(today: Scenario, accounts: int | None, periods: int | None) -> Scenario:
    """The scenario with fewer accounts, seats in proportion, and fewer periods."""
    values = today.model_dump(mode="json")
    if accounts:
        seats = max(round(accounts * today.workforce.seats / today.portfolio.accounts), 2)
        values["portfolio"]["accounts"] = accounts
        values["workforce"]["seats"] = seats
        values["workforce"]["seats_per_team"] = min(today.workforce.seats_per_team, seats)
    if periods:
        values["run"]["periods"] = periods
        values["run"]["warm_up"] = min(today.run.warm_up, max(periods - 2, 0))
    return Scenario.of(values)


@dataclass(frozen=True)
class Course:
    """Where a race is run: the simulator, or an emulator fitted to a bank."""

    today: Scenario
    problem: Problem
    judged: int
    emulator: Emulator | None

    def space(self, seed: int) -> Space:
        """The space with luck of its own."""
        luck = self.today.run.model_copy(update={"seed": seed})
        return Space(self.today.model_copy(update={"run": luck}), self.problem)

    @contextmanager
    def laboratory(self, space: Space) -> Iterator[Laboratory]:
        """A fresh laboratory, ready: machine code is loaded before the clock."""
        if self.emulator:
            yield Emulated(space, self.emulator)
            return
        with Trials(1) as trials:
            laboratory = Simulated(space, trials)
            laboratory.totals([(space.today, HELD_OUT - 1)])
            trials.asked.clear()
            yield laboratory

    def judge(self, design: np.ndarray) -> Judged:
        """The design beside today's scheme, on held-out luck or without luck."""
        if self.emulator:
            gain, *excess = self.emulator.figures(self.problem, design[None])[0]
            return Judged(float(gain), 0.0, all(by <= 1e-9 for by in excess))
        return judged_on(self.today, self.problem, self.judged, design)

    def best(self) -> float:
        """The gain of the best card there is, if that is known."""
        if not self.emulator:
            return 0.0
        found = climbed(self.emulator, self.problem)
        return float(self.emulator.figures(self.problem, found[None])[0, 0])


def contested(course: Course, method: str, seed: int) -> Pair:
    """One search, and what the judge says of its answer."""
    race = raced(course, method, seed)
    return race, course.judge(race.design)


def raced(course: Course, method: str, seed: int) -> Raced:
    """One search with a seed of its own, and its verdict."""
    problem, space = course.problem, course.space(seed)
    with course.laboratory(space) as laboratory:
        start = processor_seconds()
        if method in OURS:
            evidence = searched(space, laboratory, programmes=OURS[method]).evidence
        else:
            evidence = Evidence(problem, laboratory, space.today, range(luck_for(problem)))
            with evidence.until(problem.calls):
                others()[method](space, evidence, problem.calls, seed)
        seconds, calls = processor_seconds() - start, laboratory.calls
        verdict = verify(problem, laboratory, space.today, evidence.finalists(FINALISTS))
    design = verdict.accepted.design if verdict.accepted else space.today
    return Raced(method, seed, design, verdict.accepted is not None, calls, seconds)


def processor_seconds() -> float:
    """Of this process and of the solvers it waited for."""
    return sum(os.times()[:4])


def judged_on(today: Scenario, problem: Problem, judged: int, design: np.ndarray) -> Judged:
    """The design beside today's scheme on held-out luck."""
    space = Space(today, problem)
    luck = range(HELD_OUT, HELD_OUT + judged)
    with Trials(1) as trials:
        laboratory = Simulated(space, trials)
        base, mine = (laboratory.totals([(d, r) for r in luck]) for d in (space.today, design))
        found = assess(problem, Anchor(laboratory.columns, base), mine, base)
    kept = all(excess.mean <= 1e-9 for excess in found.excess.values())
    return Judged(found.gain.mean, found.gain.se, kept)


def summary(names: Sequence[str], pairs: Sequence[Pair], known: float) -> str:
    """A row per method: medians over the seeds; `known` is the best gain if no race found it."""
    best = max(known, *(verdict.worth for _, verdict in pairs))
    rows = []
    for name in names:
        mine = [pair for pair in pairs if pair[0].method == name]
        regrets = np.array([best - v.worth for _, v in mine])
        share = f"{100 * np.median(regrets) / best:.0f} %" if best > 0 else "-"
        rows.append([
            name, f"{np.median(regrets):,.0f}", share, f"{regrets.min():,.0f}–{regrets.max():,.0f}",
            f"{sum(r.accepted for r, _ in mine)} of {len(mine)}",
            f"{sum(v.kept for _, v in mine)} of {len(mine)}",
            f"{np.median([r.calls for r, _ in mine]):.0f}",
            f"{np.median([r.seconds for r, _ in mine]):.0f}",
        ])  # fmt: skip
    heads = ["method", "median regret", "of the best gain", "least–greatest", "accepted",
             "feasible", "calls", "CPU seconds"]  # fmt: skip
    return f"{markdown_table(heads, rows)}\n\nBest gain there is or was found: {best:,.0f}"


def write(file: Path, about: dict, pairs: Sequence[Pair]) -> None:
    """All races with their verdicts."""
    rows = [
        asdict(race) | {"design": race.design.tolist()} | asdict(verdict) for race, verdict in pairs
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(about | {"races": rows}, indent=1), "utf-8")


if __name__ == "__main__":
    typer.run(main)
