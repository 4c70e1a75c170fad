"""`python -m benchmarks`: measure everything, print one table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import compiling, growth, memory, peers, readme, roofline, sweeping, whole_run
from benchmarks.answer import Groups, print_table, read, store
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.machine import load, machine
from benchmarks.worlds import warm

BENCHMARKS = {
    "whole_run": whole_run.figures,
    "roofline": roofline.figures,
    "peers": peers.figures,
    "growth": growth.figures,
    "memory": memory.figures,
    "sweeping": sweeping.figures,
    "compile": compiling.figures,
}

NAMES = ", ".join(BENCHMARKS)
Quick = Annotated[bool, typer.Option("--quick", help="Small sizes, about a minute: for CI.")]
Only = Annotated[list[str] | None, typer.Option("--only", help=f"Of {NAMES}; repeatable.")]
Json = Annotated[Path | None, typer.Option("--json", help="File that keeps the figures.")]
Against = Annotated[Path, typer.Option("--against", help="Figures to compare with.")]
Readme = Annotated[
    bool, typer.Option("--readme", help=f"Keep in {readme.FIGURES.name}, renew README's table.")
]


def main(
    quick: Quick = False, only: Only = None, json: Json = None,
    against: Against = readme.FIGURES, to_readme: Readme = False,
) -> None:  # fmt: skip
    """Measure every ratio the project quotes, and show it beside the required figure."""
    names = only or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise typer.BadParameter(f"--only {unknown[0]}: expected one of {NAMES}")
    if quick and to_readme:
        raise typer.BadParameter("--readme: expected full sizes, without --quick")
    results = Path("results") / f"benchmarks{'-quick' if quick else ''}.json"
    file = readme.FIGURES if to_readme else json or results
    before, effort = read(against), QUICK if quick else FULL
    typer.echo(f"{machine()}; load {load()}")
    groups = measure(names, effort)
    print_table(groups, before)
    typer.echo(f"load {load()}; least of interleaved repetitions; kept in {file}")
    store(file, groups, machine(), load())
    if to_readme:
        readme.renew()


def measure(names: list[str], effort: Effort) -> Groups:
    """Figures by benchmark, in the table's order."""
    console = Console(stderr=True)
    with console.status("compiling"):
        warm()
    groups = {}
    for name in [name for name in BENCHMARKS if name in names]:
        with console.status(name):
            groups[name] = BENCHMARKS[name](effort)
    return groups


if __name__ == "__main__":
    typer.run(main)
