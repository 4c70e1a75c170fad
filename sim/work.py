"""Work: what an hour of each task is believed to bring, and what it does."""

from collections.abc import Mapping

import numpy as np

from sim.activity import COLUMN, MONEY
from sim.chance import Luck
from sim.choice import PART_OF
from sim.collector import BUSY, COLUMN_OF_TASK, GAMING, People, Workforce
from sim.indicators import TASKS, Task
from sim.platform import Platform
from sim.records import NEVER, PRACTICE
from sim.units import BUCKETS

CONTACT = COLUMN_OF_TASK["contact"]
ROOM = np.array([t.room for t in TASKS.values()])
WRONG = np.array([t.wrong for t in TASKS.values()])
CAUGHT = np.array([t.caught for t in TASKS.values()])
SPELL_DAYS = 30.0 * np.arange(len(BUCKETS)) + 12.0  # usual spell of an account cured in the bucket
CHARGE_OFF_RISK = np.array([0.06, 0.16, 0.32, 0.52, 0.72, 0.88, 0.0])  # of an unworked account
HITS = ("risk_hits", "warning_hits")  # true hits depend on the platform's risk score

PRODUCED = frozenset(
    [f"cash_m{b + 1}" for b in range(len(BUCKETS))]
    + [f"cures_m{b + 1}" for b in range(len(BUCKETS) - 1)]
    + ["cure_days", "written_off", "caught"]
    + [c for t in TASKS.values() for c in (*t.real, *t.fake, *t.believed)]
    + [t.serves.good for t in TASKS.values() if t.serves]
)

Slopes = Mapping[str, np.ndarray]


def slope(slopes: Slopes, column: str) -> np.ndarray | float:
    """Marginal pay of a column; a part counts as much as its total does."""
    return slopes.get(column, slopes.get(PART_OF.get(column, ""), 0.0))


def by_bucket(slopes: Slopes, name: str, seats: int) -> np.ndarray:
    """Marginal pay of a column in each bucket, shape (seat, bucket)."""
    out = np.empty((seats, len(BUCKETS)))
    for b in range(len(BUCKETS)):
        out[:, b] = slope(slopes, f"{name}_m{b + 1}")
    return out


def hour_values(
    slopes: Slopes,
    usual: Slopes,
    people: People,
    demand: Mapping[str, np.ndarray],
    worth: Mapping[str, float],
    platform: Platform,
    time_gone: float,
) -> np.ndarray:
    """Pay that an hour of each task is believed to bring, fen, shape (seat, task).

    `demand` is the weekly number of cases by due column, `worth` the house mean fen of an account
    by money column, `time_gone` the share of the period that has passed.
    """
    seats = people.skill.size
    cash, cures = by_bucket(slopes, "cash", seats), by_bucket(slopes, "cures", seats)
    cures += SPELL_DAYS * np.reshape(slope(slopes, "cure_days"), (-1, 1))
    cures -= (
        CHARGE_OFF_RISK * worth["written_off"] * np.reshape(slope(slopes, "written_off"), (-1, 1))
    )
    contact = (people.own_cash * cash + people.own_cures * cures).sum(axis=1)
    sooner = cash - by_bucket(usual, "cash", seats)
    out = np.zeros((seats, len(TASKS)))
    for j, task in enumerate(TASKS.values()):
        if j == CONTACT:
            out[:, j] = contact
        elif task.pulls_forward:
            out[:, j] = task.lifts * time_gone * (people.own_cash * sooner).sum(axis=1)
        elif task.lifts:
            out[:, j] = task.lifts * contact
        for columns in (task.real, task.fake, task.believed):
            for column, count in columns.items():
                hit = platform.risk_accuracy if column in HITS and not task.gaming else 1.0
                out[:, j] += count * hit * worth.get(column, 1.0) * slope(slopes, column)
        if task.serves:
            out[:, j] += _service_gain(task, people.hours[:, j], demand) * slope(
                slopes, task.serves.good
            )
    return out


def possible(hours: np.ndarray, most: float) -> np.ndarray:
    """Hours (seat, task) that fit the week, and no more contact in a manner than there is."""
    hours = np.maximum(hours, 0.0)
    total = hours[:, BUSY].sum(axis=1, keepdims=True)
    hours[:, BUSY] *= np.minimum(1.0, most / np.maximum(total, 1e-9))
    hours[:, ~BUSY] = np.minimum(hours[:, ~BUSY], hours[:, [CONTACT]])
    return hours


def _service_gain(task: Task, hours: np.ndarray, demand: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cases that one more hour settles, given the hours already spent."""
    s = task.serves
    cases = demand[s.due] + 1.0
    return (1.0 - s.base) * s.rate * np.exp(-s.rate * hours / cases) * (cases - 1.0) / cases


def gaming_cost(
    people: People,
    workforce: Workforce,
    platform: Platform,
) -> np.ndarray:
    """Felt cost of an hour of each task beyond effort, fen, shape (seat, task); 0 if honest.

    The collector's own cost of doing wrong, eroded where team mates game, and the expected
    penalty if caught.
    """
    hours = people.hours[:, GAMING].sum(axis=1)
    gamers = np.bincount(people.team, hours > 0.5) / np.bincount(people.team)
    moral = people.integrity * (1.0 - workforce.contagion * gamers[people.team])
    return moral[:, None] * WRONG + platform.detection * platform.penalty_yuan * 100.0 * CAUGHT


def practices(
    people: People,
    workforce: Workforce,
    day: int,
    slopes: Slopes,
    felt: np.ndarray,
) -> np.ndarray:
    """How each seat works until the next choice, PRACTICE of shape (seat,)."""
    seats = people.skill.size
    out = np.zeros(seats, PRACTICE)
    here = people.present(day)
    hours = people.hours * here[:, None]
    out["attempts_per_day"] = (
        hours[:, CONTACT] * workforce.attempts_per_hour / (workforce.working_days)
    )
    out["persuasion"] = people.skill * people.productivity(workforce, day)
    for j, task in enumerate(TASKS.values()):
        if task.practice:
            out[task.practice] += task.level(hours[:, j])
    out["record"] += 0.95
    weight = felt[:, None]
    out["cash_value"] = workforce.duty_cash + weight * by_bucket(slopes, "cash", seats)
    out["cure_value"] = 100.0 * workforce.duty_cure_yuan + weight * by_bucket(
        slopes, "cures", seats
    )
    out["cycle_value"] = felt * slope(slopes, "cure_days")
    saved = workforce.duty_save - weight * np.reshape(slope(slopes, "written_off"), (-1, 1))
    out["save_value"] = saved * CHARGE_OFF_RISK
    return out


def produce(
    true: np.ndarray,
    fake: np.ndarray,
    fresh: np.ndarray,
    hours: np.ndarray,
    people: People,
    worth: Mapping[str, float],
    platform: Platform,
    inquiries: float,
    luck: Luck,
    day: int,
) -> None:
    """Add what the hours spent off the phone brought, in place.

    `true` and `fake` are the period's counts, `fresh` the piece's new counts from the kernel,
    all (seat, column); `hours` (seat, task) the hours spent in the piece; `inquiries`
    the messages per overdue account in it.
    """
    entity = people.key[:, None] + np.arange(len(COLUMN), dtype=np.uint64)
    rounding = luck.uniform("work", entity, day)  # up or down, so that means are kept

    def add(column, expected):
        place = COLUMN[column]
        counts = np.floor(expected + rounding[:, place]).astype(np.int64)
        true[:, place] += counts
        fresh[:, place] += counts

    contacts = fresh[:, COLUMN["contacts"]].copy()
    add("inquiries", fresh[:, COLUMN["queued"]] * inquiries)
    add("checked", contacts)
    add("files_due", contacts)
    add("entries_due", contacts + fresh[:, COLUMN["promises"]])
    add("caught", hours @ CAUGHT * platform.detection)
    for j, task in enumerate(TASKS.values()):
        spent = hours[:, j]
        for column, count in task.real.items():
            hit = platform.risk_accuracy if column in HITS else 1.0
            add(column, spent * count * hit)
        for column, count in task.fake.items():
            fake[:, COLUMN[column]] += spent * count * (worth[column] if column in MONEY else 1.0)
        if task.serves:
            add(task.serves.good, _served(task, spent, fresh))


def _served(task: Task, spent: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    s = task.serves
    due = fresh[:, COLUMN[s.due]] - fresh[:, COLUMN[s.good]]
    if s.due == "checked":
        due = np.maximum(due - fresh[:, COLUMN["harsh_contacts"]], 0)
    well = s.base + (1.0 - s.base) * (1.0 - np.exp(-s.rate * spent / (due + 1.0)))
    return due * well


def house_figures(portfolio, chances: np.ndarray, workforce: Workforce) -> dict:
    """House means on day 0: what an attempt is expected to bring, and an account's worth.

    Returns `success` (bucket,), `own_cash` and `own_cures` (bucket,) per contact hour, and
    `worth`, fen by money column.
    """
    x = portfolio.accounts
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
        portfolio.accounts["reach"].mean()
        * c["promise"][portfolio.accounts["row"]].mean(axis=0)
        * c["keep"][portfolio.accounts["row"]].mean()
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
