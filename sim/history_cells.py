"""The cells of a panel as they are written in a file or a database, before any check of them."""

import csv
import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from sim.findings import Findings
from sim.lender_cells import looks_like, why_no_file
from sim.machine import available_bytes
from sim.shown import shown, visible

MOST_ROWS = 20_000_000
LARGEST_CSV = 1_500_000_000  # bytes
BYTES_PER_BYTE = 8  # memory at the peak of reading a CSV file
BYTES_PER_CELL = 120  # and of reading cells from elsewhere
ROWS_TOGETHER = 50_000
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
        _check_names(file.schema_arrow.names, 0, findings)
        size = file.metadata.num_rows * file.metadata.num_columns
        _check_size(file.metadata.num_rows, size * BYTES_PER_CELL, findings)
        frame = file.read().to_pandas(ignore_metadata=True)
    return _some(Cells(frame, 1, findings))


def _from_csv(path: Path, encoding: str, findings: Findings) -> Cells:
    size = path.stat().st_size
    if size > LARGEST_CSV:
        findings.refuse(
            f"expected a CSV file of at most {LARGEST_CSV / 1e9:.1f} GB, this one has "
            f"{size / 1e9:.1f} GB; give Parquet, a query, or fewer months"
        )
    _check_size(0, size * BYTES_PER_BYTE, findings)
    text = _decoded(path.read_bytes(), encoding, findings)
    names = next(csv.reader([text[: text.find("\n")] if "\n" in text else text]), [])
    _check_names(names, 1, findings)
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
    return _some(Cells(table.to_pandas(), 2, findings))


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
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        findings.refuse("expected text, found a NUL character; save as CSV UTF-8", row)
    if not text:
        findings.refuse("the file is empty; expected a panel")
    return text


# ---- databases ----


def from_query(database: str, query: str, folder: Path, findings: Findings) -> Cells:
    """The cells of a query's result; a file of SQLite lies relative to the folder."""
    try:
        url = _address(database, folder, findings)
        engine = create_engine(url)
        with engine.connect() as connection:
            frame = _rows(connection, query, findings)
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        findings.refuse(f"expected a database and a query that can be read ({shown(reason)})")
    _check_names(list(frame.columns), 0, findings)
    return _some(Cells(frame, 1, findings))


def _address(database: str, folder: Path, findings: Findings) -> URL:
    url = make_url(os.path.expandvars(database))
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return url
    path = folder / url.database
    if not path.is_file():  # connecting would make an empty one
        findings.refuse(f"no database {shown(str(path))}")
    return url.set(database=str(path))


def _rows(connection: Connection, query: str, findings: Findings) -> pd.DataFrame:
    """The result of a query; refuses one that would not fit before it has been fetched."""
    found = connection.execution_options(stream_results=True).exec_driver_sql(query)
    if not found.returns_rows:
        findings.refuse("expected a query that gives rows, like SELECT … FROM …")
    names, parts, rows = list(found.keys()), [], 0
    for part in found.partitions(ROWS_TOGETHER):
        rows += len(part)
        _check_size(rows, rows * len(names) * BYTES_PER_CELL, findings)
        parts.append(pd.DataFrame([tuple(row) for row in part], columns=names, dtype=object))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


# ---- what holds for all ----


def _check_size(rows: int, needed: float, findings: Findings) -> None:
    available = available_bytes()
    if rows > MOST_ROWS:
        findings.refuse(f"expected at most {MOST_ROWS:,} rows, found {rows:,}; give fewer months")
    if needed > available:
        findings.refuse(
            f"expected a panel that fits into memory: it needs about {needed / 1e9:,.1f} GB, "
            f"{available / 1e9:,.1f} GB are available; give fewer months or more memory"
        )


def _check_names(names: list[str], row: int, findings: Findings) -> None:
    """Refuse a header that is not one name for each column."""
    for name, times in Counter(names).items():
        if times > 1 or not name.strip():
            title = name.strip() or "without a name"
            findings.add([row], title, f": expected a name once, found {times} times")
    findings.stop()
    if len(names) == 1:
        findings.refuse(f"expected columns, separated by commas, found only {shown(names[0])}", row)


def _some(cells: Cells) -> Cells:
    if cells.frame.empty:
        cells.findings.refuse("expected at least one row, found none")
    return cells
