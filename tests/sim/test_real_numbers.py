"""Numbers of a scenario are numbers: true is not 1, and a quoted number is text, everywhere."""

import pytest

from sim import InputError, Scenario

CARD = {"kind": "scorecard", "pool_yuan": 1000, "weights": {"recovery_rate": 1.0}}


def pay(**component) -> dict:
    return {"scheme": {"pay": [component]}}


@pytest.mark.parametrize("wrong", [True, False, "0.5", "1e3", " 1 "])
@pytest.mark.parametrize("values", [
    lambda x: {"market": {"unemployment": [5, 5, 5, 5, x]}},
    lambda x: {"portfolio": {"buckets": [x, 0, 0, 0, 0, 0, 0]}},
    lambda x: {"portfolio": {"reach": x}},
    lambda x: {"run": {"seed": x}},
    lambda x: pay(kind="commission", rates={"M1": x}),
    lambda x: pay(kind="penalty", yuan={"caught": x}),
    lambda x: pay(kind="bounty", yuan={"cures_m1": x}),
    lambda x: pay(kind="bounty", yuan={"cures_m1": [1, x]},
                  axes=[{"measure": "cures", "edges": [3]}]),
    lambda x: pay(kind="bounty", yuan={"cures_m1": [1, 2]},
                  axes=[{"measure": "cures", "edges": [x]}]),
    lambda x: pay(**CARD, during=[0, x]),
    lambda x: pay(**CARD, curve=[[0, 0], [1, x]]),
    lambda x: pay(**CARD, targets={"recovery_rate": {"zero": x, "target": 0.9}}),
    lambda x: pay(**CARD, deductions={"complaints": x}),
])  # fmt: skip
def test_what_is_no_number_is_refused(values, wrong):
    with pytest.raises(InputError, match=r"expected (a|an) .*"):
        Scenario.of(values(wrong))
