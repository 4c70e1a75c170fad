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
from desk.words import Words, spoken
from sim import Scenario, collector_view, fairness_account, gaming_ledger
from sim.attainment import attainment_account
from sim.insight_plots import attainment_figure, fairness_figure, gaming_figure, view_figure
from sim.labels import Lang
from sim.run import Call
from sim.view import by_task


@dataclass(frozen=True)
class Insight:
    """A question about one scenario: its table, and how that is shown."""

    study: Callable[..., pd.DataFrame]
    figure: Callable[[pd.DataFrame, str, Lang], go.Figure]
    lines: Callable[[pd.DataFrame, Words], answer.Lines]


def carry_out(
    question: str, path: Path, *, settings: dict[str, int | None], workers: int | None,
    out: Path, lang: str, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Answer one of the questions about a scenario file; save and print the answer."""
    insight, picture = INSIGHTS[question], out / f"{question}.html"
    with spoken(lang) as w:
        call = Call.of(PLACE, workers=workers, **settings)
        scenario = Scenario.load(path)
        run = scenario.run.model_copy(update=call.run.model_dump(exclude_unset=True))
        scenario = scenario.model_copy(update={"run": run})
        results.check(out, {results.ABOUT, f"{question}.parquet", picture.name})
        with progress_bar(quiet) as progress, interruptible():
            table = insight.study(scenario, workers=workers, progress=progress)
    about = {"made_by": results.MAKER, "kind": question, "scenario": path.stem,
             "digest": scenario.digest, "seed": run.seed,
             "replications": run.replications}  # fmt: skip
    figure = insight.figure(table, path.stem, w.lang)
    with aside(out) as fresh:
        fresh.mkdir(parents=True)
        table.to_parquet(fresh / f"{question}.parquet", index=False)
        results.write_json(fresh / results.ABOUT, about)
        html = picture_page(f"{question}: {path.stem}", figure, w.lang)
        (fresh / picture.name).write_text(html, encoding="utf-8", newline="\n")
    if as_json:
        rows = {"folder": str(out), question: answer.records(table)}
        typer.echo(json.dumps(about | rows, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        answer.print_rows(*insight.lines(table, w))
        typer.echo(w(f"Picture: {picture}", f"图片：{picture}"))


def fairness_lines(account: pd.DataFrame, w: Words) -> answer.Lines:
    """The account's figures with their intervals."""
    rows = [
        [w.label("fairness", r.figure), w.label("fairness unit", r.unit),
         "-" if math.isnan(r.mean) else f"{r.mean:,.3f}", _interval(r, w)]
        for r in account.itertuples()
    ]  # fmt: skip
    return [w("figure", "项目"), w("unit", "单位"), w("mean", "均值"),
            w("95 % interval", "95%区间")], rows  # fmt: skip


def _interval(row, w: Words) -> str:
    return "-" if math.isnan(row.low) else f"{row.low:,.3f}{w(' to ', ' 至 ')}{row.high:,.3f}"


def view_lines(view: pd.DataFrame, w: Words) -> answer.Lines:
    """Means by task, the best paid first."""
    rows = [
        [w.task(r.Index), f"{r.yuan_per_hour:,.1f}", _percent(r.noticed), _percent(r.worth_it)]
        for r in by_task(view).itertuples()
    ]
    return [w("an hour more of", "多做一小时的工作"), w("yuan per hour", "元/小时"),
            w("noticed by", "留意到的人"), w("worth it to", "认为值得的人")], rows  # fmt: skip


def attainment_lines(account: pd.DataFrame, w: Words) -> answer.Lines:
    """Where seats stand on each curve: how many earn nothing, something, and all or more."""
    rows = []
    for (_, key), mine in account.groupby(["component", "indicator"], sort=False):
        below, above = mine["payout"] <= 0.0, mine["attainment"] >= 1.0
        cells = [mine["share"][which].sum() for which in (below, ~below & ~above, above)]
        paid = (mine["share"] * mine["payout"]).sum()
        rows.append([w.measure(key), f"{100 * mine['weight'].iloc[0]:.3g} %",
                     *(_percent(share) for share in (*cells, paid))])  # fmt: skip
    return [w("indicator", "指标"), w("weight", "权重"), w("paid nothing", "未获兑付"),
            w("below target", "未达目标"), w("target or more", "达到目标"),
            w("payout", "兑付率")], rows  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


INSIGHTS = {
    "attainment": Insight(attainment_account, attainment_figure, attainment_lines),
    "gaming": Insight(gaming_ledger, gaming_figure, answer.ledger_lines),
    "fairness": Insight(fairness_account, fairness_figure, fairness_lines),
    "view": Insight(collector_view, view_figure, view_lines),
}
