"""The fairness account claims nothing that cannot be."""

import numpy as np
import pytest
from scipy.stats import t

from sim.fairness import ALL, SUBSETS, Spread, account_of
from sim.interval import FEW

RNG = np.random.default_rng(7)


def spreads(correlations, ginis=None) -> list[Spread]:
    """Replications with the given correlations, whose sources differ widely in their part."""
    ginis = correlations if ginis is None else ginis
    return [
        Spread(
            {free: float(RNG.uniform(0, 1e4)) * len(free) for free in (*SUBSETS, ALL)}, g, g, r
        )
        for r, g in zip(correlations, ginis, strict=True)
    ]  # fmt: skip


def account(found: list[Spread]):
    return account_of(found).set_index("figure")


@pytest.mark.parametrize("runs", [2, 3, FEW, 20])
def test_no_interval_leaves_what_is_possible(runs):
    figures = account(spreads(RNG.uniform(-1, 1, runs), RNG.uniform(0, 1, runs)))
    for figure, (least, most) in {
        "spread": (0, np.inf), "gini_incentive": (0, 1), "gini_pay": (0, 1),
        "rank_correlation": (-1, 1),
    }.items():  # fmt: skip
        low, mean, high = figures.loc[figure, ["low", "mean", "high"]]
        assert least <= low <= mean <= high <= most


def test_a_correlation_has_fishers_interval():
    r = np.array([0.5, 0.7, 0.9, 0.6])
    z = np.arctanh(r)
    half = t.ppf(0.975, 3) * z.std(ddof=1) / 2
    row = account(spreads(r)).loc["rank_correlation"]
    assert list(row[["low", "mean", "high"]]) == pytest.approx(
        np.tanh([z.mean() - half, z.mean(), z.mean() + half]))  # fmt: skip


def test_of_few_replications_a_share_has_no_interval():
    few, enough = (account(spreads(np.full(n, 0.5))) for n in (FEW - 1, FEW))
    for figures, known in ((few, False), (enough, True)):
        shares = figures[figures["unit"] == "share of variance"]
        assert shares["mean"].notna().all()
        assert (shares[["low", "high"]].notna() == known).all(axis=None)


def test_a_perfect_order_in_every_replication_is_known():
    row = account(spreads(np.ones(3))).loc["rank_correlation"]
    assert row["low"] == row["high"] == pytest.approx(1.0, abs=1e-3)
