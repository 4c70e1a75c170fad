"""Re-pricing a recorded run under its own scheme gives the pay of that run, to the fen."""

import numpy as np
import pytest

from sim import Scenario, World
from sim.reprice import Record, priced, repriced
from sim.run import finished
from sim.tables import tables_of

SMALL = Scenario.of(
    {
        "run": {"periods": 5, "warm_up": 1},
        "portfolio": {"accounts": 600},
        "workforce": {"seats": 8, "quits_per_year": 3.0},
    }
)
CARD = {"kind": "scorecard", "name": "card", "pool_yuan": 3000,
        "weights": {"recovery_rate": 0.6, "documents": 0.4}}  # fmt: skip
SCHEMES = {
    "card": [CARD, {"kind": "penalty", "yuan": {"complaints": 20}}],
    "ratchet": [CARD | {"targets": {"recovery_rate": {"rule": "ratchet", "speed": 0.5}}}],
    "difficulty": [CARD | {"targets": {"recovery_rate": {"rule": "difficulty"}}}],
    "deferred": [
        {"kind": "commission", "rates": {"M1": 0.03}},
        {"kind": "deferral", "share": 0.4, "vesting": [0.5, 0.5], "leaver": "keep"},
    ],
    "quarterly": [CARD | {"every": 2}, {"kind": "guarantee", "yuan": 800}],
}


@pytest.mark.parametrize("name", SCHEMES)
def test_its_own_scheme_pays_what_was_paid(name):
    world = finished(World(SMALL.vary(scheme={"pay": SCHEMES[name]})))
    paid, again = tables_of(world)["seats"], repriced(world.scenario.scheme, Record.of(world))
    for column in ("wage_yuan", "incentive_yuan"):
        np.testing.assert_array_equal(again[column], paid[column])


def test_twice_the_pool_pays_twice():
    record = Record.of(finished(World(SMALL)))
    once, twice = (
        repriced(SMALL.vary(scheme={"pay": [CARD | {"pool_yuan": pool}]}).scheme, record)
        for pool in (2000, 4000)
    )
    np.testing.assert_allclose(twice["incentive_yuan"], 2 * once["incentive_yuan"], atol=0.011)


def test_what_the_indicators_pay_adds_up_to_the_card():
    record = Record.of(finished(World(SMALL)))
    scheme = SMALL.vary(scheme={"pay": [CARD]}).scheme
    pay = repriced(scheme, record)
    mine = pay[pay["period"] >= 1].groupby("period")["incentive_yuan"].mean()
    assert priced(scheme, record)[1]["yuan"].sum() == pytest.approx(mine.mean(), abs=0.01)
