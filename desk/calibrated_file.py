"""The scenario file of a calibration: every number with its source beside it."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from sim import Scenario
from sim.calibrate.account_fit import PRIORS, AccountFit
from sim.calibrate.estimates import UNTOLD
from sim.panel import CHARGED_OFF
from sim.shown import visible

TYPE_KEYS = ("share", "entry", "repay_m1", "repay_later", "fade", "payment", "payment_spread")


def scenario_text(
    found: AccountFit, today: Scenario, *, base: Path, out: Path, history: Path
) -> str:
    """TOML that extends `base`, each fitted number with its standard error and verdict."""
    about = found.parameters.set_index("key")
    home = os.path.realpath(out.parent)
    extends = Path(os.path.relpath(os.path.realpath(base), home)).as_posix()
    lines = [
        f"# Fitted to {visible(history.name)}: {found.accounts:,} accounts, {found.months} months; "
        f"the search read {found.read:,} of them.",
        "# A comment gives the standard error and whether the history tells the number. Rates hold",
        "# the usual effect of the collectors, whose promises keep their priors: without a contact",
        "# log the two cannot be told apart, and simulated cures come out somewhat high.",
        *(f"# prior {key}: {why}" for key, why in PRIORS.items()),
        f"extends = {json.dumps(extends)}",
        f"title = {json.dumps(f'Calibrated on {visible(history.name)}', ensure_ascii=False)}",
        "",
        *_portfolio(about),
        "",
        "[borrowers]",
        "relapse = 1.0  # what a cured account does again is in its type",
    ]
    for t in range(len(found.types.borrowers.types)):
        lines += ["", *_type(found, about, today, t)]
    return "\n".join(lines) + "\n"


def _portfolio(about: pd.DataFrame) -> list[str]:
    buckets = np.array(
        [about.loc[f"portfolio.buckets.{b}", "estimate"] for b in range(CHARGED_OFF)]
    )
    listed = ", ".join(f"{share:.6g}" for share in buckets / buckets.sum())
    lines = ["[portfolio]", f"accounts = {int(about.loc['portfolio.accounts', 'estimate'])}"]
    keys = ("overdue", "balance_yuan", "balance_spread", "instalment", "smallest_instalment_yuan")
    keys += tuple(key for key in ("reach", "reach_spread") if f"portfolio.{key}" in about.index)
    lines += [_line(key, about.loc[f"portfolio.{key}"]) for key in keys]
    return [*lines, f"buckets = [{listed}]  # seen in the last month, M1 to M7"]


def _type(found: AccountFit, about: pd.DataFrame, today: Scenario, t: int) -> list[str]:
    kind, priors = found.types.borrowers.types[t], today.borrowers.types
    lines = ["[[borrowers.types]]", f"name = {json.dumps(kind.name)}"]
    for key in TYPE_KEYS:
        name = "borrowers.types.fade" if key == "fade" else f"borrowers.types.{t}.{key}"
        if name in about.index:
            lines.append(_line(key, about.loc[name]))
        else:
            lines.append(f"{key} = {getattr(kind, key)!r}  # the only type")
    prior = priors[min(t, len(priors) - 1)]
    lines += [
        f"{key} = {getattr(prior, key)!r}  # prior" for key in ("promise", "promise_fade", "keep")
    ]
    return lines


def _line(key: str, row: pd.Series) -> str:
    error = f"se {row['error']:.2g}, " if np.isfinite(row["error"]) else ""
    prior = ": keeps its prior" if row["verdict"] == UNTOLD else ""
    return f"{key} = {float(row['estimate'])!r}  # {error}{row['verdict']}{prior}"
