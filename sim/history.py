"""A lender's own history: what its accounts did, and what its collectors reported and were paid.

Rows may stand in any order. Nothing is repaired and no row is left out: a history is read whole or
refused, with the file, row and column of each finding. What is only worth knowing is in `notes`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from sim.errors import InputError
from sim.findings import Findings
from sim.history_cells import Cells, from_file
from sim.history_file import (
    MEASURED,
    MOST_MONTH,
    AccountSource,
    ContactSource,
    HistoryFile,
    Source,
    load,
)
from sim.history_query import from_query
from sim.lender_columns import Column
from sim.lender_file import NUMBER, advice
from sim.shown import shown, visible
from sim.units import BUCKETS, DAYS_PER_MONTH, to_fen

CHARGED_OFF = len(BUCKETS)
MOST_NAMED = 5  # accounts or collectors that a note names
_EPOCH = pd.Timestamp("1899-12-30")  # day 0 of Excel's dates
_WRITTEN = r"^(\d{4})(?:[-/.]|年)(\d{1,2})(?:月|[-/.](\d{1,2})|月(\d{1,2})日)?(?:[ T][\d:.+]*)?$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})?$"
_HALF = r"\d{4}\.\d"  # January, or what a number made of 2026.10


@dataclass(frozen=True)
class History:
    """Panels by month, 0 the first of any; a panel that is not given has no rows.

    `accounts` has the columns account, month, state (months past due, charged off 7), balance_fen,
    due_fen and paid_fen. `collectors` has collector, month, seat, team, pay_fen, presence, left,
    of hours and tenure_days those that are given, and what was reported by its name in the
    activity (money in fen) or its indicator's key. `contacts` has account, month, attempts,
    contacts and, if given, promises and kept.
    """

    accounts: pd.DataFrame
    collectors: pd.DataFrame
    months: tuple[str, ...]  # as messages and tables call them
    notes: tuple[str, ...] = ()
    contacts: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_history(path: str | Path) -> History:
    """The history that a file like history.toml tells of. Raises InputError, a line a finding."""
    file, document = load(Path(path))
    folder = Path(document.files[0]).parent
    panels = {
        name: _panel(getattr(file, name), file, f"{visible(document.files[0])}:[{name}]", folder)
        for name in ("accounts", "collectors", "contacts")
    }
    given = [panel["month"] for panel in panels.values() if panel is not None]
    if len({_is_number(month.iloc[0]) for month in given}) > 1:
        raise InputError(
            f"{visible(document.files[0])}: expected months written alike in all tables, all dates "
            f"or all numbers; {_kinds(panels)}"
        )
    first, last = min(m.min() for m in given), max(m.max() for m in given)
    names = tuple(_month_name(month) for month in range(first, last + 1))
    notes: list[str] = []
    for name, panel in panels.items():
        if panel is not None:
            panel["month"] -= first
            notes += panel.attrs["notes"]
            if name != "contacts":  # whom nobody tried to reach has no row there
                notes += _gaps(panel, names)
    accounts, collectors, contacts = panels.values()
    found = History(
        pd.DataFrame() if accounts is None else _account_panel(accounts),
        pd.DataFrame() if collectors is None else _collector_panel(collectors),
        names,
        tuple(notes),
        pd.DataFrame() if contacts is None else contacts.drop(columns="currency", errors="ignore"),
    )
    return replace(found, notes=(*found.notes, *_unreconciled(found)))


def _is_number(month):
    """Whether a month, or each of them, is its number and no date."""
    return month <= MOST_MONTH


def _kinds(panels: Mapping[str, pd.DataFrame | None]) -> str:
    """`[accounts] begins with 1, [collectors] begins with 2026-01`."""
    return ", ".join(
        f"[{name}] begins with {_month_name(panel['month'].min())}"
        for name, panel in panels.items() if panel is not None
    )  # fmt: skip


def _unreconciled(history: History) -> list[str]:
    """A line on what the contact log and the collectors' panel tell differently."""
    log, panel = history.contacts, history.collectors
    if log.empty or panel.empty:
        return []
    lines = []
    for name in ("attempts", "contacts", "promises", "kept"):
        if name in log and name in panel:
            here, there = (t.groupby("month")[name].sum() for t in (log, panel))
            off = here.sub(there, fill_value=0.0)
            worst = off.abs().idxmax()
            if off[worst]:
                lines.append(
                    f"{name}: the contact log and [collectors] differ in {(off != 0).sum()} months,"
                    f" most in {history.months[worst]}: {here.get(worst, 0):,.0f} and "
                    f"{there.get(worst, 0):,.0f}"
                )
    return lines


# ---- a panel ----


def _panel(source: Source | None, file: HistoryFile, place: str, folder: Path):
    """The checked panel by our names, sorted by name and month; None where there is no source."""
    if source is None:
        return None
    if source.file:
        cells = from_file(folder / source.file, file.encoding)
    else:
        cells = from_query(source.database, source.query, folder, Findings(place))
    columns = {theirs: file.in_unit(column) for theirs, column in source.named().items()}
    _check_columns(source, columns, cells)
    columns = {theirs: column for theirs, column in columns.items() if theirs in cells.frame}
    values = pd.DataFrame({
        theirs: _read(column, source, cells.frame[theirs]) for theirs, column in columns.items()
    })  # fmt: skip
    _check_cells(cells, columns, values)
    panel = pd.DataFrame({
        c.name: _stored(c, values[theirs]) for theirs, c in columns.items()
    })  # fmt: skip
    _check_panel(panel, source, file, cells)
    if isinstance(source, ContactSource):
        _check_contacts(panel, source, cells)
    unused = [name for name in cells.frame if name not in columns]
    notes = [f"not used: {', '.join(unused)}"] * bool(unused)
    if isinstance(source, AccountSource):
        notes += _negative(panel, source, cells)
    panel.attrs["notes"] = [f"{cells.findings.file}: {note}" for note in notes]
    key = panel.columns[0]
    return panel.sort_values([key, "month"], kind="stable", ignore_index=True)


def _check_columns(source: Source, columns: Mapping[str, Column], cells: Cells) -> None:
    """Refuse a panel without the columns it needs, or those its mapping names."""
    have, findings = list(cells.frame.columns), cells.findings
    late = [theirs for theirs, c in columns.items() if c.name in ("days_past_due", "status")]
    for theirs, column in columns.items():
        if theirs not in have and (column.required or column.name in source.columns):
            words = f" is missing: expected {column.meaning}; found {', '.join(have)}"
            findings.add([0], theirs, f"{words}; name it in [columns] of history.toml")
    if late and len(set(late) & set(have)) != 1:
        found = "both" if set(late) <= set(have) else "neither"
        findings.add([0], late[0], f": expected {' or '.join(late)}, found {found}")
    findings.stop()


def _check_cells(cells: Cells, columns: Mapping[str, Column], values: pd.DataFrame) -> None:
    """Note every cell that is not what its column asks for; the values are NaN there."""
    schema = pa.DataFrameSchema({
        theirs: pa.Column(
            checks=pa.Check(partial(_fits, column), ignore_na=False), nullable=True
        )
        for theirs, column in columns.items()
    })  # fmt: skip
    for theirs, rows in _failures(schema, values).items():
        written = cells.frame[theirs]
        words = partial(_words, columns[theirs], written, cells.first_row)
        cells.findings.add(rows + cells.first_row, theirs, words)
    cells.findings.stop()


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Rows that break a check, by column."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as wrong:
        cases = wrong.failure_cases
        return {
            str(name): np.unique(rows.to_numpy(np.int64))
            for name, rows in cases.groupby("column", sort=False)["index"]
        }
    return {}


def _fits(column: Column, values: pd.Series) -> pd.Series:
    """Whether each value is permitted; in a column that is given none may be missing."""
    if column.unit == "month":
        return values.notna()
    if column.unit != "text":
        return pd.Series(column.fits(values.to_numpy(float)), values.index)
    text = values.fillna("")
    tidy = ~text.str.contains(r"^\s|\s$|[\x00-\x1f\x7f-\x9f]")
    return tidy & text.str.len().between(column.low, column.high)


def _words(column: Column, cells: pd.Series, first_row: int, row: int) -> str:
    """What is wrong with a cell, and what to do."""
    cell = cells.iloc[row - first_row]
    if pd.isna(cell):
        return f" is empty: expected {column.permitted}"
    text = f" = {shown(str(cell))}: expected {column.permitted}{advice(column, str(cell))}"
    if column.unit == "month" and re.fullmatch(r"\d{5}(\.\d+)?", str(cell)):
        day = _EPOCH + pd.Timedelta(days=int(float(str(cell))))
        return f"{text}; this looks like Excel's number of {day:%Y-%m-%d}: write {day:%Y-%m}"
    if column.unit == "month" and re.fullmatch(_HALF, str(cell)):
        return f"{text}; it may be month 1 or 10: write both digits, as text"
    if column.unit == "status":
        return f"{text}; or give what it means in [accounts.status]"
    return text


def _check_panel(panel: pd.DataFrame, source: Source, file: HistoryFile, cells: Cells) -> None:
    """Note what is wrong between cells: keys given twice, currencies, months of two kinds."""
    key, findings = panel.columns[0], cells.findings
    once = pa.DataFrameSchema(unique=[key, "month"])
    where = source.columns.get(key, key)
    for row in _failures(once, panel).get(key, np.empty(0, np.int64)):
        same = (panel[key] == panel[key][row]) & (panel["month"] == panel["month"][row])
        first = int(same.to_numpy().argmax())
        if row > first:
            words = f" = {shown(panel[key][row])}: expected once in {_month_name(panel.month[row])}"
            other = f", row {first + cells.first_row} tells of it too"
            findings.add([row + cells.first_row], where, words + other)
    if "currency" in panel:
        other = np.flatnonzero(panel["currency"].notna() & (panel["currency"] != file.currency))
        findings.add(
            other + cells.first_row, source.columns.get("currency", "currency"),
            lambda row: f" = {shown(panel['currency'][row - cells.first_row])}: expected only "
            f"{file.currency}, the history's currency; convert it or give a history each",
        )  # fmt: skip
    numbered = _is_number(panel["month"])
    if numbered.any() and not numbered.all():
        rows = np.flatnonzero(numbered != numbered[0]) + cells.first_row
        words = ": expected months written as in the first row, all dates or all numbers"
        findings.add(rows, source.columns.get("month", "month"), words)
    findings.stop()


def _check_contacts(panel: pd.DataFrame, source: ContactSource, cells: Cells) -> None:
    """Note counts that are larger than what they are a part of."""
    for part, whole in (("contacts", "attempts"), ("promises", "contacts")):
        if part in panel:
            rows = np.flatnonzero(panel[part] > panel[whole])
            cells.findings.add(
                rows + cells.first_row, source.columns.get(part, part),
                lambda row, part=part, whole=whole: f" = {panel[part][row - cells.first_row]:.0f}: "
                f"expected at most the {panel[whole][row - cells.first_row]:.0f} {whole}",
            )  # fmt: skip
    cells.findings.stop()


def _negative(panel: pd.DataFrame, source: AccountSource, cells: Cells) -> list[str]:
    """A line on balances below 0, which are the debtors' own money; refuses where all are."""
    below, column = panel["balance"] < 0, source.columns.get("balance", "balance")
    if below.any() and not (panel["balance"] > 0).any():
        cells.findings.refuse(
            f"column {shown(column)} has no balance above 0: expected what is owed as a positive "
            "number"
        )
    return [f"{column}: {below.sum():,} below 0, read as money that is owed to the debtor"] * bool(
        below.any()
    )


def _gaps(panel: pd.DataFrame, months: Sequence[str]) -> list[str]:
    """A line on those who have no row in a month between two others."""
    key = panel.columns[0]
    step = panel.groupby(key, sort=False)["month"].diff()
    holes = panel[step > 1]
    if holes.empty:
        return []
    told = [
        f"{shown(name)} before {months[month]}"
        for name, month in zip(holes[key][:MOST_NAMED], holes["month"][:MOST_NAMED], strict=True)
    ]
    more = f" and {len(holes) - MOST_NAMED:,} more" if len(holes) > MOST_NAMED else ""
    return [f"months without a row, left as gaps: {key} {', '.join(told)}{more}"]


def _account_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """The accounts' panel with months past due counted as the model counts them."""
    if "status" in panel:
        state = panel["status"]
    else:
        state = (panel["days_past_due"] + DAYS_PER_MONTH - 1) // DAYS_PER_MONTH
    return pd.DataFrame({
        "account": panel["account"],
        "month": panel["month"],
        "state": np.minimum(state, CHARGED_OFF).astype(np.int64),
        **{f"{name}_fen": panel[name] for name in ("balance", "due", "paid")},
    })  # fmt: skip


def _collector_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """The collectors' panel with what is usual where a column is not given."""
    usual = {"seat": panel["collector"], "team": "", "presence": 1.0, "left": 0.0}
    people = [name for name in ("hours", "tenure_days") if name in panel]
    reported = [name for name in MEASURED if name in panel]
    return pd.DataFrame({
        "collector": panel["collector"],
        "month": panel["month"],
        **{name: panel.get(name, default) for name, default in usual.items()},
        "pay_fen": panel["pay"],
        **{name: panel[name] for name in (*people, *reported)},
    })  # fmt: skip


# ---- cells to values ----


def _read(column: Column, source: Source, cells: pd.Series) -> pd.Series:
    """The cells as values: text, or float64 with NaN where they are empty or no such value."""
    if pd.api.types.infer_dtype(cells) in ("bytes", "mixed"):
        cells = cells.map(_decoded)
    if column.unit == "text":
        return cells.astype("str")
    if column.unit == "month":
        return _by_value(cells, _month_of)
    if column.unit == "status":
        codes = source.status if isinstance(source, AccountSource) else {}
        return _by_value(cells, partial(_status_of, codes))
    return _numbers(cells)


def _stored(column: Column, values: pd.Series) -> pd.Series:
    """Checked values as the panel keeps them: money in whole fen, months as whole numbers."""
    if column.unit == "yuan":
        return pd.Series(to_fen(values), values.index)
    return values.astype(np.int64) if column.unit in ("fen", "month") else values


def _decoded(cell: object) -> object:
    """The text that bytes are, None where they are none; any other cell as it is."""
    if not isinstance(cell, bytes | bytearray | memoryview):
        return cell
    try:
        return bytes(cell).decode()
    except UnicodeDecodeError:
        return None


def _by_value(cells: pd.Series, of: Callable[[str], float]) -> pd.Series:
    """A function of the cells' text, found once for each value."""
    place, values = pd.factorize(cells)
    found = np.array([of(re.sub(r"\.0$", "", str(v))) for v in values] + [np.nan], float)
    return pd.Series(found[place], cells.index)


def _month_of(text: str) -> float:
    """Months since the year 0, or a month's number as it is."""
    if re.fullmatch(r"\d{1,4}", text):
        return float(text) if int(text) <= MOST_MONTH else np.nan
    parts = re.match(_WRITTEN, text) or re.match(_COMPACT, text)
    if not parts or re.fullmatch(_HALF, text):
        return np.nan
    year, month, *days = (int(part) for part in parts.groups() if part)
    try:
        day = date(year, month, *(days or [1]))
    except ValueError:  # no such day
        return np.nan
    return day.year * 12.0 + day.month - 1 if 1980 <= day.year <= 2199 else np.nan


def _month_name(month: int) -> str:
    return str(int(month)) if _is_number(month) else f"{month // 12}-{month % 12 + 1:02d}"


def _status_of(codes: Mapping[str, int], text: str) -> float:
    """Months past due by the lender's code, or as M0, M1 … or 0, 1 … say it."""
    if codes:
        return float(codes[text]) if text in codes else np.nan
    return float(text.lstrip("Mm")) if re.fullmatch(r"[Mm]?\d{1,2}", text) else np.nan


def _numbers(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.astype(float)
    text = cells.astype("str")
    return pd.to_numeric(text.where(text.str.match(NUMBER).fillna(False)), errors="coerce")
