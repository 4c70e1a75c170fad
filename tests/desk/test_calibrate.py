"""`postloan calibrate`: a history in, a scenario that runs and a report out."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from desk.calibration import Remembered, account_panel
from desk.cli import app
from sim import Scenario
from sim.calibrate.likelihood import Evidence, starts

EXAMPLE = Path(__file__).parents[2] / "scenarios/history/history.toml"
HISTORY = '[accounts]\nfile = "accounts.csv"\n'


def write_history(folder: Path, months: int) -> None:
    """Two hundred accounts: half of the late ones clear their arrears in a month."""
    luck = np.random.default_rng(1)
    rows = []
    for account in range(200):
        late = 0
        for month in range(months):
            repaid = late > 0 and luck.random() < 0.5
            late = 0 if repaid else (late + 1) * (late > 0 or luck.random() < 0.1)
            rows.append((account, month, late, 1000.0, 50.0, 50.0 * repaid))
    columns = ["account", "month", "status", "balance", "due", "paid"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "accounts.csv", index=False)
    (folder / "history.toml").write_text(HISTORY, encoding="utf-8")
    (folder / "base.toml").write_text("[workforce]\nseats = 3\n", encoding="utf-8")


def arguments(folder: Path) -> list[str]:
    names = [folder / "history.toml", "--out", folder / "mine.toml", "--base", folder / "base.toml"]
    return ["calibrate", *map(str, names), "--types", "1", "--json"]


def calibrate(folder: Path, *more: str):
    return CliRunner().invoke(app, [*arguments(folder), *more])


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """The folder of a calibration, and its answer."""
    folder = tmp_path_factory.mktemp("calibrated")
    write_history(folder, months=6)
    answer = calibrate(folder)
    assert answer.exit_code == 0, answer.output
    return folder, json.loads(answer.stdout)


def test_the_scenario_loads_and_names_what_each_number_rests_on(calibrated):
    text = (calibrated[0] / "mine.toml").read_text(encoding="utf-8")
    assert "identified" in text
    assert "# prior market.sensitivity: no path of unemployment" in text
    assert Scenario.load(calibrated[0] / "mine.toml").portfolio.accounts == 200


def test_the_report_needs_no_network_and_no_work_file_remains(calibrated):
    page = (calibrated[0] / "mine.html").read_text(encoding="utf-8")
    assert "Calibration on history.toml" in page
    assert "<script src" not in page
    assert not (calibrated[0] / "mine.toml.work").exists()


def test_the_answer_lists_what_was_held_out_and_what_was_fitted(calibrated):
    assert calibrated[1]["holdout"][0]["measure"] == "overdue stock"
    verdicts = {row["key"]: row["verdict"] for row in calibrated[1]["parameters"]}
    assert verdicts["borrowers.types.0.entry"] == "identified"
    assert verdicts["market.sensitivity"].startswith("prior")


def test_a_broken_work_file_is_named(tmp_path):
    write_history(tmp_path, months=3)
    (tmp_path / "mine.toml.work").write_text("{", encoding="utf-8")
    answer = calibrate(tmp_path)
    assert answer.exit_code == 2
    assert "mine.toml.work: expected a work file" in answer.stderr


def test_two_months_are_too_few(tmp_path):
    write_history(tmp_path, months=2)
    answer = calibrate(tmp_path)
    assert answer.exit_code == 2
    assert "expected at least three months" in answer.stderr
    assert not (tmp_path / "mine.toml").exists()


def test_a_killed_calibration_goes_on_and_finds_the_same(calibrated, tmp_path):
    write_history(tmp_path, months=6)
    work, done = tmp_path / "mine.toml.work", tmp_path / "mine.toml"
    process = subprocess.Popen(
        [sys.executable, "-m", "desk.cli", *arguments(tmp_path)], stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not work.exists():
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert work.exists()
    assert not done.exists()
    assert calibrate(tmp_path).exit_code == 0
    assert done.read_text("utf-8") == (calibrated[0] / "mine.toml").read_text("utf-8")
    assert not work.exists()


def test_a_finished_climb_is_not_climbed_again(tmp_path):
    write_history(tmp_path, months=4)
    evidence = Evidence.of(account_panel(tmp_path / "history.toml")[0])
    start = starts(1)[0]
    first = Remembered(tmp_path / "work", 1, None)(evidence, start)
    kept = json.loads((tmp_path / "work").read_text("utf-8"))
    kept = {key: [top, 123.0] for key, (top, _) in kept.items()}
    (tmp_path / "work").write_text(json.dumps(kept), encoding="utf-8")
    again = Remembered(tmp_path / "work", 1, None)(evidence, start)
    np.testing.assert_array_equal(again[0], first[0])
    assert again[1] == 123.0


def test_what_a_history_does_not_tell_keeps_its_prior(tmp_path):
    """Nobody is ever late: how people repay, and in which bucket they are, is not seen."""
    write_history(tmp_path, months=3)
    table = pd.read_csv(tmp_path / "accounts.csv")
    table.assign(status=0, paid=0.0).to_csv(tmp_path / "accounts.csv", index=False)
    (tmp_path / "base.toml").write_text(PRIOR, encoding="utf-8")
    answer = calibrate(tmp_path)
    assert answer.exit_code == 0, answer.output
    rows = {row["key"]: row for row in json.loads(answer.stdout)["parameters"]}
    base, found = (Scenario.load(tmp_path / name) for name in ("base.toml", "mine.toml"))
    for name in ("repay_later", "payment", "payment_spread"):
        assert rows[f"borrowers.types.0.{name}"]["verdict"] == "not identified"
        kept, prior = (getattr(s.borrowers.types[0], name) for s in (found, base))
        assert kept == prior
    assert found.portfolio.buckets == base.portfolio.buckets
    assert found.portfolio.instalment == base.portfolio.instalment


PRIOR = """[workforce]
seats = 3
[[borrowers.types]]
name = "all"
share = 1.0
entry = 0.1
repay_m1 = 0.5
repay_later = 0.5
fade = 0.9
payment = 0.2
payment_spread = 1.25
promise = 0.5
promise_fade = 0.9
keep = 0.5
"""


def test_shares_of_the_book_have_intervals_within_0_and_1(calibrated):
    rows = [r for r in calibrated[1]["parameters"] if r["key"].startswith("portfolio.buckets")]
    assert len(rows) == 7
    for row in rows:
        assert 0.0 <= row["low"] <= row["estimate"] <= row["high"] <= 1.0
        assert row["high"] > row["low"]  # a bucket seen empty is not known to be empty


def test_collectors_are_fitted_too_and_the_report_speaks_chinese(tmp_path):
    base = EXAMPLE.parent.parent / "own_history.toml"
    command = ["calibrate", EXAMPLE, "--out", tmp_path / "both.toml", "--base", base, "--types",
               "1", "--behaviour", "--points", "40", "--lang", "zh", "--json"]  # fmt: skip
    answer = CliRunner().invoke(app, [*map(str, command)])
    assert answer.exit_code == 0, answer.output
    told = {row["parameter"]: row for row in json.loads(answer.stdout)["behaviour"]}
    pay = told["response.sensitivity"]
    assert pay["low90"] <= pay["estimate"] <= pay["high90"]
    scenario, today = Scenario.load(tmp_path / "both.toml"), Scenario.load(base)
    own = today.workforce.contagion
    assert (
        scenario.workforce.contagion
        == (own, told["workforce.contagion"]["estimate"])[told["workforce.contagion"]["identified"]]
    )
    page = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert "催收员行为" in page
    assert "not identified" not in page
    assert sorted(p.name for p in tmp_path.iterdir()) == ["both.html", "both.toml"]


def test_behaviour_needs_collectors(tmp_path):
    write_history(tmp_path, months=3)
    answer = calibrate(tmp_path, "--behaviour")
    assert answer.exit_code == 2
    assert "expected a table [collectors]" in answer.stderr
    assert not (tmp_path / "mine.toml").exists()
