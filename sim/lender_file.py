"""Reads the lender's account file.

Nothing is repaired and no row is left out: a file is read whole or refused, with the row and
column of each finding.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.findings import Findings
from sim.lender_cells import Cells, reader
from sim.lender_columns import RULES, SCHEMA, STEPS, Column, Rule
from sim.shown import shown, visible

NUMBER = r"^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_UNTIDY = r"\p{Cc}|^\p{Z}|\p{Z}$"
_NUMERIC = "yuan fen days day share hours number"
_ADVICE = (  # units, how a refused value looks, what to do; the first that matches is given
    (f"{_NUMERIC} text month status", r"^\s|\s$", "remove the spaces around it"),
    ("text", r"[\x00-\x1f\x7f-\x9f]", "remove the control characters"),
    (
        _NUMERIC,
        r"(?i)^[+-]?(nan|inf|infinity|#?n/?a|null|none|-+)$",
        "write a number, or leave an optional cell empty",
    ),
    (
        _NUMERIC,
        r"[0-9]-[0-9]+-[0-9]|[0-9]/[0-9]+/[0-9]|年",
        "write a number, not a date",
    ),
    ("yuan fen", r"(?i)[¥￥$€£元]|rmb|cny|yuan", "remove the currency sign"),
    ("share", r"%|^[0-9]{2}", "write 25 % as 0.25"),
    (_NUMERIC, r"[0-9][,\uff0c' ][0-9]{3}(?![0-9])", "remove the thousand separators"),
    (_NUMERIC, r"[0-9],[0-9]", "write a decimal point"),
    ("yuan", r"\.[0-9]{2}[0-9]*[1-9]", "write at most two decimals"),
)


def read_accounts(path: Path) -> pd.DataFrame:
    """The accounts of a file, one a row in the file's order, with exactly the columns of SCHEMA.

    Empty cells hold their column's default, else NaN. Raises InputError, a line per finding.
    """
    path = Path(path)
    findings = Findings(visible(str(path)))
    try:
        cells = reader(path, findings)(path, findings)
        return _frame(cells, findings)
    except MemoryError:  # pyarrow's own is a subclass
        findings.refuse("expected accounts that fit into memory; give fewer seats or more memory")
    except (OSError, pa.ArrowException, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        findings.refuse(f"expected a readable {path.suffix} file ({shown(reason)})")


def _frame(cells: Cells, findings: Findings) -> pd.DataFrame:
    """The accounts as a table, after all checks of single cells and between them."""
    columns = {}
    for column in SCHEMA:
        raw = cells.columns.get(column.name, pa.chunked_array([pa.nulls(cells.rows)]))
        check = _texts if column.unit == "text" else _numbers
        columns[column.name] = check(column, raw, cells.first_row, findings)
    _check_once(columns["account_id"], cells.first_row, findings)
    for rule in RULES:
        _check_rule(rule, columns, cells.first_row, findings)
    findings.stop()
    return pd.DataFrame({column.name: _filled(column, columns) for column in SCHEMA})


def _texts(column: Column, cells: pa.ChunkedArray, first_row: int, findings: Findings):
    """The cells as text."""
    cells = cells.cast(pa.large_string())
    length = pc.fill_null(pc.utf8_length(cells), 0).to_numpy()
    wrong = pc.fill_null(pc.match_substring_regex(cells, _UNTIDY), False).to_numpy()
    wrong = wrong | (length > column.high)
    _report(column, cells, length < column.low, wrong, first_row, findings)
    return cells.to_pandas().astype("str")


def _numbers(column: Column, cells: pa.ChunkedArray, first_row: int, findings: Findings):
    """The cells as float64, NaN where they are empty or wrong."""
    numbers = cells
    if not (pa.types.is_null(cells.type) or pa.types.is_primitive(cells.type)):
        written = pc.match_substring_regex(cells, NUMBER)
        numbers = pc.if_else(written, cells, pa.scalar(None, cells.type))
    numbers = numbers.cast(pa.float64(), safe=False).to_numpy()
    empty = cells.is_null().to_numpy()
    wrong = ~(empty | column.fits(numbers))
    _report(column, cells, empty & column.required, wrong, first_row, findings)
    return np.where(wrong, np.nan, numbers)


def _report(column: Column, cells, empty, wrong, first_row: int, findings: Findings) -> None:
    """Note the cells of a column that are empty though required, and those that are wrong."""
    expected = f": expected {column.permitted}"
    findings.add(np.flatnonzero(empty) + first_row, column.name, f" is empty{expected}")

    def words(row: int) -> str:
        written = str(cells[row - first_row].as_py())
        return f" = {shown(written)}{expected}{advice(column, written)}"

    findings.add(np.flatnonzero(wrong) + first_row, column.name, words)


def advice(column: Column, written: str) -> str:
    """`; remove the currency sign`, or nothing if the range says it all."""
    fitting = (
        words
        for units, looks, words in _ADVICE
        if column.unit in units.split() and re.search(looks, written)
    )
    return "".join(f"; {words}" for words in list(fitting)[:1])


def _check_once(names: pd.Series, first_row: int, findings: Findings) -> None:
    """Note each account that an earlier row has given already."""
    again = np.flatnonzero(names.duplicated() & (names.str.len() > 0))

    def words(row: int) -> str:
        name = names[row - first_row]
        first = int((names == name).to_numpy().argmax()) + first_row
        return f" = {shown(name)}: expected each account once, it is in row {first} too"

    findings.add(again + first_row, "account_id", words)


def _check_rule(rule: Rule, columns: dict, first_row: int, findings: Findings) -> None:
    """Note the rows that break a rule; NaN breaks none."""
    own, other = columns[rule.column], columns[rule.other]

    def words(row: int) -> str:
        here = f"{own[row - first_row]:.12g}: expected {rule.expected}"
        return f" = {here}; {rule.other} = {other[row - first_row]:.12g}"

    findings.add(np.flatnonzero(rule.broken(own, other)) + first_row, rule.column, words)


def _filled(column: Column, columns: dict) -> pd.Series | np.ndarray:
    """A column with its default in the empty cells, days as int64."""
    cells = columns[column.name]
    if column.unit == "text":
        return cells
    default = columns.get(column.default, column.default)
    filled = np.where(np.isnan(cells), default, cells)
    return filled.astype(np.int64) if STEPS.get(column.unit) == 1 else filled
