"""What an indicator is: a formula over activity, the honest work behind it and how it is gamed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.formula import Formula

CATEGORIES = ("collection", "risk", "service", "process")
Counts = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Service:
    """Work that answers a demand: the share done well rises with hours and saturates."""

    due: str  # column of the demand
    good: str  # column of what was done well
    base: float  # share done well without any hour
    rate: float  # cases an hour settles


HONEST, COSMETIC, TIMING, SHIFTING, HARMFUL = KINDS = (
    "honest",  # brings what it reports
    "cosmetic",  # lifts the record alone
    "timing",  # moves between periods
    "shifting",  # moves between desks
    "harmful",  # moves the truth at the customer's or the lender's expense
)


@dataclass(frozen=True)
class Task:
    """One way to spend an hour. Columns of money are counted in accounts (house means)."""

    key: str
    en: str
    zh: str
    room: float  # hours a week over which the next hour gets dearer by one unit of effort cost
    norm: float = 0.0  # hours a week under duty alone
    real: Mapping[str, float] = field(default_factory=dict)  # true events an hour brings
    serves: Service | None = None
    fake: Mapping[str, float] = field(default_factory=dict)  # events recorded that did not happen
    side: Mapping[str, float] = field(default_factory=dict)  # true events it causes, not reckoned
    believed: Mapping[str, float] = field(default_factory=dict)  # what the kernel will make of it
    lifts: float = 0.0  # believed gain in an hour of contact's results
    pulls_forward: bool = False  # that gain is taken from later
    postpones: float = 0.0  # contact hours' cash booked a period later; negative: earlier
    poaches: float = 0.0  # contact hours' cash taken from the record of team mates
    practice: Mapping[str, float] = field(default_factory=dict)  # PRACTICE field: most it moves …
    scale: float = 0.0  # … with these hours a week as the scale; `room` if 0
    manner: bool = False  # a way of calling: its hours are hours of contact, not extra ones
    heard: bool = False  # done on recorded calls, which analytics hears
    kind: str = HONEST
    caught: float = 0.0  # acts proven per hour if everything were audited
    wrong: float = 0.0  # weight on the collector's cost of doing wrong

    def __post_init__(self):
        signs = {self.kind == HONEST, self.wrong == 0.0, self.caught == 0.0}
        if len(signs) > 1 or self.kind not in KINDS:
            raise ValueError(
                f"task {self.key}: gaming has a kind, a cost of doing wrong, and can be caught"
            )

    @property
    def gaming(self) -> bool:
        return self.kind != HONEST


@dataclass(frozen=True)
class Indicator:
    """A formula over activity, read on the true and on the recorded counts."""

    key: str
    en: str
    zh: str
    category: str
    unit: str
    zero: float  # value that counts as nothing attained
    target: float  # value that counts as fully attained
    measure: Formula
    honest: Task
    gamed: Task
    ease: str = ""  # column that tells how easy a seat's queue makes it; none: not known

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the formula."""
        return self.measure.reads

    def attainment(self, a: Counts, zero: float, target: float) -> np.ndarray:
        """0 at `zero`, 1 at `target`; `zero` lies above `target` where less is better."""
        return (self.measure(a) - zero) / (target - zero)
