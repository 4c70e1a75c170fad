"""Killed at any moment, a sweep goes on where it was: no run is lost, none is run twice.

The killing is done by a process of its own, this file as a script, which forks what it kills: so
each life costs no start, and a moment can be anywhere in it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from sim import Plan, Scenario, run, sweep
from sim.identity import code_key
from sim.store import RUNS, Store

ROOT = Path(__file__).parents[2]
MOST_RUNS = 6  # that a sweep may finish before one of its workers is killed
MOMENT_SECONDS = 0.03  # the longest from then to its own death
YOUNG_SECONDS = 0.3  # the longest life of one that dies young
FEW_FILES = 4  # more are compacted


def plan(replications: int) -> Plan:
    """Two schemes at two points."""
    wage = Scenario.of({
        "run": {"periods": 1, "seed": 5}, "portfolio": {"accounts": 200}, "workforce": {"seats": 2}
    })  # fmt: skip
    bonus = wage.vary(scheme={"pay": [{"kind": "commission", "rates": {"M1": 0.1}}]})
    acceptance = {"key": "support.acceptance", "values": [0.3, 0.9]}
    return Plan.of({"wage": wage, "bonus": bonus}, vary=[acceptance], replications=replications)


# ---- as a script ----


def forked(work: Callable[[], object]) -> int:
    """The process in which the work is done."""
    if pid := os.fork():
        return pid
    try:
        work()
        os._exit(0)
    except BaseException as error:  # whatever it is, the parent must not go on twice
        print(repr(error), file=sys.stderr)
        os._exit(1)


def run_files(folder: Path) -> dict[str, int]:
    """The files of single runs, with the moment each was written."""
    found = {}
    for path in (folder / RUNS).glob("*.parquet"):
        try:
            found[path.stem] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
    return found


def killed_at_random(folder: Path, kills: int, seed: int, replications: int) -> dict:
    """Kill sweeps, their workers and a compactor; then finish. What was seen on the way."""
    chance, asked = np.random.default_rng(seed), plan(replications)
    everything = 4 * replications
    report = {"seed": seed, "kills": 0, "workers_killed": 0, "lost": 0, "again": 0, "left": []}
    finished, files = set(), {}
    while report["kills"] < kills:
        pid = forked(lambda: sweep(asked, folder, workers=2))
        packer = forked(lambda: pack(folder))
        longest = YOUNG_SECONDS
        if chance.random() < 0.7:
            longest = MOMENT_SECONDS
            wait_for_runs(folder, len(finished) + chance.integers(MOST_RUNS), pid)
            report["workers_killed"] += kill_one(at_work(pid), chance)
        time.sleep(chance.uniform(0, longest))
        for victim in (packer, pid):
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
        report["kills"] += 1
        if (folder / "store.json").exists():
            now, there = Store.open(folder).finished(), run_files(folder)
            report["lost"] += len(finished - now)
            report["again"] += sum(files[key] != there[key] for key in files.keys() & there.keys())
            finished, files = now, there
        report["left"].append(everything - len(finished))
        if len(finished) == everything:
            break
    report["carried_out_at_last"] = sweep(asked, folder, workers=2).carried_out
    return report


def wait_for_runs(folder: Path, many: int, pid: int) -> None:
    """Wait until so many runs are finished, or the sweep ended."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if (folder / "store.json").exists() and len(Store.open(folder).finished()) >= many:
            return
        time.sleep(0.005)


def at_work(pid: int) -> list[psutil.Process]:
    """The workers of a sweep; none if it ended."""
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def kill_one(processes: list[psutil.Process], chance: np.random.Generator) -> int:
    """Kill one of them; how many were killed."""
    try:
        if processes:
            processes[chance.integers(len(processes))].kill()
    except psutil.NoSuchProcess:
        return 0
    return min(len(processes), 1)


def pack(folder: Path) -> None:
    """Compact all the time."""
    while True:
        if (folder / "store.json").exists():
            Store.open(folder).compact(many_runs=FEW_FILES, many_parts=2)
        time.sleep(0.01)


def crowd(folder: Path, replications: int) -> dict:
    """Three sweeps of the same plan and a compactor, all at the same time."""
    asked = plan(replications)
    sweeps = [forked(lambda: sweep(asked, folder, workers=1)) for _ in range(3)]
    packer = forked(lambda: pack(folder))
    statuses = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in sweeps]
    os.kill(packer, signal.SIGKILL)
    os.waitpid(packer, 0)
    return {"statuses": statuses}


# ---- as tests ----


def script(*arguments: object) -> dict:
    command = [sys.executable, __file__, *map(str, arguments)]
    answer = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    return json.loads(answer.stdout)


def stored(folder: Path, replications: int) -> pd.DataFrame:
    """The table of the plan from its store, in which nothing may be missing or double."""
    again = sweep(plan(replications), folder, workers=1)
    assert again.carried_out == 0
    return again.swept.runs


@pytest.mark.parametrize(
    ("kills", "replications"),
    [(20, 60), pytest.param(200, 600, marks=pytest.mark.campaign)],
)
def test_killed_sweep_goes_on_and_ends_as_if_it_had_not_been(kills, replications, tmp_path):
    seed = int.from_bytes(os.urandom(4))
    report = script("kill", tmp_path / "killed", kills, seed, replications)
    assert (report["lost"], report["again"]) == (0, 0), report
    assert report["kills"] == kills, report
    assert report["workers_killed"] > 0, report
    whole = sweep(plan(replications), tmp_path / "whole", workers=2)
    assert whole.carried_out == 4 * replications
    found = stored(tmp_path / "killed", replications)
    pd.testing.assert_frame_equal(found, whole.swept.runs, check_exact=True)


def test_sweeps_of_one_plan_at_the_same_time_agree(tmp_path):
    assert script("crowd", tmp_path / "shared", 6) == {"statuses": [0, 0, 0]}
    whole = sweep(plan(6), tmp_path / "whole", workers=2).swept.runs
    pd.testing.assert_frame_equal(stored(tmp_path / "shared", 6), whole, check_exact=True)


if __name__ == "__main__":
    code_key()  # this and the compiled loop are loaded once, for all that is forked
    run(plan(1).cells[0].scenario, workers=1)
    what, where, *numbers = sys.argv[1:]
    carry = {"kill": killed_at_random, "crowd": crowd}[what]
    print(json.dumps(carry(Path(where), *map(int, numbers))))
