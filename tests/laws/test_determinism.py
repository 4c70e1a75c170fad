"""Determinism: a seed names the luck, and nothing else has a say in it."""

import pandas as pd
import pytest

from sim import compare, run
from sim.tables import TABLES


@pytest.fixture(scope="module")
def first(tiny):
    return run(tiny, workers=1)


def test_the_same_seed_gives_the_same_tables_to_the_bit(tiny, first, assert_identical):
    assert_identical(run(tiny, workers=1).tables, first.tables)


@pytest.mark.parametrize("threads", [2, 3, 9])
def test_threads_change_nothing(tiny, first, assert_identical, threads):
    assert_identical(run(tiny, workers=1, threads=threads).tables, first.tables)


def test_processes_change_nothing(tiny, first, assert_identical):
    assert_identical(run(tiny, workers=2).tables, first.tables)


def test_processes_with_threads_change_nothing(tiny, first, assert_identical):
    assert_identical(run(tiny, workers=2, threads=2).tables, first.tables)


@pytest.mark.parametrize("table", TABLES)
def test_another_seed_gives_another_result(tiny, first, table):
    other = run(tiny, seed=tiny.run.seed + 1, workers=1)
    assert not other.tables[table].equals(first.tables[table])


@pytest.mark.parametrize("table", TABLES)
def test_replications_differ_from_each_other(first, table):
    one, two = (part.drop(columns="replication").reset_index(drop=True)
                for _, part in first.tables[table].groupby("replication"))  # fmt: skip
    assert not one.equals(two)


def test_more_replications_leave_the_first_ones_as_they_were(tiny, first):
    more = run(tiny, replications=3, workers=1).seats
    pd.testing.assert_frame_equal(more[more["replication"] < 2], first.seats, check_exact=True)


def test_company_and_order_change_no_scenario(tiny, first, assert_identical):
    other = tiny.vary(scheme={"pay": []})
    pair = compare({"other": other, "tiny": tiny}, workers=1).outcomes
    assert_identical(pair["tiny"].tables, first.tables)
