"""The same work in plain NumPy: accounts as columns, a pass over them each day, no compiled loop.

Parameters are the kernel's tables. Whatever happens to some accounts happens to their indices at
once; only the choice of the best accounts goes seat by seat.
"""

from collections import defaultdict

import numpy as np

from benchmarks.peer import Work
from sim.accounts import USUAL_CONTENT
from sim.records import AGES, CLOSED, CURED, FRESH, HARMED, HISTORIES, LAST_MISS, NEVER, REST_DAYS
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH
from sim.world import WEEK

LATE = len(BUCKETS) - 1
COLUMNS = ("balance", "arrears", "instalment", "reach")
SMALL = ("last_attempt", "promise_due", "row",
           "promise", "tries", "misses", "content", "spell_from", "due_from")  # fmt: skip


def age_column(days: np.ndarray) -> np.ndarray:
    """Column of the age tables, as in `sim.lateness`."""
    late = np.minimum(CHARGE_OFF_DAY + 1 + ((days - CHARGE_OFF_DAY - 1) >> 5), AGES - 1)
    return np.where(days <= CHARGE_OFF_DAY, np.maximum(days, 0), late)


def bucket_of(days: np.ndarray) -> np.ndarray:
    """0 for M1 … 5 for M6, 6 for charged off."""
    return np.minimum((days - 1) // DAYS_PER_MONTH, LATE)


class Columns:
    """All accounts as arrays, sorted by seat; `step` is a day. `x` holds the columns by name."""

    def __init__(self, given: Work):
        portfolio, practice = given.portfolio, given.practice
        accounts = portfolio.accounts
        self.x = {name: accounts[name].copy() for name in COLUMNS}
        self.x |= {name: accounts[name].astype(np.int32) for name in SMALL}
        self.priority = np.zeros(accounts.size)
        self.arrival = np.maximum(accounts["arrival"].astype(int), 0)
        self.seat = np.repeat(np.arange(len(practice)), portfolio.ends - portfolio.firsts)
        self.given, self.practice = given, practice
        self.chance = np.random.default_rng(given.seed)
        self.count: dict[str, int] = defaultdict(int)
        self.day = 0

    def step(self) -> None:
        x = self.x
        if self.day % WEEK == 0:
            self.rules = self.given.rules(self.day)
            self.natural = self.rules["natural"] / 2.0**32
            x["tries"][x["due_from"] != NEVER] = 0
            self.prioritise(self.here(x["due_from"] != NEVER))
        self.prioritise(np.flatnonzero((self.arrival == self.day) & (x["due_from"] != NEVER)))
        idle = self.here((x["due_from"] == NEVER) & (x["row"] != CLOSED))
        overdue = self.here(x["due_from"] != NEVER)
        self.enter_or_leave(idle)
        self.age(overdue)
        if self.day % WEEK < self.given.working_days:
            self.work()
        self.day += 1

    def here(self, mask: np.ndarray) -> np.ndarray:
        return np.flatnonzero(mask & (self.arrival <= self.day))

    def happens(self, share: np.ndarray | float, size: int) -> np.ndarray:
        return self.chance.random(size) < share

    # ---- what accounts do ----

    def enter_or_leave(self, i: np.ndarray) -> None:
        """Performing accounts that become overdue, or whose watch ends."""
        x = self.x
        i = i[self.happens(self.natural[x["row"][i], 0], i.size)]
        entry, luck = self.rules["entry"][x["row"][i]], self.chance.random(i.size)
        self.close(i[luck >= entry])
        averted = luck < self.practice["prevention"][self.seat[i]] * entry
        i = i[(luck < entry) & ~averted]
        x["due_from"][i] = x["spell_from"][i] = self.day - 1
        x["arrears"][i] = np.minimum(x["instalment"][i], x["balance"][i])
        x["misses"][i] = x["tries"][i] = 0
        x["last_attempt"][i] = self.day - REST_DAYS
        self.count["entries"] += i.size
        self.prioritise(i)

    def age(self, i: np.ndarray) -> None:
        """Overdue accounts cross boundaries, keep promises, pay by themselves."""
        x = self.x
        days, row = self.day - x["due_from"][i], x["row"][i]
        last_day = CHARGE_OFF_DAY + self.rules["sold_after"]
        crossing = (days > DAYS_PER_MONTH) & ((days - 1) % DAYS_PER_MONTH == 0)
        self.cross(i[crossing & (days <= last_day)], days[crossing & (days <= last_day)])
        self.close(i[days > last_day])
        due = i[x["promise_due"][i] == self.day]
        x["promise_due"][due] = -1
        kept = due[(x["promise"][due] > 0) & (x["due_from"][due] != NEVER)]
        self.pay(kept, self.rules["promise_boost"], x["promise"][kept] == 2)
        pays = self.happens(self.natural[row, age_column(days)], i.size)
        pays &= x["due_from"][i] != NEVER
        self.pay(i[pays], 0.0, np.zeros(pays.sum(), bool))

    def cross(self, i: np.ndarray, days: np.ndarray) -> None:
        """Accounts that are 31, 61, … days late today: they roll, or are charged off."""
        x = self.x
        off, rolls = i[days == CHARGE_OFF_DAY + 1], i[days <= CHARGE_OFF_DAY]
        self.count["charge-offs"] += off.size
        x["arrears"][off] = x["balance"][off]
        left = x["balance"][rolls] - x["arrears"][rolls]
        x["arrears"][rolls] += np.minimum(x["instalment"][rolls], left)

    def pay(self, i: np.ndarray, boost: float, discounted: np.ndarray) -> None:
        """Pay the arrears in full, or a part of them that may lift the bucket."""
        x, c = self.x, self.rules
        days, row, arrears = self.day - x["due_from"][i], x["row"][i], x["arrears"][i]
        b = bucket_of(days)
        waived = np.where(discounted & (b < LATE), c["discount_share"] * arrears, 0.0).astype(int)
        spread = c["log_spread"][row] * self.chance.standard_normal(i.size)
        offered = x["balance"][i] * np.exp(c["log_share"][row, b] + boost + spread)
        cash = np.minimum(np.maximum(offered, 1.0), arrears - waived).astype(int)
        full = cash >= arrears - waived
        paid = cash + np.where(full, waived, 0)
        self.count["cash"] += cash.sum()
        instalment = x["instalment"][i]
        lifted = -(-arrears // instalment) + (paid - arrears) // instalment
        x["arrears"][i] -= paid
        x["balance"][i] -= paid
        partly = ~full & (b < LATE)
        days_lifted = DAYS_PER_MONTH * np.minimum(lifted, (days - 1) // DAYS_PER_MONTH)
        x["due_from"][i] += np.where(partly, days_lifted, 0)
        self.cure(i[full], b[full])

    def cure(self, i: np.ndarray, b: np.ndarray) -> None:
        x = self.x
        x["row"][i] += np.where(x["row"][i] % HISTORIES == FRESH, CURED, 0)
        self.leave_queue(i)
        self.close(i[(b == LATE) | (x["balance"][i] <= 0)])

    def leave_queue(self, i: np.ndarray) -> None:
        self.x["due_from"][i] = NEVER
        self.x["promise_due"][i] = -1

    def close(self, i: np.ndarray) -> None:
        self.leave_queue(i)
        self.x["row"][i] = CLOSED

    def prioritise(self, i: np.ndarray) -> None:
        """Set the felt value of one attempt."""
        x, p, seat = self.x, self.practice, self.seat[i]
        b = bucket_of(self.day - x["due_from"][i])
        value = p["cash_value"][seat, b] * x["arrears"][i] + p["cure_value"][seat, b]
        in_spell = p["cycle_value"][seat] * (self.day - x["spell_from"][i])
        value += np.where(b < LATE, in_spell, 0.0) + p["save_value"][seat, b] * x["balance"][i]
        estimate = self.rules["estimate"][b, x["misses"][i]]
        self.priority[i] = np.maximum(value, 0.0) * estimate

    # ---- what seats do ----

    def work(self) -> None:
        """Each seat's best accounts are worked, then some are set aside."""
        x, day = self.x, self.day
        i = self.here(x["due_from"] != NEVER)
        limit = (self.rules["weekly_limit"] + self.practice["breach"])[self.seat[i]]
        free = (x["promise_due"][i] < day) & (x["tries"][i] < limit) & (x["last_attempt"][i] < day)
        i = i[free]
        score = self.priority[i] * np.minimum(day - x["last_attempt"][i], REST_DAYS)
        self.attempt(i[self.best(score, self.seat[i], self.whole("attempts_per_day"))])
        extended = self.oldest(self.whole("extended_per_day"), last=5, floor=90)
        x["due_from"][extended] = day - 1
        x["arrears"][extended] = np.minimum(x["instalment"][extended], x["balance"][extended])
        x["promise_due"][extended] = -1
        parked = self.oldest(self.whole("parked_per_day"), last=4, floor=30)
        x["last_attempt"][parked] = self.practice["parked_until"][self.seat[parked]].astype(int)

    def whole(self, rate: str) -> np.ndarray:
        """A day's number of acts of each seat, at random above or below its rate."""
        rates = self.practice[rate]
        return np.where(rates > 0.0, rates + self.chance.random(rates.size), 0.0).astype(int)

    def best(self, score: np.ndarray, seat: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Places of so many of each seat's highest scores; `seat` is sorted."""
        ends = np.searchsorted(seat, np.arange(wanted.size + 1))
        chosen = []
        for first, last, many in zip(ends[:-1], ends[1:], wanted, strict=True):
            mine = np.arange(first, last)
            if mine.size > many:
                mine = first + np.argpartition(-score[first:last], many)[:many]
            chosen.append(mine)
        return np.concatenate(chosen)

    def oldest(self, wanted: np.ndarray, last: int, floor: int) -> np.ndarray:
        """So many of each seat's accounts, by months late up to `last`, that can be set aside."""
        x = self.x
        i = self.here(wanted[self.seat] > 0)
        days = self.day - x["due_from"][i]
        can = (days > floor) & (days <= CHARGE_OFF_DAY)
        if floor == 30:  # handed back already
            can &= x["last_attempt"][i] <= self.day
        i, months = i[can], np.minimum((days[can] - 1) // DAYS_PER_MONTH, last)
        i = i[np.lexsort((-months, self.seat[i]))]
        seat = self.seat[i]
        rank = np.arange(i.size) - np.searchsorted(seat, seat)
        return i[rank < wanted[seat]]

    def attempt(self, i: np.ndarray) -> None:
        """Work the accounts of the day: contact, promise, complaint, rating."""
        x = self.x
        x["last_attempt"][i] = self.day
        x["tries"][i] += 1
        met = self.happens(x["reach"][i] * self.practice["record"][self.seat[i]], i.size)
        x["misses"][i] = np.where(met, 0, np.minimum(x["misses"][i] + 1, LAST_MISS))
        self.count["contacts"] += met.sum()
        self.talk(i[met])

    def talk(self, i: np.ndarray) -> None:
        x, c, n = self.x, self.rules, i.size
        p = self.practice[self.seat[i]]
        b, row, content = bucket_of(self.day - x["due_from"][i]), x["row"][i], x["content"][i]
        chance = c["promise"][row, b]
        odds = chance / (1.0 - chance) * p["persuasion"] * (0.5 + 0.01 * content)
        late = np.where((b >= 4) & (b < LATE), p["rescue_late"], 0.0)
        keep = c["keep"][row] * (1.0 + p["rescue"] + late)
        complaint = c["complaint"] * (1.0 + c["complaint_tries"] * np.maximum(x["tries"][i] - 2, 0))
        mood = 0.25 * (USUAL_CONTENT + p["courtesy"] - content)
        pressed = self.happens(p["pressure"], n)
        odds *= np.where(pressed, c["pressure_promise"], 1.0)
        keep += np.where(pressed, c["pressure_keep"], 0.0)
        complaint *= np.where(pressed, 1.0 + c["complaint_pressure"], 1.0)
        mood -= np.where(pressed, 15.0, 0.0)
        harmed = i[pressed & self.happens(c["pressure_harm"], n)]
        x["row"][harmed] += HARMED - x["row"][harmed] % HISTORIES
        discounted = self.happens(p["discount"], n)
        keep += np.where(discounted, c["discount_keep"], 0.0)
        promised = self.happens(odds / (1.0 + odds), n)
        kept = np.where(self.happens(keep, n), np.where(discounted, 2, 1), 0)
        due = self.day + 1 + (self.chance.random(n) * c["promise_days"]).astype(int)
        x["promise_due"][i] = np.where(promised, due, x["promise_due"][i])
        x["promise"][i] = np.where(promised, kept, x["promise"][i])
        self.count["promises"] += promised.sum()
        self.rate(i, complaint, mood)

    def rate(self, i: np.ndarray, complaint: np.ndarray, mood: np.ndarray) -> None:
        x, n, content = self.x, i.size, self.x["content"][i]
        complains = self.happens(complaint, n)
        rated = ~complains & self.happens(self.rules["survey"], n)
        self.count["complaints"] += complains.sum()
        self.count["happy"] += (rated & self.happens(0.01 * content, n)).sum()
        mood -= np.where(complains, 20.0, 0.0)
        x["content"][i] = np.clip(content + mood, 0.0, 100.0).astype(int)
