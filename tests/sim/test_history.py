"""The door of a lender's history: any order and source in; a bad row is named, none is lost."""

import re

import pandas as pd
import pytest

from sim.history import read_history

ACCOUNTS = """contract,month,dpd,balance,due,paid
A,2026-01,0,100.50,10,10
A,2026-02,1,90.50,10,0
A,2026-03,31,90.50,10,0.01
B,2026-01,180,5000,500,0
B,2026-02,181,5000,500,0
B,2026-03,0,1.20,0,4998.80
"""
MAPPING = """[accounts]
file = "accounts.csv"
columns = { account = "contract", days_past_due = "dpd" }
"""
STATES = [0, 1, 2, 6, 7, 0]


@pytest.fixture
def lender(tmp_path):
    """Writes a history's mapping and accounts, and reads it."""

    def read(accounts=ACCOUNTS, mapping=MAPPING, encoding="utf-8", name="accounts.csv"):
        raw = accounts if isinstance(accounts, bytes) else accounts.encode(encoding)
        (tmp_path / name).write_bytes(raw)
        (tmp_path / "history.toml").write_text(mapping, encoding="utf-8")
        return read_history(tmp_path / "history.toml")

    return read


def test_accounts_are_counted_in_months_past_due_and_whole_fen(lender):
    history = lender()
    assert history.months == ("2026-01", "2026-02", "2026-03")
    assert list(history.accounts) == [
        "account", "month", "state", "balance_fen", "due_fen", "paid_fen",
    ]  # fmt: skip
    assert history.accounts["state"].tolist() == STATES
    assert history.accounts["month"].tolist() == [0, 1, 2, 0, 1, 2]
    assert history.accounts["paid_fen"].tolist() == [1000, 0, 1, 0, 0, 499_880]
    assert history.collectors.empty
    assert not history.notes


def test_rows_in_any_order_give_the_same_history(lender):
    usual = lender()
    header, *rows = ACCOUNTS.splitlines()
    shuffled = lender("\n".join([header, *rows[::-1][2:], rows[-1], rows[-2]]) + "\n")
    pd.testing.assert_frame_equal(shuffled.accounts, usual.accounts)


@pytest.mark.parametrize("form", ["{0}/{1}", "{0}{1}", "{0}年{1}月", "{0}-{1}-28", "{0}.{1}"])
def test_months_are_read_as_they_are_usually_written(lender, form):
    written = re.sub(r"(2026)-(0\d)", lambda m: form.format(*m.groups()), ACCOUNTS)
    assert lender(written).months == ("2026-01", "2026-02", "2026-03")
