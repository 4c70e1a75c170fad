"""Payday: what the scheme pays on the record, what it owes, and who leaves after it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.activity import COLUMN, Activity
from sim.chance import Luck
from sim.choice import Response, certainty_equivalent, effort_cost
from sim.collector import BUSY, NORM, Appeal, People, Workforce
from sim.platform import Platform
from sim.scheme import Memory, Parts, Scheme
from sim.timeline import Timeline
from sim.units import BUCKETS, to_fen
from sim.work import ROOM

SETTLED_DAYS = 60  # tenure from which a collector's pay tells applicants what to expect


@dataclass(frozen=True)
class Slips:
    """A period's pay, whole fen, (seat,) each."""

    wage: np.ndarray
    paid: dict[str, np.ndarray]  # by component
    owed: np.ndarray  # earned and not yet paid

    @property
    def incentive(self) -> np.ndarray:
        return sum(self.paid.values(), start=np.zeros_like(self.wage))

    @property
    def total(self) -> np.ndarray:
        return self.wage + self.incentive


def settle(
    timeline: Timeline,
    number: np.ndarray,
    memories: Sequence[Memory],
    a: Activity,
    present: np.ndarray,
) -> tuple[dict[str, np.ndarray], list[Memory]]:
    """Fen by component, and the memories after the period; each seat under its own scheme."""
    paid: dict[str, np.ndarray] = {}
    after = []
    for n, (scheme, memory) in enumerate(zip(timeline.schemes, memories, strict=True)):
        now = scheme.watch(a, memory)
        for who, step in ((number == n, _in_force), (number > n, Scheme.run_off)):
            mine = who & present
            if mine.any():
                parts, learned = step(scheme, a, memory)
                for label, fen in parts.items():
                    paid[label] = paid.get(label, 0) + np.where(mine, fen, 0)
                now = {k: np.where(mine, learned.get(k, v), v) for k, v in now.items()}
        after.append(now)
    return paid, after


def _in_force(scheme: Scheme, a: Activity, memory: Memory) -> tuple[Parts, Memory]:
    seen = Activity({**a.columns, **memory})
    parts = scheme.settle(seen)
    return parts, scheme.remember(seen, parts) | scheme.accrue(seen, parts)


def owed(timeline: Timeline, memories: Sequence[Memory], seats: int) -> np.ndarray:
    """Whole fen earned and not yet paid, int64 (seat,)."""
    total = np.zeros(seats)
    for scheme, memory in zip(timeline.schemes, memories, strict=True):
        total = total + np.rint(scheme.owed(memory))
    return total.astype(np.int64)


def part_pay(
    timeline: Timeline, memories: Sequence[Memory], leaving: np.ndarray
) -> tuple[dict[str, np.ndarray], list[Memory]]:
    """What leavers still get by component, and the memories of the seats for their successors."""
    paid: dict[str, np.ndarray] = {}
    after = []
    for scheme, memory in zip(timeline.schemes, memories, strict=True):
        for label, fen in scheme.on_leaving(memory).items():
            if np.any(fen):
                whole = np.where(leaving, np.rint(fen), 0).astype(np.int64)
                paid[label] = paid.get(label, 0) + whole
        after.append(scheme.restart(memory, leaving))
    return paid, after


def wages(
    timeline: Timeline, number: np.ndarray, vacant_until: np.ndarray, first: int, days: int
) -> np.ndarray:
    """Wages for the days from `first` on with a collector, whole fen (seat,)."""
    fen = to_fen([scheme.wage_yuan for scheme in timeline.schemes])[number]
    present = np.clip((first + days - np.maximum(vacant_until, first)) / days, 0.0, 1.0)
    return np.rint(fen * present).astype(np.int64)


def facts(
    people: People,
    period: int,
    day: int,
    staffed: np.ndarray,
    wage: np.ndarray,
    ease: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """The facts about the seats that pay may depend on, float64 (seat,) each."""
    seats = people.skill.size
    return ease | {
        "period": np.full(seats, float(period)),
        "team": people.team.astype(float),
        "tenure_days": np.maximum(day - people.hired, 0).astype(float),
        "staffed": staffed.astype(float),
        "wage": wage.astype(float),
    }  # fmt: skip


def ease_of(arrears: np.ndarray, rates: np.ndarray) -> dict[str, np.ndarray]:
    """How easily and how much each seat's queue pays beside the house's, (seat,).

    `arrears` (seat, bucket) fen at the period's start, `rates` (bucket,) what the house collects
    of a fen of them.
    """
    expected, due = arrears @ rates, arrears.sum(axis=1)
    house = expected.sum() / max(due.sum(), 1.0)
    rate = np.where(due > 0, expected / np.maximum(due, 1.0), house) / max(house, 1e-12)
    return {"ease_rate": rate, "ease_amount": expected / max(expected.mean(), 1e-12)}


def collection_rates(true: np.ndarray, arrears: np.ndarray) -> np.ndarray:
    """What the house collected of a fen of arrears at the period's start, (bucket,)."""
    first = COLUMN["cash_m1"]
    cash = true[:, first : first + len(BUCKETS)].sum(axis=0)
    return cash / np.maximum(arrears.sum(axis=0), 1.0)


# -- who leaves -------------------------------------------------------------------------------


def worth_of_pay(
    slips: Slips, hours: np.ndarray, people: People, response: Response, period_days: int
) -> np.ndarray:
    """Sure fen per 30 days that the job is worth: pay less risk and less effort, (seat,)."""
    sure = certainty_equivalent(slips.total, people.pay_variance, people.risk)
    toil = effort_cost(hours, NORM, ROOM, BUSY, response, people.dearness) * period_days / 7.0
    return np.maximum(sure - toil, 100.0) * 30.0 / period_days


def leavers(
    people: People,
    workforce: Workforce,
    worth: np.ndarray | None,
    content: np.ndarray,
    period: int,
    day: int,
    days: int,
    luck: Luck,
) -> np.ndarray:
    """Who quits after the period, bool (seat,).

    `worth` is what the job is worth in fen per 30 days (None: leaving does not respond), `content`
    the acceptance of the scheme less the one it deserves.
    """
    hazard = np.full(people.skill.size, workforce.quits_per_year * days / 365.0)
    hazard *= np.where(day - people.hired < 90, workforce.newcomer_quits, 1.0)
    if worth is not None:
        outside = 100.0 * workforce.outside_yuan * people.skill**workforce.outside_skill
        hazard *= (outside / worth) ** workforce.quit_elasticity
        hazard *= np.exp(-workforce.resentment * content)
    return luck.uniform("leave", people.entity(), period) < -np.expm1(-hazard)


def dismissed(true: np.ndarray, platform: Platform) -> np.ndarray:
    """Who is dismissed for proven gaming, bool (seat,)."""
    return true[:, COLUMN["caught"]] >= platform.dismissed_after


def appeal(people: People, worth: np.ndarray, present: np.ndarray, day: int) -> Appeal:
    """What applicants hear of the pay: what the job is worth to those who know it."""
    known = present & (day - people.hired > SETTLED_DAYS)
    return Appeal.of(np.log(people.skill[known]), worth[known])
