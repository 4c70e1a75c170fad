"""Calibration: what is drawn from known types is found again; bad files are refused."""

import os

import numpy as np
import pandas as pd
import pytest

from sim import InputError, Scenario
from sim.calibrate import fit_types, read_taiwan
from sim.calibrate.chain import CLASS, type_chain
from sim.calibrate.estimates import estimates
from sim.panel import ABSENT, CHARGED_OFF, Panel, cure_hazard, observe, stock

PROMPT = {"name": "prompt", "share": 0.7, "entry": 0.05, "repay_m1": 0.9, "repay_later": 0.6,
          "fade": 0.9, "payment": 0.5, "payment_spread": 0.5, "promise": 0.0, "promise_fade": 1.0,
          "keep": 0.0}  # fmt: skip
STUCK = PROMPT | {"name": "stuck", "share": 0.3, "entry": 0.2, "repay_m1": 0.3,
                  "repay_later": 0.25}  # fmt: skip


def book(*kinds: dict, months: int, seed: int = 1) -> Panel:
    """A book nobody works any more, a year after it was drawn: all collectors have left."""
    scenario = Scenario.of({
        "run": {"periods": 12 + months, "replications": 1, "seed": seed},
        "portfolio": {"accounts": 20_000, "arrivals": 0.01, "arrivals_overdue": 0.0,
                      "overdue": 0.1, "instalment": 0.05},
        "market": {"season": [0.0] * 12},
        "borrowers": {"types": list(kinds), "relapse": 1.0, "watch_days": 5000},
        "workforce": {"seats": 2, "quits_per_year": 10.0, "vacancy_days": 1000},
        "response": {"mode": "replay"},
    })  # fmt: skip
    return observe(scenario, 0).months(12, 13 + months)


def test_a_type_moves_as_its_chain_says():
    """Payments that clear all arrears, where the chain is exact."""
    kind = STUCK | {"share": 1.0, "payment": 1.0, "payment_spread": 0.0}
    seen = book(kind, months=12)
    chain = type_chain(Scenario.of({"borrowers": {"types": [kind]}}).borrowers.types[0], 0.05)
    for bucket in range(CHARGED_OFF):
        within = (bucket == CLASS) * chain.usual
        expected = np.bincount(CLASS, (within / within.sum()) @ chain.month)
        before, after = seen.state[:, :-1], seen.state[:, 1:]
        found = after[(before == bucket) & (after != ABSENT)]
        share = np.bincount(found, minlength=CHARGED_OFF + 1) / found.size
        error = np.sqrt(expected * (1 - expected) / found.size)
        assert (np.abs(share - expected) <= 4.5 * error + 1e-9).all(), (bucket, share, expected)


@pytest.fixture(scope="module")
def fitted():
    """A panel, and what is fitted to it without its last month."""
    panel = book(PROMPT, STUCK, months=8)
    return panel, fit_types(panel.months(0, 8), types=2)


@pytest.mark.parametrize(("t", "name", "doubt"), [
    (0, "entry", 0.01), (0, "repay_m1", 0.06),  # how the prompt repay later is hardly ever seen
    (1, "entry", 0.05), (1, "repay_m1", 0.08), (1, "repay_later", 0.06),
])  # fmt: skip
def test_rates_of_known_types_are_found_again(fitted, t, name, doubt):
    found = getattr(fitted[1].borrowers.types[t], name)
    assert found == pytest.approx((PROMPT, STUCK)[t][name], abs=doubt)


def test_shares_of_known_types_are_found_again(fitted):
    assert fitted[1].borrowers.types[0].share == pytest.approx(0.7, abs=0.1)


def test_the_next_month_is_predicted(fitted):
    panel, types = fitted
    assert types.stock_after(panel.months(0, 8)) == pytest.approx(stock(panel, 8), abs=0.005)


def test_fitted_types_are_a_scenarios(fitted):
    borrowers = fitted[1].borrowers.model_dump(mode="json")
    assert Scenario.of({"borrowers": borrowers}).borrowers == fitted[1].borrowers


# ---- intervals ----

PARTLY = STUCK | {"payment": 0.07, "payment_spread": 0.6}


def small_book(*kinds: dict, accounts: int, months: int, seed: int) -> Panel:
    scenario = Scenario.of({
        "run": {"periods": 6 + months, "replications": 1, "seed": seed},
        "portfolio": {"accounts": accounts, "arrivals": 0.0, "overdue": 0.1, "instalment": 0.05},
        "market": {"season": [0.0] * 12},
        "borrowers": {"types": list(kinds), "relapse": 1.0, "watch_days": 5000},
        "workforce": {"seats": 2, "quits_per_year": 10.0, "vacancy_days": 1000},
        "response": {"mode": "replay"},
    })  # fmt: skip
    return observe(scenario, 0).months(6, 7 + months)


def covered(kinds: tuple[dict, ...], fits: int, accounts: int, months: int) -> list[bool]:
    """Whether each identified rate's 90 % interval holds the truth."""
    held = []
    for seed in range(1, fits + 1):
        panel = small_book(*kinds, accounts=accounts, months=months, seed=seed)
        table = estimates(fit_types(panel, types=len(kinds))).query("verdict == 'identified'")
        for row in table.itertuples():
            *_, t, name = row.key.split(".")
            if row.key.startswith("borrowers.types.") and name in (
                "entry",
                "repay_m1",
                "repay_later",
            ):
                held.append(row.low <= kinds[int(t)][name] <= row.high)
    return held


def test_intervals_of_rates_hold_the_truth():
    """Nine in ten at best; less than seven in ten among so few would be no accident."""
    held = covered((PARTLY | {"share": 1.0},), fits=10, accounts=800, months=5)
    assert len(held) >= 20
    assert np.mean(held) >= 0.7


@pytest.mark.campaign
def test_intervals_of_two_types_hold_the_truth_in_85_to_95_percent():
    held = covered((PROMPT, PARTLY), fits=50, accounts=3000, months=12)
    assert 0.85 <= np.mean(held) <= 0.95


# ---- the Taiwan file ----

COLUMNS = [f"X{number}" for number in range(1, 24)]


def written(folder, **changed):
    """A file of two accounts in the Taiwan form."""
    row = dict.fromkeys(COLUMNS, 0) | {"X11": 2, "X10": 3, "X9": 0, "X8": -1, "X7": 8, "X17": 50}
    path = folder / "cards.csv"
    pd.DataFrame([row, row | changed]).to_csv(path, index=False)
    return path


def test_the_taiwan_file_is_read_from_april_to_august(tmp_path):
    panel = read_taiwan(written(tmp_path, X11=1, X6=2))
    assert panel.state.tolist() == [[2, 3, 0, 0, CHARGED_OFF]] * 2
    assert panel.balance_fen[0].tolist() == [5000, 0, 0, 0, 0]


def test_a_cell_that_is_no_number_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cards\.csv:3 X9 = late: expected a whole number"):
        read_taiwan(written(tmp_path, X9="late"))


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path)
    pd.read_csv(path).drop(columns="X13").to_csv(path, index=False)
    with pytest.raises(InputError, match="no column X13"):
        read_taiwan(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04" * 9])
def test_what_is_no_csv_is_refused(tmp_path, content):
    path = tmp_path / "cards.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"cards\.csv"):
        read_taiwan(path)


@pytest.mark.skipif("POSTLOAN_HISTORY" not in os.environ, reason="POSTLOAN_HISTORY names no file")
def test_the_real_file_shows_the_published_hazards():
    panel = read_taiwan(os.environ["POSTLOAN_HISTORY"])
    found = [cure_hazard(panel, month) for month in (1, 2, 3)]
    assert found == pytest.approx([0.474, 0.280, 0.220], abs=0.03)
