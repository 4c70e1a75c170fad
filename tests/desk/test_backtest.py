"""`postloan history` and `backtest`: a run written as a lender would, and re-priced to the fen."""

import json
from pathlib import Path

import pandas as pd
import pytest
import tomli_w

from sim.history import read_history
from sim.history_file import ACCOUNTS, COLLECTORS, CONTACTS

WORLD = {
    "run": {"periods": 7, "seed": 3},
    "portfolio": {"accounts": 900},
    "workforce": {"seats": 6, "seats_per_team": 3, "quits_per_year": 1.5},
}
OWN = {
    "all that count": [
        {"kind": "commission", "rates": {"M1": 0.004, "M3": 0.02}, "above_wages": 0.5},
        {"kind": "scorecard", "pool_yuan": 3000, "weights": {"recovery_rate": 0.6,
                                                               "satisfaction": 0.4}},
        {"kind": "penalty", "yuan": {"complaints": 30}},
    ],
    "memory and leavers": [
        {"kind": "commission", "rates": {"M1": 0.01}},
        {"kind": "deferral", "share": 0.3, "vesting": [0.5, 0.5], "spacing": 2, "leaver": "keep"},
        {"kind": "clawback", "yuan": {"relapses": 50}, "window": 2},
        {"kind": "guarantee", "yuan": 6000, "first_days": 90},
    ],
    "colleagues and quarters": [
        {"kind": "commission", "rates": {"M1": 0.01}, "of": "team"},
        {"kind": "commission", "name": "quarter", "rates": {"M2": 0.01}, "every": 3},
        {"kind": "rank", "measure": "cash", "places": [800, 300], "among": "house"},
        {"kind": "pool_cap", "yuan_per_seat": 700},
    ],
    "a change that the old hands are spared, and targets by difficulty": [
        {"kind": "scorecard", "pool_yuan": 3000, "weights": {"recovery_rate": 1.0},
         "targets": {"recovery_rate": {"rule": "difficulty"}}},
        {"kind": "deferral", "share": 0.3, "vesting": [0.5, 0.5], "spacing": 2},
    ],
}  # fmt: skip
CHANGE = [
    {
        "period": 3,
        "grandfathered": 2,
        "scheme": {"wage_yuan": 4500, "pay": [{"kind": "commission", "rates": {"M1": 0.02}}]},
    }
]


@pytest.fixture(params=OWN)
def written(request, folder, postloan):
    """A scenario and the history of its run."""
    scheme = {"wage_yuan": 4000, "pay": OWN[request.param]}
    own = WORLD | {"scheme": scheme} | ({"change": CHANGE} if "change" in request.param else {})
    Path("own.toml").write_text(tomli_w.dumps(own), encoding="utf-8")
    result = postloan("history", "own.toml", "--out", "own", "--quiet")
    assert result.exit_code == 0, result.output
    return folder / "own" / "history.toml"


def test_a_run_repriced_under_its_own_scheme_reconciles_to_the_fen(written, postloan):
    history = read_history(written)
    assert history.collectors["left"].sum() > 0  # successors are among them
    result = postloan("backtest", written, "own.toml", "--out", "found", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["lines"], found["lines_that_differ"]) == (len(history.collectors), 0)
    assert found["recorded_yuan"] == found["repriced_yuan"] > 0
    assert pd.read_csv("found/differences.csv").empty
    lines = pd.read_csv("found/lines.csv")
    assert round(lines["repriced_yuan"].sum(), 2) == found["repriced_yuan"]


ROOT = Path(__file__).parents[2]


def test_the_example_reconciles_and_another_scheme_shows_who_differs(folder, postloan):
    history = ROOT / "scenarios/history/history.toml"
    own = postloan("backtest", history, ROOT / "scenarios/own_history.toml", "--out", "own")
    assert own.exit_code == 0, own.output
    assert own.stdout.splitlines()[-3].split()[-2:] == ["+0.00", "0"]
    other = postloan("backtest", history, ROOT / "scenarios/balanced.toml", "--out", "own")
    assert "lines that differ" in other.stdout
    table = pd.read_csv(folder / "own" / "differences.csv")
    assert len(table) == 36
    assert (table["difference_yuan"].abs().diff().dropna() <= 0).all()


def test_the_page_on_histories_tells_every_column():
    page = (ROOT / "docs/history.md").read_text(encoding="utf-8")
    assert all(f"`{column.name}`" in page for column in (*ACCOUNTS, *COLLECTORS, *CONTACTS))


WRONG = {
    "no mapping": (["collectors.csv", "wage.toml"], "expected a file like history.toml"),
    "no file": (["none.toml", "wage.toml"], "none.toml: no such file"),
    "a scenario instead": (["wage.toml", "wage.toml"], "wage.toml:"),
    "a change that looks at tenure": (["history.toml", "change.toml"], "tenure_days is missing"),
    "a column too few": (["history.toml", "commission.toml"], "the history lacks cash_m2"),
    "a folder of somebody": (["history.toml", "wage.toml", "--out", "."], "has no about.json"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_answered_and_nothing_written(folder, postloan, case):
    arguments, message = WRONG[case]
    Path("collectors.csv").write_text("collector,month,pay,cash_m1\nLi,2026-01,1,2\n")
    Path("history.toml").write_text('[collectors]\nfile = "collectors.csv"\n')
    change = 'extends = "wage.toml"\n[[change]]\nperiod = 1\ngrandfathered = 1\nscheme = {}\n'
    Path("change.toml").write_text(change)
    before = sorted(folder.rglob("*"))
    result = postloan("backtest", *arguments)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert sorted(folder.rglob("*")) == before
