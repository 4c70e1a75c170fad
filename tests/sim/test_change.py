"""A new scheme within the run: announced, prepared for, taken as a shock, grandfathered."""

import numpy as np
import pytest

from sim import InputError, Scenario, World, compare
from sim.interval import interval

LUCKS = 20


def commission(rate: float) -> dict:
    buckets = [f"M{b}" for b in range(1, 8)]
    return {"wage_yuan": 5000, "pay": [
        {"kind": "commission", "rates": dict.fromkeys(buckets, rate)}]}  # fmt: skip


@pytest.fixture(scope="module")
def poor() -> Scenario:
    """Little is paid, until period 3."""
    return Scenario.of({
        "run": {"periods": 5, "replications": LUCKS},
        "portfolio": {"accounts": 2000}, "workforce": {"seats": 6, "seats_per_team": 3},
        "scheme": commission(0.005),
    })  # fmt: skip


@pytest.fixture(scope="module")
def rollouts(poor):
    new = {"period": 3, "scheme": commission(0.05)}
    return compare({
        "surprise": poor.vary(change=[new]),
        "announced": poor.vary(change=[new | {"announced": 2}]),
    }).outcomes  # fmt: skip


def recorded(outcome, period: int) -> np.ndarray:
    rows = outcome.periods[outcome.periods["period"] == period]
    return rows.set_index("replication")["recorded_cash_yuan"].to_numpy()


def test_who_knows_that_more_will_be_paid_books_less_before_and_more_after(rollouts):
    before, after = (
        recorded(rollouts["announced"], k) / recorded(rollouts["surprise"], k) - 1.0 for k in (2, 3)
    )
    assert interval(before)[2] < 0.0
    assert interval(after)[1] > 0.0


def test_cash_held_back_is_real_cash_booked_later(rollouts):
    """Holding back moves the record between periods and loses nothing of it."""
    for outcome in rollouts.values():
        sums = outcome.periods.groupby("replication").sum()
        gap = (sums["recorded_cash_yuan"] - sums["cash_yuan"]) / sums["cash_yuan"]
        assert (gap <= 1e-9).all()  # what the last period held back is still to come
        assert (gap > -0.02).all()


def test_before_it_is_known_a_change_changes_nothing(poor, rollouts):
    plain = compare({"plain": poor}).base.periods
    for outcome in rollouts.values():
        early = outcome.periods[outcome.periods["period"] < 2].reset_index(drop=True)
        np.testing.assert_array_equal(
            early["net_yuan"], plain[plain["period"] < 2]["net_yuan"])  # fmt: skip


def test_a_change_to_the_same_scheme_changes_nothing(poor):
    same = poor.vary(change=[{"period": 2, "announced": 1, "scheme": commission(0.005)}])
    pair = compare({"plain": poor, "same": same}, replications=2)
    assert (pair.differences()["difference"] == 0.0).all()


def test_a_change_is_taken_as_a_shock_that_communication_softens(poor):
    new = {"period": 3, "scheme": commission(0.005) | {"wage_yuan": 5001}}
    told, silent = (
        compare({"x": poor.vary(change=[new], support={"communication": c})}, replications=2)
        .base.seats.query("period == 3")["acceptance"].mean()
        for c in (1.0, 0.0)
    )  # fmt: skip
    assert told > silent + 0.05


def test_those_hired_before_keep_the_old_scheme_for_the_promised_periods(poor):
    new = {"period": 2, "scheme": commission(0.05) | {"wage_yuan": 7000}, "grandfathered": 2}
    world = World(poor.vary(change=[new], workforce={"quits_per_year": 2.0}))
    while world.running:
        world.step()
    changed = 2 * world.scenario.run.period_days
    for p in world.periods:
        hired = (p["period"] + 1) * world.scenario.run.period_days - p["tenure"]
        old = (p["period"] < 2) | ((hired < changed) & (p["period"] < 4))
        here = p["present"] & (p["wage"] > 0)
        full = p["wage"][here & (hired <= p["period"] * 30)]
        assert set(full.tolist()) <= {500_000, 700_000}
        np.testing.assert_array_equal(p["scheme"][here], np.where(old, 0, 1)[here])


BAD = {
    "after the end": ({"period": 5, "scheme": {}}, "expected a period before the run's 5"),
    "known too late": ({"period": 2, "announced": 3, "scheme": {}}, "at most the period 2"),
    "no scheme": ({"period": 2}, "expected a scheme, or scheme_of"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_change_that_cannot_be_is_refused(poor, case):
    change, says = BAD[case]
    with pytest.raises(InputError, match=says):
        poor.vary(change=[change])


def test_changes_stand_in_their_order(poor):
    twice = [{"period": 3, "scheme": {}}, {"period": 3, "scheme": {}}]
    with pytest.raises(InputError, match="a later period than the change before"):
        poor.vary(change=twice)


def test_what_an_old_scheme_deferred_is_paid_under_the_new_one(poor):
    """To the fen: held back in periods 0 and 1, paid two periods later, nothing left at the end."""
    deferral = {"kind": "deferral", "share": 0.4, "vesting": [1.0], "spacing": 2, "leaver": "keep"}
    old = commission(0.01)
    old["pay"].append(deferral)
    world = World(poor.vary(scheme=old, change=[{"period": 2, "scheme": commission(0.01)}],
                            workforce={"quits_per_year": 0.0}))  # fmt: skip
    while world.running:
        world.step()
    slips = [p["paid"]["deferral"] for p in world.periods]
    np.testing.assert_array_equal(slips[2], -slips[0])
    np.testing.assert_array_equal(slips[3], -slips[1])
    assert (slips[0] < 0).any()
    assert not slips[4].any()
    assert world.owed_fen == 0


def test_nobody_misses_incentive_pay_that_was_never_paid(poor):
    wage = poor.vary(scheme={"wage_yuan": 5000, "pay": []})
    shy = {"unfairness": 0.0, "disappointment": 1.0}
    only = compare({"x": wage.vary(support=shy)}, replications=1).base.seats
    assert only["acceptance"].nunique() == 1
