"""Run a scenario, or compare several under the same luck."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from copy import deepcopy
from typing import Self, TypeVar

import pandas as pd

from sim.chance import Luck
from sim.errors import InputError
from sim.machine import available_bytes
from sim.outcome import Comparison, Outcome
from sim.parameter import Section, parameter
from sim.portfolio import BYTES_PER_ACCOUNT
from sim.scenario import Run, Scenario
from sim.scenario_file import from_values
from sim.tables import TABLES, Tables, tables_of
from sim.units import DAYS_PER_MONTH
from sim.world import World, placed

Progress = Callable[[int, int], None]
Found = TypeVar("Found")
LENGTH = ("periods", "period_days", "warm_up")  # of a run; what is paired has all in common


class Call(Section):
    """What a call may set besides the scenarios; `workers` and `threads` change no number."""

    run: Run = Run()
    workers: int = parameter(os.cpu_count() or 1, "processes", "processes", ge=1, le=10_000)
    threads: int = parameter(1, "threads of each process", "threads", ge=1, le=10_000)

    @classmethod
    def of(
        cls,
        place: str = "call",
        *,
        workers: int | None = None,
        threads: int | None = None,
        **run: int | None,
    ) -> Self:
        """The checked settings, None for those not given; `place` is what messages name."""
        values = {"run": _given(run)} | _given({"workers": workers, "threads": threads})
        return from_values(values, place).parse(cls)


def _given(values: dict[str, int | None]) -> dict[str, int]:
    return {key: value for key, value in values.items() if value is not None}


def finished(world: World) -> World:
    """The world at its horizon."""
    while world.running:
        world.step()
    return world


def replicate(scenario: Scenario, replication: int, threads: int = 1) -> Tables:
    """The tables of one replication."""
    tables = tables_of(finished(World(scenario, replication, threads)))
    for table in tables.values():
        table.insert(0, "replication", replication)
    return tables


def worlds(scenarios: Sequence[Scenario], replication: int) -> Iterator[World]:
    """Each scenario's world at its horizon; they start from one portfolio, which is drawn once.

    `start_of` must be the same for all.
    """
    drawn = placed(scenarios[0], Luck(scenarios[0].run.seed, replication))
    for after, scenario in enumerate(scenarios, start=1):
        portfolio = deepcopy(drawn) if after < len(scenarios) else drawn
        yield finished(World(scenario, replication, portfolio=portfolio))


def start_of(scenario: Scenario) -> tuple:
    """All that decides which portfolio a replication of the scenario starts from."""
    s = scenario
    days = s.run.periods * s.run.period_days
    return s.portfolio, s.borrowers, s.market, s.workforce.seats, days, s.run.seed


def run(
    scenario: Scenario,
    *,
    name: str = "scenario",
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Outcome:
    """All replications of a scenario; the settings given here replace the scenario's own.

    The result does not depend on `workers` (processes) or `threads` (within a run).
    """
    return compare(
        {name: scenario},
        replications=replications,
        seed=seed,
        workers=workers,
        threads=threads,
        progress=progress,
    ).base


def compare(
    scenarios: Mapping[str, Scenario] | Sequence[Scenario],
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Scenarios under the same luck: every replication has one seed for all of them.

    The first scenario is the base; its replications and seed hold for all unless given here.
    """
    if not isinstance(scenarios, Mapping):
        scenarios = {f"{i + 1} {s.title}".strip(): s for i, s in enumerate(scenarios)}
    call = Call.of(workers=workers, threads=threads, replications=replications, seed=seed)
    if not scenarios:
        raise InputError("nothing to compare: expected at least one scenario")
    check_lengths(scenarios)
    first = next(iter(scenarios.values())).run
    luck = first.model_dump(include={"replications", "seed"})
    luck |= call.run.model_dump(exclude_unset=True)
    same_luck = {name: _with_run(s, luck) for name, s in scenarios.items()}
    tasks = [(s, r, call.threads) for r in range(luck["replications"]) for s in same_luck.values()]
    found = carry_out(replicate, tasks, workers, progress)
    parts = {name: found[place :: len(same_luck)] for place, name in enumerate(same_luck)}
    return Comparison({name: _outcome(name, s, parts[name]) for name, s in same_luck.items()})


def over_replications(
    work: Callable[[Scenario, int], Found],
    scenario: Scenario,
    *,
    replications: int | None,
    seed: int | None,
    workers: int | None,
    progress: Progress | None,
) -> list[Found]:
    """`work(scenario, replication)` of all replications; settings given here replace its own."""
    call = Call.of(workers=workers, replications=replications, seed=seed)
    scenario = _with_run(scenario, call.run.model_dump(exclude_unset=True))
    tasks = [(scenario, r) for r in range(scenario.run.replications)]
    return carry_out(work, tasks, workers, progress)


def _with_run(scenario: Scenario, settings: dict[str, int]) -> Scenario:
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=settings)})


def check_lengths(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse scenarios whose runs differ in length: their periods could not be paired."""
    base, first = next(iter(scenarios.items()))
    for scenario in scenarios.values():
        for key in LENGTH:
            wanted = getattr(first.run, key)
            if getattr(scenario.run, key) != wanted:
                raise scenario.error(
                    ("run", key),
                    f"expected {wanted} as in {base!r}, runs of different length are not paired",
                )


def _outcome(name: str, scenario: Scenario, parts: Sequence[Tables]) -> Outcome:
    """The replications of one scenario under each other."""
    tables = {key: pd.concat([part[key] for part in parts], ignore_index=True) for key in TABLES}
    return Outcome(name, scenario, tables)


def carry_out(
    work: Callable, tasks: Sequence[tuple], workers: int | None, progress: Progress | None = None
) -> list:
    """`work(*task)` of every task, in their order; a task's first entry is its scenario.

    In so many processes; by default one per processor, as far as their portfolios fit in memory.
    """
    scenarios = {id(task[0]): task[0] for task in tasks}.values()
    at_once = min(workers or os.cpu_count() or 1, len(tasks))
    if workers is None:
        at_once = _workers_that_fit(scenarios, at_once)
    for scenario in scenarios:
        check_memory(scenario, at_once)
    if at_once == 1:
        return list(_one_by_one(work, tasks, progress))
    with processes(at_once) as pool:
        try:
            pool.submit(compile_loop).result()  # by one of them; the others find it on disk
            futures: list[Future] = [pool.submit(work, *task) for task in tasks]
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if progress:
                    progress(done, len(tasks))
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _one_by_one(work: Callable, tasks: Sequence[tuple], progress: Progress | None) -> Iterator:
    for done, task in enumerate(tasks, 1):
        yield work(*task)
        if progress:
            progress(done, len(tasks))


def compile_loop() -> None:
    """Compile the loop over accounts, or load what was compiled before."""
    World(Scenario.of({"portfolio": {"accounts": 1}, "workforce": {"seats": 1}})).step()


def processes(workers: int) -> Executor:
    """A pool of that many worker processes, forked where that is possible."""
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method))


def check_memory(scenario: Scenario, workers: int = 1) -> None:
    """Refuse, before anything starts, portfolios that do not fit this machine's memory."""
    needed, free = _drawn_bytes(scenario) * workers / 2**30, available_bytes() / 2**30
    if needed > free:
        at_once = f"{workers:,} at once need" if workers > 1 else "needs"
        raise scenario.error(
            ("portfolio", "accounts"),
            f"{at_once} about {needed:,.1f} GiB, and {free:,.1f} GiB are free; "
            f"expected fewer accounts{' or workers' * (workers > 1)}",
        )


def _workers_that_fit(scenarios: Iterable[Scenario], most: int) -> int:
    """Workers up to `most` whose portfolios fit this machine's memory together, at least one."""
    largest = max(map(_drawn_bytes, scenarios))
    return max(1, min(most, int(available_bytes() / largest) if largest else most))


def _drawn_bytes(scenario: Scenario) -> float:
    """Memory for drawing the portfolio; 0 where it is loaded, which its reader checks."""
    p, r = scenario.portfolio, scenario.run
    months = r.periods * r.period_days / DAYS_PER_MONTH
    return 0.0 if p.file else p.accounts * (1.0 + p.arrivals * months) * BYTES_PER_ACCOUNT
