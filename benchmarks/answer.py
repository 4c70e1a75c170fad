"""The answer: a table on the terminal, a JSON file to compare with, and a page for the docs."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure

Groups = dict[str, list[Figure]]
HOW = """\
One command makes this page: `python -m benchmarks --write docs/speed.md`. What each figure
means and how it is measured is in [benchmarks/README.md](../benchmarks/README.md). Seconds are
those of one thread after compilation, the least of interleaved repetitions; ratios compare times
taken in the same run."""


def print_table(groups: Groups, before: dict[str, float]) -> None:
    """One table with the required figure beside each, and the change against an earlier run."""
    table = Table()
    table.add_column("figure", overflow="fold")
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("required", justify="right", no_wrap=True)
    if before:
        table.add_column("change", justify="right", no_wrap=True)
    for figures in groups.values():
        for f in figures:
            style = "red" if f.met is False else None
            cells = [f.text, f.shown, f.unit, f.required]
            table.add_row(*cells, *([_change(f, before)] if before else []), style=style)
        table.add_section()
    Console().print(table)


def _change(figure: Figure, before: dict[str, float]) -> str:
    old = before.get(figure.key)
    return f"{figure.value / old - 1.0:+.0%}" if old else ""


def read(path: Path) -> dict[str, float]:
    """Figures of an earlier run by key; none if there is no such file."""
    return json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}


def store(path: Path, groups: Groups, machine: str, load: str) -> None:
    """Keep the figures; those of benchmarks that did not run now stay as they were."""
    now = {f.key: f.value for figures in groups.values() for f in figures}
    document = {"machine": machine, "load": load, "figures": read(path) | now}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def write(path: Path, groups: Groups, machine: str, load: str) -> None:
    """The page for the docs."""
    lines = ["# Speed", "", HOW, "", f"Measured on {machine}; load {load}.", ""]
    for name, figures in groups.items():
        lines += [f"## {name.replace('_', ' ')}", ""]
        lines += ["| figure | measured | unit | required | met |", "|---|---:|---|---:|---|"]
        lines += [_row(f) for f in figures] + [""]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _row(f: Figure) -> str:
    met = {True: "yes", False: "**no**", None: ""}[f.met]
    return f"| {f.text.strip()} | {f.shown} | {f.unit} | {f.required} | {met} |"
