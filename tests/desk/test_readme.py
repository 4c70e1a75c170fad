"""What the README says can be done."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli import app
from sim import Scenario

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of a page's code blocks."""
    return re.findall(r"```(\w*)\n(.*?)```", page, flags=re.DOTALL)


def commands(page: str) -> list[list[str]]:
    """The arguments of each `postloan` command on a page."""
    return [
        line.split("#")[0].split(">")[0].split()[1:]
        for language, text in blocks(page)
        for line in text.splitlines()
        if not language and line.startswith("postloan ")
    ]


BLOCKS, COMMANDS = blocks(README), commands(README)


FEW = ["--replications", "1", "--quiet"]
SMALL = {"portfolio": [], "backtest": ["--quiet"], "costing": ["--draws", "20", "--quiet"],
         "optimise": ["--calls", "20", "--quiet"]}  # fmt: skip
ANSWERS = {"optimise": (0, 1)}  # 1: nothing better was found


@pytest.fixture
def at_home(monkeypatch, tmp_path):
    """Work where the README's paths lead, and write elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.usefixtures("at_home")
def test_its_commands_run(command):
    name = command[0]
    found = CliRunner().invoke(app, [*command, *SMALL.get(name, FEW)])
    assert found.exit_code in ANSWERS.get(name, (0,)), found.output


@pytest.mark.usefixtures("at_home")
def test_its_python_runs():
    (code,) = [text for language, text in BLOCKS if language == "python"]
    exec(compile(code.replace("replications=4", "replications=2"), "README.md", "exec"), {})


def test_its_scenario_is_one(tmp_path):
    (text,) = [text for language, text in BLOCKS if language == "toml"]
    for name in ("baseline.toml",):
        (tmp_path / name).write_text((ROOT / "scenarios" / name).read_text(encoding="utf-8"))
    (tmp_path / "downturn.toml").write_text(text)
    assert Scenario.load(tmp_path / "downturn.toml").market.unemployment[-1] == 7.0


def test_the_chinese_one_offers_the_same():
    """What is shown there is run here: the same commands, scenario, and pages to go on to."""
    assert commands(CHINESE) == COMMANDS
    assert [text for language, text in blocks(CHINESE) if language == "toml"] == [
        text for language, text in BLOCKS if language == "toml"
    ]
    links = re.findall(r"\]\((docs/[^)]+)\)", CHINESE)
    assert links
    assert all((ROOT / link).is_file() for link in links)


def test_its_table_of_speed_is_made_of_the_figures_that_are_kept():
    check = [sys.executable, "-m", "benchmarks.readme", "--check"]
    answer = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
