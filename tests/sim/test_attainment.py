"""Where people stand on the curves of their card."""

import pytest

from sim import InputError, Scenario, run
from sim.attainment import attainment_account

WEIGHTS = {"recovery_rate": 0.6, "compliance": 0.4}


def scenario(curve) -> Scenario:
    card = {"kind": "scorecard", "pool_yuan": 1000, "weights": WEIGHTS, "curve": curve}
    return Scenario.of({
        "run": {"periods": 3, "replications": 2, "warm_up": 1},
        "portfolio": {"accounts": 600}, "workforce": {"seats": 6, "quits_per_year": 0.0},
        "scheme": {"pay": [card]},
    })  # fmt: skip


def test_shares_sum_to_one_and_payout_is_the_curves():
    account = attainment_account(scenario("threshold"), workers=1)
    assert account.groupby("indicator")["share"].sum().to_list() == pytest.approx([1.0, 1.0])
    assert ((account["attainment"] >= 1.0) == (account["payout"] == 1.0)).all()


def test_classes_pay_what_the_card_paid():
    """On a flat curve it does not matter where within a class people stand."""
    flat = scenario([[0.0, 0.5], [1.0, 0.5]])
    account = attainment_account(flat, workers=1)
    score = (account["weight"] * account["share"] * account["payout"]).sum()
    seats = run(flat, workers=1).seats
    counted = seats[(seats["period"] >= 1) & seats["present"]]
    assert 1000 * score == pytest.approx(counted["pay_scorecard_yuan"].mean())


def test_a_scheme_without_a_card_is_refused():
    bare = scenario("linear").vary(scheme={"pay": []})
    with pytest.raises(InputError, match="expected a scorecard"):
        attainment_account(bare, workers=1)
