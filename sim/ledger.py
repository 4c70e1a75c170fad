"""Double-entry books in whole fen; a period that does not close stops the run."""

from dataclasses import dataclass, field

import pandas as pd

from sim.errors import LedgerError

RECEIVABLE, CASH, DISCOUNTS, BAD_DEBT, RECOVERED = (
    "loans receivable",
    "cash",
    "discounts",
    "bad debt",
    "recoveries after charge-off",
)
ORIGINATED, RETURNED, PAY_EXPENSE, DEFERRED, PLATFORM_EXPENSE, STAFF_EXPENSE = (
    "loans placed",
    "loans returned to the book",
    "pay expense",
    "deferred pay",
    "platform expense",
    "staff expense",
)


@dataclass
class Ledger:
    """The entries of a run; amounts are int fen."""

    entries: list[tuple] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)

    def post(self, period: int, text: str, debit: str, credit: str, fen: int) -> None:
        """Move fen from one account to another; negative amounts are posted the other way."""
        fen = int(fen)
        if fen < 0:
            debit, credit, fen = credit, debit, -fen
        if fen == 0:
            return
        self.entries.append((period, text, debit, credit, fen))
        self.balances[debit] = self.balances.get(debit, 0) + fen
        self.balances[credit] = self.balances.get(credit, 0) - fen

    def close(self, period: int, receivable_fen: int, paid_fen: int, owed_fen: int = 0) -> None:
        """Check the books against the portfolio, the pay slips and what pay is still owed.

        Raises LedgerError if debits and credits differ, if the receivable is not what the
        accounts owe, if the pay expense is not what the seats were paid and are owed, or if the
        deferred pay is not what they are owed.
        """
        for what, books, counted in (
            ("debits less credits", sum(self.balances.values()), 0),
            ("loans receivable", self.balances.get(RECEIVABLE, 0), receivable_fen),
            ("pay expense", self.balances.get(PAY_EXPENSE, 0), paid_fen + owed_fen),
            ("deferred pay", self.balances.get(DEFERRED, 0), -owed_fen),
        ):
            if books != counted:
                raise LedgerError(
                    f"period {period}: the books do not close: {what} is {books} fen "
                    f"in the ledger and {counted} fen by count"
                )

    def table(self) -> pd.DataFrame:
        """One row per entry."""
        return pd.DataFrame(self.entries, columns=["period", "entry", "debit", "credit", "fen"])
