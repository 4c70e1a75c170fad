"""Writes a simulated run as a lender would deliver its history, so that it can be read back.

A folder holds `history.toml`, `accounts.csv` and `collectors.csv`.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from desk import results
from desk.aside import aside
from sim import Scenario, World
from sim.activity import MONEY, NAMES
from sim.collector import BUSY
from sim.panel import ABSENT, observe
from sim.units import to_yuan

EASE = ("ease_rate", "ease_amount")  # by which targets may be set
FIRST_YEAR = 2025  # of the months as the files call them
OURS = {results.ABOUT, "history.toml", "accounts.csv", "collectors.csv"}
MAPPING = """# A simulated run of {name}, written as a lender would deliver its history.
title = "{title}"
unit = "yuan"
currency = "CNY"
encoding = "utf-8"

[accounts]
file = "accounts.csv"   # columns have the names that `postloan` uses; else see [accounts.columns]

[collectors]
file = "collectors.csv"
"""


def write(path: Path, seed: int | None, out: Path) -> tuple[int, int]:
    """Simulate a scenario once and write its history; rows of accounts and of collectors."""
    scenario = Scenario.load(path)
    if seed is not None:
        scenario = scenario.vary(run={"seed": seed})
    results.check(out, OURS)
    accounts, collectors = account_months(scenario), collector_months(scenario)
    about = {"made_by": results.MAKER, "kind": "history", "scenario": path.stem,
             "digest": scenario.digest, "seed": scenario.run.seed}  # fmt: skip
    title = scenario.title.replace("\\", "").replace('"', "'")
    mapping = MAPPING.format(name=path.name, title=title)
    with aside(out) as fresh:
        fresh.mkdir(parents=True)
        for name, table in (("accounts", accounts), ("collectors", collectors)):
            table.to_csv(fresh / f"{name}.csv", index=False, lineterminator="\n")
        (fresh / "history.toml").write_text(mapping, encoding="utf-8", newline="\n")
        results.write_json(fresh / results.ABOUT, about)
    return len(accounts), len(collectors)


def account_months(scenario: Scenario) -> pd.DataFrame:
    """The accounts at each month's end, a row for each that is there."""
    panel = observe(scenario, 0)
    accounts = np.sort(World(scenario).portfolio.accounts, order="stream")
    number, month = np.nonzero(panel.state != ABSENT)
    owed = panel.balance_fen[number, month] + panel.repaid_fen[number, month]
    return pd.DataFrame({
        "account": [f"A{n:06d}" for n in number + 1],
        "month": _months(month),
        "status": [f"M{state}" for state in panel.state[number, month]],
        "balance": to_yuan(panel.balance_fen[number, month]),
        "due": to_yuan(np.minimum(accounts["instalment"][number], owed)),
        "paid": to_yuan(panel.repaid_fen[number, month]),
    })  # fmt: skip


def collector_months(scenario: Scenario) -> pd.DataFrame:
    """What each seat's collector reported and was paid; of a vacant seat its successor's name."""
    world = World(scenario)
    while world.running:
        world.step()
    generation = np.ones(world.seats, np.int64)
    parts = []
    for period in world.periods:
        parts.append(_collectors(world, period, generation))
        generation = generation + period["leaving"]
    return pd.concat(parts, ignore_index=True)


def _collectors(world: World, period: dict, generation: np.ndarray) -> pd.DataFrame:
    """A row for each seat in one period; money in yuan."""
    seats, record = list(world.portfolio.seats), period["record"]
    paid = sum(period["paid"].values(), start=period["wage"])
    tenure, days = np.maximum(period["tenure"], 0), world.scenario.run.period_days
    counts = {
        name: to_yuan(record[:, i]) if name in MONEY else record[:, i]
        for i, name in enumerate(NAMES)
    }
    return pd.DataFrame({
        "collector": [f"{seat}/{n}" for seat, n in zip(seats, generation, strict=True)],
        "seat": seats,
        "team": [f"team {team + 1}" for team in world.people.team],
        "month": _months(np.full(world.seats, period["period"] + 1)),
        "presence": np.minimum(tenure / days, 1.0),
        "left": period["leaving"].astype(int),
        "tenure_days": tenure,
        "hours": period["hours"][:, BUSY].sum(axis=1).round(2),
        "pay": to_yuan(paid),
        **counts,
        **{name: period["facts"][name] for name in EASE if world.eased},
    })  # fmt: skip


def _months(number: np.ndarray) -> list[str]:
    """`2025-01` for month 0, which ends on the evening before the run's first day."""
    return [f"{FIRST_YEAR + m // 12}-{m % 12 + 1:02d}" for m in np.asarray(number).tolist()]
