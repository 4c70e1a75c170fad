"""Belief: what an hour of each task is believed to bring, and what it costs the conscience."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.choice import PART_OF
from sim.collector import GAMING, People, Workforce
from sim.forecast import CAUSED, CAUSED_BY_BUCKET, Yield
from sim.indicators import TASKS, Task
from sim.platform import SERVICES, Platform
from sim.units import BUCKETS

WRONG = np.array([t.wrong for t in TASKS.values()])
POACHES = np.array([t.poaches > 0.0 for t in TASKS.values()])
CAUGHT = np.array([t.caught for t in TASKS.values()])
SPELL_DAYS = 30.0 * np.arange(len(BUCKETS)) + 12.0  # usual spell of an account cured in the bucket
ROLL_RISK = np.array([0.40, 0.67, 0.72, 0.75, 0.78, 0.82, 0.0])  # of an unworked account
CHARGE_OFF_RISK = np.array([0.06, 0.16, 0.32, 0.52, 0.72, 0.88, 0.0])  # likewise
HITS = ("risk_hits", "warning_hits")  # true hits depend on the platform's risk score
DUE_OF = {service.good: service.due for service in SERVICES}

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
    recorded: Callable[[str], np.ndarray]  # the period's recorded counts of a column so far
    demand: Mapping[str, np.ndarray]  # cases a week by column of the demand
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


def by_bucket(slopes: Slopes, name: str, seats: int) -> np.ndarray:
    """Marginal pay of a column in each bucket, shape (seat, bucket)."""
    out = np.empty((seats, len(BUCKETS)))
    for b in range(len(BUCKETS)):
        out[:, b] = slope(slopes, f"{name}_m{b + 1}")
    return out


def hour_values(o: Outlook, people: People, platform: Platform) -> np.ndarray:
    """Pay that an hour of each task is believed to bring, fen, shape (seat, task)."""
    seats = people.skill.size
    cash = by_bucket(o.slopes, "cash", seats)
    sooner = (o.earns.cash * (cash - by_bucket(o.later, "cash", seats))).sum(axis=1)
    contact = _contact_value(o, cash)
    won = (o.earns.cash * cash).sum(axis=1)
    out = np.zeros((seats, len(TASKS)))
    for j, task in enumerate(TASKS.values()):
        left = 1.0 - platform.found(task) if task.gaming else 1.0
        if task.key == "contact":
            out[:, j] = contact
        elif task.lifts:
            out[:, j] = task.lifts * (o.time_gone * sooner if task.pulls_forward else contact)
        out[:, j] += left * (task.poaches * won - task.postpones * sooner)
        for columns in (task.real, task.believed):
            for column, count in columns.items():
                hit = platform.risk_accuracy if column in HITS else 1.0
                out[:, j] += count * hit * o.worth.get(column, 1.0) * slope(o.slopes, column)
        for column, count in task.fake.items():
            room = room_left(column, count, o.recorded)
            out[:, j] += left * count * o.worth.get(column, 1.0) * room * slope(o.slopes, column)
        if task.serves:
            gain = _service_gain(task, people.hours[:, j], o.demand)
            out[:, j] += gain * slope(o.slopes, task.serves.good)
    return out


def peer_pressure(o: Outlook, people: People, platform: Platform) -> np.ndarray:
    """Pay that an hour of each task brings to the mates in sight, fen, shape (seat, task).

    What is claimed from mates brings them nothing, and when results come is all one to them.
    """
    if not o.mates:
        return np.zeros((people.skill.size, len(TASKS)))
    gain = hour_values(replace(o, slopes=o.mates, later=o.mates), people, platform)
    gain[:, POACHES] = 0.0
    return gain


def _contact_value(o: Outlook, cash: np.ndarray) -> np.ndarray:
    """Fen that an hour of contact adds to pay, (seat,)."""
    seats = cash.shape[0]
    cures = by_bucket(o.slopes, "cures", seats) - ROLL_RISK * by_bucket(o.slopes, "rolls", seats)
    cures += SPELL_DAYS * np.reshape(slope(o.slopes, "cure_days"), (-1, 1))
    lost = o.worth["written_off"] * np.reshape(slope(o.slopes, "written_off"), (-1, 1))
    cures -= CHARGE_OFF_RISK * lost
    value = (o.earns.cash * cash + o.earns.cures * cures).sum(axis=1)
    return value + sum(n * slope(o.slopes, event) for event, n in o.earns.events.items())


def room_left(
    column: str, count: float, recorded: Callable[[str], np.ndarray]
) -> np.ndarray | float:
    """Share of the hour's fakes that the record can take: not more good cases than cases."""
    if count < 0.0:
        cases = recorded(column)
        return cases / (cases + 1.0)
    if column in DUE_OF:
        return np.clip(1.0 - recorded(column) / (recorded(DUE_OF[column]) + 1.0), 0.0, 1.0)
    return 1.0


def _service_gain(task: Task, hours: np.ndarray, demand: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cases that one more hour settles, given the hours already spent."""
    s = task.serves
    cases = np.maximum(demand[s.due], 0.0) + 1.0
    return (1.0 - s.base) * s.rate * np.exp(-s.rate * hours / cases) * (cases - 1.0) / cases


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
    found = np.array([platform.found(t) for t in TASKS.values()])
    risk = workforce.perceived_audit * found * (1.0 + workforce.alarm * people.alarm[:, None])
    fine = 100.0 * platform.penalty_yuan - np.reshape(slope(slopes, "caught"), (-1, 1))
    return moral[:, None] * WRONG + np.minimum(risk, 1.0) * CAUGHT * np.maximum(fine, 0.0)
