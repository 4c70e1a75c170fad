"""Run a scenario, or compare several under the same luck."""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed

import pandas as pd

from sim.errors import InputError
from sim.outcome import TABLES, Comparison, Outcome, Tables, tables_of
from sim.portfolio import BYTES_PER_ACCOUNT
from sim.scenario import Scenario
from sim.units import DAYS_PER_MONTH
from sim.world import World

Progress = Callable[[int, int], None]


def replicate(scenario: Scenario, replication: int, threads: int = 1) -> Tables:
    """The tables of one replication."""
    world = World(scenario, replication, threads)
    while world.running:
        world.step()
    tables = tables_of(world)
    for table in tables.values():
        table.insert(0, "replication", replication)
    return tables


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
    if not scenarios:
        raise InputError("nothing to compare: expected at least one scenario")
    first = next(iter(scenarios.values())).run
    settings = {
        "replications": replications or first.replications,
        "seed": first.seed if seed is None else seed,
    }
    same_luck = {
        name: s.model_copy(update={"run": s.run.model_copy(update=settings)})
        for name, s in scenarios.items()
    }
    tasks = [(name, r) for r in range(settings["replications"]) for name in same_luck]
    workers = min(workers or os.cpu_count() or 1, len(tasks))
    for scenario in same_luck.values():
        check_memory(scenario, workers)
    found = _carry_out(same_luck, tasks, workers, threads, progress)
    return Comparison(
        {
            name: Outcome(
                name,
                scenario,
                {
                    table: pd.concat(
                        [found[name, r][table] for r in range(settings["replications"])],
                        ignore_index=True,
                    )
                    for table in TABLES
                },
            )
            for name, scenario in same_luck.items()
        }
    )


def _carry_out(scenarios, tasks, workers, threads, progress) -> dict:
    found = {}
    if workers == 1:
        for task in tasks:
            found[task] = replicate(scenarios[task[0]], task[1], threads)
            if progress:
                progress(len(found), len(tasks))
        return found
    with _processes(workers) as pool:
        futures: dict[Future, tuple] = {
            pool.submit(replicate, scenarios[name], r, threads): (name, r) for name, r in tasks
        }
        try:
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                if progress:
                    progress(len(found), len(tasks))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _processes(workers: int) -> Executor:
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method))


def check_memory(scenario: Scenario, workers: int = 1) -> None:
    """Refuse, before anything starts, a portfolio that does not fit this machine's memory."""
    p, r = scenario.portfolio, scenario.run
    if p.file:
        return
    months = r.periods * r.period_days / DAYS_PER_MONTH
    needed = p.accounts * (1.0 + p.arrivals * months) * BYTES_PER_ACCOUNT * workers / 2**30
    free = _free_gib()
    if free is not None and needed > free:
        raise InputError(
            f"[portfolio] accounts = {p.accounts}: needs about {needed:,.0f} GiB with {workers} "
            f"workers, and {free:,.0f} GiB are free; expected fewer accounts or workers"
        )


def _free_gib() -> float | None:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    except (ValueError, OSError, AttributeError):
        return None
