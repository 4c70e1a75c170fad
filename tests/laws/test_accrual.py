"""Pay of several periods together: earned period by period, owed until paid, in every book."""

import numpy as np
import pandas as pd
import pytest

from sim import InputError, Scenario, World, compare
from sim.choice import marginal_pay
from sim.fairness import fairness_account
from sim.foresight import Foresight
from sim.run import finished
from sim.scheme import Scheme
from sim.tables import tables_of

BUCKETS = [f"M{b}" for b in range(1, 8)]
FLAT = {"title": "flat", "wage_yuan": 5000, "pay": []}


def commission(**more) -> dict:
    block = {"kind": "commission", "rates": dict.fromkeys(BUCKETS, 0.01)}
    return {"wage_yuan": 5000, "pay": [block | more]}


@pytest.fixture(scope="module")
def small() -> Scenario:
    """Nobody responds to pay, so that the same happens whenever it is paid."""
    return Scenario.of({
        "run": {"periods": 12, "warm_up": 2, "replications": 2},
        "portfolio": {"accounts": 600}, "workforce": {"seats": 6, "seats_per_team": 3},
        "response": {"mode": "replay"}, "scheme": commission(),
    })  # fmt: skip


def incentive(periods: pd.DataFrame) -> np.ndarray:
    """Yuan that the seats earned by period, paid or not yet."""
    return (periods["incentive_yuan"] + periods["deferred_yuan"]).to_numpy()


@pytest.mark.parametrize("every", [3, 12])
def test_the_same_commission_costs_the_same_whenever_it_is_paid(small, every):
    """Within half a fen per seat and payment, whoever leaves in between."""
    leaving = small.vary(workforce={"quits_per_year": 1.0})
    monthly, rarely = (leaving.vary(scheme=commission(every=n)) for n in (1, every))
    pair = compare({"monthly": monthly, "rarely": rarely})
    base, other = pair.outcomes.values()
    np.testing.assert_allclose(incentive(other.periods), incentive(base.periods), atol=0.06)
    for key in ("pay", "incentive", "cost_to_collect", "net_cash", "net_value"):
        np.testing.assert_allclose(other.measures[key], base.measures[key], rtol=1e-5, err_msg=key)
    paid = other.seats[~other.seats["left"]].groupby("period")["incentive_yuan"].mean()
    assert (paid > 0).tolist() == [(k + 1) % every == 0 for k in range(12)]
    mine, theirs = (o.profit_and_loss().set_index("line")["mean"] for o in (base, other))
    assert mine["net value"] == pytest.approx(theirs["net value"], abs=0.1)


def test_what_is_owed_is_in_the_ledger_until_it_is_paid(small):
    """The entries of the liability are the column of what is owed, to the fen."""
    world = finished(World(small.vary(scheme=commission(every=3))))
    ledger, periods = world.ledger.table(), tables_of(world)["periods"]
    signed = ledger["fen"] * (
        (ledger["credit"] == "deferred pay").astype(int) - (ledger["debit"] == "deferred pay")
    )
    by_period = signed.groupby(ledger["period"]).sum().reindex(range(12), fill_value=0)
    np.testing.assert_array_equal(by_period.cumsum(), np.rint(100 * periods["owed_yuan"]))
    assert (periods["owed_yuan"] > 0).tolist() == [(k + 1) % 3 != 0 for k in range(12)]


@pytest.mark.parametrize("rule", ["paid", "stayers", "forfeited"])
def test_leavers_are_paid_or_forfeit_what_is_not_yet_due_by_its_rule(small, rule):
    leaving = small.vary(workforce={"quits_per_year": 3.0}, run={"periods": 11})
    monthly, yearly = (
        finished(World(leaving.vary(scheme=scheme)))
        for scheme in (commission(), commission(every=12, cut_short=rule))
    )
    left = sum(p["leaving"].astype(int) for p in yearly.periods)
    earned = sum(p["paid"]["commission"] for p in monthly.periods)
    paid = sum(p["paid"]["commission"] for p in yearly.periods)
    owed = yearly.periods[-1]["owed"]
    assert (left > 0).any()
    if rule == "paid":
        np.testing.assert_allclose(paid + owed, earned, atol=11)
    else:
        assert not paid.any()
        assert ((owed < earned) == (left > 0)).all()
    for p in yearly.periods:
        assert not p["owed"][p["leaving"]].any()


@pytest.mark.parametrize("rule", ["paid", "stayers", "forfeited"])
def test_a_change_pays_or_forfeits_a_begun_quarter_by_its_rule(small, rule):
    change = [{"period": 4, "scheme": FLAT}]
    staying = small.vary(change=change, workforce={"quits_per_year": 0.0})
    quarterly = staying.vary(scheme=commission(every=3, cut_short=rule))
    monthly, world = (finished(World(s)) for s in (staying, quarterly))
    earned = monthly.periods[3]["paid"]["commission"]
    np.testing.assert_array_equal(world.periods[3]["owed"], earned)
    paid = [p["paid"]["commission"] for p in world.periods]
    np.testing.assert_array_equal(paid[4], 0 if rule == "forfeited" else earned)
    assert earned.min() > 0
    assert not np.any([*paid[:2], paid[3], *paid[5:]])
    assert world.owed_fen == 0


def test_a_change_to_the_same_scheme_goes_on_with_the_begun_quarter(small):
    """Whatever pay remembers goes on: the quarter's sums, deferred pay, targets as they stand."""
    held = {"kind": "deferral", "share": 0.4, "vesting": [1.0], "spacing": 2}
    card = {"kind": "scorecard", "pool_yuan": 900, "weights": {"amount_completion": 1.0},
            "targets": {"amount_completion": {"rule": "ratchet", "speed": 0.5}}}  # fmt: skip
    scheme = commission(every=3)
    scheme["pay"] += [card, held]
    plain = small.vary(scheme=scheme, response={"mode": "adaptive"}, run={"periods": 6})
    same = plain.vary(change=[{"period": 4, "announced": 3, "scheme": scheme}])
    pair = compare({"plain": plain, "same": same})
    assert (pair.differences()["difference"] == 0.0).all()


def test_a_begun_year_counts_among_what_pay_differs_by(small):
    """Fairness of pay that falls due after the horizon is that of the same pay month by month."""
    run = {"periods": 3, "warm_up": 1, "replications": 2}
    monthly, yearly = (
        fairness_account(small.vary(run=run, scheme=commission(every=n)), workers=1)
        .set_index("figure")["mean"] for n in (1, 12)
    )  # fmt: skip
    assert monthly["spread"] > 0
    np.testing.assert_allclose(yearly, monthly, rtol=1e-4)


@pytest.mark.parametrize(("rule", "share"), [("paid", 1.0), ("stayers", 1.0), ("forfeited", 0.0)])
def test_people_work_for_a_quarter_that_a_change_cuts_short_if_it_is_paid(rule, share):
    quarterly = Scheme.model_validate(commission(every=3, cut_short=rule))
    flat = Scheme.model_validate(FLAT)
    mean = {"cash_m1": np.array([1e6]), "period": np.zeros(1), "tenure_days": np.zeros(1)}
    mean |= {f"cash_m{b}": np.zeros(1) for b in range(2, 8)} | quarterly.start(1)
    ahead = Foresight([flat, flat], {}, np.full((2, 1), 0.9), waiting={id(flat): {}})
    case = quarterly, mean, {"cash_m1": np.array([1e4])}, ("cash_m1",)
    felt = marginal_pay(*case, ahead=ahead).get("cash_m1", np.zeros(1))
    assert felt[0] == pytest.approx(0.9 * 0.01 * share, rel=1e-6)


@pytest.mark.parametrize(("rule", "share"), [("paid", 1.0), ("stayers", 0.5)])
def test_people_who_may_leave_reckon_with_what_leavers_are_paid(rule, share):
    """Half leave after the first of two periods and half stay: paid or not, patience is endless."""
    twice = Scheme.model_validate(commission(every=2, cut_short=rule))
    mean = {"cash_m1": np.array([1e6]), "period": np.zeros(1), "tenure_days": np.zeros(1)}
    mean |= {f"cash_m{b}": np.zeros(1) for b in range(2, 8)} | twice.start(1)
    ahead = Foresight([twice], {"cash_m1": np.zeros(1)}, np.full((1, 1), 0.5),
                      parting=np.full((1, 1), 0.5))  # fmt: skip
    felt = marginal_pay(twice, mean, {"cash_m1": np.array([1e4])}, ("cash_m1",), ahead=ahead)
    assert felt["cash_m1"][0] == pytest.approx(0.01 * share, rel=1e-6)


def test_a_rule_for_what_a_change_cuts_short_needs_periods_taken_together(small):
    with pytest.raises(InputError, match="expected with every above 1"):
        small.vary(scheme=commission(cut_short="forfeited"))
