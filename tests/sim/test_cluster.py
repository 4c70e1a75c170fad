"""A sweep on a real Dask scheduler with real worker processes, which get killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import Plan, sweep
from sim.store import Store

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "DASK_LOGGING__DISTRIBUTED": "critical"}
REPLICATIONS = 30


class Cluster:
    """Processes of this test, found by the address that the scheduler writes to a file."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.file = folder / "scheduler.json"
        self.processes = [self._start("scheduler", "--port", "0", "--no-dashboard")]
        while not self.file.exists():
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self.worker() for _ in range(workers)]

    def worker(self) -> subprocess.Popen:
        self.processes.append(
            self._start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        )
        return self.processes[-1]

    def _start(self, what: str, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}"]
        return subprocess.Popen(
            [*command, "--scheduler-file", str(self.file), "--host", "127.0.0.1", *options],
            env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("dask"), workers=2)
    yield started
    started.close()


@pytest.fixture(scope="module")
def plan(schemes) -> Plan:
    return Plan.of(schemes, replications=REPLICATIONS)


@pytest.fixture(scope="module")
def whole(plan, tmp_path_factory) -> pd.DataFrame:
    """The table of the same plan from this machine's processes."""
    return sweep(plan, tmp_path_factory.mktemp("whole") / "store", workers=2).swept.runs


def started(folder: Path, address: str) -> subprocess.Popen:
    """A sweep of the plan on the cluster, as a process."""
    command = ["sweep", "plan.toml", "--out", "store", "--cluster", address, "--quiet",
               "--replications", str(REPLICATIONS)]  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "desk.cli", *command], cwd=folder, env=ENVIRONMENT,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_runs(folder: Path, many: int, sweeping: subprocess.Popen) -> int:
    """The number of finished runs, once there are so many or the sweep ended."""
    while True:
        there = (folder / "store.json").exists()
        found = len(Store.open(folder).finished()) if there else 0
        if found >= many or sweeping.poll() is not None:
            return found
        time.sleep(0.1)


def test_killed_worker_and_killed_sweep_end_in_the_table_of_an_undisturbed_one(
    cluster, plan, whole, sweep_file
):
    folder = sweep_file('schemes = ["wage.toml", "bonus.toml"]').resolve().parent
    chance = np.random.default_rng(int.from_bytes(os.urandom(4)))
    sweeping = started(folder, cluster.address)
    wait_for_runs(folder / "store", 1 + chance.integers(REPLICATIONS // 2), sweeping)
    cluster.workers[0].kill()
    cluster.worker()  # as a cluster's manager would replace it
    before = wait_for_runs(folder / "store", REPLICATIONS, sweeping)
    sweeping.kill()
    sweeping.communicate()
    assert REPLICATIONS <= before < 2 * REPLICATIONS
    again = started(folder, cluster.address)
    assert (again.communicate(timeout=120)[1], again.returncode) == ("", 0)
    found = sweep(plan, folder / "store", workers=1)
    assert found.carried_out == 0
    pd.testing.assert_frame_equal(found.swept.runs, whole, check_exact=True)


def test_dead_scheduler_is_told_in_one_line_and_keeps_what_was_finished(sweep_file, tmp_path):
    own = Cluster(tmp_path, workers=1)
    try:
        folder = sweep_file('schemes = ["wage.toml", "bonus.toml"]').resolve().parent
        sweeping = started(folder, own.address)
        wait_for_runs(folder / "store", 2, sweeping)
        own.processes[0].send_signal(signal.SIGKILL)
        said = sweeping.communicate(timeout=60)[1]
        assert (sweeping.returncode, len(said.splitlines())) == (1, 1), said
        assert "cluster" in said
    finally:
        own.close()
    assert len(Store.open(folder / "store").finished()) >= 2
