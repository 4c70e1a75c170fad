"""Carries out `postloan lint`: the obvious flaws of a scheme, in words."""

import json
from pathlib import Path

import typer

from desk.words import spoken
from sim import Scenario
from sim.flaws import Flaw, flaws


def point_out(path: Path, budget_yuan: float | None, lang: str, as_json: bool) -> list[Flaw]:
    """The flaws of a scenario file's scheme, after they were printed."""
    with spoken(lang) as words:
        found = flaws(Scenario.load(path), budget_yuan=budget_yuan)
    if as_json:
        rows = [{"rule": flaw.rule.key, "text": flaw.text(words.lang)} for flaw in found]
        document = {"scenario": path.stem, "flaws": rows}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return found
    for flaw in found:
        typer.echo(f"- {flaw.text(words.lang)}")
    if not found:
        typer.echo(words.label("page", "no flaw"))
    return found
