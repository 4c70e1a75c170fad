"""Profit and loss of a scheme: what it brings and costs the lender, line by line, in whole fen."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.interval import interval

NET_CASH, NET_VALUE = "net cash", "net value"


@dataclass(frozen=True)
class Line:
    """A column of the table of periods that counts for or against the lender."""

    column: str
    words: str
    sign: int


LINES = (
    Line("cash_yuan", "cash from overdue accounts", 1),
    Line("late_cash_yuan", "recovered after charge-off", 1),
    Line("wage_yuan", "wages", -1),
    Line("incentive_yuan", "incentive pay", -1),
    Line("deferred_yuan", "incentive pay earned, paid later", -1),
    Line("discount_yuan", "discounts", -1),
    Line("harm_yuan", "harm: complaints", -1),
    Line("turnover_yuan", "replacing leavers", -1),
    Line("platform_yuan", "platform", -1),
    Line("support_yuan", "training and communication", -1),
)  # together net cash
CREDIT = (
    Line("cash_yuan", "balances repaid: the lender's own money", -1),
    Line("written_off_yuan", "charge-offs", -1),
    Line("expected_loss_yuan", "rise of expected losses", -1),
)  # what the book is worth less; with net cash together net value


def net_fen(period: Mapping[str, float]) -> tuple[int, int]:
    """Net cash and net value of a period, from its row of the table of periods."""
    cash, credit = (sum(_fen(line, period) for line in lines) for lines in (LINES, CREDIT))
    return cash, cash + credit


def profit_and_loss(periods: pd.DataFrame) -> pd.DataFrame:
    """Lines and their sums: fen of all replications and periods given, and yuan per period.

    `periods` is that table of an outcome, counted periods only. The parts above a sum add up to it
    exactly in `fen`; `mean`, `low` and `high` are yuan per period over the replications.
    """
    cash, credit = ([(x.words, "part", _fen(x, periods)) for x in ls] for ls in (LINES, CREDIT))
    net_cash = sum(fen for *_, fen in cash)
    net_value = net_cash + sum(fen for *_, fen in credit)
    rows = [*cash, (NET_CASH, "sum", net_cash), *credit, (NET_VALUE, "sum", net_value)]
    return pd.DataFrame([
        {"line": words, "kind": kind, "fen": int(fen.sum())} | _per_period(fen, periods)
        for words, kind, fen in rows
    ])  # fmt: skip


def _fen(line: Line, table):
    """Signed whole fen of a line; yuan with two decimals give back their fen exactly."""
    return line.sign * np.rint(100.0 * table[line.column]).astype(np.int64)


def _per_period(fen: pd.Series, periods: pd.DataFrame) -> dict[str, float]:
    means = fen.groupby(periods["replication"]).mean().to_numpy() / 100.0
    mean, low, high = interval(means)
    return {"mean": mean, "low": low, "high": high}
