"""Contact rates: the chance to be reached and its spread come back from a log of counts."""

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.contact import contact_rates


def log(reach: float, spread: float, accounts: int) -> pd.DataFrame:
    luck = np.random.default_rng(4)
    own = luck.beta(reach * spread, (1.0 - reach) * spread, accounts)
    attempts = luck.integers(0, 12, accounts)
    return pd.DataFrame({
        "account": np.arange(accounts), "month": 0, "attempts": attempts,
        "contacts": luck.binomial(attempts, own),
    })  # fmt: skip


@pytest.mark.parametrize(("reach", "spread"), [(0.36, 4.0), (0.1, 1.5)])
def test_known_rates_come_back_within_their_errors(reach, spread):
    rows = {row[0]: row[1:] for row in contact_rates(log(reach, spread, 4000))}
    for key, truth in (("portfolio.reach", reach), ("portfolio.reach_spread", spread)):
        estimate, error, low, high, verdict = rows[key]
        assert abs(estimate - truth) < 3.0 * error < 0.2 * truth
        assert low < estimate < high
        assert verdict == "identified"


@pytest.mark.parametrize("hit", [0, 1])
def test_a_rate_at_its_bound_has_an_interval_that_ends_there_and_no_error(hit):
    """Nobody is ever reached, or everybody always: that is told, how alike they are is not."""
    table = log(0.3, 4.0, 400)
    reach, spread = contact_rates(table.assign(contacts=table["attempts"] * hit))
    estimate, error, low, high, verdict = reach[1:]
    assert verdict == "at its bound"
    assert np.isnan(error)
    assert abs(estimate - hit) < 0.003
    assert (low, high)[hit] == estimate
    assert abs((high, low)[hit] - hit) < 0.02
    assert spread[-1] == "not identified"


def test_a_few_accounts_tell_nothing():
    assert {row[-1] for row in contact_rates(log(0.3, 4.0, 20))} == {"not identified"}


def test_no_log_gives_no_rates():
    assert contact_rates(pd.DataFrame()) == []
