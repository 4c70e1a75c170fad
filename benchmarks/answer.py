"""The answer: a table on the terminal, and a JSON file to compare with."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure

Groups = dict[str, list[Figure]]
Known = dict[tuple[str, str], float]


def print_table(groups: Groups, before: Known) -> None:
    """One table with the required figure beside each, and the change against an earlier run."""
    table = Table()
    table.add_column("figure", overflow="fold")
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("required", justify="right", no_wrap=True)
    if before:
        table.add_column("change", justify="right", no_wrap=True)
    for name, figures in groups.items():
        for f in figures:
            style = "red" if f.met is False else None
            change = [_change(f, before.get((name, f.key)))] if before else []
            table.add_row(f.text, f.shown, f.unit, f.required, *change, style=style)
        table.add_section()
    Console().print(table)


def _change(figure: Figure, old: float | None) -> str:
    return f"{figure.value / old - 1.0:+.0%}" if old else ""


def read(path: Path) -> Known:
    """Figures of an earlier run by benchmark and key; none if there is no such file."""
    return {
        (name, key): value
        for name, group in _document(path).items()
        for key, value in group["figures"].items()
    }


def store(path: Path, groups: Groups, machine: str, load: str) -> None:
    """Keep the figures; those of benchmarks that did not run now stay as they were."""
    now = {
        name: {"machine": machine, "load": load, "figures": {f.key: f.value for f in figures}}
        for name, figures in groups.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(sorted((_document(path) | now).items())), indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _document(path: Path) -> dict[str, dict]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
