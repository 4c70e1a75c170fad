"""Worlds small enough for laws."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pytest

from sim import Scenario, World, records
from sim import accounts as kernel
from sim.activity import NAMES
from sim.chance import Luck
from sim.counted import as_records
from sim.market import Borrowers, Market, chances
from sim.portfolio import Description, draw
from sim.tables import Tables


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    """Two teams under a card, a penalty and a commission; people leave, learn and slip."""
    return Scenario.of({
        "run": {"periods": 2, "replications": 2, "seed": 7},
        "portfolio": {"accounts": 300},
        "workforce": {"seats": 6, "seats_per_team": 3, "quits_per_year": 2.0},
        "scheme": {"wage_yuan": 4000, "pay": [
            {"kind": "scorecard", "name": "card", "pool_yuan": 3000,
             "weights": {"recovery_rate": 0.5, "satisfaction": 0.3, "documents": 0.2}},
            {"kind": "penalty", "yuan": {"caught": 200, "complaints": 20}},
            {"kind": "commission", "rates": {"M1": 0.01, "M3": 0.05, "M7": 0.1}},
        ]},
    })  # fmt: skip


@pytest.fixture(scope="session")
def finished() -> Callable[..., World]:
    """Carries a scenario's world to its horizon."""

    def to_the_end(scenario: Scenario, replication: int = 0, threads: int = 1) -> World:
        world = World(scenario, replication, threads)
        while world.running:
            world.step()
        return world

    return to_the_end


@pytest.fixture(scope="session")
def assert_identical() -> Callable[[Tables, Tables], None]:
    """Compares result tables to the bit."""

    def compare_all(mine: Tables, other: Tables) -> None:
        assert list(mine) == list(other)
        for name, table in mine.items():
            pd.testing.assert_frame_equal(table, other[name], check_exact=True, obj=name)

    return compare_all


@pytest.fixture(scope="session")
def lender_file(tmp_path_factory) -> Callable[[Iterable[dict]], str]:
    """Writes rows as a lender's CSV file and gives its path."""

    def write(rows: Iterable[dict]) -> str:
        path = tmp_path_factory.mktemp("lender") / "accounts.csv"
        pd.DataFrame(list(rows)).to_csv(path, index=False)
        return str(path)

    return write


@pytest.fixture(scope="session")
def advanced() -> Callable[..., tuple[np.ndarray, pd.Series]]:
    """Carries drawn accounts through four weeks at a given practice, without a world around them.

    Gives the accounts in the queues, and the counts of all seats by name.
    """

    def carry(
        practice: dict, portfolio: dict, borrowers: dict | None = None, days_at_once: int = 7,
        market: dict | None = None,
    ):  # fmt: skip
        seats, luck = 4, Luck(seed=1, replication=0)
        people, economy = Borrowers(**(borrowers or {})), Market(**(market or {}))
        drawn = draw(Description(accounts=4000, **portfolio), people, economy, seats, 28, luck)
        working_way = np.zeros(seats, records.PRACTICE)
        for name, level in ({"persuasion": 1.0, "record": 0.95} | practice).items():
            working_way[name] = level
        odds = chances(people, economy, 5, 0)
        odds["estimate"] = 1.0
        counts = np.zeros((seats, len(NAMES)), np.int64)
        cuts = np.ones(seats, np.int64)
        for day in range(0, 28, days_at_once):
            kernel.advance(
                accounts=drawn.accounts, firsts=drawn.firsts, live=drawn.live, ends=drawn.ends,
                seat_streams=luck.streams("seat", np.arange(seats)), practice=working_way,
                chances=odds, first_seat=0, last_seat=seats, first_day=day,
                working=np.ones(days_at_once, bool), opens=day == 0, counts=as_records(counts),
                cuts=cuts,
            )  # fmt: skip
        queues = zip(drawn.firsts.tolist(), drawn.live.tolist(), strict=True)
        there = np.concatenate([drawn.accounts[first:last] for first, last in queues])
        return there, pd.Series(counts.sum(axis=0), NAMES)

    return carry
