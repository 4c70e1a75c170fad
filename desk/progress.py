"""A progress bar on stderr, shown to people only."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import getsourcefile
from pathlib import Path

from numba import config
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sim.accounts import advance
from sim.run import Progress as Report

SIMULATING = "simulating"
COMPILING = "compiling, once: later runs start at once"


@contextmanager
def progress_bar(quiet: bool, doing: str = SIMULATING) -> Iterator[Report | None]:
    """What to call after each replication; None where nobody watches, who is told of a long wait.

    The bar draws only when called: a thread that drew it would not survive the fork of workers.
    """
    ready = doing != SIMULATING or is_compiled()
    if quiet or not sys.stderr.isatty():
        if not (quiet or ready):
            print(COMPILING, file=sys.stderr, flush=True)
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(doing if ready else COMPILING, total=None)
        bar.refresh()

        def report(done: int, total: int) -> None:
            bar.update(task, description=doing, completed=done, total=total, refresh=True)

        yield report


def is_compiled() -> bool:
    """Whether machine code of the account loop is on disk."""
    if config.DISABLE_JIT:
        return True  # nothing to wait for
    source, folder = Path(getsourcefile(advance.py_func)), Path(advance.stats.cache_path)
    line = advance.py_func.__code__.co_firstlineno
    return any(folder.glob(f"{source.stem}.{advance.__name__}-{line}.*.nbi"))
