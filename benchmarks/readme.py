"""The README's table of speed, made of the figures kept beside this file.

`python -m benchmarks.readme` renews it, and with `--check` says whether it is up to date.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answer import Known, read

FIGURES = Path(__file__).with_name("figures.json")
README = Path(__file__).resolve().parent.parent / "README.md"
HEAD = "| | measured | aim |\n|---|---|---|\n"
UNKNOWN = "not measured yet"


@dataclass(frozen=True)
class Row:
    """A line of the table: a figure by benchmark and key, and how it is told."""

    benchmark: str
    key: str
    text: str
    form: str
    aim: str = ""

    def told(self, known: Known) -> str:
        value = known.get((self.benchmark, self.key))
        shown = UNKNOWN if value is None else self.form.format(value)
        return f"| {self.text} | {shown} | {self.aim} |\n"


ROWS = (
    Row("whole_run", "year",
        "a million accounts for a year, 2,500 seats, all decisions and pay", "{:.1f} s", "10 s"),
    Row("whole_run", "live rate",
        "live account-days per second, whole run", "{:.0f} million", "100 million"),
    Row("memory", "many seconds",
        "ten million accounts for a year, drawing included, one thread", "{:.0f} s", "60 s"),
    Row("memory", "many GiB", "its memory at the peak", "{:.1f} GiB", "4 GiB"),
    Row("sweeping", "two workers", "two workers against one", "{:.2f} ×", "1.8 ×"),
    Row("sweeping", "overhead", "a task of a sweep beyond its run", "{:.1f} ms", "5 ms"),
    Row("sweeping", "thousand",
        "1,000 runs of 50,000 accounts for a year, two workers", "{:.0f} s", "180 s"),
    Row("roofline", "run / records",
        "whole run against a loop that draws for, reads and writes each account's 64 bytes once a "
        "day", "{:.1f} ×", "10 ×"),
    Row("roofline", "run / columns",
        "the same against 11 bytes an account, too few for balances, which the compiler vectorises",
        "{:.1f} ×", "10 ×"),
    Row("peers", "tutorial / same",
        "Mesa with one agent per account as its tutorial has it, same work, against our loop",
        "{:.0f} ×", "300 ×"),
    Row("peers", "lean / same",
        "the same written leanly: no shuffling, Python's own generator", "{:.0f} ×"),
    Row("peers", "agentpy / same", "the same in agentpy", "{:.0f} ×"),
    Row("peers", "numpy / same", "the same in NumPy, a pass over columns each day", "{:.0f} ×"),
    Row("memory", "hot bytes", "hot state", "{:.0f} bytes an account", "200"),
    Row("growth", "accounts",
        "cost per account-day from 10,000 accounts to a million, dearest to cheapest", "{:.1f} ×",
        "1.5 ×"),
    Row("growth", "seats", "whole run with 16 times as many seats", "{:.1f} ×"),
    Row("growth", "periods", "cost per account-day, one period to twelve", "{:.1f} ×"),
    Row("growth", "schemes", "a run among five schemes of one comparison to a run of one",
        "{:.2f} ×"),
)  # fmt: skip


def table() -> str:
    """The table in Markdown."""
    known = read(FIGURES)
    return HEAD + "".join(row.told(known) for row in ROWS)


def renewed(page: str) -> str:
    """The page with the table as the figures have it."""
    return re.sub(re.escape(HEAD) + r"(\|.*\n)*", lambda _: table(), page)


def renew() -> None:
    """Write the table into the README."""
    README.write_text(renewed(README.read_text("utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        renew()
    elif (page := README.read_text("utf-8")) != renewed(page) or HEAD not in page:
        sys.exit(f"{README.name}: expected the figures of {FIGURES.name}: {__doc__}")
