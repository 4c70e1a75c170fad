"""Rules: what a scheme breaks of what may be decided, today's scheme above all.

The programme keeps these rules by its columns and rows; here they are read on one finished design,
so that a scheme which breaks them is never called good enough to stay.
"""

from collections.abc import Iterator

import numpy as np

from optimize.space import Space
from sim import INDICATORS

NEAR = 1e-6  # weights and shares of the pool are rounded


def broken(space: Space, design: np.ndarray) -> tuple[str, ...]:
    """The broken rules, each by its key and what the design has instead.

    Whole steps of weights and pools are asked of proposals only.
    """
    return (*_weights(space, design), *_pool(space, design), *_levers(space, design))


def _weights(space: Space, design: np.ndarray) -> Iterator[str]:
    card, weights = space.card, space.weights(design)
    for key, weight in weights.items():
        if key in space.barred:
            yield f"card.indicators leaves out {key}, which has {weight:.4g}"
        if weight > card.most_weight + NEAR:
            yield f"card.most_weight is {card.most_weight:g}, {key} has {weight:.4g}"
        if weight < card.least_weight - NEAR:
            yield f"card.least_weight is {card.least_weight:g}, {key} has {weight:.4g}"
    if card.most_indicators and len(weights) > card.most_indicators:
        yield f"card.most_indicators is {card.most_indicators}, the card has {len(weights)}"
    for category, floor in card.categories.items():
        here = sum(w for key, w in weights.items() if INDICATORS[key].category == category)
        if weights and here < floor - NEAR:
            yield f"card.categories.{category} is {floor:g}, the card has {here:.4g}"
    if weights and card.largest_change is not None:
        usual = space.weights_today
        moved = 0.5 * sum(abs(weights.get(k, 0.0) - usual.get(k, 0.0)) for k in space.indicators)
        if moved > card.largest_change + NEAR:
            yield f"card.largest_change is {card.largest_change:g}, {moved:.4g} was moved"


def _pool(space: Space, design: np.ndarray) -> Iterator[str]:
    (least, most), pool = space.pool_bounds, space.pool(design)
    if not least - NEAR * most <= pool <= most + NEAR * most:
        yield f"card.pool_yuan is {least:g} to {most:g}, the card has {pool:g}"


def _levers(space: Space, design: np.ndarray) -> Iterator[str]:
    for lever, (first, last) in zip(space.levers, space.menus, strict=True):
        if lever.options and design[first:last].sum() < 0.5:
            yield f"{lever.key} is none of its options"
        elif not lever.options and not lever.low <= design[first] <= lever.high:
            yield f"{lever.key} is {design[first]:g}, not in {lever.low:g}..{lever.high:g}"
