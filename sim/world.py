"""The world: a Mesa model that steps by week, with collectors as agents and accounts as columns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import mesa
import numpy as np

from sim.accounts import advance
from sim.activity import COLUMN, OPENING, TOTALS, Activity
from sim.belief import PRODUCED, Outlook, Prospect, gaming_cost, hour_values, peer_pressure
from sim.books import open_books, post_accounts, post_costs, post_pay
from sim.chance import Luck
from sim.choice import best_hours, felt_columns, marginal_pay, marginal_pay_of_a_mate
from sim.collector import BUSY, NORM, Appeal, Collector, hire, people
from sim.errors import PostloanError
from sim.forecast import PACE_WEIGHT, Forecast, Yield
from sim.foresight import Foresight
from sim.indicators import TASKS
from sim.ledger import Ledger
from sim.market import chances, estimates
from sim.morale import settle_in
from sim.payday import (
    Slips,
    appeal,
    collection_rates,
    dismissed,
    ease_of,
    leavers,
    owed,
    part_pay,
    settle,
    wages,
    worth_of_pay,
)
from sim.payday import facts as seat_facts
from sim.platform import SERVICES, recorded
from sim.portfolio import Portfolio, draw, load
from sim.scenario import Scenario
from sim.script import Script
from sim.team import Team
from sim.timeline import Timeline
from sim.units import BUCKETS, DAYS_PER_MONTH, to_fen
from sim.work import (
    CONTACT,
    ROOM,
    Counts,
    house_figures,
    possible,
    practices,
    produce,
)

WEEK = 7
ALARM_FADES = 0.5  # of the alarm after a dismissal, what is left a period later
MISSES_FADE = 0.85  # what a failed contact takes from the expected success of the next


class World(mesa.Model):
    """One replication of a scenario. `step` is a week; `running` turns False at the horizon.

    With a `script` people do not choose but act by it; `record` keeps what they do as one. A
    `portfolio` that was drawn before is worked in place.
    """

    def __init__(
        self,
        scenario: Scenario,
        replication: int = 0,
        threads: int = 1,
        *,
        portfolio: Portfolio | None = None,
        script: Script | None = None,
        record: bool = False,
    ):
        super().__init__(rng=scenario.run.seed)
        self.scenario, self.threads = scenario, threads
        self.script, self.record = script, Script() if record else None
        self.choices = 0
        self.luck = Luck(scenario.run.seed, replication)
        self.horizon = scenario.run.periods * scenario.run.period_days
        self.portfolio = portfolio or placed(scenario, self.luck)
        self.timeline = Timeline(scenario.scheme, scenario.change)
        self.day = self.period = 0
        first = scenario.support.first(scenario.scheme, scenario.platform)
        self.people = people(scenario.workforce, first, self.portfolio.seats, self.luck)
        self.seats = len(self.portfolio.seats)
        self._prepare()
        self.teams = [Team(self, t) for t in np.unique(self.people.team)]
        self.collectors = {s: Collector(self, s) for s in range(self.seats)}

    def _prepare(self) -> None:
        s, n = self.scenario, self.seats
        self.weather = s.market.weather(0)
        self.chances = self._chances()
        house = house_figures(self.portfolio, self.chances, s.workforce)
        self.estimate = estimates(MISSES_FADE, house["success"])
        self.worth = house["worth"]
        self.luck_key = self.people.key  # address of a seat's luck at work
        self.seat_streams = self.luck.streams("seat", self.luck_key)
        self.cuts = np.ones(n, np.int64)
        self.counts = Counts.none(n)
        self.hours_spent = np.zeros((n, len(TASKS)))
        self.felt = [felt_columns(scheme, PRODUCED) for scheme in self.timeline.schemes]
        watched = self._watched()
        self.forecast = Forecast(watched, s.response.doubt, self.worth)
        self.earns = Yield(
            np.tile(house["own_cash"], (n, 1)), np.tile(house["own_cures"], (n, 1)), watched
        )
        self.memories = [scheme.start(n) for scheme in self.timeline.schemes]
        self.number = np.zeros(n, np.int64)  # of each seat's scheme in the timeline
        self.usual: dict[str, np.ndarray] = {}
        self.slopes: dict[str, np.ndarray] = {}
        self.ledger = Ledger()
        open_books(self.ledger, self.portfolio.receivable_fen(-1))
        self.paid_fen = self.owed_fen = 0
        self.arrears, self.rates = np.zeros((n, len(BUCKETS))), house["success"]
        self.ease = ease_of(self.arrears, self.rates)
        self.opening_arrears = self.portfolio.arrears_by_bucket(0)
        self.periods: list[dict] = []
        self.efforts: list[dict] = []
        self.account_days = 0

    def _watched(self) -> list[str]:
        """Columns that collectors keep an eye on: what pay reads, and the demand for service."""
        reads = frozenset().union(*(scheme.reads for scheme in self.timeline.schemes))
        reads |= {name for felt in self.felt for name in felt}
        parts = {p for t in reads & TOTALS.keys() for p in TOTALS[t]}
        demands = {c for service in SERVICES for c in (service.due, service.good)}
        return sorted((reads | demands | parts) - TOTALS.keys())

    # -- the driving loop ---------------------------------------------------------------------

    def step(self) -> None:
        """One calendar week, cut where a pay period ends."""
        period_days = self.scenario.run.period_days
        until = min(self.day - self.day % WEEK + WEEK, self.horizon)
        while self.day < until:
            end = min(until, (self.period + 1) * period_days)
            if self.day == self.period * period_days:
                self.open_period()
            self.choose()
            self.work(end - self.day)
            self.day = end
            if self.day == (self.period + 1) * period_days:
                self.close_period()
        self.running = self.day < self.horizon

    def open_period(self) -> None:
        """New schemes come into force; where they do, people take them as a shock."""
        s, people = self.scenario, self.people
        number = self.timeline.of_seats(self.period, people.hired, s.run.period_days)
        changed = ~self.timeline.same(number, self.number) & people.present(self.day)
        people.acceptance = np.where(
            changed, np.maximum(people.acceptance - s.support.shock(), 0.0), people.acceptance
        )
        if changed.any():
            self.usual = {}
        self.number = number
        if self.eased:
            self.arrears = self.portfolio.arrears_by_bucket(self.day)
            self.ease = ease_of(self.arrears, self.rates)

    @property
    def eased(self) -> bool:
        """Whether any scheme looks at how hard a queue is."""
        return any(scheme.facts for scheme in self.timeline.schemes)

    @property
    def responsive(self) -> bool:
        return self.scenario.response.mode != "replay"

    # -- choice -------------------------------------------------------------------------------

    def choose(self) -> None:
        """Collectors set hours and ranking for the days up to the next choice."""
        s = self.scenario
        felt = np.zeros(self.seats)
        self.slopes = {}
        if self.script:
            felt = self._follow(self.script)
        elif self.responsive and self.forecast.ready:
            self.slopes = self._by_scheme(self._slopes)
            felt = s.response.sensitivity * self.people.acceptance
            self._choose_hours(felt)
        if self.record:
            self.record.hours.append(self.people.hours.copy())
            self.record.slopes.append(self.slopes)
            self.record.felt.append(felt)
        self.choices += 1
        end = (self.period + 1) * s.run.period_days
        self.practice = practices(self.people, s.workforce, self.day, end, self.slopes, felt)

    def _follow(self, script: Script) -> np.ndarray:
        """Take hours and marginal pay from the script; the weight on it."""
        self.people.hours = script.hours[self.choices].copy()
        self.slopes = script.slopes[self.choices]
        return script.felt[self.choices]

    def working_days(self, first: int, last: int) -> int:
        """Working days in first..last-1."""
        return int((np.arange(first, last) % WEEK < self.scenario.workforce.working_days).sum())

    def _by_scheme(self, slopes) -> dict[str, np.ndarray]:
        """Each seat's slopes under its own scheme."""
        numbers = np.unique(self.number)
        if numbers.size == 1:
            return slopes(int(numbers[0]))
        out: dict[str, np.ndarray] = {}
        for number in numbers:
            mine = self.number == number
            for name, values in slopes(int(number)).items():
                out[name] = np.where(mine, values, out.get(name, 0.0))
        return out

    def _expected(self, number: int) -> tuple[dict, dict]:
        """Mean and sd of this period's columns, with what one of the schemes remembers."""
        left = self.working_days(self.day, (self.period + 1) * self.scenario.run.period_days)
        so_far = self.counts.true + self.counts.fake
        if self.day == self.period * self.scenario.run.period_days:
            so_far = so_far + self._opening()
        mean, sd = self.forecast.period(so_far, left)
        return mean | self.facts() | self.memories[number], sd

    def _opening(self) -> np.ndarray:
        """Stocks at the period's start (seat, column); until they are counted, the last ones."""
        opens = self.day == self.period * self.scenario.run.period_days and self.periods
        seen = self.periods[-1]["true"] if opens else self.counts.true
        out = np.zeros_like(seen)
        for stock, part in OPENING.items():
            out[:, COLUMN[stock]] = seen[:, COLUMN[part]]
        return out

    def _slopes(self, number: int) -> dict[str, np.ndarray]:
        """Marginal pay by column at this period's forecast, under one of the schemes."""
        s, scheme = self.scenario, self.timeline.schemes[number]
        mean, sd = self._expected(number)
        return marginal_pay(
            scheme, mean, sd, self.felt[number], s.response.node_count, self.people.risk,
            self._foresight(number),
        )  # fmt: skip

    def _slopes_of_mates(self) -> dict[str, np.ndarray]:
        """What an event adds to the pay of all mates who see one's work, by column."""
        s, here = self.scenario, self.people.present(self.day).astype(float)
        if s.response.regard == 0.0:
            return {}

        def slopes(number: int):
            scheme, forecast = self.timeline.schemes[number], self._expected(number)
            return marginal_pay_of_a_mate(
                scheme, *forecast, self.felt[number], s.response.node_count
            )

        team = self.people.team
        watching = np.minimum(np.bincount(team, here)[team] - here, s.response.in_sight)
        return {name: watching * each for name, each in self._by_scheme(slopes).items()}

    def _usual_period(self) -> tuple[dict, dict]:
        """Mean and sd of a whole period as usual."""
        days = self.working_days(0, self.scenario.run.period_days)
        return self.forecast.period(self._opening(), days)

    def _foresight(self, number: int) -> Foresight | None:
        """What lies ahead of people under a scheme; nothing if no scheme to come remembers."""
        s, t = self.scenario, self.timeline
        most = [t.schemes[k] for k in range(number, t.known(self.period) + 1)]
        start_of_next = [c.period - self.period for c in t.changes if c.period > self.period]
        lasts = max(scheme.lasts for scheme in most)
        if lasts == 0 or s.response.foresight == 0:
            return None
        wait = max([0, *(w for w in start_of_next if len(most) > 1)])
        periods = min(lasts + wait, s.response.foresight)
        numbers = t.ahead(number, self.period, periods)
        leaving = np.full(self.seats, s.workforce.quits_per_year)
        return Foresight(
            schemes=[t.schemes[n] for n in numbers],
            usual=self._usual_period()[0],
            weights=s.response.later(periods, s.run.period_days, leaving),
            parting=s.response.parting(periods, s.run.period_days, leaving),
            period_days=s.run.period_days,
            waiting={id(t.schemes[n]): self.memories[n] for n in set(numbers) - {number}},
        )

    def _later(self, usual: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Marginal pay a period later: as usual, or that of the scheme that is known to come."""
        numbers = {
            int(n): self.timeline.ahead(int(n), self.period, 1)[0] for n in np.unique(self.number)
        }
        schemes = self.timeline.schemes
        if all(now == then or schemes[now] == schemes[then] for now, then in numbers.items()):
            return usual
        mean, sd = self._usual_period()
        mean = mean | self.facts()

        def slopes(now: int):
            then = numbers[now]
            return marginal_pay(schemes[then], mean | self.memories[then], sd, self.felt[then])

        return self._by_scheme(slopes)

    def _choose_hours(self, felt) -> None:
        s, people = self.scenario, self.people
        self.usual = self._accustomed(self.slopes)
        _, noticed, cost = self._worth_of_hours(self.outlook(), felt)
        value = noticed - cost
        if not np.isfinite(value).all():
            raise PostloanError(f"day {self.day}: what an hour is worth is not a finite number")
        best = best_hours(value, NORM, ROOM, BUSY, s.response, people.dearness)
        if s.response.mode == "rational":
            people.hours = possible(best, s.response.most_hours)
            return
        entity = (people.key[:, None] + np.arange(len(TASKS), dtype=np.uint64)).ravel()
        uniform = self.luck.uniform("slip", entity, self.day).reshape(best.shape)
        slip = (uniform - 0.5) * 12.0**0.5
        step = s.response.adjustment * (best - people.hours)
        slipped = (people.hours + step) * np.exp(s.response.tremble * slip)
        people.hours = possible(slipped, s.response.most_hours)

    def _accustomed(self, slopes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What is usual once marginal pay of these slopes was felt too."""
        before = slopes | self.usual
        return self.usual | {
            name: before[name] + PACE_WEIGHT / 2 * (now - before[name])
            for name, now in slopes.items()
        }

    def _worth_of_hours(self, outlook: Outlook, felt) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fen that an hour of each task adds to pay, what is noticed of it, what else it costs."""
        s = self.scenario
        pay = hour_values(outlook, self.people, s.platform)
        noticed = s.response.noticed(felt[:, None] * pay, s.platform.dashboard)
        pressure = s.response.regard * peer_pressure(outlook, self.people, s.platform)
        noticed += felt[:, None] * pressure
        return pay, noticed, gaming_cost(self.people, s.workforce, s.platform, outlook.slopes)

    def look(self) -> Prospect | None:
        """What people see who choose now; None before they have anything to go by.

        Nothing is chosen or changed: a run gives the same results with and without looking.
        """
        if not self.forecast.ready:
            return None
        slopes = self._by_scheme(self._slopes)
        later = self._later(self._accustomed(slopes))
        outlook = replace(self.outlook(), slopes=slopes, later=later)
        felt = self.scenario.response.sensitivity * self.people.acceptance
        return Prospect(*self._worth_of_hours(outlook, felt), **self._by_scheme(self._heading_for))

    def _heading_for(self, number: int) -> dict[str, np.ndarray]:
        """Incentive and cash, fen (seat,), that the period is heading for under a scheme."""
        mean, sd = self._expected(number)
        incentive = self.timeline.schemes[number].amounts(Activity(mean, doubt=sd)).sum()
        cash = sum((mean[c] for c in TOTALS["cash"] if c in mean), start=np.zeros(self.seats))
        return {"incentive": np.broadcast_to(incentive, self.seats), "cash": cash}

    def outlook(self) -> Outlook:
        """What the collectors know when they choose."""
        s, f = self.scenario, self.forecast
        return Outlook(
            slopes=self.slopes,
            later=self._later(self.usual),
            mates=self._slopes_of_mates(),
            earns=self.earns,
            room=self.counts.room(),
            demand=f.per_day([service.due for service in SERVICES]) * s.workforce.working_days,
            worth=self.worth,
            time_gone=(self.day - self.period * s.run.period_days) / s.run.period_days,
        )

    # -- work ---------------------------------------------------------------------------------

    def _chances(self) -> np.ndarray:
        s = self.scenario
        limit, base = s.conduct.attempts_per_week, s.portfolio.payment_base_fen
        return chances(s.borrowers, s.market, limit, self.day, base)

    def work(self, days: int) -> None:
        """Carry accounts and tasks through the next days."""
        s = self.scenario
        opens = self.day == self.period * s.run.period_days
        working = np.arange(self.day, self.day + days) % WEEK < s.workforce.working_days
        if s.market.weather(self.day) != self.weather:  # 12 times a year and not 62
            self.weather = s.market.weather(self.day)
            self.chances = self._chances()
        self.chances["estimate"] = self.estimate
        counts = self.counts
        before, faked = counts.true.copy(), counts.fake.copy()
        self._advance(working, opens)
        self.account_days += days * int((self.portfolio.live - self.portfolio.firsts).sum())
        fresh = counts.true - before
        present = self.people.present(self.day)
        hours = self.people.hours * present[:, None] * (working.sum() / s.workforce.working_days)
        produce(
            counts,
            fresh,
            hours,
            self.people.team,
            self.luck_key,
            self.earns,
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
                "hours": hours.sum(axis=0) / max(present.sum(), 1),
            }
        )
        self.forecast.learn(fresh + (counts.fake - faked), int(working.sum()))
        self.earns.learn(fresh, hours[:, CONTACT], s.response.learning)
        self.people.learn(s.workforce, s.support.learning_help(s.platform), self.day, days)

    def _advance(self, working, opens) -> None:
        p = self.portfolio

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
                self.counts.true,
                self.cuts,
            )

        if self.threads == 1:
            carry(0, self.seats)
            return
        edges = np.linspace(0, self.seats, self.threads + 1).astype(int)
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(carry, edges[:-1], edges[1:]))

    # -- period end ---------------------------------------------------------------------------

    def close_period(self) -> None:
        """Record, pay, post; people learn, accept or resent, leave and are replaced."""
        s, people, counts = self.scenario, self.people, self.counts
        present = people.present(self.day - 1)
        record = recorded(
            counts.true, counts.fake, s.platform, self.luck, self.luck_key, self.period
        )
        facts = self.facts()
        slips = self._pay(Activity.of(record, facts), present)
        worth = worth_of_pay(slips, people.hours, people, s.response, s.run.period_days)
        leaving = self._leaving(worth, present)
        slips = self._pay_leavers(slips, leaving)
        self._post(slips, leaving)
        self.periods.append(
            {
                "period": self.period,
                "true": counts.true,
                "record": record,
                "fake": counts.fake,
                "facts": facts,
                "wage": slips.wage,
                "paid": slips.paid,
                "owed": slips.owed,
                "hours": self.hours_spent,
                "leaving": leaving,
                "present": present,
                "tenure": self.day - people.hired,
                "acceptance": people.acceptance.copy(),
                "scheme": self.number,
            }
        )
        settle_in(people, s.support, self._deserved(), slips.incentive, _own_cash(counts), present)
        self._replace(leaving, appeal(people, worth, present, self.day))
        self.rates = collection_rates(counts.true, self.arrears)
        self.counts = counts.next()
        self.hours_spent = np.zeros_like(self.hours_spent)
        self.period += 1

    def facts(self) -> dict[str, np.ndarray]:
        """Facts about the seats that pay may depend on, (seat,) each."""
        days = self.scenario.run.period_days
        first = self.period * days
        wage = wages(self.timeline, self.number, self.people.vacant_until, first, days)
        staffed = self.people.present(first + days - 1)
        return seat_facts(self.people, self.period, self.day, staffed, wage, self.ease)

    def _pay(self, record: Activity, present: np.ndarray) -> Slips:
        """Settle the period under each seat's scheme."""
        paid, self.memories = settle(self.timeline, self.number, self.memories, record, present)
        return Slips(record["wage"].astype(np.int64), paid, self._owed())

    def _owed(self) -> np.ndarray:
        return owed(self.timeline, self.memories, self.seats)

    def _deserved(self) -> np.ndarray:
        """Acceptance that each seat's scheme deserves before anybody is paid."""
        s = self.scenario
        return np.array([s.support.first(x, s.platform) for x in self.timeline.schemes])[
            self.number
        ]

    def _leaving(self, worth: np.ndarray, present: np.ndarray) -> np.ndarray:
        """Who leaves: by choice against the pay elsewhere, or dismissed for proven gaming."""
        s, people = self.scenario, self.people
        if self.script:
            return self.script.leaving[self.period]
        quits = leavers(
            people,
            s.workforce,
            worth if self.responsive else None,
            people.acceptance - self._deserved(),
            self.period,
            self.day,
            s.run.period_days,
            self.luck,
        )
        proven = present & dismissed(self.counts.true, s.platform)
        example = people.mean_of_mates(proven) > 0.0
        people.alarm = np.where(example, 1.0, people.alarm * ALARM_FADES)
        return present & (quits | proven)

    def _pay_leavers(self, slips: Slips, leaving: np.ndarray) -> Slips:
        """The slips with what leavers still get; their successors start with a clean sheet."""
        extra, self.memories = part_pay(self.timeline, self.memories, leaving)
        paid = {name: fen + extra.get(name, 0) for name, fen in slips.paid.items()}
        return Slips(slips.wage, paid, self._owed())

    def _post(self, slips: Slips, leaving: np.ndarray) -> None:
        s, k = self.scenario, self.period
        post_accounts(self.ledger, k, self.counts.true)
        post_pay(self.ledger, k, slips, self.owed_fen)
        hiring = to_fen(s.workforce.leaver_cost_yuan) * int(leaving.sum())
        months = s.run.period_days / DAYS_PER_MONTH * self.seats
        platform, support = s.platform.yuan_per_seat, s.support.yuan_per_seat
        post_costs(self.ledger, k, to_fen(platform * months), to_fen(support * months), hiring)
        self.owed_fen = int(slips.owed.sum())
        self.paid_fen += int(slips.total.sum())
        receivable = self.portfolio.receivable_fen(self.day - 1)
        self.ledger.close(k, receivable, self.paid_fen, self.owed_fen)

    def _replace(self, leaving: np.ndarray, appeal: Appeal) -> None:
        s, w, people = self.scenario, self.scenario.workforce, self.people
        people.generation[leaving] += 1
        people.vacant_until[leaving] = self.day + w.vacancy_days
        people.hired[leaving] = self.day + w.vacancy_days
        now = self.timeline.schemes[self.timeline.current(self.period)]
        acceptance = s.support.first(now, s.platform)
        if self.script:
            appeal = self.script.appeal[self.period]
        elif not self.responsive:
            appeal = Appeal()
        if self.record:
            self.record.leaving.append(leaving)
            self.record.appeal.append(appeal)
        hire(people, leaving, w, acceptance, appeal, self.luck)
        for seat in np.flatnonzero(leaving):
            self.collectors.pop(int(seat)).remove()
            self.collectors[int(seat)] = Collector(self, int(seat))


def placed(scenario: Scenario, luck: Luck) -> Portfolio:
    """The portfolio that a replication starts from, drawn or loaded."""
    s, days = scenario, scenario.run.periods * scenario.run.period_days
    if s.portfolio.file:
        return load(s.portfolio.file, s.borrowers, s.market, s.portfolio, luck)
    return draw(s.portfolio, s.borrowers, s.market, s.workforce.seats, days, luck)


def _own_cash(counts: Counts) -> np.ndarray:
    """Cash that followed promises the seat won, fen (seat,)."""
    first = COLUMN["own_cash_m1"]
    return counts.true[:, first : first + len(BUCKETS)].sum(axis=1)
