"""Latent borrower types of a status panel, by maximum likelihood.

The likelihood reads the kernel's own table of chances (`chain`), so what is fitted is what a
scenario file takes. Rates are those of the lender's worked accounts: they hold the usual effect of
its collectors, which a panel without a contact log cannot tell apart.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar

from sim.calibrate.chain import CLASS, STATES, type_chain
from sim.calibrate.likelihood import (
    FIRST,
    STARTS,
    Evidence,
    Histories,
    Numbers,
    bounds,
    count_types,
    in_order,
    starts,
)
from sim.calibrate.sizes import Sizes
from sim.market import Borrowers
from sim.panel import ABSENT, CHARGED_OFF, Panel, stock

Climbing = Callable[[Evidence, np.ndarray], tuple[np.ndarray, float]]
CLIMBS = len(STARTS)  # of a fit
REACH = 3.0  # logit of entry that season and economy may add or take


@dataclass(frozen=True)
class FittedTypes:
    """Types for a scenario, and how well they tell the panel."""

    borrowers: Borrowers
    instalment: float  # what falls due each month, share of the balance
    log_likelihood: float  # of the histories, given each one's first month
    odds: np.ndarray  # (class seen first: none, early, late; type)
    evidence: Evidence  # what they are fitted to
    x: np.ndarray  # the same numbers as the search has them
    sizes: Sizes | None  # of payments; None where nobody paid

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

    def cured_after(self, panel: Panel, accounts: np.ndarray, months: int) -> float:
        """Predicted share of some accounts that are not overdue `months` after the panel's last.

        `accounts` is a flag for each of the panel; NaN if there is none.
        """
        if not accounts.any():
            return float("nan")
        some = Panel(panel.state[accounts], panel.balance_fen[accounts], panel.repaid_fen[accounts])
        histories = Histories.of(some)
        cured = np.zeros(len(histories.count))
        told = np.zeros(len(histories.count))
        for t, kind in enumerate(self.borrowers.types):
            chain = type_chain(kind, self.instalment)
            _, at = histories.forward(chain)
            at *= self.odds[FIRST[histories.seen[:, 0]], t, None]
            told += at.sum(axis=1)
            cured += (at @ np.linalg.matrix_power(chain.month, months))[:, 0]
        return float(histories.count @ (cured / told) / histories.count.sum())

    def last_shift(self, panel: Panel) -> float:
        """The shift of entry that explains the overdue stock of the panel's last month.

        What season and economy were then is the best guess of what they are a month later. A stock
        that no shift within reach explains gives the end of the reach.
        """
        months = panel.state.shape[1]
        before, last = panel.months(0, months - 1), stock(panel, months - 1)

        def more(shift: float) -> float:
            return self.stock_after(before, shift) - last

        if more(-REACH) >= 0.0:
            return -REACH
        if more(REACH) <= 0.0:
            return REACH
        return brentq(more, -REACH, REACH, xtol=1e-3)


def fit_types(panel: Panel, types: int = 3, climbing: Climbing | None = None) -> FittedTypes:
    """The types that make the panel most likely, given each account's first month.

    A factor on entry after a cure is not fitted (`relapse` is 1): a few months cannot tell it from
    the types' own entry. `climbing` stands in for `climb`, to tell of climbs or remember them.
    """
    climbing = climbing or climb
    statuses = Evidence.of(panel)
    found = [climbing(statuses, start) for start in starts(types)]
    x = in_order(min(found, key=lambda top: top[1])[0])
    sizes = Sizes.of(panel)
    evidence = statuses.with_repayments(panel, sizes.base_fen if sizes else 0.0, x)
    return fitted(evidence, with_instalment(evidence, x), sizes)


def with_instalment(evidence: Evidence, x: np.ndarray) -> np.ndarray:
    """The point moved to the instalment that makes repayments most likely, the rest unmoved.

    Statuses tell payments in instalments alone. Searched together, sizes of payments, which people
    choose for other reasons too, bend the rates of cure (measured on the Taiwan cards).
    """
    if not evidence.repayments.count.any():
        return x
    place = 5 * count_types(x) + 1

    def moved(instalment: float) -> np.ndarray:
        return np.where(np.arange(x.size) == place, instalment, x)

    def lacking(instalment: float) -> float:
        told = evidence.repayments.log_chance(Numbers.of(moved(instalment)), evidence.payers)
        return -float(evidence.repayments.count @ told)

    grid = np.linspace(*bounds(count_types(x))[place], 131)
    best = grid[np.argmin([lacking(i) for i in grid])]
    return moved(minimize_scalar(lacking, bounds=(best - 0.05, best + 0.05)).x)


def climb(evidence: Evidence, start: np.ndarray) -> tuple[np.ndarray, float]:
    """The top of the hill of likelihood that the start stands on, and what its likelihood lacks."""
    chance = evidence.remembered()
    top = minimize(
        lambda x: -float(evidence.count @ evidence.log_chances(x, chance)),
        start,
        method="L-BFGS-B",
        bounds=bounds(count_types(start)),
        options={"maxiter": 200, "ftol": 1e-7},
    )
    return top.x, float(top.fun)


def fitted(evidence: Evidence, x: np.ndarray, sizes: Sizes | None) -> FittedTypes:
    """The types that a point of the search stands for."""
    numbers = Numbers.of(x)
    kinds = numbers.kinds(evidence.shares(numbers), numbers.instalment)
    likely = float(evidence.count @ evidence.log_chances(x, evidence.remembered()))
    borrowers = Borrowers(types=kinds, relapse=1.0)
    odds = np.exp(numbers.log_odds)
    return FittedTypes(borrowers, numbers.instalment, likely, odds, evidence, x, sizes)
