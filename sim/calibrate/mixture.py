"""Latent borrower types of a status panel, by maximum likelihood.

The likelihood reads the kernel's own table of chances (`chain`), so what is fitted is what a
scenario file takes. Rates are those of the lender's worked accounts: they hold the usual effect of
its collectors, which a panel without a contact log cannot tell apart.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, brentq, minimize

from sim.calibrate.chain import CLASS, STATES, type_chain
from sim.calibrate.likelihood import (
    FIRST,
    Evidence,
    Histories,
    Numbers,
    bounds,
    count_types,
    in_order,
    starts,
)
from sim.market import Borrowers
from sim.panel import ABSENT, CHARGED_OFF, Panel, stock


@dataclass(frozen=True)
class FittedTypes:
    """Types for a scenario, and how well they tell the panel."""

    borrowers: Borrowers
    instalment: float  # what falls due each month, share of the balance
    log_likelihood: float  # of the histories, given each one's first month
    odds: np.ndarray  # (class seen first: none, early, late; type)
    evidence: Evidence  # what they are fitted to
    x: np.ndarray  # the same numbers as the search has them

    def stock_after(self, panel: Panel, entry_shift: float = 0.0) -> float:
        """Predicted share of accounts that are overdue a month after the panel's last month.

        Accounts charged off by then are left out, as in `panel.stock`. `entry_shift` is added to
        the logit of entry in that month.
        """
        histories = Histories.of(panel)
        there = histories.seen[:, -1] != ABSENT
        weighted = np.zeros((len(histories.count), STATES))
        for t, kind in enumerate(self.borrowers.types):
            _, at = histories.forward(type_chain(kind, self.instalment))
            ahead = at @ type_chain(kind, self.instalment, entry_shift).month
            weighted += self.odds[FIRST[histories.seen[:, 0]], t, None] * ahead
        weighted = weighted[there] / weighted[there].sum(axis=1, keepdims=True)
        state = histories.count[there] @ weighted
        overdue = (CLASS > 0) & (CLASS < CHARGED_OFF)
        return float(state[overdue].sum() / state[CLASS < CHARGED_OFF].sum())

    def last_shift(self, panel: Panel) -> float:
        """The shift of entry that explains the overdue stock of the panel's last month.

        What season and economy were then is the best guess of what they are a month later.
        """
        months = panel.state.shape[1]
        before, last = panel.months(0, months - 1), stock(panel, months - 1)
        return brentq(lambda shift: self.stock_after(before, shift) - last, -3.0, 3.0, xtol=1e-3)


def fit_types(panel: Panel, types: int = 3) -> FittedTypes:
    """The types that make the panel most likely, given each account's first month.

    A factor on entry after a cure is not fitted (`relapse` is 1): a few months cannot tell it from
    the types' own entry.
    """
    statuses = Evidence.of(panel)
    found = min((climb(statuses, start) for start in starts(types)), key=lambda it: it.fun)
    x = in_order(found.x)
    evidence = statuses.with_repayments(panel, x)
    return fitted(evidence, climb(evidence, x).x)


def climb(evidence: Evidence, start: np.ndarray) -> OptimizeResult:
    """The top of the hill of likelihood that the start stands on."""
    chance = evidence.remembered()
    return minimize(
        lambda x: -float(evidence.count @ evidence.log_chances(x, chance)),
        start,
        method="L-BFGS-B",
        bounds=bounds(count_types(start)),
        options={"maxiter": 200, "ftol": 1e-7},
    )


def fitted(evidence: Evidence, x: np.ndarray) -> FittedTypes:
    """The types that a point of the search stands for."""
    numbers = Numbers.of(x)
    kinds = numbers.kinds(evidence.shares(numbers), numbers.instalment)
    likely = float(evidence.count @ evidence.log_chances(x, evidence.remembered()))
    borrowers = Borrowers(types=kinds, relapse=1.0)
    return FittedTypes(borrowers, numbers.instalment, likely, np.exp(numbers.log_odds), evidence, x)
