"""Belief: what an hour of each task is believed to bring, and what it costs the conscience.

Each rule is one compiled pass over the seats: NumPy would cross a small house a hundred times a
week. What an hour brings are tables of entries (task, column, count), as far as there are any.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np

from sim.activity import COLUMN, TOTALS
from sim.collector import GAMING, People, Workforce
from sim.compiled import as_record, compiled
from sim.forecast import CAUSED, CAUSED_BY_BUCKET, Yield
from sim.indicators import TASKS, Task
from sim.platform import SERVICES, Platform
from sim.units import BUCKETS


def of_tasks(what: Callable[[Task], float]) -> np.ndarray:
    """One number of every task, (task,)."""
    return np.array([what(t) for t in TASKS.values()])


WRONG, CAUGHT = of_tasks(lambda t: t.wrong), of_tasks(lambda t: t.caught)
SPELL_DAYS = 30.0 * np.arange(len(BUCKETS)) + 12.0  # usual spell of an account cured in the bucket
SPELL_DAYS[-1] = 0.0  # what is recovered after charge-off ends no spell that is counted
ROLL_RISK = np.array([0.40, 0.67, 0.72, 0.75, 0.78, 0.82, 0.0])  # of an unworked account
CHARGE_OFF_RISK = np.array([0.06, 0.16, 0.32, 0.52, 0.72, 0.88, 0.0])  # likewise
HITS = ("risk_hits", "warning_hits")  # true hits depend on the platform's risk score
DUE_OF = {service.good: service.due for service in SERVICES}
CASH, CURES, ROLLS, PAID_FIRST = (
    [f"{event}_m{b + 1}" for b in range(len(BUCKETS))]
    for event in ("cash", "cures", "rolls", "paid1")
)
PRODUCED = frozenset(
    [f"cash_m{b + 1}" for b in range(len(BUCKETS))]
    + [f"cures_m{b + 1}" for b in range(len(BUCKETS))]
    + [f"rolls_m{b + 1}" for b in range(len(BUCKETS) - 1)]
    + [f"{event}_m{b + 1}" for event in CAUSED_BY_BUCKET for b in range(len(BUCKETS))]
    + ["cure_days", "written_off", "caught", *CAUSED]
    + [c for t in TASKS.values() for c in (*t.real, *t.fake, *t.believed)]
    + list(DUE_OF)
)

# The entries: of which task they are, of which column, how many of it an hour brings.
BROUGHT = [(j, c, n) for j, t in enumerate(TASKS.values())
           for made in (t.real, t.believed) for c, n in made.items()]  # fmt: skip
FAKES = [(j, c, n) for j, t in enumerate(TASKS.values()) for c, n in t.fake.items()]
TAKEN_AWAY = np.array([count < 0.0 for _, _, count in FAKES])
LIMITED = TAKEN_AWAY | np.array([column in DUE_OF for _, column, _ in FAKES])
FAKED = np.array([COLUMN[column] for _, column, _ in FAKES])
FAKED_OF = np.array([COLUMN[DUE_OF.get(column, column)] for _, column, _ in FAKES])
SERVED_ANYWAY = np.array([service.base for service in SERVICES])
SERVICE_RATE = np.array([service.rate for service in SERVICES])

# Marginal pay of all that people produce is a table, (seat, column of SLOPED).
SLOPED = tuple(sorted(PRODUCED.union(CURES, ROLLS)))
PLACE = {column: i for i, column in enumerate(SLOPED)}


def places(columns: Iterable[str]) -> np.ndarray:
    """Where a table of slopes has the columns."""
    return np.array([PLACE[column] for column in columns], np.int64)


_places_of = lru_cache(maxsize=64)(places)


def table_of(slopes: Mapping[str, np.ndarray], seats: int) -> np.ndarray:
    """Marginal pay as a table; a part counts as much as its total does."""
    out = np.zeros((len(SLOPED), seats))
    if slopes:
        at, whose = _spread(tuple(slopes))
        out[at] = np.array(list(slopes.values()))[whose]
    return np.ascontiguousarray(out.T)


@lru_cache(maxsize=64)
def _spread(names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Places of the table that get a slope, and which of the names' slopes it is."""
    pairs = [(c, i) for i, name in enumerate(names) for c in TOTALS.get(name, (name,))]
    return places(column for column, _ in pairs), np.array([i for _, i in pairs])


class Hour(NamedTuple):
    """What an hour of each task moves, whatever the house: arrays by task, entry or bucket."""

    lifts: np.ndarray = of_tasks(lambda t: (not t.pulls_forward) * t.lifts + (t.key == "contact"))
    pulls: np.ndarray = of_tasks(lambda t: t.pulls_forward * t.lifts)
    poaches: np.ndarray = of_tasks(lambda t: t.poaches)
    postpones: np.ndarray = of_tasks(lambda t: t.postpones)
    bringers: np.ndarray = np.array([j for j, _, _ in BROUGHT])
    brought: np.ndarray = places(column for _, column, _ in BROUGHT)
    fakers: np.ndarray = np.array([j for j, _, _ in FAKES])
    faked: np.ndarray = places(column for _, column, _ in FAKES)
    servers: np.ndarray = np.array([j for j, t in enumerate(TASKS.values()) if t.serves])
    served: np.ndarray = places(service.good for service in SERVICES)
    cash: np.ndarray = places(CASH)
    cures: np.ndarray = places(CURES)
    rolls: np.ndarray = places(ROLLS)
    cure_days: int = PLACE["cure_days"]
    written_off: int = PLACE["written_off"]
    spell_days: np.ndarray = SPELL_DAYS
    roll_risk: np.ndarray = ROLL_RISK
    charge_off_risk: np.ndarray = CHARGE_OFF_RISK
    served_anyway: np.ndarray = SERVED_ANYWAY
    service_rate: np.ndarray = SERVICE_RATE


HOUR = Hour()
_HOUR = as_record(HOUR)


class Terms(NamedTuple):
    """What hours come to in a house; the same for the whole run."""

    found: np.ndarray  # share of the acts of each task that are proven, (task,)
    kept: np.ndarray  # share of each task's work that is not lost as proven gaming, (task,)
    brought: np.ndarray  # fen or cases that one more of `BROUGHT` is believed to be, (entry,)
    faked: np.ndarray  # that an hour of each fake records while there is room, (fake,)
    written_off: float  # fen of an account
    parked: float  # share of what is handed back, and of calls off the record, that is not found
    off_record: float

    @classmethod
    def of(cls, platform: Platform, worth: Mapping[str, float]) -> Self:
        """`worth` is the house's mean fen of an account by money column."""
        hits = dict.fromkeys(HITS, platform.risk_accuracy)
        found = of_tasks(platform.found)
        return cls(
            found,
            1.0 - GAMING * found,
            np.array([n * hits.get(c, 1.0) * worth.get(c, 1.0) for _, c, n in BROUGHT]),
            np.array([n * worth.get(c, 1.0) for _, c, n in FAKES]),
            worth["written_off"],
            *(sum(1.0 - platform.found(t) for t in TASKS.values() if field in t.practice)
              for field in ("parked_per_day", "breach")),
        )  # fmt: skip


@dataclass(frozen=True)
class Outlook:
    """What a choice is made from; slopes are tables, (seat, column of SLOPED)."""

    slopes: np.ndarray  # fen that one more event adds to this period's pay
    later: np.ndarray  # fen that it adds if it comes a period later
    mates: np.ndarray  # fen that it adds to the pay of each mate, and a mate's to one's own
    watching: np.ndarray  # mates who see one's work, (seat,)
    earns: Yield
    room: np.ndarray  # share of an hour's fakes that the record can take, (seat, fake)
    demand: np.ndarray  # cases a week of each service, (seat, service)
    terms: Terms
    time_gone: float  # share of the period that has passed


@dataclass(frozen=True)
class Prospect:
    """What an hour of each task promises now, (seat, task), and where the period leads; fen."""

    pay: np.ndarray  # what it is believed to add to pay
    felt: np.ndarray  # what is noticed of it and pressed for, weighted by how far pay moves one
    cost: np.ndarray  # what it costs the conscience and in fear; 0 if honest
    incentive: np.ndarray  # that the period is heading for (seat,)
    cash: np.ndarray  # likewise, of the buckets that people watch


def hour_values(o: Outlook, people: People) -> np.ndarray:
    """Pay that an hour of each task is believed to bring, fen, shape (seat, task).

    Cash claimed from mates lifts the own record and takes from theirs: in a league that is worth
    more than cash won, and where a team shares alike nothing.
    """
    earns = o.earns
    return _hour_values(
        o.slopes, o.later, o.mates, people.hours, o.room, o.demand, earns.cash, earns.cures,
        earns.events, _places_of(earns.names), o.time_gone, o.terms, _HOUR,
    )  # fmt: skip


def peer_pressure(o: Outlook, people: People) -> np.ndarray:
    """Pay that an hour of each task brings to the mates in sight, fen, shape (seat, task).

    What is claimed from mates brings them nothing, and when results come is all one to them.
    """
    if not o.mates.any():
        return np.zeros(people.hours.shape)
    gain = hour_values(replace(o, slopes=o.mates, later=o.mates), people)
    gain[:, HOUR.poaches > 0.0] = 0.0
    return o.watching[:, None] * gain


@compiled()
def _hour_values(
    slopes,
    later,
    mates,
    hours,
    room,
    demand,
    cash,
    cures,
    events,
    caused,
    time_gone,
    terms,
    hour,
):
    """`cash` and `cures` (seat, bucket), `events` (seat, `caused`): what an hour of contact brings.

    Slopes are of one more event, so an hour is worth what it brings of each at its slope.
    """
    out, hour = np.empty(hours.shape), hour[0]
    for i in range(len(hours)):
        fen = slopes[i]
        contact = claimed = sooner = 0.0
        lost = terms.written_off * fen[hour.written_off]
        for b in range(cash.shape[1]):
            claimed += cash[i, b] * (fen[hour.cash[b]] - mates[i, hour.cash[b]])
            sooner += cash[i, b] * (fen[hour.cash[b]] - later[i, hour.cash[b]])
            cure = fen[hour.cures[b]] - hour.roll_risk[b] * fen[hour.rolls[b]]
            cure += hour.spell_days[b] * fen[hour.cure_days] - hour.charge_off_risk[b] * lost
            contact += cash[i, b] * fen[hour.cash[b]] + cures[i, b] * cure
        for e in range(len(caused)):
            contact += events[i, e] * fen[caused[e]]
        for j in range(hours.shape[1]):
            moved = hour.poaches[j] * claimed - hour.postpones[j] * sooner
            out[i, j] = contact * hour.lifts[j] + time_gone * sooner * hour.pulls[j]
            out[i, j] += terms.kept[j] * moved
        for k, j in enumerate(hour.bringers):
            out[i, j] += terms.brought[k] * fen[hour.brought[k]]
        for k, j in enumerate(hour.fakers):
            out[i, j] += terms.kept[j] * terms.faked[k] * room[i, k] * fen[hour.faked[k]]
        for k, j in enumerate(hour.servers):  # what one more hour settles after those spent already
            due = max(demand[i, k], 0.0)
            left = (1.0 - hour.served_anyway[k]) * due / (due + 1.0)
            rate = hour.service_rate[k]
            settled = left * rate * np.exp(-rate * hours[i, j] / (due + 1.0))
            out[i, j] += settled * fen[hour.served[k]]
    return out


@compiled(inline="always")
def room_left(cases, due, taken_away, limited):
    """Share of an hour's fakes that the record can take, given the cases on it and those due.

    Cases can be taken away while there are some, and good cases cannot be more than cases.
    """
    if not limited:
        return 1.0
    return cases / (cases + 1.0) if taken_away else max(1.0 - cases / (due + 1.0), 0.0)


def gaming_cost(
    people: People, workforce: Workforce, terms: Terms, penalty_yuan: float, slopes: np.ndarray
) -> np.ndarray:
    """Felt cost of an hour of each task beyond effort, fen, shape (seat, task); 0 if honest.

    The collector's own cost of doing wrong, eroded where team mates game, and what being caught
    costs at the perceived risk.
    """
    gamers = people.mean_of_mates(games(people.hours, GAMING))
    felt = workforce.contagion, workforce.perceived_audit, workforce.alarm
    return _gaming_cost(
        people.integrity, gamers, people.alarm, slopes[:, PLACE["caught"]], felt,
        100.0 * penalty_yuan, terms.found, WRONG, CAUGHT,
    )  # fmt: skip


@compiled()
def games(hours, gaming):
    """Who games more than half an hour a week, (seat,)."""
    out = np.empty(len(hours), np.bool_)
    for i in range(len(hours)):
        total = 0.0
        for j in range(gaming.size):
            total += hours[i, j] * gaming[j]
        out[i] = total > 0.5
    return out


@compiled()
def _gaming_cost(integrity, gamers, alarm, slope, felt, penalty, found, wrong, caught):
    contagion, audit, alarmed = felt
    out = np.empty((integrity.size, found.size))
    for i in range(integrity.size):
        moral = integrity[i] * (1.0 - contagion * gamers[i])
        fear = audit * (1.0 + alarmed * alarm[i])
        fine = max(penalty - slope[i], 0.0)
        for j in range(found.size):
            risk = min(fear * found[j], 1.0)
            out[i, j] = moral * wrong[j] + risk * caught[j] * fine
    return out
