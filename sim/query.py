"""Answers SQL over a sweep's tables: DuckDB reads from the store's files what a query needs.

`runs` and `periods` are views over the Parquet files, so that of a large store no more is read
than the columns and rows that a query names. `summary` and `differences` are worked out from all
runs, for queries that name them.
"""

from glob import escape

import duckdb
import pandas as pd

from sim.errors import InputError
from sim.measures import MEASURES
from sim.store import Store
from sim.swept import IDENTITY, Swept, cells_of

SUMMED = {"summary": Swept.summary, "differences": Swept.differences}
TABLES = (*SUMMED, "runs", "periods", "cells")


def asked(store: Store, sweep: str, sql: str) -> pd.DataFrame:
    """The answer to a query over `runs`, `periods`, `cells`, `summary` and `differences`.

    Raises what DuckDB does if it is no query, InputError if the sweep has no finished run.
    """
    while True:
        files = list(map(str, store.files()))
        if not files:
            raise InputError(f"{store.folder}: this store has no finished run yet")
        with duckdb.connect() as base:
            _see(base, store, sweep, files)
            for name, made in SUMMED.items():
                if name in sql.lower():
                    base.register(name, made(Swept.read(store, sweep)))
            _check(base, sql)
            try:
                return base.sql(sql).df()
            except duckdb.IOException:  # compacted away by another process: list the files anew
                if files == list(map(str, store.files())):
                    raise


def _check(base: duckdb.DuckDBPyConnection, sql: str) -> None:
    """A query reads: what would write a file or change a table is none."""
    if [s.type for s in base.extract_statements(sql)] != [duckdb.StatementType.SELECT]:
        raise duckdb.InvalidInputException("this is not one SELECT")


def _see(base: duckdb.DuckDBPyConnection, store: Store, sweep: str, files: list[str]) -> None:
    """Show the connection the sweep's cells, and its runs and periods as views over the files."""
    cells, varied = cells_of(store, sweep)
    base.register("cells", cells)
    base.register("places", cells.reset_index(names="place"))
    paths = ", ".join(_quoted(escape(path), "'") for path in files)
    source = f"read_parquet([{paths}], union_by_name = true, filename = true)"
    where = ", ".join(f"p.{_quoted(name)}" for name in ("place", "scheme", "point", *varied))
    measures = ", ".join(f's."{measure.key}"' for measure in MEASURES)
    kept = (  # a run that is in two files counts once
        f"SELECT * FROM {source} SEMI JOIN (SELECT run, min(filename) AS filename FROM {source} "
        "GROUP BY run) USING (run, filename)"
    )
    for name, columns, order in (
        ("runs", measures, "place, replication"),
        ("periods", "unnest(s.periods, max_depth := 2)", "place, replication, period"),
    ):
        base.execute(
            f"CREATE VIEW {name} AS SELECT * EXCLUDE (place) FROM ("
            f"SELECT {where}, s.replication, s.run, {columns} FROM places AS p "
            f"JOIN ({kept}) AS s USING ({', '.join(IDENTITY)})) ORDER BY {order}"
        )


def _quoted(text: str, mark: str = '"') -> str:
    return mark + text.replace(mark, 2 * mark) + mark
