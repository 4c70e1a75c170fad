"""Winners and losers: whose pay rises and whose falls when another scheme takes over."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.interval import interval
from sim.scenario import Run

TENURES = {  # days on day 0, from which …
    0: "under half a year",
    182: "half to two years",
    730: "over two years",
}
QUEUES = ("young queue", "middling queue", "old queue")  # thirds by months overdue on day 0
NOTABLE_YUAN = 1.0  # less than this a period is neither won nor lost


def winners_and_losers(base: pd.DataFrame, other: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Pay under two schemes by class of seats, from their tables of seats under the same luck.

    A row per class: everybody, tenure of the seat's collector on day 0, and thirds of the queues
    by how old they were on day 0. `base` and `mean` are yuan per seat and period, `difference` is
    their difference with its 95 % interval over replications; `gain` and `lose` are the shares of
    seats whose pay over the run rises and falls.
    """
    seats = _classes(base, run.period_days)
    for name, table in (("base", base), ("mean", other)):
        seats[name] = _pay(table, run.warm_up)
    seats = seats.dropna()  # both schemes have the seat
    seats["difference"] = seats["mean"] - seats["base"]
    seats["gain"] = (seats["difference"] > NOTABLE_YUAN).astype(float)
    seats["lose"] = (seats["difference"] < -NOTABLE_YUAN).astype(float)
    rows = []
    for by, classes in (("all", ("all seats",)), ("tenure", TENURES.values()), ("queue", QUEUES)):
        for name in classes:
            mine = seats[seats[by] == name]
            rows.append({"by": by, "class": name, "seats": len(mine) / _runs(seats)} | _row(mine))
    return pd.DataFrame(rows)


def _classes(base: pd.DataFrame, period_days: int) -> pd.DataFrame:
    """Each seat's classes on day 0, by replication and seat."""
    first = base[base["period"] == 0].set_index(["replication", "seat"])
    days = first["tenure_days"] - period_days  # the table has it at the period's end
    tenure = np.searchsorted(list(TENURES), days, side="right") - 1
    place = first.groupby("replication")["queue_months"].rank(method="first") - 1
    size = first.groupby("replication")["queue_months"].transform("size")
    return pd.DataFrame({
        "all": "all seats",
        "tenure": np.array(list(TENURES.values()))[tenure],
        "queue": np.array(QUEUES)[(place * len(QUEUES) // size).astype(int)],
    }, index=first.index)  # fmt: skip


def _pay(seats: pd.DataFrame, warm_up: int) -> pd.Series:
    """Yuan per counted period, by replication and seat."""
    counted = seats[seats["period"] >= warm_up]
    pay = counted["wage_yuan"] + counted["incentive_yuan"] + counted["deferred_yuan"]
    return pay.groupby([counted["replication"], counted["seat"]]).mean()


def _row(mine: pd.DataFrame) -> Mapping[str, float]:
    """Means over the replications that have seats of the class."""
    runs = mine.groupby("replication")[["base", "mean", "difference", "gain", "lose"]].mean()
    if runs.empty:
        return dict.fromkeys((*runs.columns, "low", "high"), np.nan)
    _, low, high = interval(runs["difference"].to_numpy())
    return runs.mean().to_dict() | {"low": low, "high": high}


def _runs(seats: pd.DataFrame) -> int:
    return seats.index.get_level_values("replication").nunique()
