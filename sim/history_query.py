"""The cells of a panel as a query to a database gives them: it may read and do nothing else."""

import os
import re
import sqlite3
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from sim.findings import Findings
from sim.history_cells import BYTES_PER_CELL, Cells, check_names, check_size, some
from sim.shown import shown

ROWS_TOGETHER = 50_000
LONGEST_REASON = 300  # characters of a driver's message, whose end tells the cause
_READING = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
}  # fmt: skip


def from_query(database: str, query: str, folder: Path, findings: Findings) -> Cells:
    """The cells of a query's result; a file of SQLite lies relative to the folder."""
    try:
        engine = create_engine(_address(database, folder, findings), poolclass=NullPool)
        with engine.connect() as connection:  # leaving it rolls back; nothing is ever committed
            frame = _rows(_reading_only(connection), query, findings)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        findings.refuse(
            "expected a database, and a query that only reads from it "
            f"({shown(reason, longest=LONGEST_REASON)})"
        )
    check_names(list(frame.columns), 0, findings)
    return some(Cells(frame, 1, findings))


def _address(database: str, folder: Path, findings: Findings) -> URL:
    """The address with what the environment says; of a file, one that opens it for reading."""
    for name in re.findall(r"\$\{?(\w+)", database):
        if name not in os.environ:
            findings.refuse(
                f"expected the database's address in the environment variable {shown(name)}, "
                "which is not set; a $ of the address itself is written %24"
            )
    url = make_url(os.path.expandvars(database))
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return url
    path = folder / url.database
    if not path.is_file():
        findings.refuse(f"no database {shown(str(path))}")
    only = {**url.query, "mode": "ro", "uri": "true"}
    return url.set(database=path.resolve().as_uri(), query=only)


def _reading_only(connection: Connection) -> Connection:
    """The connection, whose statements can change nothing where the database can be told so."""
    if connection.dialect.name == "sqlite":  # opened so, it would still write other files
        driver = connection.connection.driver_connection
        driver.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
        )
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    return connection.execution_options(stream_results=True)


def _rows(connection: Connection, query: str, findings: Findings) -> pd.DataFrame:
    """The result of a query; refuses one that would not fit before it has been fetched."""
    found = connection.exec_driver_sql(query)
    if not found.returns_rows:
        findings.refuse("expected a query that gives rows, like SELECT … FROM …")
    names, parts, rows = list(found.keys()), [], 0
    for part in found.partitions(ROWS_TOGETHER):
        rows += len(part)
        check_size(rows, rows * len(names) * BYTES_PER_CELL, findings)
        parts.append(pd.DataFrame([tuple(row) for row in part], columns=names, dtype=object))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
