"""Closed forms that the code must match: each is one block of the table at the foot."""

import numpy as np

from sim.evidence.fact import Fact
from sim.run import replicate
from sim.scenario import Scenario
from sim.units import DAYS_PER_MONTH

MATH = "algebra"
ALONE = "20,000 accounts, no work"

# ---- roll chain: a loss factor is the product of the later rolls ----

LATER, FADE = 0.3, 0.9  # chance to repay in M2, and the factor on it per further bucket


def charged_off_from_m2(seed: int) -> float:
    """Share charged off of accounts that begin in M2 and repay all or nothing."""
    kind = {"name": "only", "share": 1.0, "entry": 0.0, "repay_m1": 0.6, "repay_later": LATER,
            "fade": FADE, "payment": 1.0, "payment_spread": 0.0, "promise": 0.0,
            "promise_fade": 1.0, "keep": 0.0}  # fmt: skip
    accounts = 20_000
    scenario = Scenario.of({
        "run": {"periods": 5, "period_days": 30, "replications": 1, "seed": seed},
        "portfolio": {"accounts": accounts, "arrivals": 0.0, "overdue": 1.0,
                      "buckets": [0, 1, 0, 0, 0, 0, 0]},
        "borrowers": {"types": [kind]},
        "response": {"mode": "replay"},
    })  # fmt: skip
    return float(replicate(scenario, 0)["periods"]["rolls_m6"].sum() / accounts)


def against_the_product(share: float) -> float:
    """That share over the product of one less each bucket's chance; ages in M2 are even."""
    unpaid = 1.0 - LATER * FADE ** np.arange(5)
    rest_of_m2 = np.mean(unpaid[0] ** (np.arange(DAYS_PER_MONTH) / DAYS_PER_MONTH))
    return share / (rest_of_m2 * np.prod(unpaid[1:]))


# ---- the table ----

FACTS = (
    Fact(
        "roll_chain",
        "The share charged off is the product of the later rolls: their ratio",
        MATH,
        (0.98, 1.02),
        "ratio",
        ALONE,
        charged_off_from_m2,
        against_the_product,
    ),
)
