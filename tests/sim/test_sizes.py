"""Sizes of payments: a smallest instalment is found where there is one, and the kernel knows it."""

import numpy as np
import pytest

from sim import Scenario, World
from sim.calibrate.sizes import Sizes
from sim.panel import Panel, observe, repaid_shares

ACCOUNTS, MONTHS = 4000, 5


def book(smallest_fen: float, seed: int = 1) -> Panel:
    """Everybody is one month late for ever; half of those who pay owe one instalment, half two."""
    luck = np.random.default_rng(seed)
    balance = np.exp(luck.normal(14.0, 1.3, ACCOUNTS))[:, None].repeat(MONTHS, axis=1)
    due = np.maximum(0.04 * balance, smallest_fen) * luck.integers(1, 3, balance.shape)
    repaid = due * (luck.random(balance.shape) < 0.6)
    return Panel(np.ones(balance.shape, np.int8), balance.astype(np.int64), repaid.astype(np.int64))


def test_a_smallest_instalment_is_found():
    base = Sizes.of(book(40_000.0)).base_fen
    assert base * 0.04 == pytest.approx(40_000.0, rel=0.1)


def test_none_is_found_where_there_is_none():
    assert Sizes.of(book(0.0)).base_fen == 0.0


def test_payments_of_a_month_are_foretold():
    panel = book(40_000.0)
    before, last = panel.months(0, MONTHS - 1), panel.months(MONTHS - 2, MONTHS)
    shares = repaid_shares(last)
    seen = np.quantile(shares[shares > 0], (0.25, 0.5, 0.75))
    told = Sizes.of(before).quantiles((0.25, 0.5, 0.75), before)
    assert told == pytest.approx(seen, rel=0.08)


def test_nobody_who_pays_gives_no_sizes():
    panel = book(0.0)
    assert Sizes.of(Panel(panel.state, panel.balance_fen, 0 * panel.repaid_fen)) is None


CARD = {
    "run": {"periods": 3, "replications": 1},
    "portfolio": {"accounts": 8000, "overdue": 1.0, "buckets": [0.5, 0.5, 0, 0, 0, 0, 0],
                  "arrivals": 0.0, "instalment": 0.04, "smallest_instalment_yuan": 400},
    "workforce": {"seats": 2, "quits_per_year": 10.0, "vacancy_days": 1000},
    "response": {"mode": "replay"},
}  # fmt: skip


def test_a_smallest_instalment_falls_due_unless_less_is_owed():
    accounts = World(Scenario.of(CARD)).portfolio.accounts
    due = np.maximum(40_000, (0.04 * accounts["balance"]).astype(np.int64))
    np.testing.assert_array_equal(accounts["instalment"], np.minimum(due, accounts["balance"]))


def test_the_kernels_payments_show_the_smallest_instalment_of_the_scenario():
    base = Sizes.of(observe(Scenario.of(CARD), 0)).base_fen
    assert base * 0.04 == pytest.approx(40_000.0, rel=0.25)
