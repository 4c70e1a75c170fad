"""The surrogate: totals near an incumbent, linear with bends, and its own error."""

from dataclasses import dataclass

import numpy as np

PENALTIES = np.geomspace(1e-8, 10.0, 10)  # of the ridge, per mean square of the directions
MOST_BENDS = 6
WORTH_A_BEND = 0.98  # a bend must bring the leave-one-out error below this share
KNOTS = np.array([-6.0, -3.0, -1.5, -0.75, 0.0, 0.75, 1.5, 3.0, 6.0])  # from the centre, in scale


@dataclass(frozen=True)
class Bend:
    """A column's square about the centre, as straight pieces between places."""

    column: int
    places: tuple[float, ...]
    heights: tuple[float, ...]

    def of(self, settings: np.ndarray) -> np.ndarray:
        """The height over each setting of the column."""
        return np.interp(settings, self.places, self.heights)


def bend(column: int, centre: float, scale: float, low: float, high: float) -> Bend:
    """The bend of a column between its ends."""
    inside = [float(p) for p in centre + scale * KNOTS if low < p < high]
    places = np.array([low, *inside, high])
    heights = ((places - centre) / scale) ** 2
    return Bend(column, tuple(places.tolist()), tuple(heights.tolist()))


@dataclass(frozen=True)
class Surrogate:
    """Differences of totals from today's scheme, near a centre."""

    centre: np.ndarray  # (column of the design,)
    scale: np.ndarray  # (column of the design,)
    offset: np.ndarray  # (total,) difference from today at the centre, as simulated
    bends: tuple[Bend, ...]
    slopes: np.ndarray  # (design column or bend, total) per unit of scale
    error: np.ndarray  # (total,) leave-one-out error, rms
    explained: np.ndarray  # (total,) share of variance explained, left out

    def predict(self, designs: np.ndarray) -> np.ndarray:
        """Differences from today, shape (design, total)."""
        moved = features(designs, self.centre, self.scale, self.bends)
        return self.offset + moved @ self.slopes


def features(
    designs: np.ndarray, centre: np.ndarray, scale: np.ndarray, bends: tuple[Bend, ...]
) -> np.ndarray:
    """Columns less the centre in units of scale, and bends less their height at the centre."""
    risen = [(b.of(designs[:, b.column]) - b.of(centre[b.column]))[:, None] for b in bends]
    return np.hstack([(designs - centre) / scale, *risen])


def fit(
    designs: np.ndarray,
    gains: np.ndarray,
    weights: np.ndarray,
    centre: np.ndarray,
    offset: np.ndarray,
    scale: np.ndarray,
    allowed: tuple[Bend, ...] = (),
) -> Surrogate:
    """Weighted ridge anchored at the centre; bends only where leave-one-out improves.

    `designs` (n, column), `gains` (n, total) their differences from today, `weights` (n,).
    """
    target, share = gains - offset, weights / weights.sum()
    spread = share @ (target - share @ target) ** 2
    bends: tuple[Bend, ...] = ()
    slopes, error = _ridge(features(designs, centre, scale, bends), target, weights)
    while len(bends) < MOST_BENDS:
        rivals = [(*bends, new) for new in allowed if new not in bends]
        tried = [_ridge(features(designs, centre, scale, r), target, weights) for r in rivals]
        sizes = [_size(e, spread) for _, e in tried]
        if not sizes or min(sizes) > WORTH_A_BEND * _size(error, spread):
            break
        best = int(np.argmin(sizes))
        bends, (slopes, error) = rivals[best], tried[best]
    explained = 1.0 - error**2 / np.maximum(spread, 1e-300)
    return Surrogate(centre, scale, offset, bends, slopes, error, explained)


def _size(error: np.ndarray, spread: np.ndarray) -> float:
    """One figure of error for all totals, each against its own spread."""
    moving = spread > 0.0
    return float(np.mean(error[moving] / np.sqrt(spread[moving]))) if moving.any() else 0.0


def _ridge(moved: np.ndarray, target: np.ndarray, weights: np.ndarray):
    """Slopes and leave-one-out error (rms), each total with the penalty that leaves the least."""
    root = np.sqrt(weights / weights.sum())[:, None]
    U, s, Vt = np.linalg.svd(root * moved, full_matrices=False)
    seen = U.T @ (root * target)
    slopes = np.zeros((moved.shape[1], target.shape[1]))
    best = np.full(target.shape[1], np.inf)
    for penalty in PENALTIES * float(np.mean(s**2) + 1e-300):
        shrunk = s / (s**2 + penalty)
        left = 1.0 - (U**2) @ (s * shrunk)
        residual = root * target - U @ ((s * shrunk)[:, None] * seen)
        error = np.sqrt(((residual / np.maximum(left, 1e-6)[:, None]) ** 2).sum(axis=0))
        better = error < best
        best = np.where(better, error, best)
        slopes[:, better] = (Vt.T @ (shrunk[:, None] * seen))[:, better]
    return slopes, best
