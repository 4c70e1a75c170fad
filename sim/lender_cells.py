"""The cells of a lender's file, CSV or Parquet, as they are written there.

Blank lines and line breaks inside quotes are refused, so that row 14 of a CSV file is line 14 in
an editor; line ends after the last row do no harm.
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from sim.findings import Findings
from sim.lender_columns import NAMES, SCHEMA, Column
from sim.machine import available_bytes
from sim.shown import shown

MOST_ACCOUNTS = 1_000_000_000
BYTES_PER_ACCOUNT = 400  # memory at the peak of reading a file and making a portfolio of it
BLOCK_BYTES = 1 << 24  # of a CSV file looked at together
LONGEST_LINE = 1 << 16  # bytes

_TOO_LONG = f"expected a line of at most {LONGEST_LINE:,} bytes"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", "\uff0c": "full-width commas"}


@dataclass(frozen=True)
class Cells:
    """The file as it was read: a column each, null where a cell is empty."""

    columns: dict[str, pa.ChunkedArray]
    rows: int
    first_row: int  # what messages call the first one


# ---- the file as a whole ----


def reader(path: Path, findings: Findings) -> Callable[[Path, Findings], Cells]:
    """The function that reads this kind of file."""
    if wrong := why_no_file(path):
        findings.refuse(wrong)
    if not path.stat().st_size:
        findings.refuse("the file is empty; expected accounts")
    return _READERS[path.suffix.lower()]


def why_no_file(path: Path) -> str:
    """What would be right for a path where no lender's file can be; empty if one can."""
    try:
        if path.is_dir():
            return "expected a CSV or Parquet file, this is a folder"
        if not path.exists():
            return f"no such file{_similar(path)}"
        if path.suffix.lower() not in _READERS or not path.is_file():
            return "expected a file whose name ends in .csv or .parquet"
    except OSError as error:
        return f"expected a readable file ({error.strerror})"
    return ""


def _similar(path: Path) -> str:
    """`; did you mean …?` with the names in the folder that are like this one."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f", and no folder {shown(str(path.parent))}"
    close = get_close_matches(path.name, names, n=3)
    return f"; did you mean {' or '.join(map(shown, close))}?" if close else ""


def _check_names(names: list[str], findings: Findings) -> None:
    """Refuse columns that are unknown, missing or given twice."""
    for name, times in Counter(names).items():
        title = name or "without a name"
        if times > 1:
            findings.add([0], title, f": expected once, found {times} times")
        if name not in NAMES:
            close = get_close_matches(name.strip().lower(), NAMES, n=1)
            hint = f"did you mean {close[0]}?" if close else f"expected {', '.join(NAMES)}"
            findings.add([0], title, f" is unknown: {hint}")
    for column in SCHEMA:
        if column.required and column.name not in names:
            findings.add([0], column.name, f" is missing: expected {column.permitted}")
    findings.stop()


def _check_size(rows: int, findings: Findings) -> None:
    """Refuse files without accounts and those that would not fit."""
    if not rows:
        findings.refuse("expected at least one account, found none")
    if rows > MOST_ACCOUNTS:
        findings.refuse(f"expected at most {MOST_ACCOUNTS:,} accounts, found {rows:,}")
    needed, available = rows * BYTES_PER_ACCOUNT, available_bytes()
    if needed > available:
        findings.refuse(
            f"expected accounts that fit into memory: {rows:,} need about {needed / 1e9:,.1f} GB, "
            f"{available / 1e9:,.1f} GB are available; give fewer seats or more memory"
        )


# ---- Parquet ----


def _read_parquet(path: Path, findings: Findings) -> Cells:
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
    return Cells(columns, table.num_rows, 1)


def _check_kind(column: Column, kind: pa.DataType, findings: Findings) -> None:
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
        findings.add([0], column.name, f": expected {wanted}, found {shown(str(kind))}")


def _plain(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells without categories; decimals as text, because text converts exactly."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    return cells.cast(pa.string()) if pa.types.is_decimal(cells.type) else cells


# ---- CSV ----


def _read_csv(path: Path, findings: Findings) -> Cells:
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
    return Cells({name: table[name] for name in names}, rows, 2)


def _scanned(stream: BinaryIO, findings: Findings) -> tuple[list[str], int]:
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


def _blocks(stream: BinaryIO, findings: Findings) -> Iterator[bytes]:
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


def _check_text(block: bytes, first_row: int, findings: Findings) -> None:
    """Refuse bytes that are not the text of lines."""
    try:
        block.decode()
    except UnicodeDecodeError as error:
        start = block.rfind(b"\n", 0, error.start) + 1
        line = block[start : block.index(b"\n", error.start)]
        row = first_row + block.count(b"\n", 0, start)
        findings.refuse(f"expected text in UTF-8{looks_like(line)}: save as CSV UTF-8", row)
    at = block.find(b"\0")
    if at >= 0:
        row = first_row + block.count(b"\n", 0, at)
        findings.refuse("expected text, found a NUL byte: save as CSV UTF-8", row)
    if block.count(b"\r") != block.count(b"\r\n"):
        row = first_row + block.count(b"\n", 0, re.search(rb"\r(?!\n)", block).start())
        findings.refuse("expected line ends LF or CRLF, found a CR alone", row)


def looks_like(line: bytes) -> str:
    """`, this looks like …`, or nothing if it looks like no encoding we know."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ", this looks like UTF-16"
    with suppress(UnicodeDecodeError):
        line.decode("gb18030")
        return ", this looks like GB18030 or GBK"
    return ""


def _check_separator(names: list[str], findings: Findings) -> None:
    """Refuse a header that is blank or separated by something else than commas."""
    if not names:
        findings.refuse("expected the names of the columns, found a blank line", 1)
    for sign, words in _SEPARATORS.items():
        if len(names) == 1 and sign in names[0]:
            findings.refuse(f"expected commas between values, found {words}", 1)


def _check_rows(symbols, ends, first_row: int, width: int, findings: Findings) -> None:
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


_READERS = {".csv": _read_csv, ".parquet": _read_parquet}
