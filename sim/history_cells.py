"""The cells of a panel as they are written in a file, before any check of them."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from sim.findings import Findings
from sim.lender_cells import looks_like, why_no_file
from sim.machine import available_bytes
from sim.shown import shown, visible

MOST_ROWS = 20_000_000
LARGEST_CSV = 1_500_000_000  # bytes
BYTES_PER_BYTE = 8  # memory at the peak of reading a CSV file
BYTES_PER_CELL = 120  # and of reading cells from elsewhere
_NO_ROW = "expected at least one row, found none"
_OTHER_KINDS = {b"PK\x03\x04": "an Excel workbook", b"\xd0\xcf\x11\xe0": "an Excel workbook",
                b"\x1f\x8b": "a compressed file", b"PAR1": "a Parquet file"}  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """A column each, text or as the source types it; empty cells are NA."""

    frame: pd.DataFrame
    first_row: int  # what messages call the first one
    findings: Findings


# ---- files ----


def from_file(path: Path, encoding: str) -> Cells:
    """The cells of a CSV or Parquet file."""
    findings = Findings(visible(str(path)))
    if wrong := why_no_file(path):
        findings.refuse(wrong)
    if not path.stat().st_size:
        findings.refuse("the file is empty; expected a panel")
    try:
        if path.suffix.lower() == ".parquet":
            return _from_parquet(path, findings)
        return _from_csv(path, encoding, findings)
    except MemoryError:
        findings.refuse("expected a panel that fits into memory; give fewer months")
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        findings.refuse(f"expected a readable {path.suffix} file ({shown(reason)})")


def _from_parquet(path: Path, findings: Findings) -> Cells:
    with pa.parquet.ParquetFile(path) as file:
        check_names(file.schema_arrow.names, 0, findings)
        size = file.metadata.num_rows * file.metadata.num_columns
        check_size(file.metadata.num_rows, size * BYTES_PER_CELL, findings)
        frame = file.read().to_pandas(ignore_metadata=True)
    return some(Cells(frame, 1, findings))


def _from_csv(path: Path, encoding: str, findings: Findings) -> Cells:
    size = path.stat().st_size
    if size > LARGEST_CSV:
        findings.refuse(
            f"expected a CSV file of at most {LARGEST_CSV / 1e9:.1f} GB, this one has "
            f"{size / 1e9:.1f} GB; give Parquet, a query, or fewer months"
        )
    check_size(0, size * BYTES_PER_BYTE, findings)
    text = _decoded(path.read_bytes(), encoding, findings)
    names = _names(text, findings)
    check_names(names, 1, findings)
    if "\n" not in text:
        findings.refuse(_NO_ROW)
    wrong: list[pa.csv.InvalidRow] = []
    table = pa.csv.read_csv(
        pa.BufferReader(text.encode()),
        pa.csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
        pa.csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=partial(_keep, wrong)),
        pa.csv.ConvertOptions(
            null_values=[""],
            strings_can_be_null=True,
            column_types=dict.fromkeys(names, pa.string()),
        ),
    )
    for row in wrong:
        words = f": expected {len(names)} values as in the header, found {row.actual_columns}"
        findings.add([row.number], "", words)
    findings.stop()
    return some(Cells(table.to_pandas(), 2, findings))


def _names(text: str, findings: Findings) -> list[str]:
    """The header of a CSV file."""
    try:
        return next(csv.reader([text.partition("\n")[0]]), [])
    except csv.Error as error:
        findings.refuse(f"expected the names of the columns, separated by commas ({error})", 1)


def _keep(wrong: list, row: pa.csv.InvalidRow) -> str:
    wrong.append(row)
    return "skip"  # all of them are refused together


def _decoded(raw: bytes, encoding: str, findings: Findings) -> str:
    """The text of a CSV file, without line ends after its last row."""
    for start, kind in _OTHER_KINDS.items():
        if raw.startswith(start):
            findings.refuse(f"expected a CSV file, this is {kind}; save it as CSV UTF-8")
    try:
        text = raw.decode(encoding).removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeDecodeError as error:
        line = raw[raw.rfind(b"\n", 0, error.start) + 1 :].partition(b"\n")[0]
        findings.refuse(
            f"expected text in {encoding}{looks_like(line)}: give the encoding in history.toml, "
            "or save as CSV UTF-8",
            raw.count(b"\n", 0, error.start) + 1,
        )
    if garbled := _written_as_utf8(raw, encoding):
        findings.refuse(
            f"expected text in {encoding}, this is UTF-8 and would be read as {shown(garbled)}: "
            'give encoding = "utf-8" in history.toml'
        )
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        findings.refuse("expected text, found a NUL character; save as CSV UTF-8", row)
    if lone := re.search(r"\r(?!\n)", text):
        row = text.count("\n", 0, lone.start()) + 1
        findings.refuse("expected line ends LF or CRLF, found a CR alone; save as CSV UTF-8", row)
    if not text:
        findings.refuse("the file is empty; expected a panel")
    return text


def _written_as_utf8(raw: bytes, encoding: str) -> str:
    """How the first Chinese letters of UTF-8 look in another encoding; empty if it is that one.

    Text of another encoding that is UTF-8 by chance has no sequence of three bytes.
    """
    letters = re.search(rb"[\xe1-\xef][\x80-\xbf]{2}", raw)
    if not letters or codecs.lookup(encoding) == codecs.lookup("utf-8"):
        return ""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return letters[0].decode(encoding, "replace")


# ---- what holds for all ----


def check_size(rows: int, needed: float, findings: Findings) -> None:
    """Refuse a panel that is too large, or that `needed` bytes of memory are not there for."""
    available = available_bytes()
    if rows > MOST_ROWS:
        findings.refuse(f"expected at most {MOST_ROWS:,} rows, found {rows:,}; give fewer months")
    if needed > available:
        findings.refuse(
            f"expected a panel that fits into memory: it needs about {needed / 1e9:,.1f} GB, "
            f"{available / 1e9:,.1f} GB are available; give fewer months or more memory"
        )


def check_names(names: list[str], row: int, findings: Findings) -> None:
    """Refuse a header that is not one name for each column."""
    for name, times in Counter(names).items():
        if times > 1 or not name.strip():
            title = name.strip() or "without a name"
            findings.add([row], title, f": expected a name once, found {times} times")
    findings.stop()
    if len(names) == 1:
        findings.refuse(f"expected columns, separated by commas, found only {shown(names[0])}", row)


def some(cells: Cells) -> Cells:
    """The cells, if there are any."""
    if cells.frame.empty:
        cells.findings.refuse(_NO_ROW)
    return cells
