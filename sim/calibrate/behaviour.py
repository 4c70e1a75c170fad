"""Behaviour of collectors from what they reported and were paid, by simulated moments.

The model is run at the points of a Latin hypercube over the priors, everywhere under the same luck;
a quadratic surrogate tells each moment at any point between. The fit is the point whose moments are
the history's, weighted by what luck does to them, the prior counting as one more observation. Each
bootstrap draw resamples the collectors, adds the luck of the simulated side, and takes another
point of the prior; so a parameter that the moments do not tell spreads over its whole prior, is
declared unidentified, and keeps its prior.

Not ready to be trusted: on known truths the 90 % intervals of identified parameters are too narrow
and hold about half of them. Luck in gaming (compliance) is several times larger for some truths
than the surrogate and the bootstrap tell, and a few replications leave their common luck in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import least_squares
from scipy.special import stdtrit

from sim.calibrate.moments import columns_of, moments_of, moments_of_columns
from sim.calibrate.reported import reported_panel
from sim.errors import InputError
from sim.identity import code_key, content_key, run_key, scenario_key
from sim.plan import Plan
from sim.run import Progress, carry_out
from sim.scenario import Scenario
from sim.store import Store, run_file

PRIOR_SD = 12.0**-0.5  # of a uniform share
NOISE = 0.001  # chance that a term of the surrogate that is none is kept
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
class Design:
    """Moments simulated at points of the priors; one for all histories of the same shape."""

    scenario: Scenario
    priors: tuple[Prior, ...]
    shares: np.ndarray  # (point, parameter), 0..1 of the way through each prior
    names: tuple[str, ...]  # of the moments
    moments: np.ndarray  # (point, replication, moment)


@dataclass(frozen=True)
class FittedBehaviour:
    """What a history tells about behaviour."""

    table: pd.DataFrame  # a row for each parameter
    moments: pd.DataFrame  # moment, history, fitted, luck_sd
    rank: int  # directions of the priors that the moments tell better than the prior does
    condition: float  # of the moments' Jacobian over the priors' ranges
    scenario: Scenario  # the one given, with the identified parameters


def simulate_design(
    scenario: Scenario,
    folder: str | PathLike,
    *,
    priors: Sequence[Prior] = PRIORS,
    points: int = 96,
    replications: int = 4,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Design:
    """The moments at `points` of the priors; runs that the folder holds are not repeated."""
    plan = Plan.of(
        {"behaviour": scenario}, design="latin_hypercube", points=points,
        replications=replications, vary=[prior.axis() for prior in priors],
    )  # fmt: skip
    store, file = Store.open(folder), scenario.portfolio.file
    content, code = content_key(file) if file else "", code_key()
    keys = [
        run_key(scenario_key(cell.scenario, content), plan.seed, r, code)
        for cell in plan.cells for r in range(replications)
    ]  # fmt: skip
    runs = [(cell.scenario, r) for cell in plan.cells for r in range(replications)]
    held = store.finished()
    missing = [(*run, k, store) for run, k in zip(runs, keys, strict=True) if k not in held]
    if missing:
        carry_out(_keep, missing, workers, progress)
    store.compact()
    found = store.runs().to_pandas().set_index("run").loc[keys]
    moments = found.to_numpy(float).reshape(points, replications, -1)
    shares = np.array([[_share(p, point[p.key]) for p in priors] for point in plan.points])
    return Design(scenario, tuple(priors), shares, tuple(found.columns), moments)


def _keep(scenario: Scenario, replication: int, key: str, store: Store) -> None:
    """In a worker: simulate a run and keep its moments."""
    moments = moments_of(reported_panel(scenario, replication))
    store.keep_run(key, run_file(pa.Table.from_pylist([{"run": key} | moments])))


def _share(prior: Prior, at: float) -> float:
    if prior.log:
        return float(np.log(at / prior.low) / np.log(prior.high / prior.low))
    return (at - prior.low) / (prior.high - prior.low)


# ---- the surrogate ----


@dataclass(frozen=True)
class _Surrogate:
    """The moments, less the history's, over the priors, in units of what luck does to them."""

    coefficients: np.ndarray  # (term, moment)
    quadratic: bool
    noise: np.ndarray  # covariance of its own error
    whiten: np.ndarray  # lower triangle: its inverse makes the moments independent, of sd 1

    @classmethod
    def of(cls, shares: np.ndarray, moments: np.ndarray, spread: np.ndarray) -> "_Surrogate":
        """Through (point, replication, moment) at (point, parameter).

        `spread` (draw, moment) tells what luck does to a history. The replications could not: they
        have the same luck at all points.
        """
        points, replications, count = moments.shape
        quadratic = points >= 2 * _terms(shares[:1], True).shape[1]
        terms, means = _terms(shares, quadratic), moments.mean(axis=1)
        coefficients = _told(terms, means)
        left = means - terms @ coefficients
        lack = left.T @ left / (points - terms.shape[1])
        luck = np.cov(spread, rowvar=False)
        weigh, shrink = luck * (1 + 1 / replications) + lack, count / (count + len(spread))
        weigh = (1 - shrink) * weigh + shrink * np.diag(np.diag(weigh))
        return cls(coefficients, quadratic, luck / replications + lack, cholesky(weigh, lower=True))

    def at(self, share: np.ndarray) -> np.ndarray:
        return (_terms(share[None], self.quadratic) @ self.coefficients)[0]

    def fit(self, moments: np.ndarray, centre: np.ndarray, start: np.ndarray) -> np.ndarray:
        """The share (parameter,) at which moments and prior are met best."""

        def missed(share: np.ndarray) -> np.ndarray:
            gap = solve_triangular(self.whiten, self.at(share) - moments, lower=True)
            return np.append(gap, (share - centre) / PRIOR_SD)

        return least_squares(missed, np.clip(start, 0.01, 0.99), bounds=(0.0, 1.0)).x

    def jacobian(self, share: np.ndarray) -> np.ndarray:
        """Of the whitened moments, (moment, parameter), per whole range of each prior."""
        step = 0.01 * np.eye(share.size)
        slopes = [(self.at(share + d) - self.at(share - d)) / 0.02 for d in step]
        return solve_triangular(self.whiten, np.array(slopes).T, lower=True)


def _told(terms: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Coefficients (term, moment); those that may be noise are 0: many would look like news."""
    coefficients = np.linalg.lstsq(terms, means, rcond=None)[0]
    freedom = len(terms) - terms.shape[1]
    variance = ((means - terms @ coefficients) ** 2).sum(axis=0) / freedom
    error = np.sqrt(np.outer(np.diag(np.linalg.inv(terms.T @ terms)), variance))
    sure = np.abs(coefficients) > stdtrit(freedom, 1.0 - NOISE / 2) * error
    sure[0] = True
    return np.where(sure, coefficients, 0.0)


def _terms(shares: np.ndarray, quadratic: bool) -> np.ndarray:
    """One, the shares about the middle and, if quadratic, their products; (point, term).

    All but the first have mean 0 over the priors, so that one may be left out.
    """
    x = 2.0 * shares - 1.0
    first = np.column_stack([np.ones(len(x)), x])
    a, b = np.triu_indices(x.shape[1])
    products = x[:, a] * x[:, b] - np.where(a == b, 1.0 / 3.0, 0.0)
    return np.column_stack([first, products]) if quadratic else first


# ---- the fit ----


def fit_behaviour(
    panel: pd.DataFrame, design: Design, *, draws: int = 200, gain: float = 0.4, seed: int = 1
) -> FittedBehaviour:
    """The behaviour that explains a collector-month panel, with 90 % intervals.

    The panel has the columns of `reported_panel`, or fewer indicators. `table` has parameter,
    estimate, standard_error, low90, high90, prior_low, prior_high, identified, reason; a parameter
    whose interval is not narrower than its prior's by the share `gain` is not identified: it has
    the scenario's own value and the prior's interval.
    """
    _check(panel, design)
    names, history, simulated = _in_common(panel, design)
    rng = np.random.default_rng(seed)
    spread = _resampled(panel, names, draws, rng)
    surrogate = _Surrogate.of(design.shares, simulated, spread)
    middle = np.full(len(design.priors), 0.5)
    best = surrogate.fit(history, middle, middle)
    spread += rng.multivariate_normal(np.zeros(len(names)), surrogate.noise, draws, method="eigh")
    centres = rng.random((draws, middle.size))
    found = np.array([
        surrogate.fit(history + d, c, best) for d, c in zip(spread, centres, strict=True)
    ])  # fmt: skip
    rows = [
        _row(prior, design.scenario, best[i], found[:, i], gain)
        for i, prior in enumerate(design.priors)
    ]
    singular = np.linalg.svd(surrogate.jacobian(best), compute_uv=False)
    luck_sd = np.sqrt((surrogate.whiten**2).sum(axis=1))
    told = {"moment": names, "history": history, "fitted": surrogate.at(best), "luck_sd": luck_sd}
    return FittedBehaviour(
        pd.DataFrame(rows), pd.DataFrame(told), int((singular * PRIOR_SD > 1.0).sum()),
        float(singular[0] / singular[-1]), _with(design.scenario, rows),
    )  # fmt: skip


def _check(panel: pd.DataFrame, design: Design) -> None:
    missing = [name for name in NEEDED if name not in panel]
    if missing:
        raise InputError(f"panel of collectors: no column {', '.join(missing)}; expected it")
    months = panel["month"].max() + 1
    run = design.scenario.run
    if months != run.periods - run.warm_up:
        raise InputError(
            f"panel of collectors: {months} months, and the design counts "
            f"{run.periods - run.warm_up}; expected a scenario whose run.periods - run.warm_up is "
            f"{months}"
        )


def _in_common(panel: pd.DataFrame, design: Design) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, the history's and the simulated moments, of those that luck and both sides tell."""
    history = moments_of(panel)
    place = {name: i for i, name in enumerate(design.names)}
    names = [
        name for name, told in history.items()
        if np.isfinite(told) and np.isfinite(design.moments[:, :, place[name]]).all()
        and np.ptp(design.moments[:, :, place[name]]) > 0
    ]  # fmt: skip
    if len(names) < len(design.priors):
        raise InputError(
            f"panel of collectors: {len(names)} moments can be told, fewer than the "
            f"{len(design.priors)} parameters; expected hours, tenure_days and more indicators"
        )
    used = design.moments[:, :, [place[name] for name in names]]
    return names, np.array([history[name] for name in names]), used


def _resampled(
    panel: pd.DataFrame, names: list[str], draws: int, rng: np.random.Generator
) -> np.ndarray:
    """How moments differ from their mean when collectors are drawn again, (draw, moment)."""
    columns = columns_of(panel)
    groups = list(panel.groupby("collector", sort=True).indices.values())
    out = []
    for _ in range(draws):
        chosen = [groups[i] for i in rng.integers(len(groups), size=len(groups))]
        rows = np.concatenate(chosen)
        again = {name: column[rows] for name, column in columns.items()}
        again["collector"] = np.repeat(np.arange(len(chosen)), [len(c) for c in chosen])
        told = moments_of_columns(again)
        out.append([told[name] for name in names])
    return np.array(out) - np.nanmean(out, axis=0)


def _row(prior: Prior, scenario: Scenario, best: float, found: np.ndarray, gain: float) -> dict:
    low, high = np.quantile(found, [0.05, 0.95])
    width = (high - low) / 0.9
    identified = bool(width <= 1.0 - gain)
    if not identified:
        low, high = 0.05, 0.95
    section, name = prior.key.split(".")
    values = prior.at(found) if identified else prior.at(np.linspace(0.0, 1.0, 201))
    own = getattr(getattr(scenario, section), name)
    return {
        "parameter": prior.key,
        "estimate": float(prior.at(best)) if identified else float(own),
        "standard_error": float(np.std(values, ddof=1)),
        "low90": float(prior.at(low)), "high90": float(prior.at(high)),
        "prior_low": prior.low, "prior_high": prior.high, "identified": identified,
        "reason": f"90 % interval is {width:.0%} of the prior's; at most {1.0 - gain:.0%} is "
        + ("asked" if identified else "asked, so it keeps its prior"),
    }  # fmt: skip


def _with(scenario: Scenario, rows: list[dict]) -> Scenario:
    """The scenario with the identified parameters."""
    for row in rows:
        if row["identified"]:
            section, name = row["parameter"].split(".")
            scenario = scenario.vary(**{section: {name: row["estimate"]}})
    return scenario
