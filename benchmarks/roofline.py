"""The whole run against the least that a pass through memory each day must take.

Two loops read, draw once, and write for each account and day. They differ in what they carry:

- records: the hot state of this model as it lies in memory, one cache line of 64 bytes an account
  (52 of state). All of it passes once a day, whatever is done with it. This is the roofline of a
  model that carries this state: an array for each field was tried and is slower (2.6 times);
- columns: three bare arrays of 11 bytes together, in which a compiler draws for many accounts at
  once. No model with balances fits into them; it is the hardest reading of the word.
"""

import numpy as np
from numba import njit, uint64

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import least, scenario, timed
from sim.chance import GOLDEN, mix
from sim.records import ACCOUNT

DAYS = 30  # a loop's cost per day does not change, so a month stands for the year
STEP = uint64(GOLDEN)
WORDS = {"records": "whole records", "columns": "three columns"}


@njit
def over_records(accounts, days):
    """Once a day read and write each account's record, with one random draw."""
    for day in range(days):
        step = STEP * uint64(day + 1)
        for i in range(accounts.size):
            x = accounts[i]
            word = mix(x.stream + step)
            x.due_from ^= np.int16(word & uint64(1))
            x.row ^= np.uint8(word >> uint64(63))


@njit
def over_columns(stream, due_from, row, days):
    """The same over three separate arrays: 11 bytes an account, and vectors where they fit."""
    for day in range(days):
        step = STEP * uint64(day + 1)
        for i in range(stream.size):
            word = mix(stream[i] + step)
            due_from[i] ^= np.int16(word & uint64(1))
            row[i] ^= np.uint8(word >> uint64(63))


def figures(effort: Effort) -> list[Figure]:
    """Ratios to each loop, on as many accounts as were live on average."""
    given = scenario(effort.accounts, effort.periods)
    runs, took = [], {"records": [], "columns": []}
    for _ in range(effort.repeats):
        runs.append(timed(given))
        accounts = _accounts(round(runs[-1].live_days / runs[-1].days))
        took["records"].append(_nanoseconds(over_records, accounts))
        took["columns"].append(_nanoseconds(over_columns, *_columns(accounts)))
    t = least(runs)
    rows = [
        Figure(name, f"roofline: {WORDS[name]}", min(each), "ns per account-day")
        for name, each in took.items()
    ]
    for name, each in took.items():
        whole, kernel = t.nanoseconds / min(each), t.kernel_nanoseconds / min(each)
        rows += [
            Figure(f"run / {name}", f"whole run to {WORDS[name]}", whole, "×", at_most=10),
            Figure(f"kernel / {name}", f"  loop over accounts to {WORDS[name]}", kernel, "×"),
        ]
    return rows


def _accounts(size: int) -> np.ndarray:
    accounts = np.zeros(size, ACCOUNT)
    accounts["stream"] = np.arange(size, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03)
    return accounts


def _columns(accounts: np.ndarray) -> list[np.ndarray]:
    return [accounts[name].copy() for name in ("stream", "due_from", "row")]


def _nanoseconds(loop, *arrays: np.ndarray) -> float:
    loop(*arrays, 1)
    watch = Stopwatch()
    with watch:
        loop(*arrays, DAYS)
    return 1e9 * watch.cpu / (arrays[0].size * DAYS)
