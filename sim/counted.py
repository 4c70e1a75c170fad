"""What is counted of a seat in a period, by the loop over accounts and by the tasks."""

import numpy as np

from sim.units import BUCKETS

BY_BUCKET = {
    "cash": "cash received on overdue accounts, by bucket when it came (fen)",
    "own_cash": "the part of cash that followed a promise the collector won (fen)",
    "cures": "accounts whose arrears were cleared",
    "own_cures": "the part of cures that followed a promise the collector won",
    "worked": "attempts, by bucket of the account",
    "rolls": "accounts that rolled forward out of the bucket",
    "paid1": "payments that cleared one instalment",
    "paid2": "payments that cleared two instalments at once",
    "paid3": "payments that cleared three instalments or more at once",
}
COUNTED = {
    "due": "arrears at period start, plus arrears that fell due in the period (fen)",
    "exposure": "balance overdue at period start, plus balance that became overdue (fen)",
    "opening_due": "the part of due that was there at period start (fen)",
    "opening_exposure": "the part of exposure that was there at period start (fen)",
    "joined": "balance of the accounts that joined (fen)",
    "released": "balance of cured accounts that went back to the book (fen)",
    "queued": "overdue accounts at each choice of the collector",
    "written_off": "balance charged off (fen)",
    "bad_debt": "balance charged off, or re-aged and as late but for that (fen)",
    "discount": "arrears waived to get a payment (fen)",
    "extended_balance": "balance of accounts re-aged without payment (fen)",
    "extended": "accounts re-aged without payment",
    "parked_due": "the part of due on accounts handed back for the rest of the period (fen)",
    "parked_exposure": "the part of exposure on them (fen)",
    "cure_days": "days in spell of the cured accounts, summed",
    "entries": "accounts that became overdue",
    "relapses": "entries of accounts that had been cured in this run",
    "averted": "entries that a warning call averted",
    "attempts": "work on an account: about two dials",
    "contacts": "conversations with the right party",
    "promises": "promises to pay",
    "kept": "promises kept",
    "harsh_contacts": "conversations under pressure",
    "breaches": "attempts beyond the contact limit",
    "complaints": "complaints made",
    "surveys": "satisfaction ratings asked",
    "happy": "good ratings",
}
BY_TASK = {
    "inquiries": "customer messages received",
    "replies_in_time": "messages answered within the target time",
    "complaints_in_time": "complaints settled within the target time",
    "checked": "operations subject to the compliance rules",
    "compliant": "operations that kept the rules",
    "files_due": "files to be completed",
    "files_complete": "files that are complete",
    "entries_due": "system entries to be made",
    "entries_right": "system entries that are right",
    "risk_flags": "customers reported as risky",
    "risk_hits": "reported customers who are risky",
    "warnings": "early-warning cases raised",
    "warning_hits": "early-warning cases that were about to become overdue",
    "caught": "gaming acts proven by the audit",
}
BY_SEAT = COUNTED | BY_TASK
NAMES = (*(f"{name}_{b.lower()}" for name in BY_BUCKET for b in BUCKETS), *BY_SEAT)
COLUMN = {name: i for i, name in enumerate(NAMES)}

COUNTS = np.dtype(  # a row of counts; the type tells compiled loops the order of the columns
    [(name, np.int64, (len(BUCKETS),)) for name in BY_BUCKET]
    + [(name, np.int64) for name in BY_SEAT]
)


def as_records(counts: np.ndarray) -> np.ndarray:
    """The rows of counts (seat, column) as records, COUNTS (seat,), on the same memory."""
    return np.ndarray(len(counts), COUNTS, counts)
