"""What is known of a draft at once: its flaws, its curves, its pay on the last recorded run."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from desk.blocks import Block, Bullets, Heading, Paragraph, Picture, Table
from desk.words import Words
from sim import Scenario
from sim.curves import knots_of
from sim.flaws import flaws
from sim.insight_plots import payout_figure
from sim.labels import column_label
from sim.reprice import Record, priced
from sim.scheme import Scheme, Scorecard
from sim.shown import shown

BEYOND = 0.25  # of the target: how far a curve is drawn before and after its knots


@dataclass(frozen=True)
class Replayed:
    """A recorded run, and what today's scheme pays on it."""

    record: Record
    today: pd.Series

    @classmethod
    def of(cls, record: Record, today: Scheme) -> "Replayed":
        return cls(record, priced(today, record)[0])


@dataclass(frozen=True)
class Look:
    """A draft, with what it and its cards pay on the recorded run if there is one."""

    draft: Scenario
    run: Replayed | None
    pay: pd.Series | None
    points: pd.DataFrame | None

    @classmethod
    def at(cls, draft: Scenario, run: Replayed | None) -> "Look":
        pay, points = priced(draft.scheme, run.record) if run else (None, None)
        return cls(draft, run, pay, points)

    def flaws(self, budget_yuan: float | None, w: Words) -> list[Block]:
        """The obvious flaws of the scheme, a sentence or two for each."""
        found = [flaw.text(w.lang) for flaw in flaws(self.draft, self.points, budget_yuan)]
        said = Bullets(found) if found else Paragraph(w.label("page", "no flaw"), note=True)
        return [Heading(w.label("page", "checks title")), said]

    def blocks(self, w: Words) -> Iterator[Block]:
        """Payout curves; with a record also what each indicator and both schemes pay on it."""
        yield Heading(w.label("page", "instant title"))
        curves = _curves(self.draft.scheme, w)
        if len(curves):
            figure = payout_figure(curves, self._bars(w), w.lang)
            yield Picture(figure, w.label("page", "instant title"))
        if self.run is None:
            yield Paragraph(w.label("page", "not yet"), note=True)
            return
        yield Paragraph(w.label("page", "replayed"), note=True)
        before, after = self.run.today, self.pay
        names = list(dict.fromkeys([*before.index, *after.index]))
        yield Table(
            [w.label("page", "mean pay"), w.label("page", "today"), w.label("page", "proposed")],
            [[_pay_name(name, w), *(_yuan(pay.get(name)) for pay in (before, after))]
             for name in names],
        )  # fmt: skip

    def _bars(self, w: Words) -> pd.DataFrame:
        """What each indicator pays on the record; without one, at full attainment."""
        table = self.points
        if table is None:
            rows = [
                (key, 1.0, card.pool_yuan * weight)
                for card in self.draft.scheme.pay if isinstance(card, Scorecard)
                for key, weight in card.weights.items() if weight
            ]  # fmt: skip
            table = pd.DataFrame(rows, columns=["indicator", "payout", "yuan"])
        return table.assign(name=[w.measure(key) for key in table["indicator"]])


def _pay_name(column: str, w: Words) -> str:
    """A column of pay without its unit, which stands at the head of the table."""
    return shown(column_label(column, w.lang)).removesuffix(w(", yuan", "（元）"))


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
