"""Frontier: the best verified schemes as one limit is loosened step by step."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from optimize.found import Found, markdown_table
from optimize.laboratory import Simulated
from optimize.limits import QUANTITIES
from optimize.plots import frontier_figure
from optimize.problem import Limit, Problem, ProblemFile
from optimize.proposal import FINALISTS, check, searched
from optimize.rules import broken
from optimize.search import Watch
from optimize.space import Space
from optimize.trials import Trials
from optimize.verify import VERDICT_LUCK, Verdict, verify
from sim import InputError, Scenario

STEPS = (0.7, 0.85, 1.0, 1.15, 1.3)  # of today's figure


def frontier(
    scenario: Scenario,
    problem: Problem | None = None,
    *,
    on: str = "incentive",
    bounds: tuple[float, ...] = (),
    workers: int | None = None,
    state: str | Path | None = None,
    watch: Watch = lambda _: None,
) -> Found:
    """The verified best objective at each bound on a quantity (an ε-constraint frontier).

    Every point has an equal share of the problem's calls and inherits the designs found for the
    tighter ones; what is feasible under a tight bound stays so under a loose one, so the frontier
    never falls. `bounds` default to multiples of today's figure.
    """
    if on not in QUANTITIES:
        raise InputError(f"--on {on}: expected one of {', '.join(QUANTITIES)}")
    problem = problem or Problem()
    with Trials(workers, Path(state) if state else None) as trials:
        levels = sorted(bounds) or _levels(scenario, trials, on, problem.verified)
        points: list[dict] = []
        designs: list[np.ndarray] = []
        for level in levels:
            posed = _with_bound(scenario, problem, on, level, len(levels))
            found, kept = _point(scenario, posed, trials, designs, watch)
            designs += kept
            points.append({"bound": level} | found)
    table = _monotone(pd.DataFrame(points))
    return _found(table, problem, on)


def _levels(scenario: Scenario, trials: Trials, on: str, verified: int) -> list[float]:
    """Multiples of today's figure on the verdict's luck: today's scheme just keeps the 1."""
    found = trials.run([(scenario, VERDICT_LUCK + r) for r in range(verified)])
    totals = dict(zip(trials.columns, found.mean(axis=0), strict=True))
    return [step * float(QUANTITIES[on].of(totals)) for step in STEPS]


def _with_bound(
    scenario: Scenario, problem: Problem, on: str, level: float, points: int
) -> Problem:
    """The problem with this bound instead of its own on the quantity, and a share of the calls."""
    others = tuple(limit for limit in problem.limits if limit.on != on)
    limits = (*others, Limit(on=on, at_most=level))
    share = max(problem.calls // points, 1)
    changed = problem.model_copy(update={"limits": limits, "calls": share})
    return ProblemFile.of_parts(scenario, changed).optimise


def _point(scenario, problem: Problem, trials: Trials, designs, watch: Watch):
    """One point: its row, and the designs that the next points inherit."""
    space = Space(scenario, problem)
    check(space)
    laboratory = Simulated(space, trials)
    state = searched(space, laboratory, watch, inherited=designs)
    finalists = state.evidence.finalists(FINALISTS)
    verdict = verify(problem, laboratory, space.today, finalists, broken(space, space.today))
    accepted = verdict.accepted
    kept = [record.design for record in finalists[:3]]
    if accepted is None:
        return _without(space, verdict), kept
    gain = accepted.found.gain
    return {"feasible": True, "gain": gain.mean, "low": gain.below(0.975),
            "high": gain.above(0.975), "scheme": space.told(accepted.design),
            "pool_yuan": space.pool(accepted.design)}, kept  # fmt: skip


def _without(space: Space, verdict: Verdict) -> dict:
    """The row where nothing new was accepted: today's scheme, or what keeps it from standing."""
    row = {"feasible": verdict.today_keeps, "low": np.nan, "high": np.nan}
    if verdict.today_keeps:
        pool = space.pool(space.today)
        return row | {"gain": 0.0, "scheme": "today's", "pool_yuan": pool}
    problem = space.problem
    units = {limit.name: QUANTITIES[limit.on].unit for limit in problem.limits}
    short = [f"{name} by {by:.3g} {units[name]}" for name, by in verdict.shortfall(problem).items()]
    why = "; ".join(short) or "; ".join(verdict.broken)
    return row | {"gain": np.nan, "scheme": f"none found; the nearest fails {why}",
                  "pool_yuan": np.nan}  # fmt: skip


def _monotone(table: pd.DataFrame) -> pd.DataFrame:
    """What a tighter bound allows, a looser one allows: the better scheme is carried on."""
    table = table.assign(carried=False)
    for i in range(1, len(table)):
        before = table.loc[i - 1]
        if before["feasible"] and not table.loc[i, "gain"] >= before["gain"]:
            columns = ["feasible", "gain", "low", "high", "scheme", "pool_yuan"]
            table.loc[i, columns] = before[columns]
            table.loc[i, "carried"] = True
    slopes = np.diff(table["gain"]) / np.diff(table["bound"])
    return table.assign(price=[*slopes, np.nan])


def _found(table: pd.DataFrame, problem: Problem, on: str) -> Found:
    aim, limited = QUANTITIES[problem.objective], QUANTITIES[on]
    show: Callable[[float], str] = lambda x: "-" if np.isnan(x) else f"{x:+,.{aim.digits}f}"  # noqa: E731
    rows = [
        [f"{r.bound:,.6g}", show(r.gain), f"{show(r.low)} to {show(r.high)}",
         "-" if np.isnan(r.price) else f"{r.price:,.4g}",
         "-" if np.isnan(r.pool_yuan) else f"{r.pool_yuan:,.0f}",
         r.scheme + (" (from the tighter bound)" if r.carried else "")]
        for r in table.itertuples()
    ]  # fmt: skip
    text = "\n\n".join([
        f"# {aim.en} against {limited.en}",
        f"Gain over today's scheme, {aim.unit}; the bound is the most {limited.en}, "
        f"{limited.unit}; every scheme verified on {problem.verified} fresh replications.",
        markdown_table(["bound", "gain", "95 % interval", "price to the next", "pool", "scheme"],
                       rows),
    ]) + "\n"  # fmt: skip
    clean = table.astype(object).where(table.notna(), None)
    document = {"objective": problem.objective, "on": on, "points": clean.to_dict("records")}
    picture = frontier_figure(table, (limited.en, limited.unit), (aim.en, aim.unit))
    yes = bool(table["feasible"].any())
    return Found(yes, document, text, {"frontier": table}, {"frontier": picture})
