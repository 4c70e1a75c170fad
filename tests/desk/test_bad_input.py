"""Every mistake of a user: exit status 2, where it is and what would be right, nothing written.

The mistakes are data, in tests/cases/bad_*.toml.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import InputError, Scenario

ROOT = Path(__file__).parents[2]
OUT = "found"
ONCE = ("--workers", "1", "--out", OUT)
NOT_FOR_USERS = ("Traceback", "Input ", "Value error", "pydantic", " object at 0x")


def cases(name: str) -> list:
    """The cases of a file by their names."""
    found = tomllib.loads((ROOT / f"tests/cases/{name}.toml").read_text("utf-8"))["case"]
    names = [case["name"] for case in found]
    assert len(set(names)) == len(names)
    return [pytest.param(case, id=case["name"]) for case in found]


def lay(name: str, text: str, encoding: str = "utf-8") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text.encode(encoding))


def everything(folder: Path) -> dict[Path, bytes | None]:
    """What lies in a folder: files with their content, folders and links that lead nowhere."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def refused(folder, postloan):
    """Runs a command that must be refused as the case says, leaving the folder as it was."""

    def check(case: dict, *arguments: str) -> None:
        before = everything(folder)
        answer = postloan(*arguments)
        said = " ".join(answer.stderr.split())
        assert (answer.exit_code, answer.stdout) == (2, ""), said
        assert [part for part in case["says"] if part not in said] == [], said
        assert [part for part in case.get("never", []) if part in said] == [], said
        ours = not said.startswith("Usage: ")  # the rest is worded by typer
        assert [part for part in NOT_FOR_USERS if ours and part in said] == [], said
        assert everything(folder) == before

    return check


@pytest.mark.parametrize("case", cases("bad_scenarios"))
def test_bad_scenario_is_refused_with_place_and_remedy(case, refused):
    for name, text in case.get("files", {}).items():
        lay(name, text)
    lay("mine.toml", case["text"], case.get("encoding", "utf-8"))
    refused(case, "run", "mine.toml", *ONCE)


@pytest.mark.parametrize("case", cases("bad_portfolios"))
def test_bad_portfolio_is_refused_with_row_column_and_remedy(case, refused):
    file = case.get("file", "accounts.csv")
    if "rows" in case:
        lay(file, case["rows"], case.get("encoding", "utf-8"))
    named = case.get("scenario", file)
    lay("mine.toml", f"extends = 'wage.toml'\n[portfolio]\nfile = '{named}'\n")
    refused(case, "run", "mine.toml", *ONCE)


@pytest.mark.parametrize("case", cases("bad_commands"))
def test_bad_command_is_refused_and_changes_nothing(case, refused):
    lay("notes.txt", "to do")
    lay("full/notes.txt", "to do")
    lay("other/about.json", "{}")
    lay("mixed/about.json", json.dumps({"made_by": "postloan"}))
    lay("mixed/notes.txt", "to do")
    lay("longer.toml", "extends = 'wage.toml'\n[run]\nperiods = 3\n")
    Path("link.toml").symlink_to("wage.toml")
    Path("loop.toml").symlink_to("loop.toml")
    refused(case, *case["arguments"])


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")])
def test_portfolio_is_refused_from_within_workers_too(arguments, refused):
    lay("accounts.csv", "account_id,seat,balance_yuan,instalment_yuan,days_past_due")
    lay("mine.toml", "extends = 'wage.toml'\n[portfolio]\nfile = 'accounts.csv'")
    case = {"says": ["accounts.csv: expected at least one account"]}
    refused(case, "compare", "wage.toml", "mine.toml", "--out", OUT, *arguments)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("mode", [0o500, 0o600, 0o000], ids=["list and enter", "list", "nothing"])
def test_out_in_a_closed_folder_is_refused(mode, refused):
    closed = Path("closed")
    closed.mkdir(mode)
    try:
        refused({"says": ["expected a place to write to"]}, "run", "wage.toml", "--out", "closed/x")
    finally:
        closed.chmod(0o700)


def test_out_deeper_than_any_disk_is_refused(refused):
    says = "expected a path of at most 4,000 bytes"
    refused({"says": [says]}, "run", "wage.toml", "--out", "a/" * 2000 + "b")


def test_link_to_itself_is_no_file_to_extend(refused):
    Path("loop.toml").symlink_to("loop.toml")
    lay("mine.toml", "extends = 'loop.toml'")
    says = "mine.toml:1 extends = 'loop.toml': expected a readable file"
    refused({"says": [says]}, "run", "mine.toml", *ONCE)


def test_more_seats_than_accounts_are_a_world_like_any_other(folder, postloan):
    """Idle seats cost their wage: dear, but possible, and new accounts may come."""
    lay("mine.toml", "extends = 'wage.toml'\n[portfolio]\naccounts = 3\n[workforce]\nseats = 5")
    answer = postloan("run", "mine.toml", *ONCE, "--quiet")
    assert (answer.exit_code, answer.output) == (0, "")
    assert (folder / OUT / "about.json").is_file()


def test_mistake_in_a_process_of_its_own_is_answered_without_traceback(folder):
    lay("mine.toml", "[run]\nperiods = 0\n")
    before = everything(folder)
    answer = subprocess.run(
        [sys.executable, "-m", "desk.cli", "run", "mine.toml", "--out", OUT],
        capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    says = "mine.toml:2 [run] periods = 0: expected a whole number in 1..120 (periods)\n"
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", says)
    assert everything(folder) == before


# ---- junk in place of any value ----

BASELINE = Scenario.load(ROOT / "scenarios/baseline.toml").model_dump(mode="json")
HUGE = st.sampled_from([2**63, 2**64, 10**400, -(10**400), 1e300, -1e300, 5e-324])
JUNK = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers() | st.floats() | HUGE
    | st.integers(max_value=-1) | st.sampled_from([b"", "nan", "1e3", "recovery_rate", "M1"]),
    lambda junk: st.lists(junk, max_size=4) | st.dictionaries(st.text(), junk, max_size=4),
    max_leaves=6,
)  # fmt: skip


def leaves(values: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value that is neither a table nor a list."""
    if not isinstance(values, dict | list):
        yield path
        return
    for key, child in values.items() if isinstance(values, dict) else enumerate(values):
        yield from leaves(child, (*path, key))


def replaced(values: Any, path: tuple, junk: Any) -> Any:
    if not path:
        return junk
    copy = values.copy()
    copy[path[0]] = replaced(values[path[0]], path[1:], junk)
    return copy


def refusal(values: dict) -> str:
    """Why these values are no scenario; empty if they are one."""
    try:
        Scenario.of(values)
    except InputError as error:
        return str(error)
    return ""


@settings(max_examples=150)
@given(path=st.sampled_from(list(leaves(BASELINE))), junk=JUNK)
def test_junk_for_any_value_is_taken_or_refused_in_the_words_of_its_table(path, junk):
    said = refusal(replaced(BASELINE, path, junk))
    assert not said or path[0] in said
    ours = [part for part in NOT_FOR_USERS if part not in str(junk)]  # a message shows the value
    assert [part for part in ours if part in said] == []
