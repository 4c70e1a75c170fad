"""The scenario file of a calibration: every number with its source beside it."""

import json
import os
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sim import Scenario
from sim.calibrate.account_fit import BOOK, PRIOR_KEYS, PRIORS, TYPE_KEYS, AccountFit
from sim.calibrate.estimates import UNTOLD
from sim.shown import visible

WIDTH = 100  # of a line of comments


def scenario_text(
    found: AccountFit, today: Scenario, *, base: Path, out: Path, history: Path,
    sources: Mapping[str, str],
) -> str:  # fmt: skip
    """TOML that extends `base`, each fitted number with its standard error and verdict.

    `sources` are what all of it rests on, by name.
    """
    about = found.parameters.set_index("key")
    changes = found.changes(today)
    home = os.path.realpath(out.parent)
    extends = Path(os.path.relpath(os.path.realpath(base), home)).as_posix()
    lines = [
        f"# Fitted to {visible(history.name)}: {found.accounts:,} accounts, {found.months} months; "
        f"the search read {found.read:,} of them.",
        *(f"# {name}: {visible(source)}" for name, source in sources.items()),
        "# A comment gives the standard error and whether the history tells the number. Rates hold",
        "# the usual effect of the collectors, whose promises keep their priors: without a contact",
        "# log the two cannot be told apart, and simulated cures come out somewhat high.",
        *(f"# prior {key}: {why}" for key, why in PRIORS.items()),
        f"extends = {json.dumps(extends)}",
        f"title = {json.dumps(f'Calibrated on {visible(history.name)}', ensure_ascii=False)}",
        "",
        *_portfolio(changes["portfolio"], about),
        "",
        "[borrowers]",
        "relapse = 1.0  # what a cured account does again is in its type",
    ]
    for t, kind in enumerate(changes["borrowers"]["types"]):
        lines += ["", *_type(kind, t, about)]
    return "\n".join(lines) + "\n"


def untouched(text: str, today: Scenario, base: Path) -> str:
    """Comments at the end of a scenario's text: the keys that it leaves as `base` has them."""
    ours = tomllib.loads(text)
    lines = ["", f"# Untouched, as {visible(base.name)} or the defaults have it:"]
    for section, values in today.model_dump(mode="json").items():
        own = ours.get(section, {})
        left = [key for key in values if key not in own] if isinstance(values, dict) else []
        if left:
            lines += textwrap.wrap(
                f"[{section}] {', '.join(left)}", WIDTH, initial_indent="# ",
                subsequent_indent="#   ",
            )  # fmt: skip
    return "\n".join(lines) + "\n"


def _portfolio(book: dict, about: pd.DataFrame) -> list[str]:
    lines = ["[portfolio]"]
    lines += [_line(key, book[key], about.loc[f"portfolio.{key}"]) for key in BOOK if key in book]
    told = about.loc["portfolio.buckets.0", "verdict"] != UNTOLD
    source = "seen in the last month" if told else f"{UNTOLD}: keeps its prior"
    return [*lines, f"buckets = {book['buckets']}  # M1 to M7, {source}"]


def _type(kind: dict, t: int, about: pd.DataFrame) -> list[str]:
    lines = ["[[borrowers.types]]", f"name = {json.dumps(kind['name'])}"]
    for key in TYPE_KEYS:
        place = "borrowers.types.fade" if key == "fade" else f"borrowers.types.{t}.{key}"
        if place in about.index:
            lines.append(_line(key, kind[key], about.loc[place]))
        else:
            lines.append(f"{key} = {kind[key]!r}  # the only type")
    return [*lines, *(f"{key} = {kind[key]!r}  # prior" for key in PRIOR_KEYS)]


def _line(key: str, number: float, row: pd.Series) -> str:
    if np.isfinite(row["error"]):
        doubt = f"se {row['error']:.2g}, "
    elif np.isfinite(row["high"]):
        doubt = f"90 % {row['low']:.3g} to {row['high']:.3g}, "
    else:
        doubt = ""
    prior = ": keeps its prior" if row["verdict"] == UNTOLD else ""
    return f"{key} = {number!r}  # {doubt}{row['verdict']}{prior}"
