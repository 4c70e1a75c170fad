"""What a command says on stdout: tables for people, or one JSON document for programs."""

import json
import math
import os
import re
import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.results import Ledgers, Result, about, kind, outcomes, stacked, tables
from desk.words import Words
from sim.indicators import INDICATORS
from sim.labels import KINDS
from sim.measures import MEASURES

PIPED_WIDTH = 100  # columns, where no terminal tells
MEASURE_WIDTH, MEANS_WIDTH = 28, 12  # columns that a measure's name and its means need
FEW = 5  # replications: with fewer, Student's factor alone more than triples an interval
MOST_PERCENT = 1000.0  # a larger change is one from next to nothing
INDICATOR_DIGITS = {"share": 4, "yuan": 0}  # of an indicator's unit; two for any other
ENGLISH = Words("en")
Lines = tuple[list[str], list[list[str]]]  # headings, and rows of cells
DIGITS = {measure.key: measure.digits for measure in MEASURES}


def console() -> Console:
    """Where tables go: stdout, in plain text, as wide as the terminal."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Console(width=width, markup=False, emoji=False, highlight=False)


def print_rows(headings: list[str], rows: list[list[str]]) -> None:
    """A table on stdout, its numbers to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def print_tables(result: Result) -> None:
    """Means side by side, and for each scenario but the base its paired differences."""
    paper = console()
    if kind(result) == "outcome":
        paper.print(_outcome_table(result))
        _warn_of_few(result.scenario.run.replications)
        return
    names = list(result.outcomes)
    abreast = max((paper.width - MEASURE_WIDTH) // MEANS_WIDTH, 1)
    for first in range(0, len(names), abreast):
        paper.print(_means_table(result, names[first : first + abreast]))
    for name, part in result.differences().groupby("scenario", sort=False):
        paper.print(_differences_table(name, part, result.base.name))
    for note in result.notes:
        paper.print(f"Note: {note}")
    _warn_of_few(result.base.scenario.run.replications)


def _warn_of_few(runs: int) -> None:
    if 1 < runs < FEW:
        console().print(
            f"Note: intervals of {runs} replications are rough and may leave a measure's range; "
            f"--replications {2 * FEW} narrows them"
        )


def print_ledgers(ledgers: Ledgers) -> None:
    """What each indicator's lift is made of, scenario by scenario."""
    for name, ledger in ledgers.items():
        console().print(f"{name}: what lifts each indicator over people who do not respond to pay")
        print_rows(*ledger_lines(ledger))


def json_text(result: Result, picture: Path, ledgers: Ledgers) -> str:
    """The summary, differences and ledgers with what they depend on; unknown numbers are null."""
    found = tables(result)
    document = about(result) | {"folder": str(picture.parent), "picture": str(picture)}
    for name in ("summary", "differences"):
        if name in found:
            document[name] = records(found[name])
    if ledgers:
        document["gaming"] = records(stacked(ledgers))
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def records(table: pd.DataFrame) -> list[dict]:
    """The rows of a table for a JSON document."""
    return [{key: known(cell) for key, cell in row.items()} for row in table.to_dict("records")]


def known(cell):
    """The cell for a JSON document; None for what is no number."""
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def ledger_lines(ledger: pd.DataFrame, w: Words = ENGLISH) -> Lines:
    """The parts of each indicator as printed: levels are rounded, so that the parts still sum."""
    kinds = {english: kind for kind, (english, _) in KINDS.items()}
    parts = list(dict.fromkeys(ledger["part"]))
    rows = []
    for key, mine in ledger.groupby("indicator", sort=False):
        digits = INDICATOR_DIGITS.get(INDICATORS[key].unit, 2)
        steps = mine.set_index("part")["record"]
        levels = [mine["replay"].iloc[0] + x for x in (0.0, *steps[parts[:-1]].cumsum())]
        whole = [round(level * 10**digits) for level in levels]  # in units of the last digit
        ends = [*pairwise(whole), (whole[0], whole[-1])]
        shown = [f"{(after - before) / 10**digits:+,.{digits}f}" for before, after in ends]
        truth = mine.set_index("part")["truth"][parts[-1]]
        rows.append(
            [
                w.named(INDICATORS[key]),
                f"{whole[0] / 10**digits:,.{digits}f}",
                *shown,
                f"{truth:+,.{digits}f}",
            ]
        )
    heads = [w.label("kind", kinds[part]).replace(" from a", " from\na") for part in parts]
    ends = (w("unmoved", "无反应时"), w("true lift", "真实提升"))
    return [w("indicator", "指标"), ends[0], *heads, ends[1]], rows


# ---- tables ----


def _outcome_table(result) -> Table:
    runs = result.scenario.run.replications
    table = _table(f"{result.name}: mean of {_count(runs)}", "mean", "95 % interval")
    for row in result.summary().itertuples():
        table.add_row(_label(row), number_text(row.mean, row), interval_text(row))
    return table


def _means_table(result, names: list[str]) -> Table:
    runs = result.base.scenario.run.replications
    title = f"Means of {_count(runs)} with the same luck"
    table = _table(title, *(_folded(name) for name in names))
    summaries = [outcomes(result)[name].summary() for name in names]
    for rows in zip(*(summary.itertuples() for summary in summaries), strict=True):
        table.add_row(_label(rows[0]), *(number_text(row.mean, row) for row in rows))
    return table


def _differences_table(name: str, part: pd.DataFrame, base: str) -> Table:
    title = f"{name}: paired differences from {base}"
    table = _table(title, "difference", "95 % interval", "in %", "runs if\nunpaired")
    for row in part.itertuples():
        percent = 100.0 * row.difference / abs(row.base) if row.base else math.nan
        unpaired = row.unpaired_runs
        table.add_row(
            _label(row),
            number_text(row.difference, row, "+"),
            interval_text(row, "+"),
            f"{percent:+,.1f}" if abs(percent) < MOST_PERCENT else "-",
            f"{math.ceil(unpaired):,}" if math.isfinite(unpaired) else "-",
        )
    runs = int(part["runs"].iloc[0])
    table.caption = (
        f"runs if unpaired: of each scenario, with luck of its own, for standard errors as small "
        f"as these {_count(runs)} give"
    )
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(
        "measure", title=title, title_justify="left", title_style="bold",
        caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _label(row) -> Text:
    return Text.assemble(row.meaning, (f", {row.unit}", "dim"))


def interval_text(row, sign: str = "") -> str:
    if math.isnan(row.low):
        return "-"
    return f"{number_text(row.low, row, sign)} to {number_text(row.high, row, sign)}"


def number_text(number: float, row, sign: str = "") -> str:
    if math.isnan(number):
        return "-"
    digits = DIGITS[row.measure]
    shown = round(number, digits) or 0.0  # no negative zero
    return f"{shown:{sign if shown else ''},.{digits}f}"


def _folded(name: str) -> str:
    """A name in lines of about a dozen characters, broken after its own separators."""
    lines = [""]
    for part in re.findall(r"[^\W_]{1,11}[\W_]?|[\W_]", name):
        if lines[-1] and len(lines[-1] + part) > 12:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _count(runs: int) -> str:
    return f"{runs:,} replication{'s' * (runs != 1)}"
