"""`python -m benchmarks.searching`: search methods at equal calls, under one verifier.

Each method starts from today's scheme with a seed of its own and gets the same number of simulated
replications; its finalists go before the same verifier. Then the accepted designs of all methods
are simulated on held-out luck that no search or verdict has seen: the regret is against the best of
them, so it is a bound from below on the regret against the true optimum.
"""

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from optimize import Problem, load
from optimize.anchor import Anchor
from optimize.assess import assess
from optimize.evidence import Evidence
from optimize.laboratory import Simulated
from optimize.peers import PEERS
from optimize.proposal import FINALISTS, luck_for, searched
from optimize.search import search
from optimize.space import Space
from optimize.trials import Trials
from optimize.verify import verify
from sim import Scenario

HELD_OUT = 3_000_000  # first replication number of the luck that judges
METHODS = ("ours", "ours, no programs", "programs only", *PEERS)


def main(
    scenario: Annotated[Path, typer.Argument()] = Path("scenarios/baseline.toml"),
    calls: int = 300,
    seeds: int = 10,
    judged: int = 64,
    workers: int = 2,
) -> None:
    """Print regret, feasibility and time of every method."""
    today, problem = load(scenario)
    problem = problem.model_copy(update={"calls": calls})
    rows = [
        (method, *raced(today, problem, method, seed, workers))
        for seed in range(1, seeds + 1)
        for method in METHODS
    ]
    gains = judged_gains(today, problem, [row[1] for row in rows], judged, workers)
    best = max(gain for gain, _ in gains)
    both = zip(rows, gains, strict=True)
    show([(row[0], best - gain, kept, row[2]) for row, (gain, kept) in both], best)


def raced(today: Scenario, problem: Problem, method: str, seed: int, workers: int):
    """The accepted design (today's if none) and the seconds of one search."""
    luck = today.run.model_copy(update={"seed": seed})
    space = Space(today.model_copy(update={"run": luck}), problem)
    start = time.perf_counter()
    with Trials(workers) as trials:
        laboratory = Simulated(space, trials)
        if method == "ours":
            evidence = searched(space, laboratory).evidence
        else:
            evidence = Evidence(problem, laboratory, space.today, range(luck_for(problem)))
            if method in PEERS:
                PEERS[method](space, evidence, problem.calls, seed)
            else:
                programmes = method == "programs only"
                search(space, evidence, problem.calls, programmes=programmes)
        seconds = time.perf_counter() - start
        verdict = verify(problem, laboratory, space.today, evidence.finalists(FINALISTS))
    return (verdict.accepted.design if verdict.accepted else space.today), seconds


def judged_gains(today: Scenario, problem: Problem, designs, judged: int, workers: int):
    """Gain on held-out luck and whether every limit holds there on average, by design."""
    space = Space(today, problem)
    luck = range(HELD_OUT, HELD_OUT + judged)
    with Trials(workers) as trials:
        laboratory = Simulated(space, trials)
        base = laboratory.totals([(space.today, r) for r in luck])
        anchor = Anchor(laboratory.columns, base)
        out = []
        for design in designs:
            found = assess(problem, anchor, laboratory.totals([(design, r) for r in luck]), base)
            kept = all(excess.mean <= 1e-9 for excess in found.excess.values())
            out.append((found.gain.mean, kept))
    return out


def show(rows: list[tuple[str, float, bool, float]], best: float) -> None:
    """The table: medians over the seeds."""
    table = Table("method", "median regret", "in % of the best gain", "feasible", "median seconds")
    for method in METHODS:
        mine = [row for row in rows if row[0] == method]
        regret = float(np.median([row[1] for row in mine]))
        table.add_row(
            method, f"{regret:,.0f}", f"{100 * regret / abs(best):.1f}",
            f"{sum(row[2] for row in mine)} of {len(mine)}",
            f"{np.median([row[3] for row in mine]):.0f}",
        )  # fmt: skip
    Console().print(table)
    Console().print(f"best gain on held-out luck: {best:,.0f}")


if __name__ == "__main__":
    typer.run(main)
