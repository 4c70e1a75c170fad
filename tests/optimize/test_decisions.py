"""What may be decided: cards in steps, no bonus at all, menus, commissions without a card."""

import numpy as np
import pytest

from optimize import Problem, dossier, explained, load, optimise
from optimize.design import nearest, spread_out
from optimize.limits import QUANTITIES, WORSE
from optimize.rules import broken
from optimize.trials import totals_of
from optimize.verify import VERDICT_LUCK
from sim import Scenario

KNOTS = ((0.0, 0.0), (0.8, 0.0), (0.8, 0.8), (1.2, 1.2))
SMALL = {"calls": 16, "verified": 8, "solver": "highs"}


@pytest.fixture(scope="module")
def commission(today) -> Scenario:
    return today.vary(scheme={"pay": [
        {"kind": "commission", "name": "commission", "rates": {"M1": 0.01, "M2": 0.02}},
    ]})  # fmt: skip


@pytest.mark.parametrize("step", [1 / 3, 0.3333333333, 0.25, 1.0])
def test_weights_are_whole_steps_and_break_no_rule(step, space_of):
    space = space_of(card={"weight_step": step, "most_indicators": 2, "categories": {}})
    for design in spread_out(space, 6, seed=1):
        counts = np.array(list(space.weights(design).values())) * round(1 / step)
        np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)
        assert broken(space, design) == ()


def test_options_may_be_written_curves(space_of):
    key = "scheme.pay.card.curve"
    space = space_of(levers=[{"key": key, "options": ["linear", [list(k) for k in KNOTS]]}])
    for pick, curve in enumerate(["linear", KNOTS]):
        design = space.today.copy()
        design[-2:] = np.eye(2)[pick]
        assert space.scenario_of(design).scheme.pay[0].curve == curve


def test_pool_of_nothing_is_a_card_without_pay(space_of):
    space = space_of(card={"pool_yuan": (0, 3000)})
    none = nearest(space, np.zeros(3))
    assert space.pool(none) == 0.0
    assert totals_of(space.scenario_of(none), 0)["incentive_yuan"] == 0.0
    assert broken(space, none) == ()


def test_todays_scheme_tells_which_rules_it_breaks(space_of):
    rules = {"most_indicators": 2, "categories": {"service": 0.5}, "pool_yuan": (100, 900)}
    space = space_of(card=rules, levers=[{"key": "platform.audited", "low": 0.5, "high": 0.9}])
    found = " ".join(broken(space, space.today))
    wanted = ("most_indicators is 2", "categories.service is 0.5", "pool_yuan", "platform.audited")
    assert [rule for rule in wanted if rule not in found] == []


@pytest.fixture(scope="module")
def forced(today):
    """One indicator may have weight and the pool must be three times today's: it must change."""
    card = {"indicators": ["recovery_rate"], "most_indicators": 1, "pool_yuan": [3000, 3000]}
    return optimise(today, Problem.model_validate(SMALL | {"card": card, "limits": []}), workers=1)


def test_card_that_breaks_the_rules_may_not_stay(forced):
    assert forced.better
    assert set(forced.space.weights(forced.design)) == {"recovery_rate"}
    assert "most_indicators is 1, the card has 3" in dossier(forced)["verdict"]


def test_headline_names_what_gets_worse(forced):
    found = dossier(forced)
    rows = {r["measure"]: r for r in found["measures"] if r["measure"] in WORSE}
    assert rows["harsh_contacts"]["low"] > 0.0
    for key, row in rows.items():
        sure = min(WORSE[key] * row["low"], WORSE[key] * row["high"]) > 0.0
        named = row["meaning"] in found["verdict"].partition("; worse:")[2]
        assert named == (sure and key != found["objective"])


def test_dossier_says_what_no_bonus_at_all_would_change(forced, today):
    rows = {r["measure"]: r for r in dossier(forced)["without_bonus"]}
    wage = today.vary(scheme={"pay": []})
    values = [QUANTITIES["net_value"].of(totals_of(wage, VERDICT_LUCK + r)) for r in range(8)]
    assert rows["net_value"]["without"] == pytest.approx(np.mean(values))
    assert rows["incentive"]["difference"] == pytest.approx(-rows["incentive"]["today"])


def test_rates_of_a_commission_are_decided_without_a_card(commission):
    levers = [{"key": f"scheme.pay.commission.rates.{b}", "low": 0.0, "high": 0.02, "step": 0.005}
              for b in ("M1", "M2")]  # fmt: skip
    limits = [{"on": "incentive", "of_today": 0.7}]
    problem = Problem.model_validate(SMALL | {"levers": levers, "limits": limits, "calls": 40})
    found = optimise(commission, problem, workers=1)
    assert found.better
    assert set(found.scenario.scheme.pay[0].rates.values()) <= {0.0, 0.005, 0.01, 0.015, 0.02}
    paid = {r["measure"]: r for r in dossier(found)["measures"]}["incentive"]
    assert paid["proposed"] <= 0.7 * paid["today"]
    assert "scheme.pay.commission.rates.M1" in explained(found).text


def test_limits_that_cannot_be_kept_are_not_called_loose(today):
    limits = [{"on": "incentive", "at_most": 1.0}, {"on": "satisfaction", "at_least": 0.99}]
    problem = Problem.model_validate(SMALL | {"limits": limits})
    text = explained(optimise(today, problem, workers=1)).text
    assert text.startswith("# Infeasible")
    assert "not bind" not in text
    assert "no price" in text.lower()
    assert "incentive at most: by " in text
    assert "standard error" in text.partition("## What was rejected")[2]


def test_a_commission_follows_contribution_and_a_wage_does_not(today):
    def follows(pay: list[dict]) -> float:
        scenario = today.vary(workforce={"seats": 12}, scheme={"pay": pay})
        return totals_of(scenario, 0)["pay_by_contribution"]

    assert follows([]) == 0.0
    rates = {f"M{bucket}": 0.02 for bucket in range(1, 8)}
    assert follows([{"kind": "commission", "name": "all", "rates": rates}]) > 0.5


def test_net_value_is_net_cash_less_what_was_owed_and_credit_losses(today):
    totals = totals_of(today, 0)
    losses, value = (QUANTITIES[key].of(totals) for key in ("credit_losses", "net_value"))
    cash = (totals["net_cash_yuan"] - totals["cash_yuan"]) / totals["periods"]
    assert value == pytest.approx(cash - losses)


def test_usual_limits_guard_losses_and_conduct_and_the_baseline_keeps_them():
    usual = {limit.on for limit in Problem().limits}
    assert usual >= {"incentive", "credit_losses", "complaints", "compliance", "caught"}
    assert {limit.on for limit in load("scenarios/baseline.toml")[1].limits} >= usual
