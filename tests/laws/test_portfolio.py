"""A drawn portfolio is the described one: within four standard errors, and in whole fen."""

import numpy as np
import pytest

from sim import Scenario, World
from sim.units import CHARGE_OFF_DAY, DAYS_PER_MONTH

ACCOUNTS = 100_000
DESCRIPTIONS = {
    "as it comes": {},
    "all overdue": {"overdue": 1.0, "arrivals_overdue": 1.0},
    "none overdue": {"overdue": 0.0, "arrivals_overdue": 0.0},
    "dear and alike": {"balance_yuan": 250_000.0, "balance_spread": 0.2, "reach_spread": 200.0},
    "short loans": {"instalment": 0.5, "balance_spread": 2.5, "reach": 0.05},
    "a fen": {"balance_yuan": 0.01, "balance_spread": 0.0, "instalment": 0.001},
    "hardly reached": {"reach": 0.01, "reach_spread": 0.5, "arrivals": 0.5},
}


@pytest.fixture(scope="module", params=DESCRIPTIONS)
def drawn(request):
    """A description, and all its accounts before day 0."""
    scenario = Scenario.of({
        "run": {"periods": 2, "replications": 1, "seed": 4}, "workforce": {"seats": 7},
        "portfolio": {"accounts": ACCOUNTS} | DESCRIPTIONS[request.param],
    })  # fmt: skip
    return scenario.portfolio, World(scenario).portfolio


def late(accounts: np.ndarray) -> np.ndarray:
    """Days past due on the evening before the arrival, 0 if none."""
    days = accounts["arrival"].astype(int) - 1 - accounts["due_from"]
    return np.where(accounts["arrears"] > 0, days, 0)


def on_day_0(accounts: np.ndarray) -> np.ndarray:
    return accounts[accounts["arrival"] <= 0]


def assert_share(found: np.ndarray, share: float):
    error = np.sqrt(share * (1.0 - share) / max(found.size, 1))
    assert abs(found.mean() - share) <= 4.0 * error + 1e-12


def test_the_counts_are_as_described(drawn):
    description, portfolio = drawn
    accounts = portfolio.accounts
    assert on_day_0(accounts).size == ACCOUNTS
    assert accounts.size - ACCOUNTS == round(2 * ACCOUNTS * description.arrivals)
    assert (portfolio.live - portfolio.firsts).sum() == ACCOUNTS


def test_the_share_overdue_is_as_described(drawn):
    description, portfolio = drawn
    first = portfolio.accounts["arrival"] <= 0
    overdue = late(portfolio.accounts) > 0
    assert_share(overdue[first], description.overdue)
    if not first.all():
        assert_share(overdue[~first], description.arrivals_overdue)
        assert set(late(portfolio.accounts)[~first]) <= {0, 1}


def test_the_buckets_are_as_described(drawn):
    description, portfolio = drawn
    days = late(on_day_0(portfolio.accounts))
    bucket = (days[days > 0] - 1) // DAYS_PER_MONTH
    for number, share in enumerate(description.buckets):
        if bucket.size:
            assert_share(bucket == number, share)


def test_ages_are_even_within_a_bucket(drawn):
    _, portfolio = drawn
    days = late(on_day_0(portfolio.accounts))
    day = (days[days > 0] - 1) % DAYS_PER_MONTH
    for number in range(DAYS_PER_MONTH if day.size else 0):
        assert_share(day == number, 1 / DAYS_PER_MONTH)


def test_balances_are_as_described(drawn):
    description, portfolio = drawn
    balance = portfolio.accounts["balance"]
    spread, n = description.balance_spread, balance.size
    median = np.log(100.0 * description.balance_yuan)
    rounding = 1.0 / (100.0 * description.balance_yuan)  # whole fen
    logs = np.log(balance)
    error = np.sqrt(np.pi / 2 / n) * spread
    assert abs(np.median(logs) - median) <= 4.0 * error + rounding
    assert abs(logs.std() - spread) <= 4.0 * spread / np.sqrt(2 * n) + rounding


def test_the_chance_to_reach_somebody_is_as_described(drawn):
    """A beta distribution on a grid of 1024 places, which costs its tails a little variance."""
    description, portfolio = drawn
    reach = portfolio.accounts["reach"].astype(float)
    mean, n = description.reach, reach.size
    variance = mean * (1.0 - mean) / (description.reach_spread + 1.0)
    assert (reach >= 0.0).all()
    assert (reach <= 1.0).all()
    assert abs(reach.mean() - mean) <= 4.0 * np.sqrt(variance / n) + 1e-4
    assert reach.var() == pytest.approx(variance, rel=0.03)


def test_money_is_whole_fen(drawn):
    _, portfolio = drawn
    for name in ("balance", "arrears", "instalment"):
        assert portfolio.accounts[name].dtype == np.int64
        assert (portfolio.accounts[name] >= 0).all()


def test_what_is_overdue_is_part_of_what_is_owed(drawn):
    _, portfolio = drawn
    accounts, days = portfolio.accounts, late(portfolio.accounts)
    missed = -(-days // DAYS_PER_MONTH)
    owed = np.minimum(accounts["instalment"] * missed, accounts["balance"])
    expected = np.where(days > CHARGE_OFF_DAY, accounts["balance"], owed)
    assert (accounts["arrears"] <= accounts["balance"]).all()
    np.testing.assert_array_equal(accounts["arrears"], expected)


def test_instalments_are_as_described(drawn):
    description, portfolio = drawn
    accounts = portfolio.accounts
    assert (accounts["instalment"] >= 1).all()
    assert (accounts["instalment"] <= accounts["balance"]).all()
    np.testing.assert_allclose(
        accounts["instalment"], description.instalment * accounts["balance"], atol=1.0
    )


def test_seats_share_the_accounts_evenly_and_in_the_order_of_arrival(drawn):
    _, portfolio = drawn
    sizes = portfolio.ends - portfolio.firsts
    assert np.ptp(sizes) <= 1
    for first, end in zip(portfolio.firsts, portfolio.ends, strict=True):
        assert (np.diff(portfolio.accounts["arrival"][first:end]) >= 0).all()


def test_no_two_accounts_share_their_luck(drawn):
    _, portfolio = drawn
    assert np.unique(portfolio.accounts["stream"]).size == portfolio.accounts.size


def test_the_portfolio_does_not_depend_on_the_scheme(tiny):
    poor, rich = (World(tiny.vary(scheme={"wage_yuan": wage})) for wage in (1, 9000))
    np.testing.assert_array_equal(rich.portfolio.accounts, poor.portfolio.accounts)
