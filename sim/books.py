"""Books: what a period's activity, pay and costs are in the ledger."""

import numpy as np

from sim import ledger as accounts
from sim.activity import COLUMN
from sim.ledger import Ledger
from sim.payday import Slips
from sim.units import BUCKETS


def open_books(ledger: Ledger, receivable_fen: int) -> None:
    """Post the portfolio of day 0."""
    ledger.post(0, "portfolio on day 0", accounts.RECEIVABLE, accounts.ORIGINATED, receivable_fen)


def post_accounts(ledger: Ledger, period: int, true: np.ndarray) -> None:
    """Post what happened to the accounts; `true` is counts (seat, column)."""
    total = true.sum(axis=0)

    def count(name):
        return total[COLUMN[name]]

    overdue_cash = sum(int(count(f"cash_{b.lower()}")) for b in BUCKETS[:-1])
    for text, debit, credit, fen in (
        ("accounts that joined", accounts.RECEIVABLE, accounts.ORIGINATED, count("joined")),
        ("cured accounts back to the book", accounts.RETURNED, accounts.RECEIVABLE,
         count("released")),
        ("cash from overdue accounts", accounts.CASH, accounts.RECEIVABLE, overdue_cash),
        ("discounts", accounts.DISCOUNTS, accounts.RECEIVABLE, count("discount")),
        ("charge-offs", accounts.BAD_DEBT, accounts.RECEIVABLE, count("written_off")),
        ("recoveries", accounts.CASH, accounts.RECOVERED, count("cash_m7")),
    ):  # fmt: skip
        ledger.post(period, text, debit, credit, fen)


def post_pay(ledger: Ledger, period: int, slips: Slips, owed_before: int) -> None:
    """Post wages, each component, and the change in what is owed for later."""
    ledger.post(period, "wages", accounts.PAY_EXPENSE, accounts.CASH, slips.wage.sum())
    for name, fen in slips.paid.items():
        ledger.post(period, name, accounts.PAY_EXPENSE, accounts.CASH, fen.sum())
    more = int(slips.owed.sum()) - owed_before
    ledger.post(period, "pay deferred", accounts.PAY_EXPENSE, accounts.DEFERRED, more)


def post_costs(
    ledger: Ledger, period: int, platform_fen: int, support_fen: int, hiring_fen: int
) -> None:
    """Post what the platform, the people measures and the replacing of leavers cost."""
    for text, debit, fen in (
        ("platform", accounts.PLATFORM_EXPENSE, platform_fen),
        ("training and communication", accounts.STAFF_EXPENSE, support_fen),
        ("replacing leavers", accounts.STAFF_EXPENSE, hiring_fen),
    ):
        ledger.post(period, text, debit, accounts.CASH, fen)
