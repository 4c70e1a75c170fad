"""The columns of the lender's account file, and what must hold between them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.units import FEN_PER_YUAN

_PERMITTED = {  # by unit
    "text": "text of {} to {} characters",
    "yuan": "yuan from {} to {}",
    "days": "whole days from {} to {}",
    "day": "a whole day from {} to {}",
    "share": "a share from {} to {}",
    "fen": "whole fen from {} to {}",
    "hours": "hours from {} to {}",
    "number": "a number from {} to {}",
    "count": "a whole number from {} to {}",
    "month": "a month like 2026-01, or its number from {} to {}",
    "status": "M{} to M{}, the months past due",
}
STEPS = {  # values are whole multiples of 1 / steps
    "yuan": FEN_PER_YUAN,
    "fen": 1,
    "days": 1,
    "day": 1,
    "count": 1,
    "status": 1,
}


@dataclass(frozen=True)
class Column:
    """A column of the lender's file; `default` fills empty cells: a number or another column."""

    name: str
    unit: str
    required: bool
    meaning: str
    low: float
    high: float
    default: float | str = math.nan

    @property
    def permitted(self) -> str:
        """The permitted range in words: `yuan from 0.01 to 1,000,000,000`."""
        return _PERMITTED[self.unit].format(f"{self.low:,.10g}", f"{self.high:,.10g}")

    def fits(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is permitted; NaN is not."""
        fits = (numbers >= self.low) & (numbers <= self.high)
        if steps := STEPS.get(self.unit):
            fits &= np.rint(numbers * steps) / steps == numbers
        return fits


@dataclass(frozen=True)
class Rule:
    """What a column must be beside another one; rows where either is empty keep it."""

    column: str
    other: str
    expected: str
    broken: Callable[[np.ndarray, np.ndarray], np.ndarray]


SCHEMA = (
    Column("account_id", "text", True, "the account's name, given once", 1, 200),
    Column("seat", "text", True, "name of the seat in whose queue the account is", 1, 200),
    Column("balance_yuan", "yuan", True, "what is owed in all, whole fen", 0.01, 1e9),
    Column("instalment_yuan", "yuan", True, "what falls due each 30 days, whole fen", 0.01, 1e9),
    Column(
        "days_past_due",
        "days",
        True,
        "days since the oldest unpaid instalment fell due, 0 if none is unpaid",
        0,
        3000,
    ),
    Column(
        "arrears_yuan",
        "yuan",
        False,
        "the overdue part of the balance, whole fen; if empty, the missed instalments",
        0,
        1e9,
    ),
    Column(
        "days_in_spell",
        "days",
        False,
        "days since the account last became overdue; if empty, days_past_due",
        0,
        3000,
        "days_past_due",
    ),
    Column(
        "arrival_day",
        "day",
        False,
        "day of the run on which the account joins; if empty, 0",
        0,
        3000,
        0,
    ),
    Column(
        "reach",
        "share",
        False,
        "chance that an attempt meets the right party; if empty, the scenario's mean",
        0,
        1,
    ),
    Column(
        "product",
        "text",
        False,
        "the product of the seat's queue, the same in all its rows; if empty, it has no name",
        1,
        200,
    ),
)

RULES = (
    Rule("instalment_yuan", "balance_yuan", "at most balance_yuan", np.greater),
    Rule("arrears_yuan", "balance_yuan", "at most balance_yuan", np.greater),
    Rule(
        "arrears_yuan",
        "days_past_due",
        "0 or empty where days_past_due is 0",
        lambda arrears, late: (late == 0) & (arrears > 0),
    ),
    Rule(
        "arrears_yuan",
        "days_past_due",
        "above 0 or empty where days_past_due is above 0",
        lambda arrears, late: (late > 0) & (arrears == 0),
    ),
    Rule(
        "days_in_spell",
        "days_past_due",
        "0 or empty where days_past_due is 0",
        lambda spell, late: (late == 0) & (spell > 0),
    ),
    Rule("days_in_spell", "days_past_due", "at least days_past_due", np.less),
)

NAMES = tuple(column.name for column in SCHEMA)


def schema_markdown() -> str:
    """SCHEMA as a Markdown table, a line per column of the file."""
    lines = ["| column | unit | required | permitted | meaning |", "|---|---|---|---|---|"]
    for column in SCHEMA:
        rules = [rule.expected for rule in RULES if rule.column == column.name]
        cells = (
            f"`{column.name}`",
            column.unit,
            "yes" if column.required else "no",
            "; ".join([column.permitted, *rules]),
            column.meaning,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
