"""The compiled loop against plain Mesa with one agent per account, on the same work.

Both carry the same portfolio with the same fixed practice: what the seats do after a month of the
baseline scheme. Decisions and pay are left out of both, so that only the work on accounts is
compared; the whole run, which has them, is shown beside it.
"""

import gc
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from benchmarks.effort import PERIOD_DAYS, Effort
from benchmarks.figure import Figure
from benchmarks.peer import Peer
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import least, scenario, timed
from sim import World
from sim.activity import COLUMN
from sim.market import chances
from sim.units import BUCKETS
from sim.world import WEEK

TOLERANCE = 0.10
SAME = {
    "cash": [f"cash_{b.lower()}" for b in BUCKETS],
    "entries": ["entries"],
    "charge-offs": ["rolls_m6"],
    "contacts": ["contacts"],
    "promises": ["promises"],
}


class DisagreementError(Exception):
    """The two do not do the same work, so that no ratio of their times means anything."""


@dataclass
class Side:
    """What one implementation did and took, summed or listed over repetitions."""

    nanoseconds: list[float] = field(default_factory=list)  # per account-day
    count: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def mean(self, name: str) -> float:
        return self.count[name] / len(self.nanoseconds)


def figures(effort: Effort) -> list[Figure]:
    """Nanoseconds per account-day of either, their ratios, and how well they agree."""
    practice = _practice(effort)
    lean, tutorial, kernel, large = Side(), Side(), Side(), Side()
    wholes = []
    for repeat in range(effort.peer_repeats):
        small = _world(effort.peer_accounts, effort, repeat)
        _carry_peer(small, practice, effort, lean, tutorial=False)
        _carry_peer(small, practice, effort, tutorial, tutorial=True)
        for _ in range(3):  # each takes milliseconds
            _carry(_world(effort.peer_accounts, effort, repeat), practice, effort, kernel)
        if repeat < effort.repeats:
            _carry(_world(effort.accounts, effort, repeat), practice, effort, large)
            wholes.append(timed(scenario(effort.accounts, effort.periods)))
    agreement = [*_agreement(lean, kernel, "lean"), *_agreement(tutorial, kernel, "tutorial")]
    rows = _figures(effort, lean, tutorial, kernel, large)
    whole = min(lean.nanoseconds) / least(wholes).nanoseconds
    text = f"lean Mesa to the whole run of {effort.accounts:,}, decisions and pay included"
    return [*rows, Figure("lean / whole", text, whole, "×"), *agreement]


def _figures(effort: Effort, lean: Side, tutorial: Side, kernel: Side, large: Side) -> list[Figure]:
    ns, small, size = "ns per account-day", f"{effort.peer_accounts:,}", f"{effort.accounts:,}"
    fast, slow, same, more = (min(side.nanoseconds) for side in (lean, tutorial, kernel, large))
    return [
        Figure("lean ns", f"Mesa, an agent per account, lean, {small} accounts", fast, ns),
        Figure("tutorial ns", "the same as Mesa's tutorial has it", slow, ns),
        Figure("same ns", f"compiled loop, same work, {small} accounts", same, ns),
        Figure("large ns", f"compiled loop, same work, {size} accounts", more, ns),
        Figure("lean / same", f"lean Mesa to the loop, {small} accounts", fast / same, "×"),
        Figure("lean / large", f"lean Mesa to the loop of {size}", fast / more, "×"),
        Figure("tutorial / same", f"tutorial Mesa to the loop, {small} accounts", slow / same,
               "×", 300),
        Figure("tutorial / large", f"tutorial Mesa to the loop of {size}", slow / more, "×", 300),
    ]  # fmt: skip


def _practice(effort: Effort) -> np.ndarray:
    """How the seats work after a month of the baseline scheme, PRACTICE of shape (seat,)."""
    world = World(scenario(effort.peer_accounts, 1))
    while world.running:
        world.step()
    return world.practice


def _world(accounts: int, effort: Effort, repeat: int) -> World:
    return World(scenario(accounts, effort.peer_days // PERIOD_DAYS), repeat)


def _rules(world: World, day: int) -> np.ndarray:
    """The kernel's tables of chances on that day."""
    s = world.scenario
    table = chances(s.borrowers, s.market, s.conduct.attempts_per_week, day)
    table["estimate"] = world.estimate
    return table


def _carry_peer(world: World, practice, effort: Effort, side: Side, tutorial: bool) -> None:
    days = effort.peer_days
    working_days = world.scenario.workforce.working_days
    model = Peer(world.portfolio, practice, lambda day: _rules(world, day)[0], working_days,
                 seed=len(side.nanoseconds), tutorial=tutorial)  # fmt: skip
    gc.collect()  # not the earlier models' garbage inside this one's time
    watch = Stopwatch()
    with watch:
        for _ in range(days):
            model.step()
    side.nanoseconds.append(1e9 * watch.cpu / _account_days(world, days))
    for name in SAME:
        side.count[name] += model.count[name]


def _carry(world: World, practice, effort: Effort, side: Side) -> None:
    """Week by week as `World.work` does, by the world's own call of the kernel."""
    days = effort.peer_days
    world.practice = np.resize(practice, world.seats)
    watch = Stopwatch()
    for world.day in range(0, days, WEEK):
        span = np.arange(world.day, min(world.day + WEEK, days))
        world.chances = _rules(world, world.day)
        with watch:
            working = span % WEEK < world.scenario.workforce.working_days
            world._advance(working, world.day == 0, world.counts.true)
    side.nanoseconds.append(1e9 * watch.cpu / _account_days(world, days))
    for name, columns in SAME.items():
        side.count[name] += world.counts.true[:, [COLUMN[c] for c in columns]].sum()


def _account_days(world: World, days: int) -> int:
    """Days since arrival, summed over accounts: the same for both, whoever drops what when."""
    arrival = np.maximum(world.portfolio.accounts["arrival"].astype(int), 0)
    return int(np.maximum(days - arrival, 0).sum())


def _agreement(peer: Side, kernel: Side, idiom: str) -> list[Figure]:
    """What the peer counted as a multiple of the kernel's count; raises beyond the tolerance."""
    rows = [
        Figure(f"{idiom} {name}", f"{name}, {idiom} Mesa to the loop (same work: 1)",
               peer.mean(name) / kernel.mean(name), "×")
        for name in SAME
    ]  # fmt: skip
    wrong = [f"{row.text} {row.value:.3f}" for row in rows if abs(row.value - 1.0) > TOLERANCE]
    if wrong:
        raise DisagreementError(f"expected the same within {TOLERANCE:.0%}: {'; '.join(wrong)}")
    return rows
