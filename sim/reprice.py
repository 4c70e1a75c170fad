"""Re-pricing: what a scheme would have paid for a run that was recorded; nobody responds to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from sim.activity import Activity
from sim.curves import knots_of
from sim.payday import part_pay, settle
from sim.scheme import Memory, Scheme, Scorecard
from sim.timeline import Timeline
from sim.units import to_fen, to_yuan
from sim.world import World


@dataclass(frozen=True)
class Recorded:
    """A period's counts (seat, column) as reported, facts about the seats, who was there."""

    period: int
    counts: np.ndarray
    facts: dict[str, np.ndarray]
    worked: np.ndarray  # share of the wage that the days worked bring, (seat,)
    present: np.ndarray
    leaving: np.ndarray


@dataclass(frozen=True)
class Record:
    """What a run recorded, so that other schemes can be priced on it."""

    periods: tuple[Recorded, ...]
    warm_up: int

    @classmethod
    def of(cls, world: World) -> Self:
        """The record of a finished run."""
        full = float(to_fen(world.scenario.scheme.wage_yuan))
        periods = (
            Recorded(
                p["period"], p["record"], p["facts"],
                p["facts"]["wage"] / full if full else p["present"].astype(float),
                p["present"], p["leaving"],
            )
            for p in world.periods
        )  # fmt: skip
        return cls(tuple(periods), world.scenario.run.warm_up)


def repriced(scheme: Scheme, record: Record) -> pd.DataFrame:
    """Pay under the scheme by period and seat, with the columns of the table of seats."""
    return pd.concat([seats for _, seats in _periods(scheme, record)], ignore_index=True)


def priced(scheme: Scheme, record: Record) -> tuple[pd.Series, pd.DataFrame]:
    """Mean pay on the record, and what each indicator of the scheme's cards pays, in one pass.

    Mean pay is by column of the table of seats, per seat and counted period. The table has columns
    `component`, `indicator`, `weight`, `payout` (of seats with a collector, 1 at the target),
    `capped` (share of them at the top of the curve) and `yuan` (per seat, an empty one has 0).
    Only cards that are assessed every period and add up fixed weights say what an indicator alone
    pays.
    """
    pay, rows = [], []
    for a, seats in _periods(scheme, record):
        present = seats["present"].to_numpy()
        if seats["period"].iloc[0] >= record.warm_up:
            pay.append(seats.drop(columns=["period", "seat", "present"]).mean())
            if present.any():
                rows += [row for card in _adding(scheme) for row in _rows(card, a, present)]
    columns = ["component", "indicator", "weight", "payout", "capped", "yuan"]
    table = pd.DataFrame(rows, columns=columns).groupby(columns[:2], sort=False).mean()
    return pd.DataFrame(pay).mean(), table.reset_index()


def attainments(scheme: Scheme, record: Record) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    """Card and indicator with what the seats attained, counted period by period.

    0 where payout begins to count, 1 at the target in force; seats with a collector only.
    """
    for a, seats in _periods(scheme, record):
        present = seats["present"].to_numpy()
        if seats["period"].iloc[0] >= record.warm_up:
            for card in (c for c in scheme.pay if isinstance(c, Scorecard)):
                for key, reached in card.attainments(a).items():
                    yield (card.label, key), np.broadcast_to(reached, present.shape)[present]


def _adding(scheme: Scheme) -> list[Scorecard]:
    return [
        c for c in scheme.pay
        if isinstance(c, Scorecard) and c.every == 1 and c.combine == "sum" and not c.reweighting
    ]  # fmt: skip


def _rows(card: Scorecard, a: Activity, present: np.ndarray) -> Iterator[dict]:
    for key, payout in card.payouts(a).items():
        mine, weight = np.broadcast_to(payout, present.shape), card.weights[key]
        top = max(y for _, y in knots_of(card.curves.get(key, card.curve)))
        yield {"component": card.label, "indicator": key, "weight": weight,
               "payout": float(mine[present].mean()),
               "capped": float((mine[present] >= top).mean()),
               "yuan": card.pool_yuan * weight * float((mine * present).mean())}  # fmt: skip


def _periods(scheme: Scheme, record: Record) -> Iterator[tuple[Activity, pd.DataFrame]]:
    """Each period's activity as the scheme sees it, and what it pays."""
    seats = len(record.periods[0].present)
    timeline, number = Timeline(scheme, ()), np.zeros(seats, np.int64)
    memories: list[Memory] = [scheme.start(seats)]
    for p in record.periods:
        wage = np.rint(to_fen(scheme.wage_yuan) * p.worked)
        a = Activity.of(p.counts, p.facts | {"wage": wage})
        seen = Activity({**a.columns, **memories[0]})
        paid, memories = settle(timeline, number, memories, a, p.present)
        left, memories = part_pay(timeline, memories, p.leaving)
        parts = {name: fen + left.get(name, 0) for name, fen in paid.items()}
        incentive = sum(parts.values(), start=np.zeros(seats, np.int64))
        table = {"period": p.period, "seat": np.arange(seats), "present": p.present,
                 "wage_yuan": to_yuan(wage), "incentive_yuan": to_yuan(incentive)}  # fmt: skip
        by_part = {f"pay_{name}_yuan": to_yuan(fen) for name, fen in parts.items()}
        yield seen, pd.DataFrame(table | by_part)
