"""Carries out `postloan calibrate`: a lender's history in; a scenario and a report out."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from rich import box
from rich.table import Table

from desk.answer import console
from desk.aside import aside, check_writable
from desk.blocks import html
from desk.calibrated_file import scenario_text
from desk.calibration_page import calibration_document, figure_text
from desk.progress import progress_bar
from sim import InputError, Scenario
from sim.calibrate import read_taiwan
from sim.calibrate.account_fit import AccountFit, fit_accounts
from sim.calibrate.likelihood import Evidence
from sim.calibrate.mixture import CLIMBS, climb
from sim.history import read_history
from sim.panel import Panel


def carry_out(
    history: Path, *, base: Path, types: int, out: Path, as_json: bool, quiet: bool
) -> None:
    """Fit, then write the scenario and, beside it, its report; print the hold-out table."""
    if out.suffix != ".toml":
        raise InputError(f"{out}: expected a file whose name ends in .toml")
    check_writable(out)
    scenario = Scenario.load(base)
    panel = account_panel(history)
    with progress_bar(quiet, "fitting") as progress:
        climbing = Remembered(out.with_name(f"{out.name}.work"), 2 * CLIMBS, progress)
        found = fit_accounts(panel, types, climbing, scenario)
    text = scenario_text(found, scenario, base=base, out=out, history=history)
    with aside(out) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")
    Scenario.load(out)
    page = out.with_suffix(".html")
    blocks = calibration_document(found, history.name)
    with aside(page) as fresh:
        fresh.write_text(html(blocks[0].text, blocks, "en"), encoding="utf-8", newline="\n")
    climbing.forget()
    if as_json:
        typer.echo(_json_text(found))
    elif not quiet:
        console().print(_table(found))
        typer.echo(f"Scenario: {out}\nReport: {page}")


def account_panel(history: Path) -> Panel:
    """The accounts of a history file, or of the Taiwan card file (.csv), month by month."""
    if history.suffix.lower() == ".csv":
        panel = read_taiwan(history)
    else:
        accounts = read_history(history).accounts
        if accounts.empty:
            raise InputError(f"{history}: expected a table [accounts]")
        panel = Panel.of_accounts(accounts)
    if panel.state.shape[1] < 3:
        raise InputError(
            f"{history}: expected at least three months of accounts, found {panel.state.shape[1]}"
        )
    return panel


@dataclass
class Remembered:
    """Climbs that are done once: what is finished is in a file, from which a killed fit goes on."""

    path: Path
    total: int
    progress: Callable[[int, int], None] | None
    done: int = 0

    def __call__(self, evidence: Evidence, start: np.ndarray) -> tuple[np.ndarray, float]:
        kept, key = self._kept(), _key(evidence, start)
        if key not in kept:
            top, lacking = climb(evidence, start)
            kept[key] = [top.tolist(), lacking]
            with aside(self.path) as fresh:
                fresh.write_text(json.dumps(kept), encoding="utf-8")
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total)
        top, lacking = kept[key]
        return np.array(top), lacking

    def _kept(self) -> dict:
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise InputError(
                f"{self.path}: expected a work file of calibrate; remove it"
            ) from error

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def _key(evidence: Evidence, start: np.ndarray) -> str:
    """Names a climb by all that decides it."""
    repaid = evidence.repayments
    arrays = [evidence.histories.seen, evidence.count, start]
    arrays += [repaid.edges, evidence.payers] if repaid else []
    return hashlib.sha256(b"|".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


def _table(found: AccountFit) -> Table:
    table = Table(
        title="The last month, left out of the fit", title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.add_column("measure")
    for heading in ("predicted", "seen", "permitted", "verdict"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.holdout.itertuples():
        table.add_row(row.measure, *figure_text(row))
    return table


def _json_text(found: AccountFit) -> str:
    document = {
        "kind": "calibration",
        "holdout": _rows(found.holdout),
        "parameters": _rows(found.parameters),
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _rows(table: pd.DataFrame) -> list[dict]:
    return json.loads(table.to_json(orient="records", double_precision=15))
