"""The behaviour part of `postloan calibrate`: what the collectors' panel says of them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from desk.progress import progress_bar
from sim import Scenario
from sim.calibrate import simulate_bank
from sim.calibrate.behaviour import Bank


def simulating(bank: Path, points: int, quiet: bool) -> Callable[[Scenario], Bank]:
    """What makes the runs to which collectors are compared.

    Finished runs stay in the folder `bank`, from which a killed calibration goes on.
    """

    def simulate(scenario: Scenario) -> Bank:
        with progress_bar(quiet, "simulating collectors") as progress:
            return simulate_bank(scenario, bank, points=points, progress=progress)

    return simulate


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
