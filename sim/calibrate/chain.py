"""An account of one latent type as a Markov chain, from the chances that the kernel uses.

States are 0 (performing), the days past due 1 … 180, and 181 (charged off). A payment clears the
arrears, or lifts the account by the whole instalments it covers; what it pays beyond them is
forgotten, the one place where this chain is coarser than the kernel.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.market import Borrowers, BorrowerType, Market, natural_chances
from sim.panel import CHARGED_OFF
from sim.records import FRESH
from sim.units import CHARGE_OFF_DAY, DAYS_PER_MONTH

GONE = CHARGE_OFF_DAY + 1
STATES = GONE + 1
CLASS = np.minimum(-(-np.arange(STATES) // DAYS_PER_MONTH), CHARGED_OFF)  # seen at a month's end


@dataclass(frozen=True)
class TypeChain:
    """Chances of one type, over the states."""

    month: np.ndarray  # (state, state), from a month's end to the next
    usual: np.ndarray  # (state,), share of time in each state, where the charged off are replaced


def type_chain(kind: BorrowerType, instalment: float, entry_shift: float = 0.0) -> TypeChain:
    """The chain of a type, without relapse.

    `instalment` is what falls due each month, share of the balance; `entry_shift` what season and
    economy add to the logit of entry.
    """
    alone = Borrowers(types=(kind.model_copy(update={"share": 1.0}),))
    daily = natural_chances(alone, Market(season=(entry_shift,) * 12), 0)[FRESH]
    day = _day(daily, np.log(kind.payment / instalment), kind.payment_spread)
    month = np.linalg.matrix_power(day, DAYS_PER_MONTH)
    return TypeChain(month, _usual(month))


def _day(daily: np.ndarray, log_paid: float, spread: float) -> np.ndarray:
    """From one evening to the next; `log_paid` is the log of the median payment in instalments."""
    most = CHARGE_OFF_DAY // DAYS_PER_MONTH
    covers = 1.0 - ndtr((np.log(np.arange(1, most + 1)) - log_paid) / max(spread, 1e-9))
    out = np.zeros((STATES, STATES))
    out[0, 0], out[0, 1] = 1.0 - daily[0], daily[0]
    out[GONE, GONE] = out[CHARGE_OFF_DAY, GONE] = 1.0
    age = np.arange(2, CHARGE_OFF_DAY + 1)  # tomorrow
    owed = -(-age // DAYS_PER_MONTH)
    out[age - 1, 0] = daily[age] * covers[owed - 1]
    out[age - 1, age] += 1.0 - daily[age] * covers[0]
    for lifted in range(1, most):
        some = owed > lifted
        at, chance = age[some], covers[lifted - 1] - covers[lifted]
        out[at - 1, at - DAYS_PER_MONTH * lifted] += daily[at] * chance
    return out


def _usual(month: np.ndarray) -> np.ndarray:
    """Stationary shares, a charged-off account being replaced by a performing one."""
    renewed = month.copy()
    renewed[GONE] = month[0]
    equations = renewed.T - np.eye(STATES)
    equations[0] = 1.0  # the shares sum to 1; the equation it replaces follows from the others
    return np.maximum(np.linalg.solve(equations, np.eye(STATES)[0]), 0.0)
