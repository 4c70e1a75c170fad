"""Carries out `postloan calibrate`: a lender's history in; a scenario and a report out."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from rich import box
from rich.table import Table

from desk import results
from desk.answer import console
from desk.aside import aside, check_writable
from desk.blocks import html
from desk.calibrated_file import scenario_text, untouched
from desk.calibrated_people import behaviour_lines, forget, simulating
from desk.calibration_page import UNLIKE, behaviour_rows, calibration_document, holdout_rows
from desk.progress import progress_bar
from desk.words import Words, spoken
from sim import InputError, Scenario
from sim.calibrate import Calibration, calibrate, read_taiwan
from sim.calibrate.calibration import check_base, check_history
from sim.calibrate.estimates import BOUND, UNTOLD
from sim.calibrate.likelihood import Evidence
from sim.calibrate.mixture import CLIMBS, climb
from sim.history import History, read_history
from sim.panel import Panel
from sim.scenario_file import read

MOST_NAMED = 8  # numbers that a note names


@dataclass(frozen=True)
class Request:
    """What a command asks."""

    history: Path
    base: Path
    out: Path  # the scenario; its report, and while it works what is finished, lie beside it
    types: int = 3
    people: int = 0  # runs that the fit of behaviour may simulate; 0 leaves it at its priors
    lang: str = "en"
    as_json: bool = False
    quiet: bool = False

    @property
    def page(self) -> Path:
        """Its report."""
        return self.out.with_suffix(".html")

    @property
    def command(self) -> str:
        """The command without the folders in which its files lie."""
        people = f" --behaviour --points {self.people}" if self.people else ""
        return (
            f"postloan calibrate {self.history.name} --base {self.base.name} "
            f"--types {self.types}{people} --out {self.out.name}"
        )


def carry_out(request: Request) -> bool:
    """Fit, then write the scenario and, beside it, its report; print the hold-out table.

    Whether the month that was left out came as it was foretold.
    """
    with spoken(request.lang) as words:
        today, history = _checked(request)
        work = request.out.with_name(f"{request.out.name}.work")
        bank = request.out.with_name(f"{request.out.name}.bank")
        people = simulating(bank, request.people, request.quiet) if request.people else None
        with progress_bar(request.quiet, "fitting") as progress:
            climbing = Remembered(work, 2 * CLIMBS, progress)
            found = calibrate(
                history, today, types=request.types, climbing=climbing, simulating=people
            )
        sources = _sources(request, today, history)
        _write(request, found, today, sources, words)
        climbing.forget()
        forget(bank)
        _tell(request, found, history, sources, words)
    return found.holds


def _checked(request: Request) -> tuple[Scenario, History | Panel]:
    """The base and the history; refuses, before any work, all that cannot come to an end."""
    out = request.out
    if out.suffix != ".toml":
        raise InputError(f"{out}: expected a file whose name ends in .toml")
    for file in (out, request.page):
        if file.is_dir():
            raise InputError(f"{file}: expected a place for a file, this is a folder")
        check_writable(file)
    read_from = [request.history, *read(request.base).files]
    if os.path.realpath(out) in map(os.path.realpath, read_from):
        raise InputError(f"--out {out}: expected another file than those that are read for it")
    today, history = Scenario.load(request.base), read_source(request.history)
    with _named(request.base):
        check_base(today)
    with _named(request.history):
        check_history(history, today, behaviour=bool(request.people))
    return today, history


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Within the block, what is wrong is said of a file."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{file} {error}") from None


def read_source(history: Path) -> History | Panel:
    """What a history file tells of, or the panel of the Taiwan card file (.csv)."""
    return read_taiwan(history) if history.suffix.lower() == ".csv" else read_history(history)


def _sources(request: Request, today: Scenario, history: History | Panel) -> dict[str, str]:
    """What the numbers rest on, by name."""
    versions = ", ".join(f"{name} {number}" for name, number in results.versions().items())
    return {
        "command": request.command,
        "history": f"{request.history.name}, content {_content(history)}",
        "base": f"{request.base.name}, digest {today.digest}",
        "versions": versions,
    }


def _content(history: History | Panel) -> str:
    """Names what was read, whatever file or database it was read from."""
    found = hashlib.sha256()
    for table in vars(history).values():
        if isinstance(table, pd.DataFrame):
            found.update(repr(list(table)).encode())
            found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
        elif isinstance(table, np.ndarray):
            found.update(np.ascontiguousarray(table).tobytes())
    return found.hexdigest()[:16]


def _write(
    request: Request, found: Calibration, today: Scenario, sources: dict[str, str], words: Words
) -> None:
    """The scenario and its report: both, or none of them."""
    text = scenario_text(
        found.accounts, today, base=request.base, out=request.out, history=request.history,
        sources=sources,
    )  # fmt: skip
    if found.behaviour:
        text += "\n".join(["", *behaviour_lines(found.behaviour.table)]) + "\n"
    text += untouched(text, today, request.base)
    blocks = calibration_document(
        found.accounts, found.behaviour, request.history.name, sources, words
    )
    page = html(blocks[0].text, blocks, words.lang)
    with aside(request.page) as fresh_page, aside(request.out) as fresh:
        fresh_page.write_text(page, encoding="utf-8", newline="\n")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        Scenario.load(fresh)


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


def _tell(
    request: Request, found: Calibration, history: History | Panel, sources: dict[str, str],
    w: Words,
) -> None:  # fmt: skip
    """The hold-out table, what was told of behaviour, and what to know of them."""
    notes = history.notes if isinstance(history, History) else ()
    if request.as_json:
        typer.echo(_json_text(found, sources, notes))
    elif not request.quiet:
        title = w("The last month, left out of the fit", "未参与拟合的最后一个月")
        console().print(_table(title, *holdout_rows(found.accounts.holdout, w)))
        if found.behaviour:
            title = w("Behaviour of collectors, 90 % intervals", "催收员行为（90%区间）")
            console().print(_table(title, *behaviour_rows(found.behaviour, w)))
        for note in _warnings(found, w):
            typer.echo(w("Note: ", "注意：") + note)
        for note in notes:
            typer.echo(w("Note: ", "注意（原文）：") + note)
        typer.echo(f"Scenario: {request.out}\nReport: {request.page}")
    fails, checks = (~found.accounts.holdout["holds"]).sum(), len(found.accounts.holdout)
    if fails:
        typer.echo(
            w(f"{fails} of {checks} checks on the month that was left out fail.",
              f"对未参与拟合月份的{checks}项检验中有{fails}项不成立。"), err=True,
        )  # fmt: skip


def _warnings(found: Calibration, w: Words) -> list[str]:
    """What to know of the fit before it is believed."""
    table, notes = found.accounts.parameters, []
    for verdict, en, zh in (
        (BOUND, "at the bound of the search, the history may want them beyond it", "位于搜索边界"),
        (UNTOLD, "not identified, they keep the base's value", "不可识别，沿用先验"),
    ):
        keys = table.loc[table["verdict"] == verdict, "key"].tolist()
        if keys:
            more = w(f" and {len(keys) - MOST_NAMED} more", f"等{len(keys)}个")
            told = ", ".join(keys[:MOST_NAMED]) + more * (len(keys) > MOST_NAMED)
            notes.append(w(f"{en}: {told}", f"{zh}：{told}"))
    if found.behaviour and found.behaviour.likeness < UNLIKE:
        notes.append(w("the model makes no such history of collectors: do not believe its "
                       "intervals", "模型产生不了这样的催收员历史，其区间不可信"))  # fmt: skip
    return notes


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


def _json_text(found: Calibration, sources: dict[str, str], notes: tuple[str, ...]) -> str:
    document = {
        "kind": "calibration",
        "sources": sources,
        "notes": list(notes),
        "holds": found.holds,
        "holdout": _rows(found.accounts.holdout),
        "parameters": _rows(found.accounts.parameters),
    }
    if found.behaviour:
        document["behaviour"] = _rows(found.behaviour.table)
        document["likeness"] = found.behaviour.likeness
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _rows(table: pd.DataFrame) -> list[dict]:
    return json.loads(table.to_json(orient="records", double_precision=15))
