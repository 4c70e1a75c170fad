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
        memory = scheme.remember(a, settled)
    if "owed" in case:
        assert np.broadcast_to(scheme.owed(memory), seats).tolist() == case["owed"]
        left = scheme.on_leaving(memory).sum()
        assert np.broadcast_to(left, seats).tolist() == case["leaver"]


def test_every_kind_of_component_is_calculated_by_hand():
    kinds = {part["kind"] for case in CASES for part in case["pay"]}
    assert kinds == {component.model_fields["kind"].default for component in COMPONENTS}
