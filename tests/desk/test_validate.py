"""`postloan validate`: what it says and writes, and its exit status."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desk import validation
from sim.evidence import FACTS

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
QUICK = ("validate", "--facts", "roll_chain", "--seeds", "2", "--workers", "1")


@pytest.fixture
def failing(monkeypatch):
    """The facts, one of them with a band that no ratio of one fits."""
    wrong = replace(FACTS["roll_chain"], key="half", band=(0.4, 0.6))
    monkeypatch.setattr(validation, "FACTS", FACTS | {"half": wrong})


@pytest.mark.usefixtures("folder")
def test_facts_that_hold_end_with_status_0(postloan):
    answer = postloan(*QUICK)
    assert answer.exit_code == 0, answer.output
    assert "roll_chain" in answer.stdout
    assert "holds" in answer.stdout


@pytest.mark.usefixtures("folder", "failing")
def test_a_fact_that_fails_ends_with_status_1(postloan):
    answer = postloan(*QUICK[:2], "half", *QUICK[3:])
    assert answer.exit_code == 1, answer.output
    assert "fails" in answer.stdout


@pytest.mark.usefixtures("folder")
def test_json_has_a_figure_for_each_seed(postloan):
    found = json.loads(postloan(*QUICK, "--json").stdout, parse_constant=pytest.fail)
    (finding,) = found["findings"]
    assert len(finding["figures"]) == found["seeds"] == 2
    assert finding["low"] <= finding["mean"] <= finding["high"]


@pytest.mark.usefixtures("folder")
def test_a_fact_of_a_file_is_not_checked_without_the_file(postloan):
    answer = postloan("validate", "--facts", "hold_out", "--workers", "1", "--json")
    (finding,) = json.loads(answer.stdout)["findings"]
    assert (answer.exit_code, finding["verdict"], finding["mean"]) == (0, "not checked", None)


def test_only_the_named_page_is_written(folder, postloan):
    before = set(folder.iterdir())
    assert postloan(*QUICK, "--quiet", "--out", "page.md").output == ""
    assert set(folder.iterdir()) - before == {folder / "page.md"}
    assert "| `roll_chain` |" in Path("page.md").read_text("utf-8")


@pytest.mark.parametrize("key", FACTS)
def test_the_page_of_the_repository_has_the_fact_with_its_band(key):
    (row,) = [
        line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{key}`")
    ]
    low, high = FACTS[key].band
    assert f"| {low:g} to {high:g} |" in row
