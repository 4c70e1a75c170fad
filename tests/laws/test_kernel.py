"""The kernel: days are days, however the loop cuts them, and a rule holds in every cut."""

import numpy as np
import pytest

from sim import Scenario
from sim.activity import COLUMN

SET_BY_THE_CUT = ["tries"]  # renewed when the collector chooses
COUNTED_BY_THE_CUT = ["queued"]


@pytest.mark.parametrize("extended_per_day", [0.0, 3.0])
def test_a_week_at_once_is_seven_single_days(advanced, extended_per_day):
    (at_once, counts), (singly, single_counts) = (
        advanced({"extended_per_day": extended_per_day}, {}, days_at_once=days) for days in (7, 1)
    )
    assert counts["entries"] > 0
    assert counts["cures_m1"] > 0
    assert (counts["extended"] > 0) == (extended_per_day > 0)
    differing = counts.drop(COUNTED_BY_THE_CUT).compare(single_counts.drop(COUNTED_BY_THE_CUT))
    assert differing.empty, differing
    for name in set(at_once.dtype.names) - set(SET_BY_THE_CUT):
        np.testing.assert_array_equal(at_once[name], singly[name], err_msg=name)


def test_payments_are_counted_by_the_instalments_they_clear(advanced):
    """In M1 one instalment is owed, and clearing it is a cure; in M2 there are two at most."""
    _, counts = advanced({"attempts_per_day": 40.0}, {})
    assert counts["paid1_m1"] == counts["cures_m1"] > 0
    assert counts[["paid2_m1", "paid3_m1", "paid3_m2"]].sum() == 0
    assert counts["paid2_m2"] == counts["cures_m2"] > 0
    assert counts["paid3_m4"] > 0


STUBBORN = {"name": "stubborn", "share": 1, "entry": 0, "repay_m1": 0, "repay_later": 0, "fade": 1,
            "payment": 0.5, "payment_spread": 0, "promise": 0.5, "promise_fade": 1,
            "keep": 1e-6}  # fmt: skip


def stubborn_world(path: str, **sections) -> Scenario:
    """Borrowers who promise and do not pay; people who do not respond and stay."""
    return Scenario.of({
        "run": {"periods": 2, "replications": 1}, "portfolio": {"file": path},
        "borrowers": {"types": [STUBBORN]}, "response": {"mode": "replay"},
        "workforce": {"quits_per_year": 0.0},
    } | sections)  # fmt: skip


def rows(ages, **columns) -> list[dict]:
    return [{"account_id": f"{age} days", "seat": "a", "balance_yuan": 1000,
             "instalment_yuan": 50, "days_past_due": age} | columns for age in ages]  # fmt: skip


def test_the_weekly_contact_limit_holds_in_weeks_that_a_period_end_cuts(lender_file, finished):
    """Day 30 is a Wednesday: 60 days are nine calendar weeks, one of them in both periods."""
    path = lender_file(rows(range(1, 211, 10), reach=1e-6))
    world = finished(stubborn_world(path, conduct={"attempts_per_week": 1}))
    attempts, breaches = (
        sum(period["true"][0, COLUMN[name]] for period in world.periods)
        for name in ("attempts", "breaches")
    )
    assert breaches == 0
    assert 21 * 8 < attempts <= 21 * 9


def test_accounts_are_called_in_buckets_that_were_empty_on_day_0(lender_file, finished):
    path = lender_file(rows([1, 2, 3]))
    first, second = finished(stubborn_world(path)).periods
    assert first["true"][0, COLUMN["attempts"]] > 0
    assert second["true"][0, COLUMN["attempts"]] > 0


def test_claims_too_old_to_be_in_a_queue_are_not_called(lender_file, finished):
    path = lender_file([*rows([200]), *rows([1200, 2400], seat="b")])
    world = finished(stubborn_world(path, run={"periods": 1, "replications": 1}))
    attempts = world.periods[0]["true"][:, COLUMN["attempts"]]
    assert attempts[0] > 0
    assert attempts[1] == 0


def test_a_part_payment_does_not_make_an_ended_loan_young_again(lender_file, finished):
    """Arrears of one instalment at 100 days: the loan has ended, nothing more fell due.

    A fen a day, and the instalment stays unpaid: the account stays in M4.
    """
    path = lender_file(rows([100], balance_yuan=50, arrears_yuan=50))
    world = finished(stubborn_world(path, borrowers={"types": [
        STUBBORN | {"repay_later": 1.0, "payment": 1e-9, "promise": 0.0}]},
        run={"periods": 1, "period_days": 7, "replications": 1}))  # fmt: skip
    cash_m4, cash_m1 = (world.periods[0]["true"][0, COLUMN[f"cash_m{b}"]] for b in (4, 1))
    assert (cash_m4, cash_m1) == (7, 0)


@pytest.mark.parametrize(("ages", "days"), [({}, 41), ({"days_in_spell": 100}, 101)])
def test_a_cure_counts_the_days_of_its_whole_spell(lender_file, finished, ages, days):
    """40 days late on the evening before day 0, on which all of it is paid."""
    path = lender_file(rows([40], **ages))
    world = finished(stubborn_world(path, borrowers={"types": [
        STUBBORN | {"repay_later": 1.0, "payment": 1.0, "promise": 0.0}]},
        run={"periods": 1, "period_days": 7, "replications": 1}))  # fmt: skip
    cures, cure_days = (
        world.periods[0]["true"][0, COLUMN[name]] for name in ("cures_m2", "cure_days")
    )
    assert (cures, cure_days) == (1, days)
