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
from desk.calibrated_people import behaviour, behaviour_lines, check_collectors, forget
from desk.calibration_page import behaviour_rows, calibration_document, holdout_rows
from desk.progress import progress_bar
from desk.words import Words, spoken
from sim import InputError, Scenario
from sim.calibrate import FittedBehaviour, read_taiwan
from sim.calibrate.account_fit import AccountFit, fit_accounts
from sim.calibrate.likelihood import Evidence
from sim.calibrate.mixture import CLIMBS, climb
from sim.history import History, read_history
from sim.panel import Panel


def carry_out(
    history: Path, *, base: Path, types: int, people: int, out: Path, lang: str,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Fit, then write the scenario and, beside it, its report; print the hold-out table.

    `people` is how many runs the fit of behaviour may simulate; 0 leaves behaviour at its priors.
    """
    with spoken(lang) as words:
        _calibrate(history, base, types, people, out, words, as_json=as_json, quiet=quiet)


def _calibrate(
    history: Path, base: Path, types: int, people: int, out: Path, words: Words, *,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    if out.suffix != ".toml":
        raise InputError(f"{out}: expected a file whose name ends in .toml")
    check_writable(out)
    scenario, bank = Scenario.load(base), out.with_name(f"{out.name}.bank")
    panel, told = account_panel(history)
    if people:
        check_collectors(told)
    with progress_bar(quiet, "fitting") as progress:
        climbing = Remembered(out.with_name(f"{out.name}.work"), 2 * CLIMBS, progress)
        found = fit_accounts(panel, told.contacts, types, climbing, scenario)
    text = scenario_text(found, scenario, base=base, out=out, history=history)
    behaved = None
    if people:
        behaved = behaviour(told, text, scenario, bank=bank, points=people, quiet=quiet)
        text += "\n".join(["", *behaviour_lines(behaved.table)]) + "\n"
    with aside(out) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")
    Scenario.load(out)
    blocks = calibration_document(found, behaved, history.name, words)
    page = out.with_suffix(".html")
    with aside(page) as fresh:
        page_text = html(blocks[0].text, blocks, words.lang)
        fresh.write_text(page_text, encoding="utf-8", newline="\n")
    climbing.forget()
    forget(bank)
    if as_json:
        typer.echo(_json_text(found, behaved))
    elif not quiet:
        _tell(found, behaved, words)
        for note in told.notes:
            typer.echo(words("Note: ", "注意（原文）：") + note)
        typer.echo(f"Scenario: {out}\nReport: {page}")


def account_panel(history: Path) -> tuple[Panel, History]:
    """The accounts of a history file, or of the Taiwan card file (.csv), month by month."""
    if history.suffix.lower() == ".csv":
        panel, told = read_taiwan(history), History(pd.DataFrame(), pd.DataFrame(), ())
    else:
        told = read_history(history)
        if told.accounts.empty:
            raise InputError(f"{history}: expected a table [accounts]")
        panel = Panel.of_accounts(told.accounts)
    if panel.state.shape[1] < 3:
        raise InputError(
            f"{history}: expected at least three months of accounts, found {panel.state.shape[1]}"
        )
    return panel, told


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


def _tell(found: AccountFit, behaved: FittedBehaviour | None, w: Words) -> None:
    """The hold-out table, then what was told of behaviour."""
    heads, rows = holdout_rows(found.holdout, w)
    title = w("The last month, left out of the fit", "未参与拟合的最后一个月")
    console().print(_table(title, heads, rows))
    if behaved:
        title = w("Behaviour of collectors, 90 % intervals", "催收员行为（90%区间）")
        console().print(_table(title, *behaviour_rows(behaved, w)))


def _table(title: str, heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    table.add_column(heads[0])
    for heading in heads[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _json_text(found: AccountFit, behaved: FittedBehaviour | None) -> str:
    document = {
        "kind": "calibration",
        "holdout": _rows(found.holdout),
        "parameters": _rows(found.parameters),
    }
    if behaved:
        document["behaviour"] = _rows(behaved.table)
        document["likeness"] = behaved.likeness
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _rows(table: pd.DataFrame) -> list[dict]:
    return json.loads(table.to_json(orient="records", double_precision=15))
