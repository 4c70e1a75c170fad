"""Carries out `postloan backtest`: a lender's history re-priced, as tables and on stdout."""

import json
from pathlib import Path

import pandas as pd
import typer

from desk import answer, results
from desk.aside import aside
from sim import Scenario
from sim.backtest import Backtest, backtest
from sim.history import read_history
from sim.units import to_yuan

MOST_SHOWN = 20  # differences; the file has all
FILES = ("lines", "differences", "totals")
OURS = {results.ABOUT, *(f"{name}.csv" for name in FILES)}
FIGURES = ("recorded", "repriced", "difference")


def carry_out(path: Path, scheme: Path, out: Path, as_json: bool, quiet: bool) -> None:
    """Re-price a history under the scheme of a scenario file; save and print what came out."""
    scenario = Scenario.load(scheme)
    results.check(out, OURS)
    history = read_history(path)
    found = backtest(history, scenario.scheme, scenario.change)
    tables = {name: in_yuan(getattr(found, name)) for name in FILES}
    about = {"made_by": results.MAKER, "kind": "backtest", "history": path.name,
             "scheme": scheme.stem, "notes": list(history.notes), **sums(found)}  # fmt: skip
    with aside(out) as fresh:
        fresh.mkdir(parents=True)
        for name, table in tables.items():
            table.to_csv(fresh / f"{name}.csv", index=False, lineterminator="\n")
        results.write_json(fresh / results.ABOUT, about)
    if as_json:
        rows = {name: answer.records(tables[name]) for name in ("totals", "differences")}
        document = about | {"folder": str(out)} | rows
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        _tell(tables, about)
        typer.echo(f"Written: {out}")


def in_yuan(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns of fen in yuan, named so."""
    fen = [name for name in table if name.endswith("_fen")]
    yuan = {name: f"{name.removesuffix('_fen')}_yuan" for name in fen}
    return table.assign(**{name: to_yuan(table[name]) for name in fen}).rename(columns=yuan)


def sums(found: Backtest) -> dict[str, float | int]:
    """The whole back-test in a few figures."""
    return {
        **{f"{name}_yuan": float(to_yuan(found.lines[f"{name}_fen"].sum())) for name in FIGURES},
        "lines": len(found.lines),
        "lines_that_differ": len(found.differences),
    }


def _tell(tables: dict[str, pd.DataFrame], about: dict) -> None:
    """Totals by month, then who differs most."""
    totals, differences = tables["totals"], tables["differences"]
    heads = ["recorded yuan", "re-priced yuan", "difference"]
    rows = [[str(row["month"]), *_figures(row), str(row["lines_that_differ"])]
            for row in totals.to_dict("records")]  # fmt: skip
    rows.append(["all", *_figures(about), str(about["lines_that_differ"])])
    answer.print_rows(["month", *heads, "lines that differ"], rows)
    if len(differences):
        shown = differences.head(MOST_SHOWN).to_dict("records")
        rows = [[row["collector"], str(row["month"]), *_figures(row)] for row in shown]
        answer.print_rows(["collector", "month", *heads], rows)
    if len(differences) > MOST_SHOWN:
        typer.echo(f"… and {len(differences) - MOST_SHOWN:,} more in differences.csv")
    for note in about["notes"]:
        typer.echo(f"Note: {note}")


def _figures(row: dict) -> list[str]:
    recorded, repriced, difference = (row[f"{name}_yuan"] for name in FIGURES)
    return [f"{recorded:,.2f}", f"{repriced:,.2f}", f"{difference:+,.2f}"]
