"""`postloan sweep` and `postloan results`: what they print, write and refuse."""

import json
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.measures import MEASURES
from sim.store import Store

ROOT = Path(__file__).parents[2]
SWEEP = """
[sweep]
schemes = ["wage.toml", "commission.toml"]
[[sweep.vary]]
key = "support.acceptance"
values = [0.4, 0.8]
"""


@pytest.fixture
def swept(folder, postloan):
    """The sweep command on a tiny plan; its arguments are further options."""
    (folder / "plan.toml").write_text(SWEEP, encoding="utf-8")
    fixed = ("sweep", "plan.toml", "--workers", "1", "--out", "store")
    return lambda *options: postloan(*fixed, *options)


def test_sweep_prints_differences_with_the_variance_reduction(swept):
    answer = swept()
    assert answer.exit_code == 0, answer.output
    assert "8 runs carried out, 0 were in store before." in answer.stdout
    assert "paired differences from wage" in " ".join(answer.stdout.split())
    assert "variance" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 100


def test_sweep_again_carries_out_nothing(swept):
    first, again = (json.loads(swept("--json").stdout) for _ in range(2))
    assert (first.pop("carried_out"), again.pop("carried_out")) == (8, 0)
    assert first == again


def test_precision_out_of_reach_is_status_1(swept):
    text = SWEEP.replace(
        "[[", 'precision = { measure = "pay", half_width = 0.001, most = 4 }\n[[', 1
    )
    Path("plan.toml").write_text(text)
    answer = swept("--quiet")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == "Not as close as asked: more replications are needed.\n"


def test_precision_within_reach_is_status_0(swept):
    assert swept("--quiet", "--precision", "recovered=1000%").exit_code == 0


@pytest.mark.parametrize("text", ["pay", "pay=x", "pay=5 %", "=5", "pay=-1", "pay=1%%"])
def test_precision_of_no_form_is_refused(text, swept, folder):
    answer = swept("--precision", text)
    assert answer.exit_code == 2
    assert f"--precision {text}: expected a measure and half the width" in answer.stderr

    assert not (folder / "store").exists()


def test_precision_of_no_measure_names_the_measures(swept):
    answer = swept("--precision", "foo=1")
    assert answer.exit_code == 2
    assert "--precision foo=1: expected one of recovered, recovery_rate" in answer.stderr


def test_wrong_settings_are_refused(swept, folder):
    answer = swept("--replications", "0")
    assert answer.exit_code == 2
    assert "[sweep] replications = 0: expected a whole number" in answer.stderr
    assert not (folder / "store").exists()


def test_store_is_no_place_for_a_run_and_a_run_no_place_for_a_store(swept, postloan):
    assert swept("--quiet").exit_code == 0
    assert postloan("run", "wage.toml", "--out", "store").exit_code == 2
    assert postloan("run", "wage.toml", "--out", "run", "--workers", "1").exit_code == 0
    answer = postloan("sweep", "plan.toml", "--out", "run")
    assert answer.exit_code == 2
    assert "run: expected a store of runs or a new folder" in answer.stderr


# ---- results ----


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("runs", 8),
        ("summary", 4 * len(MEASURES)),
        ("differences", 2 * len(MEASURES)),
        ("periods", 16),
        ("cells", 4),
    ],
)
def test_results_gives_every_table_as_a_file(table, rows, swept, postloan):
    swept("--quiet")
    assert postloan("results", "store", "--table", table, "--out", "found.csv").exit_code == 0
    assert postloan("results", "store", "--table", table, "--out", "found.parquet").exit_code == 0
    found = pd.read_parquet("found.parquet")
    assert len(found) == len(pd.read_csv("found.csv")) == rows
    assert {"scheme", "point", "support.acceptance"} <= set(found)


def test_results_answers_sql(swept, postloan):
    swept("--quiet")
    query = "SELECT scheme, count(*) AS runs, avg(pay) AS pay FROM runs GROUP BY ALL ORDER BY ALL"
    found = json.loads(postloan("results", "store", "--sql", query, "--json").stdout)
    assert [(row["scheme"], row["runs"]) for row in found] == [("commission", 4), ("wage", 4)]
    assert found[0]["pay"] > found[1]["pay"]


def test_results_joins_periods_to_runs_in_sql(swept, postloan):
    swept("--quiet")
    query = ("SELECT max(abs(cash - recovered)) AS gap FROM runs JOIN (SELECT run, avg(cash_yuan) "
             "AS cash FROM periods GROUP BY run) USING (run)")  # fmt: skip
    (found,) = json.loads(postloan("results", "store", "--sql", query, "--json").stdout)
    assert found["gap"] < 1e-6


def test_results_shows_the_last_sweep_and_an_earlier_one_by_name(swept, postloan):
    first = json.loads(swept("--json").stdout)["sweep"]
    swept("--quiet", "--seed", "9")
    tables = [
        json.loads(postloan("results", "store", "--table", "cells", "--json", *which).stdout)
        for which in ((), ("--sweep", first))
    ]
    assert [table[0]["seed"] for table in tables] == [9, 1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing",), "nothing: no such folder of finished runs"),
        ((".",), "this one has no store.json"),
        (("store", "--table", "run"), "--table run: expected one of summary, differences, runs"),
        (("store", "--sql", "SELEC 1"), "--sql: expected a query over summary"),
        (("store", "--sql", "SELECT x FROM runs"), "--sql: expected a query over summary"),
        (("store", "--sql", ""), "--sql: expected a query over summary"),
        (("store", "--sql", "COPY runs TO 'leak.csv'"), "--sql: expected a query over summary"),
        (("store", "--sql", "DROP VIEW runs"), "--sql: expected a query over summary"),
        (("store", "--sql", "SELECT 1; SELECT 2"), "--sql: expected a query over summary"),
        (("store", "--sweep", "nix"), "no sweep 'nix'; expected one of"),
        (("store", "--out", "found.xlsx"), "ends in .csv or .parquet"),
    ],
)
def test_wrong_question_is_answered_by_status_2(arguments, says, swept, postloan):
    swept("--quiet")
    answer = postloan("results", *arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert says in answer.stderr


def test_store_without_a_run_is_told(folder, postloan):
    Store.open(folder / "store")
    answer = postloan("results", "store")
    assert (answer.exit_code, answer.stderr) == (2, "store: this store has no sweep yet\n")


# ---- in a process of its own ----


def started(*options: str, stderr: int = subprocess.PIPE, **how) -> subprocess.Popen:
    command = [sys.executable, "-m", "desk.cli", "sweep", "plan.toml", "--out", "store", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True,
                            env=os.environ | {"PYTHONPATH": str(ROOT)}, **how)  # fmt: skip


@pytest.mark.usefixtures("swept")
def test_interrupt_leaves_one_line_and_the_finished_runs(folder):
    process = started("--workers", "2", "--replications", "2000", start_new_session=True)
    while process.poll() is None and not list(folder.glob("store/runs/*.parquet")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert stderr == "Interrupted: finished runs are kept; the same command goes on.\n"
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert Store.open(folder / "store").finished()


def test_full_disk_is_one_line_and_the_same_command_goes_on(swept, folder):
    """The limit stands for the disk: no file may grow beyond it."""
    whole = json.loads(swept("--json", "--out", "other").stdout)
    largest = max(path.stat().st_size for path in folder.glob("other/runs/*.parquet"))
    sizes = (largest - 1, resource.RLIM_INFINITY)
    limited = started(
        "--workers", "1", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, sizes)
    )
    stdout, stderr = limited.communicate(timeout=60)
    assert (limited.returncode, stdout) == (1, "")
    assert stderr.startswith("StoreError: store: cannot write (File too large); every finished")
    assert len(stderr.splitlines()) == 1
    again = json.loads(swept("--json").stdout)
    for found in (whole, again):
        del found["carried_out"], found["folder"]
    assert again == whole


@pytest.mark.usefixtures("swept")
def test_bar_on_a_terminal_counts_runs_and_tells_the_time_left():
    watched, terminal = pty.openpty()
    process = started("--workers", "1", stderr=terminal)
    os.close(terminal)
    text = b""
    try:
        while more := os.read(watched, 4096):
            text += more
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(watched)
    process.communicate()
    assert b"8/8" in text
    assert b"0:00:0" in text
