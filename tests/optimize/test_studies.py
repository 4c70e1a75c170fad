"""Frontier, sensitivity, costing and regret on small worlds."""

import numpy as np
import pytest

from optimize import Dial, Problem, costing, frontier, regret, sensitivity
from sim import InputError

SENSITIVITY = Dial(key="response.sensitivity", low=0.3, high=2.0)
INTEGRITY = Dial(key="workforce.integrity_yuan", low=15.0, high=150.0)


@pytest.fixture(scope="module")
def schemes(today):
    card = today.scheme.pay[0].model_dump(mode="json")
    other = card | {"weights": {"satisfaction": 0.5, "documents": 0.5}}
    return {"today": today, "service": today.vary(scheme={"pay": [other]})}


def test_regret_is_zero_for_the_best_and_choices_follow_from_the_table(schemes):
    found = regret(schemes, unknowns=(SENSITIVITY, INTEGRITY), replications=2, workers=1)
    table = found.tables["regret"]
    assert len(table) == 9 * 2
    cases = table.groupby(["response.sensitivity", "workforce.integrity_yuan"])["regret"]
    assert (cases.min() == 0.0).all()
    by_scheme = table.groupby("scheme")
    worst, usual = by_scheme["regret"].max(), by_scheme["worth"].mean()
    assert found.document["minimax_regret_choice"] == worst.idxmin()
    assert found.document["expected_value_choice"] == usual.idxmax()


def test_knowing_more_is_never_worth_less(schemes):
    found = regret(schemes, unknowns=(SENSITIVITY, INTEGRITY), replications=2, workers=1)
    worth = {r["unknown"]: r["worth_of_knowing"] for r in found.document["value_of_learning"]}
    everything = worth.pop("all of them")
    assert all(-1e-6 <= value <= everything + 1e-6 for value in worth.values())


def test_scheme_against_itself_has_no_gain_whatever_is_assumed(today):
    twice = {"today": today, "again": today}
    found = sensitivity(twice, assumptions=(SENSITIVITY, INTEGRITY), replications=2, workers=1)
    assert (found.tables["tornado"][["gain_at_low", "gain_at_high", "swing"]] == 0.0).all(axis=None)
    assert found.document["choice_changes"] == 0.0


def test_one_scheme_is_no_choice(today):
    with pytest.raises(InputError, match="expected"):
        sensitivity({"today": today})
    with pytest.raises(InputError, match="expected"):
        regret({"today": today})


def test_costing_counts_breaches_and_covers_them(today):
    dials = (SENSITIVITY,)
    free = costing(today, circumstances=dials, draws=24, workers=1)
    cost = free.tables["circumstances"]["incentive"].to_numpy()
    budget = float(np.quantile(cost, 0.75))
    found = costing(today, budget=budget, circumstances=dials, draws=24, workers=1).document
    assert found["breach_probability"] == pytest.approx((cost > budget).mean())
    assert found["breach_low"] <= found["breach_probability"] <= found["breach_high"]
    p95 = float(np.quantile(cost, 0.95))
    assert found["reserve_yuan_per_period"] == pytest.approx((p95 - budget) * 4)


def test_frontier_never_falls(today):
    problem = Problem.model_validate({
        "card": {"indicators": ["recovery_rate", "satisfaction", "documents"]},
        "calls": 60, "verified": 8, "limits": [], "solver": "highs",
    })  # fmt: skip
    found = frontier(today, problem, bounds=(500.0, 5000.0, 9000.0), workers=1)
    table = found.tables["frontier"]
    gains = table.loc[table["feasible"].astype(bool), "gain"].to_numpy(float)
    assert len(gains) >= 2
    assert (np.diff(gains) >= 0.0).all()


def test_frontier_gains_nothing_negative_where_todays_scheme_is_allowed(today):
    problem = Problem.model_validate({
        "card": {"indicators": ["recovery_rate", "satisfaction", "documents"]},
        "calls": 60, "verified": 8, "limits": [], "solver": "highs",
    })  # fmt: skip
    table = frontier(today, problem, workers=1).tables["frontier"]
    loose = table["bound"] >= table["bound"][2]  # the steps are 0.7, 0.85, 1 … of today's figure
    assert table.loc[loose, "feasible"].astype(bool).all()
    assert (table.loc[loose, "gain"].astype(float) >= 0.0).all()


def test_frontier_tries_smaller_pools_and_says_what_stops_it(today):
    problem = Problem.model_validate({"calls": 4, "verified": 8, "limits": [], "solver": "highs"})
    table = frontier(today, problem, bounds=(1.0, 850.0), workers=1).tables["frontier"]
    assert table["feasible"].tolist() == [False, True]
    assert "incentive at most by" in table.loc[0, "scheme"]
    assert np.isnan(table.loc[0, "pool_yuan"])
    assert table.loc[1, "pool_yuan"] < 1000


def test_costing_draws_a_power_of_two(today):
    found = costing(today, circumstances=(SENSITIVITY,), draws=20, workers=1)
    assert found.document["draws"] == 32


def test_one_replication_shows_no_error(schemes):
    with pytest.raises(InputError, match="at least 2 replications"):
        sensitivity(schemes, assumptions=(SENSITIVITY, INTEGRITY), replications=1)
