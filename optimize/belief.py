"""Belief: what a design's own replications say and what the other designs say, each by its error.

A few replications flatter the best of many designs, and a surrogate errs where it is most wanted.
The mean of both, weighted by their errors, is drawn toward the surrogate while replications are few
and leaves it behind as they grow (Fay & Herriot 1979). Far from where the surrogate was fitted it
errs more, and a design's own replications count alone.
"""

import numpy as np

from optimize.assess import Assessment, Estimate, expected
from optimize.evidence import TODAY, Evidence
from optimize.surrogate import Surrogate


def believe(evidence: Evidence, surrogate: Surrogate, near: np.ndarray) -> None:
    """Assess every design of the evidence by both; `near` (design,) falls from 1 with distance."""
    _, own, counts = evidence.gains()
    others, problem, anchor = surrogate.left_out, evidence.problem, evidence.anchor
    luck = evidence.luck_of_totals()
    trust = _trust(own - others, luck, counts, near)
    figures = expected(problem, anchor, trust * own + (1.0 - trust) * others)
    missed = expected(problem, anchor, own) - expected(problem, anchor, others)
    luck = evidence.luck_of_figures()
    errors = np.sqrt(_trust(missed, luck, counts, near) * luck / counts[:, None])
    names = [limit.name for limit in problem.limits]
    for record, row, error in zip(evidence.records.values(), figures, errors, strict=True):
        if record.origin != TODAY:
            found = [Estimate(float(m), float(e), len(record.replications))
                     for m, e in zip(row, error, strict=True)]  # fmt: skip
            record.assessed = Assessment(found[0], dict(zip(names, found[1:], strict=True)))


def _trust(
    misses: np.ndarray, luck: np.ndarray, counts: np.ndarray, near: np.ndarray
) -> np.ndarray:
    """Weight of a design's own replications; the surrogate's error is what misses exceed luck by.

    `misses` (design, figure), `luck` (figure,) the variance of one replication.
    """
    noise = luck / counts[:, None]
    typical = np.maximum(near @ (misses**2 - noise) / near.sum(), 0.02 * luck)
    model = typical / np.maximum(near[:, None], 1e-12)
    return model / np.maximum(model + noise, 1e-300)
