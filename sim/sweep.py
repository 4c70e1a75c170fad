"""Carries out a plan: every run that the store does not hold yet, on any executor."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike, cpu_count

from sim.errors import ClusterError
from sim.identity import code_key, content_key, run_key, scenario_key
from sim.lender_file import read_accounts
from sim.plan import Cell, Plan
from sim.run import Progress, check_memory, compile_loop, start_of, worlds
from sim.scenario import Scenario
from sim.store import MANY_RUNS, Store, run_file
from sim.swept import Swept, run_row, sweep_name, sweep_table
from sim.workers import Hands, cluster, processes

LOOK_EVERY = 8  # replications between two looks at the precision
AT_ONCE = 8  # runs of a task at most; they start from the same portfolio, which is drawn once
ACCOUNT_DAYS_AT_ONCE = 2e8  # what they may carry: a few seconds, lost if a worker is killed
TURNS = 4  # tasks for each worker at least, where there are so many runs
MANY_WORKERS = 64  # as many as a cluster is expected to have
MOST_BREAKS = 3  # times that workers may die before anything was finished in between

Places = Callable[[], AbstractContextManager[Hands]]


@dataclass(frozen=True)
class Run:
    """One replication of one scenario, by its name in the store."""

    key: str
    scenario_key: str
    scenario: Scenario


@dataclass(frozen=True)
class Task:
    """Runs of one replication whose scenarios start from the same portfolio."""

    replication: int
    runs: tuple[Run, ...]
    code: str


@dataclass(frozen=True)
class Answer:
    """What a sweep found, and how it came about."""

    swept: Swept
    name: str  # of the sweep in its store
    carried_out: int  # runs of this call; the store had the others
    wide: tuple[int, ...]  # points whose differences are not known as closely as asked


def sweep(
    plan: Plan | str | PathLike,
    folder: str | PathLike,
    *,
    workers: int | None = None,
    cluster_address: str | None = None,
    progress: Progress | None = None,
) -> Answer:
    """All runs of a plan; those that the store in `folder` holds are not carried out again.

    Killed at any moment and called again, it goes on. The result does not depend on where and
    in which order the runs were carried out. Raises StoreError if the folder cannot be written.
    """
    plan = plan if isinstance(plan, Plan) else Plan.load(plan)
    workers = workers or cpu_count() or 1
    if cluster_address:
        places, workers = partial(cluster, cluster_address), MANY_WORKERS
    else:
        places = partial(processes, workers)
        by_portfolio = {start_of(c.scenario): c.scenario for c in plan.cells}
        for scenario in by_portfolio.values():
            check_memory(scenario, workers)
    return _Carrier(plan, folder, places, workers, progress).carry_out()


def carried(task: Task) -> list[tuple[str, bytes]]:
    """In a worker: the files of a task's runs, by name."""
    if task.code != code_key():
        raise ClusterError(
            "a worker has another version of postloan or of the libraries below it than this "
            "process; expected the same everywhere"
        )
    found = worlds([run.scenario for run in task.runs], task.replication)
    return [
        (run.key, run_file(run_row(run.key, run.scenario_key, task.replication, world)))
        for run, world in zip(task.runs, found, strict=True)
    ]


class _Carrier:
    """Remembers what is finished while a plan is carried out."""

    def __init__(self, plan: Plan, folder, places: Places, workers: int, progress) -> None:
        self.plan, self.places, self.workers, self.progress = plan, places, workers, progress
        self.code, self.scenario_keys = code_key(), _scenario_keys(plan)
        table = sweep_table(plan, self.scenario_keys)
        self.name = sweep_name(table)
        self.store = Store.open(folder)
        self.store.keep_sweep(self.name, table)
        self.finished = self.store.finished()
        self.done = self.asked = self.untidy = 0

    def carry_out(self) -> Answer:
        """All replications of every cell, and more where that is not precise enough."""
        counts = dict.fromkeys(range(len(self.plan.points)), self.plan.replications)
        self._carry(self.plan.cells, range(self.plan.replications))
        wide = self._narrow(counts) if self.plan.precision else ()
        self.store.compact()
        found = Swept.read(self.store, self.name, counts)
        return Answer(found, self.name, self.done, tuple(wide))

    def _narrow(self, counts: dict[int, int]) -> list[int]:
        """Add replications to the points that are not known closely enough; those left wide.

        It looks at fixed numbers of replications, so that a killed sweep stops where one that
        was not killed does.
        """
        wide = self._wide(counts, list(counts))
        while wide and (first := counts[wide[0]]) < self.plan.precision.most:
            last = min(first + LOOK_EVERY, self.plan.precision.most)
            self._carry([c for c in self.plan.cells if c.point in wide], range(first, last))
            counts |= dict.fromkeys(wide, last)
            wide = self._wide(counts, wide)
        return wide

    def _wide(self, counts: dict[int, int], points: list[int]) -> list[int]:
        self.store.compact()
        asked, found = self.plan.precision, Swept.read(self.store, self.name, counts)
        widths = {point: found.half_width(point, asked.measure) for point in points}
        return [point for point, width in widths.items() if not asked.met(*width)]

    # ---- carrying out ----

    def _carry(self, cells: Iterable[Cell], replications: range) -> None:
        tasks = deque(self._tasks(list(cells), replications))
        self.asked += sum(len(task.runs) for task in tasks)
        if tasks:
            compile_loop()  # before workers are forked
        breaks = 0
        while tasks:
            before = self.done
            try:
                with self.places() as hands:
                    self._through(hands, tasks)
            except BrokenExecutor:
                breaks = 1 if self.done > before else breaks + 1
                if breaks > MOST_BREAKS:
                    raise

    def _tasks(self, cells: list[Cell], replications: range) -> Iterator[Task]:
        """The missing runs, those of one replication and portfolio together."""
        groups = _groups(cells, len(cells) * len(replications) // (TURNS * self.workers))
        for replication in replications:
            for group in groups:
                runs = [self._run(cell, replication) for cell in group]
                missing = tuple(run for run in runs if run.key not in self.finished)
                if missing:
                    yield Task(replication, missing, self.code)

    def _run(self, cell: Cell, replication: int) -> Run:
        known = self.scenario_keys[cell.scheme, cell.point]
        key = run_key(known, self.plan.seed, replication, self.code)
        return Run(key, known, cell.scenario)

    def _through(self, hands: Hands, tasks: deque[Task]) -> None:
        """Give tasks to the executor as it takes them; keep what comes back."""
        running: dict[Future, Task] = {}
        try:
            while tasks or running:
                self._fill(hands, tasks, running)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    for key, content in future.result():
                        self._keep(key, content)
                    del running[future]
        except BrokenExecutor:
            tasks.extendleft(self._left(task) for task in reversed(running.values()))
            raise

    def _fill(self, hands: Hands, tasks: deque[Task], running: dict[Future, Task]) -> None:
        width = hands.width()
        while tasks and len(running) < width:
            task = self._left(tasks[0])
            if task.runs:
                running[hands.executor.submit(carried, task)] = task
            tasks.popleft()

    def _left(self, task: Task) -> Task:
        """The task without the runs that another process has finished meanwhile."""
        left = tuple(run for run in task.runs if not self._holds(run.key))
        self.asked -= len(task.runs) - len(left)
        return replace(task, runs=left)

    def _holds(self, key: str) -> bool:
        return key in self.finished or self.store.holds(key)

    def _keep(self, key: str, content: bytes) -> None:
        self.store.keep_run(key, content)
        self.finished.add(key)
        self.done += 1
        self.untidy += 1
        if self.untidy > MANY_RUNS:
            self._tidy()
        if self.progress:
            self.progress(self.done, self.asked)

    def _tidy(self) -> None:
        """Compact while workers go on, so that a long sweep leaves no crowd of files behind."""
        self.store.compact()
        self.finished |= self.store.finished()  # those that other processes compacted
        self.untidy = 0


def _scenario_keys(plan: Plan) -> dict[tuple[str, int], str]:
    """The name of each cell's scenario; a portfolio file is read here first, or refused."""
    contents = {None: ""}
    for file in {c.scenario.portfolio.file for c in plan.cells} - {None}:
        read_accounts(file)
        contents[file] = content_key(file)
    return {
        (c.scheme, c.point): scenario_key(c.scenario, contents[c.scenario.portfolio.file])
        for c in plan.cells
    }


def _groups(cells: list[Cell], most: int) -> list[list[Cell]]:
    """Cells that start from the same portfolio, at most so many together."""
    by_portfolio: dict[tuple, list[Cell]] = {}
    for cell in cells:
        by_portfolio.setdefault(start_of(cell.scenario), []).append(cell)
    groups = []
    for same in by_portfolio.values():
        s = same[0].scenario
        account_days = s.portfolio.accounts * s.run.periods * s.run.period_days
        size = max(min(AT_ONCE, most, int(ACCOUNT_DAYS_AT_ONCE / account_days)), 1)
        groups += [same[i : i + size] for i in range(0, len(same), size)]
    return groups
