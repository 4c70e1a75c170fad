"""Carries out `postloan results`: tables of a store's runs, for people, files or SQL."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import typer
from rich import box
from rich.table import Table

from desk.answer import console
from desk.aside import aside
from sim import InputError
from sim.store import Store
from sim.swept import Swept

MOST_ROWS, MOST_COLUMNS = 20, 9  # shown to people; files have all
TABLES: dict[str, Callable[[Swept, Store], pd.DataFrame]] = {
    "summary": lambda found, _: found.summary(),
    "differences": lambda found, _: found.differences(),
    "runs": lambda found, _: found.runs,
    "periods": lambda found, store: found.periods(store),
    "cells": lambda found, _: found.cells,
}


def table_of(folder: Path, name: str, sweep: str | None, sql: str | None) -> pd.DataFrame:
    """A table of a sweep in the store, or the answer to a query over all of them."""
    if name not in TABLES:
        raise InputError(f"--table {name}: expected one of {', '.join(TABLES)}")
    store = Store.open(folder, new=False)
    sweeps = store.sweeps()
    if not sweeps:
        raise InputError(f"{folder}: this store has no sweep yet")
    found = Swept.read(store, sweep or sweeps[0])
    if sql is None:
        return TABLES[name](found, store)
    return _asked(sql, {name: make(found, store) for name, make in TABLES.items()})


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table to a file that says CSV or Parquet in its name."""
    writers = {".csv": table.to_csv, ".parquet": table.to_parquet}
    if path.suffix.lower() not in writers:
        raise InputError(f"{path}: expected a file whose name ends in .csv or .parquet")
    with aside(path) as fresh:
        writers[path.suffix.lower()](fresh, index=False)


def tell(table: pd.DataFrame) -> None:
    """The head of a table on stdout."""
    shown = table.iloc[:MOST_ROWS, :MOST_COLUMNS]
    grid = Table(*map(str, shown), box=box.SIMPLE_HEAD, pad_edge=False)
    for row in shown.itertuples(index=False):
        grid.add_row(*(f"{cell:,.6g}" if isinstance(cell, float) else str(cell) for cell in row))
    console().print(grid)
    if shown.shape != table.shape:
        rows, columns = table.shape
        typer.echo(f"Shown in part: {rows:,} rows, {columns} columns; --out writes all.")


def _asked(sql: str, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The answer of DuckDB to a query over the tables."""
    with duckdb.connect() as base:
        for name, table in tables.items():
            base.register(name, table)
        try:
            return base.sql(sql).df()
        except (duckdb.Error, AttributeError) as error:  # no relation: not a query
            text = " ".join(str(error).split())
            raise InputError(f"--sql: expected a query over {', '.join(TABLES)} ({text})") from None
