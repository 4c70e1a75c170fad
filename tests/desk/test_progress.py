"""The progress bar knows what keeps the first run waiting, and says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.progress import COMPILING, is_compiled
from sim import Scenario, run

WATCH = "from desk.progress import progress_bar\nwith progress_bar(quiet={}): pass"


def test_machine_code_is_found_after_a_run():
    tiny = {"run": {"periods": 1}, "portfolio": {"accounts": 30}, "workforce": {"seats": 1}}
    run(Scenario.of(tiny), replications=1)
    assert is_compiled()


@pytest.mark.parametrize(("quiet", "says"), [(False, f"{COMPILING}\n"), (True, "")])
def test_first_run_says_that_it_compiles_once(quiet, says, tmp_path):
    own = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    answer = subprocess.run(
        [sys.executable, "-c", WATCH.format(quiet)], env=os.environ | own,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", says)
