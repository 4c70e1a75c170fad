"""The commands that explain a scheme."""

import json
import re
from string import ascii_letters

import pandas as pd
import pytest

from desk.answer import ledger_lines
from sim import Scenario, gaming_ledger

CARD = """
extends = "wage.toml"
[[scheme.pay]]
kind = "scorecard"
pool_yuan = 1000
weights = { recovery_rate = 1.0 }
"""


QUESTIONS = ["attainment", "gaming", "fairness", "view"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_in_chinese(folder, postloan, question):
    (folder / "card.toml").write_text(CARD, encoding="utf-8")
    answer = postloan(question, "card.toml", "--workers", "1", "--lang", "zh")
    assert answer.exit_code == 0, answer.output
    letters = set(re.sub("图片.*", "", answer.stdout)) & set(ascii_letters)
    assert not letters  # all is said in Chinese
    page = (folder / "results" / question / f"{question}.html").read_text("utf-8")
    assert '<html lang="zh' in page
    asked = postloan(question, "wage.toml", "--lang", "fr")
    assert asked.exit_code == 2
    assert "--lang fr: expected one of en, zh" in asked.stderr


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_with_table_picture_and_one_document(folder, postloan, question):
    (folder / "card.toml").write_text(CARD, encoding="utf-8")
    answer = postloan(question, "card.toml", "--workers", "1", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout, parse_constant=pytest.fail)[question]
    names = {path.name for path in (folder / "results" / question).iterdir()}
    assert names == {"about.json", f"{question}.parquet", f"{question}.html"}
    assert postloan(question, "card.toml", "--workers", "1", "--quiet").output == ""


def test_printed_parts_sum_to_the_printed_lift(folder):
    ledger = gaming_ledger(Scenario.load(folder / "commission.toml"), workers=1)
    for row in ledger_lines(ledger)[1]:
        parts = [float(cell.replace(",", "")) for cell in row[2:8]]
        assert sum(parts[:5]) == pytest.approx(parts[5], abs=1e-9)


def test_a_comparison_keeps_the_gaming_ledger_that_is_asked_for(folder, postloan):
    asked = ("wage.toml", "commission.toml", "--workers", "1")
    answer = postloan("compare", *asked, "--gaming", "--json")
    assert answer.exit_code == 0, answer.output
    kept = pd.read_parquet(folder / "results/compare/gaming.parquet")
    assert len(json.loads(answer.stdout, parse_constant=pytest.fail)["gaming"]) == len(kept)
    mine = kept[kept["scenario"] == "commission"].drop(columns="scenario").reset_index(drop=True)
    ledger = gaming_ledger(Scenario.load(folder / "commission.toml"), workers=1)
    pd.testing.assert_frame_equal(mine, ledger)
    assert postloan("compare", *asked, "--quiet").exit_code == 0
    assert not (folder / "results/compare/gaming.parquet").exists()
