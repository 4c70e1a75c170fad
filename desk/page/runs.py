"""Runs: comparisons in processes of their own, so that the page answers while they go on."""

import multiprocessing
import secrets
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Lock, Thread

from desk.study import interruptible
from sim import Comparison, InputError, PostloanError, Scenario, World, compare
from sim.reprice import Record
from sim.run import compile_loop, finished

MOST_AT_ONCE = 4  # comparisons that may go on together, from any number of tabs
MOST_KEPT = 30  # finished ones, the newest
SPAWN = multiprocessing.get_context("spawn")  # the server has threads, which a fork would not copy


@dataclass
class Run:
    """A comparison: going on, finished, or failed for the reason `wrong`."""

    process: multiprocessing.Process
    pipe: Connection
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    found: Comparison | None = None
    record: Record | None = None  # of the base's first replication
    wrong: str = ""
    cancelled: bool = False
    ended: bool = False  # nothing more will come

    @property
    def going(self) -> bool:
        return self.found is None and not self.wrong and not self.cancelled


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
                raise InputError(f"{MOST_AT_ONCE} comparisons go on already; cancel one or wait")
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

    def record(self, key: str | None) -> Record | None:
        """What the base of that comparison recorded, as soon as it is there."""
        run = self.get(key)
        return run.record if run else None

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
            name, said = run.pipe.recv()
            if name == "progress":
                run.done = said
            elif name == "wrong":
                run.wrong = said
            elif name == "found":
                run.found = said
            else:
                run.record = said
    except (EOFError, OSError):
        if run.going:
            run.wrong = "the worker ended: expected more memory, or fewer accounts"
    run.process.join()
    run.ended = True


def work(pipe: Connection) -> None:
    """One comparison, in a process of its own: waits for the order, sends progress and result."""
    try:
        with interruptible():
            compile_loop()
            scenarios, replications = pipe.recv()
            found = compare(
                scenarios,
                replications=replications,
                progress=lambda done, _: pipe.send(("progress", done)),
            )
            pipe.send(("found", found))
            pipe.send(("record", Record.of(finished(World(found.base.scenario)))))
    except PostloanError as error:
        pipe.send(("wrong", str(error)))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the server ended, or somebody cancelled: nobody reads
