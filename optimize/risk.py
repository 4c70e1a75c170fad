"""Bounds on bad circumstances: CVaR and quantile, as rows of a programme and as numbers."""

from collections.abc import Sequence

import numpy as np
import pulp

Expression = pulp.LpAffineExpression


def cvar(model: pulp.LpProblem, name: str, costs: Sequence[Expression], level: float) -> Expression:
    """An expression at least the mean of the worst `1 - level` share of the costs.

    Rockafellar & Uryasev 2000: exact where it is minimised or bounded from above.
    """
    start = model.add_variable(f"{name}_start")
    beyond = []
    for s, cost in enumerate(costs):
        over = model.add_variable(f"{name}_over{s}", 0.0)
        model.addConstraint(over >= cost - start, f"{name}_tail{s}")
        beyond.append(over)
    return start + (1.0 / ((1.0 - level) * len(costs))) * pulp.lpSum(beyond)


def quantile(
    model: pulp.LpProblem, name: str, costs: Sequence[Expression], level: float, spread: float
) -> pulp.LpVariable:
    """A variable that all but a share `1 - level` of the costs do not exceed.

    `spread` is more than any cost can lie above it.
    """
    top = model.add_variable(f"{name}_top")
    misses = []
    for s, cost in enumerate(costs):
        miss = model.add_variable(f"{name}_miss{s}", cat="Binary")
        model.addConstraint(cost - top <= spread * miss, f"{name}_case{s}")
        misses.append(miss)
    allowed = allowed_misses(len(costs), level)
    model.addConstraint(pulp.lpSum(misses) <= allowed, f"{name}_misses")
    return top


def allowed_misses(count: int, level: float) -> int:
    """How many of the circumstances may lie above the quantile."""
    return int(np.floor((1.0 - level) * count + 1e-9))


def cvar_of(costs: np.ndarray, level: float) -> float:
    """Mean of the worst `1 - level` share of the costs, the split one counted in part."""
    return float(tail_terms(costs, level).mean())


def tail_terms(costs: np.ndarray, level: float) -> np.ndarray:
    """Numbers, one per circumstance, whose mean is the CVaR; their spread gives its error."""
    start = quantile_of(costs, level)
    return start + np.maximum(costs - start, 0.0) / (1.0 - level)


def quantile_of(costs: np.ndarray, level: float) -> float:
    """The least value that at most a share `1 - level` of the costs exceeds."""
    ordered = np.sort(costs)
    return float(ordered[len(ordered) - 1 - allowed_misses(len(ordered), level)])
