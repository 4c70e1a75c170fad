"""An account of one latent type as a Markov chain, from the chances that the kernel uses.

States are 0 (performing), the days past due in steps of five, 1-5 … 176-180, and last the charged
off. Within a step all five ages are as likely. A payment clears the arrears, or lifts the account
by the whole instalments it covers; what it pays beyond them is forgotten, the one place where this
chain is coarser than the kernel.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.market import Borrowers, BorrowerType, Market, natural_chances
from sim.panel import CHARGED_OFF
from sim.records import FRESH
from sim.units import CHARGE_OFF_DAY, DAYS_PER_MONTH

STEP = 5  # days; with steps of one day a fit takes fifteen times as long and finds the same
STEPS = DAYS_PER_MONTH // STEP  # a month
GONE = CHARGE_OFF_DAY // STEP + 1
STATES = GONE + 1
CLASS = np.minimum(-(-np.arange(STATES) // STEPS), CHARGED_OFF)  # seen at a month's end


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
    step = _step(daily, np.log(kind.payment / instalment), kind.payment_spread)
    month = np.linalg.matrix_power(step, STEPS)
    return TypeChain(month, _usual(month))


def _step(daily: np.ndarray, log_paid: float, spread: float) -> np.ndarray:
    """From an evening to that five days later; `log_paid` is the median payment in instalments."""
    most = CHARGE_OFF_DAY // DAYS_PER_MONTH
    covers = 1.0 - ndtr((np.log(np.arange(1, most + 1)) - log_paid) / max(spread, 1e-9))
    covers = np.maximum(covers, 1e-300) / max(covers[0], 1e-300)  # of the payments that lift
    lifts = np.append(daily[: CHARGE_OFF_DAY + 1], np.zeros(STEP))
    lifts *= 1.0 - ndtr(-log_paid / max(spread, 1e-9))
    out = np.zeros((STATES, STATES))
    out[0, 1] = _entered(daily[0], lifts)
    out[0, 0] = 1.0 - out[0, 1]
    out[GONE, GONE] = 1.0
    paid = _first_payments(lifts)
    state = np.arange(1, GONE)
    out[state, 0] = paid @ covers
    out[state, state + 1] = 1.0 - paid.sum(axis=1)
    for lifted in range(1, most):
        at = state[STEPS * lifted - 1 :]  # who may owe more than that
        chance = paid[at - 1, lifted:].sum(axis=1) * (covers[lifted - 1] - covers[lifted])
        out[at, at + 1 - STEPS * lifted] += chance
    return out


def _entered(entry: float, lifts: np.ndarray) -> float:
    """Chance of a performing account to be overdue at the step's end."""
    day = np.arange(STEP)
    unpaid = np.cumprod(np.append(1.0, 1.0 - lifts[2 : STEP + 1]))  # by age at the end, less one
    return float(((1.0 - entry) ** day * entry) @ unpaid[::-1])


def _first_payments(lifts: np.ndarray) -> np.ndarray:
    """Chance of a payment that lifts, (step, instalments owed on its day, less one)."""
    day = np.arange(1, STEP + 1)
    ages = np.arange(GONE - 1)[:, None, None] * STEP + day[:, None] + day  # (step, age, its days)
    chance = lifts[ages]
    chance[:, :, 1:] *= np.cumprod(1.0 - chance, axis=2)[:, :, :-1]
    owed = -(-ages // DAYS_PER_MONTH)
    possible = range(1, CHARGE_OFF_DAY // DAYS_PER_MONTH + 1)
    return np.stack([(chance * (owed == o)).sum(axis=2).mean(axis=1) for o in possible], axis=1)


def _usual(month: np.ndarray) -> np.ndarray:
    """Stationary shares, a charged-off account being replaced by a performing one."""
    renewed = month.copy()
    renewed[GONE] = month[0]
    equations = renewed.T - np.eye(STATES)
    equations[0] = 1.0  # the shares sum to 1; the equation it replaces follows from the others
    return np.maximum(np.linalg.solve(equations, np.eye(STATES)[0]), 0.0)
