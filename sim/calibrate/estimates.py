"""Estimates with their standard errors, and which of them the panel can tell.

Errors come from the outer product of the scores (Berndt, Hall, Hall & Hausman 1974), accounts
being independent. They are found on the scale of the search, where an interval stays possible.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from sim.calibrate.likelihood import Evidence, Numbers, bounds, count_types
from sim.calibrate.mixture import FittedTypes

SMALL = 1e-3  # step of the differences, on the scale of the search
LOOSE = 0.5  # standard error of the log of a size beyond which the panel tells too little
WIDE = 0.4  # 90 % interval of a share beyond which it does; near 0 a loose logit is a sure share
SILENT = 1e-9  # error of what no history says anything of: no score moves with it
ENDLESS = 100.0  # error of a logit beyond which its interval is all shares
NINETY = 1.6449  # standard errors to either side of a 90 % interval
RATE_KEYS = ("entry", "repay_m1", "repay_later")
BOUND = "at its bound"
LOST = 1.353  # log likelihood less, beyond which a value is outside of a 90 % interval
UNTOLD = "not identified"  # then the number of today's scenario stands
COLUMNS = ("key", "estimate", "error", "low", "high", "verdict")


@dataclass(frozen=True)
class Scale:
    """The scale on which errors are found: logit for a share, log for a size."""

    to: np.ufunc
    back: np.ufunc

    def slope(self, estimate: float) -> float:
        """What an error of the scale is in the estimate's own unit."""
        return estimate * (1.0 - estimate) if self.to is logit else estimate


SHARE, SIZE = Scale(logit, expit), Scale(np.log, np.exp)


def estimates(fit: FittedTypes) -> pd.DataFrame:
    """A row a fitted parameter: estimate, standard error, 90 % interval, verdict.

    The verdict is `identified`, `at its bound` of the search (then there is no error, and the
    interval ends there) or `not identified` (nor an interval: it would say nothing).
    """
    evidence = fit.evidence
    inside, covariance = _covariance(evidence, fit.x)
    rows = []
    for key, scale, of in _reported(evidence, count_types(fit.x)):
        slope = _slopes(of, fit.x)
        estimate = float(scale.back(of(fit.x)))
        if key.endswith((".payment", ".instalment")):
            estimate = min(estimate, 1.0)  # of the balance
        moved = np.abs(slope) > 1e-9
        if not (moved & inside).any() or ((moved & ~inside).any() and "share" not in key):
            ends = np.sort([of(fit.x), of(_inward(evidence, fit.x, moved & ~inside))])
            own, verdict, silent = np.nan, BOUND, False
        else:
            error = float(np.sqrt(slope[inside] @ covariance @ slope[inside]))
            ends = of(fit.x) + NINETY * min(error, ENDLESS) * np.array([-1.0, 1.0])
            own, verdict, silent = error * scale.slope(estimate), "identified", error < SILENT
        low, high = scale.back(ends)
        loose = np.ptp(ends) >= 2.0 * NINETY * LOOSE if scale is SIZE else high - low >= WIDE
        if loose or silent:
            low, high, verdict = np.nan, np.nan, UNTOLD
        rows.append((key, estimate, own, low, high, verdict))
    return pd.DataFrame(rows, columns=COLUMNS)


def rounded(estimate: float, error: float) -> float:
    """The estimate without the digits that are less than a hundredth of its error."""
    return round(estimate, 2 - int(np.floor(np.log10(error))))


def _inward(evidence: Evidence, x: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """How far the numbers at their bounds can leave them until the panel is clearly less likely.

    The other numbers stay. Where it never is, as far as the bounds on the other side.
    """
    low, high = bounds(count_types(x)).T
    step = bound * np.where(x > (low + high) / 2.0, low - high, high - low)
    chance = evidence.remembered()

    def likely(share: float) -> float:
        return float(evidence.count @ evidence.log_chances(x + share * step, chance))

    top = likely(0.0)
    if top - likely(1.0) <= LOST:
        return x + step
    return x + brentq(lambda share: top - likely(share) - LOST, 0.0, 1.0, xtol=1e-4) * step


def _covariance(evidence: Evidence, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which numbers lie inside their bounds, and the covariance of these."""
    low, high = bounds(count_types(x)).T
    inside = (x > low + 0.01) & (x < high - 0.01)
    chance = evidence.remembered()
    scores = np.array([
        _difference(lambda y: evidence.log_chances(y, chance), x, i) for i in np.flatnonzero(inside)
    ])  # fmt: skip
    information = (scores * evidence.count) @ scores.T
    told = np.sqrt(np.diag(information))
    unit = np.divide(1.0, told, out=np.zeros_like(told), where=told > 0.0)
    alike = unit[:, None] * information * unit  # else what is told best hides what is told less
    return inside, unit[:, None] * np.linalg.pinv(alike, rcond=1e-10, hermitian=True) * unit


def _difference(of, x: np.ndarray, i: int):
    """Derivative by the number i."""
    step = SMALL * (np.arange(x.size) == i)
    return (of(x + step) - of(x - step)) / (2.0 * SMALL)


def _slopes(of, x: np.ndarray) -> np.ndarray:
    return np.array([_difference(of, x, i) for i in range(x.size)])


def _reported(evidence: Evidence, types: int):
    """Key, scale, and what it is of a point of the search, of each fitted parameter."""
    for t in range(types):
        place = f"borrowers.types.{t}"
        if types > 1:
            yield f"{place}.share", SHARE, lambda x, t=t: logit(evidence.shares(Numbers.of(x))[t])
        for r, name in enumerate(RATE_KEYS):
            yield f"{place}.{name}", SHARE, lambda x, i=r * types + t: x[i]
        middle = 3 * types + t
        yield f"{place}.payment", SIZE, lambda x, i=middle, c=5 * types + 1: x[i] + x[c]
        yield f"{place}.payment_spread", SIZE, lambda x, i=4 * types + t: x[i]
    yield "borrowers.types.fade", SHARE, lambda x: x[5 * types]
    yield "portfolio.instalment", SIZE, lambda x: x[5 * types + 1]
