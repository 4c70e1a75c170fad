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


COMMISSION = """
[scheme]
wage_yuan = 5000
[[scheme.pay]]
kind = "commission"
name = "commission"
rates = { M1 = 0.01, M2 = 0.02 }
[optimise]
"""


@pytest.mark.parametrize(
    ("table", "says"),
    [("calls = 9", "levers"), ("card = { most_indicators = 2 }\nlevers = []", "card")],
)
def test_without_a_scorecard_levers_must_decide(table, says, tmp_path):
    path = tmp_path / "commission.toml"
    path.write_text(f"{COMMISSION}{table}\n", encoding="utf-8")
    with pytest.raises(InputError, match="the scheme has no scorecard") as refused:
        load(path)
    assert f"[optimise] {says}" in str(refused.value) or f"[optimise.{says}]" in str(refused.value)
    assert "Commission(" not in str(refused.value)  # the remedy, no dump of the scheme
