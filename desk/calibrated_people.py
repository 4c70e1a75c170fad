"""The behaviour part of `postloan calibrate`: what the collectors' panel says of them."""

import shutil
import tomllib
from pathlib import Path

import pandas as pd

from desk.progress import progress_bar
from sim import InputError, Scenario
from sim.calibrate import FittedBehaviour, fit_behaviour, simulate_bank
from sim.calibrate.reported import as_large, lender_panel
from sim.history import History

LONGEST = 36  # months, beyond which a bank takes hours


def check_collectors(history: History) -> None:
    """Refuse, before any work, a history to which behaviour cannot be fitted."""
    if history.collectors.empty:
        raise InputError("--behaviour: expected a table [collectors] in the history")
    months = history.collectors["month"].max() - history.collectors["month"].min() + 1
    if months > LONGEST:
        raise InputError(
            f"--behaviour: expected at most {LONGEST} months of collectors, found {months}"
        )


def behaviour(
    history: History, text: str, today: Scenario, *, bank: Path, points: int, quiet: bool
) -> FittedBehaviour:
    """Fit to the collectors of a history, whose accounts the calibrated `text` tells of.

    Finished runs stay in the folder `bank`, from which a killed calibration goes on.
    """
    panel = lender_panel(history.collectors)
    fitted = {k: v for k, v in tomllib.loads(text).items() if k in ("portfolio", "borrowers")}
    scenario = as_large(today.vary(**fitted), panel)
    with progress_bar(quiet, "simulating collectors") as progress:
        made = simulate_bank(scenario, bank, points=points, progress=progress)
    return fit_behaviour(panel, made)


def behaviour_lines(table: pd.DataFrame) -> list[str]:
    """Of the scenario file: what the collectors' panel tells, and what it does not."""
    told, untold = table[table["identified"]], table[~table["identified"]]
    lines = [f"# prior {row.parameter}: {row.reason}" for row in untold.itertuples()]
    sections = told["parameter"].str.partition(".")[0]
    for section, rows in told.groupby(sections, sort=True):
        lines += ["", f"[{section}]"]
        lines += [
            f"{row.parameter.partition('.')[2]} = {row.estimate!r}  # se {row.standard_error:.2g}, "
            f"90 % {row.low90:.4g} to {row.high90:.4g}, from the collectors' panel"
            for row in rows.itertuples()
        ]
    return lines


def forget(bank: Path) -> None:
    """Remove the bank of a calibration that is done."""
    shutil.rmtree(bank, ignore_errors=True)
