"""Runs: comparisons in processes of their own, so that the page answers while they go on."""

import multiprocessing
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Lock, Thread

import pandas as pd

from desk.page.instant import Replayed
from desk.study import interruptible
from sim import (
    Comparison,
    InputError,
    PostloanError,
    Scenario,
    World,
    collector_view,
    compare,
    gaming_ledger,
)
from sim.reprice import Record
from sim.run import compile_loop, finished

MOST_AT_ONCE = 4  # comparisons that may go on together, from any number of tabs
MOST_KEPT = 30  # finished ones, the newest
YIELDING = 10  # steps of priority by which a comparison stands behind the page that answers
SPAWN = multiprocessing.get_context("spawn")  # the server has threads, which a fork would not copy


class BusyError(InputError):
    """As many comparisons go on as the server allows."""


@dataclass(frozen=True)
class Looked:
    """What a closer look at compared schemes found, by their names."""

    ledgers: dict[str, pd.DataFrame]
    views: dict[str, pd.DataFrame]


@dataclass
class Run:
    """A comparison: going on, finished, or ended without a result."""

    process: multiprocessing.Process
    pipe: Connection
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    found: Comparison | None = None
    replayed: Replayed | None = None  # of the base's first replication
    looking: int = 0  # parts of the closer look that are done, of as many as replications
    looked: Looked | None = None
    wrong: str = ""  # the input, and why
    lost: bool = False  # its worker ended, for want of memory or killed by somebody
    cancelled: bool = False
    ended: bool = False  # nothing more will come

    @property
    def going(self) -> bool:
        return not (self.ended or self.wrong or self.lost or self.cancelled)


@dataclass
class Runs:
    """All comparisons of a server by their keys; a worker that has imported all stands ready."""

    kept: dict[str, Run] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    spare: Run | None = None
    closed: bool = False

    def prepare(self) -> None:
        """Have a worker ready for the next comparison."""
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=work, args=(theirs,))
        process.start()
        theirs.close()
        self.spare = Run(process, ours)

    def start(self, scenarios: dict[str, Scenario], replications: int) -> str:
        """The key of a comparison that starts now. Raises InputError if too many go on."""
        with self.lock:
            if sum(run.going for run in self.kept.values()) >= MOST_AT_ONCE:
                raise BusyError(f"{MOST_AT_ONCE} comparisons go on already; cancel one or wait")
            if self.spare is None or not self.spare.process.is_alive():
                self.prepare()
            run, key = self.spare, secrets.token_urlsafe(12)
            for old in [k for k, r in self.kept.items() if not r.going][: -MOST_KEPT or None]:
                del self.kept[old]
            self.kept[key] = run
            run.scenarios = scenarios
            run.total = replications * len(scenarios)
            run.pipe.send((scenarios, replications))
            self.spare = None  # the next one starts when this one leaves a processor free
            Thread(target=self._follow, args=(run,), daemon=True).start()
        return key

    def get(self, key: str | None) -> Run | None:
        return self.kept.get(key or "")

    def replayed(self, key: str | None) -> Replayed | None:
        """What the base of that comparison recorded, as soon as it is there."""
        run = self.get(key)
        return run.replayed if run else None

    def cancel(self, key: str | None) -> None:
        """End a comparison that goes on."""
        run = self.get(key)
        if run and run.going:
            run.cancelled = True
            run.process.terminate()

    def close(self) -> None:
        """End every worker."""
        with self.lock:
            self.closed = True
            for run in [*self.kept.values(), self.spare]:
                if run and run.process.is_alive():
                    run.process.terminate()

    def _follow(self, run: Run) -> None:
        """Take what a worker says until it ends; then have another one ready."""
        _listen(run)
        with self.lock:
            if not self.closed and self.spare is None:
                self.prepare()


def _listen(run: Run) -> None:
    """Take what the worker says until it has no more to say."""
    try:
        while True:
            name, said = run.pipe.recv()  # a field of the run, and what it now is
            setattr(run, name, said)
    except (EOFError, OSError):
        run.lost = run.going and run.looked is None
    run.process.join()
    run.ended = True


def work(pipe: Connection) -> None:
    """One comparison, in a process of its own: waits for the order, sends progress and results."""
    if sys.platform != "win32":  # which has no such steps
        os.nice(YIELDING)
    try:
        with interruptible():
            compile_loop()
            scenarios, replications = pipe.recv()
            found = compare(
                scenarios,
                replications=replications,
                progress=lambda done, _: pipe.send(("done", done)),
            )
            pipe.send(("found", found))
            record = Record.of(finished(World(found.base.scenario)))
            pipe.send(("replayed", Replayed.of(record, found.base.scenario.scheme)))
            schemes = {name: o.scenario for name, o in found.outcomes.items()}
            pipe.send(("looked", look_closer(schemes, lambda done: pipe.send(("looking", done)))))
    except PostloanError as error:
        pipe.send(("wrong", str(error)))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the server ended, or somebody cancelled: nobody reads


def look_closer(scenarios: Mapping[str, Scenario], tell: Callable[[int], None]) -> Looked:
    """Gaming ledger and collector's view of each; `tell` hears how many replications are done."""
    tables: dict[Callable, dict[str, pd.DataFrame]] = {gaming_ledger: {}, collector_view: {}}
    before = 0
    for study, found in tables.items():
        for name, scenario in scenarios.items():
            found[name] = study(
                scenario, progress=lambda done, _, before=before: tell(before + done)
            )
            before += scenario.run.replications
    return Looked(*tables.values())
