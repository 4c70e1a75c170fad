"""Every mistake in a problem: where it is and what would be right."""

import tomllib
from pathlib import Path

import pytest

from optimize import load, optimise
from sim import InputError

CASES = Path(__file__).parents[1] / "cases/bad_problems.toml"
WAGE = """
[scheme]
wage_yuan = 5000
[[scheme.pay]]
kind = "scorecard"
name = "card"
pool_yuan = 1000
weights = { documents = 0.5, satisfaction = 0.5 }
"""


def cases() -> list:
    found = tomllib.loads(CASES.read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_mistake_is_answered(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wage.toml").write_text(WAGE, encoding="utf-8")
    Path("mine.toml").write_text(
        f'extends = "wage.toml"\n[optimise]\n{case["text"]}\n', encoding="utf-8"
    )
    with pytest.raises(InputError) as refused:
        optimise(*load("mine.toml"), workers=1)
    said = " ".join(str(refused.value).split())
    assert [part for part in case["says"] if part not in said] == [], said


def test_scenario_without_a_card_is_refused(tmp_path):
    path = tmp_path / "flat.toml"
    path.write_text("[scheme]\nwage_yuan = 5000\n", encoding="utf-8")
    with pytest.raises(InputError, match="expected a scorecard, whose weights can be decided"):
        load(path)
