"""Carries out `postloan sweep`: a sweep file in; a store of runs and an answer out."""

import json
import math
import re
from pathlib import Path

import pandas as pd
import typer
from rich import box
from rich.table import Table

from desk.answer import console, interval_text, number_text, records
from desk.progress import progress_bar
from desk.study import interruptible
from sim import InputError
from sim.measures import MEASURES
from sim.plan import Plan
from sim.sweep import Answer, sweep

MOST_ROWS = 30  # of the table for people
MAIN = "net_value"  # the measure of that table, where no precision names another


def carry_out(
    path: Path, *, settings: dict, workers: int | None, cluster: str | None, out: Path,
    as_json: bool, quiet: bool,
) -> bool:  # fmt: skip
    """Carry out and tell; whether every difference is known as closely as was asked."""
    plan = Plan.load(path, **settings)
    with progress_bar(quiet) as progress, interruptible():
        found = sweep(plan, out, workers=workers, cluster_address=cluster, progress=progress)
    if as_json:
        typer.echo(json_text(plan, found, out))
    elif not quiet:
        _tell(plan, found, out)
    return not found.wide


def precision_of(text: str | None) -> dict | None:
    """The table `precision` of `net_value=5000` or `net_value=1%`."""
    if text is None:
        return None
    form = re.fullmatch(r"(\w+)=([\d._]+(?:e[+-]?\d+)?)(%?)", text)
    try:
        number = float(form[2]) if form else math.nan
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise InputError(
            f"--precision {text}: expected a measure and half the width of its interval, like "
            f"{MAIN}=5000 or {MAIN}=1%"
        )
    if form[1] not in (measures := [measure.key for measure in MEASURES]):
        raise InputError(f"--precision {text}: expected one of {', '.join(measures)}")
    return {"measure": form[1]} | ({"share": number / 100} if form[3] else {"half_width": number})


def json_text(plan: Plan, found: Answer, out: Path) -> str:
    """The answer as one JSON document; an unknown number is null."""
    document = {
        "kind": "sweep",
        "sweep": found.name,
        "folder": str(out),
        "seed": plan.seed,
        "schemes": list(plan.schemes),
        "points": [dict(point) for point in plan.points],
        "runs": len(found.swept.runs),
        "carried_out": found.carried_out,
        "wide_points": list(found.wide),
        "summary": records(found.swept.summary()),
        "differences": records(found.swept.differences()),
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _tell(plan: Plan, found: Answer, out: Path) -> None:
    kept = len(found.swept.runs) - found.carried_out
    typer.echo(f"{found.carried_out:,} runs carried out, {kept:,} were in {out} before.\n")
    key = plan.precision.measure if plan.precision else MAIN
    measure = next(m for m in MEASURES if m.key == key)
    several = len(plan.schemes) > 1
    rows = found.swept.differences() if several else found.swept.summary()
    rows = rows[rows["measure"] == key]
    title = f"{measure.en}, {measure.unit}"
    title += f": paired differences from {plan.schemes[0]}" if several else ": means"
    screen = console()
    screen.print(_table(title, rows[:MOST_ROWS], plan, several))
    if len(rows) > MOST_ROWS:
        screen.print(f"… and {len(rows) - MOST_ROWS:,} more.")
    screen.print(f"All measures: postloan results {out}")


def _table(title: str, rows: pd.DataFrame, plan: Plan, several: bool) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    varied = list(plan.points[0])
    for heading in [*(key.replace(".", ".\n") for key in varied), "scheme"]:
        table.add_column(heading)
    for heading in ["mean", *(["difference"] if several else []), "95 % interval", "runs"]:
        table.add_column(heading, justify="right", no_wrap=True)
    if several:
        table.add_column("variance\nreduction", justify="right")
        table.caption = "variance reduction: times as many runs would be needed without same luck"
    for _, row in rows.iterrows():
        sign = "+" if several else ""
        cells = [*(_short(row[key]) for key in varied), row.scheme, number_text(row["mean"], row)]
        cells += [number_text(row.difference, row, "+")] if several else []
        cells += [interval_text(row, sign), f"{row.runs:,}"]
        cells += [_factor(row.variance_reduction)] if several else []
        table.add_row(*cells)
    return table


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _factor(reduction: float) -> str:
    return f"{reduction:.2g} ×" if math.isfinite(reduction) else "-"
