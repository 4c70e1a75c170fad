"""Sweeps: what a second worker adds, what the store costs, and a thousand runs."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.worlds import BASELINE, scenario
from sim import Plan, Scenario, sweep
from sim.run import worlds

SCHEMES = ("baseline", "balanced", "recovery_only", "commission_only", "flat_wage")
ACCOUNTS, SEATS, REPLICATIONS = 50_000, 125, 200  # of the thousand runs
SECOND = 250_000  # accounts whose year takes about a second
SMALL, TINY_RUNS = 2_000, 200  # accounts whose period takes as good as no time


def figures(effort: Effort) -> list[Figure]:
    """Wall-clock ratios of whole sweeps, store and processes included."""
    return [*_two_workers(effort), *_overhead(effort), _thousand(effort)]


def _two_workers(effort: Effort) -> list[Figure]:
    """Least of interleaved repetitions; each sweep starts from an empty store."""
    plan = Plan.of({"baseline": scenario(SECOND, effort.periods)}, replications=8)
    one, two = (min(times) for times in zip(*(
        (_seconds(plan, 1), _seconds(plan, 2)) for _ in range(effort.repeats)
    ), strict=True))  # fmt: skip
    return [
        Figure("sweep run", f"a run of {SECOND:,} accounts, one worker", one / 8, "s"),
        Figure("two workers", "two workers against one", one / two, "×", at_least=1.8),
    ]


def _overhead(effort: Effort) -> list[Figure]:
    """What sweeping adds to each run beyond simulating it, milliseconds.

    By the wall with one worker; and by the processor, all processes together, which a busy machine
    changes little and in which nothing is hidden by another core.
    """
    small = scenario(SMALL, 1)
    plan = Plan.of({"baseline": small}, replications=TINY_RUNS)
    swept, direct = [], []
    for _ in range(effort.repeats):
        swept.append(_swept(plan, 1))
        direct.append(_spent(lambda: _simulated(small, TINY_RUNS)))
    wall, cpu = (
        1000 * (min(mine) - min(theirs)) / TINY_RUNS
        for mine, theirs in zip(zip(*swept, strict=True), zip(*direct, strict=True), strict=True)
    )
    return [
        Figure("overhead", "a task beyond its run", wall, "ms", at_most=5),
        Figure("overhead cpu", "  processor time of all processes", cpu, "ms", at_most=5),
    ]


def _thousand(effort: Effort) -> Figure:
    """Five schemes x 200 replications of 50,000 accounts for a year, on two workers."""
    replications = REPLICATIONS if effort.whole else 4
    schemes = {name: _of(name) for name in SCHEMES}
    seconds = _seconds(Plan.of(schemes, replications=replications), 2)
    text = f"1,000 runs of {ACCOUNTS:,} accounts for a year, two workers"
    return Figure("thousand", text, seconds * REPLICATIONS / replications, "s", at_most=180)


def _of(name: str) -> Scenario:
    return Scenario.load(BASELINE.with_name(f"{name}.toml")).vary(
        portfolio={"accounts": ACCOUNTS},
        workforce={"seats": SEATS},
        run={"periods": 12, "period_days": 30},
    )


def _seconds(plan: Plan, workers: int) -> float:
    return _swept(plan, workers)[0]


def _swept(plan: Plan, workers: int) -> tuple[float, float]:
    with TemporaryDirectory() as folder:  # removing it is no part of a sweep
        return _spent(lambda: sweep(plan, Path(folder) / "store", workers=workers))


def _simulated(given: Scenario, runs: int) -> None:
    for replication in range(runs):
        list(worlds([given], replication))


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and processor seconds with those of child processes."""
    before, start = os.times(), perf_counter()
    work()
    wall = perf_counter() - start
    return wall, sum(os.times()[:4]) - sum(before[:4])
