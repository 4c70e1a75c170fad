"""How easily debtors are reached, from the lender's contact log.

An account's chance to be reached is its own; over accounts it is spread as a beta distribution, and
of its attempts a binomial number reaches it. So the spread is what contacts vary beyond chance.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln, expit

from sim.calibrate.estimates import NINETY, UNTOLD

LEAST = 30  # accounts with attempts
BOUNDS = ((-6.0, 6.0), (-2.0, 6.0))  # logit of the mean chance, log of the concentration
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
    error = np.sqrt(np.diag(np.linalg.pinv(_curvature(lacking, x))))
    ends = x + NINETY * error * np.array([[-1.0], [1.0]])
    mean, size = expit(x[0]), float(np.exp(x[1]))
    return [
        (KEYS[0], float(mean), float(error[0] * mean * (1 - mean)), *expit(ends[:, 0]).tolist(),
         "identified"),
        (KEYS[1], size, float(error[1] * size), *np.exp(ends[:, 1]).tolist(),
         "identified" if error[1] < 0.5 else UNTOLD),
    ]  # fmt: skip


def _curvature(of, x: np.ndarray) -> np.ndarray:
    """Second derivatives, by differences."""
    steps = STEP * np.eye(x.size)
    return np.array([
        [(of(x + a + b) - of(x + a - b) - of(x - a + b) + of(x - a - b)) / (4.0 * STEP**2)
         for b in steps] for a in steps
    ])  # fmt: skip
