"""Work: what the hours of each task do to accounts, to the truth and to the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from sim.activity import COLUMN, MONEY
from sim.belief import (
    CASH,
    CAUGHT,
    CHARGE_OFF_RISK,
    CURES,
    FAKED,
    FAKED_OF,
    FAKERS,
    HITS,
    PAID_FIRST,
    ROLLS,
    SERVED_ANYWAY,
    SERVICE_RATE,
    SERVING,
    Slopes,
    by_column,
    fake_sizes,
    found,
    of_tasks,
    room_left,
    slope,
    through,
)
from sim.chance import Luck
from sim.collector import BUSY, COLUMN_OF_TASK, People, Workforce
from sim.forecast import Yield
from sim.indicators import TASKS
from sim.platform import SERVICES, Platform
from sim.records import NEVER, PRACTICE
from sim.units import BUCKETS

CONTACT = COLUMN_OF_TASK["contact"]
ROOM = np.array([t.room for t in TASKS.values()])
HELD_MOST = 0.5  # of the cash booked so far, what can be held back at most
EARLY_MOST = 0.25  # of it, what can be booked before it comes
MANY = 2**19  # accounts that tell the house's means well
POACHED_MOST = 0.3  # of the cash that mates just won, what can be claimed from them
CASH_AT = slice(COLUMN[CASH[0]], COLUMN[CASH[-1]] + 1)

# What an hour of each task moves and makes, as tables with a row for each of the names, (…, task).
SCALE = of_tasks(lambda t: t.scale or t.room)
PRACTISES = tuple(dict.fromkeys(name for t in TASKS.values() for name in t.practice))
PRACTISED = np.array([of_tasks(lambda t, n=n: t.practice.get(n, 0.0)) for n in PRACTISES])
DEMANDED = ("inquiries", "checked", "files_due", "entries_due")  # come with calls too
SIDE = tuple(dict.fromkeys((*DEMANDED, "caught", *(c for t in TASKS.values() for c in t.side))))
PROVEN = SIDE.index("caught")
SIDE_BRINGS = np.array([of_tasks(lambda t, c=c: t.side.get(c, 0.0)) for c in SIDE])
REAL = tuple(dict.fromkeys(c for t in TASKS.values() for c in t.real))
REAL_BRINGS = np.array([of_tasks(lambda t, c=c: t.real.get(c, 0.0)) for c in REAL])
DUES = [COLUMN[service.due] for service in SERVICES]
GOODS = [service.good for service in SERVICES]
GOODS_AT = [COLUMN[good] for good in GOODS]
MADE_KEYS = np.array([COLUMN[c] for c in (*SIDE, *REAL, *GOODS)], np.uint64)
PARKS = of_tasks(lambda t: "parked_per_day" in t.practice)
BREACHES = of_tasks(lambda t: "breach" in t.practice)
MOVERS = [(j, t) for j, t in enumerate(TASKS.values()) if t.postpones or t.poaches]


def possible(hours: np.ndarray, most: float) -> np.ndarray:
    """Hours (seat, task) that fit the week, and no more contact in a manner than there is."""
    hours = np.maximum(hours, 0.0)
    total = hours[:, BUSY].sum(axis=1, keepdims=True)
    hours[:, BUSY] *= np.minimum(1.0, most / np.maximum(total, 1e-9))
    hours[:, ~BUSY] = np.minimum(hours[:, ~BUSY], hours[:, [CONTACT]])
    return hours


def practices(
    people: People,
    workforce: Workforce,
    day: int,
    period_end: int,
    slopes: Slopes,
    felt: np.ndarray,
) -> np.ndarray:
    """How each seat works until the next choice, PRACTICE of shape (seat,)."""
    seats = people.skill.size
    out = np.zeros(seats, PRACTICE)
    hours = people.hours * people.present(day)[:, None]
    able = people.productivity(workforce)  # measured as pace; persuasion is learned by half as much
    pace = workforce.attempts_per_hour * able / workforce.working_days
    out["attempts_per_day"] = hours[:, CONTACT] * pace
    out["persuasion"] = people.skill * np.sqrt(able)
    out["record"] = 0.95
    moved = through(1.0 - np.exp(-hours / SCALE), PRACTISED.T)
    for name, level in zip(PRACTISES, moved.T, strict=True):
        out[name] += level
    for name in ("prevention", "rescue", "rescue_late"):
        out[name] = np.maximum(out[name], 0.0)
    out["parked_until"] = period_end
    weight = felt[:, None]
    out["cash_value"] = workforce.duty_cash + weight * by_column(slopes, CASH, seats)
    out["cure_value"] = 100.0 * workforce.duty_cure_yuan + weight * (
        by_column(slopes, CURES, seats)
        + by_column(slopes, PAID_FIRST, seats)
        - by_column(slopes, ROLLS, seats)
    )
    out["cycle_value"] = felt * slope(slopes, "cure_days")
    saved = workforce.duty_save - weight * np.reshape(slope(slopes, "written_off"), (-1, 1))
    out["save_value"] = saved * CHARGE_OFF_RISK
    return out


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

    def recorded(self, places: Sequence[int]) -> np.ndarray:
        """What the record would show now, (seat, place) of the columns at those places."""
        return np.maximum(self.true[:, places] + self.fake[:, places], 0.0)

    def room(self) -> np.ndarray:
        """Share of an hour's fakes that the record can still take, (seat, fake)."""
        return room_left(self.recorded(FAKED), self.recorded(FAKED_OF))


def produce(
    counts: Counts,
    fresh: np.ndarray,
    hours: np.ndarray,
    team: np.ndarray,
    keys: np.ndarray,
    earns: Yield,
    worth: Mapping[str, float],
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
    draws = luck.uniform("work", keys[:, None] + MADE_KEYS, day)  # rounds, so that means are kept
    of_side, of_real, of_service = np.split(draws, [len(SIDE), len(SIDE) + len(REAL)], axis=1)

    def add(columns, events):
        places = [COLUMN[c] for c in columns]
        counts.true[:, places] += events
        fresh[:, places] += events

    proven = found(platform)
    side = through(hours, SIDE_BRINGS.T)
    contacts, promises = fresh[:, COLUMN["contacts"]], fresh[:, COLUMN["promises"]]
    side[:, : len(DEMANDED)] += np.column_stack((
        fresh[:, COLUMN["queued"]] * inquiries, contacts, contacts, contacts + promises
    ))  # fmt: skip
    alarms = platform.analytics * platform.false_alarms
    acts = np.column_stack([hours * CAUGHT, contacts])
    side = np.floor(side + of_side).astype(np.int64)
    side[:, PROVEN] = _proven(acts, np.append(proven, alarms), luck, keys, day)
    add(SIDE, side)
    hits = np.array([platform.risk_accuracy if c in HITS else 1.0 for c in REAL])
    add(REAL, np.floor(through(hours, REAL_BRINGS.T) * hits + of_real).astype(np.int64))
    well = _served(hours[:, SERVING], fresh)
    add(GOODS, np.floor(well + of_service).astype(np.int64))
    _fake(counts, hours, 1.0 - proven, fresh, worth)
    for j, task in MOVERS:
        _move_cash(counts, task, hours[:, j] * (1.0 - proven[j]), fresh, team, earns)


def _proven(
    acts: np.ndarray, found: np.ndarray, luck: Luck, keys: np.ndarray, day: int
) -> np.ndarray:
    """How many of the acts (seat, kind) are proven, each with its kind's chance; (seat,).

    Parts of an act count by chance as a whole one, so that means are kept.
    """
    kinds = np.flatnonzero(acts.any(axis=0) & (found > 0.0))
    entity = keys[:, None] + 2 * kinds.astype(np.uint64)
    whole = np.floor(acts[:, kinds] + luck.uniform("proof", entity, day))
    place = luck.uniform("proof", entity + np.uint64(1), day)
    return binom.ppf(place, whole, found[kinds]).sum(axis=1).astype(np.int64)


def _fake(counts, hours, unfound, fresh, worth) -> None:
    """What gaming tasks do to the record, as far as the audit does not find it."""
    fakes = hours[:, FAKERS] * (unfound[FAKERS] * fake_sizes(worth)) * counts.room()
    for place, events in zip(FAKED, fakes.T, strict=True):
        counts.fake[:, place] += events
    for stock in ("due", "exposure"):  # what is parked stays in the truth
        counts.fake[:, COLUMN[stock]] -= unfound @ PARKS * fresh[:, COLUMN[f"parked_{stock}"]]
    off_record = _breached(fresh)  # contacts that are not in it
    counts.fake[:, COLUMN["compliant"]] += unfound @ BREACHES * off_record


def _move_cash(counts, task, acts, fresh, team, earns) -> None:
    """What the task moves between periods or desks with so many unfound hours (seat,), in place."""
    if task.postpones:
        booked = np.maximum(counts.true[:, CASH_AT] + counts.fake[:, CASH_AT], 0.0)
        moved = np.rint(task.postpones * acts[:, None] * earns.cash)
        moved = np.maximum(moved, -np.floor(EARLY_MOST * booked))
        moved = np.minimum(moved, np.floor(HELD_MOST * booked))
        counts.fake[:, CASH_AT] -= moved
        counts.held[:, CASH_AT] += moved
    if task.poaches:
        claimed = task.poaches * acts[:, None] * earns.cash
        counts.fake[:, CASH_AT] += _poached(claimed, fresh[:, CASH_AT], team)


def _poached(claimed: np.ndarray, won: np.ndarray, team: np.ndarray) -> np.ndarray:
    """Whole fen that claims on team mates' cash add to each record, (seat, bucket).

    Mates lose in proportion to what they won; a team gains nothing as a whole.
    """
    first = np.searchsorted(team, np.arange(team.max() + 1))  # teams are contiguous

    def of_team(values):
        return np.add.reduceat(values, first, axis=0)

    others = of_team(won)[team] - won
    claimed = np.minimum(claimed, POACHED_MOST * others)
    pressure = claimed / np.maximum(others, 1.0)  # share of each mate's cash
    net = np.rint(claimed - (of_team(pressure)[team] - pressure) * won)
    net[first] -= of_team(net)
    return net


def _breached(fresh: np.ndarray) -> np.ndarray:
    """Contacts beyond the limit, as many of them as of all attempts (seat,)."""
    contacts, attempts = fresh[:, COLUMN["contacts"]], fresh[:, COLUMN["attempts"]]
    return fresh[:, COLUMN["breaches"]] * contacts / np.maximum(attempts, 1)


def _served(hours: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """Cases done well in the hours (seat, service), of those that are not yet."""
    due = (fresh[:, DUES] - fresh[:, GOODS_AT]).astype(float)
    wrong = fresh[:, COLUMN["harsh_contacts"]] + _breached(fresh)
    due[:, DUES.index(COLUMN["checked"])] -= wrong
    due = np.maximum(due, 0)
    undone = np.exp(-SERVICE_RATE * hours / (due + 1.0))
    return due * (SERVED_ANYWAY + (1.0 - SERVED_ANYWAY) * (1.0 - undone))


def house_figures(portfolio, chances: np.ndarray, workforce: Workforce) -> dict:
    """House means on day 0: what an attempt is expected to bring, and an account's worth.

    Large houses are counted by every n-th account, which spares memory and changes no belief.
    Returns `success` (bucket,), `own_cash` and `own_cures` (bucket,) per contact hour, and
    `worth`, fen by money column.
    """
    anybody = portfolio.accounts[:: 1 + portfolio.accounts.size // MANY]
    since = anybody["due_from"]
    late = np.where(since == NEVER, 0, anybody["arrival"] - 1 - since.astype(int))
    overdue = late > 0
    bucket = np.clip((late - 1) // 30, 0, len(BUCKETS) - 1)[overdue]
    c = chances[0]
    x = {name: anybody[name][overdue] for name in ("row", "reach", "balance", "arrears")}
    promise = c["promise"][x["row"], bucket]
    success = x["reach"] * promise * c["keep"][x["row"]]
    paid = x["balance"] * np.exp(c["log_share"][x["row"], bucket] + c["promise_boost"])
    cash = np.minimum(paid, x["arrears"])
    cured = np.minimum(paid / np.maximum(x["arrears"], 1), 1.0)
    n = np.bincount(bucket, minlength=len(BUCKETS))
    rows = np.bincount(anybody["row"], minlength=len(c["keep"])) / anybody.size
    anyone = (
        anybody["reach"].mean()
        * (rows[:, None] * c["promise"]).sum(axis=0)
        * (rows * c["keep"]).sum()
    )  # for buckets that are empty on day 0

    def mean(values, otherwise=0.0):
        sums = np.bincount(bucket, values, minlength=len(BUCKETS))
        return np.where(n > 0, sums / np.maximum(n, 1), otherwise)

    rate = workforce.attempts_per_hour * n / max(n.sum(), 1)
    arrears = float(x["arrears"].mean()) if n.any() else 1.0
    balance = float(x["balance"].mean()) if n.any() else 1.0
    worth = dict.fromkeys(MONEY, 1.0) | {
        "due": arrears,
        "written_off": balance,
        "exposure": balance,
    }
    return {
        "success": mean(success, anyone),
        "own_cash": rate * mean(success * cash),
        "own_cures": rate * mean(success * cured),
        "worth": worth,
    }
