"""Sensitivity: which assumptions move the gain of a scheme, and which change the decision."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample
from scipy.stats import qmc
from scipy.stats import t as student

from optimize.assumptions import assumed, figures, same_seed
from optimize.dials import Dial
from optimize.found import Found, markdown_table
from optimize.limits import QUANTITIES
from optimize.plots import tornado_figure
from optimize.surrogate import fit
from optimize.trials import Trials
from sim import InputError, Scenario

DRAWN = 1024  # base points of the Sobol sample; the emulator answers them at once
EMULATED = 64  # points of the assumptions at which the schemes are simulated
TRUSTED = 0.5  # share of variance that the emulator must explain
EVEN = np.linspace(0.0, 1.0, 5)  # where the emulator's curves may bend
MOST_FACTORS = 6  # assumptions, those of the widest swing, in the Sobol indices


def sensitivity(
    schemes: Mapping[str, Scenario],
    *,
    objective: str = "net_value",
    assumptions: Sequence[Dial] = (),
    replications: int = 4,
    workers: int | None = None,
    state: str | Path | None = None,
) -> Found:
    """A tornado of every scheme's gain over the first one, and Sobol indices of the choice.

    Numbers between the ends of their bands; the first scheme is the base.
    """
    schemes = same_seed(schemes)
    if len(schemes) < 2:
        raise InputError("sensitivity: expected today's scheme and at least one other")
    if replications < 2:
        raise InputError(f"sensitivity: expected at least 2 replications, got {replications}")
    dials = [d for d in assumed(assumptions) if not d.options]
    with Trials(workers, Path(state) if state else None) as trials:
        tornado = _tornado(trials, schemes, dials, range(replications), objective)
        widest = list(dict.fromkeys(tornado.sort_values("swing", ascending=False)["assumption"]))
        chosen = [d for key in widest[:MOST_FACTORS] for d in dials if d.key == key]
        decision, fit_quality = _decision(trials, schemes, chosen, range(replications), objective)
    return _found(tornado, decision, fit_quality, objective)


def _tornado(trials, schemes, dials: Sequence[Dial], luck, objective: str) -> pd.DataFrame:
    """Gain over the first scheme with each assumption at its ends, a row each."""
    cases = [{}] + [{d: end} for d in dials for end in (d.low, d.high)]
    values = figures(trials, schemes, cases, luck, objective)
    gains = values[:, 1:] - values[:, :1]
    rows = []
    for k, name in enumerate(list(schemes)[1:]):
        usual = gains[0, k]
        for i, dial in enumerate(dials):
            low, high = gains[1 + 2 * i, k], gains[2 + 2 * i, k]
            rows.append({
                "scheme": name, "assumption": dial.key, "low": dial.low, "high": dial.high,
                "gain": usual.mean(), "gain_at_low": low.mean(), "gain_at_high": high.mean(),
                "swing": abs(high.mean() - low.mean()), "reach": _reach(high - low),
            })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values(["scheme", "swing"], ascending=[True, False], ignore_index=True)


def _reach(differences: np.ndarray) -> float:
    """Half the 95 % interval of their mean, Student's: a few replications are few."""
    count = len(differences)
    se = float(np.std(differences, ddof=1) / np.sqrt(count))
    return float(student.ppf(0.975, count - 1)) * se


def _decision(trials, schemes, dials: Sequence[Dial], luck, objective: str):
    """Sobol indices of "the best scheme changes" and of the best scheme's gain; emulator's fit."""
    points = qmc.Sobol(len(dials), scramble=True, rng=np.random.default_rng(0)).random(EMULATED)
    middle = np.array([_share(d, schemes) for d in dials])
    points = np.vstack([middle, points])
    cases = [
        {d: d.low + s * (d.high - d.low) for d, s in zip(dials, point, strict=True)}
        for point in points
    ]
    values = figures(trials, schemes, cases, luck, objective)
    gains = (values[:, 1:] - values[:, :1]).mean(axis=2)
    emulator = _emulator(points, gains)
    problem = {"num_vars": len(dials), "names": [d.key for d in dials],
               "bounds": [[0.0, 1.0]] * len(dials)}  # fmt: skip
    sample = sobol_sample.sample(problem, DRAWN, calc_second_order=False, seed=1)
    emulated = np.column_stack([np.zeros(len(sample)), emulator.predict(sample)])
    usual = np.argmax([0.0, *emulator.predict(middle[None])[0]])
    changes = (emulated.argmax(axis=1) != usual).astype(float)
    rows = []
    for about, answer in (("choice", changes), ("gain", emulated.max(axis=1))):
        first, whole, error = _indices(problem, answer)
        rows += [
            {"about": about, "assumption": d.key, "alone": first[i], "with_others": whole[i],
             "error": error[i], "changes": float(changes.mean())}
            for i, d in enumerate(dials)
        ]  # fmt: skip
    return pd.DataFrame(rows), float(emulator.explained.min())


def _share(dial: Dial, schemes: Mapping[str, Scenario]) -> float:
    """Where between the dial's ends the first scheme's scenario stands."""
    now = float(dial.present(next(iter(schemes.values()))))
    return float(np.clip((now - dial.low) / (dial.high - dial.low), 0.0, 1.0))


def _emulator(points: np.ndarray, gains: np.ndarray):
    """The gains over the assumptions, a curve for each."""
    return fit(points, gains, np.ones(len(points)), [EVEN] * points.shape[1])


def _indices(problem: dict, answer: np.ndarray):
    """First-order and total indices; zeros where the answer never changes."""
    if np.ptp(answer) == 0.0:
        nothing = np.zeros(problem["num_vars"])
        return nothing, nothing, nothing
    found = sobol_analysis.analyze(
        problem, answer, calc_second_order=False, num_resamples=200, seed=1
    )
    return found["S1"], found["ST"], found["ST_conf"]


def _found(tornado: pd.DataFrame, decision: pd.DataFrame, quality: float, objective: str) -> Found:
    aim = QUANTITIES[objective]
    digits = aim.digits
    rows = [
        [r.scheme, r.assumption, f"{r.low:g} … {r.high:g}", f"{r.gain_at_low:+,.{digits}f}",
         f"{r.gain_at_high:+,.{digits}f}", f"{r.swing:,.{digits}f} ± {r.reach:,.{digits}f}"]
        for r in tornado.itertuples()
    ]  # fmt: skip
    changes = float(decision["changes"].iloc[0])
    choice = [
        [r.assumption, f"{r.alone:.2f}", f"{r.with_others:.2f} ± {r.error:.2f}"]
        for r in decision[decision["about"] == "choice"].itertuples()
    ]
    text = "\n\n".join([
        f"# Over the assumptions the best scheme changes in {100 * changes:.0f} % of the cases",
        f"Gain over the first scheme in {aim.en}, {aim.unit}; ± is half the 95 % interval.",
        markdown_table(["scheme", "assumption", "band", "gain at low", "at high", "swing"], rows),
        "Sobol indices of the choice: the share of the uncertainty about which scheme is best.",
        markdown_table(["assumption", "alone", "with others"], choice),
        f"Emulator: {100 * quality:.0f} % of the variance explained, left out."
        + (" That is too little to rely on the indices; raise --replications."
           if quality < TRUSTED else ""),
    ])  # fmt: skip
    document = {
        "objective": objective, "tornado": tornado.to_dict("records"),
        "decision": decision.to_dict("records"), "choice_changes": changes,
        "emulator_explained": quality,
    }  # fmt: skip
    tables = {"tornado": tornado, "decision": decision}
    picture = tornado_figure(tornado, (aim.en, aim.unit))
    return Found(True, document, text + "\n", tables, {"tornado": picture})
