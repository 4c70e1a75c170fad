"""The evidence page: what the model was checked against, and how far to trust it."""

import math
from collections.abc import Sequence

from desk.markdown import code, table
from sim.evidence import Fact, Finding

COMMAND = "postloan validate --out docs/evidence.md"

HEAD = """\
# Evidence

Written by `{command}`; do not edit. Published figures against the model's own, as the mean over
{seeds} seeds with its 95 % interval. A fact holds if the mean lies in the published band; bands
come from the source and are not widened to let a fact hold.

{verdicts}
"""

TAIL = """\

## How each figure is measured

A published rate and a simulated one come out of the same lines of code, in `sim/panel.py` and
`sim/evidence/`: the Taiwan file, read by `sim.calibrate.read_taiwan`, gives the same panel of
accounts by month as a simulated book.

- **Month ends.** Accounts are looked at every 30 days, as lenders report them. Most that become
  overdue and repay within the month are never seen overdue. Who is seen in M1 has been late for up
  to 30 days already, so the rates of a month are not those of the model's days.
- **Rolls** follow accounts: of those in M1 at a month's end, the share in M2 a month later. The
  handbook divides this month's balance of a bucket by last month's of the one before; where
  accounts also fall back to a younger bucket, that ratio is higher.
- **Cured** means not overdue at the next month's end. The file codes one and two months late alike,
  so rates of accounts in D1-2 take M1 and M2 together.
- **Repayments** are what an account repaid in a month over its balance at the month's start. The
  model has no repayments of performing accounts: after a cure it counts nothing more.
- **Usual work.** Published rates are rates of worked portfolios, so collectors work here as usual;
  they do not respond to pay.

## What is synthetic, what is weak, what transfers

**Synthetic.** Every portfolio here is drawn. The presets are set so that these figures come out;
that they hold shows that the model can be like such a book, not that yours is. What was not aimed
at and holds all the same says more.

**Weak.** The roll rates are a regulator's worked example. The Taiwan bank is one bank in 2005,
before a card crisis; its own rolls beyond two months are lower than the handbook's (of accounts
three months late, 29 % were four months late a month later), because many paid an instalment and
fell back, so no preset can have both. The first month's collection of Chinese online loans is a
trade figure that could not be traced to a filing. Prices of claims are of claims of all ages,
most of them older than a year, and the buyer's cost and discount are assumed.

**A calibration's own test.** Fitted to April to July, half of the Taiwan accounts foretell their
August: overdue 15.3 % (seen 14.6, 1.0 point permitted); cured in the first, second and third month
of a spell 47.9, 26.4 and 18.7 % (50.3, 29.5, 24.0; two standard errors permitted); cured after two
months 39.1 % (40.6; a first-order chain 48.1); the quartiles of payments +0.3, -7.4 and -9.5 %
(15 permitted). Their form was chosen on July, foretold from April to June; but August had been seen
by those who chose, so the accounts that they have not seen are the test. Drawn again with
replacement, 15,000 accounts pass all three quartiles in 90 % of 60 draws.

**Transfers.** The order of things: hazards that fall with the length of a spell, rolls that rise
with the bucket, few large balances that hold most of the money, an economy that works through its
change. Levels do not transfer: load your own portfolio and fit your own history.
"""


def evidence_markdown(findings: Sequence[Finding], seeds: int) -> str:
    """The page of these findings."""
    columns = {
        "fact": lambda f: code(f.fact.key),
        "what is claimed": lambda f: f.fact.text,
        "source": lambda f: f.fact.source,
        "simulated": lambda f: f.fact.on,
        "unit": lambda f: f.fact.unit,
        "band": lambda f: band(f.fact),
        "mean": lambda f: shown(f.mean),
        "95 % interval": interval,
        "verdict": lambda f: f.verdict,
    }
    head = HEAD.format(command=COMMAND, seeds=seeds, verdicts=_verdicts(findings))
    return f"{head}\n{table(findings, columns)}{TAIL}"


def shown(number: float) -> str:
    """A figure to three places; a dash for none."""
    return "-" if math.isnan(number) else f"{number:.3f}"


def band(fact: Fact) -> str:
    return f"{fact.band[0]:g} to {fact.band[1]:g}"


def interval(finding: Finding) -> str:
    """`0.453 to 0.458`; a dash where a single figure has none."""
    low, high = finding.interval
    return "-" if math.isnan(low) else f"{shown(low)} to {shown(high)}"


def _verdicts(findings: Sequence[Finding]) -> str:
    """`12 hold, 1 fails: roll_m1.`"""
    fails = [f.fact.key for f in findings if f.verdict == "fails"]
    unchecked = [f.fact.key for f in findings if f.verdict == "not checked"]
    parts = [f"{sum(f.verdict == 'holds' for f in findings)} of {len(findings)} facts hold"]
    if fails:
        parts.append(f"these fail: {code(*fails)}")
    if unchecked:
        parts.append(f"not checked for want of a lender's file: {code(*unchecked)}")
    return "; ".join(parts) + "."
