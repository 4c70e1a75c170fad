"""The fairness account: what pay differences among seats come from.

Seats are made alike in effort, skill, accounts or luck, in every combination, and the same run is
done again; what the variance of pay loses is credited to the sources by their Shapley values, which
do not depend on an order and sum to the whole. The workforce is held stable meanwhile.
"""

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from sim.chance import Luck
from sim.gaming import finished
from sim.outcome import interval
from sim.scenario import Scenario
from sim.script import Script
from sim.units import to_yuan
from sim.world import World, placed

SOURCES = ("effort", "skill", "case mix", "luck")
Free = frozenset[str]


def stable(scenario: Scenario) -> Scenario:
    """The scenario without quits and dismissals."""
    return scenario.vary(workforce={"quits_per_year": 0.0}, platform={"dismissed_after": 1000})


def variances(scenario: Scenario, replication: int) -> dict[Free, float]:
    """Variance over seats of incentive pay per period, yuan², by the sources left free."""
    calm = stable(scenario)
    acted = finished(World(calm, replication, record=True))
    subsets = [frozenset(c) for n in range(len(SOURCES)) for c in combinations(SOURCES, n)]
    found = {free: _variance(_alike(calm, replication, acted.record, free)) for free in subsets}
    return found | {frozenset(SOURCES): _variance(acted)}


def shares(found: dict[Free, float]) -> dict[str, float]:
    """Shapley value of each source; they sum to the variance of the run as it was."""
    n = len(SOURCES)
    out = dict.fromkeys(SOURCES, 0.0)
    for source in SOURCES:
        for free, variance in found.items():
            if source not in free:
                weight = factorial(len(free)) * factorial(n - 1 - len(free)) / factorial(n)
                out[source] += weight * (found[free | {source}] - variance)
    return out


def _incentive(world: World) -> np.ndarray:
    """Incentive pay per counted period, yuan (seat,)."""
    periods = world.periods[world.scenario.run.warm_up :]
    fen = sum(sum(p["paid"].values(), start=np.zeros(world.seats)) for p in periods)
    return to_yuan(fen) / len(periods)


def _variance(world: World) -> float:
    return float(np.var(_incentive(world)))


def _alike(scenario: Scenario, replication: int, script: Script, free: Free) -> World:
    """The run again with all seats alike in the sources that are not free."""
    acting = script if "effort" in free else script.averaged()
    luck = Luck(scenario.run.seed, replication)
    portfolio = placed(scenario, luck)
    reference = replication % len(portfolio.seats)
    if "case mix" not in free:
        portfolio = portfolio.copied(reference, luck)
    if "luck" not in free:
        portfolio = portfolio.of_one_luck(luck)
    world = World(scenario, replication, portfolio=portfolio, script=acting)
    if "luck" not in free:
        world.luck_key = np.full_like(world.luck_key, world.luck_key[reference])
        world.seat_streams = luck.streams("seat", world.luck_key)
    if "skill" not in free:
        people = world.people
        people.skill = np.full_like(people.skill, people.skill.mean())
        people.learned = np.full_like(people.learned, people.learned.mean())
        people.hired = np.full_like(people.hired, int(people.hired.mean()))
        people.team = np.zeros_like(people.team)
    return finished(world)


def account_of(found: Sequence[dict[Free, float]]) -> pd.DataFrame:
    """Share of the variance of pay by source, mean over replications with 95 % interval."""
    rows = []
    parts = [shares(one) for one in found]
    whole = np.array([one[frozenset(SOURCES)] for one in found])
    for source in SOURCES:
        values = np.array([p[source] for p in parts]) / max(whole.mean(), 1e-12)
        mean, low, high = interval(values)
        rows.append(
            {"source": source, "unit": "share of variance", "mean": mean, "low": low, "high": high}
        )
    return pd.DataFrame(rows)


def gini(pay: np.ndarray) -> float:
    """Gini coefficient of pay: 0 all equal, towards 1 all to one."""
    pay = np.sort(np.asarray(pay, dtype=float))
    if pay.sum() <= 0.0:
        return 0.0
    rank = np.arange(1, pay.size + 1)
    return float((2.0 * rank - pay.size - 1.0) @ pay / (pay.size * pay.sum()))
