"""A lender's file names accounts and seats; where they stand in it means nothing."""

import numpy as np
import pytest

from sim import Scenario, World, run
from sim.activity import COLUMN, NAMES

SEATS = 5


def book(count: int) -> list[dict]:
    """Accounts of all ages on several seats, some still to arrive, some cells empty."""
    rng = np.random.default_rng(3)
    rows = []
    for i in range(count):
        balance = round(float(rng.lognormal(9.0, 1.0)), 2)
        late = int(rng.choice([0, rng.integers(1, 240)]))
        rows.append({
            "account_id": f"loan {i}", "seat": f"desk {rng.integers(SEATS)}",
            "balance_yuan": balance, "instalment_yuan": max(round(0.08 * balance, 2), 0.01),
            "days_past_due": late, "arrival_day": int(rng.choice([0, 0, rng.integers(60)])),
            "reach": rng.choice([None, 0.2, 0.5]),
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return book(300)


@pytest.fixture(scope="module")
def of_file(tiny):
    """The tiny scenario on a lender's file."""

    def scenario(path: str, **changes) -> Scenario:
        return tiny.vary(portfolio={"file": path}, run={"periods": 3}, **changes)

    return scenario


@pytest.fixture(scope="module")
def in_order(rows, lender_file, of_file):
    return run(of_file(lender_file(rows)), workers=1)


@pytest.mark.parametrize("order", ["backward", "shuffled", "by seat"])
def test_the_order_of_rows_changes_nothing(
    rows, lender_file, of_file, in_order, assert_identical, order
):
    moved = {
        "backward": rows[::-1],
        "shuffled": [rows[i] for i in np.random.default_rng(1).permutation(len(rows))],
        "by seat": sorted(rows, key=lambda row: row["seat"]),
    }[order]
    assert_identical(run(of_file(lender_file(moved)), workers=1).tables, in_order.tables)


def test_the_order_of_columns_changes_nothing(
    rows, lender_file, of_file, in_order, assert_identical
):
    turned = [dict(reversed(row.items())) for row in rows]
    assert_identical(run(of_file(lender_file(turned)), workers=1).tables, in_order.tables)


def test_optional_columns_written_out_change_nothing(
    rows, lender_file, of_file, in_order, tiny, assert_identical
):
    full = [
        row | {"days_in_spell": row["days_past_due"],
               "reach": tiny.portfolio.reach if row["reach"] is None else row["reach"]}
        for row in rows
    ]  # fmt: skip
    assert_identical(run(of_file(lender_file(full)), workers=1).tables, in_order.tables)


def test_accounts_that_arrive_after_the_end_change_nothing(
    rows, lender_file, of_file, in_order, assert_identical
):
    """Their seats are there already, and what the house expects is of those present."""
    late = [row | {"account_id": f"later {row['account_id']}", "arrival_day": 2999,
                   "days_past_due": 0} for row in rows]  # fmt: skip
    later = run(of_file(lender_file([*rows, *late])), workers=1)
    assert_identical(later.tables, in_order.tables)


@pytest.mark.parametrize("name", ["a desk before all others", "zzz far away"])
def test_the_luck_of_a_seats_accounts_is_their_own(rows, lender_file, of_file, finished, name):
    """Nobody promises, so nobody is called and every event is natural."""
    silent = [kind.model_dump() | {"promise": 0.0} for kind in of_file("").borrowers.types]
    far = [row | {"account_id": f"far {row['account_id']}", "seat": name, "balance_yuan": 9e8,
                  "reach": 0.9} for row in rows]  # fmt: skip
    alone, together = (
        finished(of_file(lender_file(book), borrowers={"types": silent},
                         response={"mode": "replay"}))
        for book in (rows, [*rows, *far])
    )  # fmt: skip
    assert name in together.portfolio.seats
    there = [together.portfolio.seats.index(seat) for seat in alone.portfolio.seats]
    kernel = [COLUMN[n] for n in NAMES if n.startswith(("cash", "cures", "rolls"))]
    kernel += [COLUMN[n] for n in ("due", "exposure", "written_off", "entries", "relapses")]
    for mine, all_of_them in zip(alone.periods, together.periods, strict=True):
        assert mine["true"][:, kernel].any()
        np.testing.assert_array_equal(
            all_of_them["true"][there][:, kernel], mine["true"][:, kernel]
        )


def test_the_seats_come_in_the_order_of_their_names(rows, lender_file, of_file):
    seats = World(of_file(lender_file(rows))).portfolio.seats
    assert seats == tuple(f"desk {s}" for s in range(SEATS))
