"""The data platform: makes the recorded activity from the true one and from the gaming."""

import numpy as np

from sim.activity import COLUMN, MONEY, NAMES
from sim.chance import Luck
from sim.indicators import TASKS
from sim.parameter import Section, parameter, share

SERVICES = tuple(t.serves for t in TASKS.values() if t.serves)
NOISY = np.array([n not in MONEY and n != "caught" for n in NAMES])


class Platform(Section):
    """How well the truth is measured, and what finding a lie costs the collector."""

    audited: float = share(
        0.03,
        "share of operations that are audited",
        band=(0.02, 1.0),
        source="ICMI via insight7: manual 2-10 % of calls; analytics 100 %",
    )
    recall: float = share(0.8, "share of audited gaming that is recognised", band=(0.5, 0.95))
    quality: float = share(0.97, "data quality: 1 is a record without error", band=(0.8, 1.0))
    risk_accuracy: float = share(
        0.6, "share of risk flags and warnings that point at the right customer", band=(0.3, 0.9)
    )
    dashboard: float = share(0.5, "how well collectors see their own figures and pay")
    penalty_yuan: float = parameter(
        600.0,
        "what a proven gaming act costs the collector beyond the scheme's own penalties",
        "yuan",
        band=(100, 5000),
        ge=0,
        le=1e7,
    )
    dismissed_after: int = parameter(
        3, "proven acts in one period that end the employment", "acts", ge=1, le=1000
    )
    audit_cost_yuan: float = parameter(
        2000.0,
        "cost of auditing everything by hand, per seat and 30 days",
        "yuan",
        band=(500, 8000),
        ge=0,
        le=1e7,
    )

    @property
    def detection(self) -> float:
        """Share of gaming acts that are proven."""
        return self.audited * self.recall


def recorded(
    true: np.ndarray,
    fake: np.ndarray,
    platform: Platform,
    luck: Luck,
    seats: np.ndarray,
    period: int,
) -> np.ndarray:
    """Recorded counts, int64 (seat, column), from true and faked ones."""
    kept = np.floor(fake * (1.0 - platform.detection)).astype(np.int64)
    out = true + kept
    spread = 0.5 * (1.0 - platform.quality)
    if spread > 0.0:
        columns = np.flatnonzero(NOISY)
        entity = (seats[:, None] + np.arange(columns.size, dtype=np.uint64)).ravel()
        noise = luck.normal("record", entity, period).reshape(-1, columns.size)
        out[:, columns] = np.rint(out[:, columns] * np.exp(spread * noise)).astype(np.int64)
    for service in SERVICES:
        due, good = COLUMN[service.due], COLUMN[service.good]
        out[:, due] = true[:, due]
        out[:, good] = np.minimum(out[:, good], out[:, due])
    return np.maximum(out, 0)
