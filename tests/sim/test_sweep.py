"""Sweeps: every run once, the same luck for all, and the same table wherever they are run."""

import numpy as np
import pandas as pd
import pytest

from sim import InputError, Plan, Scenario, compare, sweep
from sim.query import asked
from sim.store import MANY_RUNS, RUNS, Store

POINTS = [{"key": "support.acceptance", "values": [0.3, 0.9]}]


@pytest.fixture(scope="module")
def whole(planned, tmp_path_factory):
    """A sweep of two schemes at two points, three replications."""
    return sweep(planned(vary=POINTS), tmp_path_factory.mktemp("whole") / "store", workers=1)


def test_every_scheme_point_and_replication_is_one_row(whole):
    runs = whole.swept.runs
    assert len(runs) == whole.carried_out == 2 * 2 * 3
    assert not runs[["scheme", "point", "replication"]].duplicated().any()
    assert runs["run"].is_unique
    assert runs["support.acceptance"].tolist() == [0.3] * 6 + [0.9] * 6


@pytest.mark.parametrize("point", [0, 1])
def test_measures_are_those_of_a_comparison(whole, planned, point):
    cells = [cell for cell in planned(vary=POINTS).cells if cell.point == point]
    direct = compare({c.scheme: c.scenario for c in cells}, replications=3, workers=1)
    for name, outcome in direct.outcomes.items():
        found = whole.swept.by_cell[name, point]
        pd.testing.assert_frame_equal(found, outcome.measures, check_exact=True)


def test_differences_are_those_of_a_comparison(whole, planned):
    cells = [cell for cell in planned(vary=POINTS).cells if cell.point == 1]
    direct = compare({c.scheme: c.scenario for c in cells}, replications=3, workers=1)
    found, same = whole.swept.differences(), direct.differences()
    found = found[found["point"] == 1].reset_index(drop=True)
    columns = ["measure", "base", "mean", "difference", "low", "high", "runs", "unpaired_runs"]
    pd.testing.assert_frame_equal(found[columns], same[columns], check_exact=True)
    reduction = found["unpaired_runs"] / found["runs"]
    pd.testing.assert_series_equal(found["variance_reduction"], reduction, check_names=False)


def test_workers_change_nothing(whole, planned, tmp_path):
    other = sweep(planned(vary=POINTS), tmp_path, workers=3).swept.runs
    pd.testing.assert_frame_equal(other, whole.swept.runs, check_exact=True)


def test_finished_runs_are_not_carried_out_again(planned, tmp_path):
    assert sweep(planned(replications=2), tmp_path, workers=1).carried_out == 4
    assert sweep(planned(replications=2), tmp_path, workers=1).carried_out == 0


def test_more_replications_add_only_the_missing_ones(planned, tmp_path):
    first = sweep(planned(replications=2), tmp_path, workers=1)
    more = sweep(planned(replications=4), tmp_path, workers=1)
    assert more.carried_out == 2 * 2
    kept = more.swept.runs[more.swept.runs["replication"] < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, first.swept.runs, check_exact=True)


def test_sweeps_with_a_scenario_in_common_share_its_runs(planned, schemes, tmp_path):
    sweep(planned(replications=2), tmp_path, workers=1)
    alone = Plan.of({"another name": schemes["bonus"]}, replications=2)
    assert sweep(alone, tmp_path, workers=1).carried_out == 0


def test_another_seed_is_another_run(planned, tmp_path):
    one, two = (sweep(planned(seed=s), tmp_path, workers=1) for s in (1, 2))
    assert (one.carried_out, two.carried_out) == (6, 6)
    assert not one.swept.runs["net_value"].equals(two.swept.runs["net_value"])


def test_changed_portfolio_file_is_another_scenario(tmp_path):
    accounts = tmp_path / "accounts.csv"
    header = "account_id,seat,balance_yuan,instalment_yuan,days_past_due\n"
    plan = Plan.of({"own": Scenario.of({
        "run": {"periods": 1, "replications": 1}, "portfolio": {"file": str(accounts)}
    })})  # fmt: skip
    for days in (3, 40, 3):
        accounts.write_text(header + f"A1,seat 1,1000,100,{days}\nA2,seat 1,2000,100,0\n")
        last = sweep(plan, tmp_path / "store", workers=1)
    assert last.carried_out == 0
    assert len(Store.open(tmp_path / "store").finished()) == 2


def test_by_period_table_adds_up_to_the_measures(planned, tmp_path):
    found = sweep(planned(vary=POINTS), tmp_path, workers=1)
    periods = found.swept.periods(Store.open(tmp_path))
    assert periods.groupby("run").size().eq(1).all()
    cash = periods.groupby("run")["cash_yuan"].mean()
    mean = found.swept.runs.set_index("run")["recovered"]
    np.testing.assert_allclose(cash[mean.index], mean)


# ---- SQL over the store ----


@pytest.mark.parametrize("table", ["runs", "periods", "cells", "summary", "differences"])
def test_sql_sees_the_tables_of_the_sweep(table, planned, tmp_path):
    folder = tmp_path / "it's [1]*"
    found = sweep(planned(vary=POINTS), folder, workers=1)
    store = Store.open(folder)
    expected = {
        "runs": found.swept.runs, "cells": found.swept.cells,
        "periods": found.swept.periods(store), "summary": found.swept.summary(),
        "differences": found.swept.differences(),
    }  # fmt: skip
    answer = asked(store, found.name, f"SELECT * FROM {table}")
    pd.testing.assert_frame_equal(answer, expected[table], check_exact=True)


def test_sql_counts_a_run_that_is_in_two_files_once(planned, tmp_path):
    found = sweep(planned(), tmp_path, workers=1)
    store = Store.open(tmp_path)
    copies = {path: path.read_bytes() for path in (tmp_path / RUNS).iterdir()}
    store.compact(many_runs=0)
    for path, content in copies.items():  # as after a kill before these were removed
        path.write_bytes(content)
    count = asked(store, found.name, "SELECT count(*) AS runs FROM runs")["runs"].item()
    assert count == len(found.swept.runs) == len(copies)


def test_sql_sees_one_sweep_of_several_in_a_store(planned, tmp_path):
    first, second = (sweep(planned(seed=s, replications=s), tmp_path, workers=1) for s in (1, 2))
    store = Store.open(tmp_path)
    for found in (first, second):
        answer = asked(store, found.name, "FROM runs")
        pd.testing.assert_frame_equal(answer, found.swept.runs, check_exact=True)


def test_long_sweep_keeps_its_folder_small_and_loses_nothing(schemes, tmp_path):
    seen, runs = [], MANY_RUNS + 40
    asked = Plan.of({"wage": schemes["wage"].vary(portfolio={"accounts": 20})}, replications=runs)

    def look(*_: int) -> None:
        seen.append(len(list((tmp_path / RUNS).glob("*.parquet"))))

    found = sweep(asked, tmp_path, workers=2, progress=look)
    assert max(seen) <= MANY_RUNS
    assert found.swept.runs["replication"].tolist() == list(range(runs))
    assert sweep(asked, tmp_path, workers=2).carried_out == 0


def test_progress_counts_what_is_missing_only(planned, tmp_path):
    sweep(planned(replications=1), tmp_path, workers=1)
    told = []
    sweep(planned(replications=3), tmp_path, workers=1, progress=lambda *at: told.append(at))
    assert told == [(done, 4) for done in (1, 2, 3, 4)]


# ---- how many replications ----


def half_width(swept, measure: str) -> float:
    found = swept.differences().set_index("measure").loc[measure]
    return float(found["high"] - found["difference"])


def test_replications_go_on_until_the_difference_is_known(planned, tmp_path):
    start = sweep(planned(replications=4), tmp_path, workers=1)
    asked = half_width(start.swept, "pay") / 2
    precise = {"measure": "pay", "half_width": asked, "most": 200}
    found = sweep(planned(replications=4, precision=precise), tmp_path, workers=2)
    assert found.wide == ()
    assert half_width(found.swept, "pay") <= asked
    before = sweep(planned(replications=len(found.swept.runs) // 2 - 8), tmp_path, workers=1)
    assert half_width(before.swept, "pay") > asked


def test_variance_reduction_is_how_many_times_as_many_runs_independent_luck_would_need(whole):
    """So many independent runs give a difference the standard error that the paired ones have."""
    bonus, wage = (whole.swept.by_cell[scheme, 1]["recovered"] for scheme in ("bonus", "wage"))
    told = whole.swept.difference(("bonus", 1), "recovered")
    paired_error = np.std(bonus - wage, ddof=1) / np.sqrt(len(bonus))
    independent = told["variance_reduction"] * len(bonus)
    unpaired_error = np.hypot(np.std(bonus, ddof=1), np.std(wage, ddof=1)) / np.sqrt(independent)
    assert unpaired_error == pytest.approx(paired_error, rel=1e-9)
    assert told["variance_reduction"] > 1.0


def test_precision_that_is_out_of_reach_is_told(planned, tmp_path):
    precise = {"measure": "pay", "half_width": 1e-9, "most": 6}
    found = sweep(planned(precision=precise), tmp_path, workers=1)
    assert found.wide == (0,)
    assert found.swept.runs["replication"].max() == 5


def test_points_stop_one_by_one(planned, tmp_path):
    """Of two points, only the one that is not known as closely as asked is run again."""
    points = [{"key": "support.acceptance", "values": [0.0, 1.0]}]
    start = sweep(planned(vary=points, replications=4), tmp_path, workers=1).swept
    widths = [start.half_width(point, "recovered")[0] for point in (0, 1)]
    assert min(widths) < max(widths)
    asked = {"measure": "recovered", "half_width": float(np.mean(widths)), "most": 12}
    found = sweep(planned(vary=points, replications=4, precision=asked), tmp_path, workers=1)
    counts = found.swept.runs.groupby("point")["replication"].max() + 1
    more = counts[int(np.argmax(widths))] - 4
    assert more > 0
    assert counts[int(np.argmin(widths))] == 4
    assert found.carried_out == 2 * more  # of both schemes, at that point alone


# ---- what goes wrong ----


def test_portfolio_error_reaches_the_caller_from_a_worker(tmp_path):
    missing = Scenario.of({"portfolio": {"file": str(tmp_path / "none.csv")}})
    with pytest.raises(InputError, match=r"none\.csv"):
        sweep(Plan.of({"own": missing}), tmp_path / "store", workers=1)


def test_too_large_a_portfolio_is_refused_before_it_starts(tmp_path):
    huge = Scenario.of({"portfolio": {"accounts": 1_000_000_000}})
    with pytest.raises(InputError, match=r"need about .* GiB"):
        sweep(Plan.of({"huge": huge}), tmp_path / "store", workers=2)
    assert not (tmp_path / "store").exists()


def test_no_scheduler_at_the_address_is_told(planned, tmp_path):
    with pytest.raises(InputError, match="no scheduler answers there"):
        sweep(planned(), tmp_path, cluster_address="nonsense://nowhere")
