"""Carries out `postloan lint`: the obvious flaws of a scheme, in words."""

import json
from pathlib import Path

import typer

from desk.words import Words
from sim import InputError, Scenario
from sim.flaws import Flaw, flaws
from sim.labels import LANGS


def point_out(path: Path, budget_yuan: float | None, lang: str, as_json: bool) -> list[Flaw]:
    """The flaws of a scenario file's scheme, after they were printed."""
    if lang not in LANGS:
        raise InputError(f"--lang {lang[:60]}: expected one of {', '.join(LANGS)}")
    found = flaws(Scenario.load(path), budget_yuan=budget_yuan)
    if as_json:
        rows = [{"rule": flaw.rule.key, "text": flaw.text(lang)} for flaw in found]
        document = {"scenario": path.stem, "flaws": rows}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return found
    for flaw in found:
        typer.echo(f"- {flaw.text(lang)}")
    if not found:
        typer.echo(Words(lang).label("page", "no flaw"))
    return found
