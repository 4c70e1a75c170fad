"""Carries out what a command of the optimiser asks, and writes what it found to a folder.

A folder holds `about.json`, `answer.json`, `answer.md`, Parquet tables if there are any, pictures,
and `proposed.toml` if a scheme is proposed: a scenario file that every other command takes.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tomli_w
import typer
from rich.console import Console

from desk import results
from desk.aside import aside
from desk.blocks import picture_page
from desk.scenario_text import changed_keys
from desk.study import PLACE, interruptible, scenario_names
from optimize import (
    Found,
    Glance,
    Problem,
    costing,
    explained,
    frontier,
    load,
    optimise,
    regret,
    sensitivity,
)
from sim import InputError, Scenario
from sim.run import Call

ANSWER, TEXT, PROPOSED = "answer.json", "answer.md", "proposed.toml"
NO = 1  # exit status: it ran, and the answer is no


@dataclass(frozen=True)
class Request:
    """What is common to the optimiser's commands."""

    paths: tuple[Path, ...]  # the scenario that is decided about first
    out: Path
    seed: int | None
    calls: int | None
    solver: str | None
    workers: int | None
    as_json: bool
    quiet: bool

    @property
    def state(self) -> Path:
        """Where finished replications are kept, beside the folder."""
        return self.out.with_name(f"{self.out.name}.trials.npz")


Answer = tuple[Found, Scenario | None]  # what was found, and the scheme that is proposed
Study = Callable[[Request, Scenario, Problem, Callable[[Glance], None]], Answer]


def decide(request: Request, study: Study) -> None:
    """Do the study, save and print what it found; exit status 1 if the answer is no."""
    Call.of(PLACE, seed=request.seed, workers=request.workers)
    scenario, problem = posed(request)
    results.check(request.out, _files())
    with watching(request.quiet) as watch, interruptible():
        found, proposed = study(request, scenario, problem, watch)
    save(request, found, scenario, proposed)
    if request.as_json:
        folder = {"folder": str(request.out)}
        typer.echo(json.dumps(found.document | folder, indent=2, ensure_ascii=False))
    elif not request.quiet:
        typer.echo(found.text, nl=False)
        typer.echo(f"\nWritten to {request.out}")
    if not found.yes:
        raise typer.Exit(NO)


# ---- studies ----


def best_scheme(request: Request, today: Scenario, problem: Problem, watch) -> Answer:
    """The optimiser's answer."""
    found = optimise(today, problem, workers=request.workers, state=request.state, watch=watch)
    return explained(found), found.scenario if found.better else None


def frontier_of(on: str, bounds: tuple[float, ...]) -> Study:
    def study(request: Request, today: Scenario, problem: Problem, watch) -> Answer:
        found = frontier(
            today, problem, on=on, bounds=bounds, workers=request.workers, state=request.state,
            watch=watch,
        )  # fmt: skip
        return found, None

    return study


def sensitivity_of(replications: int) -> Study:
    def study(request: Request, today: Scenario, problem: Problem, watch) -> Answer:
        schemes, proposed = candidates(request, today, problem, watch)
        found = sensitivity(
            schemes, objective=problem.objective, assumptions=problem.circumstances,
            replications=replications, workers=request.workers, state=request.state,
        )  # fmt: skip
        return found, proposed

    return study


def regret_of(replications: int) -> Study:
    def study(request: Request, today: Scenario, problem: Problem, watch) -> Answer:
        schemes, proposed = candidates(request, today, problem, watch)
        found = regret(
            schemes, objective=problem.objective, replications=replications,
            workers=request.workers, state=request.state,
        )  # fmt: skip
        return found, proposed

    return study


def costing_of(budget: float | None, draws: int) -> Study:
    def study(request: Request, today: Scenario, problem: Problem, watch) -> Answer:  # noqa: ARG001  (a study's common form)
        found = costing(
            today, budget=budget, circumstances=problem.circumstances, draws=draws,
            workers=request.workers, state=request.state,
        )  # fmt: skip
        return found, None

    return study


def candidates(
    request: Request, today: Scenario, problem: Problem, watch
) -> tuple[dict[str, Scenario], Scenario | None]:
    """Schemes by name; the optimiser's proposal if no other was given."""
    names = scenario_names(request.paths)
    if len(names) > 1:
        others = {name: Scenario.load(path) for name, path in list(names.items())[1:]}
        return {next(iter(names)): today} | others, None
    found = optimise(today, problem, workers=request.workers, state=request.state, watch=watch)
    if not found.better:
        raise InputError(
            f"{request.paths[0]}: expected a second scenario to choose from; the optimiser found "
            "nothing better than this one"
        )
    return {next(iter(names)): today, "proposed": found.scenario}, found.scenario


# ---- files ----


def posed(request: Request) -> tuple[Scenario, Problem]:
    """Scenario and problem of the file, with what the command line changes."""
    scenario, problem = load(request.paths[0])
    given = {"calls": request.calls, "solver": request.solver}
    changed = {key: value for key, value in given.items() if value is not None}
    if request.seed is not None:
        luck = scenario.run.model_copy(update={"seed": request.seed})
        scenario = scenario.model_copy(update={"run": luck})
    return scenario, problem.model_copy(update=changed)


def save(request: Request, found: Found, scenario: Scenario, proposed: Scenario | None) -> None:
    """Write the folder; it replaces an earlier one."""
    with aside(request.out) as fresh:
        fresh.mkdir(parents=True)
        about = {"made_by": results.MAKER, "kind": "decision", "scenario": scenario.digest,
                 "seed": scenario.run.seed}  # fmt: skip
        _write(fresh / "about.json", json.dumps(about, indent=2) + "\n")
        document = json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False)
        _write(fresh / ANSWER, document + "\n")
        _write(fresh / TEXT, found.text)
        for name, table in found.tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False)
        for name, figure in found.pictures.items():
            _write(fresh / f"{name}.html", picture_page(name, figure))
        if proposed is not None:
            _write(fresh / PROPOSED, proposed_text(request, scenario, proposed))


def proposed_text(request: Request, today: Scenario, proposed: Scenario) -> str:
    """The proposed scenario as a file that extends the one it was found for."""
    home = os.path.realpath(request.out)
    head = {
        "extends": Path(os.path.relpath(os.path.realpath(request.paths[0]), home)).as_posix(),
        "title": f"Proposed for {request.paths[0].name}",
    }
    return tomli_w.dumps(head | changed_keys(today, proposed))


@contextmanager
def watching(quiet: bool) -> Iterator[Callable[[Glance], None]]:
    """What to call after each round of a search; shows the incumbent to people only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return

    def show(glance: Glance) -> None:
        console.print(
            f"{glance.calls:,} of {glance.of:,} replications; best so far "
            f"{glance.gain:+,.6g} ± {glance.se:,.2g}",
            end="\r", highlight=False,
        )  # fmt: skip

    console.print("Simulating today's scheme and the first experiments", end="\r")
    yield show
    console.print(" " * min(console.width - 1, 100), end="\r")


def _files() -> frozenset[str]:
    """Names that a folder of the optimiser may hold."""
    tables = ("frontier", "tornado", "decision", "circumstances", "costing", "regret", "learning")
    pictures = ("frontier", "tornado", "costing", "regret")
    names = [f"{t}.parquet" for t in tables] + [f"{p}.html" for p in pictures]
    return frozenset({"about.json", ANSWER, TEXT, PROPOSED, *names})


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
