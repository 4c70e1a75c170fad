"""Pay components against calculations by hand, over several periods where they remember."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from sim.activity import NAMES, START_OF_FACTS, Activity
from sim.scheme import COMPONENTS, Scheme

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/pay.toml").read_text("utf-8"))["case"]


def activity(given: dict[str, list], seats: int, memory: dict) -> Activity:
    assert given.keys() <= {*NAMES, *START_OF_FACTS}
    columns = {name: np.zeros(seats) for name in NAMES}
    facts = {name: np.full(seats, value) for name, value in START_OF_FACTS.items()}
    known = {name: np.array(values, dtype=float) for name, values in given.items()}
    return Activity({**columns, **facts, **known, **memory})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_pay_is_what_the_hand_makes_of_it(case):
    scheme = Scheme.model_validate({"pay": case["pay"]})
    seats = len(next(iter(case["paid"][0].values())))
    memory = scheme.start(seats)
    for given, expected in zip(case["periods"], case["paid"], strict=True):
        a = activity(given, seats, memory)
        settled = scheme.settle(a)
        assert {name: settled[name].tolist() for name in expected} == expected
        memory = scheme.remember(a, settled) | scheme.accrue(a, settled)
    if "owed" in case:
        assert np.broadcast_to(scheme.owed(memory), seats).tolist() == case["owed"]
        left = scheme.on_leaving(memory).sum()
        assert np.broadcast_to(left, seats).tolist() == case["leaver"]


def test_every_kind_of_component_is_calculated_by_hand():
    kinds = {part["kind"] for case in CASES for part in case["pay"]}
    assert kinds == {component.model_fields["kind"].default for component in COMPONENTS}


def test_a_successor_finds_the_seats_targets_and_none_of_the_leavers_accounts():
    scheme = Scheme.model_validate({"pay": [
        {"kind": "scorecard", "pool_yuan": 1000, "weights": {"amount_completion": 1.0},
         "targets": {"amount_completion": {"rule": "ratchet", "speed": 1.0}}},
        {"kind": "draw", "yuan": 9000},
        {"kind": "scorecard", "name": "quarter", "every": 3, "pool_yuan": 1000,
         "weights": {"amount_completion": 1.0}},
    ]})  # fmt: skip
    memory = scheme.start(2)
    a = activity({"cash_m1": [5e6, 5e6]}, 2, memory)
    after = scheme.remember(a, scheme.settle(a))
    leaves = np.array([True, False])
    passed_on = scheme.restart(after, leaves)
    assert passed_on["scorecard.target.amount_completion"].tolist() == [50_000, 50_000]
    assert passed_on["draw.debt"].tolist() == [0, after["draw.debt"][1]] != [0, 0]
    assert passed_on["quarter.sum.cash"].tolist() == [0, 5e6]


def test_a_target_learns_from_the_periods_before_its_scheme_is_in_force():
    scheme = Scheme.model_validate({"pay": [
        {"kind": "scorecard", "pool_yuan": 1000, "weights": {"amount_completion": 1.0},
         "targets": {"amount_completion": {"rule": "ratchet", "speed": 0.5, "target": 100}}},
    ]})  # fmt: skip
    memory = scheme.start(1)
    watched = scheme.watch(activity({"cash_m1": [20_000]}, 1, memory), memory)
    assert watched["scorecard.target.amount_completion"].tolist() == [150]
