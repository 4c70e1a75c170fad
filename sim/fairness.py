"""The fairness account: what pay differences among seats come from.

Seats are made alike in effort, skill, accounts or luck, in every combination, and the same run is
done again; what the variance of pay loses is credited to the sources by their Shapley values, which
do not depend on an order and sum to the whole. The workforce is held stable meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from sim.activity import COLUMN
from sim.chance import Luck
from sim.interval import interval
from sim.labels import FAIRNESS
from sim.run import Progress, finished, over_replications
from sim.scenario import Scenario
from sim.script import Script
from sim.units import BUCKETS, to_yuan
from sim.world import World, placed

SOURCES = ("effort", "skill", "case mix", "luck")
Free = frozenset[str]
ALL = frozenset(SOURCES)
SUBSETS = [frozenset(c) for n in range(len(SOURCES)) for c in combinations(SOURCES, n)]


@dataclass(frozen=True)
class Spread:
    """How pay per counted period differs among the seats of a replication."""

    variances: Mapping[Free, float]  # of incentive pay, yuan², by the sources left free
    gini_incentive: float
    gini_pay: float
    rank_correlation: float  # of incentive pay with the true contribution


def fairness_account(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Where pay differences come from, and how far they follow what people contribute.

    A row per figure, with mean and 95 % interval over replications: the share of the variance of
    incentive pay from each source, which sum to 1 (unknown where all are paid alike); its standard
    deviation; Gini coefficients; and Spearman's rank correlation of incentive pay and the true
    contribution: own cash truly won less the cost of complaints.
    """
    found = over_replications(
        spread, scenario, replications=replications, seed=seed, workers=workers, progress=progress
    )
    return account_of(found)


def spread(scenario: Scenario, replication: int) -> Spread:
    """How pay differs among seats, and with which sources made alike it would differ less."""
    calm = scenario.vary(workforce={"quits_per_year": 0.0}, platform={"dismissed_after": 1000})
    acted = finished(World(calm, replication, record=True))
    again = {free: _variance(alike(calm, replication, acted.record, free)) for free in SUBSETS}
    incentive, wage = _per_period(acted, _incentive), _per_period(acted, lambda p: p["wage"])
    return Spread(
        variances=again | {ALL: _variance(acted)},
        gini_incentive=gini(incentive),
        gini_pay=gini(incentive + wage),
        rank_correlation=_rank_correlation(incentive, _contribution(acted)),
    )


def alike(scenario: Scenario, replication: int, script: Script, free: Free) -> World:
    """The scripted run done again, with all seats alike in the sources that are not free."""
    luck = Luck(scenario.run.seed, replication)
    portfolio = placed(scenario, luck)
    reference = replication % len(portfolio.seats)  # whose accounts and luck all others get
    if "case mix" not in free:
        portfolio = portfolio.copied(reference, luck)
    if "luck" not in free:
        portfolio = portfolio.of_one_luck(luck)
    acting = script if "effort" in free else script.averaged()
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


def shares(variances: Mapping[Free, float]) -> dict[str, float]:
    """Shapley value of each source; they sum to the variance of the run as it was."""
    n = len(SOURCES)
    out = dict.fromkeys(SOURCES, 0.0)
    for source in SOURCES:
        for free, variance in variances.items():
            if source not in free:
                weight = factorial(len(free)) * factorial(n - 1 - len(free)) / factorial(n)
                out[source] += weight * (variances[free | {source}] - variance)
    return out


def account_of(found: Sequence[Spread]) -> pd.DataFrame:
    """The fairness account from each replication's spread."""
    whole = np.array([one.variances[ALL] for one in found])
    parts = pd.DataFrame([shares(one.variances) for one in found])
    rows = [
        (source, FAIRNESS[source][0], "share of variance", *_ratio(parts[source].to_numpy(), whole))
        for source in SOURCES
    ]
    for key, unit, values in (
        ("spread", "yuan per period", whole**0.5),
        ("gini_incentive", "0..1", [one.gini_incentive for one in found]),
        ("gini_pay", "0..1", [one.gini_pay for one in found]),
        ("rank_correlation", "-1..1", [one.rank_correlation for one in found]),
    ):
        rows.append((key, FAIRNESS[key][0], unit, *interval(np.array(values))))
    return pd.DataFrame(rows, columns=["figure", "meaning", "unit", "mean", "low", "high"])


def gini(pay: np.ndarray) -> float:
    """Gini coefficient of pay: 0 all equal, towards 1 all to one. Negative pay counts as none."""
    pay = np.sort(np.maximum(np.asarray(pay, dtype=float), 0.0))
    if pay.sum() <= 0.0:
        return 0.0
    rank = np.arange(1, pay.size + 1)
    return float((2.0 * rank - pay.size - 1.0) @ pay / (pay.size * pay.sum()))


def _ratio(part: np.ndarray, whole: np.ndarray) -> tuple[float, float, float]:
    """Ratio of the means with its 95 % interval, by linearisation; unknown if the whole is 0."""
    if not whole.any():
        return np.nan, np.nan, np.nan
    share = part.mean() / whole.mean()
    return interval(share + (part - share * whole) / whole.mean())


def _per_period(world: World, fen_of) -> np.ndarray:
    """Yuan per counted period, (seat,)."""
    periods = world.periods[world.scenario.run.warm_up :]
    return to_yuan(sum(fen_of(p) for p in periods)) / len(periods)


def _incentive(period: dict) -> np.ndarray:
    """Earned in the period, paid or not yet."""
    return sum(period["paid"].values(), start=period["deferred"])


def _variance(world: World) -> float:
    return float(np.var(_per_period(world, _incentive)))


def _contribution(world: World) -> np.ndarray:
    """Own cash truly won less the cost of complaints, yuan per counted period (seat,)."""
    first = COLUMN["own_cash_m1"]
    own = slice(first, first + len(BUCKETS))
    cash = _per_period(world, lambda p: p["true"][:, own].sum(axis=1))
    complaints = _per_period(world, lambda p: 100 * p["true"][:, COLUMN["complaints"]])
    return cash - complaints * world.scenario.conduct.complaint_cost_yuan


def _rank_correlation(pay: np.ndarray, contribution: np.ndarray) -> float:
    """Spearman's coefficient, which is Pearson's of the ranks; unknown where all are equal."""
    if np.ptp(pay) == 0.0 or np.ptp(contribution) == 0.0:
        return np.nan
    return float(pd.DataFrame([pay, contribution]).T.rank().corr().iloc[0, 1])
