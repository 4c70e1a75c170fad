"""Acceptance: how far a scheme is taken as one's own, which is the weight that its pay has.

Resistance comes from what people cannot follow, from pay that does not fit what was done, from
pay below what one had come to expect, and from change itself; training and communication lower it.
"""

import numpy as np

from sim.collector import People
from sim.parameter import Section, parameter, share
from sim.platform import Platform
from sim.scheme import Scheme

HABIT = 0.5  # weight of the last pay day in what pay one has come to expect
SIMPLE = 4  # indicators that anybody can follow


class Support(Section):
    """People measures against resistance, their cost, and what acceptance hangs on."""

    training: float = share(0.2, "how far collectors are trained on the scheme and the work")
    communication: float = share(0.3, "how well the scheme and its reasons are explained")
    training_cost_yuan: float = parameter(
        250.0, "cost of full training, per seat and 30 days", "yuan", band=(50, 1000), ge=0, le=1e7
    )
    communication_cost_yuan: float = parameter(
        60.0, "cost of full communication, per seat and 30 days", "yuan", ge=0, le=1e7
    )
    acceptance: float = share(
        0.9, "acceptance of a simple, transparent and fair scheme", band=(0.7, 1)
    )
    complexity: float = parameter(
        0.02, f"acceptance lost per indicator beyond {SIMPLE}, without dashboard and training",
        "share", band=(0, 0.05), ge=0, le=1,
    )  # fmt: skip
    opacity: float = share(
        0.1, "acceptance lost where nobody sees figures or hears reasons", band=(0, 0.3)
    )
    distrust: float = share(
        0.05, "acceptance lost where all work is audited or heard", band=(0, 0.2),
        source="Falk & Kosfeld 2006; Dickinson & Villeval 2008: being watched deters, and costs "
        "willingness; size assumed",
    )  # fmt: skip
    unfairness: float = share(
        0.3, "acceptance lost per log point by which pay trails what was done for it, beside mates",
        band=(0, 0.6),
    )  # fmt: skip
    disappointment: float = share(
        0.3,
        "acceptance lost per share by which pay falls short of what one had come to expect",
        band=(0, 0.6),
        source="Kahneman & Tversky 1979: losses weigh about twice as much as gains; size assumed",
    )
    surprise: float = share(
        0.15, "acceptance lost at once when the scheme changes, without any communication",
        band=(0, 0.4),
    )  # fmt: skip
    recovery: float = share(
        0.35, "share of the way to its new level that acceptance goes in a period", band=(0.1, 1)
    )

    learning: float = share(
        0.3,
        "share by which full training and a full dashboard speed up learning",
        band=(0, 0.6),
        source="Brynjolfsson, Li & Raymond 2025: help on screen +15 %, novices +30 %",
    )

    def clarity(self, platform: Platform) -> float:
        """How well people see their own figures and the reasons, 0..1."""
        return 1.0 - (1.0 - platform.dashboard) * (1.0 - self.communication)

    def first(self, scheme: Scheme, platform: Platform) -> float:
        """Acceptance of a scheme that has paid nobody yet."""
        followed = (1.0 - platform.dashboard) * (1.0 - self.training)
        lost = self.complexity * max(len(scheme.indicators) - SIMPLE, 0) * followed
        lost += self.opacity * (1.0 - self.clarity(platform)) + self.distrust * platform.watched
        return max(self.acceptance - lost, 0.0)

    def learning_help(self, platform: Platform) -> float:
        """Share by which training and a dashboard speed up learning."""
        return self.learning * (0.5 * self.training + 0.5 * platform.dashboard)

    def shock(self) -> float:
        """Acceptance lost at once when the scheme changes."""
        return self.surprise * (1.0 - self.communication)

    @property
    def yuan_per_seat(self) -> float:
        """What the measures cost per seat and 30 days."""
        return (
            self.training * self.training_cost_yuan
            + self.communication * self.communication_cost_yuan
        )


def settle_in(
    people: People,
    support: Support,
    level: float,
    incentive: np.ndarray,
    contribution: np.ndarray,
    present: np.ndarray,
) -> None:
    """Acceptance and expectations after a pay day, in place.

    `level` is the acceptance that the scheme deserves before anybody is paid; `incentive` and
    `contribution`, fen (seat,), are what pay day brought and the cash that the seat's work won.
    """
    hoped = np.nan_to_num(people.expected_pay)  # nothing, where nobody was paid before
    short = (hoped - incentive) / np.maximum(hoped, 1.0)
    unfair = _trailing(people, incentive, contribution, present)
    deserved = level - support.unfairness * unfair
    deserved = deserved - support.disappointment * np.clip(short, 0.0, 1.0)
    step = support.recovery * (np.clip(deserved, 0.0, 1.0) - people.acceptance)
    people.acceptance = np.where(present, people.acceptance + step, people.acceptance)
    known = np.where(np.isnan(people.expected_pay), incentive, people.expected_pay)
    error = np.where(present, incentive - known, 0.0)
    people.expected_pay = known + HABIT * error
    people.pay_variance = people.pay_variance + present * HABIT * (error**2 - people.pay_variance)


def _trailing(people, incentive, contribution, present) -> np.ndarray:
    """Log points by which pay relative to the team's trails the contribution likewise, 0..1."""

    def relative(fen):
        fen = np.maximum(np.where(present, fen, 0.0), 0.0)
        mean = people.mean_of_mates(fen)
        return np.log((fen + 0.1 * mean + 1.0) / (1.1 * mean + 1.0))

    return np.where(present, np.clip(relative(contribution) - relative(incentive), 0.0, 1.0), 0.0)
