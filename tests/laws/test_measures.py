"""Measures and paired differences, reckoned a second time from the tables of what happened."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from sim import Comparison, compare

WARM_UP, PERIODS, DAYS, RUNS = 1, 3, 30, 3


@pytest.fixture(scope="module")
def comparison(tiny) -> Comparison:
    base = tiny.vary(run={"warm_up": WARM_UP, "periods": PERIODS, "replications": RUNS})
    flat = base.vary(scheme={"pay": []})
    return compare({"paid": base, "flat": flat}, workers=1)


def counted(table):
    return table[table["period"] >= WARM_UP].groupby("replication")


def test_measures_are_what_the_seats_did(comparison):
    for outcome in comparison.outcomes.values():
        seats, found = counted(outcome.seats), outcome.measures
        rows, periods = seats.size(), PERIODS - WARM_UP
        pay = seats["wage_yuan"].sum() + seats["incentive_yuan"].sum()
        weeks = rows * DAYS / 7
        for name, by_hand in {
            "recovered": seats["cash_yuan"].sum() / periods,
            "late_recovered": seats["late_cash_yuan"].sum() / periods,
            "recovery_rate": seats["cash_yuan"].sum() / seats["due_yuan"].sum(),
            "pay": pay / rows,
            "incentive": seats["incentive_yuan"].sum() / rows,
            "cost_to_collect": pay / (seats["cash_yuan"].sum() + seats["late_cash_yuan"].sum()),
            "complaints": 1000 * seats["complaints"].sum() / seats["contacts"].sum(),
            "effort": seats["hours"].sum() / weeks,
            "gaming": seats["gaming_hours"].sum() / seats["hours"].sum(),
            "leavers": seats["left"].sum() / weeks * 365 / 7,
        }.items():
            np.testing.assert_allclose(found[name], by_hand, rtol=1e-12, err_msg=name)


def test_net_cash_is_what_the_books_say_less_what_complaints_cost(comparison):
    """Cash, what was waived, and what was spent: every entry that is money come or gone."""
    for outcome in comparison.outcomes.values():
        ledger = outcome.ledger[outcome.ledger["period"] >= WARM_UP]
        gains = {"cash": 1, "deferred pay": 1, "discounts": -1}
        gone = ledger["debit"].map(gains).fillna(0) - ledger["credit"].map(gains).fillna(0)
        books = (gone * ledger["fen"]).groupby(ledger["replication"]).sum() / 100
        harm = counted(outcome.seats)["complaints"].sum() * 300.0
        value = (books - harm) / (PERIODS - WARM_UP)
        np.testing.assert_allclose(outcome.measures["net_cash"], value, rtol=1e-9)


def test_the_bad_debt_rate_is_what_was_charged_off_of_what_was_exposed(comparison):
    for outcome in comparison.outcomes.values():
        periods = counted(outcome.periods)
        rate = periods["written_off_yuan"].sum() / periods["exposure_yuan"].sum()
        np.testing.assert_allclose(outcome.measures["bad_debt_rate"], rate)


def test_differences_are_students_paired_ones(comparison):
    base, other = comparison.outcomes.values()
    table = comparison.differences().set_index("measure")
    for name in ("recovered", "pay", "incentive", "effort", "net_value"):
        mine, theirs = other.measures[name], base.measures[name]
        row, test = table.loc[name], ttest_rel(mine, theirs)
        ends = test.confidence_interval(0.95)
        assert row["difference"] == pytest.approx(mine.mean() - theirs.mean())
        assert (row["low"], row["high"]) == pytest.approx((ends.low, ends.high))


def test_runs_if_unpaired_give_as_small_a_standard_error(comparison):
    base, other = comparison.outcomes.values()
    for row in comparison.differences().itertuples():
        mine, theirs = other.measures[row.measure], base.measures[row.measure]
        paired = (mine - theirs).var() / RUNS
        if paired == 0.0:
            assert np.isnan(row.unpaired_runs)
        else:
            apart = (mine.var() + theirs.var()) / row.unpaired_runs
            assert apart == pytest.approx(paired)


def test_a_share_of_nothing_is_no_number_and_no_part_of_a_mean(tiny):
    """Where nobody is overdue nothing is due: no recovery rate, and no zero in its place."""
    nobody = {"overdue": 1, "buckets": [0, 0, 0, 0, 0, 0, 1], "arrivals": 0}
    comparison = compare({"paid": tiny.vary(run={"periods": 2}), "idle": tiny.vary(
        run={"periods": 2}, portfolio=nobody)}, workers=1)  # fmt: skip
    idle = comparison.outcomes["idle"].summary().set_index("measure")
    assert idle.loc["recovery_rate", ["mean", "low", "high"]].isna().all()
    difference = comparison.differences().set_index("measure").loc["recovery_rate"]
    assert difference["runs"] == 0
    assert np.isnan(difference["difference"])
    assert comparison.plot().data
