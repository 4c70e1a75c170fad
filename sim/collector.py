"""Collectors: who sits at the seats, as columns for the rules and as Mesa agents for people."""

from dataclasses import dataclass

import mesa
import numpy as np

from sim.chance import Luck, name_key
from sim.indicators import TASKS
from sim.parameter import Section, parameter, share
from sim.units import BUCKETS

DE_GRIP = "De Grip, Sauermann & Sieben 2016: output +64 % in the first year"
NORM = np.array([t.norm for t in TASKS.values()])
BUSY = np.array([not t.manner for t in TASKS.values()])
GAMING = np.array([t.gaming for t in TASKS.values()])
COLUMN_OF_TASK = {key: j for j, key in enumerate(TASKS)}


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
    skill_spread: float = parameter(
        0.36,
        "sd of log skill; p90/p10 of cash about 2.5 with luck",
        "log",
        band=(0.2, 0.5),
        ge=0,
        le=2,
        source="call-centre agents: p90/p10 1.9 of handling rate; cash assumed",
    )
    start_skill: float = parameter(
        0.60,
        "productivity of a new collector, share of a trained one",
        "share",
        gt=0,
        le=1,
        band=(0.55, 0.75),
        source=DE_GRIP,
    )
    learning_days: float = parameter(
        150.0, "days over which the gap closes to 37 %", "days", gt=0, le=5000, source=DE_GRIP
    )
    tenure_days: float = parameter(420.0, "mean tenure on day 0", "days", ge=0, le=20_000)
    integrity_yuan: float = parameter(
        60.0,
        "median felt cost of an hour of gaming, of a task with weight 1",
        "yuan per hour",
        band=(15, 150),
        ge=0,
        le=1e6,
        source="Nagin et al. 2002: many cheat when audits look rare, many never do",
    )
    integrity_spread: float = parameter(0.9, "sd of its log", "log", ge=0, le=4)
    contagion: float = share(
        0.35,
        "fall of that cost where all team mates game",
        band=(0, 0.6),
        source="Dimmock, Gerken & Graham 2018: +37 % misconduct after a bad example",
    )
    acceptance: float = share(0.85, "acceptance of a simple and transparent scheme")
    complexity: float = parameter(
        0.02,
        "acceptance lost per indicator beyond the fourth, without a dashboard",
        "share",
        ge=0,
        le=1,
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
        "pay elsewhere, per 30 days",
        "yuan",
        ge=1,
        le=1e6,
        band=(5000, 12000),
        source="Chinese collectors' mean pay 8,200 yuan (weak)",
    )
    quit_elasticity: float = parameter(
        0.4,
        "quits rise by this share per share of pay lost",
        "elasticity",
        ge=0,
        le=20,
        source="Emadi & Staats 2020: +20 % pay, -5 % attrition; +-3 to 10 %",
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


@dataclass
class People:
    """The collectors of all seats as columns; axis 0 is the seat."""

    key: np.ndarray  # uint64, the seat's address for luck
    team: np.ndarray  # int64
    generation: np.ndarray  # int64, collectors the seat has had before
    hired: np.ndarray  # int64, day
    vacant_until: np.ndarray  # int64, day on which the seat is occupied again
    skill: np.ndarray  # factor on the odds of a promise
    integrity: np.ndarray  # fen per hour of gaming
    acceptance: np.ndarray  # weight on pay
    hours: np.ndarray  # (seat, task) a week
    own_cash: np.ndarray  # (seat, bucket) believed fen per contact hour
    own_cures: np.ndarray  # (seat, bucket) believed cures per contact hour
    warned: np.ndarray  # int64, gaming acts proven in this period

    def present(self, day: int) -> np.ndarray:
        return day >= self.vacant_until

    def productivity(self, workforce: Workforce, day: int) -> np.ndarray:
        """Share of a trained collector's productivity, by tenure."""
        tenure = np.maximum(day - self.hired, 0)
        return 1.0 - (1.0 - workforce.start_skill) * np.exp(-tenure / workforce.learning_days)

    def entity(self) -> np.ndarray:
        """Address of the present collectors' luck: seat and generation."""
        return self.key + self.generation.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def people(workforce: Workforce, acceptance: float, seats: tuple[str, ...], luck: Luck) -> People:
    """The collectors on day 0."""
    n = len(seats)
    key = np.array([name_key(name) for name in seats])
    zeros = np.zeros(n, np.int64)
    out = People(
        key=key,
        team=np.arange(n) // workforce.seats_per_team,
        generation=zeros.copy(),
        hired=-np.rint(-np.log(luck.uniform("tenure", key)) * workforce.tenure_days).astype(
            np.int64
        ),
        vacant_until=zeros.copy(),
        skill=np.ones(n),
        integrity=np.ones(n),
        acceptance=np.full(n, acceptance),
        hours=np.tile(NORM, (n, 1)),
        own_cash=np.zeros((n, len(BUCKETS))),
        own_cures=np.zeros((n, len(BUCKETS))),
        warned=zeros.copy(),
    )
    hire(out, np.ones(n, bool), workforce, acceptance, luck)
    return out


def hire(
    people: People,
    who: np.ndarray,
    workforce: Workforce,
    acceptance: float,
    luck: Luck,
) -> None:
    """Draw the traits of the collectors who start on the chosen seats."""
    entity = people.entity()[who]
    spread = workforce.skill_spread
    people.skill[who] = np.exp(spread * luck.normal("skill", entity))
    people.integrity[who] = (
        100.0
        * workforce.integrity_yuan
        * np.exp(workforce.integrity_spread * luck.normal("integrity", entity))
    )
    people.acceptance[who] = acceptance
    people.hours[who] = NORM
    people.warned[who] = 0


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
