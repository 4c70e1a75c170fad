"""A scenario written as a file loads back as the same scenario, wherever the file is kept."""

from pathlib import Path

import pytest

from desk.scenario_text import whole_text
from sim import Scenario

FILES = sorted(
    path
    for path in (Path(__file__).parents[2] / "scenarios").rglob("*.toml")
    if not {"rejected", "history"} & set(path.parts) and path.name != "sweep.toml"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_written_scenario_is_the_same_scenario(path, tmp_path):
    scenario = Scenario.load(path)
    copy = tmp_path / "copy.toml"
    copy.write_text(whole_text(scenario), encoding="utf-8")
    again = Scenario.load(copy)
    if scenario.portfolio.file:
        assert Path(again.portfolio.file).samefile(scenario.portfolio.file)
        again = again.vary(portfolio={"file": scenario.portfolio.file})
    if scenario.change:  # its scheme stands in the file now, not in another one
        assert [c.scheme for c in again.change] == [c.scheme for c in scenario.change]
        again = again.model_copy(update={"change": scenario.change})
    assert again.digest == scenario.digest
    assert again.title == scenario.title
