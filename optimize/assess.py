"""Assesses a design against today's scheme under the same luck: gain, and room to every limit."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import t as student

from optimize.anchor import Anchor, figure
from optimize.limits import QUANTITIES
from optimize.problem import Limit, Problem

RESAMPLES = 400
STRICT = 3.0  # objective lost per unit of relative excess, in units of the objective


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error."""

    mean: float
    se: float
    count: int

    def above(self, confidence: float) -> float:
        """The upper end of the one-sided interval."""
        return self.mean + self._reach(confidence)

    def below(self, confidence: float) -> float:
        """The lower end of the one-sided interval."""
        return self.mean - self._reach(confidence)

    def _reach(self, confidence: float) -> float:
        return float(student.ppf(confidence, max(self.count - 1, 1))) * self.se


@dataclass(frozen=True)
class Assessment:
    """A design's gain over today's scheme, and the excess over each limit in its unit."""

    gain: Estimate
    excess: dict[str, Estimate]

    def keeps(self, problem: Problem, tries: int = 1) -> bool:
        """Whether every limit holds at its confidence, shared among `tries` looks at the luck."""
        return all(
            self.excess[limit.name].above(1.0 - (1.0 - limit.confidence) / tries) <= 1e-9
            for limit in problem.limits
        )


def assess(problem: Problem, anchor: Anchor, mine: np.ndarray, today: np.ndarray) -> Assessment:
    """From totals of the design and of today's scheme in the same replications, row by row.

    Differences between the two are taken on these replications and added to the anchor's figures,
    which may rest on more of them.
    """
    aim = QUANTITIES[problem.objective]
    columns = anchor.columns
    worth = [aim.of(dict(zip(columns, t.T, strict=True))) for t in (mine, today)]
    gain = Estimate(float(np.mean(worth[0] - worth[1])), _se(worth[0] - worth[1]), len(mine))
    excess = {limit.name: _excess(limit, anchor, mine, today) for limit in problem.limits}
    return Assessment(gain, excess)


def expected(problem: Problem, anchor: Anchor, moved: np.ndarray) -> np.ndarray:
    """Gain, then the excess over each limit, if totals move so from today's: (design, figure).

    Tails move as means do.
    """
    names = anchor.columns
    usual = anchor.totals.mean(axis=0)
    then, now = (dict(zip(names, t.T, strict=True)) for t in (usual + moved, usual))
    aim = QUANTITIES[problem.objective]
    figures = [aim.of(then) - aim.of(now)]
    for limit in problem.limits:
        quantity = QUANTITIES[limit.on]
        whole, tail = quantity.of(now), anchor.figure(limit)
        raised = (quantity.of(then) - whole) * (tail / whole if whole else 1.0)
        figures.append(limit.sense * (tail + raised - anchor.bound(limit)))
    return np.column_stack(np.broadcast_arrays(*figures))


def _excess(limit: Limit, anchor: Anchor, mine: np.ndarray, today: np.ndarray) -> Estimate:
    """Excess over the limit; its error by resampling replications, the pairs kept together."""
    count = len(mine)
    once = np.full((1, count), 1.0 / count)
    mean = float(_figures(limit, anchor, mine, today, once)[0])
    drawn = _figures(limit, anchor, mine, today, _resamples(count))
    return Estimate(mean, float(drawn.std() * np.sqrt(count / max(count - 1, 1))), count)


def _figures(limit: Limit, anchor: Anchor, mine, today, shares: np.ndarray) -> np.ndarray:
    """Excess over the bound in the quantity's unit, for each row of shares of replications."""
    if len(mine) < len(anchor.totals):  # too few for a tail: it moves as the mean does
        plain = limit.model_copy(update={"over": "mean"})
        ours, theirs = (figure(plain, anchor.columns, t, shares) for t in (mine, today))
        usual, whole = anchor.figure(limit), anchor.figure(plain)
        scaled = usual + (ours - theirs) * (usual / whole if whole else 1.0)
        return limit.sense * (scaled - anchor.bound(limit))
    ours, theirs = (figure(limit, anchor.columns, t, shares) for t in (mine, today))
    bound = limit.absolute if limit.absolute is not None else limit.relative * theirs
    return limit.sense * (ours - bound)


@cache
def _resamples(count: int) -> np.ndarray:
    """Shares of replications drawn with replacement, alike for every design, (resample, count)."""
    draw = np.random.default_rng(count)
    return draw.multinomial(count, np.full(count, 1.0 / count), RESAMPLES) / count


def _se(differences: np.ndarray) -> float:
    if len(differences) < 2:
        return float("inf")
    return float(np.std(differences, ddof=1) / np.sqrt(len(differences)))


def merit(
    problem: Problem, anchor: Anchor, found: Assessment, margins: dict[str, float] | None = None
) -> float:
    """Gain less the price of broken limits: what the search climbs."""
    scale = abs(QUANTITIES[problem.objective].of(anchor.mean))
    broken = 0.0
    for limit in problem.limits:
        unit = max(abs(anchor.bound(limit)), abs(anchor.figure(limit)), 1e-9)
        over = found.excess[limit.name].mean + (margins or {}).get(limit.name, 0.0)
        broken += max(over, 0.0) / unit
    return found.gain.mean - STRICT * scale * broken
