"""Trials: replications simulated and remembered, so that a killed search goes on where it was.

A trial depends on its scenario, seed and replication only. A search that asks for the same trials
again gets them from the file and takes the same way, to the same answer.
"""

import hashlib
import multiprocessing
import os
import zipfile
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

import sim
from optimize.limits import ONE
from sim import INDICATORS, InputError, Scenario, replicate

Key = tuple[str, int, int]  # digest, seed, replication


def totals_of(scenario: Scenario, replication: int) -> dict[str, float]:
    """Sums over the counted periods of one replication, and true means of the indicators."""
    tables = replicate(scenario, replication)
    first = scenario.run.warm_up
    counted = tables["periods"][tables["periods"]["period"] >= first]
    sums = counted.drop(columns=["replication", "period"]).sum()
    totals = {name: float(total) for name, total in sums.items()}
    totals |= {"periods": float(len(counted)), "seat_periods": totals["seats"], ONE: 1.0}
    seen = tables["indicators"]
    truths = seen[seen["period"] >= first].groupby("indicator")["truth"].mean()
    totals |= {f"true_{key}": float(truths[key]) for key in INDICATORS}
    seats = tables["seats"][tables["seats"]["period"] >= first].groupby("seat").sum()
    accrued = seats["incentive_yuan"] + seats["deferred_yuan"]
    totals["gini_of_pay"] = _gini((seats["wage_yuan"] + accrued).to_numpy())
    earned = seats["own_cash_yuan"] - seats["complaints"] * scenario.conduct.complaint_cost_yuan
    totals["pay_by_contribution"] = _rank_correlation(accrued, earned)
    return totals


def _gini(pay: np.ndarray) -> float:
    """Gini coefficient; 0 where all are paid alike."""
    ordered = np.sort(pay)
    n, total = len(ordered), ordered.sum()
    if total <= 0.0:
        return 0.0
    return float(2.0 * (np.arange(1, n + 1) @ ordered) / (n * total) - (n + 1) / n)


def _rank_correlation(pay: pd.Series, contribution: pd.Series) -> float:
    """Spearman's coefficient; 0 where all are paid alike: such pay follows nothing."""
    if np.ptp(pay) == 0.0 or np.ptp(contribution) == 0.0:
        return 0.0
    return float(pay.corr(contribution, method="spearman"))


@cache
def model_digest() -> str:
    """Hash of the source that makes totals: trials of another model are none of this one."""
    found = hashlib.sha256()
    for path in [Path(__file__), *sorted(Path(sim.__file__).parent.rglob("*.py"))]:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Trials:
    """Runs what is not known yet; remembers all, in a file if one is named."""

    def __init__(self, workers: int | None = None, file: Path | None = None):
        self.workers = workers or os.cpu_count() or 1
        self.file = file
        self.columns: tuple[str, ...] = ()
        self.known: dict[Key, np.ndarray] = {}
        self.asked: set[Key] = set()  # by this search, known before or not
        self.pool: ProcessPoolExecutor | None = None
        if file is not None and file.exists():
            self._read(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)
            self.pool = None

    @property
    def calls(self) -> int:
        """Trials asked for so far."""
        return len(self.asked)

    def run(self, tasks: Sequence[tuple[Scenario, int]]) -> np.ndarray:
        """Totals, shape (task, column), in the order of the tasks, whatever the workers."""
        keys = [(scenario.digest, scenario.run.seed, r) for scenario, r in tasks]
        fresh = {k: t for k, t in zip(keys, tasks, strict=True) if k not in self.known}
        self.asked.update(keys)
        self._simulate(fresh)
        return np.array([self.known[key] for key in keys])

    def _simulate(self, fresh: dict[Key, tuple[Scenario, int]]) -> None:
        if not fresh:
            return
        if self.workers == 1:
            for key, task in fresh.items():
                self._note(key, totals_of(*task))
        else:
            self._simulate_apart(fresh)
        self._write()

    def _simulate_apart(self, fresh: dict[Key, tuple[Scenario, int]]) -> None:
        if self.pool is None:
            ways = multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
            self.pool = ProcessPoolExecutor(self.workers, mp_context=context)
        waiting = {self.pool.submit(totals_of, *task): key for key, task in fresh.items()}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                self._note(waiting.pop(future), future.result())

    def _note(self, key: Key, totals: dict[str, float]) -> None:
        self.columns = self.columns or tuple(totals)
        self.known[key] = np.array([totals[name] for name in self.columns])

    # -- the file -----------------------------------------------------------------------------

    def _write(self) -> None:
        """All that is known, written aside and renamed: a kill leaves the old file or the new."""
        if self.file is None:
            return
        aside = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        digests, seeds, replications = zip(*self.known, strict=True)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as stream:
                np.savez_compressed(
                    stream, model=np.array(model_digest()), columns=np.array(self.columns),
                    digests=np.array(digests), seeds=np.array(seeds, np.int64),
                    replications=np.array(replications, np.int64),
                    totals=np.array(list(self.known.values())),
                )  # fmt: skip
            aside.replace(self.file)
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            reason = error.strerror or str(error)
            raise InputError(f"{self.file}: expected a place to write to ({reason})") from None

    def _read(self, file: Path) -> None:
        """What an earlier search kept, if this very model made it."""
        try:
            with np.load(file, allow_pickle=False) as kept:
                if str(kept["model"]) != model_digest():
                    return
                self.columns = tuple(kept["columns"].tolist())
                places = [kept[name].tolist() for name in ("digests", "seeds", "replications")]
                self.known = dict(zip(zip(*places, strict=True), kept["totals"], strict=True))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            raise InputError(
                f"{file}: expected the trials of an earlier search; remove it or name another"
            ) from None
