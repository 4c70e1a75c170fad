"""Minds: what the collectors of a house expect of a period, and the hours they choose from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.activity import COLUMN, OPENING, TOTALS, Activity
from sim.belief import (
    PRODUCED,
    SLOPED,
    Outlook,
    Prospect,
    Terms,
    gaming_cost,
    hour_values,
    peer_pressure,
    table_of,
)
from sim.chance import Luck
from sim.choice import (
    best_hours,
    felt_by_mates,
    felt_columns,
    marginal_pay,
    marginal_pay_of_a_mate,
    worth_doing,
)
from sim.collector import BUSY, GAMING, NORM, People
from sim.deskwork import Counts
from sim.errors import PostloanError
from sim.forecast import PACE_WEIGHT, Forecast, Yield
from sim.foresight import Foresight
from sim.indicators import TASKS
from sim.platform import SERVICES
from sim.scenario import Scenario
from sim.scheme import Memory
from sim.timeline import Timeline
from sim.work import CONTACT, ROOM, possible


@dataclass(frozen=True)
class Now:
    """The moment of a choice."""

    day: int
    period: int
    number: np.ndarray  # of each seat's scheme in the timeline
    memories: Sequence[Memory]  # of each scheme
    facts: Mapping[str, np.ndarray]  # about the seats, (seat,) each
    counts: Counts  # of the period so far
    stocks: np.ndarray  # true counts (seat, column) in which the opening stocks were last counted


class Minds:
    """Beliefs of all seats, learned from what weeks bring, and the choices made from them."""

    def __init__(self, scenario: Scenario, timeline: Timeline, people: People, house: Mapping):
        s, seats = scenario, people.skill.size
        self.scenario, self.timeline, self.people = scenario, timeline, people
        self.felt = [felt_columns(scheme, PRODUCED) for scheme in timeline.schemes]
        self.felt_by_mates = [
            felt_by_mates(scheme, felt)
            for scheme, felt in zip(timeline.schemes, self.felt, strict=True)
        ]
        watched = self._watched()
        self.forecast = Forecast(watched, s.response.doubt, house["worth"])
        self.earns = Yield(
            np.tile(house["own_cash"], (seats, 1)), np.tile(house["own_cures"], (seats, 1)), watched
        )
        self.terms = Terms.of(s.platform, house["worth"])
        self.usual: np.ndarray | None = None  # usual slopes; none since a new scheme began
        self._slip_key = people.key[:, None] + np.arange(len(TASKS), dtype=np.uint64)

    def _watched(self) -> list[str]:
        """Columns that collectors keep an eye on: what pay reads, and the demand for service."""
        reads = frozenset().union(*(scheme.reads for scheme in self.timeline.schemes))
        reads |= {name for felt in self.felt for name in felt}
        parts = {p for t in reads & TOTALS.keys() for p in TOTALS[t]}
        demands = {c for service in SERVICES for c in (service.due, service.good)}
        return sorted((reads | demands | parts) - TOTALS.keys())

    @property
    def ready(self) -> bool:
        """Whether there is anything to go by."""
        return self.forecast.ready

    @property
    def weight_on_pay(self) -> np.ndarray:
        """How far pay moves people, (seat,)."""
        return self.scenario.response.sensitivity * self.people.acceptance

    def learn(self, fresh: np.ndarray, faked: np.ndarray, hours: np.ndarray, days: int) -> None:
        """Take in what working days brought, true and faked (seat, column), in the hours spent."""
        self.forecast.learn(fresh + faked, days)
        self.earns.learn(fresh, hours[:, CONTACT], self.scenario.response.learning)

    # -- choice -------------------------------------------------------------------------------

    def choose(self, now: Now, luck: Luck) -> np.ndarray:
        """Set everybody's hours for the days to come; the slopes they were chosen by."""
        s, people = self.scenario, self.people
        slopes = self.slopes(now)
        self.usual = self._accustomed(slopes)
        _, noticed, cost = self._worth_of_hours(self.outlook(now, slopes))
        value = worth_doing(noticed, cost, GAMING)
        if not np.isfinite(value.sum()):
            raise PostloanError(f"day {now.day}: what an hour is worth is not a finite number")
        best = best_hours(value, NORM, ROOM, BUSY, s.response, people.dearness)
        if s.response.mode != "rational":
            slip = (luck.uniform("slip", self._slip_key, now.day) - 0.5) * 12.0**0.5
            step = s.response.adjustment * (best - people.hours)
            best = (people.hours + step) * np.exp(s.response.tremble * slip)
        people.hours = possible(best, s.response.most_hours)
        return slopes

    def look(self, now: Now) -> Prospect:
        """What people see who choose now; nothing is chosen or changed."""
        slopes = self.slopes(now)
        later = self._later(now, self._accustomed(slopes))
        outlook = replace(self.outlook(now, slopes), later=later)
        return Prospect(*self._worth_of_hours(outlook), *self._heading(now))

    def outlook(self, now: Now, slopes: np.ndarray) -> Outlook:
        """What the collectors know when they choose."""
        s, f = self.scenario, self.forecast
        days = s.run.period_days
        return Outlook(
            slopes=slopes,
            later=self._later(now, slopes if self.usual is None else self.usual),
            mates=self._slopes_of_mates(now),
            watching=self._watching(now),
            earns=self.earns,
            room=now.counts.room(),
            demand=f.per_day([service.due for service in SERVICES]) * s.workforce.working_days,
            terms=self.terms,
            time_gone=(now.day - now.period * days) / days,
        )

    def _accustomed(self, slopes: np.ndarray) -> np.ndarray:
        """What is usual once marginal pay of these slopes was felt too."""
        before = slopes if self.usual is None else self.usual
        return before + PACE_WEIGHT / 2 * (slopes - before)

    def _worth_of_hours(self, outlook: Outlook) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fen that an hour of each task adds to pay, what is noticed of it, what else it costs."""
        s, people, felt = self.scenario, self.people, self.weight_on_pay[:, None]
        pay = hour_values(outlook, people)
        noticed = s.response.noticed(felt * pay, s.platform.dashboard)
        noticed += felt * (s.response.regard * peer_pressure(outlook, people))
        fine = s.platform.penalty_yuan
        return pay, noticed, gaming_cost(people, s.workforce, self.terms, fine, outlook.slopes)

    # -- marginal pay -------------------------------------------------------------------------

    def slopes(self, now: Now) -> np.ndarray:
        """Marginal pay at this period's forecast, each seat's under its own scheme, a table."""

        def own(number: int) -> Mapping[str, np.ndarray]:
            return marginal_pay(
                self.timeline.schemes[number], *self._expected(now, number), self.felt[number],
                self.scenario.response.node_count, self.people.risk, self._foresight(now, number),
            )  # fmt: skip

        return self._by_scheme(now, own)

    def _by_scheme(self, now: Now, slopes: Callable[[int], Mapping[str, np.ndarray]]) -> np.ndarray:
        seats, out = now.number.size, None
        for number in set(now.number.tolist()):
            table = table_of(slopes(number), seats)
            out = table if out is None else np.where((now.number == number)[:, None], table, out)
        return out

    def _slopes_of_mates(self, now: Now) -> np.ndarray:
        """What an event adds to the pay of each mate, a table."""
        if not any(self.felt_by_mates):
            return np.zeros((now.number.size, len(SLOPED)))

        def of_a_mate(number: int) -> Mapping[str, np.ndarray]:
            return marginal_pay_of_a_mate(
                self.timeline.schemes[number], *self._expected(now, number),
                self.felt_by_mates[number], self.scenario.response.node_count,
            )  # fmt: skip

        return self._by_scheme(now, of_a_mate)

    def _watching(self, now: Now) -> np.ndarray:
        """Mates who see each seat's work, (seat,)."""
        here, team = self.people.present(now.day).astype(float), self.people.team
        return np.minimum(np.bincount(team, here)[team] - here, self.scenario.response.in_sight)

    def _later(self, now: Now, usual: np.ndarray) -> np.ndarray:
        """Marginal pay a period later: as usual, or that of the scheme that is known to come."""
        schemes = self.timeline.schemes
        numbers = set(now.number.tolist())
        coming = {n: self.timeline.ahead(n, now.period, 1)[0] for n in numbers}
        if all(n == then or schemes[n] == schemes[then] for n, then in coming.items()):
            return usual
        mean, sd = self._usual_period(now)
        mean = {**mean, **now.facts}

        def then(number: int) -> Mapping[str, np.ndarray]:
            k = coming[number]
            return marginal_pay(schemes[k], mean | now.memories[k], sd, self.felt[k])

        return self._by_scheme(now, then)

    # -- what is expected ---------------------------------------------------------------------

    def _expected(self, now: Now, number: int) -> tuple[dict, dict]:
        """Mean and sd of this period's columns, with what one of the schemes remembers."""
        days, workforce = self.scenario.run.period_days, self.scenario.workforce
        faked = now.counts.fake
        if now.day == now.period * days:
            faked = faked + _opening(now)
        left = workforce.days_at_work(now.day, (now.period + 1) * days)
        mean, sd = self.forecast.period(now.counts.true, faked, left)
        return {**mean, **now.facts, **now.memories[number]}, sd

    def _usual_period(self, now: Now) -> tuple[dict, dict]:
        """Mean and sd of a whole period as usual."""
        days = self.scenario.workforce.days_at_work(0, self.scenario.run.period_days)
        opening = _opening(now)
        return self.forecast.period(opening, np.zeros(opening.shape), days)

    def _foresight(self, now: Now, number: int) -> Foresight | None:
        """What lies ahead of people under a scheme; nothing if no scheme to come remembers."""
        s, t = self.scenario, self.timeline
        most = [t.schemes[k] for k in range(number, t.known(now.period) + 1)]
        start_of_next = [
            change.period - now.period
            for change, scheme in zip(t.changes, t.schemes[1:], strict=True)
            if change.period > now.period and scheme != t.schemes[number]
        ]
        lasts = max(scheme.lasts for scheme in most)
        if lasts == 0 or s.response.foresight == 0:
            return None
        wait = max([0, *(w for w in start_of_next if len(most) > 1)])
        periods = min(lasts + wait, s.response.foresight)
        numbers = t.ahead(number, now.period, periods)
        leaving = np.full(now.number.size, s.workforce.quits_per_year)
        return Foresight(
            schemes=[t.schemes[n] for n in numbers],
            usual=self._usual_period(now)[0],
            weights=s.response.later(periods, s.run.period_days, leaving),
            parting=s.response.parting(periods, s.run.period_days, leaving),
            period_days=s.run.period_days,
            waiting={id(t.schemes[n]): now.memories[n] for n in set(numbers) - {number}},
        )

    def _heading(self, now: Now) -> tuple[np.ndarray, np.ndarray]:
        """Incentive and cash, fen (seat,), that the period is heading for."""
        incentive, cash = np.zeros(now.number.size), np.zeros(now.number.size)
        for number in set(now.number.tolist()):
            mine, (mean, sd) = now.number == number, self._expected(now, number)
            paid = self.timeline.schemes[number].amounts(Activity(mean, doubt=sd)).sum()
            incentive = np.where(mine, paid, incentive)
            cash = sum((mean[c] for c in TOTALS["cash"] if c in mean), start=np.zeros(mine.size))
        return incentive, cash


def _opening(now: Now) -> np.ndarray:
    """Stocks at the period's start, (seat, column)."""
    out = np.zeros_like(now.stocks)
    for stock, part in OPENING.items():
        out[:, COLUMN[stock]] = now.stocks[:, COLUMN[part]]
    return out
