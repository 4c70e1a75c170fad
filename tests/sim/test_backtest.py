"""The back-test: what was reported, re-priced to the fen, beside the pay that was recorded."""

import pytest

from sim import InputError
from sim.backtest import backtest
from sim.history import read_history
from sim.scheme import Scheme

MAPPING = """unit = "yuan"
[collectors]
file = "collectors.csv"
columns = { cash_m1 = "M1回款", pay = "工资", tenure_days = "司龄" }
"""
PANEL = """collector,month,team,司龄,presence,left,M1回款,cash_m2,complaints,satisfaction,工资
Li,2026-01,a,400,1,0,100000.00,20000.01,0,0.90,5700.00
Wu,2026-01,a,10,0.5,0,33333.33,0,2,0.60,2600.00
Li,2026-02,a,430,1,1,0,1000,1,0.75,4550.01
Wu,2026-02,a,40,1,0,80000,0,0,0.55,5400.00
"""
SCHEME = {
    "wage_yuan": 5000,
    "pay": [
        {"kind": "commission", "rates": {"M1": 0.005, "M2": 0.01}},
        {"kind": "penalty", "yuan": {"complaints": 30}},
    ],
}


@pytest.fixture
def history(tmp_path):
    def read(panel=PANEL, mapping=MAPPING):
        (tmp_path / "collectors.csv").write_text(panel, encoding="utf-8")
        (tmp_path / "history.toml").write_text(mapping, encoding="utf-8")
        return read_history(tmp_path / "history.toml")

    return read


def test_pay_worked_by_hand_is_met_to_the_fen(history):
    found = backtest(history(), Scheme(**SCHEME))
    # 2026-01, Li: 5,000 + 0.5 % of 100,000 + 1 % of 20,000.01 = 5,700.0001
    # 2026-01, Wu: 2,500 for half a month + 0.5 % of 33,333.33 = 166.66665, less 2 x 30
    # 2026-02, Li: 5,000 + 1 % of 1,000 - 30; Wu: 5,000 + 0.5 % of 80,000
    assert dict(zip(found.lines["collector"] + found.lines["month"], found.lines["repriced_fen"],
                    strict=True)) == {
        "Li2026-01": 570_000, "Wu2026-01": 260_667, "Li2026-02": 498_000, "Wu2026-02": 540_000,
    }  # fmt: skip


def test_differences_are_listed_by_person_and_month_the_largest_first(history):
    found = backtest(history(), Scheme(**SCHEME)).differences
    assert found[["collector", "month", "recorded_fen", "difference_fen"]].to_numpy().tolist() == [
        ["Li", "2026-02", 455_001, 42_999],
        ["Wu", "2026-01", 260_000, 667],
    ]


def test_totals_by_month_are_the_sums_of_the_lines(history):
    found = backtest(history(), Scheme(**SCHEME))
    totals = found.totals.set_index("month")
    assert totals["difference_fen"].to_dict() == {"2026-01": 667, "2026-02": 42_999}
    assert totals["lines_that_differ"].to_dict() == {"2026-01": 1, "2026-02": 1}
    assert totals["commission_fen"].sum() == found.lines["commission_fen"].sum()


def test_an_indicator_that_was_reported_is_paid_as_reported(history):
    card = {"kind": "scorecard", "pool_yuan": 1000, "weights": {"satisfaction": 1.0},
            "targets": {"satisfaction": {"zero": 0.5, "target": 1.0}}}  # fmt: skip
    found = backtest(history(), Scheme(wage_yuan=0, pay=[card])).lines
    assert found.sort_values(["month", "collector"])["scorecard_fen"].tolist() == [
        80_000, 20_000, 50_000, 10_000,
    ]  # fmt: skip


def test_a_ladder_or_deferral_remembers_the_months_before(history):
    later = {"kind": "deferral", "share": 0.4, "vesting": [1.0], "spacing": 1}
    found = backtest(history(), Scheme(**SCHEME | {"pay": [*SCHEME["pay"], later]})).lines
    fen = dict(zip(found["collector"] + found["month"], found["deferral_fen"], strict=True))
    assert fen["Li2026-01"] == -28_000  # 40 % of 700
    assert fen["Li2026-02"] == 28_000  # 10 less 30 yuan: nothing to hold back
    assert fen["Wu2026-01"] == -4_267  # 40 % of 106.67
    assert fen["Wu2026-02"] == 4_267 - 16_000


NEEDS = {
    "cash_m3": {"kind": "commission", "rates": {"M1": 0.01, "M3": 0.01}},
    "promises": {"kind": "bounty", "yuan": {"promises": 1}},
    "due": {"kind": "scorecard", "pool_yuan": 1, "weights": {"recovery_rate": 1.0}},
}


@pytest.mark.parametrize("column", NEEDS)
def test_what_a_scheme_reads_and_a_history_lacks_is_named(history, column):
    with pytest.raises(InputError, match=rf"the history lacks .*{column}"):
        backtest(history(), Scheme(pay=[NEEDS[column]]))


def test_a_quarter_needs_the_counts_and_not_the_indicator(history):
    card = {"kind": "scorecard", "pool_yuan": 1, "weights": {"satisfaction": 1.0}, "every": 3}
    with pytest.raises(InputError, match="satisfaction: expected the counts"):
        backtest(history(), Scheme(pay=[card]))


def test_two_collectors_at_one_desk_in_a_month_are_refused(history):
    panel = PANEL.replace(",team,", ",seat,")
    with pytest.raises(InputError, match="seat = a: expected one collector a month"):
        backtest(history(panel), Scheme(**SCHEME))
