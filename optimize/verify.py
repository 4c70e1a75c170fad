"""Verification on fresh luck: the one judge of every method's finalists.

Rungs of fresh replications, the same for all, thin the finalists out; the verdict is given on luck
that no earlier step has seen. Each look at that luck takes its part of the permitted error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.anchor import Anchor
from optimize.assess import Assessment, Estimate, assess, merit
from optimize.evidence import ROOM, Record
from optimize.laboratory import Laboratory
from optimize.problem import Problem

RUNG_LUCK, VERDICT_LUCK = 1_000_000, 2_000_000  # first replication numbers of fresh luck
LOOKS = 3  # finalists that may stand before the verdict
RUNGS = ((4, 8), (LOOKS, 24))  # finalists kept, replications each has had by then
SURE = 0.95  # one-sided confidence that the gain is above zero


@dataclass(frozen=True)
class Stand:
    """A finalist's way: how far it came and what was found last."""

    design: np.ndarray
    origin: str
    replications: int
    found: Assessment
    verdict: str  # why it was rejected, or `accepted`


@dataclass(frozen=True)
class Verdict:
    """What verification says."""

    accepted: Stand | None
    stands: tuple[Stand, ...]  # every finalist
    anchor: Anchor  # today's scheme on the verdict's luck
    today: Assessment  # today's scheme against itself: zero gain, its own excess

    @property
    def today_keeps(self) -> bool:
        """Whether today's scheme itself keeps the absolute limits on average."""
        return all(excess.mean <= 1e-9 for excess in self.today.excess.values())


def verify(
    problem: Problem, laboratory: Laboratory, today: np.ndarray, finalists: Sequence[Record]
) -> Verdict:
    """The first finalist, in the order of the rungs, that keeps every limit and gains."""
    judge = _Judge(problem, laboratory, today)
    standing = list(finalists)
    stands: list[Stand] = []
    for keep, replications in RUNGS:
        luck = range(RUNG_LUCK, RUNG_LUCK + replications)
        found = judge.look(standing, luck)
        order = sorted(range(len(standing)), key=lambda i: -judge.merit(found[i], replications))
        stands += [
            Stand(standing[i].design, standing[i].origin, replications, found[i], "outrun")
            for i in order[keep:]
        ]
        standing = [standing[i] for i in order[:keep]]
    return judge.verdict(standing, stands)


@dataclass
class _Judge:
    """Simulates designs beside today's scheme on fresh luck."""

    problem: Problem
    laboratory: Laboratory
    today: np.ndarray

    def look(self, records: Sequence[Record], luck: range) -> list[Assessment]:
        """Each record against today's scheme on this luck."""
        designs = [self.today, *(r.design for r in records)]
        totals = self.laboratory.totals([(d, r) for d in designs for r in luck])
        blocks = totals.reshape(len(designs), len(luck), -1)
        self.anchor = Anchor(self.laboratory.columns, blocks[0])
        return [assess(self.problem, self.anchor, mine, blocks[0]) for mine in blocks[1:]]

    def merit(self, found: Assessment, replications: int) -> float:
        """Merit with the margin that the verdict will ask for."""
        later = np.sqrt(replications / self.problem.verified)
        margins = {
            limit.name: found.excess[limit.name].se * later * ROOM for limit in self.problem.limits
        }
        return merit(self.problem, self.anchor, found, margins)

    def verdict(self, standing: Sequence[Record], stands: list[Stand]) -> Verdict:
        """Looks at one finalist after the other until one is accepted."""
        luck = range(VERDICT_LUCK, VERDICT_LUCK + self.problem.verified)
        accepted = None
        found_today = self.look([Record(self.today, [], np.empty(0), "today")], luck)[0]
        for record in standing:
            if accepted:
                break
            found = self.look([record], luck)[0]
            said = self.say(found, found_today, len(standing))
            stand = Stand(record.design, record.origin, len(luck), found, said)
            stands.append(stand)
            accepted = stand if said == "accepted" else None
        return Verdict(accepted, tuple(stands), self.anchor, found_today)

    def say(self, found: Assessment, today: Assessment, looks: int) -> str:
        """`accepted`, or what speaks against the design."""
        for limit in self.problem.limits:
            level = 1.0 - (1.0 - limit.confidence) / looks
            excess = found.excess[limit.name]
            if excess.above(level) > 1e-9:
                return f"{limit.name}: not sure to hold ({_sized(excess)} beyond the bound)"
        today_keeps = all(e.mean <= 1e-9 for e in today.excess.values())
        if today_keeps and found.gain.below(1.0 - (1.0 - SURE) / looks) <= 0.0:
            return "its gain is within the error"
        return "accepted"


def _sized(estimate: Estimate) -> str:
    return f"{estimate.mean:+.4g} ± {estimate.se:.2g}"
