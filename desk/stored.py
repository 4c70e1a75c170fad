"""Carries out `postloan results`: tables of a store's runs, for people, files or SQL."""

from pathlib import Path

import duckdb
import pandas as pd
import typer
from rich import box
from rich.table import Table

from desk.answer import DIGITS, console, number_text
from desk.aside import aside
from sim import InputError
from sim.query import TABLES, asked
from sim.store import Store

MOST_ROWS, MOST_COLUMNS = 20, 9  # shown to people; files have all


def table_of(folder: Path, name: str, sweep: str | None, sql: str | None) -> pd.DataFrame:
    """A table of a sweep in the store, or the answer to a query over all of them."""
    if name not in TABLES:
        raise InputError(f"--table {name}: expected one of {', '.join(TABLES)}")
    store = Store.open(folder, new=False)
    sweeps = store.sweeps()
    if not sweeps:
        raise InputError(f"{folder}: this store has no sweep yet")
    try:
        return asked(store, sweep or sweeps[0], f"FROM {name}" if sql is None else sql)
    except duckdb.Error as error:
        text = " ".join(str(error).split())
        raise InputError(f"--sql: expected a query over {', '.join(TABLES)} ({text})") from None


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table to a file that says CSV or Parquet in its name."""
    writers = {".csv": table.to_csv, ".parquet": table.to_parquet}
    if path.suffix.lower() not in writers:
        raise InputError(f"{path}: expected a file whose name ends in .csv or .parquet")
    with aside(path) as fresh:
        writers[path.suffix.lower()](fresh, index=False)


def tell(table: pd.DataFrame) -> None:
    """The head of a table on stdout."""
    shown = table.drop(columns="meaning", errors="ignore").iloc[:MOST_ROWS, :MOST_COLUMNS]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, column in shown.items():
        number = pd.api.types.is_numeric_dtype(column)
        grid.add_column(str(name).replace(".", ".\n"), justify="right" if number else "left")
    for _, row in shown.iterrows():
        grid.add_row(*(_text(cell, row) for cell in row))
    console().print(grid)
    if table.empty:
        typer.echo("No row.")
    elif shown.shape != table.shape:
        rows, columns = table.shape
        typer.echo(f"Shown in part: {rows:,} rows, {columns} columns; --out writes all.")


def _text(cell: object, row: pd.Series) -> str:
    """A number with the digits of the row's measure, if it has one."""
    if not isinstance(cell, float):
        return str(cell)
    return number_text(cell, row) if row.get("measure") in DIGITS else f"{cell:,.6g}"
