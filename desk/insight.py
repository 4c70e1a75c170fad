"""Carries out the commands that explain a scheme: `attainment`, `gaming`, `fairness`, `view`."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import typer

from desk import answer, results
from desk.aside import aside
from desk.blocks import picture_page
from desk.progress import progress_bar
from desk.study import PLACE, interruptible
from sim import Scenario, collector_view, fairness_account, gaming_ledger
from sim.attainment import attainment_account
from sim.insight_plots import attainment_figure, fairness_figure, gaming_figure, view_figure
from sim.run import Call
from sim.view import by_task


@dataclass(frozen=True)
class Insight:
    """A question about one scenario: its table, and how that is shown."""

    study: Callable[..., pd.DataFrame]
    figure: Callable[[pd.DataFrame, str], go.Figure]
    lines: Callable[[pd.DataFrame], tuple[list[str], list[list[str]]]]


def carry_out(
    question: str, path: Path, *, settings: dict[str, int | None], workers: int | None,
    out: Path, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Answer one of the questions about a scenario file; save and print the answer."""
    insight, picture = INSIGHTS[question], f"{question}.html"
    call = Call.of(PLACE, workers=workers, **settings)
    scenario = Scenario.load(path)
    run = scenario.run.model_copy(update=call.run.model_dump(exclude_unset=True))
    scenario = scenario.model_copy(update={"run": run})
    results.check(out, {results.ABOUT, f"{question}.parquet", picture})
    with progress_bar(quiet) as progress, interruptible():
        table = insight.study(scenario, workers=workers, progress=progress)
    about = {"made_by": results.MAKER, "kind": question, "scenario": path.stem,
             "digest": scenario.digest, "seed": run.seed,
             "replications": run.replications}  # fmt: skip
    with aside(out) as fresh:
        fresh.mkdir(parents=True)
        table.to_parquet(fresh / f"{question}.parquet", index=False)
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        (fresh / results.ABOUT).write_text(text, encoding="utf-8", newline="\n")
        html = picture_page(f"{question}: {path.stem}", insight.figure(table, path.stem))
        (fresh / picture).write_text(html, encoding="utf-8", newline="\n")
    if as_json:
        rows = {"folder": str(out), question: answer.records(table)}
        typer.echo(json.dumps(about | rows, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        answer.print_rows(*insight.lines(table))
        typer.echo(f"Picture: {out / picture}")


def fairness_lines(account: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """The account's figures with their intervals."""
    rows = [
        [r.meaning, r.unit, "-" if math.isnan(r.mean) else f"{r.mean:,.3f}", _interval(r)]
        for r in account.itertuples()
    ]
    return ["figure", "unit", "mean", "95 % interval"], rows


def _interval(row) -> str:
    return "-" if math.isnan(row.low) else f"{row.low:,.3f} to {row.high:,.3f}"


def view_lines(view: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Means by task, the best paid first."""
    rows = [
        [
            r.Index,
            f"{r.yuan_per_hour:,.1f}",
            f"{100 * r.noticed:.0f} %",
            f"{100 * r.worth_it:.0f} %",
        ]
        for r in by_task(view).itertuples()
    ]
    return ["task", "yuan per hour", "noticed", "worth it"], rows


def attainment_lines(account: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Where seats stand on each curve: how many earn nothing, something, and all or more."""
    rows = []
    for (_, key), mine in account.groupby(["component", "indicator"], sort=False):
        below, above = mine["payout"] <= 0.0, mine["attainment"] >= 1.0
        cells = [mine["share"][which].sum() for which in (below, ~below & ~above, above)]
        paid = (mine["share"] * mine["payout"]).sum()
        rows.append([key.replace("_", " "), f"{100 * mine['weight'].iloc[0]:.3g} %",
                     *(f"{100 * share:.0f} %" for share in (*cells, paid))])  # fmt: skip
    return ["indicator", "weight", "paid nothing", "below target", "target or more", "payout"], rows


INSIGHTS = {
    "attainment": Insight(attainment_account, attainment_figure, attainment_lines),
    "gaming": Insight(gaming_ledger, gaming_figure, answer.ledger_lines),
    "fairness": Insight(fairness_account, fairness_figure, fairness_lines),
    "view": Insight(collector_view, view_figure, view_lines),
}
