"""Carries out `postloan validate`: the published facts against the model."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich import box
from rich.table import Table

from desk.answer import console, known
from desk.aside import aside, check_writable
from desk.evidence_page import band, evidence_markdown, interval, shown
from desk.progress import progress_bar
from desk.study import interruptible
from sim import InputError
from sim.evidence import FACTS, Fact, Finding, validate


def check_facts(
    keys: Sequence[str], *, seeds: int, workers: int | None, history: Path | None,
    out: Path | None, as_json: bool, quiet: bool,
) -> bool:  # fmt: skip
    """Whether none of the facts fails; prints the table and writes the page if a file is named."""
    facts = _named(keys)
    if history and not history.is_file():
        raise InputError(f"{history}: no such file; expected the lender's history")
    if out:
        check_writable(out)
    with progress_bar(quiet) as progress, interruptible():
        findings = validate(
            facts, seeds=seeds, workers=workers or os.cpu_count() or 1, history=history,
            progress=progress,
        )  # fmt: skip
    if out:
        with aside(out) as fresh:
            fresh.write_text(evidence_markdown(findings, seeds), encoding="utf-8", newline="\n")
    if as_json:
        typer.echo(_json_text(findings, seeds))
    elif not quiet:
        console().print(_table(findings, seeds))
    return all(finding.verdict != "fails" for finding in findings)


def _named(keys: Sequence[str]) -> list[Fact]:
    """The facts of these keys, in the table's order; all if none is named."""
    asked = [key.strip() for part in keys for key in part.split(",")]
    unknown = [key for key in asked if key not in FACTS]
    if unknown:
        raise InputError(f"--facts {unknown[0]}: no such fact; expected of {', '.join(FACTS)}")
    return [fact for key, fact in FACTS.items() if not asked or key in asked]


def _table(findings: Sequence[Finding], seeds: int) -> Table:
    table = Table(
        title=f"Published facts against the model, {seeds} seeds", title_justify="left",
        title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.add_column("fact", no_wrap=True)
    table.add_column("source")
    for heading in ("band", "mean", "95 % interval", "verdict"):
        table.add_column(heading, justify="right", no_wrap=True)
    for finding in findings:
        fact = finding.fact
        table.add_row(
            fact.key,
            fact.source,
            band(fact),
            shown(finding.mean),
            interval(finding),
            finding.verdict,
        )
    return table


def _json_text(findings: Sequence[Finding], seeds: int) -> str:
    """All findings; an unknown number is null."""
    rows = []
    for finding in findings:
        fact, (low, high) = finding.fact, finding.interval
        rows.append({
            "fact": fact.key, "text": fact.text, "source": fact.source, "unit": fact.unit,
            "on": fact.on, "band": list(fact.band), "mean": known(finding.mean),
            "low": known(low), "high": known(high), "figures": list(finding.figures),
            "verdict": finding.verdict,
        })  # fmt: skip
    document = {"kind": "evidence", "seeds": seeds, "findings": rows}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
