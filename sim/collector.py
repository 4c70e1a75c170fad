"""Collectors: who sits at the seats, as columns for the rules and as Mesa agents for people."""

from dataclasses import dataclass
from typing import Annotated

import mesa
import numpy as np
from pydantic import Field, model_validator

from sim.chance import GOLDEN, Luck, name_key
from sim.compiled import compiled
from sim.indicators import TASKS
from sim.parameter import Section, check_shares, parameter, share
from sim.units import BUCKETS

GENERATION = GOLDEN  # steps of the addresses of a seat's collectors …
VETERAN_DAYS = 365
APPLICANT = 0xD1B54A32D192ED03  # … and of a vacancy's applicants
Share = Annotated[float, Field(ge=0.0, le=1.0)]

NAGIN = "Nagin et al. 2002: many cheat when audits look rare, a substantial share never"
DE_GRIP = "De Grip, Sauermann & Sieben 2016: output +64 % in the first year"
NORM = np.array([t.norm for t in TASKS.values()])
BUSY = np.array([not t.manner for t in TASKS.values()])
GAMING = np.array([t.gaming for t in TASKS.values()])
COLUMN_OF_TASK = {key: j for j, key in enumerate(TASKS)}


class CollectorType(Section):
    """A latent type of collector; factors on the workforce's own numbers."""

    name: str = Field(min_length=1, max_length=40, description="name of the type")
    share: Share = Field(description="share of the applicants")
    skill: float = Field(default=1.0, gt=0, le=10, description="factor on skill")
    dearness: float = Field(default=1.0, gt=0, le=100, description="factor on the cost of effort")
    integrity: float = Field(default=1.0, ge=0, le=1e4, description="factor on integrity")
    risk_aversion: float = Field(default=1.0, ge=0, le=100, description="factor on risk aversion")


def _default_types() -> tuple[CollectorType, ...]:
    return (
        CollectorType(name="steady", share=0.55),
        CollectorType(
            name="hunter", share=0.25, skill=1.15, dearness=0.8, integrity=0.5, risk_aversion=0.5
        ),
        CollectorType(name="principled", share=0.20, skill=0.95, integrity=20.0),
    )


class Workforce(Section):
    """The seats and the people on them."""

    seats: int = parameter(
        50, "seats; a loaded portfolio brings its own", "seats", ge=1, le=1_000_000
    )
    seats_per_team: int = parameter(
        10, "seats that see each other's behaviour", "seats", ge=1, le=1000, band=(5, 20)
    )
    working_days: int = parameter(6, "working days a week, from day 0 on", "days", ge=1, le=7)
    attempts_per_hour: float = parameter(
        10.0,
        "attempts in an hour of contact work; an attempt is two dials",
        "per hour",
        band=(6, 30),
        gt=0,
        le=500,
        source="ACA 2003: about 20 calls an hour",
    )
    types: tuple[CollectorType, ...] = parameter(
        _default_types,
        "latent types of applicants; a share never cheats, whatever the audit",
        "list",
        min_length=1,
        max_length=8,
        source=NAGIN + "; shares assumed",
    )
    skill_spread: float = parameter(
        0.36,
        "sd of log skill among applicants; p90/p10 of cash about 2.5 with luck",
        "log",
        band=(0.2, 0.5),
        ge=0,
        le=2,
        source="call-centre agents: p90/p10 1.9 of handling rate; cash assumed",
    )
    dearness_spread: float = parameter(
        0.25, "sd of the log of the cost of effort", "log", band=(0, 0.6), ge=0, le=3
    )
    risk_aversion: float = parameter(
        0.0002,
        "absolute risk aversion; 0.0002 dislikes a pay sd of 800 yuan like 64 yuan less pay",
        "per yuan",
        band=(0, 0.001),
        ge=0,
        le=1,
    )
    start_skill: float = parameter(
        0.55,
        "productivity of a new collector, share of a trained one",
        "share",
        gt=0,
        le=1,
        band=(0.45, 0.75),
        source=DE_GRIP,
    )
    learning_days: float = parameter(
        240.0, "days over which the gap closes to 37 %", "days", gt=0, le=5000, source=DE_GRIP
    )
    mentoring: float = share(
        0.36,
        "how much faster a newcomer learns where all team mates have a year's experience",
        band=(0, 0.5),
        source="De Grip, Sauermann & Sieben 2016: time to proficiency -36 %",
    )
    peer_pace: float = share(
        0.15,
        "elasticity of the pace of work to how able the team mates are",
        band=(0, 0.3),
        source="Mas & Moretti 2009: mates who see one and are 10 % more productive, +1.5 %; the "
        "slow answer most there, here all alike",
    )
    tenure_days: float = parameter(420.0, "mean tenure on day 0", "days", ge=0, le=20_000)
    integrity_yuan: float = parameter(
        35.0,
        "median felt cost of an hour of gaming, of a task with weight 1",
        "yuan per hour",
        band=(15, 150),
        ge=0,
        le=1e6,
        source=NAGIN,
    )
    integrity_spread: float = parameter(0.9, "sd of its log", "log", ge=0, le=4)
    contagion: float = share(
        0.35,
        "fall of that cost where all team mates game",
        band=(0, 0.6),
        source="Dimmock, Gerken & Graham 2018: +37 % misconduct after a bad example, "
        "nothing after a good one",
    )
    alarm: float = parameter(
        4.0,
        "factor added to the felt risk of being caught after a dismissal in the team; halves "
        "each period",
        "factor",
        band=(0, 10),
        ge=0,
        le=1000,
        source="Jacob & Levitt 2003: a year after dismissals cheating fell by 30 %; size assumed",
    )
    perceived_audit: float = parameter(
        1.0,
        "what collectors believe the audit finds, as a factor on what it does find",
        "factor",
        band=(0.3, 3),
        ge=0,
        le=100,
        source=NAGIN,
    )
    quits_per_year: float = parameter(
        0.40,
        "collectors who leave in a year at the outside pay",
        "share",
        band=(0.1, 1.0),
        ge=0,
        le=10,
        source="CFPB 2016: 75-100 % at large agencies; lower in-house",
    )
    newcomer_quits: float = parameter(
        2.5,
        "factor on leaving within the first 90 days",
        "factor",
        ge=0,
        le=20,
        source="Chinese call centres: 30 % of joiners leave within 3 months (weak)",
    )
    outside_yuan: float = parameter(
        8000.0,
        "pay elsewhere of a collector of median skill, per 30 days",
        "yuan",
        ge=1,
        le=1e6,
        band=(5000, 12000),
        source="Chinese collectors' mean pay 8,200 yuan (weak)",
    )
    outside_skill: float = parameter(
        0.5, "elasticity of pay elsewhere to skill", "elasticity", band=(0, 1), ge=0, le=3
    )
    quit_elasticity: float = parameter(
        0.28,
        "quits rise by this share per share of pay lost",
        "elasticity",
        ge=0,
        le=20,
        source="Emadi & Staats 2020: +20 % pay, -5 % attrition, so -ln 0.95 / ln 1.2",
    )
    resentment: float = parameter(
        1.5, "log factor on quits of a collector who rejects the scheme altogether", "log",
        band=(0, 3), ge=0, le=10,
    )  # fmt: skip
    applicants: int = parameter(
        4, "applicants for a vacancy; the first to whom the pay appeals is hired", "people", ge=1,
        le=64,
    )  # fmt: skip
    appeal_spread: float = parameter(
        0.10, "sd of the log of what an applicant asks for, at given skill", "log", ge=0, le=2
    )
    vacancy_days: int = parameter(14, "days until a successor starts", "days", ge=0, le=1000)
    leaver_cost_yuan: float = parameter(
        6000.0,
        "cost of replacing a leaver",
        "yuan",
        ge=0,
        le=1e7,
        band=(2000, 70000),
        source="gotenacity.com: about $9,352 a leaver (weak, US)",
    )
    duty_cash: float = parameter(
        0.004, "felt value of a yuan received, without any pay for it", "yuan per yuan", ge=0, le=1
    )
    duty_cure_yuan: float = parameter(4.0, "felt value of a cure", "yuan", ge=0, le=1e6)
    duty_save: float = parameter(
        0.002, "felt value of a yuan kept from charge-off", "yuan per yuan", ge=0, le=1
    )

    @model_validator(mode="after")
    def _shares_sum_to_one(self):
        check_shares("types", self.types)
        return self

    def days_at_work(self, first: int, last: int) -> int:
        """Working days in first..last-1."""

        def before(day: int) -> int:
            return day // 7 * self.working_days + min(day % 7, self.working_days)

        return before(last) - before(first)


@dataclass
class People:
    """The collectors of all seats as columns; axis 0 is the seat."""

    key: np.ndarray  # uint64, the seat's address for luck
    team: np.ndarray  # int64
    generation: np.ndarray  # int64, collectors the seat has had before
    hired: np.ndarray  # int64, day
    vacant_until: np.ndarray  # int64, day on which the seat is occupied again
    kind: np.ndarray  # int64, place of the latent type
    skill: np.ndarray  # factor on what an hour of contact brings
    dearness: np.ndarray  # factor on the cost of effort
    integrity: np.ndarray  # fen per hour of gaming
    risk: np.ndarray  # absolute risk aversion per fen
    learned: np.ndarray  # share of the way from a beginner to a trained collector
    acceptance: np.ndarray  # weight on pay
    expected_pay: np.ndarray  # fen of incentive a period, as experienced; NaN for a newcomer
    pay_variance: np.ndarray  # of it around what was expected
    alarm: np.ndarray  # felt after a dismissal in the team
    hours: np.ndarray  # (seat, task) a week
    own_cash: np.ndarray  # (seat, bucket) believed fen per contact hour
    own_cures: np.ndarray  # (seat, bucket) believed cures per contact hour

    def present(self, day: int) -> np.ndarray:
        return day >= self.vacant_until

    def productivity(self, workforce: Workforce, guided: float = 0.0) -> np.ndarray:
        """Share of a trained collector's productivity; help closes `guided` of the gap."""
        gap = (1.0 - guided) * (1.0 - self.learned)
        return 1.0 - (1.0 - workforce.start_skill) * gap

    def spur(self, workforce: Workforce, able: np.ndarray, day: int) -> np.ndarray:
        """Factor on the pace of work from how able the mates are, beside the house's collectors.

        Who is alone in a team, or in the house, works at the usual pace.
        """
        here = self.present(day).astype(float)
        ability = self.skill * able * here
        mates = np.bincount(self.team, here)[self.team] - here
        theirs = np.bincount(self.team, ability)[self.team] - ability
        usual = ability.sum() / max(here.sum(), 1.0)
        beside = theirs / np.maximum(mates, 1.0) / max(usual, 1e-9)
        return np.where(mates > 0, beside, 1.0) ** workforce.peer_pace

    def learn(self, workforce: Workforce, help_: float, day: int, days: int) -> None:
        """Practice closes the gap to a trained collector, sooner beside experienced mates.

        `help_` is the share by which training and a dashboard speed it up.
        """
        here = self.present(day)
        veterans = self.mean_of_mates(here & (day - self.hired > VETERAN_DAYS))
        speed = (1.0 + help_) / (1.0 - workforce.mentoring * veterans)
        gap = np.exp(-days * speed / workforce.learning_days)
        self.learned = np.where(here, 1.0 - (1.0 - self.learned) * gap, self.learned)

    def entity(self) -> np.ndarray:
        """Address of the present collectors' luck: seat and generation."""
        return self.key + self.generation.astype(np.uint64) * GENERATION

    def mean_of_mates(self, values: np.ndarray) -> np.ndarray:
        """Mean of a column over each seat's team, oneself included; (seat,)."""
        return _mean_of_mates(self.team, values)


@compiled()
def _mean_of_mates(team, values):
    sums, sizes = np.zeros(team[-1] + 1), np.zeros(team[-1] + 1)  # teams are numbered in order
    for i in range(team.size):
        sums[team[i]] += values[i]
        sizes[team[i]] += 1.0
    return (sums / sizes)[team]


def people(workforce: Workforce, acceptance: float, seats: tuple[str, ...], luck: Luck) -> People:
    """The collectors on day 0, the same whatever the scheme."""
    n = len(seats)
    key = np.array([name_key(name) for name in seats])
    zeros, ones = np.zeros(n, np.int64), np.ones(n)
    tenure = -np.log(luck.uniform("tenure", key)) * workforce.tenure_days
    out = People(
        key=key,
        team=np.arange(n) // workforce.seats_per_team,
        generation=zeros.copy(),
        hired=-np.rint(tenure).astype(np.int64),
        vacant_until=zeros.copy(),
        kind=zeros.copy(),
        skill=ones.copy(),
        dearness=ones.copy(),
        integrity=ones.copy(),
        risk=np.zeros(n),
        learned=np.zeros(n),
        acceptance=ones.copy(),
        expected_pay=np.full(n, np.nan),
        pay_variance=np.zeros(n),
        alarm=np.zeros(n),
        hours=np.tile(NORM, (n, 1)),
        own_cash=np.zeros((n, len(BUCKETS))),
        own_cures=np.zeros((n, len(BUCKETS))),
    )
    hire(out, np.ones(n, bool), workforce, acceptance, Appeal(), luck)
    out.learned = 1.0 - np.exp(-np.rint(tenure) / workforce.learning_days)
    return out


@dataclass(frozen=True)
class Appeal:
    """What an applicant expects to earn: log fen a period at median skill, and its slope."""

    log_pay: float = np.inf  # by default anybody comes
    slope: float = 0.0  # per log skill

    @classmethod
    def of(cls, log_skill: np.ndarray, worth_fen: np.ndarray) -> "Appeal":
        """What people of each skill earn here; the line through the present collectors."""
        log_pay = np.log(np.maximum(worth_fen, 1.0))
        if log_skill.size < 8 or np.ptp(log_skill) < 1e-9:
            return cls(float(log_pay.mean()) if log_pay.size else 0.0)
        above = log_skill - log_skill.mean()
        slope = (above @ log_pay) / (above @ above)
        return cls(float(log_pay.mean() - slope * log_skill.mean()), float(slope))


def hire(
    people: People,
    who: np.ndarray,
    workforce: Workforce,
    acceptance: float,
    appeal: Appeal,
    luck: Luck,
) -> None:
    """Fill the chosen seats: of each one's applicants the first to whom the pay appeals.

    Under pay that rises with skill the skilled apply to stay, under flat pay they find better
    elsewhere (Lazear 2000: half of the gain from piece rates is selection).
    """
    if not who.any():
        return
    w, entity = workforce, people.entity()[who]
    turns = np.array([turn * APPLICANT % 2**64 for turn in range(w.applicants)], np.uint64)
    applicants = _applicants(w, entity + turns[:, None], luck)  # (turn, seat)
    asks = np.log(100.0 * w.outside_yuan) + w.outside_skill * applicants["log_skill"]
    asks += w.appeal_spread * applicants["taste"]
    takes = appeal.log_pay + appeal.slope * applicants["log_skill"] >= asks
    takes[-1] = True  # if it appeals to nobody, the last one is hired
    first = takes.argmax(axis=0)[None]
    chosen = {k: np.take_along_axis(v, first, axis=0)[0] for k, v in applicants.items()}
    people.kind[who] = chosen["kind"]
    people.skill[who] = np.exp(chosen["log_skill"])
    for name in ("dearness", "integrity", "risk"):
        getattr(people, name)[who] = chosen[name]
    people.learned[who] = 0.0
    people.acceptance[who] = acceptance
    people.expected_pay[who] = np.nan
    people.pay_variance[who] = 0.0
    people.alarm[who] = 0.0
    people.hours[who] = NORM


def _applicants(w: Workforce, entity: np.ndarray, luck: Luck) -> dict[str, np.ndarray]:
    """Traits of one applicant per address."""
    edges = np.cumsum([t.share for t in w.types])
    kind = np.searchsorted(edges, luck.uniform("kind", entity) * edges[-1], side="right")
    kind = np.minimum(kind, len(w.types) - 1)

    def factor(name):
        return np.array([getattr(t, name) for t in w.types])[kind]

    def spread(name, sd):
        return np.exp(sd * luck.normal(name, entity))

    return {
        "kind": kind,
        "log_skill": np.log(factor("skill")) + w.skill_spread * luck.normal("skill", entity),
        "taste": luck.normal("taste", entity),
        "dearness": factor("dearness") * spread("dearness", w.dearness_spread),
        "integrity": 100.0
        * w.integrity_yuan
        * factor("integrity")
        * spread("integrity", w.integrity_spread),
        "risk": factor("risk_aversion") * w.risk_aversion / 100.0,
    }


class Collector(mesa.Agent):
    """A person on a seat; the numbers live in the columns of `World.people`."""

    def __init__(self, model, seat: int):
        super().__init__(model)
        self.seat = seat
        self.generation = int(model.people.generation[seat])

    @property
    def team(self) -> int:
        return int(self.model.people.team[self.seat])

    @property
    def skill(self) -> float:
        return float(self.model.people.skill[self.seat])

    @property
    def tenure_days(self) -> int:
        return int(self.model.day - self.model.people.hired[self.seat])

    @property
    def hours(self) -> dict[str, float]:
        """Weekly hours by task."""
        return dict(zip(TASKS, self.model.people.hours[self.seat].tolist(), strict=True))
