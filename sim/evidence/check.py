"""Checks facts: their figures over seeds, with a 95 % interval, against the published bands."""

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from sim.evidence.fact import Fact
from sim.run import Progress, processes


@dataclass(frozen=True)
class Finding:
    """A fact, and the model's figure under each seed; no figure if it was not checked."""

    fact: Fact
    figures: tuple[float, ...]

    @property
    def mean(self) -> float:
        return float(np.mean(self.figures)) if self.figures else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean over seeds (Student); not a number from one figure."""
        n = len(self.figures)
        if n < 2:
            return float("nan"), float("nan")
        half = student.ppf(0.975, n - 1) * np.std(self.figures, ddof=1) / np.sqrt(n)
        return self.mean - half, self.mean + half

    @property
    def verdict(self) -> str:
        """Whether the mean lies in the published band."""
        if not self.figures:
            return "not checked"
        low, high = self.fact.band
        return "holds" if low <= self.mean <= high else "fails"


def validate(
    facts: Sequence[Fact],
    *,
    seeds: int = 20,
    workers: int = 1,
    history: Path | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """The findings, in the order of the facts. Facts of a lender's file need that file, once."""
    tasks = {}
    for fact in facts:
        for case in _cases(fact, seeds, history):
            tasks.setdefault((fact.watch, case), []).append(fact)
    found = _carry_out(tasks, workers, progress)
    return [
        Finding(fact, tuple(found[fact.key, case] for case in _cases(fact, seeds, history)))
        for fact in facts
    ]


def _cases(fact: Fact, seeds: int, history: Path | None) -> Sequence[Any]:
    """What the fact is watched on: the seeds 1, 2, …, or the lender's file."""
    if fact.of_file:
        return [history] if history else []
    return range(1, seeds + 1)


def _carry_out(tasks, workers: int, progress: Progress | None) -> dict[tuple[str, Any], float]:
    """Figures by fact and case."""
    done = {}

    def note(task, figures) -> None:
        done[task] = figures
        if progress:
            progress(len(done), len(tasks))

    jobs = {task: [fact.measure for fact in facts] for task, facts in tasks.items()}
    if workers == 1:
        for task, measures in jobs.items():
            note(task, _figures(*task, measures))
    elif jobs:
        with processes(min(workers, len(jobs))) as pool:
            futures = {pool.submit(_figures, *task, job): task for task, job in jobs.items()}
            try:
                for future in as_completed(futures):
                    note(futures[future], future.result())
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return {
        (fact.key, task[1]): figure
        for task, facts in tasks.items()
        for fact, figure in zip(facts, done[task], strict=True)
    }


def _figures(watch: Callable[[Any], Any], case: Any, measures: list[Callable]) -> list[float]:
    seen = watch(case)
    return [float(measure(seen)) for measure in measures]
