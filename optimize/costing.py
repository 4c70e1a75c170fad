"""Costing: what one scheme costs over many circumstances, and the reserve that covers it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest, qmc

from optimize.assumptions import UNEMPLOYMENT, banded, turned
from optimize.dials import Dial
from optimize.found import Found, markdown_table
from optimize.limits import INCENTIVE, NET_VALUE, PAY, QUANTITIES, RECOVERY
from optimize.plots import costing_figure
from optimize.risk import cvar_of
from optimize.trials import Trials
from sim import Scenario

SHARES = (0.10, 0.50, 0.90, 0.95)
COSTED = (INCENTIVE, PAY, RECOVERY, NET_VALUE)
USUAL = ("response.sensitivity", "response.effort_cost_yuan", "portfolio.overdue")


def costing(
    scenario: Scenario,
    *,
    budget: float | None = None,
    circumstances: Sequence[Dial] = (),
    draws: int = 128,
    workers: int | None = None,
    state: str | Path | None = None,
) -> Found:
    """Incentive pay over drawn circumstances: P10 to P95, breaches of the budget, reserve.

    `draws` is rounded up to a power of two, for which a Sobol sequence is even.
    `budget` is yuan of incentive pay per seat and period; without one, the median is it.
    """
    dials = tuple(circumstances) or (UNEMPLOYMENT, *(banded(key) for key in USUAL))
    sampler = qmc.Sobol(len(dials), scramble=True, rng=np.random.default_rng(scenario.run.seed))
    points = sampler.random_base2(int(np.ceil(np.log2(draws))))
    cases = [{d: _setting(d, s) for d, s in zip(dials, point, strict=True)} for point in points]
    with Trials(workers, Path(state) if state else None) as trials:
        found = trials.run([(turned(scenario, case), r) for r, case in enumerate(cases)])
        totals = dict(zip(trials.columns, found.T, strict=True))
    seen = {q.key: q.of(totals) for q in COSTED}
    rows = [{d.key: str(s) if d.options else s for d, s in case.items()} for case in cases]
    table = pd.DataFrame(rows).assign(**seen)
    return _found(scenario, table, budget)


def _setting(dial: Dial, share: float):
    if dial.options:
        return dial.options[min(int(share * len(dial.options)), len(dial.options) - 1)]
    return dial.low + share * (dial.high - dial.low)


def _found(scenario: Scenario, table: pd.DataFrame, budget: float | None) -> Found:
    cost = table[INCENTIVE.key].to_numpy()
    seats = scenario.workforce.seats
    limit = float(np.median(cost)) if budget is None else budget
    breaches = int((cost > limit).sum())
    interval = binomtest(breaches, len(cost)).proportion_ci(method="wilson")
    quantiles = pd.DataFrame([
        {"quantity": q.key, "meaning": q.en, "unit": q.unit, "mean": table[q.key].mean(),
         **{f"P{round(100 * s)}": float(table[q.key].quantile(s)) for s in SHARES}}
        for q in COSTED
    ])  # fmt: skip
    p95, tail = float(np.quantile(cost, 0.95)), cvar_of(cost, 0.95)
    reserve = max(p95 - limit, 0.0) * seats
    document = {
        "quantiles": quantiles.to_dict("records"), "draws": len(cost),
        "budget_yuan_per_seat_and_period": limit, "budget_given": budget is not None,
        "breach_probability": breaches / len(cost),
        "breach_low": float(interval.low), "breach_high": float(interval.high),
        "reserve_yuan_per_period": reserve, "mean_of_worst_5_percent": tail,
    }  # fmt: skip
    return Found(
        True, document, _text(document, quantiles, seats),
        {"costing": quantiles, "circumstances": table},
        {"costing": costing_figure(table[INCENTIVE.key], limit, SHARES)},
    )  # fmt: skip


def _text(found: dict, quantiles: pd.DataFrame, seats: int) -> str:
    rows = [
        [f"{r['meaning']}, {r['unit']}"]
        + [f"{r[k]:,.{QUANTITIES[r['quantity']].digits}f}"
           for k in ("mean", *(f"P{round(100 * s)}" for s in SHARES))]
        for r in quantiles.to_dict("records")
    ]  # fmt: skip
    limit, said = found["budget_yuan_per_seat_and_period"], "the budget"
    if not found["budget_given"]:
        said = "the median (no budget was given)"
    return "\n\n".join([
        f"# Incentive pay over {found['draws']} circumstances",
        markdown_table(["", "mean", *(f"P{round(100 * s)}" for s in SHARES)], rows),
        f"Incentive pay exceeds {said}, {limit:,.0f} yuan per seat and period, in "
        f"{100 * found['breach_probability']:.0f} % of the circumstances (95 % "
        f"{100 * found['breach_low']:.0f} to {100 * found['breach_high']:.0f} %).",
        f"A reserve of {found['reserve_yuan_per_period']:,.0f} yuan per period for {seats} seats "
        f"covers it up to P95; the worst 5 % average "
        f"{found['mean_of_worst_5_percent']:,.0f} yuan per seat and period.",
    ]) + "\n"  # fmt: skip
