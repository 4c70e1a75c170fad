"""Re-aging without payment hides a loss: it makes none smaller, and none later, in the measures."""

import numpy as np
import pytest

from sim import compare
from sim.records import CURED, HISTORIES

SILENT = {"name": "silent", "share": 1, "entry": 0, "repay_m1": 0, "repay_later": 0, "fade": 1,
          "payment": 0.2, "payment_spread": 0, "promise": 0, "promise_fade": 1,
          "keep": 0}  # fmt: skip
PROMPT = SILENT | {"repay_m1": 1}  # pays whatever is due as soon as it is one instalment
LOSSES = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0]
RE_AGE = {"kind": "scorecard", "pool_yuan": 100_000, "weights": {"bad_debt_reduction": 1.0},
          "curve": [[-9, -9], [9, 9]]}  # fmt: skip

PAID = {"wage_yuan": 4000, "pay": [RE_AGE]}


@pytest.fixture(scope="module")
def book(tiny):
    """A book that is late by five or six months, and that nobody joins or leaves."""
    return tiny.vary(
        portfolio={"accounts": 600, "overdue": 1.0, "arrivals": 0.0,
                   "buckets": [0, 0, 0, 0, 0.5, 0.5, 0]},
        borrowers={"types": [SILENT], "after_charge_off": 0.0, "sold_after_days": 1000},
        workforce={"quits_per_year": 0.0, "integrity_yuan": 0.0},
        platform={"audited": 0.0, "penalty_yuan": 0.0},
        conduct={"expected_loss": LOSSES},
        scheme={"wage_yuan": 4000, "pay": []},
    )  # fmt: skip


@pytest.fixture(scope="module")
def two_ways(book):
    """The periods' sums of accounts that pay nothing, under a wage and under pay for re-aging."""
    usual = book.vary(run={"periods": 8, "replications": 1})
    outcomes = compare({"usual": usual, "re-aged": usual.vary(scheme=PAID)}).outcomes
    return [outcome.periods.sum() for outcome in outcomes.values()]


def test_it_leaves_the_credit_loss_where_it_was(two_ways):
    usual, re_aged = (s["written_off_yuan"] + s["expected_loss_yuan"] for s in two_ways)
    assert two_ways[1]["extended"] > 200 > two_ways[0]["extended"] == 0
    assert two_ways[1]["written_off_yuan"] < 0.7 * two_ways[0]["written_off_yuan"]
    assert re_aged == pytest.approx(usual, rel=1e-9)


def test_it_leaves_the_bad_debt_where_it_was(two_ways):
    usual, re_aged = two_ways
    assert usual["bad_debt_yuan"] == usual["written_off_yuan"]
    assert re_aged["bad_debt_yuan"] == pytest.approx(usual["bad_debt_yuan"], rel=1e-9)


def test_a_re_aged_account_that_pays_is_m4_for_half_a_year_and_m1_for_a_year(book):
    """All are re-aged within 90 days and cured within 30 more; then they owe the same."""
    months = {"periods": 18, "replications": 1}
    scenario = book.vary(run=months, borrowers={"types": [PROMPT], "watch_days": 1}, scheme=PAID)
    [outcome] = compare({"re-aged": scenario}).outcomes.values()
    expected = outcome.periods["expected_loss_yuan"].cumsum()
    over = expected.iloc[-1]  # when all are back in the book
    bad, watched = (expected.iloc[[5, 10]] - over).tolist()
    assert bad == pytest.approx(6 * watched, rel=1e-6)  # 0.6 and 0.1 of what they owe
    assert watched > 0
    released = outcome.ledger.query("debit == 'loans returned to the book'")["period"]
    assert released.min() >= 12


def test_accounts_aged_anew_are_not_harmed(advanced):
    never = {"overdue": 1.0, "arrivals": 0.0, "buckets": (0, 0, 0, 0, 0, 1, 0)}
    accounts, n = advanced({"extended_per_day": 3.0}, never, {"types": [SILENT]})
    assert n["extended"] == (accounts["hidden"] > 0).sum() > 0
    assert np.isin(accounts["row"] % HISTORIES, [0, CURED]).all()
