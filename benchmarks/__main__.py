"""`python -m benchmarks`: measure everything, print one table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import compiling, growth, memory, mesa_peer, roofline, sweeping, whole_run
from benchmarks.answer import Groups, print_table, read, store, write
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.machine import load, machine
from benchmarks.worlds import warm

BENCHMARKS = {
    "whole_run": whole_run.figures,
    "roofline": roofline.figures,
    "mesa_peer": mesa_peer.figures,
    "growth": growth.figures,
    "memory": memory.figures,
    "sweeping": sweeping.figures,
    "compile": compiling.figures,
}

NAMES = ", ".join(BENCHMARKS)
Quick = Annotated[bool, typer.Option("--quick", help="Small sizes, about a minute: for CI.")]
Json = Annotated[Path | None, typer.Option("--json", help="Compare with this file, then renew it.")]
Only = Annotated[list[str] | None, typer.Option("--only", help=f"Of {NAMES}; repeatable.")]
Page = Annotated[Path | None, typer.Option("--write", help="Also write the page for the docs.")]


def main(quick: Quick = False, json: Json = None, only: Only = None, write_to: Page = None) -> None:
    """Measure every ratio the project quotes, and show it beside the required figure."""
    names = only or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise typer.BadParameter(f"--only {unknown[0]}: expected one of {NAMES}")
    file = json or Path("results") / f"benchmarks{'-quick' if quick else ''}.json"
    effort = QUICK if quick else FULL
    typer.echo(f"{machine()}; load {load()}")
    groups = measure(names, effort)
    print_table(groups, read(file))
    typer.echo(f"load {load()}; least of interleaved repetitions; kept in {file}")
    store(file, groups, machine(), load())
    if write_to:
        write(write_to, groups, machine(), load())


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
