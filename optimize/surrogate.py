"""The surrogate: totals as a sum of piecewise-linear curves, one per column, and its own error.

In money space the totals of a run are nearly a sum of what each column does alone, and far from
straight: over cards of the baseline straight lines explain 37 % of what a scheme adds to recovery,
curves 76 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PENALTIES = np.geomspace(1e-8, 30.0, 12)  # of the ridge, per mean square of the directions
KNOTS = (0.03, 0.08, 0.16, 0.3, 0.5)  # of a column's range: money works most where there is little


def places(low: float, high: float, menu: bool = False) -> np.ndarray:
    """Where a column's curve may bend, its ends included; an option of a menu is a straight 0/1."""
    inside = () if menu else KNOTS
    return np.array([low, *(low + share * (high - low) for share in inside), high])


@dataclass(frozen=True)
class Curve:
    """One column's part of the totals: slopes of the pieces between places."""

    places: np.ndarray  # (piece + 1,)
    slopes: np.ndarray  # (piece, total) per unit of the column

    def filled(self, settings: np.ndarray) -> np.ndarray:
        """How much of each piece lies below the settings, shape (setting, piece)."""
        starts, lengths = self.places[:-1], np.diff(self.places)
        return np.clip(np.asarray(settings)[:, None] - starts, 0.0, lengths)


@dataclass(frozen=True)
class Surrogate:
    """Differences of totals from today's scheme."""

    curves: tuple[Curve, ...]  # a column each
    floor: np.ndarray  # (total,) where every column stands at its first place
    error: np.ndarray  # (total,) leave-one-out error, rms
    explained: np.ndarray  # (total,) share of variance explained, left out
    left_out: np.ndarray  # (design, total) what the others say of each design

    def predict(self, designs: np.ndarray) -> np.ndarray:
        """Differences from today, shape (design, total)."""
        parts = [c.filled(d) @ c.slopes for c, d in zip(self.curves, designs.T, strict=True)]
        return self.floor + sum(parts)


def fit(
    designs: np.ndarray, gains: np.ndarray, weights: np.ndarray, bends: Sequence[np.ndarray]
) -> Surrogate:
    """Weighted ridge on each column and on what lies beyond each of its inner places.

    `designs` (n, column), `gains` (n, total) their differences from today, `weights` (n,), `bends`
    the places of each column.
    """
    raw = np.hstack([
        np.maximum(d[:, None] - at[:-1], 0.0) for d, at in zip(designs.T, bends, strict=True)
    ])  # fmt: skip
    share = weights / weights.sum()
    centre, middle = share @ raw, share @ gains
    spread = np.sqrt(share @ (raw - centre) ** 2)
    size = np.where(spread > 1e-9 * (1.0 + np.abs(centre)), spread, np.inf)
    slopes, misses = _ridge((raw - centre) / size, gains - middle, share)
    rises = slopes / size[:, None]
    cuts = np.cumsum([len(at) - 1 for at in bends])[:-1]
    curves = tuple(
        Curve(at, np.cumsum(rise, axis=0))
        for at, rise in zip(bends, np.split(rises, cuts), strict=True)
    )
    error, variance = share @ misses**2, share @ (gains - middle) ** 2
    explained = 1.0 - error / np.maximum(variance, 1e-300)
    return Surrogate(curves, middle - centre @ rises, np.sqrt(error), explained, gains - misses)


def _ridge(moved: np.ndarray, target: np.ndarray, share: np.ndarray):
    """Slopes and left-out misses, each total with the penalty under which these are least."""
    root = np.sqrt(share)[:, None]
    U, s, Vt = np.linalg.svd(root * moved, full_matrices=False)
    seen = U.T @ (root * target)
    slopes = np.zeros((moved.shape[1], target.shape[1]))
    misses = np.zeros_like(target)
    best = np.full(target.shape[1], np.inf)
    for penalty in PENALTIES * float(np.mean(s**2) + 1e-300):
        kept = s**2 / (s**2 + penalty)
        left = 1.0 - (U**2) @ kept - share  # the mean is fitted too
        tried = Vt.T @ ((s / (s**2 + penalty))[:, None] * seen)
        missed = (target - moved @ tried) / np.maximum(left, 1e-6)[:, None]
        error = share @ missed**2
        better = error < best
        best = np.where(better, error, best)
        misses[:, better] = missed[:, better]
        slopes[:, better] = tried[:, better]
    return slopes, misses
