"""What the first run waits for: compiling into an empty cache, and `make demo` cold and warm."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.effort import Effort
from benchmarks.figure import Figure
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import warm

ROOT = Path(__file__).resolve().parent.parent
FIRST_CALL = ["-m", "benchmarks.compiling"]
COMMAND = ["-c", "from desk.cli import main; main()"]
DEMO = ["compare", "scenarios/balanced.toml", "scenarios/recovery_only.toml", "--quiet", "--out"]


def figures(effort: Effort) -> list[Figure]:
    """Wall seconds: of the first run inside a process, and of the demo's whole command."""
    cold, kept = _cold_and_kept(FIRST_CALL, effort.repeats, lambda answer, _: float(answer))
    rows = [
        Figure("compile", "first run in a process, nothing compiled", cold, "s"),
        Figure("load", "the same from the cache", kept, "s"),
    ]
    if effort.whole:
        with TemporaryDirectory() as results:
            demo = [*COMMAND, *DEMO, f"{results}/demo"]
            cold, kept = _cold_and_kept(demo, 1, lambda _, seconds: seconds)
        rows.append(Figure("demo cold", "make demo, the first time after installing", cold, "s"))
        rows.append(Figure("demo warm", "make demo from then on", kept, "s"))
    return rows


def _cold_and_kept(arguments: list[str], repeats: int, read) -> tuple[float, float]:
    """Least seconds with an empty cache of machine code and bytecode, and with a filled one."""
    cold, kept = [], []
    for _ in range(repeats):
        with TemporaryDirectory() as cache:
            cold.append(read(*_run(arguments, cache)))
            kept += [read(*_run(arguments, cache)) for _ in range(2)]
    return min(cold), min(kept)


def _run(arguments: list[str], cache: str) -> tuple[str, float]:
    """What the process printed, and its wall seconds."""
    caches = {"NUMBA_CACHE_DIR": cache, "PYTHONPYCACHEPREFIX": f"{cache}/bytecode"}
    own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    watch = Stopwatch()
    with watch:
        answer = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=own | caches,
                                check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
    return answer.stdout, watch.wall


if __name__ == "__main__":
    first = Stopwatch()
    with first:
        warm()
    print(first.wall)
