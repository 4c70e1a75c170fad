"""Work: what the hours of each task do to accounts, to the truth and to the record."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import pdtrik

from sim.activity import COLUMN, MONEY
from sim.belief import CAUGHT, CHARGE_OFF_RISK, HITS, Slopes, by_bucket, room_left, slope
from sim.chance import Luck
from sim.collector import BUSY, COLUMN_OF_TASK, People, Workforce
from sim.forecast import Yield
from sim.indicators import TASKS, Task
from sim.platform import Platform
from sim.records import NEVER, PRACTICE
from sim.units import BUCKETS

CONTACT = COLUMN_OF_TASK["contact"]
ROOM = np.array([t.room for t in TASKS.values()])
HELD_MOST = 0.5  # of the cash booked so far, what can be held back at most
EARLY_MOST = 0.25  # of it, what can be booked before it comes
MANY = 2**19  # accounts that tell the house's means well
POACHED_MOST = 0.3  # of the cash that mates just won, what can be claimed from them
CASH = [COLUMN[f"cash_m{b + 1}"] for b in range(len(BUCKETS))]


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
    worked = hours.any(axis=0)
    for j, task in enumerate(TASKS.values()):
        if task.practice and worked[j]:
            for name, level in task.levels(hours[:, j]).items():
                out[name] += level
    for name in ("prevention", "rescue", "rescue_late"):
        out[name] = np.maximum(out[name], 0.0)
    out["parked_until"] = period_end
    weight = felt[:, None]
    out["cash_value"] = workforce.duty_cash + weight * by_bucket(slopes, "cash", seats)
    out["cure_value"] = 100.0 * workforce.duty_cure_yuan + weight * (
        by_bucket(slopes, "cures", seats)
        + by_bucket(slopes, "paid1", seats)
        - by_bucket(slopes, "rolls", seats)
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

    def recorded(self, name: str) -> np.ndarray:
        place = COLUMN[name]
        return np.maximum(self.true[:, place] + self.fake[:, place], 0.0)


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
    entity = keys[:, None] + np.array([COLUMN[c] for c in _MADE], np.uint64)
    draws = luck.uniform("work", entity, day)  # rounds up or down, so that means are kept
    rounding = dict(zip(_MADE, draws.T, strict=True))

    def add(column, expected):
        place = COLUMN[column]
        events = np.floor(expected + rounding[column]).astype(np.int64)
        counts.true[:, place] += events
        fresh[:, place] += events

    contacts = fresh[:, COLUMN["contacts"]].copy()
    side = {c: hours @ n for c, n in _SIDE.items()}
    add("inquiries", fresh[:, COLUMN["queued"]] * inquiries + side.pop("inquiries", 0.0))
    add("checked", contacts)
    add("files_due", contacts)
    add("entries_due", contacts + fresh[:, COLUMN["promises"]])
    found = np.array([platform.found(t) for t in TASKS.values()])
    alarms = platform.analytics * platform.false_alarms
    proven = hours @ (CAUGHT * found) + contacts * alarms
    add("caught", _poisson(proven, rounding["caught"]))
    for column, expected in side.items():
        add(column, expected)
    for j, task in enumerate(TASKS.values()):
        for column, count in task.real.items():
            hit = platform.risk_accuracy if column in HITS else 1.0
            add(column, hours[:, j] * count * hit)
        if task.serves:
            add(task.serves.good, _served(task, hours[:, j], fresh))
    for j, task in enumerate(TASKS.values()):
        if task.gaming:
            _fake(counts, task, hours[:, j], 1.0 - found[j], fresh, team, earns, worth)


def _poisson(mean: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Count of independent rare events at that place (0..1) of its distribution."""
    return np.ceil(pdtrik(place, mean))


_SIDE = {
    column: np.array([t.side.get(column, 0.0) for t in TASKS.values()])
    for column in dict.fromkeys(c for t in TASKS.values() for c in t.side)
}


_MADE = tuple(dict.fromkeys((
    "inquiries", "checked", "files_due", "entries_due", "caught", *_SIDE,
    *(column for t in TASKS.values() for column in t.real),
    *(t.serves.good for t in TASKS.values() if t.serves),
)))  # fmt: skip


def _fake(counts, task, spent, unfound, fresh, team, earns, worth) -> None:
    """What the gaming task does to the record, as far as the audit does not find it."""
    for column, count in task.fake.items():
        room = room_left(column, count, counts.recorded)
        size = worth[column] if column in MONEY else 1.0
        counts.fake[:, COLUMN[column]] += spent * count * unfound * room * size
    if "parked_per_day" in task.practice:
        for stock in ("due", "exposure"):
            counts.fake[:, COLUMN[stock]] -= unfound * fresh[:, COLUMN[f"parked_{stock}"]]
    if "breach" in task.practice:  # contacts off the record are not in it
        counts.fake[:, COLUMN["compliant"]] += unfound * _breached(fresh)
    if task.postpones:
        booked = np.maximum(counts.true[:, CASH] + counts.fake[:, CASH], 0.0)
        moved = np.rint(unfound * task.postpones * spent[:, None] * earns.cash)
        moved = np.clip(moved, -np.floor(EARLY_MOST * booked), np.floor(HELD_MOST * booked))
        counts.fake[:, CASH] -= moved
        counts.held[:, CASH] += moved
    if task.poaches:
        counts.fake[:, CASH] += _poached(
            unfound * task.poaches * spent[:, None] * earns.cash, fresh[:, CASH], team
        )


def _poached(claimed: np.ndarray, won: np.ndarray, team: np.ndarray) -> np.ndarray:
    """Whole fen that claims on team mates' cash add to each record, (seat, bucket).

    Mates lose in proportion to what they won; a team gains nothing as a whole.
    """
    teams = int(team.max()) + 1
    whole = np.zeros((teams, won.shape[1]))
    np.add.at(whole, team, won)
    others = whole[team] - won
    claimed = np.minimum(claimed, POACHED_MOST * others)
    pressure = claimed / np.maximum(others, 1.0)  # share of each mate's cash
    summed = np.zeros_like(whole)
    np.add.at(summed, team, pressure)
    net = np.rint(claimed - (summed[team] - pressure) * won)
    rest = np.zeros_like(whole)
    np.add.at(rest, team, net)
    first = np.searchsorted(team, np.arange(teams))  # teams are contiguous
    net[first] -= rest
    return net


def _breached(fresh: np.ndarray) -> np.ndarray:
    """Contacts beyond the limit, as many of them as of all attempts (seat,)."""
    contacts, attempts = fresh[:, COLUMN["contacts"]], fresh[:, COLUMN["attempts"]]
    return fresh[:, COLUMN["breaches"]] * contacts / np.maximum(attempts, 1)


def _served(task: Task, spent: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    s = task.serves
    due = fresh[:, COLUMN[s.due]] - fresh[:, COLUMN[s.good]]
    if s.due == "checked":
        wrong = fresh[:, COLUMN["harsh_contacts"]] + _breached(fresh)
        due = np.maximum(due - wrong, 0)
    well = s.base + (1.0 - s.base) * (1.0 - np.exp(-s.rate * spent / (due + 1.0)))
    return due * well


def house_figures(portfolio, chances: np.ndarray, workforce: Workforce) -> dict:
    """House means on day 0: what an attempt is expected to bring, and an account's worth.

    Large houses are counted by every n-th account, which spares memory and changes no belief.
    Returns `success` (bucket,), `own_cash` and `own_cures` (bucket,) per contact hour, and
    `worth`, fen by money column.
    """
    anybody = x = portfolio.accounts[:: 1 + portfolio.accounts.size // MANY]
    late = np.where(x["due_from"] == NEVER, 0, x["arrival"] - 1 - x["due_from"].astype(int))
    overdue = late > 0
    bucket = np.clip((late - 1) // 30, 0, len(BUCKETS) - 1)[overdue]
    c, x = chances[0], x[overdue]
    promise = c["promise"][x["row"], bucket]
    success = x["reach"] * promise * c["keep"][x["row"]]
    paid = x["balance"] * np.exp(c["log_share"][x["row"], bucket] + c["promise_boost"])
    cash = np.minimum(paid, x["arrears"])
    cured = np.minimum(paid / np.maximum(x["arrears"], 1), 1.0)
    n = np.bincount(bucket, minlength=len(BUCKETS))
    anyone = (
        anybody["reach"].mean()
        * c["promise"][anybody["row"]].mean(axis=0)
        * c["keep"][anybody["row"]].mean()
    )  # for buckets that are empty on day 0

    def mean(values, otherwise=0.0):
        sums = np.bincount(bucket, values, minlength=len(BUCKETS))
        return np.where(n > 0, sums / np.maximum(n, 1), otherwise)

    rate = workforce.attempts_per_hour * n / max(n.sum(), 1)
    arrears = float(x["arrears"].mean()) if x.size else 1.0
    balance = float(x["balance"].mean()) if x.size else 1.0
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
