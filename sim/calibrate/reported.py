"""The collector-month panel of a simulated world: what a lender's own files would hold of it."""

import pandas as pd

from sim.activity import Activity
from sim.collector import BUSY
from sim.indicators import INDICATORS
from sim.run import finished
from sim.scenario import Scenario
from sim.world import World


def reported_panel(scenario: Scenario, replication: int) -> pd.DataFrame:
    """What was reported of each collector in each counted period, a row for each.

    Columns collector, month, team, tenure_days, hours, pay_fen (wage and incentives), contacts,
    cash (fen) and the indicators by their keys. All but hours and tenure are the record, never the
    truth; a vacant seat has no row.
    """
    world = finished(World(scenario, replication))
    counted = world.periods[scenario.run.warm_up :]
    return pd.concat([_month(world, n, p) for n, p in enumerate(counted)], ignore_index=True)


def _month(world: World, month: int, p: dict) -> pd.DataFrame:
    record, last = Activity.of(p["record"]), (p["period"] + 1) * world.scenario.run.period_days
    seats = world.portfolio.seats
    table = pd.DataFrame({
        "collector": [f"{s}/{last - t}" for s, t in zip(seats, p["tenure"], strict=True)],
        "month": month,
        "team": world.people.team,
        "tenure_days": p["tenure"],
        "hours": p["hours"][:, BUSY].sum(axis=1),
        "pay_fen": sum(p["paid"].values(), start=p["wage"]),
        "contacts": record["contacts"],
        "cash": record["cash"],
        **{key: i.measure(record) for key, i in INDICATORS.items()},
    })  # fmt: skip
    return table[p["present"]]
