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
from typing import Any

import tomli_w
import typer
from rich.console import Console

from desk import results
from desk.aside import aside
from desk.study import check_settings, interruptible
from optimize import Glance, Problem, load
from optimize.found import Found
from sim import Scenario

ANSWER, TEXT, PROPOSED = "answer.json", "answer.md", "proposed.toml"
NO = 1  # exit status: it ran, and the answer is no


@dataclass(frozen=True)
class Request:
    """What is common to the optimiser's commands."""

    path: Path
    out: Path
    seed: int | None
    calls: int | None
    solver: str | None
    as_json: bool
    quiet: bool

    @property
    def state(self) -> Path:
        """Where finished replications are kept, beside the folder."""
        return self.out.with_name(f"{self.out.name}.trials.npz")


def decide(
    request: Request, study: Callable[[Scenario, Problem, Callable], tuple[Found, Scenario | None]]
) -> None:
    """Do the study, save and print what it found; exit status 1 if the answer is no."""
    check_settings({"seed": request.seed})
    scenario, problem = posed(request)
    results.check(request.out, _files())
    with watching(request.quiet) as watch, interruptible():
        found, proposed = study(scenario, problem, watch)
    save(request, found, scenario, proposed)
    if request.as_json:
        folder = {"folder": str(request.out)}
        typer.echo(json.dumps(found.document | folder, indent=2, ensure_ascii=False))
    elif not request.quiet:
        typer.echo(found.text, nl=False)
        typer.echo(f"\nWritten to {request.out}")
    if not found.yes:
        raise typer.Exit(NO)


def posed(request: Request) -> tuple[Scenario, Problem]:
    """Scenario and problem of the file, with what the command line changes."""
    scenario, problem = load(request.path)
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
            figure.write_html(fresh / f"{name}.html", include_plotlyjs=True)
        if proposed is not None:
            _write(fresh / PROPOSED, proposed_text(request, scenario, proposed))


def proposed_text(request: Request, today: Scenario, proposed: Scenario) -> str:
    """The proposed scenario as a file that extends the one it was found for."""
    before, after = (s.model_dump(mode="json", exclude_none=True) for s in (today, proposed))
    changed: dict[str, Any] = {
        table: {key: new for key, new in after[table].items() if new != before[table].get(key)}
        for table in after
        if isinstance(after[table], dict)
    }
    home = os.path.realpath(request.out)
    head = {
        "extends": Path(os.path.relpath(os.path.realpath(request.path), home)).as_posix(),
        "title": f"Proposed for {request.path.name}",
    }
    return tomli_w.dumps(head | {table: keys for table, keys in changed.items() if keys})


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
