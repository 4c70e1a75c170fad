"""Each rule finds the flaw that it is about, in words of both languages, and no other scheme's."""

import re
from pathlib import Path

import pytest

from sim import Scenario, World
from sim.flaws import CROWDED, RULES, flaws
from sim.reprice import Record, priced
from sim.run import finished

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLANS = sorted((Path(__file__).parents[2] / "scenarios").glob("plans/*.toml"))
EVEN = {"recovery_rate": 0.25, "risk_customers": 0.25, "satisfaction": 0.25, "compliance": 0.25}
TINY = {
    "run": {"periods": 2},
    "portfolio": {"accounts": 300},
    "workforce": {"seats": 3},
}


def scheme(*pay: dict, **others) -> Scenario:
    return Scenario.of(TINY | {"scheme": {"pay": list(pay)}} | others)


def card(**changes) -> dict:
    return {"kind": "scorecard", "pool_yuan": 2000, "weights": EVEN} | changes


COMMISSION = {
    "kind": "commission", "rates": {"M1": 0.01}, "retroactive": True,
    "tiers": [{"above_yuan": 1000, "factor": 2}],
}  # fmt: skip
GATE = {"kind": "gate", "all_of": [{"measure": "compliance", "at_least": 0.9}]}
MANY = ["recovery_rate", "risk_customers", "satisfaction", "compliance", "documents"]
FLAWED = {
    "cliff": scheme(card(curve=[[0, 0], [0.8, 0.5], [0.8, 1], [1.5, 1.5]])),
    "retroactive tier": scheme(card(), COMMISSION),
    "gate to zero": scheme(card(), GATE),
    "cap at the target": scheme(card(curve="capped")),
    "category without weight": scheme(
        card(weights={"recovery_rate": 0.5, "risk_customers": 0.25, "satisfaction": 0.25})
    ),
    "too many indicators": scheme(card(weights=dict.fromkeys(MANY, 0.2))),
    "weight too small to feel": scheme(
        card(weights=EVEN | {"recovery_rate": 0.47, "risk_customers": 0.03})
    ),
    "one weight crowds out the rest": scheme(
        card(weights={"recovery_rate": 0.7} | dict.fromkeys(MANY[1:4], 0.1))
    ),
    "mostly variable pay": scheme(card(pool_yuan=6000)),
    "cash without conduct": scheme({"kind": "commission", "rates": {"M1": 0.01}}),
    "rewards above budget": scheme(card(), {"kind": "pool_cap", "yuan_per_seat": 1000}),
    "nobody looks at the record": scheme(card(), platform={"audited": 0.0}),
}


def found(scenario: Scenario, **known) -> set[str]:
    return {flaw.rule.key for flaw in flaws(scenario, **known)}


def test_a_scheme_without_flaws_has_none():
    assert found(scheme(card())) == set()
    assert found(scheme()) == set()


@pytest.mark.parametrize("key", FLAWED)
def test_a_rule_finds_its_flaw_and_nothing_else(key):
    assert found(FLAWED[key]) == {key}


CASH = {"kind": "commission", "rates": {"M4": 0.12, "M5": 0.18}}


@pytest.mark.parametrize("watch", [
    GATE | {"action": "factor", "factor": 0.5},
    {"kind": "penalty", "yuan": {"complaints": 50}},
    {"kind": "clawback", "yuan": {"caught": 50}},
    card(pool_yuan=100),
], ids=lambda c: c["kind"])  # fmt: skip
def test_cash_pay_beside_any_look_at_conduct_is_not_blind(watch):
    assert "cash without conduct" in found(scheme(CASH))
    assert "cash without conduct" not in found(scheme(CASH, watch))


def test_a_guaranteed_minimum_is_as_safe_as_a_wage():
    for safe in (0, 40_000):
        flat = scheme(CASH, {"kind": "guarantee", "yuan": safe})
        bare = flat.vary(scheme={"wage_yuan": 0, "pay": flat.scheme.model_dump()["pay"]})
        assert ("mostly variable pay" in found(bare)) == (safe == 0)


@pytest.mark.parametrize(("name", "says"), [
    ("commission_only", {"cash without conduct"}),
    ("plans/cn_contingency", {"cash without conduct", "mostly variable pay"}),
    ("plans/in_nbfc_commission", {"cash without conduct", "mostly variable pay"}),
    ("plans/cn_two_tiers", {"cash without conduct", "mostly variable pay"}),
])  # fmt: skip
def test_pure_commissions_do_not_pass_without_a_word(name, says):
    scenarios = Path(__file__).parents[2] / "scenarios"
    assert says <= found(Scenario.load(scenarios / f"{name}.toml"))


def test_every_rule_is_tried_here():
    assert {rule.key for rule in RULES} == FLAWED.keys() | {"cap reached"}


def test_a_budget_that_the_scheme_does_not_name_counts_too():
    assert found(scheme(card()), budget_yuan=1900) == {"rewards above budget"}
    assert found(scheme(card()), budget_yuan=2000) == set()


def test_a_cap_that_people_are_at_is_told_with_their_share():
    easy = scheme(card(targets={"compliance": {"zero": 0.0, "target": 0.1}}))
    _, points = priced(easy.scheme, Record.of(finished(World(easy))))
    told = [flaw.text("en") for flaw in flaws(easy, points) if flaw.rule.key == "cap reached"]
    capped = points.set_index("indicator")["capped"]
    assert capped["compliance"] == 1.0
    assert len(told) == (capped >= CROWDED).sum()
    assert any("100 % of seats" in text and "compliant-operation" in text for text in told)


@pytest.mark.parametrize("key", FLAWED)
def test_a_flaw_is_told_in_both_languages(key):
    for flaw in flaws(FLAWED[key]):
        assert CHINESE.search(flaw.text("zh"))
        assert not CHINESE.search(flaw.text("en"))
        assert "{" not in flaw.text("en") + flaw.text("zh")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_plan_can_be_looked_at(path):
    assert all(flaw.text("en") for flaw in flaws(Scenario.load(path)))
