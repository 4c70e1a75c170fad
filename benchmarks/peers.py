"""The compiled loop against other ways to write the same work: agents, and columns in NumPy.

All carry the same portfolio with the same fixed practice: what the seats do after a month of the
baseline scheme. Decisions and pay are left out of all, so that only the work on accounts is
compared; the whole run, which has them, is shown beside it. agentpy needs the extra `rivals`; it
is left out where that is not installed.
"""

import gc
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from benchmarks.effort import PERIOD_DAYS, Effort
from benchmarks.figure import Figure
from benchmarks.peer import Work
from benchmarks.peer_mesa import MesaHouse
from benchmarks.peer_numpy import Columns
from benchmarks.stopwatch import Stopwatch
from benchmarks.worlds import least, scenario, timed
from sim import World
from sim.activity import COLUMN
from sim.market import chances
from sim.units import BUCKETS
from sim.world import WEEK

try:
    from benchmarks import peer_agentpy
except ModuleNotFoundError:  # the extra `rivals` is not installed
    peer_agentpy = None

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

    @property
    def least(self) -> float:
        return min(self.nanoseconds)


PEERS: dict[str, tuple[str, Callable[[Work], Any]]] = {
    "lean": ("Mesa, an agent per account, lean", MesaHouse),
    "tutorial": ("Mesa as its tutorial has it", partial(MesaHouse, tutorial=True)),
    "numpy": ("NumPy, a pass over columns each day", Columns),
}
if peer_agentpy:
    PEERS["agentpy"] = ("agentpy, an agent per account", peer_agentpy.PyHouse)
REQUIRED = {"tutorial": 300}  # times our loop
COLUMNAR = "numpy"  # is also measured where its arrays are long


def figures(effort: Effort) -> list[Figure]:
    """Nanoseconds per account-day of each, their ratios to the loop, and how well they agree."""
    practice = _practice(effort)
    peers = {name: Side() for name in PEERS}
    kernel, large, long_columns, wholes = Side(), Side(), Side(), []
    for repeat in range(effort.peer_repeats):
        small = _world(effort.peer_accounts, effort, repeat)
        for name, (_, make) in PEERS.items():
            _carry_peer(make, small, practice, effort, peers[name])
        for _ in range(3):  # each takes milliseconds
            _carry(_world(effort.peer_accounts, effort, repeat), practice, effort, kernel)
        if repeat < effort.repeats:
            many = _world(effort.accounts, effort, repeat)
            _carry_peer(PEERS[COLUMNAR][1], many, practice, effort, long_columns)
            _carry(many, practice, effort, large)
            wholes.append(timed(scenario(effort.accounts, effort.periods)))
    agreement = [row for name, side in peers.items() for row in _agreement(name, side, kernel)]
    size = f"{effort.accounts:,}"
    return [
        *_costs(peers | {"same": kernel}, effort.peer_accounts),
        *_costs({f"{COLUMNAR} large": long_columns, "large": large}, effort.accounts),
        *(figure for name in PEERS for figure in _ratios(name, peers[name], kernel, large, size)),
        Figure(f"{COLUMNAR} large / large", f"{PEERS[COLUMNAR][0]}, to the loop, both of {size}",
               long_columns.least / large.least, "×"),
        Figure("lean / whole", f"{PEERS['lean'][0]}, to the whole run of {size}, decisions and pay "
               "included", peers["lean"].least / least(wholes).nanoseconds, "×"),
        *agreement,
    ]  # fmt: skip


def _costs(sides: dict[str, Side], accounts: int) -> list[Figure]:
    return [
        Figure(f"{name} ns", f"{_words(name)}, {accounts:,} accounts", side.least,
               "ns per account-day")
        for name, side in sides.items()
    ]  # fmt: skip


def _words(name: str) -> str:
    known = PEERS.get(name.split()[0])
    return known[0] if known else "compiled loop, same work"


def _ratios(name: str, peer: Side, kernel: Side, large: Side, size: str) -> list[Figure]:
    aim, words = REQUIRED.get(name), PEERS[name][0]
    return [
        Figure(f"{name} / same", f"{words}, to the loop", peer.least / kernel.least, "×", aim),
        Figure(f"{name} / large", f"{words}, to the loop of {size}", peer.least / large.least,
               "×", aim),
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


def _carry_peer(make, world: World, practice, effort: Effort, side: Side) -> None:
    days, seats = effort.peer_days, world.seats
    work = Work(world.portfolio, np.resize(practice, seats), lambda day: _rules(world, day)[0],
                world.scenario.workforce.working_days, seed=len(side.nanoseconds))  # fmt: skip
    model = make(work)
    gc.collect()  # not the earlier models' garbage inside this one's time
    step, watch = getattr(model, "sim_step", model.step), Stopwatch()  # agentpy counts in its own
    with watch:
        for _ in range(days):
            step()
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


def _agreement(name: str, peer: Side, kernel: Side) -> list[Figure]:
    """What the peer counted as a multiple of the kernel's count; raises beyond the tolerance."""
    rows = [
        Figure(f"{name} {what}", f"{what}, {PEERS[name][0]}, to the loop (same work: 1)",
               peer.mean(what) / kernel.mean(what), "×")
        for what in SAME
    ]  # fmt: skip
    wrong = [f"{row.text} {row.value:.3f}" for row in rows if abs(row.value - 1.0) > TOLERANCE]
    if wrong:
        raise DisagreementError(f"expected the same within {TOLERANCE:.0%}: {'; '.join(wrong)}")
    return rows
