"""The data platform: makes the recorded activity from the true one and from the gaming."""

import numpy as np

from sim.activity import COLUMN, MONEY, NAMES
from sim.chance import Luck
from sim.indicators import TASKS, Task
from sim.parameter import Section, parameter, share

SERVICES = tuple(t.serves for t in TASKS.values() if t.serves)
NOISY = np.array([n not in MONEY and n != "caught" for n in NAMES])
MANUAL = "manual quality assurance hears 2-10 % of calls (ICMI via insight7); "
BRYNJOLFSSON = (
    "Brynjolfsson, Li & Raymond 2025: two months of tenure with help do what six do without, which "
    "by `learning_days` is this share of the gap"
)


class Platform(Section):
    """How well the truth is measured, what that costs, and what a proven lie costs."""

    audited: float = share(
        0.03,
        "share of operations that are audited by hand",
        band=(0.02, 1.0),
        source=MANUAL + "analytics 100 %",
    )
    recall: float = share(0.8, "share of audited gaming that is recognised", band=(0.5, 0.95))
    analytics: float = share(
        0.0, "share of calls that speech analytics hears", source=MANUAL + "analytics 100 %"
    )
    analytics_recall: float = share(
        0.7, "share of gaming on those calls that it recognises", band=(0.4, 0.9)
    )
    false_alarms: float = share(
        0.0005, "honest calls that analytics takes for proven gaming", band=(0, 0.005)
    )
    quality: float = share(0.97, "data quality: 1 is a record without error", band=(0.8, 1.0))
    risk_accuracy: float = share(
        0.6, "share of risk flags and warnings that point at the right customer", band=(0.3, 0.9)
    )
    dashboard: float = share(
        0.5,
        "how well collectors see their own figures and pay: attention, learning, transparency",
        source="Manthei & Sliwka 2019: objective data raise effort and profit; size assumed",
    )
    assistance: float = share(
        0.0, "how far help on screen guides what collectors say and do, while it is there"
    )
    assistance_closes: float = share(
        0.39,
        "share of the gap to a trained collector that full help on screen closes",
        band=(0.2, 0.6),
        source=BRYNJOLFSSON,
    )
    penalty_yuan: float = parameter(
        2500.0,
        "what a proven gaming act costs the collector beyond the scheme's own penalties: standing, "
        "and the job at risk",
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
    analytics_cost_yuan: float = parameter(
        150.0, "cost of analytics on all calls, per seat and 30 days", "yuan", band=(50, 500), ge=0,
        le=1e7,
    )  # fmt: skip
    score_cost_yuan: float = parameter(
        60.0,
        "cost per seat and 30 days of each further halving of the risk score's errors",
        "yuan",
        band=(0, 500),
        ge=0,
        le=1e7,
    )
    dashboard_cost_yuan: float = parameter(
        40.0, "cost of a full dashboard, per seat and 30 days", "yuan", band=(0, 300), ge=0, le=1e7
    )

    assistance_cost_yuan: float = parameter(
        200.0, "cost of full help on screen, per seat and 30 days", "yuan", band=(50, 800), ge=0,
        le=1e7,
    )  # fmt: skip

    def found(self, task: Task) -> float:
        """Share of the acts of a gaming task that are proven, by hand or by analytics."""
        missed = 1.0 - self.audited * self.recall
        if task.heard:
            missed *= 1.0 - self.analytics * self.analytics_recall
        return 1.0 - missed

    @property
    def guided(self) -> float:
        """Share of the gap to a trained collector that help on screen closes."""
        return self.assistance * self.assistance_closes

    @property
    def watched(self) -> float:
        """Share of the work that somebody or something checks."""
        return 1.0 - (1.0 - self.audited) * (1.0 - self.analytics)

    @property
    def yuan_per_seat(self) -> float:
        """What the platform costs per seat and 30 days."""
        errors = max(1.0 - self.risk_accuracy, 2.0**-10)
        return (
            self.audited * self.audit_cost_yuan
            + self.analytics * self.analytics_cost_yuan
            - np.log2(errors) * self.score_cost_yuan
            + self.dashboard * self.dashboard_cost_yuan
            + self.assistance * self.assistance_cost_yuan
        )


def recorded(
    true: np.ndarray,
    fake: np.ndarray,
    platform: Platform,
    luck: Luck,
    seats: np.ndarray,
    period: int,
) -> np.ndarray:
    """Recorded counts, int64 (seat, column), from true ones and from what gaming added to them."""
    out = true + np.rint(fake).astype(np.int64)
    spread = 0.5 * (1.0 - platform.quality)
    if spread > 0.0:
        columns = np.flatnonzero(NOISY)
        entity = (seats[:, None] + np.arange(columns.size, dtype=np.uint64)).ravel()
        noise = luck.normal("record", entity, period).reshape(-1, columns.size)
        out[:, columns] = np.rint(out[:, columns] * np.exp(spread * noise)).astype(np.int64)
    for service in SERVICES:
        due, good = COLUMN[service.due], COLUMN[service.good]
        out[:, due] = np.rint(true[:, due] + fake[:, due]).astype(np.int64)
        out[:, good] = np.minimum(out[:, good], out[:, due])
    return np.maximum(out, 0)
