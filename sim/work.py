"""Work: how the hours of each task make a seat work its accounts."""

from typing import NamedTuple

import numpy as np

from sim.activity import MONEY
from sim.belief import (
    CASH,
    CHARGE_OFF_RISK,
    CURES,
    PAID_FIRST,
    PLACE,
    ROLLS,
    of_tasks,
    places,
)
from sim.collector import BUSY, COLUMN_OF_TASK, People, Workforce
from sim.compiled import as_record, compiled
from sim.indicators import TASKS
from sim.records import NEVER, PRACTICE
from sim.units import BUCKETS

CONTACT = COLUMN_OF_TASK["contact"]
ROOM = np.array([t.room for t in TASKS.values()])
MANY = 2**19  # accounts that tell the house's means well

# What hours move in a practice, as entries: of which task, which field, how much at most.
FIELDS = {name: offset // 8 for name, (_, offset, *_) in PRACTICE.fields.items()}
PRACTISED = [(j, name, most) for j, t in enumerate(TASKS.values())
             for name, most in t.practice.items()]  # fmt: skip
SCALE = of_tasks(lambda t: t.scale or t.room)


def possible(hours: np.ndarray, most: float) -> np.ndarray:
    """Hours (seat, task) that fit the week, and no more contact in a manner than there is."""
    out = np.maximum(hours, 0.0)
    _fit(out, most, BUSY, CONTACT)
    return out


@compiled()
def _fit(hours, most, busy, contact):
    for mine in hours:
        total = 0.0
        for j in range(mine.size):
            total += mine[j] * busy[j]
        share = min(1.0, most / max(total, 1e-9))
        for j in range(mine.size):
            if busy[j]:
                mine[j] *= share
        for j in range(mine.size):
            if not busy[j]:
                mine[j] = min(mine[j], mine[contact])


def practices(
    people: People,
    workforce: Workforce,
    able: np.ndarray,
    day: int,
    period_end: int,
    slopes: np.ndarray,
    felt: np.ndarray,
) -> np.ndarray:
    """How each seat works until the next choice, PRACTICE of shape (seat,).

    `able` (seat,) is the share of a trained collector's productivity. It is measured as pace;
    persuasion is learned by half as much.
    """
    out = np.zeros(people.skill.size, PRACTICE)
    hours = people.hours * people.present(day)[:, None]
    spur = people.spur(workforce, able, day)
    pace = workforce.attempts_per_hour * able * spur / workforce.working_days
    out["attempts_per_day"] = hours[:, CONTACT] * pace
    out["persuasion"] = people.skill * np.sqrt(able)
    out["record"] = 0.95
    out["parked_until"] = period_end
    duty = (workforce.duty_cash, 100.0 * workforce.duty_cure_yuan, workforce.duty_save)
    _practise(out.view(np.float64).reshape(len(out), -1), hours, slopes, felt, duty, MANNER)
    return out


class Manner(NamedTuple):
    """What hours move in a practice, and what slopes weigh in it; places of fields and columns."""

    tasks: np.ndarray = np.array([j for j, _, _ in PRACTISED])
    fields: np.ndarray = np.array([FIELDS[name] for _, name, _ in PRACTISED])
    most: np.ndarray = np.array([most for _, _, most in PRACTISED])
    scale: np.ndarray = np.array([SCALE[j] for j, _, _ in PRACTISED])
    never_less: np.ndarray = np.array([FIELDS[f] for f in ("prevention", "rescue", "rescue_late")])
    cash: np.ndarray = places(CASH)
    cures: np.ndarray = places(CURES)
    paid_first: np.ndarray = places(PAID_FIRST)
    rolls: np.ndarray = places(ROLLS)
    cure_days: int = PLACE["cure_days"]
    written_off: int = PLACE["written_off"]
    charge_off_risk: np.ndarray = CHARGE_OFF_RISK
    cycle_value: int = FIELDS["cycle_value"]
    cash_value: int = FIELDS["cash_value"]
    cure_value: int = FIELDS["cure_value"]
    save_value: int = FIELDS["save_value"]


MANNER = as_record(Manner())


@compiled()
def _practise(practice, hours, slopes, felt, duty, manners):
    """Fill what follows from hours and slopes in; `practice` is read as numbers, (seat, field)."""
    (cash, cure, save), manner = duty, manners[0]
    for i in range(len(hours)):
        out, fen = practice[i], slopes[i]
        for k, j in enumerate(manner.tasks):
            done = 1.0 - np.exp(-hours[i, j] / manner.scale[k])
            out[manner.fields[k]] += manner.most[k] * done
        for f in manner.never_less:
            out[f] = max(out[f], 0.0)
        out[manner.cycle_value] = felt[i] * fen[manner.cure_days]
        saved = save - felt[i] * fen[manner.written_off]
        for b in range(len(manner.cash)):
            cured = fen[manner.cures[b]] + fen[manner.paid_first[b]] - fen[manner.rolls[b]]
            out[manner.cash_value + b] = cash + felt[i] * fen[manner.cash[b]]
            out[manner.cure_value + b] = cure + felt[i] * cured
            out[manner.save_value + b] = saved * manner.charge_off_risk[b]


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
