"""Memory per account: the state the loop touches, and all that a whole run takes at its peak."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.effort import YEAR_DAYS, Effort
from benchmarks.figure import Figure
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import scenario, warm
from sim import World
from sim.records import ACCOUNT
from sim.run import finished

MANY = 10_000_000  # accounts that must run on a small machine
HIGH_WATER = Path("/proc/self/status")  # Linux; getrusage would report the parent's peak


def figures(effort: Effort) -> list[Figure]:
    """Bytes per account; a run's peak is that of a process of its own, above its warm start."""
    rows = [Figure("hot bytes", "hot state", ACCOUNT.itemsize, "bytes per account", at_most=200)]
    if not HIGH_WATER.exists():
        return rows
    spent = _alone(effort.accounts, effort.periods)
    rows.append(Figure("peak bytes", "peak of a whole run, above an empty process",
                       spent["grown"] / spent["accounts"], "bytes per account"))  # fmt: skip
    if effort.whole:
        spent, text = (
            _alone(MANY, effort.periods),
            f"{MANY:,} accounts for a year, drawing included",
        )
        year = spent["seconds"] * YEAR_DAYS / spent["days"]
        rows += [
            Figure("many seconds", text, year, "s", at_most=60),
            Figure("many GiB", "  memory at the peak", spent["peak"] / 2**30, "GiB", at_most=4),
        ]
    return rows


def _alone(accounts: int, periods: int) -> dict[str, float]:
    """What a run spends in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", str(accounts), str(periods)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout)


def _peak_bytes() -> int:
    lines = HIGH_WATER.read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _spent(accounts: int, periods: int) -> dict[str, float]:
    """Memory and processor seconds of a run, those accounts that join later included."""
    warm()
    before, watch = _peak_bytes(), Stopwatch()
    with watch:
        world = finished(World(scenario(accounts, periods)))
    peak = _peak_bytes()
    return {
        "seconds": watch.cpu, "days": world.day, "peak": peak, "grown": peak - before,
        "accounts": world.portfolio.accounts.size,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_spent(*map(int, sys.argv[1:]))))
