"""The collector-month panel by which behaviour is fitted: a simulated world's, or a lender's."""

from contextlib import suppress
from functools import partial

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


def lender_panel(collectors: pd.DataFrame) -> pd.DataFrame:
    """The same panel of a lender's own history: what of it is given, of who was there."""
    here = collectors[collectors["presence"] > 0].reset_index(drop=True)
    given = here.columns.difference(["collector", "seat", "team"])
    activity = Activity({name: here[name].to_numpy(float) for name in given})
    panel = {"collector": here["collector"], "month": here["month"] - here["month"].min(),
             "team": here["team"], "pay_fen": here["pay_fen"]}  # fmt: skip
    panel |= {name: here[name] for name in ("tenure_days", "hours") if name in here}
    told = {name: partial(activity.__getitem__, name) for name in ("contacts", "cash")}
    told |= {key: partial(i.measure, activity) for key, i in INDICATORS.items()}
    for name, measure in told.items():
        if name in here:
            panel[name] = here[name]
            continue
        with suppress(KeyError):  # the lender does not report what it is made of
            panel[name] = measure()
    return pd.DataFrame(panel)


def as_large(scenario: Scenario, panel: pd.DataFrame) -> Scenario:
    """The scenario with as many months, seats and teams as a lender's panel has."""
    months, warm_up = int(panel["month"].max()) + 1, scenario.run.warm_up
    people = panel.groupby("month").size()
    teams = panel.groupby("month")["team"].nunique()
    seats, per_team = max(round(people.mean()), 1), max(round((people / teams).mean()), 1)
    return scenario.vary(
        run={"periods": months + warm_up}, workforce={"seats": seats, "seats_per_team": per_team}
    )
