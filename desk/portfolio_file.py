"""Writes a portfolio as the file that a lender would deliver, so that it can be loaded back."""

from pathlib import Path

import numpy as np
import pandas as pd

from desk.aside import aside
from sim import InputError
from sim.lender_columns import NAMES, SCHEMA
from sim.portfolio import Portfolio
from sim.records import NEVER
from sim.units import to_yuan

WRITERS = {".csv": pd.DataFrame.to_csv, ".parquet": pd.DataFrame.to_parquet}


def account_table(portfolio: Portfolio) -> pd.DataFrame:
    """The accounts with the columns of the lender's file, a row each, in the portfolio's order."""
    x = portfolio.accounts
    arrival = x["arrival"].astype(np.int64)
    overdue = x["due_from"] != NEVER
    names = np.array(portfolio.products, dtype=object)
    seats = np.repeat(np.array(portfolio.seats, dtype=object), portfolio.ends - portfolio.firsts)
    columns = {
        "account_id": [f"A{number:09d}" for number in range(1, len(x) + 1)],
        "seat": seats,
        "balance_yuan": to_yuan(x["balance"]),
        "instalment_yuan": to_yuan(x["instalment"]),
        "days_past_due": np.where(overdue, arrival - 1 - x["due_from"], 0),
        "arrears_yuan": to_yuan(x["arrears"]),
        "days_in_spell": np.where(overdue, arrival - 1 - x["spell_from"], 0),
        "arrival_day": arrival,
        "reach": x["reach"].astype(float),
        "product": np.repeat(names, portfolio.ends - portfolio.firsts),
    }
    return pd.DataFrame(columns, columns=list(NAMES))


def check_ending(path: Path) -> None:
    """Refuse a file name that does not say CSV or Parquet."""
    if path.suffix.lower() not in WRITERS or path.is_dir():
        raise InputError(f"{path}: expected a file whose name ends in .csv or .parquet")


def write(portfolio: Portfolio, path: Path) -> None:
    """Write the portfolio; refuses one that the lender's file cannot hold."""
    check_ending(path)
    table = account_table(portfolio)
    for column in SCHEMA:
        if column.unit != "text":
            _check_column(column, table[column.name].to_numpy())
    with aside(path) as fresh:
        WRITERS[path.suffix.lower()](table, fresh, index=False)


def _check_column(column, numbers: np.ndarray) -> None:
    wrong = numbers[~column.fits(numbers)]
    if wrong.size:
        raise InputError(
            f"[portfolio]: {wrong.size:,} accounts would have {column.name} like {wrong[0]:,.12g}; "
            f"the lender's file permits {column.permitted}"
        )
