"""Behaviour of collectors from what they reported and were paid, by simulated moments.

The model is run once at each point of a Latin hypercube over the priors, each with a luck of its
own: a bank of histories whose truth is known. A surrogate, ridge regression of the parameters on
the moments, says what moments tell of each parameter (the summary of Fearnhead & Prangle 2012). How
far it errs is read off the bank as well: each point is foretold by the others, and a history's
interval is made of the errors at the points that are told nearest to it. So an interval holds the
simulator's luck, the surrogate's lack and the prior, without a bootstrap that would have to know
which collectors share their luck. It covers where the history is one that the model could make;
`likeness` says how far that is so. A parameter that the moments do not tell spreads over its whole
prior, is declared unidentified, and keeps the scenario's own value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtri

from sim.calibrate.estimates import rounded
from sim.calibrate.moments import moments_of
from sim.calibrate.reported import reported_panel
from sim.errors import InputError
from sim.identity import code_key, content_key, run_key, scenario_key
from sim.plan import Plan
from sim.run import Progress, carry_out
from sim.scenario import Scenario
from sim.store import Store, run_file

PRIOR_VARIANCE = 1.0 / 12.0  # of a uniform share
RIDGES = np.geomspace(1.0, 3000.0, 12)  # penalties that are tried; moments have variance 1
NEAREST = 0.25  # of the bank's points, whose errors make an interval
FEWEST = 40  # but so many
TOLD = 0.5  # of a direction's prior variance, beyond which the moments tell it
NEEDED = ("collector", "month", "team", "pay_fen")


@dataclass(frozen=True)
class Prior:
    """A range within which a parameter is thought to lie, evenly (in the log, if so)."""

    key: str  # of the scenario
    low: float
    high: float
    log: bool = False

    def at(self, share: np.ndarray) -> np.ndarray:
        """The value that far from low to high."""
        if self.log:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def axis(self) -> dict:
        """The axis of a plan."""
        return {"key": self.key, "low": self.low, "high": self.high, "log": self.log}


PRIORS = (
    Prior("response.sensitivity", 0.3, 2.0, log=True),  # the elasticity of effort
    Prior("workforce.integrity_yuan", 15.0, 150.0, log=True),  # what gaming costs the conscience
    Prior("workforce.start_skill", 0.45, 0.75),
    Prior("workforce.learning_days", 100.0, 500.0, log=True),
    Prior("workforce.contagion", 0.0, 0.6),
    Prior("workforce.skill_spread", 0.2, 0.5),
)


@dataclass(frozen=True)
class Bank:
    """Moments simulated at points of the priors; one for all histories of the same shape."""

    scenario: Scenario
    priors: tuple[Prior, ...]
    shares: np.ndarray  # (point, parameter), 0..1 of the way through each prior
    names: tuple[str, ...]  # of the moments
    moments: np.ndarray  # (point, moment)


@dataclass(frozen=True)
class FittedBehaviour:
    """What a history tells about behaviour.

    `table` has a row for each parameter: parameter, estimate, standard_error, low90, high90,
    prior_low, prior_high, told, identified, reason. `told` is the share of the prior's variance
    that the moments take away, over the bank.
    """

    table: pd.DataFrame
    moments: pd.DataFrame  # moment, history, bank_low, bank_high: 5 and 95 % of the bank's
    rank: int  # directions among the priors that the moments tell
    likeness: float  # share of the bank's histories whose oddest moment is as odd as this one's
    scenario: Scenario  # the one given, with the identified parameters

    @property
    def changes(self) -> dict[str, dict[str, float]]:
        """What to vary in a scenario: the identified parameters, by section."""
        return _changes(self.table.to_dict("records"))


def simulate_bank(
    scenario: Scenario,
    folder: str | PathLike,
    *,
    priors: Sequence[Prior] = PRIORS,
    points: int = 300,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Bank:
    """The moments at `points` of the priors; runs that the folder holds are not repeated."""
    plan = Plan.of(
        {"behaviour": scenario}, design="latin_hypercube", points=points, replications=1,
        vary=[prior.axis() for prior in priors],
    )  # fmt: skip
    store, file = Store.open(folder), scenario.portfolio.file
    content, code = content_key(file) if file else "", code_key()
    runs = [(cell.scenario, luck) for luck, cell in enumerate(plan.cells)]
    keys = [run_key(scenario_key(s, content), plan.seed, luck, code) for s, luck in runs]
    held = store.finished()
    missing = [(*run, k, store) for run, k in zip(runs, keys, strict=True) if k not in held]
    if missing:
        carry_out(_keep, missing, workers, progress)
    store.compact()
    found = store.runs().to_pandas().set_index("run").loc[keys]
    shares = np.array([[_share(p, point[p.key]) for p in priors] for point in plan.points])
    return Bank(scenario, tuple(priors), shares, tuple(found.columns), found.to_numpy(float))


def _keep(scenario: Scenario, replication: int, key: str, store: Store) -> None:
    """In a worker: simulate a run and keep its moments."""
    moments = moments_of(reported_panel(scenario, replication))
    store.keep_run(key, run_file(pa.Table.from_pylist([{"run": key} | moments])))


def _share(prior: Prior, at: float) -> float:
    if prior.log:
        return float(np.log(at / prior.low) / np.log(prior.high / prior.low))
    return (at - prior.low) / (prior.high - prior.low)


def fit_behaviour(panel: pd.DataFrame, bank: Bank, *, gain: float = 0.4) -> FittedBehaviour:
    """The behaviour that explains a collector-month panel, with 90 % intervals.

    The panel has the columns of `reported_panel`, or fewer indicators. A parameter whose interval
    is not narrower than its prior's by the share `gain` is not identified.
    """
    _check(panel, bank)
    names, history, simulated = _in_common(panel, bank)
    sorted_moments = np.sort(simulated, axis=0)
    scores, own = _scores(sorted_moments, simulated), _scores(sorted_moments, history[None])
    foretold, told = _foretold(scores, bank.shares, own)
    rows = [
        _row(prior, bank.scenario, _alike(foretold[:, i], bank.shares[:, i], told[i]),
             1.0 - np.mean((bank.shares[:, i] - foretold[:, i]) ** 2) / PRIOR_VARIANCE, gain)
        for i, prior in enumerate(bank.priors)
    ]  # fmt: skip
    low, high = np.quantile(simulated, [0.05, 0.95], axis=0)
    moments = {"moment": names, "history": history, "bank_low": low, "bank_high": high}
    directions = np.linalg.eigvalsh(np.atleast_2d(np.cov(foretold, rowvar=False)) / PRIOR_VARIANCE)
    return FittedBehaviour(
        pd.DataFrame(rows), pd.DataFrame(moments), int((directions > TOLD).sum()),
        _likeness(simulated, history), bank.scenario.vary(**_changes(rows)),
    )  # fmt: skip


def _check(panel: pd.DataFrame, bank: Bank) -> None:
    missing = [name for name in NEEDED if name not in panel]
    if missing:
        raise InputError(f"[collectors]: no column {', '.join(missing)}; expected it")
    months = panel["month"].max() + 1
    run = bank.scenario.run
    if months != run.periods - run.warm_up:
        raise InputError(
            f"[collectors]: {months} months, and the bank counts "
            f"{run.periods - run.warm_up}; expected a scenario whose run.periods - run.warm_up is "
            f"{months}"
        )


def _in_common(panel: pd.DataFrame, bank: Bank) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, the history's and the bank's moments, of those that both sides tell."""
    history = moments_of(panel)
    place = {name: i for i, name in enumerate(bank.names)}
    names = [
        name for name, told in history.items()
        if np.isfinite(told) and np.isfinite(bank.moments[:, place[name]]).all()
        and np.ptp(bank.moments[:, place[name]]) > 0
    ]  # fmt: skip
    if len(names) < len(bank.priors):
        raise InputError(
            f"[collectors]: {len(names)} moments can be told, fewer than the "
            f"{len(bank.priors)} parameters; expected hours, tenure_days and more indicators"
        )
    used = bank.moments[:, [place[name] for name in names]]
    return names, np.array([history[name] for name in names]), used


def _scores(bank: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Normal scores (row, moment) of moments by their place among the sorted ones of the bank.

    An odd moment then moves no estimate far, whatever its distribution.
    """
    level = ndtri((np.arange(len(bank)) + 0.5) / len(bank))
    columns = zip(moments.T, bank.T, strict=True)
    return np.column_stack([np.interp(column, ranked, level) for column, ranked in columns])


def _foretold(
    scores: np.ndarray, shares: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shares (point, parameter) told by the other points' regression, and those of the history.

    Leaving a point out of a ridge regression is exact in closed form; the penalty of a parameter is
    the one under which its points are foretold best.
    """
    middle = shares.mean(axis=0)
    left, singular, right = np.linalg.svd(scores - scores.mean(axis=0), full_matrices=False)
    along = left.T @ (shares - middle)
    best, told = np.empty_like(shares), np.empty(shares.shape[1])
    least = np.full(shares.shape[1], np.inf)
    for ridge in RIDGES:
        kept = singular**2 / (singular**2 + ridge)
        weight = (left**2) @ kept + 1.0 / len(shares)  # of each point in its own fit
        error = (shares - middle - left @ (kept[:, None] * along)) / (1.0 - weight)[:, None]
        slopes = right.T @ ((kept / np.maximum(singular, 1e-9))[:, None] * along)
        better = (error**2).mean(axis=0) < least
        least = np.minimum(least, (error**2).mean(axis=0))
        best[:, better] = (shares - error)[:, better]
        told[better] = (middle + (own[0] - scores.mean(axis=0)) @ slopes)[better]
    return best, told


def _alike(foretold: np.ndarray, shares: np.ndarray, told: float) -> np.ndarray:
    """Where the truth may be: what is told, with the errors of the points told nearest to it."""
    count = max(int(NEAREST * len(shares)), min(FEWEST, len(shares)))
    near = np.argsort(np.abs(foretold - told), kind="stable")[:count]
    return np.clip(told + shares[near] - foretold[near], 0.0, 1.0)


def _likeness(simulated: np.ndarray, history: np.ndarray) -> float:
    """By the moment that is oddest of each, in standard deviations of the bank."""
    middle, spread = simulated.mean(axis=0), simulated.std(axis=0)
    odd = np.abs((simulated - middle) / spread).max(axis=1)
    own = np.abs((history - middle) / spread).max()
    return float(((odd >= own).sum() + 1.0) / (len(odd) + 1.0))


def _row(prior: Prior, scenario: Scenario, alike: np.ndarray, told: float, gain: float) -> dict:
    low, high = np.quantile(alike, [0.05, 0.95], method="weibull")
    width = (high - low) / 0.9
    identified = bool(width <= 1.0 - gain)
    if not identified:
        low, high = 0.05, 0.95
    section, name = prior.key.split(".")
    values = prior.at(alike) if identified else prior.at(np.linspace(0.0, 1.0, 201))
    own = getattr(getattr(scenario, section), name)
    error = float(np.std(values, ddof=1))
    return {
        "parameter": prior.key,
        "estimate": rounded(float(np.median(values)), error) if identified else float(own),
        "standard_error": error,
        "low90": float(prior.at(low)), "high90": float(prior.at(high)),
        "prior_low": prior.low, "prior_high": prior.high,
        "told": float(np.clip(told, 0.0, 1.0)), "identified": identified,
        "reason": f"90 % interval is {width:.0%} of the prior's; at most {1.0 - gain:.0%} is "
        + ("asked" if identified else "asked, so it keeps its prior"),
    }  # fmt: skip


def _changes(rows: Sequence[dict]) -> dict[str, dict[str, float]]:
    changes: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["identified"]:
            section, name = row["parameter"].split(".")
            changes.setdefault(section, {})[name] = row["estimate"]
    return changes
