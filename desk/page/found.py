"""What a comparison found, as blocks: the result, the gaming ledgers, the collector's views."""

from collections.abc import Iterator, Mapping

import pandas as pd

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from desk.page.runs import Looked, Run
from desk.report import Dossier, findings
from desk.results import about, outcomes
from desk.words import Words, plain, short_names
from sim.indicators import INDICATORS
from sim.insight_plots import ledgers_figure, views_figure
from sim.labels import KINDS
from sim.view import by_task

MOST_TASKS = 10  # of the table beside the collector's views


def dossier(run: Run) -> Dossier:
    """The dossier of a finished comparison that was written nowhere."""
    names = short_names(list(outcomes(run.found)))
    return Dossier(None, run.found, about(run.found), names)


def result_blocks(run: Run, w: Words) -> list[Block]:
    """The findings, as the report has them."""
    return findings(dossier(run), w)


def winner_blocks(run: Run, w: Words) -> list[Block]:
    """Whose pay rises and whose falls."""
    title, figure = w.label("page", "winners title"), run.found.plot_winners(w.lang)
    told = figure.layout.title
    note = f"{told.text}{w('; ', '；')}{told.subtitle.text}"
    figure.update_layout(title=None, margin_t=20, height=420)
    return [Heading(title), Paragraph(note, note=True), Picture(figure, title)]


def ledger_blocks(looked: Looked, w: Words) -> Iterator[Block]:
    """The gaming ledgers side by side; beneath, every part of every indicator's lift."""
    title = w.label("page", "ledger title")
    yield Heading(title)
    yield Paragraph(w.label("page", "ledger note"), note=True)
    yield Picture(ledgers_figure(looked.ledgers, w.lang), title)
    for name, ledger in looked.ledgers.items():
        yield Heading(name, 3)
        yield _ledger_table(ledger, w)


def _ledger_table(ledger: pd.DataFrame, w: Words) -> Table:
    kinds = {english: kind for kind, (english, _) in KINDS.items()}
    parts = list(dict.fromkeys(ledger["part"]))
    heads = [w.label("kind", kinds[part]) for part in parts]
    return Table(
        [w("indicator", "指标"), *heads],
        [[w.named(INDICATORS[key]), *(w.worth(key, x) for x in mine["record"])]
         for key, mine in ledger.groupby("indicator", sort=False)],
    )  # fmt: skip


def view_blocks(looked: Looked, w: Words) -> Iterator[Block]:
    """The collector's views side by side; beneath, their means by task."""
    title = w.label("page", "view title")
    yield Heading(title)
    yield Paragraph(w.label("page", "view note"), note=True)
    yield Picture(views_figure(looked.views, w.lang), title)
    yield _view_table(looked.views, w)


def _view_table(views: Mapping[str, pd.DataFrame], w: Words) -> Table:
    means = {name: by_task(view) for name, view in views.items()}
    worth = pd.concat([m["yuan_per_hour"] for m in means.values()], axis=1).max(axis=1)
    tasks = worth.nlargest(MOST_TASKS).index
    heads = [w.label("page", "an hour of")]
    for name in views:
        heads += [f"{name}{w(', yuan per hour', '，元/小时')}",
                  f"{name}{w(', worth it to', '，认为值得的占比')}"]  # fmt: skip
    return Table(
        heads,
        [[w.task(task), *(cell for m in means.values() for cell in _cells(m, task, w))]
         for task in tasks],
    )  # fmt: skip


def _cells(means: pd.DataFrame, task: str, w: Words) -> tuple[str, str]:
    row = means.loc[task]
    return plain(row["yuan_per_hour"]), w.percent(round(row["worth_it"], 3))
