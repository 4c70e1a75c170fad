"""Desk work: what the hours spent off the phone do to the truth and to the record.

Compiled, one pass over the seats for each rule.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import uint64

from sim.activity import COLUMN
from sim.belief import (
    CASH,
    CAUGHT,
    FAKED,
    FAKED_OF,
    HITS,
    HOUR,
    LIMITED,
    SERVED_ANYWAY,
    SERVICE_RATE,
    TAKEN_AWAY,
    Terms,
    room_left,
)
from sim.chance import Luck, binomial, step_of, uniform_at
from sim.compiled import as_record, compiled
from sim.forecast import Yield
from sim.indicators import TASKS
from sim.platform import SERVICES, Platform

HELD_MOST = 0.5  # of the cash booked so far, what can be held back at most
EARLY_MOST = 0.25  # of it, what can be booked before it comes
POACHED_MOST = 0.3  # of the cash that mates just won, what can be claimed from them

DEMANDED = ("inquiries", "checked", "files_due", "entries_due")  # come with calls too
SIDE = tuple(dict.fromkeys((*DEMANDED, "caught", *(c for t in TASKS.values() for c in t.side))))
REAL = tuple(dict.fromkeys(c for t in TASKS.values() for c in t.real))
GOODS = tuple(service.good for service in SERVICES)
MADE = (*SIDE, *REAL, *GOODS)
MAKES = [  # entries: of which task, at which place of `MADE`, how many an hour brings
    (j, place.index(column) + first, count)
    for j, t in enumerate(TASKS.values())
    for events, place, first in ((t.side, SIDE, 0), (t.real, REAL, len(SIDE)))
    for column, count in events.items()
]


class Making(NamedTuple):
    """What hours make, whatever the house: arrays by task, entry, thing made, fake or service."""

    makers: np.ndarray = np.array([j for j, _, _ in MAKES])
    made: np.ndarray = np.array([place for _, place, _ in MAKES])
    count: np.ndarray = np.array([count for _, _, count in MAKES])
    columns: np.ndarray = np.array([COLUMN[name] for name in MADE])
    hit: np.ndarray = np.array([name in HITS for name in MADE])
    proven: int = MADE.index("caught")
    caught: np.ndarray = CAUGHT
    queued: int = COLUMN["queued"]
    contacts: int = COLUMN["contacts"]
    promises: int = COLUMN["promises"]
    attempts: int = COLUMN["attempts"]
    breaches: int = COLUMN["breaches"]
    harsh: int = COLUMN["harsh_contacts"]
    dues: np.ndarray = np.array([COLUMN[service.due] for service in SERVICES])
    goods: np.ndarray = np.array([COLUMN[good] for good in GOODS])
    ruled: int = GOODS.index("compliant")
    servers: np.ndarray = HOUR.servers
    served_anyway: np.ndarray = SERVED_ANYWAY
    service_rate: np.ndarray = SERVICE_RATE
    fakers: np.ndarray = HOUR.fakers
    faked: np.ndarray = FAKED
    faked_of: np.ndarray = FAKED_OF
    taken_away: np.ndarray = TAKEN_AWAY
    limited: np.ndarray = LIMITED
    parked: np.ndarray = np.array([COLUMN["parked_due"], COLUMN["parked_exposure"]])
    parked_of: np.ndarray = np.array([COLUMN["due"], COLUMN["exposure"]])
    postpones: np.ndarray = HOUR.postpones
    poaches: np.ndarray = HOUR.poaches
    cash: np.ndarray = np.array([COLUMN[column] for column in CASH])


MAKING = as_record(Making())


@dataclass
class Counts:
    """A period's counts, (seat, column) each."""

    true: np.ndarray  # int64, what happened
    fake: np.ndarray  # what gaming added to the record beyond it
    held: np.ndarray  # what it moved into the next period's record

    @classmethod
    def none(cls, seats: int) -> "Counts":
        shape = (seats, len(COLUMN))
        return cls(np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape))

    def next(self) -> "Counts":
        """The next period's, which begins with what was held."""
        after = Counts.none(len(self.true))
        after.fake += self.held
        return after

    def room(self) -> np.ndarray:
        """Share of an hour's fakes that the record can still take, (seat, fake)."""
        return _room(self.true, self.fake, MAKING)


def produce(
    counts: Counts,
    fresh: np.ndarray,
    hours: np.ndarray,
    team: np.ndarray,
    keys: np.ndarray,
    earns: Yield,
    terms: Terms,
    platform: Platform,
    inquiries: float,
    luck: Luck,
    day: int,
) -> None:
    """Add what the hours spent off the phone brought, in place.

    `fresh` are the piece's new true counts from the kernel (seat, column); `hours` (seat, task)
    the hours spent in the piece; `keys` (seat,) the addresses of their luck; `inquiries` the
    messages per overdue account in the piece.
    """
    alarms = platform.analytics * platform.false_alarms
    purposes = luck.purpose("work"), luck.purpose("proof")
    _produce(
        counts.true, counts.fake, counts.held, fresh, hours, team, keys, earns.cash, terms,
        inquiries, platform.risk_accuracy, alarms, purposes, step_of(day), MAKING,
    )  # fmt: skip


@compiled()
def _produce(
    true, fake, held, fresh, hours, team, keys, won, terms, inquiries, accuracy, alarms, purposes,
    step, making,
):  # fmt: skip
    m = making[0]
    rounding, proof = purposes
    events, room = np.empty(m.columns.size), _rooms(true, fake, m)
    acting = np.ones(hours.shape[1])  # what finds no room in the record is left undone
    for i in range(len(hours)):
        acting[m.fakers] = room[i]
        _make(events, fresh[i], acting * hours[i], inquiries, accuracy, m)
        for k in range(events.size - m.goods.size):
            if k == m.proven:
                new = _proven(hours[i], fresh[i], keys[i], proof, step, terms.found, alarms, m)
            else:  # parts of a case count by chance as a whole one, so that means are kept
                key = keys[i] + uint64(m.columns[k])
                new = np.int64(np.floor(events[k] + uniform_at(rounding, key, step)))
            true[i, m.columns[k]] += new
            fresh[i, m.columns[k]] += new
        _serve(true[i], fresh[i], hours[i], keys[i], rounding, step, m)
    _fake(fake, fresh, hours, _rooms(true, fake, m), terms, m)
    for j in range(hours.shape[1]):
        if m.postpones[j] != 0.0:
            _postpone(true, fake, held, hours[:, j], m.postpones[j] * terms.kept[j], won, m)
        if m.poaches[j] != 0.0:
            _poach(fake, fresh, hours[:, j], m.poaches[j] * terms.kept[j], won, team, m)


@compiled()
def _make(events, fresh, hours, inquiries, accuracy, m):
    """Events that one seat's calls demand and its tasks bring about, in `events`, not yet whole."""
    events[:] = 0.0
    contacts = fresh[m.contacts]
    events[0] = fresh[m.queued] * inquiries
    events[1] = events[2] = contacts
    events[3] = contacts + fresh[m.promises]
    for k, j in enumerate(m.makers):
        right = accuracy if m.hit[m.made[k]] else 1.0
        events[m.made[k]] += m.count[k] * right * hours[j]


@compiled()
def _proven(hours, fresh, key, purpose, step, found, alarms, m):
    """How many acts of one seat are proven, each with its kind's chance.

    Honest contacts are the last kind: analytics takes some of them for gaming.
    """
    total = 0
    for j in range(hours.size + 1):
        share = found[j] if j < hours.size else alarms
        acts = hours[j] * m.caught[j] if j < hours.size else float(fresh[m.contacts])
        if acts > 0.0 and share > 0.0:
            kind = key + uint64(2 * j)
            whole = np.floor(acts + uniform_at(purpose, kind, step))
            place = uniform_at(purpose, kind + uint64(1), step)
            total += np.int64(binomial(place, whole, share))
    return total


@compiled()
def _breached(fresh, m):
    """Contacts beyond the limit, as many of them as of all attempts."""
    return fresh[m.breaches] * fresh[m.contacts] / max(fresh[m.attempts], 1)


@compiled()
def _serve(true, fresh, hours, key, rounding, step, m):
    """Cases that one seat does well in the hours, of those that are not yet."""
    for k, j in enumerate(m.servers):
        due = float(fresh[m.dues[k]] - fresh[m.goods[k]])
        if k == m.ruled:
            due -= fresh[m.harsh] + _breached(fresh, m)
        due = max(due, 0.0)
        undone = np.exp(-m.service_rate[k] * hours[j] / (due + 1.0))
        well = due * (m.served_anyway[k] + (1.0 - m.served_anyway[k]) * (1.0 - undone))
        good = m.goods[k]
        new = np.int64(np.floor(well + uniform_at(rounding, key + uint64(good), step)))
        true[good] += new
        fresh[good] += new


@compiled()
def _room(true, fake, making):
    return _rooms(true, fake, making[0])


@compiled()
def _rooms(true, fake, m):
    """Share of an hour's fakes that the records can take, (seat, fake)."""
    out = np.empty((len(true), m.faked.size))
    for i in range(len(true)):
        for k in range(m.faked.size):
            cases = max(true[i, m.faked[k]] + fake[i, m.faked[k]], 0.0)
            due = max(true[i, m.faked_of[k]] + fake[i, m.faked_of[k]], 0.0)
            out[i, k] = room_left(cases, due, m.taken_away[k], m.limited[k])
    return out


@compiled()
def _fake(fake, fresh, hours, room, terms, m):
    """What gaming tasks do to the record, as far as the audit does not find it."""
    compliant = m.goods[m.ruled]
    for i in range(len(fake)):
        for k, j in enumerate(m.fakers):
            fake[i, m.faked[k]] += hours[i, j] * (terms.kept[j] * terms.faked[k]) * room[i, k]
        for k in range(m.parked.size):  # what is parked stays in the truth
            fake[i, m.parked_of[k]] -= terms.parked * fresh[i, m.parked[k]]
        fake[i, compliant] += terms.off_record * _breached(
            fresh[i], m
        )  # contacts that are not in it


@compiled()
def _postpone(true, fake, held, hours, rate, won, m):
    """Move cash out of the period's record into the next: in an hour, as much as `rate` hours of
    contact win, as far as it is not found."""
    for i in range(hours.size):
        if hours[i] == 0.0:
            continue
        for b in range(m.cash.size):
            booked = max(true[i, m.cash[b]] + fake[i, m.cash[b]], 0.0)
            moved = np.rint(rate * hours[i] * won[i, b])
            moved = max(moved, -np.floor(EARLY_MOST * booked))
            moved = min(moved, np.floor(HELD_MOST * booked))
            fake[i, m.cash[b]] -= moved
            held[i, m.cash[b]] += moved


@compiled()
def _poach(fake, fresh, hours, rate, won, team, m):
    """Claim cash that team mates just won, likewise; a team gains nothing as a whole.

    Mates lose in proportion to what they won.
    """
    first = 0
    while first < team.size:
        last, anybody = first, False
        while last < team.size and team[last] == team[first]:  # teams are contiguous
            anybody |= hours[last] > 0.0
            last += 1
        if anybody:
            for b in range(m.cash.size):
                _claim(fake[:, m.cash[b]], fresh[:, m.cash[b]], hours, rate, won[:, b], first, last)
        first = last


@compiled()
def _claim(fake, cash, hours, rate, won, first, last):
    """Claims of the seats first..last-1, a team, on cash of one bucket that mates won."""
    whole, pressed, gained = 0, 0.0, 0.0
    for i in range(first, last):
        whole += cash[i]
    for i in range(first, last):
        others = whole - cash[i]
        pressed += min(rate * hours[i] * won[i], POACHED_MOST * others) / max(others, 1)
    for i in range(first, last):
        others = whole - cash[i]
        claimed = min(rate * hours[i] * won[i], POACHED_MOST * others)
        pressure = pressed - claimed / max(others, 1)  # share of the own cash that mates claim
        net = np.rint(claimed - pressure * cash[i])
        fake[i] += net
        gained += net
    fake[first] -= gained
