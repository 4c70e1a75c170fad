"""The status panel of the Taiwan card file (UCI "default of credit card clients", 2005)."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.panel import CHARGED_OFF, PERFORMING, Panel

# Columns by month, April to August. September (X6, X12, X18) is left out: its status is coded
# differently (one month late appears only there), which would look like a jump in every rate.
STATUS = ("X11", "X10", "X9", "X8", "X7")
BILL = ("X17", "X16", "X15", "X14", "X13")
PAID = ("X23", "X22", "X21", "X20", "X19")


def read_taiwan(path: str | Path) -> Panel:
    """The panel of the file, April to August; amounts in hundredths of NT$.

    Status -2 (no use), -1 (paid in full) and 0 (revolving) are performing. 2 is one or two months
    late (the few 1 count with it); 7 and 8 are taken as charged off. What is paid in a month is
    paid on the bill of the month before. Raises InputError naming column and row.
    """
    table = _read(Path(path))
    status = table[list(STATUS)].to_numpy()
    late = np.minimum(np.where(status == 1, 2, status), CHARGED_OFF)
    fen = [100 * table[list(names)].to_numpy().astype(np.int64) for names in (BILL, PAID)]
    return Panel(np.maximum(late, PERFORMING).astype(np.int8), *fen)


def _read(path: Path) -> pd.DataFrame:
    needed = [*STATUS, *BILL, *PAID]
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: expected the Taiwan card file as CSV ({error})") from error
    missing = [name for name in needed if name not in table]
    if missing:
        raise InputError(f"{path}: no column {missing[0]}; expected {', '.join(needed)}")
    numbers = table[needed].apply(pd.to_numeric, errors="coerce")
    whole = (numbers % 1 == 0).to_numpy()
    if not whole.all():
        row, column = np.argwhere(~whole)[0]
        raise InputError(
            f"{path}:{row + 2} {needed[column]} = {table[needed[column]].iloc[row]}: "
            "expected a whole number"
        )
    return numbers
