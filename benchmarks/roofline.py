"""The whole run against the least that a pass through memory each day must take."""

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
    """Ratios to both loops, on as many accounts as were live on average."""
    given = scenario(effort.accounts, effort.periods)
    runs, records, columns = [], [], []
    for _ in range(effort.repeats):
        runs.append(timed(given))
        live = round(runs[-1].live_days / runs[-1].days)
        records.append(_nanoseconds(over_records, _accounts(live)))
        columns.append(_nanoseconds(over_columns, *_columns(_accounts(live))))
    t, record, column = least(runs), min(records), min(columns)
    return [
        Figure("roofline records", "roofline: whole records", record, "ns per account-day"),
        Figure("roofline columns", "roofline: three columns", column, "ns per account-day"),
        Figure("run / records", "whole run to records", t.nanoseconds / record, "×", at_most=10),
        Figure("kernel / records", "kernel to records", t.kernel_nanoseconds / record, "×",
               at_most=10),
        Figure("run / columns", "whole run to columns", t.nanoseconds / column, "×", at_most=10),
        Figure("kernel / columns", "kernel to columns", t.kernel_nanoseconds / column, "×",
               at_most=10),
    ]  # fmt: skip


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
