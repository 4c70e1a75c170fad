"""The evidence of a search: which designs were simulated in which replications, with what result.

Every design is compared with today's scheme in its own replications; today's runs in all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np

from optimize.anchor import Anchor
from optimize.assess import Assessment, assess, expected, merit
from optimize.laboratory import Laboratory
from optimize.problem import Problem

TODAY = "today"
BLOCK = 4  # replications that a new design gets first
CONFIRMED = 16  # replications of a design before it may become the incumbent
MOST_CHALLENGERS = 3  # of a round
ROOM = 2.2  # standard errors kept from a limit: the verdict asks for nearly two, luck takes some


class Spent(Exception):  # noqa: N818 - an end, not an error
    """All replications that may be simulated have been."""


@dataclass
class Record:
    """One design's replications; grows."""

    design: np.ndarray
    replications: list[int]
    totals: np.ndarray  # (replication, total)
    origin: str  # who proposed it
    assessed: Assessment | None = None  # of these replications


class Evidence:
    """All records of a search, today's scheme first."""

    def __init__(self, problem: Problem, laboratory: Laboratory, today: np.ndarray, luck: Sequence):
        self.problem, self.laboratory, self.luck = problem, laboratory, list(luck)
        self.records: dict[bytes, Record] = {}
        self.today = today
        self.most: float = np.inf  # calls of the laboratory that may be made
        self.simulate([(today, self.luck, TODAY)])
        self.anchor = Anchor(laboratory.columns, self.todays(self.luck))

    def simulate(self, wanted: Iterable[tuple[np.ndarray, Sequence[int], str]]) -> None:
        """Simulate designs in those of the replications in which they were not simulated yet.

        Raises Spent once no call is left; what could still be simulated is kept.
        """
        tasks, fresh = [], {}
        for design, replications, origin in wanted:
            key = design.tobytes()
            empty = Record(design, [], np.empty((0, len(self.laboratory.columns))), origin)
            record = self.records.get(key) or fresh.setdefault(key, empty)
            there = {*record.replications, *(r for d, r in tasks if d is record)}
            tasks += [(record, r) for r in replications if r not in there]
        left = max(self.most - self.laboratory.calls, 0)
        allowed = tasks[: int(min(left, len(tasks)))]
        self._note(allowed)
        if len(allowed) < len(tasks):
            raise Spent

    @contextmanager
    def until(self, calls: int) -> Iterator[None]:
        """What is done here ends once the laboratory has answered so many calls."""
        before, self.most = self.most, calls
        with suppress(Spent):
            yield
        self.most = before

    def _note(self, tasks: Sequence[tuple[Record, int]]) -> None:
        """Simulates and remembers."""
        if not tasks:
            return
        found = self.laboratory.totals([(record.design, r) for record, r in tasks])
        for (record, r), totals in zip(tasks, found, strict=True):
            self.records.setdefault(record.design.tobytes(), record)
            record.replications.append(r)
            record.totals = np.vstack([record.totals, totals])
            record.assessed = None

    def todays(self, replications: Sequence[int]) -> np.ndarray:
        """Totals of today's scheme in these replications."""
        record = self.records[self.today.tobytes()]
        place = {r: i for i, r in enumerate(record.replications)}
        return record.totals[[place[r] for r in replications]]

    def assess(self, record: Record) -> Assessment:
        """The record against today's scheme: by its replications, unless more is believed."""
        if record.assessed is None:
            record.assessed = self.measured(record)
        return record.assessed

    def measured(self, record: Record) -> Assessment:
        """The record against today's scheme by its own replications."""
        return assess(self.problem, self.anchor, record.totals, self.todays(record.replications))

    def merit(self, record: Record, margins: dict[str, float] | None = None) -> float:
        """What a search climbs; today's scheme needs no margin."""
        needed = None if record.origin == TODAY else margins
        return merit(self.problem, self.anchor, self.assess(record), needed)

    def hope(self, record: Record, margins: dict[str, float]) -> float:
        """The merit less half its error: few replications often flatter."""
        return self.merit(record, margins) - 0.5 * self.assess(record).gain.se

    def safety(self) -> dict[str, float]:
        """Margin from each limit that verification will ask for, by how much pairs differ."""
        known = max(self.others, key=lambda r: len(r.replications), default=None)
        if known is None or len(known.replications) < 2:
            return {}
        found = self.measured(known).excess
        return {
            name: float(ROOM * e.se * np.sqrt(e.count / self.problem.verified))
            for name, e in found.items()
        }

    @property
    def others(self) -> list[Record]:
        """All records but today's."""
        return [r for r in self.records.values() if r.origin != TODAY]

    def finalists(self, count: int) -> list[Record]:
        """The best designs other than today's, some with more room to the limits than others."""
        margins = self.safety()
        queues = []
        for multiple in (1.0, 2.0, 3.0):
            wide = {name: multiple * by for name, by in margins.items()}
            queues.append(sorted(self.others, key=lambda r, w=wide: -self._rank(r, w)))
        turns = (record for place in zip(*queues, strict=True) for record in place)
        return list({id(record): record for record in turns}.values())[:count]

    def _rank(self, record: Record, margins: dict[str, float]) -> float:
        return self.merit(record, margins) - self.assess(record).gain.se

    # -- whose turn it is ---------------------------------------------------------------------

    def block(self, number: int, size: int = BLOCK) -> list[int]:
        """Some of the luck; blocks take turns, so that no few replications are fitted."""
        count = len(self.luck)
        return [self.luck[(number * size + i) % count] for i in range(min(size, count))]

    def is_confirmed(self, record: Record) -> bool:
        """Whether it has enough replications to be an incumbent."""
        return len(record.replications) >= min(CONFIRMED, len(self.luck))

    def settle(self) -> Record:
        """The best confirmed record, after those that may be better had their replications."""
        margins = self.safety()
        for _ in range(MOST_CHALLENGERS):
            bar = self.merit(self.best(), margins)
            hopes = {id(r): self.hope(r, margins) for r in self.others if not self.is_confirmed(r)}
            rivals = [r for r in self.others if hopes.get(id(r), -np.inf) > bar]
            if not rivals:
                break
            self._confirm(max(rivals, key=lambda r, h=hopes: h[id(r)]))
        return self.best()

    def best(self) -> Record:
        """The confirmed record of the greatest merit, today's scheme among them."""
        margins = self.safety()
        confirmed = [r for r in self.records.values() if self.is_confirmed(r)]
        return max(confirmed, key=lambda r: self.merit(r, margins))

    def _confirm(self, record: Record) -> None:
        """Simulate a design often enough to be an incumbent."""
        more = max(CONFIRMED - len(record.replications), 0)
        self.simulate([(record.design, self.more(record, more), record.origin)])

    def more(self, record: Record, count: int) -> list[int]:
        """The next replications of a record, by turns of its own."""
        used = set(record.replications)
        return [r for r in self.luck if r not in used][:count]

    def gains(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Designs (n, column), mean differences of totals from today (n, total), counts (n,)."""
        records = list(self.records.values())
        rows = [(r.totals - self.todays(r.replications)).mean(axis=0) for r in records]
        counts = np.array([len(r.replications) for r in records], float)
        return np.array([r.design for r in records]), np.array(rows), counts

    def luck_of_totals(self) -> np.ndarray:
        """Variance of one replication's difference from today, pooled over designs (total,)."""
        return self._pooled(lambda rows: rows)

    def luck_of_figures(self) -> np.ndarray:
        """The same of the gain and of each limit's excess (figure,)."""
        return self._pooled(lambda rows: expected(self.problem, self.anchor, rows))

    def _pooled(self, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        apart, free = 0.0, 1e-9
        for record in self.others:
            if len(record.replications) > 1:
                rows = of(record.totals - self.todays(record.replications))
                apart = apart + ((rows - rows.mean(axis=0)) ** 2).sum(axis=0)
                free += len(rows) - 1
        return np.asarray(apart / free) + np.zeros(of(self.anchor.totals[:1]).shape[1])
