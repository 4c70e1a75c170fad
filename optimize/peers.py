"""Other searches over the same space and evidence: CMA-ES, a coordinate grid, random designs."""

from collections.abc import Callable

import cma
import numpy as np

from optimize.design import nearest, spread_out
from optimize.evidence import Evidence
from optimize.space import Space

Peer = Callable[[Space, Evidence, int, int], None]  # space, evidence, calls in all, seed
LEVELS = (0.0, 0.5, 1.5, 2.0)  # of a column's present setting, tried by the grid


def evolution(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """CMA-ES from the best design so far; all of a generation meet the same luck."""
    start = evidence.best()
    scale = np.maximum(0.1 * (space.high - space.low), 1e-9)
    options = {"seed": seed % 2**31 + 1, "verbose": -9, "verb_log": 0}
    strategy = cma.CMAEvolutionStrategy(start.design / scale, 0.5, options)
    number = 0
    while evidence.laboratory.calls < calls and not strategy.stop():
        asked = strategy.ask()
        designs = [nearest(space, np.clip(a * scale, space.low, space.high)) for a in asked]
        evidence.simulate([(d, evidence.block(number), "evolution") for d in designs])
        margins = evidence.safety()
        records = [evidence.records[d.tobytes()] for d in designs]
        strategy.tell(asked, [-evidence.hope(r, margins) for r in records])
        number += 1
        evidence.settle()


def grid(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """One column after the other through a grid of levels, keeping what is best."""
    order = np.random.default_rng(seed)
    for sweep in range(100):
        before = evidence.laboratory.calls
        for column in order.permutation(len(space.columns)):
            if evidence.laboratory.calls >= calls:
                return
            wanted = [nearest(space, d) for d in _levels(space, evidence.best().design, column)]
            number = sweep * 31 + int(column)
            evidence.simulate([(d, evidence.block(number), "grid") for d in wanted])
            evidence.settle()
        if evidence.laboratory.calls == before:
            return  # nothing new within reach of the grid


def _levels(space: Space, design: np.ndarray, column: int) -> list[np.ndarray]:
    present = design[column] or 0.05 * (space.high[column] - space.low[column])
    out = []
    for level in LEVELS:
        moved = design.copy()
        moved[column] = np.clip(level * present, space.low[column], space.high[column])
        out.append(moved)
    return out


def scattered(space: Space, evidence: Evidence, calls: int, seed: int) -> None:
    """Designs all over the space; what any method must beat."""
    number = 0
    while evidence.laboratory.calls < calls:
        designs = spread_out(space, 8, seed * 7919 + number)
        evidence.simulate([(d, evidence.block(number), "random") for d in designs])
        evidence.settle()
        number += 1


PEERS: dict[str, Peer] = {"evolution": evolution, "grid": grid, "random": scattered}
