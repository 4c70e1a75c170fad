"""Reads the lender's account file, CSV or Parquet.

Nothing is repaired and no row is left out: a file is read whole or refused, with the row and
column of each finding. Blank lines and line breaks inside quotes are refused, so that row 14 of a
CSV file is line 14 in an editor; line ends after the last row do no harm.
"""

import csv
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from sim.errors import InputError
from sim.units import FEN_PER_YUAN

MOST_FINDINGS = 20
MOST_ACCOUNTS = 1_000_000_000
BYTES_PER_ACCOUNT = 400  # memory at the peak of reading a file and making a portfolio of it
BLOCK_BYTES = 1 << 24  # of a CSV file looked at together
LONGEST_LINE = 1 << 16  # bytes
LONGEST_VALUE = 60  # characters of a value that a message shows

_PERMITTED = {  # by unit
    "text": "text of {} to {} characters",
    "yuan": "yuan from {} to {}",
    "days": "whole days from {} to {}",
    "day": "a whole day from {} to {}",
    "share": "a share from {} to {}",
}
_STEPS = {"yuan": FEN_PER_YUAN, "days": 1, "day": 1}  # values are whole multiples of 1 / steps


@dataclass(frozen=True)
class Column:
    """A column of the lender's file; `default` fills empty cells: a number or another column."""

    name: str
    unit: str
    required: bool
    meaning: str
    low: float
    high: float
    default: float | str = math.nan

    @property
    def permitted(self) -> str:
        """The permitted range in words: `yuan from 0.01 to 1,000,000,000`."""
        return _PERMITTED[self.unit].format(f"{self.low:,.10g}", f"{self.high:,.10g}")

    def fits(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is permitted; NaN is not."""
        fits = (numbers >= self.low) & (numbers <= self.high)
        if steps := _STEPS.get(self.unit):
            fits &= np.rint(numbers * steps) / steps == numbers
        return fits


@dataclass(frozen=True)
class Rule:
    """What a column must be beside another one; rows where either is empty keep it."""

    column: str
    other: str
    expected: str
    broken: Callable[[np.ndarray, np.ndarray], np.ndarray]


SCHEMA = (
    Column("account_id", "text", True, "the account's name, given once", 1, 200),
    Column("seat", "text", True, "name of the seat in whose queue the account is", 1, 200),
    Column("balance_yuan", "yuan", True, "what is owed in all, whole fen", 0.01, 1e9),
    Column("instalment_yuan", "yuan", True, "what falls due each 30 days, whole fen", 0.01, 1e9),
    Column(
        "days_past_due",
        "days",
        True,
        "days since the oldest unpaid instalment fell due, 0 if none is unpaid",
        0,
        3000,
    ),
    Column(
        "arrears_yuan",
        "yuan",
        False,
        "the overdue part of the balance, whole fen; if empty, the missed instalments",
        0,
        1e9,
    ),
    Column(
        "days_in_spell",
        "days",
        False,
        "days since the account last became overdue; if empty, days_past_due",
        0,
        3000,
        "days_past_due",
    ),
    Column(
        "arrival_day",
        "day",
        False,
        "day of the run on which the account joins; if empty, 0",
        0,
        3000,
        0,
    ),
    Column(
        "reach",
        "share",
        False,
        "chance that an attempt meets the right party; if empty, the scenario's mean",
        0,
        1,
    ),
)

RULES = (
    Rule("instalment_yuan", "balance_yuan", "at most balance_yuan", np.greater),
    Rule("arrears_yuan", "balance_yuan", "at most balance_yuan", np.greater),
    Rule(
        "arrears_yuan",
        "days_past_due",
        "0 or empty where days_past_due is 0",
        lambda arrears, late: (late == 0) & (arrears > 0),
    ),
    Rule(
        "arrears_yuan",
        "days_past_due",
        "above 0 or empty where days_past_due is above 0",
        lambda arrears, late: (late > 0) & (arrears == 0),
    ),
    Rule(
        "days_in_spell",
        "days_past_due",
        "0 or empty where days_past_due is 0",
        lambda spell, late: (late == 0) & (spell > 0),
    ),
    Rule("days_in_spell", "days_past_due", "at least days_past_due", np.less),
)

NAMES = tuple(column.name for column in SCHEMA)

_NUMBER = r"^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_UNTIDY = r"\p{Cc}|^\p{Z}|\p{Z}$"
_ADVICE = (  # units, how a refused value looks, what to do; the first that matches is given
    ("text yuan days day share", r"^\s|\s$", "remove the spaces around it"),
    ("text", r"[\x00-\x1f\x7f-\x9f]", "remove the control characters"),
    (
        "yuan days day share",
        r"(?i)^[+-]?(nan|inf|infinity|#?n/?a|null|none|-+)$",
        "write a number, or leave an optional cell empty",
    ),
    (
        "yuan days day share",
        r"[0-9]-[0-9]+-[0-9]|[0-9]/[0-9]+/[0-9]|年",
        "write a number, not a date",
    ),
    ("yuan", r"(?i)[¥￥$€£元]|rmb|cny|yuan", "remove the currency sign"),
    ("share", r"%", "write 25 % as 0.25"),
    ("yuan days day share", r"[0-9][,\uff0c' ][0-9]{3}(?![0-9])", "remove the thousand separators"),
    ("yuan days day share", r"[0-9],[0-9]", "write a decimal point"),
    ("yuan", r"\.[0-9]{2}[0-9]*[1-9]", "write at most two decimals"),
)
_TOO_LONG = f"expected a line of at most {LONGEST_LINE:,} bytes"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", "\uff0c": "full-width commas"}


def schema_markdown() -> str:
    """SCHEMA as a Markdown table, a line per column of the file."""
    lines = ["| column | unit | required | permitted | meaning |", "|---|---|---|---|---|"]
    for column in SCHEMA:
        rules = [rule.expected for rule in RULES if rule.column == column.name]
        cells = (
            f"`{column.name}`",
            column.unit,
            "yes" if column.required else "no",
            "; ".join([column.permitted, *rules]),
            column.meaning,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def read_accounts(path: Path) -> pd.DataFrame:
    """The accounts of a file, one a row in the file's order, with exactly the columns of SCHEMA.

    Empty cells hold their column's default, else NaN. Raises InputError, a line per finding.
    """
    path = Path(path)
    findings = _Findings(_visible(str(path)))
    try:
        cells = _reader(path, findings)(path, findings)
        return _frame(cells, findings)
    except MemoryError:  # pyarrow's own is a subclass
        findings.refuse("expected accounts that fit into memory; give fewer seats or more memory")
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        findings.refuse(f"expected a readable {path.suffix} file ({_shown(reason)})")


@dataclass
class _Findings:
    """What was found wrong in a file: all are counted, the first ones are worded."""

    file: str
    total: int = 0
    worded: list[tuple[int, int, str]] = field(default_factory=list)  # row, column, message

    def add(self, rows: Sequence[int], column: str, words: str | Callable[[int], str]) -> None:
        """Note a finding in each of the rows, which ascend; row 0 stands for the whole file."""
        self.total += len(rows)
        order = NAMES.index(column) if column in NAMES else -1
        where = f" column {_shown(column)}" if column else ""
        for row in map(int, rows[:MOST_FINDINGS]):
            text = words if isinstance(words, str) else words(row)
            place = f"{self.file}:{f'row {row}' if row else ''}{where}"
            self.worded.append((row, order, place + text))

    def refuse(self, text: str, row: int = 0) -> NoReturn:
        """Stop at a finding about the whole file, or a row of it."""
        raise InputError(f"{self.file}:{f'row {row}:' if row else ''} {text}")

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if not self.total:
            return
        self.worded.sort(key=lambda finding: finding[:2])
        lines = [text for _, _, text in self.worded[:MOST_FINDINGS]]
        more = self.total - len(lines)
        raise InputError(*lines, *([f"… and {more:,} more"] if more else []))


@dataclass(frozen=True)
class _Cells:
    """The file as it was read: a column each, null where a cell is empty."""

    columns: dict[str, pa.ChunkedArray]
    rows: int
    first_row: int  # what messages call the first one


# ---- the file as a whole ----


def _reader(path: Path, findings: _Findings) -> Callable[[Path, _Findings], _Cells]:
    """The function that reads this kind of file."""
    if path.is_dir():
        findings.refuse("expected a CSV or Parquet file, this is a folder")
    if not path.exists():
        findings.refuse(f"no such file{_similar(path)}")
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers or not path.is_file():
        findings.refuse("expected a file whose name ends in .csv or .parquet")
    if not path.stat().st_size:
        findings.refuse("the file is empty; expected accounts")
    return readers[path.suffix.lower()]


def _similar(path: Path) -> str:
    """`; did you mean …?` with the names in the folder that are like this one."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f", and no folder {_shown(str(path.parent))}"
    close = get_close_matches(path.name, names, n=3)
    return f"; did you mean {' or '.join(map(_shown, close))}?" if close else ""


def _check_names(names: list[str], findings: _Findings) -> None:
    """Refuse columns that are unknown, missing or given twice."""
    for name, times in Counter(names).items():
        shown = name or "without a name"
        if times > 1:
            findings.add([0], shown, f": expected once, found {times} times")
        if name not in NAMES:
            close = get_close_matches(name.strip().lower(), NAMES, n=1)
            hint = f"did you mean {close[0]}?" if close else f"expected {', '.join(NAMES)}"
            findings.add([0], shown, f" is unknown: {hint}")
    for column in SCHEMA:
        if column.required and column.name not in names:
            findings.add([0], column.name, f" is missing: expected {column.permitted}")
    findings.stop()


def _check_size(rows: int, findings: _Findings) -> None:
    """Refuse files without accounts and those that would not fit."""
    if not rows:
        findings.refuse("expected at least one account, found none")
    if rows > MOST_ACCOUNTS:
        findings.refuse(f"expected at most {MOST_ACCOUNTS:,} accounts, found {rows:,}")
    needed, available = rows * BYTES_PER_ACCOUNT, _available_bytes()
    if needed > available:
        findings.refuse(
            f"expected accounts that fit into memory: {rows:,} need about {needed / 1e9:,.1f} GB, "
            f"{available / 1e9:,.1f} GB are available; give fewer seats or more memory"
        )


def _available_bytes() -> float:
    """Memory that can still be taken: the least of what the system tells, else no limit.

    Not SC_AVPHYS_PAGES, which takes the cache of files just read for memory in use.
    """
    told = [math.inf]
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        told.append(max(os.sysconf("SC_PHYS_PAGES"), 0) * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # Linux only
        meminfo = Path("/proc/meminfo").read_text(encoding="ascii")
        told += [1024 * int(kb) for kb in re.findall(r"MemAvailable:\s+(\d+) kB", meminfo)]
    with suppress(OSError, ValueError):  # containers; "max" if there is no limit
        told.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(size for size in told if size > 0)


# ---- Parquet ----


def _read_parquet(path: Path, findings: _Findings) -> _Cells:
    """The cells of a Parquet file, decimals as text and categories as their values."""
    with pa.parquet.ParquetFile(path, page_checksum_verification=True) as file:
        kinds = {item.name: item.type for item in file.schema_arrow}
        _check_names(file.schema_arrow.names, findings)
        for column in SCHEMA:
            _check_kind(column, kinds.get(column.name, pa.null()), findings)
        findings.stop()
        _check_size(file.metadata.num_rows, findings)
        table = file.read()
    table.validate(full=True)  # text that is not UTF-8
    if table.num_rows != file.metadata.num_rows:
        findings.refuse(f"expected {file.metadata.num_rows:,} rows, found {table.num_rows:,}")
    columns = {name: _plain(table[name]) for name in kinds}
    return _Cells(columns, table.num_rows, 1)


def _check_kind(column: Column, kind: pa.DataType, findings: _Findings) -> None:
    """Refuse a Parquet column of the wrong type; one without values has the type null."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    right = [pa.types.is_null, pa.types.is_integer]
    if column.unit == "text":
        right += [pa.types.is_string, pa.types.is_large_string]
    else:
        right += [pa.types.is_floating, pa.types.is_decimal]
    if not any(is_kind(kind) for is_kind in right):
        wanted = "text" if column.unit == "text" else "numbers"
        findings.add([0], column.name, f": expected {wanted}, found {_shown(str(kind))}")


def _plain(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells without categories; decimals as text, because text converts exactly."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    return cells.cast(pa.string()) if pa.types.is_decimal(cells.type) else cells


# ---- CSV ----


def _read_csv(path: Path, findings: _Findings) -> _Cells:
    """The cells of a CSV file, all text."""
    with path.open("rb") as stream:
        names, rows = _scanned(stream, findings)
    _check_size(rows, findings)
    table = pa.csv.read_csv(
        path,
        pa.csv.ReadOptions(column_names=names, skip_rows=1),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    if table.num_rows != rows:
        findings.refuse(f"expected {rows:,} rows, found {table.num_rows:,}")
    return _Cells({name: table[name] for name in names}, rows, 2)


def _scanned(stream: BinaryIO, findings: _Findings) -> tuple[list[str], int]:
    """The names of the columns and the number of rows; refuses lines that are not one row each."""
    lines, names = 0, []
    for block in _blocks(stream, findings):
        _check_text(block, lines + 1, findings)
        symbols = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(symbols == ord("\n"))
        long = np.flatnonzero(np.diff(ends, prepend=-1) > LONGEST_LINE)
        if long.size:
            findings.refuse(_TOO_LONG, lines + 1 + int(long[0]))
        if not lines:
            names = next(csv.reader([block[: block.index(b"\n")].decode()]), [])
            _check_separator(names, findings)
            _check_names(names, findings)
        _check_rows(symbols, ends, lines + 1, len(names), findings)
        lines += ends.size
    findings.stop()
    return names, lines - 1


def _blocks(stream: BinaryIO, findings: _Findings) -> Iterator[bytes]:
    """The content of a file as whole lines, many together; each ends with a line feed."""
    end = _content_end(stream)
    stream.seek(0)
    stream.seek(3 if stream.read(3) == b"\xef\xbb\xbf" else 0)
    if stream.tell() >= end:
        findings.refuse("the file is empty; expected accounts")
    rest, line = b"", 1
    while missing := end - stream.tell():
        block = rest + stream.read(min(BLOCK_BYTES, missing))
        if stream.tell() == end:
            block += b"\n"
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        if len(rest) > LONGEST_LINE:
            findings.refuse(_TOO_LONG, line + block.count(b"\n"))
        if cut:
            yield block[:cut]
            line += block.count(b"\n", 0, cut)


def _content_end(stream: BinaryIO) -> int:
    """Bytes of the file up to the line ends after its last row."""
    end = stream.seek(0, os.SEEK_END)
    while end:
        start = max(end - BLOCK_BYTES, 0)
        stream.seek(start)
        if kept := len(stream.read(end - start).rstrip(b"\r\n")):
            return start + kept
        end = start
    return 0


def _check_text(block: bytes, first_row: int, findings: _Findings) -> None:
    """Refuse bytes that are not the text of lines."""
    try:
        block.decode()
    except UnicodeDecodeError as error:
        start = block.rfind(b"\n", 0, error.start) + 1
        line = block[start : block.index(b"\n", error.start)]
        row = first_row + block.count(b"\n", 0, start)
        findings.refuse(f"expected text in UTF-8{_encoding(line)}: save as CSV UTF-8", row)
    at = block.find(b"\0")
    if at >= 0:
        row = first_row + block.count(b"\n", 0, at)
        findings.refuse("expected text, found a NUL byte: save as CSV UTF-8", row)
    if block.count(b"\r") != block.count(b"\r\n"):
        row = first_row + block.count(b"\n", 0, re.search(rb"\r(?!\n)", block).start())
        findings.refuse("expected line ends LF or CRLF, found a CR alone", row)


def _encoding(line: bytes) -> str:
    """`, this looks like …`, or nothing if it looks like no encoding we know."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ", this looks like UTF-16"
    with suppress(UnicodeDecodeError):
        line.decode("gb18030")
        return ", this looks like GB18030 or GBK"
    return ""


def _check_separator(names: list[str], findings: _Findings) -> None:
    """Refuse a header that is blank or separated by something else than commas."""
    if not names:
        findings.refuse("expected the names of the columns, found a blank line", 1)
    for sign, words in _SEPARATORS.items():
        if len(names) == 1 and sign in names[0]:
            findings.refuse(f"expected commas between values, found {words}", 1)


def _check_rows(symbols, ends, first_row: int, width: int, findings: _Findings) -> None:
    """Note the lines of a block that are blank, wrongly quoted or do not have `width` values.

    `symbols` (byte,) the block, `ends` (line,) where its line feeds are.
    """
    commas = np.flatnonzero(symbols == ord(","))
    quotes = np.flatnonzero(symbols == ord('"'))
    if quotes.size:
        unclosed, stray, inside = _quoting(symbols, ends, quotes, commas)
        findings.add(
            np.flatnonzero(unclosed) + first_row,
            "",
            ": expected the closing quote in the same line",
        )
        findings.add(
            np.flatnonzero(stray) + first_row,
            "",
            ": expected quotes around a whole value, and those inside it doubled",
        )
        if findings.total:
            return  # what stands in quotes is uncertain
        commas = commas[~inside]
    blank = np.diff(ends, prepend=-1) - 1 - (symbols[ends - 1] == ord("\r")) <= 0
    found = np.diff(np.searchsorted(commas, ends), prepend=0) + 1
    findings.add(np.flatnonzero(blank) + first_row, "", ": expected a row, found a blank line")
    findings.add(
        np.flatnonzero((found != width) & ~blank) + first_row,
        "",
        lambda row: (
            f": expected {width} values as in the header, found {found[row - first_row]}"
            + "; a value that contains a comma needs quotes" * int(found[row - first_row] > width)
        ),
    )


def _quoting(symbols, ends, quotes, commas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines with an open quote and those with a stray one, (line,); commas inside, (comma,).

    In a line the quotes open and close in turn; a doubled one closes and opens again.
    """
    line = np.searchsorted(ends, quotes)
    count = np.bincount(line, minlength=ends.size)
    opens = (np.arange(quotes.size) - (np.cumsum(count) - count)[line]) % 2 == 0
    beside = np.where(opens, symbols[quotes - 1], symbols[quotes + 1])  # a block ends with \n
    stray = np.zeros(ends.size, bool)
    stray[line[~np.isin(beside, list(b',\n\r"'))]] = True
    unclosed = count % 2 == 1
    last = np.searchsorted(quotes, commas) - 1
    return unclosed, stray & ~unclosed, (last >= 0) & opens[last]


# ---- the cells ----


def _frame(cells: _Cells, findings: _Findings) -> pd.DataFrame:
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


def _texts(column: Column, cells: pa.ChunkedArray, first_row: int, findings: _Findings):
    """The cells as text."""
    cells = cells.cast(pa.large_string())
    length = pc.fill_null(pc.utf8_length(cells), 0).to_numpy()
    wrong = pc.fill_null(pc.match_substring_regex(cells, _UNTIDY), False).to_numpy()
    wrong = wrong | (length > column.high)
    _report(column, cells, length < column.low, wrong, first_row, findings)
    return cells.to_pandas().astype("str")


def _numbers(column: Column, cells: pa.ChunkedArray, first_row: int, findings: _Findings):
    """The cells as float64, NaN where they are empty or wrong."""
    numbers = cells
    if not (pa.types.is_null(cells.type) or pa.types.is_primitive(cells.type)):
        written = pc.match_substring_regex(cells, _NUMBER)
        numbers = pc.if_else(written, cells, pa.scalar(None, cells.type))
    numbers = numbers.cast(pa.float64(), safe=False).to_numpy()
    empty = cells.is_null().to_numpy()
    wrong = ~(empty | column.fits(numbers))
    _report(column, cells, empty & column.required, wrong, first_row, findings)
    return np.where(wrong, np.nan, numbers)


def _report(column: Column, cells, empty, wrong, first_row: int, findings: _Findings) -> None:
    """Note the cells of a column that are empty though required, and those that are wrong."""
    expected = f": expected {column.permitted}"
    findings.add(np.flatnonzero(empty) + first_row, column.name, f" is empty{expected}")

    def words(row: int) -> str:
        written = str(cells[row - first_row].as_py())
        return f" = {_shown(written)}{expected}{_advice(column, written)}"

    findings.add(np.flatnonzero(wrong) + first_row, column.name, words)


def _advice(column: Column, written: str) -> str:
    """`; remove the currency sign`, or nothing if the range says it all."""
    fitting = (
        advice
        for units, looks, advice in _ADVICE
        if column.unit in units.split() and re.search(looks, written)
    )
    return "".join(f"; {advice}" for advice in list(fitting)[:1])


def _check_once(names: pd.Series, first_row: int, findings: _Findings) -> None:
    """Note each account that an earlier row has given already."""
    again = np.flatnonzero(names.duplicated() & (names.str.len() > 0))

    def words(row: int) -> str:
        name = names[row - first_row]
        first = int((names == name).to_numpy().argmax()) + first_row
        return f" = {_shown(name)}: expected each account once, it is in row {first} too"

    findings.add(again + first_row, "account_id", words)


def _check_rule(rule: Rule, columns: dict, first_row: int, findings: _Findings) -> None:
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
    return filled.astype(np.int64) if _STEPS.get(column.unit) == 1 else filled


# ---- words ----


def _visible(text: str) -> str:
    """The text with control characters escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _shown(text: str) -> str:
    """A value as messages show it: on one line, shortened."""
    text = _visible(text)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
