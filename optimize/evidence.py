"""The evidence of a search: which designs were simulated in which replications, with what result.

Every design is compared with today's scheme in its own replications; today's runs in all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.anchor import Anchor
from optimize.assess import Assessment, assess, merit
from optimize.laboratory import Laboratory
from optimize.problem import Problem

TODAY = "today"
BLOCK = 4  # replications that a new design gets first
CONFIRMED = 16  # replications of a design before it may become the incumbent
MOST_CHALLENGERS = 3  # of a round
ROOM = 1.3  # standard errors kept from a limit


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
        self.simulate([(today, self.luck, TODAY)])
        self.anchor = Anchor(laboratory.columns, self.todays(self.luck))

    def simulate(self, wanted: Iterable[tuple[np.ndarray, Sequence[int], str]]) -> None:
        """Simulate designs in those of the replications in which they were not simulated yet."""
        tasks = []
        for design, replications, origin in wanted:
            width = len(self.laboratory.columns)
            empty = Record(design, [], np.empty((0, width)), origin)
            record = self.records.setdefault(design.tobytes(), empty)
            there = {*record.replications, *(r for d, r in tasks if d is record)}
            tasks += [(record, r) for r in replications if r not in there]
        if not tasks:
            return
        found = self.laboratory.totals([(record.design, r) for record, r in tasks])
        for (record, r), totals in zip(tasks, found, strict=True):
            record.replications.append(r)
            record.totals = np.vstack([record.totals, totals])
            record.assessed = None

    def todays(self, replications: Sequence[int]) -> np.ndarray:
        """Totals of today's scheme in these replications."""
        record = self.records[self.today.tobytes()]
        place = {r: i for i, r in enumerate(record.replications)}
        return record.totals[[place[r] for r in replications]]

    def assess(self, record: Record) -> Assessment:
        """The record against today's scheme."""
        if record.assessed is None:
            todays = self.todays(record.replications)
            record.assessed = assess(self.problem, self.anchor, record.totals, todays)
        return record.assessed

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
        found = self.assess(known).excess
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

    def block(self, number: int) -> list[int]:
        """Some of the luck; blocks take turns, so that no few replications are fitted."""
        size = min(BLOCK, len(self.luck))
        return [self.luck[(number * BLOCK + i) % len(self.luck)] for i in range(size)]

    def is_confirmed(self, record: Record) -> bool:
        """Whether it has enough replications to be an incumbent."""
        return len(record.replications) >= min(CONFIRMED, len(self.luck))

    def settle(self, calls: int) -> Record:
        """The best confirmed record, after those that may be better had their replications."""
        margins = self.safety()
        for _ in range(MOST_CHALLENGERS):
            bar = self.merit(self.best(), margins)
            hopes = {id(r): self.hope(r, margins) for r in self.others if not self.is_confirmed(r)}
            rivals = [r for r in self.others if hopes.get(id(r), -np.inf) > bar]
            if not rivals or self.laboratory.calls >= calls:
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
        used = set(record.replications)
        more = [r for r in self.luck if r not in used][: max(CONFIRMED - len(used), 0)]
        self.simulate([(record.design, more, record.origin)])

    def gains(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Designs (n, column), mean differences of totals from today (n, total), counts (n,)."""
        records = list(self.records.values())
        rows = [(r.totals - self.todays(r.replications)).mean(axis=0) for r in records]
        counts = np.array([len(r.replications) for r in records], float)
        return np.array([r.design for r in records]), np.array(rows), counts
