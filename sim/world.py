"""The world: a Mesa model that steps by week, with collectors as agents and accounts as columns."""

from concurrent.futures import ThreadPoolExecutor

import mesa
import numpy as np

from sim.accounts import advance
from sim.activity import COLUMN, Activity
from sim.belief import SLOPED, Prospect
from sim.books import open_books, post_accounts, post_costs, post_pay
from sim.chance import Luck
from sim.collector import Appeal, Collector, hire, people
from sim.counted import as_records
from sim.deskwork import Counts, produce
from sim.indicators import TASKS
from sim.ledger import Ledger
from sim.market import chances, estimates
from sim.minds import Minds, Now
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
from sim.platform import recorded
from sim.portfolio import Portfolio, draw, load
from sim.scenario import Scenario
from sim.script import Script
from sim.team import Team
from sim.timeline import Timeline
from sim.units import BUCKETS, DAYS_PER_MONTH, to_fen
from sim.work import house_figures, practices

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
        self.chances["estimate"] = self.estimate = estimates(MISSES_FADE, house["success"])
        self.luck_key = self.people.key  # address of a seat's luck at work
        self.seat_streams = self.luck.streams("seat", self.luck_key)
        self.cuts = np.ones(n, np.int64)
        self.counts = Counts.none(n)
        self.hours_spent = np.zeros((n, len(TASKS)))
        self.minds = Minds(s, self.timeline, self.people, house)
        self.memories = [scheme.start(n) for scheme in self.timeline.schemes]
        self.number = np.zeros(n, np.int64)  # of each seat's scheme in the timeline
        self.deserved = np.array([s.support.first(x, s.platform) for x in self.timeline.schemes])
        self.slopes = np.zeros((n, len(SLOPED)))  # marginal pay as it was felt at the last choice
        self.wage = np.zeros(n, np.int64)  # of the period, fen
        self.ledger = Ledger()
        self.owing = self.portfolio.balances(-1)
        open_books(self.ledger, int(self.owing.sum()))
        self.paid_fen = self.owed_fen = 0
        self.arrears, self.rates = np.zeros((n, len(BUCKETS))), house["success"]
        self.ease = ease_of(self.arrears, self.rates)
        self.opening_arrears = self.portfolio.arrears_by_bucket(0)
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
            self.minds.usual = None
        self.number, days = number, s.run.period_days
        self.wage = wages(self.timeline, number, people.vacant_until, self.day, days)
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
        self.slopes = np.zeros((self.seats, len(SLOPED)))
        if self.script:
            felt = self._follow(self.script)
        elif self.responsive and self.minds.ready:
            self.slopes = self.minds.choose(self.now, self.luck)
            felt = self.minds.weight_on_pay
        if self.record:
            self.record.hours.append(self.people.hours.copy())
            self.record.slopes.append(self.slopes)
            self.record.felt.append(felt)
        self.choices += 1
        end = (self.period + 1) * s.run.period_days
        able = self.people.productivity(s.workforce, s.platform.guided)
        self.practice = practices(self.people, s.workforce, able, self.day, end, self.slopes, felt)

    def _follow(self, script: Script) -> np.ndarray:
        """Take hours and marginal pay from the script; the weight on it."""
        self.people.hours = script.hours[self.choices].copy()
        self.slopes = script.slopes[self.choices]
        return script.felt[self.choices]

    @property
    def now(self) -> Now:
        """What people know at this moment."""
        opens = self.day == self.period * self.scenario.run.period_days and self.periods
        return Now(
            day=self.day,
            period=self.period,
            number=self.number,
            memories=self.memories,
            facts=self.facts(),
            counts=self.counts,
            stocks=self.periods[-1]["true"] if opens else self.counts.true,
        )

    def look(self) -> Prospect | None:
        """What people see who choose now; None before they have anything to go by.

        A run gives the same results with and without looking.
        """
        return self.minds.look(self.now) if self.minds.ready else None

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
        counts, at_work = self.counts, int(working.sum())
        fresh, faked = np.zeros_like(counts.true), counts.fake.copy()
        self._advance(working, opens, fresh)
        counts.true += fresh
        self.account_days += days * int((self.portfolio.live - self.portfolio.firsts).sum())
        present = self.people.present(self.day)
        hours = self.people.hours * present[:, None] * (at_work / s.workforce.working_days)
        produce(
            counts,
            fresh,
            hours,
            self.people.team,
            self.luck_key,
            self.minds.earns,
            self.minds.terms,
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
                "working_days": at_work,
                "period": self.period,
                "hours": hours.sum(axis=0) / max(present.sum(), 1),
            }
        )
        self.minds.learn(fresh, counts.fake - faked, hours, at_work)
        self.people.learn(s.workforce, s.support.learning_help(s.platform), self.day, days)

    def _advance(self, working, opens, fresh) -> None:
        p, counts = self.portfolio, as_records(fresh)

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
                counts,
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
        before, self.owing = self.owing, self.portfolio.balances(self.day - 1)
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
                "deferred": slips.owed - (self.periods[-1]["owed"] if self.periods else 0),
                "expected_loss": s.conduct.expected_loss_fen(self.owing - before),
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
        end = (self.period + 1) * self.scenario.run.period_days
        staffed = self.people.present(end - 1)
        return seat_facts(self.people, self.period, self.day, staffed, self.wage, self.ease)

    def _pay(self, record: Activity, present: np.ndarray) -> Slips:
        """Settle the period under each seat's scheme."""
        paid, self.memories = settle(self.timeline, self.number, self.memories, record, present)
        return Slips(record["wage"].astype(np.int64), paid, self._owed())

    def _owed(self) -> np.ndarray:
        return owed(self.timeline, self.memories, self.seats)

    def _deserved(self) -> np.ndarray:
        """Acceptance that each seat's scheme deserves before anybody is paid."""
        return self.deserved[self.number]

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
        self.ledger.close(k, int(self.owing.sum()), self.paid_fen, self.owed_fen)

    def _replace(self, leaving: np.ndarray, appeal: Appeal) -> None:
        w, people = self.scenario.workforce, self.people
        people.generation[leaving] += 1
        people.vacant_until[leaving] = self.day + w.vacancy_days
        people.hired[leaving] = self.day + w.vacancy_days
        acceptance = self.deserved[self.timeline.current(self.period)]
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
