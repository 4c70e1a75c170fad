"""The command line: exit statuses, what stands on stdout, and that nothing is left half-written."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from desk import cli
from sim import InputError, LedgerError

COMPARE = ("compare", "wage.toml", "commission.toml", "--workers", "1")
COMMANDS = ("run", "compare", "validate", "sweep", "results", "schema", "portfolio")


def started(*arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen:
    """The command line as a process, in a group of its own as a shell starts it."""
    call = [sys.executable, "-c", "from desk.cli import main; main()", *arguments]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip


# ---- done ----


def test_run_prints_every_measure_and_the_picture(folder, postloan):
    answer = postloan("run", "wage.toml", "--workers", "1")
    assert answer.exit_code == 0
    assert "recoveries less credit losses" in answer.stdout
    assert answer.stdout.endswith("Picture: results/run/outcome.html\n")
    assert (folder / "results/run/outcome.html").is_file()


def test_compare_writes_nothing_else_than_its_folder(folder, postloan):
    before = set(folder.iterdir())
    assert postloan(*COMPARE, "--out", "found").exit_code == 0
    assert set(folder.iterdir()) - before == {folder / "found"}


def test_table_fits_100_columns_with_whole_numbers(folder, postloan):
    for name in "abcd":
        Path(f"{name}_scheme_with_a_long_name.toml").write_text('extends = "wage.toml"')
    names = sorted(path.name for path in folder.glob("*.toml"))
    lines = postloan("compare", *names, "--workers", "1").stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert not any("…" in line for line in lines)
    pay = " ".join(line for line in lines if line.startswith(" pay, yuan"))
    assert len(re.findall(r" \d,\d+(?= |$)", pay)) >= len(names)


@pytest.mark.usefixtures("folder")
def test_json_is_one_document_without_nan(postloan):
    answer = postloan(*COMPARE, "--replications", "1", "--seed", "7", "--json")
    found = json.loads(answer.stdout, parse_constant=pytest.fail)
    assert (found["kind"], found["seed"], found["replications"]) == ("comparison", 7, 1)
    assert {row["scenario"] for row in found["summary"]} == {"wage", "commission"}
    assert {row["low"] for row in found["differences"]} == {None}
    assert Path(found["picture"]).is_file()


@pytest.mark.usefixtures("folder")
def test_quiet_prints_nothing(postloan):
    answer = postloan(*COMPARE, "--quiet")
    assert (answer.exit_code, answer.output) == (0, "")


@pytest.mark.usefixtures("folder")
def test_no_bar_where_stderr_is_no_terminal(postloan):
    postloan("run", "wage.toml", "--workers", "1")  # compiled from here on
    assert postloan("run", "wage.toml", "--workers", "1").stderr == ""


def test_names_take_in_folders_until_they_differ(folder, postloan):
    Path("new").mkdir()
    Path("new/wage.toml").write_text('extends = "../wage.toml"')
    answer = postloan("compare", "wage.toml", "new/wage.toml", "--workers", "1", "--json")
    names = [scenario["name"] for scenario in json.loads(answer.stdout)["scenarios"]]
    assert names == [f"{folder.name}/wage", "new/wage"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_gives_an_example(command, postloan):
    answer = postloan(command, "--help")
    assert answer.exit_code == 0
    assert f"Example: postloan {command}" in answer.stdout


def test_help_imports_nothing_slow():
    slow = "{'sim', 'numba', 'pandas', 'plotly', 'rich.table', 'duckdb'}"
    ask = f"import sys, desk.cli; print({slow} & set(sys.modules))"
    root = Path(__file__).parents[2]
    answer = subprocess.run([sys.executable, "-c", ask], cwd=root, capture_output=True, text=True)
    assert answer.stdout.strip() == "set()"


# ---- the user's input is wrong ----

WRONG = {
    "no such file": (("run", "wag.toml"), "wag.toml: no such file; did you mean 'wage.toml'?"),
    "wrong value": (("run", "bad.toml"), "bad.toml:2 [run] periods = 0: expected"),
    "replications": (("run", "wage.toml", "--replications", "0"), "replications = 0: expected"),
    "seed": (("run", "wage.toml", "--seed", "-1"), "seed = -1: expected"),
    "workers": (("run", "wage.toml", "--workers", "0"), "workers = 0: expected"),
    "no number": (("run", "wage.toml", "--seed", "x"), "--seed"),
    "same twice": (("compare", "wage.toml", "./wage.toml"), "expected each scenario once"),
    "only one": (("compare", "wage.toml"), "expected at least two scenarios"),
    "none": (("compare",), "Missing argument"),
    "out is a file": (("run", "wage.toml", "--out", "bad.toml"), "expected a folder"),
    "out below a file": (("run", "wage.toml", "--out", "bad.toml/x"), "expected a place to write"),
    "out is full": (("run", "wage.toml", "--out", "."), "this one has no about.json"),
    "schema to a folder": (("schema", "--out", "full"), "expected a place to write"),
    "portfolio's ending": (("portfolio", "wage.toml", "--out", "a.xlsx"), ".csv or .parquet"),
    "portfolio's place": (("portfolio", "wage.toml", "--out", "bad.toml/a.csv"), "a place to"),
    "portfolio too rich": (("portfolio", "rich.toml", "--out", "a.csv"), "balance_yuan like"),
    "portfolio's seed": (("portfolio", "wage.toml", "--out", "a.csv", "--seed", "-1"), "seed = -1"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_answered_by_status_2_and_changes_nothing(
    arguments, message, folder, postloan
):
    Path("bad.toml").write_text("[run]\nperiods = 0\n")
    Path("rich.toml").write_text(
        "extends = 'wage.toml'\n[portfolio]\nbalance_yuan = 1e9\nbalance_spread = 1"
    )
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    before = sorted(folder.rglob("*"))
    answer = postloan(*arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert message in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InputError("a.toml:1 wrong", "a.toml:2 wrong"), 2, "a.toml:1 wrong\na.toml:2 wrong\n"),
        (LedgerError("one fen is missing"), 1, "LedgerError: one fen is missing\n"),
        (MemoryError(), 1, "Stopped for want of memory: expected fewer accounts or --workers.\n"),
        (KeyboardInterrupt(), 130, "Interrupted: nothing was written.\n"),
    ],
)
def test_expected_errors_are_a_message_and_a_status(error, status, message):
    app = typer.Typer(cls=cli.Answered)

    @app.command()
    def fail():
        raise error

    app.command("other")(fail)
    answer = CliRunner().invoke(app, ["fail"])
    assert (answer.exit_code, answer.stderr) == (status, message)


# ---- a shell that does not read ----

WRITE = '"$0" -c "from desk.cli import main; main()" run wage.toml --workers 1 '


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("ending", "status", "says"),
    [
        (">&-", 0, ""),
        ("2>&- >&-", 0, ""),
        ("| head -1", 0, ""),
        pytest.param(">/dev/full", 2, "expected to read and write there", marks=pytest.mark.skipif(
            not Path("/dev/full").exists(), reason="Linux has it")),
    ],
)  # fmt: skip
def test_output_that_nobody_reads_is_no_traceback(ending, status, says):
    own = {"PYTHONPATH": str(Path(__file__).parents[2])}
    answer = subprocess.run(
        ["sh", "-c", WRITE + ending, sys.executable], env=os.environ | own,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert answer.returncode == status
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    assert Path("results/run/outcome.html").is_file()


@pytest.mark.usefixtures("folder")
def test_file_names_may_be_any_bytes(postloan):
    odd = os.fsdecode("方案".encode() + b"\xff.toml")
    try:
        Path(odd).write_text('extends = "wage.toml"')
    except OSError:
        pytest.skip("names are text on this disk")
    answer = postloan("compare", "wage.toml", odd, "--workers", "1", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["scenarios"][1]["name"] == "方案\\xff"


# ---- interrupted ----


@pytest.mark.parametrize(
    ("send", "number"), [(os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)]
)
def test_interrupt_leaves_one_line_no_file_and_no_process(send, number, folder):
    Path("long.toml").write_text(
        "extends = 'wage.toml'\n[run]\nperiods = 120\nreplications = 100\n"
        "[portfolio]\naccounts = 10_000"
    )
    before = set(folder.rglob("*"))
    watched, terminal = pty.openpty()
    process = started("run", "long.toml", "--workers", "2", stderr=terminal)
    os.close(terminal)
    assert os.read(watched, 1024)  # the bar stands
    time.sleep(0.5)  # now the workers are at work
    send(process.pid, number)
    stdout, _ = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert said(watched).splitlines()[-1] == "Interrupted: nothing was written."
    assert set(folder.rglob("*")) == before


def said(watched: int) -> str:
    """What remains to be read from a terminal, without its control codes."""
    text = b""
    try:
        while more := os.read(watched, 1024):
            text += more
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(watched)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text.decode()).strip()


# ---- schema and portfolio ----


@pytest.mark.usefixtures("folder")
def test_schema_goes_to_stdout_or_to_a_file(postloan):
    assert postloan("schema", "--out", "schema.json").output == ""
    assert json.loads(postloan("schema").stdout) == json.loads(Path("schema.json").read_text())


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_portfolio_loads_back_with_the_same_balances(ending, postloan):
    answer = postloan("portfolio", "wage.toml", "--out", f"accounts{ending}")
    assert answer.stdout.startswith("Wrote 3")
    Path("loaded.toml").write_text(
        f'extends = "wage.toml"\n[portfolio]\nfile = "accounts{ending}"\n'
    )
    runs = [postloan("run", f"{name}.toml", "--workers", "1", "--out", name)
            for name in ("wage", "loaded")]  # fmt: skip
    assert [run.exit_code for run in runs] == [0, 0]
    drawn, loaded = (pd.read_parquet(f"{name}/ledger.parquet") for name in ("wage", "loaded"))
    assert drawn.iloc[0].to_list() == loaded.iloc[0].to_list()


@pytest.mark.usefixtures("folder")
def test_portfolio_is_not_drawn_where_one_is_loaded(postloan):
    postloan("portfolio", "wage.toml", "--out", "accounts.csv")
    Path("loaded.toml").write_text('[portfolio]\nfile = "accounts.csv"\n')
    answer = postloan("portfolio", "loaded.toml", "--out", "accounts.csv")
    assert answer.exit_code == 2
    assert "expected a scenario that draws its portfolio" in answer.stderr
