"""What the README says can be done."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest
from typer.testing import CliRunner

from desk import results
from desk.cli import app
from sim import Scenario, compare

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
CHROME = shutil.which("chromium") or shutil.which("google-chrome")


FEW = ["--replications", "1", "--quiet"]
SMALL = {"report": [], "workbook": [], "plot": [], "explain": [], "portfolio": [],
         "backtest": ["--quiet"], "costing": ["--draws", "20", "--quiet"],
         "optimise": ["--calls", "20", "--quiet"]}  # fmt: skip
ANSWERS = {"optimise": (0, 1)}  # 1: nothing better was found


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Path:
    """What the README's comparison leaves, of a small house."""
    small = {"run": {"periods": 3}, "portfolio": {"accounts": 300}, "workforce": {"seats": 4}}
    names = ("balanced", "recovery_only")
    files = {name: Scenario.load(ROOT / f"scenarios/{name}.toml") for name in names}
    found = compare({n: s.vary(**small) for n, s in files.items()}, replications=2, workers=1)
    folder = tmp_path_factory.mktemp("results") / "compare"
    results.save(found, folder)
    return folder


@pytest.fixture
def at_home(monkeypatch, tmp_path, compared):
    """Work where the README's paths lead, and write elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    shutil.copytree(compared, tmp_path / "results" / "compare")


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != ["page"]], ids=" ".join)
@pytest.mark.usefixtures("at_home")
def test_its_commands_run(command):
    name = command[0]
    if "--png" in command and CHROME is None:
        pytest.skip("needs an installed Chrome or Chromium")
    found = CliRunner().invoke(app, [*command, *SMALL.get(name, FEW)])
    assert found.exit_code in ANSWERS.get(name, (0,)), found.output


def test_its_page_opens():
    command = [sys.executable, "-m", "desk.cli", "page", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[0]
        with urlopen(address) as answer:
            assert b"postloan" in answer.read()
        process.terminate()


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


@pytest.mark.usefixtures("at_home")
def test_a_newcomer_holds_a_picture_a_dossier_a_workbook_and_a_plan():
    """The commands that hand something on, in their order, leave what the README says."""
    for command in COMMANDS:
        if command[0] in ("report", "workbook", "explain"):
            assert CliRunner().invoke(app, command).exit_code == 0
    assert "<table>" in Path("results/compare-report.html").read_text("utf-8")
    assert "Profit and loss" in openpyxl.load_workbook("results/compare-workbook.xlsx").sheetnames
    assert "绩效" in Path("plan.html").read_text("utf-8")
    assert "plotly" in Path("results/compare/comparison.html").read_text("utf-8")


@pytest.mark.parametrize("page", [README, CHINESE], ids=["en", "zh"])
def test_its_pictures_are_there(page):
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
    assert len(pictures) > 2
    assert all((ROOT / picture).read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_the_chinese_one_offers_the_same():
    """What is shown there is run here: the same commands, scenario, and pages to go on to."""
    assert commands(CHINESE) == COMMANDS
    for kind in ("toml", "python", "text"):
        there = [text for language, text in blocks(CHINESE) if language == kind]
        assert there == [text for language, text in BLOCKS if language == kind]
    assert re.findall(r"docs/img/\w+", CHINESE) == re.findall(r"docs/img/\w+", README)
    links = re.findall(r"\]\((docs/[^)]+)\)", CHINESE)
    assert links
    assert all((ROOT / link).is_file() for link in links)


def test_its_table_of_speed_is_made_of_the_figures_that_are_kept():
    check = [sys.executable, "-m", "benchmarks.readme", "--check"]
    answer = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
