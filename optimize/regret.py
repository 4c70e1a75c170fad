"""Regret: which scheme to choose when nobody knows how people will respond to it."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from optimize.assumptions import BEHAVIOUR, banded, figures, same_seed
from optimize.dials import Dial
from optimize.found import Found, markdown_table
from optimize.limits import QUANTITIES
from optimize.plots import regret_figure
from optimize.trials import Trials
from sim import InputError, Scenario


def regret(
    schemes: Mapping[str, Scenario],
    *,
    objective: str = "net_value",
    unknowns: Sequence[Dial] = (),
    replications: int = 4,
    workers: int | None = None,
    state: str | Path | None = None,
) -> Found:
    """Regret of every scheme in every behaviour set: each unknown at its low, usual and high end.

    Gives the minimax-regret and the expected-value choice, and what learning each unknown before
    choosing would be worth.
    """
    schemes = same_seed(schemes)
    if len(schemes) < 2:
        raise InputError("regret: expected at least two schemes to choose from")
    dials = tuple(unknowns) or tuple(banded(key) for key in BEHAVIOUR)
    first = next(iter(schemes.values()))
    ends = [(d.low, float(d.present(first)), d.high) for d in dials]
    cases = [dict(zip(dials, case, strict=True)) for case in product(*ends)]
    with Trials(workers, Path(state) if state else None) as trials:
        values = figures(trials, schemes, cases, range(replications), objective)
    return _found(list(schemes), dials, cases, values, objective)


def _found(names: list[str], dials, cases, values: np.ndarray, objective: str) -> Found:
    worth = values.mean(axis=2)  # (case, scheme)
    lost = worth.max(axis=1, keepdims=True) - worth
    table = pd.DataFrame([
        {d.key: s for d, s in case.items()} | {"scheme": n, "worth": worth[i, k],
         "regret": lost[i, k]}
        for i, case in enumerate(cases) for k, n in enumerate(names)
    ])  # fmt: skip
    choice = pd.DataFrame({
        "scheme": names, "expected": worth.mean(axis=0), "worst_regret": lost.max(axis=0),
        "mean_regret": lost.mean(axis=0), "best_in": (lost == 0.0).mean(axis=0),
    })  # fmt: skip
    learning = pd.DataFrame(_learning(dials, cases, worth))
    document = {
        "objective": objective,
        "minimax_regret_choice": names[int(lost.max(axis=0).argmin())],
        "expected_value_choice": names[int(worth.mean(axis=0).argmax())],
        "error": _error(values), "schemes": choice.to_dict("records"),
        "value_of_learning": learning.to_dict("records"), "cases": table.to_dict("records"),
    }  # fmt: skip
    aim = QUANTITIES[objective]
    picture = regret_figure(table, [d.key for d in dials], (aim.en, aim.unit))
    tables = {"regret": table, "learning": learning}
    return Found(True, document, _text(document, aim), tables, {"regret": picture})


def _learning(dials: Sequence[Dial], cases, worth: np.ndarray):
    """What knowing an unknown, or all of them, before the choice adds to the expected worth."""
    blind = worth.mean(axis=0).max()
    for dial in dials:
        settings = np.array([case[dial] for case in cases])
        informed = [worth[settings == s].mean(axis=0).max() for s in np.unique(settings)]
        yield {"unknown": dial.key, "worth_of_knowing": float(np.mean(informed) - blind)}
    yield {"unknown": "all of them", "worth_of_knowing": float(worth.max(axis=1).mean() - blind)}


def _error(values: np.ndarray) -> float:
    """Standard error of a difference between two schemes in one case, the median over both."""
    apart = values[:, 1:] - values[:, :1]
    return float(np.median(apart.std(axis=2, ddof=1)) / np.sqrt(values.shape[2]))


def _text(found: dict, aim) -> str:
    d = aim.digits
    rows = [
        [r["scheme"], f"{r['expected']:,.{d}f}", f"{r['worst_regret']:,.{d}f}",
         f"{r['mean_regret']:,.{d}f}", f"{100 * r['best_in']:.0f} %"]
        for r in found["schemes"]
    ]  # fmt: skip
    learned = [[r["unknown"], f"{r['worth_of_knowing']:,.{d}f}"]
               for r in found["value_of_learning"]]  # fmt: skip
    minimax, expected = found["minimax_regret_choice"], found["expected_value_choice"]
    title = f"# {minimax}: least worst regret"
    if minimax == expected:
        title += ", and best on average"
    else:
        title += f"; {expected}: best on average"
    return "\n\n".join([
        title,
        f"{aim.en}, {aim.unit}; a difference in one case has an error of {found['error']:,.{d}f}.",
        markdown_table(["scheme", "expected", "worst regret", "mean regret", "best in"], rows),
        "What learning an unknown before the choice would be worth:",
        markdown_table(["unknown", aim.unit], learned),
    ]) + "\n"  # fmt: skip
