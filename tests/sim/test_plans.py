"""Real pay plans as files: each is read, runs with people who respond, and its books close."""

import re
import tomllib
from pathlib import Path

import pytest

from sim import InputError, Scenario, World

PLANS = Path(__file__).parents[2] / "scenarios/plans"
FILES = sorted(PLANS.glob("*.toml"))
REJECTED = sorted(PLANS.glob("rejected/*.toml"))


def names(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", [*FILES, *REJECTED], ids=names)
def test_plan_names_its_source_and_is_in_the_list(path):
    text = path.read_text("utf-8")
    assert re.search(r"^# Source: \S", text, re.MULTILINE)
    row = f"| `{path.relative_to(PLANS)}` | {tomllib.loads(text)['title']} |"
    assert row in (PLANS / "README.md").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=names)
def test_plan_runs_and_pays_what_its_books_say(path):
    """The world stops with an error if a period's books do not close."""
    scenario = Scenario.load(path).vary(
        run={"periods": 7, "warm_up": 0, "replications": 1}, portfolio={"accounts": 2400},
        workforce={"seats": 6, "seats_per_team": 3})  # fmt: skip
    world = World(scenario)
    while world.running:
        world.step()
    parts: dict[str, int] = {}
    for period in world.periods:
        for name, fen in period["paid"].items():
            parts[name] = parts.get(name, 0) + int(abs(fen).sum())
    later = {c.label for c in scenario.scheme.pay if c.every > 7 or c.kind == "ladder"}
    assert {name for name, fen in parts.items() if not fen} <= later | CONDITIONAL
    assert parts.keys() == {c.label for s in world.timeline.schemes for c in s.pay}


# Components that need what need not happen in seven months of six seats.
CONDITIONAL = {"quality barrier", "retention bonus", "retention share", "clawback"}


@pytest.mark.parametrize("path", REJECTED, ids=names)
def test_a_plan_that_cannot_be_run_is_refused_with_the_reason_it_gives(path):
    with pytest.raises(InputError) as refused:
        Scenario.load(path)
    reason = re.search(r'Refused: "(.*)"', path.read_text("utf-8"))[1]
    said = str(refused.value)
    assert re.match(rf".*{path.name}:\d+ \[scheme\.pay #1\.weights\]: {reason}", said)
    assert "divide each by their sum" in said
