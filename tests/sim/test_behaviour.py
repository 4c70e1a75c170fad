"""Behaviour by simulated moments: known truth comes back, what cannot be told is said to be so."""

import numpy as np
import pandas as pd
import pytest

from sim import InputError, Scenario
from sim.calibrate import PRIORS, Prior, fit_behaviour, reported_panel, simulate_bank
from sim.calibrate.moments import MOMENTS, moments_of

SHORT = {
    "run": {"periods": 3},
    "portfolio": {"accounts": 150},
    "workforce": {"seats": 12, "seats_per_team": 4},
    "scheme": {"wage_yuan": 4000, "pay": [
        {"kind": "commission", "name": "bonus", "rates": {"M1": 0.05, "M2": 0.1, "M3": 0.2}},
    ]},
}  # fmt: skip
PAY = Prior("response.sensitivity", 0.1, 4.0, log=True)
UNTOLD = Prior("workforce.leaver_cost_yuan", 2000.0, 70000.0)  # moves no figure of the panel
SETTINGS = {"priors": (PAY, UNTOLD), "points": 40, "workers": 1}


@pytest.fixture(scope="module")
def short() -> Scenario:
    return Scenario.of(SHORT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("design")


@pytest.fixture(scope="module")
def bank(short, folder):
    return simulate_bank(short, folder, **SETTINGS)


@pytest.fixture(scope="module")
def panel(short) -> pd.DataFrame:
    return reported_panel(short.vary(response={"sensitivity": 3.0}), 50)


@pytest.fixture(scope="module")
def fitted(panel, bank):
    return fit_behaviour(panel, bank)


def test_what_moves_no_figure_is_not_identified_and_keeps_its_prior(fitted, short):
    row = fitted.table.set_index("parameter").loc[UNTOLD.key]
    assert not row["identified"]
    assert row["estimate"] == short.workforce.leaver_cost_yuan
    assert (row["low90"], row["high90"]) == (5400.0, 66600.0)  # 5 and 95 % of the prior
    assert fitted.scenario.workforce == short.workforce
    assert fitted.rank == 1


def test_strong_response_to_pay_is_told_from_a_weak_one(short, bank, fitted):
    weak = reported_panel(short.vary(response={"sensitivity": 0.15}), 50)
    rows = [
        f.table.set_index("parameter").loc[PAY.key] for f in (fit_behaviour(weak, bank), fitted)
    ]
    assert rows[0]["high90"] < rows[1]["low90"]
    assert fitted.scenario.response.sensitivity == rows[1]["estimate"]


def test_finished_runs_are_not_carried_out_again(short, folder, bank):
    carried_out = []
    again = simulate_bank(
        short, folder, **SETTINGS, progress=lambda *done: carried_out.append(done)
    )
    assert not carried_out
    np.testing.assert_array_equal(again.moments, bank.moments)


def test_order_of_rows_changes_no_moment(panel):
    shuffled = panel.sample(frac=1.0, random_state=3)
    assert moments_of(shuffled) == pytest.approx(moments_of(panel), nan_ok=True)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: m.key)
def test_a_column_that_is_not_reported_costs_only_its_moments(moment, panel):
    left = moments_of(panel.drop(columns=list(moment.needs)))
    assert moment.key not in left
    whole = moments_of(panel)
    assert left == pytest.approx({key: whole[key] for key in left}, nan_ok=True)


def test_other_length_is_refused(panel, bank):
    with pytest.raises(InputError, match="2 months, and the bank counts 3"):
        fit_behaviour(panel[panel["month"] < 2], bank)


def test_missing_column_is_named(panel, bank):
    with pytest.raises(InputError, match="no column pay_fen"):
        fit_behaviour(panel.drop(columns="pay_fen"), bank)


def test_a_history_that_no_behaviour_makes_is_unlike_the_bank(panel, bank):
    assert fit_behaviour(panel, bank).likeness > 0.05
    odd = panel.assign(cash=panel["cash"] * 1e-3, hours=panel["hours"] * 3.0)
    assert fit_behaviour(odd, bank).likeness < 0.05


@pytest.mark.campaign
def test_intervals_cover_the_truth(tmp_path):
    """90 % intervals of identified parameters, over 60 histories with truths from the priors."""
    base = Scenario.load("scenarios/baseline.toml").vary(
        run={"periods": 6, "warm_up": 2}, portfolio={"accounts": 1000}, workforce={"seats": 30}
    )
    bank = simulate_bank(base, tmp_path)
    rng, hits = np.random.default_rng(5), []
    for history in range(60):
        truth = {p.key: float(p.at(share)) for p, share in zip(PRIORS, rng.random(6), strict=True)}
        values: dict[str, dict] = {}
        for key, value in truth.items():
            section, name = key.split(".")
            values.setdefault(section, {})[name] = value
        table = fit_behaviour(reported_panel(base.vary(**values), 1000 + history), bank).table
        told = table[table["identified"]]
        true = told["parameter"].map(truth)
        hits += ((told["low90"] <= true) & (true <= told["high90"])).tolist()
    assert len(hits) >= 60
    assert 0.85 <= np.mean(hits) <= 0.95
