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
from optimize.limits import QUANTITIES
from optimize.problem import Limit, Problem

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
    broken: tuple[str, ...] = ()  # rules of what may be decided that today's scheme breaks

    @property
    def today_keeps(self) -> bool:
        """Whether today's scheme may stay: it breaks no rule and keeps the limits on average."""
        return not self.broken and _within(self.today)

    def shortfall(self, problem: Problem) -> dict[str, float]:
        """By how much limits would have to be relaxed for the nearest of those that were judged."""
        judged = [s.found for s in self.stands if s.replications == problem.verified]

        def need(found: Assessment) -> dict[str, float]:
            room = {
                limit.name: found.excess[limit.name].above(_level(limit, max(len(judged), 1)))
                for limit in problem.limits
            }
            return {name: by for name, by in room.items() if by > 0.0}

        def size(found: Assessment) -> float:
            bounds = {limit.name: abs(self.anchor.bound(limit)) for limit in problem.limits}
            return sum(by / max(bounds[name], 1e-9) for name, by in need(found).items())

        rivals = judged if self.broken and judged else [self.today, *judged]
        return need(min(rivals, key=size))


def verify(
    problem: Problem,
    laboratory: Laboratory,
    today: np.ndarray,
    finalists: Sequence[Record],
    broken: tuple[str, ...] = (),
) -> Verdict:
    """The first finalist, in the order of the rungs, that keeps every limit and gains.

    Gain is not asked for where today's scheme may not stay: it breaks a limit, or is `broken` by
    the rules of what may be decided.
    """
    judge = _Judge(problem, laboratory, today, broken)
    standing = list(finalists)
    stands: list[Stand] = []
    for keep, replications in RUNGS:
        luck = range(RUNG_LUCK, RUNG_LUCK + replications)
        found = judge.look(standing, luck)
        order = sorted(range(len(standing)), key=lambda i: -judge.merit(found[i], replications))
        stands += [
            Stand(standing[i].design, standing[i].origin, replications, found[i],
                  judge.outrun(found[i], replications))
            for i in order[keep:]
        ]  # fmt: skip
        standing = [standing[i] for i in order[:keep]]
    return judge.verdict(standing, stands)


@dataclass
class _Judge:
    """Simulates designs beside today's scheme on fresh luck."""

    problem: Problem
    laboratory: Laboratory
    today: np.ndarray
    broken: tuple[str, ...]

    def look(self, records: Sequence[Record], luck: range) -> list[Assessment]:
        """Each record against today's scheme on this luck."""
        designs = [self.today, *(r.design for r in records)]
        totals = self.laboratory.totals([(d, r) for d in designs for r in luck])
        blocks = totals.reshape(len(designs), len(luck), -1)
        self.anchor = Anchor(self.laboratory.columns, blocks[0])
        return [assess(self.problem, self.anchor, mine, blocks[0]) for mine in blocks[1:]]

    def merit(self, found: Assessment, replications: int) -> float:
        """Merit with the margin that the verdict will ask for."""
        return merit(self.problem, self.anchor, found, self._margins(found, replications))

    def _margins(self, found: Assessment, replications: int) -> dict[str, float]:
        later = np.sqrt(replications / self.problem.verified)
        return {
            limit.name: found.excess[limit.name].se * later * ROOM for limit in self.problem.limits
        }

    def outrun(self, found: Assessment, replications: int) -> str:
        """Why a finalist was left behind: limits that it may not keep, or its gain."""
        margins = self._margins(found, replications)
        near = [n for n, by in margins.items() if found.excess[n].mean + by > 0.0]
        return f"outrun: too near to {', '.join(near)}" if near else "outrun: others gain more"

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
        return Verdict(accepted, tuple(stands), self.anchor, found_today, self.broken)

    def say(self, found: Assessment, today: Assessment, looks: int) -> str:
        """`accepted`, or what speaks against the design."""
        for limit in self.problem.limits:
            level = _level(limit, looks)
            excess = found.excess[limit.name]
            if excess.above(level) > 1e-9:
                return f"{limit.name}: {_unsure(excess, level, QUANTITIES[limit.on].unit)}"
        may_stay = not self.broken and _within(today)
        if may_stay and found.gain.below(1.0 - (1.0 - SURE) / looks) <= 0.0:
            return "its gain is within the error"
        return "accepted"


def _level(limit: Limit, looks: int) -> float:
    """Confidence asked of a look, so that all of them together err no more than was allowed."""
    return 1.0 - (1.0 - limit.confidence) / looks


def _within(today: Assessment) -> bool:
    return all(excess.mean <= 1e-9 for excess in today.excess.values())


def _unsure(excess: Estimate, level: float, unit: str) -> str:
    """What is found of a limit that is broken, or kept on average but not surely."""
    side = "beyond" if excess.mean > 0.0 else "within"
    return (
        f"{abs(excess.mean):.3g} {unit} {side} the bound on average (standard error "
        f"{excess.se:.2g}), with {100 * level:.1f} % certainty only less than "
        f"{excess.above(level):.3g} beyond it"
    )
