"""What a surrogate promises: objective and limits on a programme, each limit with a slack."""

from collections.abc import Mapping, Sequence

import numpy as np
import pulp

from optimize.anchor import Anchor
from optimize.limits import QUANTITIES, Quantity
from optimize.problem import Limit
from optimize.programme import Expression, Programme, pieces, plain
from optimize.risk import cvar, quantile
from optimize.space import Space
from optimize.surrogate import Surrogate

DEAR = 10.0  # objective lost per unit of relative relaxation, in units of the objective itself


def promise(
    programme: Programme, space: Space, surrogate: Surrogate, anchor: Anchor,
    margins: Mapping[str, float], raised: Mapping[str, float] | None = None, elastic: bool = True,
) -> None:  # fmt: skip
    """Aim the programme at what the surrogate promises.

    `margins` are kept from the limits, `raised` loosens their bounds, both by the limits' names
    and in the quantities' units.
    """
    totals = _totals(programme, surrogate, anchor)
    for limit in space.problem.limits:
        loosened = (raised or {}).get(limit.name, 0.0)
        _keep(programme, limit, totals, anchor, margins.get(limit.name, 0.0) - loosened, elastic)
    aim = QUANTITIES[space.problem.objective]
    usual = aim.of(anchor.mean)
    worth = usual + (1.0 / anchor.mean[aim.whole]) * aim.excess(totals, usual)  # first order
    scale = abs(usual)
    cost = pulp.lpSum(
        DEAR * scale / _size(limit, anchor) * programme.relaxed[limit.name]
        for limit in space.problem.limits if elastic
    )  # fmt: skip
    programme.model.setObjective(worth - cost)


def _size(limit: Limit, anchor: Anchor) -> float:
    """What counts as one whole of a limit's unit."""
    return max(abs(anchor.bound(limit)), abs(anchor.figure(limit)), 1e-9)


def _totals(programme, surrogate, anchor) -> dict[str, Expression]:
    """Each total as an expression: today's mean plus the surrogate's difference."""
    filled, slopes = [], []
    for j, curve in enumerate(surrogate.curves):
        filled += pieces(programme.model, f"curve{j}", programme.design[j], curve.places.tolist())
        slopes.append(curve.slopes)
    steep = np.vstack(slopes)
    out = {}
    for k, name in enumerate(anchor.columns):
        steady = anchor.mean[name] + float(surrogate.floor[k])
        terms = (float(by) * f for by, f in zip(steep[:, k], filled, strict=True) if by)
        out[name] = steady + pulp.lpSum(terms)
    return out


def _keep(programme, limit: Limit, totals, anchor: Anchor, margin: float, elastic: bool) -> None:
    """One limit as a row, its slack in the quantity's unit."""
    quantity, bound = QUANTITIES[limit.on], anchor.bound(limit)
    whole = anchor.mean[quantity.whole]
    if limit.over == "mean":
        excess = limit.sense * (1.0 / whole) * quantity.excess(totals, bound)
    else:
        excess = _tail(programme, limit, totals, anchor) - limit.sense * bound
    programme.at_most_zero(limit.name, excess + margin, 1.0, elastic)


def _tail(programme, limit: Limit, totals, anchor: Anchor) -> Expression:
    """CVaR or quantile of the figure: today's circumstances, scaled as the figure's mean moves."""
    quantity = QUANTITIES[limit.on]
    costs = circumstances_costs(quantity, limit, totals, anchor)
    name = plain(limit.name)
    if limit.over == "cvar":
        return cvar(programme.model, name, costs, limit.level)
    seen = anchor.figures(quantity)
    spread = 4.0 * float(np.ptp(seen)) + abs(float(seen.mean()))
    return quantile(programme.model, name, costs, limit.level, spread)


def circumstances_costs(
    quantity: Quantity, limit: Limit, totals: Mapping[str, Expression], anchor: Anchor
) -> Sequence[Expression]:
    """The figure in each circumstance, its sign turned for a lower bound."""
    seen = anchor.figures(quantity)
    centre, whole = quantity.of(anchor.mean), anchor.mean[quantity.whole]
    moved = (1.0 / whole) * quantity.excess(totals, centre)  # first order in the figure
    return [limit.sense * (float(s) + float(s) / centre * moved) for s in seen]
