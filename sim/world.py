"""The world: a Mesa model that steps by week, with collectors as agents and accounts as columns."""

from concurrent.futures import ThreadPoolExecutor

import mesa
import numpy as np

from sim import ledger as books
from sim.accounts import advance
from sim.activity import COLUMN, NAMES, OPENING, TOTALS, Activity
from sim.chance import Luck
from sim.choice import best_hours, felt_columns, marginal_pay
from sim.collector import BUSY, NORM, Collector, hire, people
from sim.indicators import TASKS
from sim.ledger import Ledger
from sim.market import chances, estimates
from sim.platform import SERVICES, recorded
from sim.portfolio import draw, load
from sim.scenario import Scenario
from sim.team import Team
from sim.units import BUCKETS, to_fen
from sim.work import (
    PRODUCED,
    ROOM,
    gaming_cost,
    hour_values,
    house_figures,
    possible,
    practices,
    produce,
)

WEEK = 7
PACE_WEIGHT = 0.25  # weight of the last days in a collector's sense of pace
MISSES_FADE = 0.85  # what a failed contact takes from the expected success of the next


class World(mesa.Model):
    """One replication of a scenario. `step` is a week; `running` turns False at the horizon."""

    def __init__(self, scenario: Scenario, replication: int = 0, threads: int = 1):
        super().__init__(rng=scenario.run.seed)
        self.scenario, self.threads = scenario, threads
        self.luck = Luck(scenario.run.seed, replication)
        self.horizon = scenario.run.periods * scenario.run.period_days
        self.portfolio = self._portfolio()
        self.scheme = scenario.scheme
        self.day = self.period = 0
        acceptance = scenario.acceptance
        self.people = people(scenario.workforce, acceptance, self.portfolio.seats, self.luck)
        self.seats = len(self.portfolio.seats)
        self._prepare()
        self.teams = [Team(self, t) for t in np.unique(self.people.team)]
        self.collectors = {s: Collector(self, s) for s in range(self.seats)}

    def _portfolio(self):
        s = self.scenario
        if s.portfolio.file:
            return load(s.portfolio.file, s.borrowers, s.market, s.portfolio, self.luck)
        return draw(s.portfolio, s.borrowers, s.market, s.workforce.seats, self.horizon, self.luck)

    def _prepare(self) -> None:
        s, n = self.scenario, self.seats
        self.chances = chances(s.borrowers, s.market, s.conduct.attempts_per_week, 0)
        house = house_figures(self.portfolio, self.chances, s.workforce)
        self.estimate = estimates(MISSES_FADE, house["success"])
        self.worth = house["worth"]
        self.people.own_cash[:] = house["own_cash"]
        self.people.own_cures[:] = house["own_cures"]
        self.seat_streams = self.luck.streams("seat", self.people.key)
        self.cuts = np.ones(n, np.int64)
        self.true = np.zeros((n, len(NAMES)), np.int64)
        self.fake = np.zeros((n, len(NAMES)))
        self.hours_spent = np.zeros((n, len(TASKS)))
        self.felt = felt_columns(self.scheme, PRODUCED)
        reads = self.scheme.reads | set(self.felt)
        demands = {service.due for service in SERVICES}
        parts = {p for t in reads & TOTALS.keys() for p in TOTALS[t]}
        self.watched = sorted((reads | demands | parts) - TOTALS.keys())
        self.pace = self.spread = None  # recorded events a working day: mean and variance
        self.usual: dict[str, np.ndarray] = {}
        self.slopes: dict[str, np.ndarray] = {}
        self.ledger = Ledger()
        placed = self.portfolio.receivable_fen(-1)
        self.ledger.post(0, "portfolio on day 0", books.RECEIVABLE, books.ORIGINATED, placed)
        self.paid = 0
        self.periods: list[dict] = []
        self.efforts: list[dict] = []
        self.account_days = 0

    # -- the driving loop ---------------------------------------------------------------------

    def step(self) -> None:
        """One calendar week, cut where a pay period ends."""
        period_days = self.scenario.run.period_days
        until = min(self.day - self.day % WEEK + WEEK, self.horizon)
        while self.day < until:
            end = min(until, (self.period + 1) * period_days)
            self.choose()
            self.work(end - self.day)
            self.day = end
            if self.day == (self.period + 1) * period_days:
                self.close_period()
        self.running = self.day < self.horizon

    # -- choice -------------------------------------------------------------------------------

    def choose(self) -> None:
        """Collectors set hours and ranking for the days up to the next choice."""
        s = self.scenario
        responsive = s.response.mode != "replay" and self.pace is not None
        self.slopes = self._slopes() if responsive else {}
        felt = np.zeros(self.seats)
        if responsive:
            felt = s.response.sensitivity * self.people.acceptance
            self._choose_hours(felt)
        self.practice = practices(self.people, s.workforce, self.day, self.slopes, felt)

    def working_days(self, first: int, last: int) -> int:
        """Working days in first..last-1."""
        return int((np.arange(first, last) % WEEK < self.scenario.workforce.working_days).sum())

    def _slopes(self) -> dict[str, np.ndarray]:
        """Marginal pay by column at this period's forecast."""
        s = self.scenario
        left = self.working_days(self.day, (self.period + 1) * s.run.period_days)
        mean, sd = {}, {}
        for i, name in enumerate(self.watched):
            column = COLUMN[name]
            mean[name] = self.true[:, column] + self.fake[:, column] + self.pace[:, i] * left
            sd[name] = self._doubt(self.spread[:, i] * left, self.pace[:, i] * left, name)
        for total, parts in TOTALS.items():
            if all(p in mean for p in parts):
                mean[total] = sum(mean[p] for p in parts)
                variance = sum(sd[p] ** 2 for p in parts)
                sd[total] = np.sqrt(variance)
        return marginal_pay(self.scheme, mean, sd, self.felt, s.response.node_count)

    def _doubt(self, variance, expected, name):
        """Sd of what is still to come: luck, doubt about one's own pace, and at least one case."""
        case = self.worth["due"] if name.startswith("cash") else self.worth.get(name, 1.0)
        least = 0.5 * case
        return np.sqrt(variance + (self.scenario.response.doubt * expected) ** 2 + least**2)

    def _choose_hours(self, felt) -> None:
        s = self.scenario
        gone = (self.day - self.period * s.run.period_days) / s.run.period_days
        for name, slope_now in self.slopes.items():
            before = self.usual.get(name, slope_now)
            self.usual[name] = before + PACE_WEIGHT / 2 * (slope_now - before)
        demand = {
            name: self.pace[:, i] * s.workforce.working_days for i, name in enumerate(self.watched)
        }
        value = s.response.noticed(
            felt[:, None]
            * hour_values(
                self.slopes, self.usual, self.people, demand, self.worth, s.platform, gone
            )
        )
        value -= gaming_cost(self.people, s.workforce, s.platform)
        best = best_hours(value, NORM, ROOM, BUSY, s.response)
        if s.response.mode == "rational":
            self.people.hours = possible(best, s.response.most_hours)
            return
        entity = (self.people.key[:, None] + np.arange(len(TASKS), dtype=np.uint64)).ravel()
        uniform = self.luck.uniform("slip", entity, self.day).reshape(best.shape)
        slip = (uniform - 0.5) * 12.0**0.5
        step = s.response.adjustment * (best - self.people.hours)
        slipped = (self.people.hours + step) * np.exp(s.response.tremble * slip)
        self.people.hours = possible(slipped, s.response.most_hours)

    # -- work ---------------------------------------------------------------------------------

    def work(self, days: int) -> None:
        """Carry accounts and tasks through the next days."""
        s = self.scenario
        opens = self.day == self.period * s.run.period_days
        working = np.arange(self.day, self.day + days) % WEEK < s.workforce.working_days
        self.chances = chances(s.borrowers, s.market, s.conduct.attempts_per_week, self.day)
        self.chances["estimate"] = self.estimate
        before = self.true.copy()
        self._advance(working, opens)
        self.account_days += days * int((self.portfolio.live - self.portfolio.firsts).sum())
        fresh = self.true - before
        share = working.sum() / s.workforce.working_days
        hours = self.people.hours * self.people.present(self.day)[:, None] * share
        faked = self.fake.copy()
        produce(
            self.true,
            self.fake,
            fresh,
            hours,
            self.people,
            self.worth,
            s.platform,
            s.borrowers.inquiries * days / WEEK,
            self.luck,
            self.day,
        )
        self.hours_spent += hours
        self.efforts.append(
            {
                "day": self.day,
                "days": days,
                "working_days": int(working.sum()),
                "period": self.period,
                "hours": hours.sum(axis=0) / max(self.people.present(self.day).sum(), 1),
            }
        )
        self._learn(fresh + (self.fake - faked), fresh, hours, int(working.sum()))

    def _advance(self, working, opens) -> None:
        p = self.portfolio
        edges = np.linspace(0, self.seats, self.threads + 1).astype(int)

        def carry(first, last):
            advance(
                p.accounts,
                p.firsts,
                p.live,
                p.ends,
                self.seat_streams,
                self.practice,
                self.chances,
                first,
                last,
                self.day,
                working,
                opens,
                self.true,
                self.cuts,
            )

        if self.threads == 1:
            carry(0, self.seats)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(carry, edges[:-1], edges[1:]))

    def _learn(self, record, fresh, hours, working_days) -> None:
        """Collectors update their sense of pace and of what an hour of contact brings."""
        if working_days == 0:
            return
        flow = record.copy()
        for name, opening in OPENING.items():
            flow[:, COLUMN[name]] -= record[:, COLUMN[opening]]
        now = flow[:, [COLUMN[name] for name in self.watched]] / working_days
        if self.pace is None:
            house = now.mean(axis=0)
            self.pace = 0.5 * (now + house)
            self.spread = np.broadcast_to(
                now.var(axis=0) * working_days + house**2 / 16, now.shape
            ).copy()
        else:
            error = now - self.pace
            self.pace = self.pace + PACE_WEIGHT * error
            self.spread += PACE_WEIGHT / 2 * (error**2 * working_days - self.spread)
        contact = hours[:, :1]
        weight = self.scenario.response.learning * (contact > 0)
        for belief, name in (
            (self.people.own_cash, "own_cash"),
            (self.people.own_cures, "own_cures"),
        ):
            first = COLUMN[f"{name}_m1"]
            seen = fresh[:, first : first + len(BUCKETS)] / np.maximum(contact, 1e-9)
            belief += weight * (seen - belief)

    # -- period end ---------------------------------------------------------------------------

    def close_period(self) -> None:
        """Record, pay, post; people learn, leave and are replaced."""
        s = self.scenario
        present = self.people.present(self.day - 1)
        record = recorded(self.true, self.fake, s.platform, self.luck, self.people.key, self.period)
        paid = {
            name: fen * present for name, fen in self.scheme.settle(Activity.of(record)).items()
        }
        wage = np.rint(to_fen(self.scheme.wage_yuan) * self._presence()).astype(np.int64)
        self._post(paid, wage)
        total = wage + sum(paid.values(), start=np.zeros(self.seats, np.int64))
        leaving = self._leavers(total, present)
        self.periods.append(
            {
                "period": self.period,
                "true": self.true,
                "record": record,
                "fake": self.fake,
                "wage": wage,
                "paid": paid,
                "hours": self.hours_spent,
                "leaving": leaving,
                "present": present,
                "tenure": self.day - self.people.hired,
                "acceptance": self.people.acceptance.copy(),
            }
        )
        self._replace(leaving)
        self.true = np.zeros_like(self.true)
        self.fake = np.zeros_like(self.fake)
        self.hours_spent = np.zeros_like(self.hours_spent)
        self.period += 1

    def _presence(self) -> np.ndarray:
        """Share of the period in which each seat had its collector."""
        days = self.scenario.run.period_days
        first = self.period * days
        return np.clip((first + days - np.maximum(self.people.vacant_until, first)) / days, 0, 1)

    def _post(self, paid, wage) -> None:
        t, k, post = self.true.sum(axis=0), self.period, self.ledger.post
        overdue_cash = sum(int(t[COLUMN[f"cash_{b.lower()}"]]) for b in BUCKETS[:-1])
        post(k, "accounts that joined", books.RECEIVABLE, books.ORIGINATED, t[COLUMN["joined"]])
        post(
            k,
            "cured accounts back to the book",
            books.RETURNED,
            books.RECEIVABLE,
            t[COLUMN["released"]],
        )
        post(k, "cash from overdue accounts", books.CASH, books.RECEIVABLE, overdue_cash)
        post(k, "discounts", books.DISCOUNTS, books.RECEIVABLE, t[COLUMN["discount"]])
        post(k, "charge-offs", books.BAD_DEBT, books.RECEIVABLE, t[COLUMN["written_off"]])
        post(k, "recoveries", books.CASH, books.RECOVERED, t[COLUMN["cash_m7"]])
        post(k, "wages", books.PAY_EXPENSE, books.CASH, wage.sum())
        for name, fen in paid.items():
            post(k, name, books.PAY_EXPENSE, books.CASH, fen.sum())
        audit = self.scenario.audit_yuan(self.seats)
        post(k, "audit", books.PLATFORM_EXPENSE, books.CASH, to_fen(audit))
        self.paid += int(wage.sum()) + sum(int(fen.sum()) for fen in paid.values())
        self.ledger.close(k, self.portfolio.receivable_fen(self.day - 1), self.paid)

    def _leavers(self, total, present) -> np.ndarray:
        """Who leaves: by choice against the pay elsewhere, or dismissed for proven gaming."""
        s, w = self.scenario, self.scenario.workforce
        hazard = np.full(self.seats, w.quits_per_year * s.run.period_days / 365.0)
        hazard *= np.where(self.day - self.people.hired < 90, w.newcomer_quits, 1.0)
        if s.response.mode != "replay":
            pay = np.maximum(total / 100.0, 1.0) * 30.0 / s.run.period_days
            hazard *= (w.outside_yuan / pay) ** w.quit_elasticity
        quits = self.luck.uniform("leave", self.people.entity(), self.period) < -np.expm1(-hazard)
        dismissed = self.true[:, COLUMN["caught"]] >= s.platform.dismissed_after
        return present & (quits | dismissed)

    def _replace(self, leaving) -> None:
        w, people = self.scenario.workforce, self.people
        people.generation[leaving] += 1
        people.vacant_until[leaving] = self.day + w.vacancy_days
        people.hired[leaving] = self.day + w.vacancy_days
        hire(people, leaving, w, self.scenario.acceptance, self.luck)
        self.ledger.post(
            self.period,
            "replacing leavers",
            books.STAFF_EXPENSE,
            books.CASH,
            to_fen(w.leaver_cost_yuan) * int(leaving.sum()),
        )
        for seat in np.flatnonzero(leaving):
            self.collectors.pop(int(seat)).remove()
            self.collectors[int(seat)] = Collector(self, int(seat))
