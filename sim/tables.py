"""The tidy tables of one finished world, truth beside record."""

import numpy as np
import pandas as pd

from sim.activity import COLUMN, NAMES, Activity
from sim.collector import BUSY, GAMING
from sim.indicators import INDICATORS, TASKS
from sim.profit import net_fen
from sim.scenario import Scenario
from sim.units import BUCKETS, DAYS_PER_MONTH, to_fen, to_yuan
from sim.world import World

Tables = dict[str, pd.DataFrame]
TABLES = ("periods", "seats", "indicators", "efforts", "ledger")
MONEY = ("due", "exposure", "written_off", "bad_debt", "discount")  # totals of a period, true
COUNTS = (
    "complaints", "contacts", "attempts", "harsh_contacts", "breaches", "compliant", "checked",
    "files_complete", "files_due", "relapses", "entries", "extended", "caught", "promises", "kept",
)  # fmt: skip


def tables_of(world: World) -> Tables:
    """The tidy tables of one finished world."""
    return {
        "periods": periods_of(world),
        "seats": _seats(world),
        "indicators": _indicators(world),
        "efforts": _efforts(world),
        "ledger": world.ledger.table(),
    }


def periods_of(world: World) -> pd.DataFrame:
    """One row per pay period: true and recorded activity, pay and costs of all seats."""
    return pd.DataFrame(period_columns(world))


def period_columns(world: World) -> dict[str, list[float]]:
    """The columns of the table of periods as plain numbers: what a sweep needs, without pandas."""
    rows = []
    for p in world.periods:
        true, record = (
            dict(zip(NAMES, p[view].sum(axis=0).tolist(), strict=True))
            for view in ("true", "record")
        )
        row = {"period": p["period"]} | _cash(true, record) | _pay(p)
        row["expected_loss_yuan"] = p["expected_loss"] / 100
        row |= _costs(world.scenario, world.seats, true, int(p["leaving"].sum()))
        row |= _staff(world, p) | _activity(true)
        row["net_cash_yuan"], row["net_yuan"] = (fen / 100 for fen in net_fen(row))
        rows.append(row)
    return {name: [row[name] for row in rows] for name in rows[0]}


def _cash(true: dict, record: dict) -> dict[str, float]:
    return {
        "cash_yuan": Activity(true)["cash"] / 100,
        "late_cash_yuan": true["cash_m7"] / 100,
        "recorded_cash_yuan": Activity(record)["cash"] / 100,
        "recorded_due_yuan": record["due"] / 100,
        "cures": Activity(true)["cures"],
    }


def _pay(p: dict) -> dict[str, float]:
    wage = int(p["wage"].sum())
    incentive = sum(int(fen.sum()) for fen in p["paid"].values())
    return {
        "pay_yuan": (wage + incentive) / 100,
        "wage_yuan": wage / 100,
        "incentive_yuan": incentive / 100,
        "owed_yuan": int(p["owed"].sum()) / 100,
        "deferred_yuan": int(p["deferred"].sum()) / 100,
    }


def _costs(s: Scenario, seats: int, true: dict, leavers: int) -> dict[str, float]:
    months = s.run.period_days / DAYS_PER_MONTH
    return {
        "platform_yuan": _to_the_fen(s.platform.yuan_per_seat * months * seats),
        "support_yuan": _to_the_fen(s.support.yuan_per_seat * months * seats),
        "turnover_yuan": leavers * _to_the_fen(s.workforce.leaver_cost_yuan),
        "harm_yuan": _to_the_fen(true["complaints"] * s.conduct.complaint_cost_yuan),
    }


def _staff(world: World, p: dict) -> dict[str, float]:
    return {
        "hours": float(p["hours"][:, BUSY].sum()),
        "gaming_hours": float(p["hours"][:, GAMING].sum()),
        "leavers": int(p["leaving"].sum()),
        "seats": world.seats,
        "days": world.scenario.run.period_days,
    }


def _activity(true: dict) -> dict[str, float]:
    row = {f"{name}_yuan": true[name] / 100 for name in MONEY}
    row |= {name: true[name] for name in COUNTS}
    for b in range(1, 8):
        row[f"cash_m{b}_yuan"] = true[f"cash_m{b}"] / 100
        row |= {f"{name}_m{b}": true[f"{name}_m{b}"] for name in ("cures", "rolls", "worked")}
    return row


def _to_the_fen(yuan: float) -> float:
    return int(to_fen(yuan)) / 100


def _seats(world: World) -> pd.DataFrame:
    parts, first = [], COLUMN["own_cash_m1"]
    own = slice(first, first + len(BUCKETS))
    arrears = world.opening_arrears
    queue_months = arrears @ np.arange(1, len(BUCKETS) + 1) / np.maximum(arrears.sum(axis=1), 1.0)
    for p in world.periods:
        a = Activity.of(p["true"])
        paid = sum(p["paid"].values(), start=np.zeros(world.seats, np.int64))
        parts.append(
            pd.DataFrame(
                {
                    "period": p["period"],
                    "seat": list(world.portfolio.seats),
                    "team": world.people.team,
                    "present": p["present"],
                    "left": p["leaving"],
                    "tenure_days": p["tenure"],
                    "queue_months": queue_months,
                    "cash_yuan": to_yuan(a["cash"]),
                    "late_cash_yuan": to_yuan(a["cash_m7"]),
                    "own_cash_yuan": to_yuan(p["true"][:, own].sum(axis=1)),
                    "due_yuan": to_yuan(a["due"]),
                    "cures": a["cures"].astype(np.int64),
                    "complaints": p["true"][:, COLUMN["complaints"]],
                    "contacts": p["true"][:, COLUMN["contacts"]],
                    "hours": p["hours"][:, BUSY].sum(axis=1),
                    "gaming_hours": p["hours"][:, GAMING].sum(axis=1),
                    "acceptance": p["acceptance"],
                    "wage_yuan": to_yuan(p["wage"]),
                    "incentive_yuan": to_yuan(paid),
                    "deferred_yuan": to_yuan(p["deferred"]),
                }
                | {f"pay_{name}_yuan": to_yuan(fen) for name, fen in p["paid"].items()}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _indicators(world: World) -> pd.DataFrame:
    rows = []
    for p in world.periods:
        views = {"truth": Activity.of(p["true"]), "record": Activity.of(p["record"])}
        for i in INDICATORS.values():
            seen = {view: float(i.measure(a).mean()) for view, a in views.items()}
            rows.append(
                {
                    "period": p["period"],
                    "indicator": i.key,
                    "category": i.category,
                    "unit": i.unit,
                    **seen,
                }
            )
    return pd.DataFrame(rows)


def _efforts(world: World) -> pd.DataFrame:
    week = world.scenario.workforce.working_days
    pieces = [e for e in world.efforts if e["working_days"]]
    period, day, worked = (
        np.repeat([e[key] for e in pieces], len(TASKS)) for key in ("period", "day", "working_days")
    )
    return pd.DataFrame(
        {
            "period": period,
            "day": day,
            "days_left": (period + 1) * world.scenario.run.period_days - day,
            "task": np.tile(list(TASKS), len(pieces)),
            "gaming": np.tile(GAMING, len(pieces)),
            "hours_per_week": np.concatenate([e["hours"] for e in pieces]) * week / worked,
        }
    )
