"""Belief: what an hour of each task is believed to bring, and what it costs the conscience."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.activity import COLUMN
from sim.choice import PART_OF
from sim.collector import GAMING, People, Workforce
from sim.forecast import CAUSED, CAUSED_BY_BUCKET, Yield
from sim.indicators import TASKS, Task
from sim.platform import SERVICES, Platform
from sim.units import BUCKETS


def of_tasks(what: Callable[[Task], float]) -> np.ndarray:
    """One number of every task, (task,)."""
    return np.array([what(t) for t in TASKS.values()])


WRONG, CAUGHT = of_tasks(lambda t: t.wrong), of_tasks(lambda t: t.caught)
SPELL_DAYS = 30.0 * np.arange(len(BUCKETS)) + 12.0  # usual spell of an account cured in the bucket
ROLL_RISK = np.array([0.40, 0.67, 0.72, 0.75, 0.78, 0.82, 0.0])  # of an unworked account
CHARGE_OFF_RISK = np.array([0.06, 0.16, 0.32, 0.52, 0.72, 0.88, 0.0])  # likewise
HITS = ("risk_hits", "warning_hits")  # true hits depend on the platform's risk score
DUE_OF = {service.good: service.due for service in SERVICES}
CASH, CURES, ROLLS, PAID_FIRST = (
    [f"{event}_m{b + 1}" for b in range(len(BUCKETS))]
    for event in ("cash", "cures", "rolls", "paid1")
)

# What an hour of each task brings, as tables: (task,), or a row for each of the named columns.
PULLS = of_tasks(lambda t: t.lifts * t.pulls_forward)
LIFTS = of_tasks(lambda t: t.lifts) - PULLS + of_tasks(lambda t: t.key == "contact")
POACHES, POSTPONES = of_tasks(lambda t: t.poaches), of_tasks(lambda t: t.postpones)
BROUGHT = tuple(dict.fromkeys(c for t in TASKS.values() for c in (*t.real, *t.believed)))
BRINGS = np.array([
    of_tasks(lambda t, c=c: t.real.get(c, 0.0) + t.believed.get(c, 0.0)) for c in BROUGHT
])  # fmt: skip
FAKES = [(j, c, n) for j, t in enumerate(TASKS.values()) for c, n in t.fake.items()]
FAKERS = np.array([j for j, _, _ in FAKES])
BY_FAKER = np.eye(len(TASKS))[FAKERS]
FAKED = [COLUMN[column] for _, column, _ in FAKES]
FAKED_OF = [COLUMN[DUE_OF.get(column, column)] for _, column, _ in FAKES]
TAKEN_AWAY = np.array([count < 0.0 for _, _, count in FAKES])
LIMITED = TAKEN_AWAY | np.array([column in DUE_OF for _, column, _ in FAKES])
SERVING = [j for j, t in enumerate(TASKS.values()) if t.serves]
SERVED_ANYWAY = np.array([service.base for service in SERVICES])
SERVICE_RATE = np.array([service.rate for service in SERVICES])

PRODUCED = frozenset(
    [f"cash_m{b + 1}" for b in range(len(BUCKETS))]
    + [f"{event}_m{b + 1}" for event in ("cures", "rolls") for b in range(len(BUCKETS) - 1)]
    + [f"{event}_m{b + 1}" for event in CAUSED_BY_BUCKET for b in range(len(BUCKETS))]
    + ["cure_days", "written_off", "caught", *CAUSED]
    + [c for t in TASKS.values() for c in (*t.real, *t.fake, *t.believed)]
    + list(DUE_OF)
)

Slopes = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Outlook:
    """What a choice is made from; (seat,) arrays by column name."""

    slopes: Slopes  # fen that one more event adds to this period's pay
    later: Slopes  # fen that it adds if it comes a period later
    earns: Yield
    mates: Slopes  # fen that it adds to the pay of each mate in sight, times their number
    room: np.ndarray  # share of an hour's fakes that the record can take, (seat, fake)
    demand: np.ndarray  # cases a week of each service, (seat, service)
    worth: Mapping[str, float]  # house mean fen of an account by money column
    time_gone: float  # share of the period that has passed


@dataclass(frozen=True)
class Prospect:
    """What an hour of each task promises now, (seat, task), and where the period leads; fen."""

    pay: np.ndarray  # what it is believed to add to pay
    felt: np.ndarray  # what is noticed of it and pressed for, weighted by how far pay moves one
    cost: np.ndarray  # what it costs the conscience and in fear; 0 if honest
    incentive: np.ndarray  # that the period is heading for (seat,)
    cash: np.ndarray  # likewise, of the buckets that people watch


def slope(slopes: Slopes, column: str) -> np.ndarray | float:
    """Marginal pay of a column; a part counts as much as its total does."""
    return slopes.get(column, slopes.get(PART_OF.get(column, ""), 0.0))


def by_column(slopes: Slopes, columns: Sequence[str], seats: int) -> np.ndarray:
    """Marginal pay of each of the columns, shape (seat, column)."""
    out = np.empty((seats, len(columns)))
    for i, column in enumerate(columns):
        out[:, i] = slope(slopes, column)
    return out


def hour_values(o: Outlook, people: People, platform: Platform) -> np.ndarray:
    """Pay that an hour of each task is believed to bring, fen, shape (seat, task)."""
    seats = people.skill.size
    cash = by_column(o.slopes, CASH, seats)
    sooner = (o.earns.cash * (cash - by_column(o.later, CASH, seats))).sum(axis=1)[:, None]
    contact = _contact_value(o, cash)[:, None]
    won = (o.earns.cash * cash).sum(axis=1)[:, None]
    left = 1.0 - GAMING * found(platform)
    out = (
        contact * LIFTS + o.time_gone * sooner * PULLS + left * (POACHES * won - POSTPONES * sooner)
    )
    out += through(by_column(o.slopes, BROUGHT, seats) * _rates(o, platform), BRINGS)
    paid = by_column(o.slopes, [column for _, column, _ in FAKES], seats)
    out += through(left[FAKERS] * fake_sizes(o.worth) * o.room * paid, BY_FAKER)
    goods = by_column(o.slopes, [s.good for s in SERVICES], seats)
    out[:, SERVING] += _service_gain(people.hours[:, SERVING], o.demand) * goods
    return out


def peer_pressure(o: Outlook, people: People, platform: Platform) -> np.ndarray:
    """Pay that an hour of each task brings to the mates in sight, fen, shape (seat, task).

    What is claimed from mates brings them nothing, and when results come is all one to them.
    """
    if not o.mates:
        return np.zeros((people.skill.size, len(TASKS)))
    gain = hour_values(replace(o, slopes=o.mates, later=o.mates), people, platform)
    gain[:, POACHES > 0.0] = 0.0
    return gain


def through(rows: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The matrix product, without BLAS: its threads take other runs' cores, and round by number."""
    return np.einsum("rk,kc->rc", rows, table)


def _rates(o: Outlook, platform: Platform) -> np.ndarray:
    """Fen or cases that one more of `BROUGHT` is believed to be, (column,)."""
    hits = dict.fromkeys(HITS, platform.risk_accuracy)
    return np.array([hits.get(c, 1.0) * o.worth.get(c, 1.0) for c in BROUGHT])


def fake_sizes(worth: Mapping[str, float]) -> np.ndarray:
    """Fen or cases that an hour of each fake puts on record while there is room, (fake,)."""
    return np.array([count * worth.get(column, 1.0) for _, column, count in FAKES])


def found(platform: Platform) -> np.ndarray:
    """Share of the acts of each task that are proven, (task,)."""
    return np.array([platform.found(t) for t in TASKS.values()])


def _contact_value(o: Outlook, cash: np.ndarray) -> np.ndarray:
    """Fen that an hour of contact adds to pay, (seat,)."""
    seats = cash.shape[0]
    cures = by_column(o.slopes, CURES, seats) - ROLL_RISK * by_column(o.slopes, ROLLS, seats)
    cures += SPELL_DAYS * np.reshape(slope(o.slopes, "cure_days"), (-1, 1))
    lost = o.worth["written_off"] * np.reshape(slope(o.slopes, "written_off"), (-1, 1))
    cures -= CHARGE_OFF_RISK * lost
    value = (o.earns.cash * cash + o.earns.cures * cures).sum(axis=1)
    return value + sum(n * slope(o.slopes, event) for event, n in o.earns.events.items())


def room_left(cases: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Share of an hour's fakes that the record can take, (seat, fake) of `FAKES`.

    `cases` are recorded of `FAKED`, `due` of `FAKED_OF`. Cases can be taken away while there are
    some, and good cases cannot be more than cases.
    """
    most = np.where(TAKEN_AWAY, cases / (cases + 1.0), 1.0 - cases / (due + 1.0))
    return np.where(LIMITED, np.clip(most, 0.0, 1.0), 1.0)


def _service_gain(hours: np.ndarray, demand: np.ndarray) -> np.ndarray:
    """Cases that one more hour settles, given the hours already spent; (seat, service)."""
    cases = np.maximum(demand, 0.0) + 1.0
    settled = (1.0 - SERVED_ANYWAY) * SERVICE_RATE * np.exp(-SERVICE_RATE * hours / cases)
    return settled * (cases - 1.0) / cases


def gaming_cost(
    people: People, workforce: Workforce, platform: Platform, slopes: Slopes
) -> np.ndarray:
    """Felt cost of an hour of each task beyond effort, fen, shape (seat, task); 0 if honest.

    The collector's own cost of doing wrong, eroded where team mates game, and what being caught
    costs at the perceived risk.
    """
    hours = people.hours[:, GAMING].sum(axis=1)
    gamers = people.mean_of_mates(hours > 0.5)
    moral = people.integrity * (1.0 - workforce.contagion * gamers)
    risk = (
        workforce.perceived_audit
        * found(platform)
        * (1.0 + workforce.alarm * people.alarm[:, None])
    )
    fine = 100.0 * platform.penalty_yuan - np.reshape(slope(slopes, "caught"), (-1, 1))
    return moral[:, None] * WRONG + np.minimum(risk, 1.0) * CAUGHT * np.maximum(fine, 0.0)
