"""How easily debtors are reached, from the lender's contact log.

An account's chance to be reached is its own; over accounts it is spread as a beta distribution, and
of its attempts a binomial number reaches it. So the spread is what contacts vary beyond chance.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize
from scipy.special import betaln, expit

from sim.calibrate.estimates import BOUND, LOOSE, LOST, NINETY, UNTOLD

LEAST = 30  # accounts with attempts
BOUNDS = ((-6.0, 6.0), (-2.0, 6.0))  # logit of the mean chance, log of the concentration
NEAR = 0.01  # from a bound: at it
STEP = 1e-3
KEYS = ("portfolio.reach", "portfolio.reach_spread")


def contact_rates(log: pd.DataFrame) -> list[tuple]:
    """Rows of the mean chance to be reached and its concentration; none without a log."""
    if log.empty:
        return []
    tried = log.groupby("account")[["attempts", "contacts"]].sum()
    tried = tried[tried["attempts"] > 0]
    if len(tried) < LEAST:
        return [(key, np.nan, np.nan, np.nan, np.nan, UNTOLD) for key in KEYS]
    hit, missed = tried["contacts"].to_numpy(), (tried["attempts"] - tried["contacts"]).to_numpy()

    def lacking(x: np.ndarray) -> float:
        mean, size = expit(x[0]), np.exp(x[1])
        a, b = mean * size, (1.0 - mean) * size
        return -float((betaln(a + hit, b + missed) - betaln(a, b)).sum())

    x = minimize(lacking, [0.0, 1.0], method="L-BFGS-B", bounds=BOUNDS).x
    error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(_curvature(lacking, x))), 0.0))
    return [
        _row(KEYS[0], x[0], error[0], expit, _end(lacking, x, 0)),
        _row(KEYS[1], x[1], error[1], np.exp, _end(lacking, x, 1)),
    ]


def _row(key: str, at: float, error: float, back: np.ufunc, end: float) -> tuple:
    """A rate's row; `end` is where the interval of one at its bound ends, NaN inside of them."""
    inside = bool(np.isnan(end))
    ends = at + NINETY * error * np.array([-1.0, 1.0]) if inside else np.sort([at, end])
    low, high = back(ends)
    if back is np.exp and np.ptp(ends) >= 2.0 * NINETY * LOOSE:
        return key, float(back(at)), np.nan, np.nan, np.nan, UNTOLD
    own = float(back(at + STEP) - back(at - STEP)) / (2.0 * STEP) * error if inside else np.nan
    return key, float(back(at)), own, float(low), float(high), "identified" if inside else BOUND


def _end(lacking: Callable, x: np.ndarray, i: int) -> float:
    """How far a number at its bound can leave it until the log is clearly less likely."""
    if min(abs(x[i] - bound) for bound in BOUNDS[i]) > NEAR:
        return np.nan
    far = max(BOUNDS[i], key=lambda bound: abs(bound - x[i]))

    def over(at: float) -> float:
        return lacking(np.where(np.arange(x.size) == i, at, x)) - lacking(x) - LOST

    return brentq(over, x[i], far) if over(far) > 0.0 else far


def _curvature(of, x: np.ndarray) -> np.ndarray:
    """Second derivatives, by differences."""
    steps = STEP * np.eye(x.size)
    return np.array([
        [(of(x + a + b) - of(x + a - b) - of(x - a + b) + of(x - a - b)) / (4.0 * STEP**2)
         for b in steps] for a in steps
    ])  # fmt: skip
