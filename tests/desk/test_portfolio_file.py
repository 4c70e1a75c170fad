"""The lender's file of a drawn portfolio: what is written is what is read."""

import numpy as np
import pytest

from desk import portfolio_file
from sim import Scenario, World
from sim.lender_file import read_accounts
from sim.records import NEVER

KEPT = ("balance", "instalment", "arrears", "arrival", "due_from", "spell_from", "reach")
SCENARIO = Scenario.of(
    {"portfolio": {"accounts": 5000, "arrivals": 0.3}, "workforce": {"seats": 4}}
)


@pytest.fixture(scope="module")
def drawn():
    return World(SCENARIO).portfolio


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_accounts_survive_being_written_and_loaded(ending, drawn, tmp_path):
    path = tmp_path / f"accounts{ending}"
    portfolio_file.write(drawn, path)
    loaded = World(SCENARIO.vary(portfolio={"file": str(path)})).portfolio
    assert loaded.seats == drawn.seats
    assert loaded.live.tolist() == drawn.live.tolist()
    order = [np.lexsort([p.accounts[name] for name in KEPT]) for p in (drawn, loaded)]
    for name in KEPT:
        before, after = drawn.accounts[name][order[0]], loaded.accounts[name][order[1]]
        np.testing.assert_array_equal(before, after, err_msg=name)


def test_both_endings_hold_the_same(drawn, tmp_path):
    for ending in (".csv", ".parquet"):
        portfolio_file.write(drawn, tmp_path / f"a{ending}")
    csv, parquet = (read_accounts(tmp_path / f"a{ending}") for ending in (".csv", ".parquet"))
    assert csv.equals(parquet)


def test_accounts_that_are_not_overdue_owe_nothing_yet(drawn):
    table = portfolio_file.account_table(drawn)
    fine = drawn.accounts["due_from"] == NEVER
    assert (table.loc[fine, ["days_past_due", "arrears_yuan", "days_in_spell"]] == 0).all(axis=None)
    assert (table.loc[~fine, ["days_past_due", "arrears_yuan"]] > 0).all(axis=None)
