"""The same work by agents: one per account, one per collector, a step a day.

Parameters are the kernel's tables, turned into Python numbers once. What agents do is written once,
in `Account`, `Collector` and `House`; a framework's own classes are added below it, in
`peer_mesa` and `peer_agentpy`, so that each is timed on the same lines.
"""

import heapq
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from types import SimpleNamespace

import numpy as np

from sim.accounts import USUAL_CONTENT
from sim.lateness import age_column, bucket_of
from sim.portfolio import Portfolio
from sim.records import CLOSED, CURED, FRESH, HARMED, HISTORIES, LAST_MISS, NEVER, REST_DAYS
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH
from sim.world import WEEK

LATE = len(BUCKETS) - 1
age_column, bucket_of = age_column.py_func, bucket_of.py_func  # plain Python, not compiled


def plain(record: np.void) -> SimpleNamespace:
    """A record's fields as Python numbers and nested lists, which Python reads fastest."""
    return SimpleNamespace(**{name: record[name].tolist() for name in record.dtype.names})


class Account:
    """One borrower's account; what it does in a day is `step`. The framework adds `remove`."""

    model: "House"

    def begin(self, collector: "Collector", record: np.void) -> None:
        self.collector = collector
        for name in ("balance", "arrears", "instalment", "reach", "last_attempt", "promise_due",
                     "row", "promise", "tries", "misses", "content", "spell_from"):  # fmt: skip
            setattr(self, name, record[name].item())
        due_from = record["due_from"].item()
        self.due_from = None if due_from == NEVER else due_from
        self.priority = 0.0
        if self.due_from is not None:
            self.join_queue()

    def step(self) -> None:
        model = self.model
        if self.due_from is None:
            if model.draw() < model.rules.natural[self.row][0]:
                self.enter_or_leave()
            return
        day = model.day
        days = day - self.due_from
        row = self.row
        if (days > DAYS_PER_MONTH and (days - 1) % DAYS_PER_MONTH == 0) or days > model.last_day:
            self.cross_boundary(days)
        if self.promise_due == day:
            self.promise_due = -1
            if self.promise and self.due_from is not None:
                model.count["kept"] += 1
                self.pay(model.rules.promise_boost, self.promise == 2)
        if self.due_from is None:
            return
        if model.draw() < model.rules.natural[row][age_column(days)]:
            self.pay(0.0, False)

    def enter_or_leave(self) -> None:
        model = self.model
        entry = model.rules.entry[self.row]
        luck = model.draw()
        if luck >= entry:
            self.close()
            return
        if luck < self.collector.practice.prevention * entry:
            model.count["averted"] += 1
            return
        self.due_from = self.spell_from = model.day - 1
        self.arrears = min(self.instalment, self.balance)
        self.misses = self.tries = 0
        self.last_attempt = model.day - REST_DAYS
        model.count["entries"] += 1
        if self.row % HISTORIES != FRESH:
            model.count["relapses"] += 1
        self.join_queue()

    def cross_boundary(self, days: int) -> None:
        """The account is 31, 61, … days late today: it rolls, is charged off, or is sold."""
        if days > CHARGE_OFF_DAY + 1:
            if days > self.model.last_day:
                self.close()
        elif days == CHARGE_OFF_DAY + 1:
            self.model.count["charge-offs"] += 1
            self.arrears = self.balance
        else:
            self.arrears += min(self.instalment, self.balance - self.arrears)

    def pay(self, boost: float, discounted: bool) -> None:
        """Pay the arrears in full, or a part of them that may lift the bucket."""
        model, rules = self.model, self.model.rules
        days = model.day - self.due_from
        b = bucket_of(days)
        waived = int(rules.discount_share * self.arrears) if discounted and b < LATE else 0
        offered = self.balance * exp(
            rules.log_share[self.row][b] + boost
            + model.draw_normal(0.0, rules.log_spread[self.row]))  # fmt: skip
        cash = int(min(max(offered, 1.0), self.arrears - waived))
        full = cash >= self.arrears - waived
        if not full:
            waived = 0
        model.count["cash"] += cash
        before = -(-self.arrears // self.instalment)  # instalments unpaid, rounded up
        self.arrears -= cash + waived
        self.balance -= cash + waived
        if full:
            self.cure(b)
        elif b < LATE:
            after = -(-self.arrears // self.instalment)
            self.due_from += DAYS_PER_MONTH * min(before - after, (days - 1) // DAYS_PER_MONTH)

    def cure(self, bucket: int) -> None:
        if self.row % HISTORIES == FRESH:
            self.row += CURED
        self.leave_queue()
        if bucket == LATE or self.balance <= 0:
            self.close()

    def join_queue(self) -> None:
        self.collector.queue[self] = None
        self.prioritise()

    def leave_queue(self) -> None:
        self.due_from = None
        self.promise_due = -1
        self.collector.queue.pop(self, None)

    def close(self) -> None:
        self.leave_queue()
        self.row = CLOSED
        self.remove()

    def prioritise(self) -> None:
        """Set the felt value of one attempt."""
        p, days = self.collector.practice, self.model.day - self.due_from
        b = bucket_of(days)
        value = (p.cash_value[b] * self.arrears + p.cure_value[b]
                 + (p.cycle_value * (self.model.day - self.spell_from) if b < LATE else 0.0)
                 + p.save_value[b] * self.balance)  # fmt: skip
        self.priority = max(value, 0.0) * self.model.rules.estimate[b][self.misses]

    def score(self) -> float:
        """The felt value of working the account today."""
        return self.priority * min(self.model.day - self.last_attempt, REST_DAYS)

    def age_anew(self) -> None:
        """Re-age without payment, to hide a coming charge-off."""
        self.due_from = self.model.day - 1
        self.arrears = min(self.instalment, self.balance)
        self.promise_due = -1


class Collector:
    """A seat: ranks its overdue accounts each week and works the best of them each day."""

    model: "House"

    def begin(self, practice: np.void) -> None:
        self.practice = plain(practice)
        self.queue: dict[Account, None] = {}  # overdue accounts, in order of arrival

    def open_week(self) -> None:
        for account in self.queue:
            account.tries = 0
            account.prioritise()

    def work(self) -> None:
        model, p = self.model, self.practice
        limit = model.rules.weekly_limit + p.breach
        free = [a for a in self.queue
                if a.promise_due < model.day and a.tries < limit
                and a.last_attempt < model.day]  # fmt: skip
        wanted = int(p.attempts_per_day + model.draw())
        for account in heapq.nlargest(wanted, free, key=Account.score):
            self.attempt(account)
        if p.extended_per_day > 0.0:
            self.extend(int(p.extended_per_day + model.draw()))
        if p.parked_per_day > 0.0:
            self.park(int(p.parked_per_day + model.draw()))

    def attempt(self, x: Account) -> None:
        """Work one account: contact, promise, complaint, rating."""
        model = self.model
        x.last_attempt = model.day
        x.tries += 1
        model.count["attempts"] += 1
        if model.draw() >= x.reach * self.practice.record:
            x.misses = min(x.misses + 1, LAST_MISS)
            return
        x.misses = 0
        model.count["contacts"] += 1
        self.talk(x)

    def talk(self, x: Account) -> None:
        p, c, draw = self.practice, self.model.rules, self.model.draw
        b = bucket_of(self.model.day - x.due_from)
        chance = c.promise[x.row][b]
        odds = chance / (1.0 - chance) * p.persuasion * (0.5 + 0.01 * x.content)
        keep = c.keep[x.row] * (1.0 + p.rescue + (p.rescue_late if 4 <= b < LATE else 0.0))
        complaint = c.complaint * (1.0 + c.complaint_tries * max(x.tries - 2, 0))
        mood = 0.25 * (USUAL_CONTENT + p.courtesy - x.content)
        if draw() < p.pressure:
            odds *= c.pressure_promise
            keep += c.pressure_keep
            complaint *= 1.0 + c.complaint_pressure
            mood -= 15.0
            if draw() < c.pressure_harm:
                x.row += HARMED - x.row % HISTORIES
        discounted = draw() < p.discount
        if discounted:
            keep += c.discount_keep
        if draw() < odds / (1.0 + odds):
            self.model.count["promises"] += 1
            x.promise_due = self.model.day + 1 + int(draw() * c.promise_days)
            x.promise = (2 if discounted else 1) if draw() < keep else 0
        if draw() < complaint:
            self.model.count["complaints"] += 1
            mood -= 20.0
        elif draw() < c.survey:
            self.model.count["surveys"] += 1
            if 100.0 * draw() < x.content:
                self.model.count["happy"] += 1
        x.content = int(min(max(x.content + mood, 0.0), 100.0))

    def extend(self, wanted: int) -> None:
        """Re-age the accounts nearest to charge-off."""
        for floor in (150, 120, 90):
            for x in self.queue:
                if wanted <= 0:
                    return
                if floor < self.model.day - x.due_from <= CHARGE_OFF_DAY:
                    x.age_anew()
                    wanted -= 1

    def park(self, wanted: int) -> None:
        """Hand back the oldest accounts: nobody works them until the day given."""
        until = int(self.practice.parked_until)
        for floor in (120, 90, 60, 30):
            for x in self.queue:
                if wanted <= 0:
                    return
                late = self.model.day - x.due_from
                if floor < late <= CHARGE_OFF_DAY and x.last_attempt <= self.model.day:
                    x.last_attempt = until
                    wanted -= 1


class House(ABC):
    """All accounts and collectors; the framework makes its agents and steps them.

    `draw` and `draw_normal` give random numbers.
    """

    draw: Callable[[], float]
    draw_normal: Callable[[float, float], float]

    def begin(self, work: "Work") -> None:
        self.day, self.work = 0, work
        self.count: dict[str, int] = defaultdict(int)
        self.adopt(work.rules(0))
        portfolio, seats = work.portfolio, [self.collector(p) for p in work.practice]
        self.to_come: dict[int, list] = defaultdict(list)
        for seat, first, last in zip(seats, portfolio.firsts, portfolio.ends, strict=True):
            for record in portfolio.accounts[first:last]:
                self.to_come[max(record["arrival"].item(), 0)].append((seat, record))
        self.arrive()

    @abstractmethod
    def collector(self, practice: np.void) -> Collector:
        """A new collector of the framework's."""

    @abstractmethod
    def account(self, seat: Collector, record: np.void) -> Account:
        """A new account of the framework's."""

    def adopt(self, chances: np.void) -> None:
        self.rules = plain(chances)
        self.rules.natural = (chances["natural"] / 2.0**32).tolist()
        self.last_day = CHARGE_OFF_DAY + self.rules.sold_after

    def arrive(self) -> None:
        for seat, record in self.to_come.pop(self.day, ()):
            self.account(seat, record)

    @property
    def at_work(self) -> bool:
        return self.day % WEEK < self.work.working_days


@dataclass(frozen=True)
class Work:
    """What every peer is given: accounts, how seats work, and chances by day."""

    portfolio: Portfolio
    practice: np.ndarray
    rules: Callable[[int], np.void]
    working_days: int
    seed: int
