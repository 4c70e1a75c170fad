"""Attainment: where people stand on the payout curves of a scheme's cards."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.curves import knots_of, payout
from sim.reprice import Record, attainments
from sim.run import Progress, finished, over_replications
from sim.scenario import Scenario
from sim.scheme import Scorecard
from sim.world import World

WIDTH = 0.1  # of a class of attainment, 1 being the target
CLASSES = np.round(np.arange(-0.5, 2.0 + WIDTH / 2, WIDTH), 2)  # middles; the ends hold the rest
Counts = dict[tuple[str, str], np.ndarray]  # seats by class, of a card's indicator


def attainment_account(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Share of seats by attainment, and what the curve pays there; a row per indicator and class.

    `attainment` is the middle of a class, 0 where payout begins to count and 1 at the target in
    force; the first and last class hold all that is beyond. `share` is of seats with a collector
    and counted periods, as recorded; `payout` is the curve's, 1 for full pay.

    Raises InputError for a scheme without a scorecard.
    """
    if not any(isinstance(component, Scorecard) for component in scenario.scheme.pay):
        raise scenario.error(("scheme", "pay"), "expected a scorecard, this scheme has none")
    found = over_replications(
        counted, scenario, replications=replications, seed=seed, workers=workers, progress=progress
    )
    columns = ["component", "indicator", "weight", "attainment", "share", "payout"]
    return pd.DataFrame(_rows(scenario, found), columns=columns)


def counted(scenario: Scenario, replication: int) -> Counts:
    """Seats and counted periods by class of attainment, of each indicator of each card."""
    record = Record.of(finished(World(scenario, replication)))
    inner = (CLASSES[1:] + CLASSES[:-1]) / 2
    counts: Counts = {}
    for key, values in attainments(scenario.scheme, record):
        place = np.searchsorted(inner, values)
        counts[key] = counts.get(key, 0) + np.bincount(place, minlength=len(CLASSES))
    return counts


def _rows(scenario: Scenario, found: Sequence[Counts]) -> Iterator[dict]:
    for card in (c for c in scenario.scheme.pay if isinstance(c, Scorecard)):
        for key, weight in card.weights.items():
            counts = sum(run[card.label, key] for run in found if (card.label, key) in run)
            if not np.sum(counts):
                continue
            curve = payout(knots_of(card.curves.get(key, card.curve)), CLASSES)
            for middle, share, paid in zip(CLASSES, counts / counts.sum(), curve, strict=True):
                yield {"component": card.label, "indicator": key, "weight": weight,
                       "attainment": middle, "share": share, "payout": paid}  # fmt: skip
