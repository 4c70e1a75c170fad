"""The status panel: what is counted, on panels small enough to count by hand."""

import numpy as np
import pytest

from sim import Scenario, run
from sim.panel import CHARGED_OFF, Panel, cure_hazard, observe, repaid_shares, roll, stock


def panel(*histories: list[int], balance=None, repaid=None) -> Panel:
    state = np.array(histories, np.int8)
    nothing = np.zeros(state.shape, np.int64)
    return Panel(state, nothing + 100 if balance is None else np.array(balance),
                 nothing if repaid is None else np.array(repaid))  # fmt: skip


def test_a_roll_counts_the_next_bucket_only():
    seen = panel([1, 2], [1, 0], [1, 1], [1, 2], [2, 3], [0, 1])
    assert roll(seen, 1) == 0.5
    assert roll(seen, 2) == 1.0


def test_a_roll_leaves_out_who_is_gone():
    assert roll(panel([1, 2], [1, -1]), 1) == 1.0


def test_a_cure_hazard_takes_spells_whose_beginning_was_seen():
    seen = panel([0, 1, 0, 0], [0, 1, 2, 0], [0, 1, 2, 3], [2, 2, 2, 0], [0, 0, 1, 2])
    assert cure_hazard(seen, 1) == 1 / 4
    assert cure_hazard(seen, 2) == 1 / 2


def test_repayments_are_shares_of_the_balance_a_month_before():
    seen = panel([2, 0], [1, 2], [3, 0], balance=[[200, 0], [50, 50], [10, 10]],
                 repaid=[[7, 100], [7, 0], [7, 10]])  # fmt: skip
    assert repaid_shares(seen).tolist() == [0.5, 0.0]


def test_the_stock_leaves_out_what_is_charged_off():
    seen = panel([0], [1], [2], [6], [CHARGED_OFF], [-1])
    assert stock(seen, 0) == 0.75
    assert stock(seen, 0, from_bucket=2) == 0.5


@pytest.fixture(scope="module")
def closed_book() -> Scenario:
    """Nobody joins, so each fen that comes in was owed a month before."""
    return Scenario.of({
        "run": {"periods": 4, "replications": 1, "seed": 3},
        "portfolio": {"accounts": 2000, "arrivals": 0.0, "overdue": 0.6},
        "workforce": {"seats": 4},
        "response": {"mode": "replay"},
    })  # fmt: skip


def test_repayments_of_a_simulated_panel_are_its_cash(closed_book):
    seen = observe(closed_book, 0)
    periods = run(closed_book, workers=1).tables["periods"]
    cash = periods["cash_yuan"] + periods["late_cash_yuan"]
    assert (periods["discount_yuan"] == 0).all()
    assert seen.repaid_fen[:, 1:].sum(axis=0).tolist() == (100 * cash).round().tolist()


def test_states_of_a_simulated_panel_move_as_the_kernel_counts(closed_book):
    seen = observe(closed_book, 0)
    new = (seen.state[:, 1:] == CHARGED_OFF) & (seen.state[:, :-1] != CHARGED_OFF)
    rolls = run(closed_book, workers=1).tables["periods"]["rolls_m6"]
    assert new.sum(axis=0) == pytest.approx(rolls, abs=3)  # a few repay within that month
    assert (new.sum(axis=0) <= rolls).all()
