"""Memory per account: the state the loop touches, and all that a whole run takes at its peak."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.worlds import scenario, warm
from sim import World
from sim.records import ACCOUNT

HIGH_WATER = Path("/proc/self/status")  # Linux; getrusage would report the parent's peak


def figures(effort: Effort) -> list[Figure]:
    """Bytes per account; the peak is that of a process of its own, above its warm start."""
    rows = [Figure("hot bytes", "hot state", ACCOUNT.itemsize, "bytes per account", at_most=200)]
    if HIGH_WATER.exists():
        command = [sys.executable, "-m", "benchmarks.memory"]
        sizes = [str(effort.accounts), str(effort.periods)]
        answer = subprocess.run(command + sizes, stdout=subprocess.PIPE, text=True, check=True)
        peak = json.loads(answer.stdout)
        rows.append(Figure("peak bytes", "peak of a whole run, above an empty process",
                           peak, "bytes per account"))  # fmt: skip
    return rows


def _peak_bytes() -> int:
    lines = HIGH_WATER.read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _growth(accounts: int, periods: int) -> float:
    """Bytes of peak growth per account, those that join later included."""
    warm()
    before = _peak_bytes()
    world = World(scenario(accounts, periods))
    while world.running:
        world.step()
    return (_peak_bytes() - before) / world.portfolio.accounts.size


if __name__ == "__main__":
    print(json.dumps(_growth(*map(int, sys.argv[1:]))))
