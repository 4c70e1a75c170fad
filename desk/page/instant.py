"""What is known of a draft at once: its curves, and its pay on the run that was recorded last."""

from collections.abc import Iterator

import pandas as pd

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from desk.words import Words
from sim import Scenario
from sim.curves import knots_of
from sim.insight_plots import payout_figure
from sim.labels import column_label
from sim.reprice import Record, card_points, repriced
from sim.scheme import Scheme, Scorecard
from sim.shown import shown

BEYOND = 0.25  # of the target: how far a curve is drawn before and after its knots


def instant_blocks(
    today: Scenario, draft: Scenario, record: Record | None, w: Words
) -> Iterator[Block]:
    """Payout curves; with a record also what each indicator and both schemes pay on it."""
    yield Heading(w.label("page", "at once"))
    curves = _curves(draft.scheme, w)
    if len(curves):
        points = _points(draft.scheme, record, w)
        yield Picture(payout_figure(curves, points, w.lang), w.label("page", "at once"))
    if record is None:
        yield Paragraph(w.label("page", "not yet"), note=True)
        return
    yield Paragraph(w.label("page", "replayed"), note=True)
    before, after = replayed(today.scheme, record), replayed(draft.scheme, record)
    names = list(dict.fromkeys([*before.index, *after.index]))
    yield Table(
        [w.label("page", "mean pay"), w.label("page", "today"), w.label("page", "proposed")],
        [[shown(column_label(name, w.lang)), *(_yuan(pay.get(name)) for pay in (before, after))]
         for name in names],
    )  # fmt: skip


def replayed(scheme: Scheme, record: Record) -> pd.Series:
    """Mean pay by column of the table of seats, yuan per seat and counted period."""
    seats = repriced(scheme, record)
    counted = seats[seats["period"] >= record.warm_up]
    return counted.drop(columns=["period", "seat", "present"]).mean()


def _yuan(mean: float | None) -> str:
    return "-" if mean is None else f"{round(mean) or 0:,}"


def _curves(scheme: Scheme, w: Words) -> pd.DataFrame:
    """Every curve of the scheme's cards, with the names of what it holds for."""
    lines: dict[tuple, list[str]] = {}
    for card in (c for c in scheme.pay if isinstance(c, Scorecard)):
        for key in (key for key, weight in card.weights.items() if weight):
            lines.setdefault(knots_of(card.curves.get(key, card.curve)), []).append(w.measure(key))
    parts = []
    for number, (knots, names) in enumerate(lines.items(), start=1):
        (first, low), (last, high) = knots[0], knots[-1]
        line = [(first - BEYOND, low), *knots, (last + BEYOND, high)]
        held = names[0] if len(names) == 1 else w(f"curve {number}", f"曲线{number}")
        parts.append(pd.DataFrame(line, columns=["attainment", "payout"]).assign(name=held))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _points(scheme: Scheme, record: Record | None, w: Words) -> pd.DataFrame:
    """What each indicator pays on the record; without one, at full attainment."""
    if record is not None:
        table = card_points(scheme, record)
    else:
        rows = [
            (key, 1.0, card.pool_yuan * weight)
            for card in scheme.pay if isinstance(card, Scorecard)
            for key, weight in card.weights.items() if weight
        ]  # fmt: skip
        table = pd.DataFrame(rows, columns=["indicator", "payout", "yuan"])
    return table.assign(name=[w.measure(key) for key in table["indicator"]])
