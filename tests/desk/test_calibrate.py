"""`postloan calibrate`: a history in, a scenario that runs and a report out."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from desk.cli import app
from sim import Scenario

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


def calibrate(folder: Path):
    names = [folder / "history.toml", "--out", folder / "mine.toml", "--base", folder / "base.toml"]
    arguments = ["calibrate", *map(str, names), "--types", "1", "--json"]
    return CliRunner().invoke(app, arguments)


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
