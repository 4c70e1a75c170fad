"""Neutrality: what changes nothing that people feel changes nothing that is measured."""

import numpy as np
import pytest

from sim import Scenario, compare, run
from sim.units import BUCKETS


def _with(scheme: dict, **card) -> dict:
    """The scheme with keys of its card changed."""
    return scheme | {"pay": [scheme["pay"][0] | card, *scheme["pay"][1:]]}


def _and(scheme: dict, **component) -> dict:
    """The scheme with one more component."""
    return scheme | {"pay": [*scheme["pay"], component]}


NEUTRAL = {
    "the same scheme": lambda s: s,
    "another title": lambda s: s | {"title": "renamed"},
    "another name of the card": lambda s: _with(s, name="renamed"),
    "a weight of zero": lambda s: _with(
        s, weights={"compliance": 0.0, "risk_customers": 0.0} | s["pay"][0]["weights"]),
    "the curve of an indicator written out": lambda s: _with(
        s, curves={"satisfaction": [[0.0, 0.0], [1.5, 1.5]]}),
    "the indicator's own target written out": lambda s: _with(s, targets={"documents": {}}),
    "a card without a pool": lambda s: _and(
        s, kind="scorecard", pool_yuan=0, weights={"satisfaction": 1.0}),
    "a card without a pool on a new indicator": lambda s: _and(
        s, kind="scorecard", pool_yuan=0, weights={"complaint_timeliness": 1.0}),
    "a commission without rates": lambda s: _and(
        s, kind="commission", name="none", rates={"M1": 0.0, "M5": 0.0}),
    "a penalty of nothing": lambda s: _and(
        s, kind="penalty", name="none", yuan={"breaches": 0.0, "contacts": 0.0}),
    "a penalty that may take nothing": lambda s: _and(
        s, kind="penalty", name="none", yuan={"breaches": 9.0, "contacts": 9.0}, most_yuan=0),
    "a gate that nobody misses": lambda s: _and(
        s, kind="gate", all_of=[{"measure": "compliance", "at_least": -1e6}]),
    "a gate that takes nothing": lambda s: _and(
        s, kind="gate", all_of=[{"measure": "compliance", "at_least": 1e6}],
        action="factor", factor=1.0),
    "a budget that is never spent": lambda s: _and(s, kind="pool_cap", yuan_per_seat=1e9),
}  # fmt: skip


@pytest.fixture(scope="module")
def schemes(tiny) -> dict[str, Scenario]:
    base = tiny.model_dump(mode="json")
    return {"base": tiny} | {
        name: Scenario.of(base | {"scheme": change(base["scheme"])})
        for name, change in NEUTRAL.items()
    }


@pytest.mark.parametrize("name", NEUTRAL)
def test_a_neutral_change_of_the_scheme_moves_no_measure(tiny, schemes, name):
    pair = compare({"base": tiny, name: schemes[name]}, workers=1)
    found = pair.differences().set_index("measure")[["difference", "low", "high"]]
    assert (found == 0.0).all(axis=None), found[(found != 0.0).any(axis=1)]


@pytest.mark.parametrize("name", ["the same scheme", "a weight of zero", "another title"])
def test_a_neutral_change_of_the_scheme_moves_no_table(tiny, schemes, assert_identical, name):
    pair = compare({"base": tiny, name: schemes[name]}, workers=1).outcomes
    assert_identical(pair[name].tables, pair["base"].tables)


def test_a_difference_seen_from_the_other_side_has_the_other_sign(tiny):
    other = tiny.vary(scheme={"pay": []})
    there = compare({"a": tiny, "b": other}, workers=1).differences()
    back = compare({"b": other, "a": tiny}, workers=1).differences()
    np.testing.assert_array_equal(there["difference"], -back["difference"])
    np.testing.assert_array_equal(there["low"], -back["high"])


def test_scenarios_of_the_same_title_are_all_compared(tiny):
    named = tiny.vary(title="the same")
    assert len(compare([named, named], workers=1).outcomes) == 2


def test_a_single_scenario_has_a_summary(tiny):
    assert len(compare([tiny], workers=1).summary()) > 0


def test_the_name_of_a_component_hides_no_column_of_the_seats(tiny):
    card = tiny.scheme.pay[0].model_dump(mode="json")
    named = tiny.vary(scheme={"pay": [card | {"name": "cash"}]})
    plain = tiny.vary(scheme={"pay": [card]})
    pair = compare({"plain": plain, "named": named}, workers=1).outcomes
    np.testing.assert_array_equal(
        pair["named"].seats["cash_yuan"], pair["plain"].seats["cash_yuan"]
    )


@pytest.mark.parametrize("above_yuan", [0, 5000])
@pytest.mark.parametrize("rates", [{"M1": 0.1}, {"M7": 0.1}, {"M2": 0.1, "M3": 0.1}])
def test_a_commission_rate_of_zero_is_no_rate(tiny, assert_identical, rates, above_yuan):
    """Cash of a bucket without a rate does not count toward the threshold either."""
    full = dict.fromkeys(BUCKETS, 0.0) | rates
    rule = {"kind": "commission", "above_yuan": above_yuan}
    short, long = (
        run(tiny.vary(scheme={"pay": [rule | {"rates": r}]}), workers=1) for r in (rates, full)
    )
    assert_identical(long.tables, short.tables)
