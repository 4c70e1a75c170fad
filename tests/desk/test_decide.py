"""The optimiser's commands: what they write, say and return."""

import json
from pathlib import Path

import pytest

from sim import Scenario

PROBLEM = """
extends = "wage.toml"
[run]
seed = 5
[[scheme.pay]]
kind = "scorecard"
name = "card"
pool_yuan = 1000
weights = { documents = 0.5, satisfaction = 0.5 }
[optimise]
calls = 40
verified = 8
limits = []
card = { indicators = ["documents", "satisfaction", "recovery_rate"] }
"""


@pytest.fixture(autouse=True)
def _problem(folder) -> None:
    (folder / "problem.toml").write_text(PROBLEM, encoding="utf-8")


def test_optimise_proposes_a_scenario_or_says_no(postloan):
    answer = postloan("optimise", "problem.toml", "--workers", "1", "--out", "found", "--json")
    document = json.loads(answer.stdout)
    assert document == json.loads(Path("found/answer.json").read_text("utf-8")) | {
        "folder": "found"
    }
    assert answer.exit_code == (0 if document["better"] else 1)
    assert Path("found/proposed.toml").exists() == document["better"]
    if document["better"]:
        card = Scenario.load("found/proposed.toml").scheme.pay[0]
        assert {k: w for k, w in card.weights.items() if w} == document["proposed"]["weights"]
        run = postloan("run", "found/proposed.toml", "--workers", "1", "--out", "again", "--quiet")
        assert run.exit_code == 0, run.stderr


def test_problem_file_runs_as_a_scenario_too(postloan):
    answer = postloan("run", "problem.toml", "--workers", "1", "--out", "found", "--quiet")
    assert answer.exit_code == 0, answer.stderr


def test_folder_of_somebody_else_is_left_alone(postloan):
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine", encoding="utf-8")
    answer = postloan("optimise", "problem.toml", "--out", "mine")
    assert answer.exit_code == 2
    assert Path("mine/notes.txt").read_text("utf-8") == "mine"


def test_costing_prints_the_quantiles(postloan):
    answer = postloan("costing", "problem.toml", "--draws", "20", "--workers", "1", "--out", "c")
    assert answer.exit_code == 0, answer.stderr
    assert "P95" in answer.stdout
    assert {p.name for p in Path("c").iterdir()} == {
        "about.json", "answer.json", "answer.md", "costing.parquet", "circumstances.parquet",
        "costing.html",
    }  # fmt: skip
