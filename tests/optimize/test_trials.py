"""Trials: remembered, resumed, the same whatever the workers."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from optimize import Problem, optimise
from optimize.trials import Trials, totals_of
from sim import InputError

QUICK = Problem.model_validate({
    "card": {"indicators": ["recovery_rate", "satisfaction", "documents"]},
    "calls": 40, "verified": 8, "limits": [{"on": "incentive", "of_today": 1.0}],
    "solver": "highs",
})  # fmt: skip


def answer(proposal) -> tuple:
    stands = [(s.design.tolist(), s.verdict, s.found.gain.mean) for s in proposal.verdict.stands]
    return proposal.design.tolist(), stands, proposal.calls


def test_same_answer_with_any_number_of_workers(today):
    assert answer(optimise(today, QUICK, workers=1)) == answer(optimise(today, QUICK, workers=3))


def test_another_seed_is_another_search(today):
    other = today.vary(run={"seed": 4})
    mine, theirs = (optimise(s, QUICK, workers=1) for s in (today, other))
    assert answer(mine)[1] != answer(theirs)[1]


def test_resumed_search_simulates_nothing_twice_and_answers_the_same(today, tmp_path, monkeypatch):
    file = tmp_path / "kept.npz"
    first = answer(optimise(today, QUICK, workers=1, state=file))
    monkeypatch.setattr("optimize.trials.totals_of", None)  # any new replication would fail
    assert answer(optimise(today, QUICK, workers=1, state=file)) == first


def test_killed_search_goes_on_to_the_same_answer(today, tmp_path):
    """Killed without warning after its first finished replications are on disk."""
    file = tmp_path / "kept.npz"
    code = (
        "import sys; from optimize import optimise; from tests_today import TODAY, QUICK;"
        "optimise(TODAY, QUICK, workers=1, state=sys.argv[1])"
    )
    (tmp_path / "tests_today.py").write_text(
        "from optimize import Problem\nfrom sim import Scenario\n"
        f"TODAY = Scenario.of({today.model_dump(mode='json')!r})\n"
        f"QUICK = Problem.model_validate({QUICK.model_dump(mode='json')!r})\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    search = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], env=os.environ | {"PYTHONPATH": path}
    )
    while not file.exists() and search.poll() is None:
        time.sleep(0.01)
    search.send_signal(signal.SIGKILL)
    search.wait()
    with Trials(1, file) as kept:
        assert len(kept.known) > 0
    resumed = optimise(today, QUICK, workers=1, state=file)
    assert answer(resumed) == answer(optimise(today, QUICK, workers=1))


def test_trials_of_another_model_are_not_taken(today, tmp_path, monkeypatch):
    file = tmp_path / "kept.npz"
    with Trials(1, file) as trials:
        trials.run([(today, 0)])
    monkeypatch.setattr("optimize.trials.model_digest", lambda: "another")
    assert Trials(1, file).known == {}


def test_a_file_that_is_none_of_ours_is_refused(tmp_path):
    file = tmp_path / "notes.npz"
    file.write_text("my notes", encoding="utf-8")
    with pytest.raises(InputError, match="expected the trials of an earlier search"):
        Trials(1, file)
    assert file.read_text("utf-8") == "my notes"


def test_totals_add_up(today):
    found = totals_of(today, 0)
    assert found["pay_yuan"] == pytest.approx(found["wage_yuan"] + found["incentive_yuan"])
    assert found["seat_periods"] == 2 * 4
    assert 0.0 <= found["gini_of_pay"] < 1.0
    assert np.isfinite(list(found.values())).all()
