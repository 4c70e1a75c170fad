"""The plan of a sweep: which points a design lays, and every mistake told with its place."""

import tomllib
from pathlib import Path

import pytest
from scipy.stats import kstest

from sim import InputError
from sim.plan import Plan

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/bad_sweeps.toml").read_text("utf-8"))
ACCEPTANCE = {"key": "support.acceptance", "low": 0.2, "high": 0.8}


def at(plan: Plan, key: str) -> list:
    return [point[key] for point in plan.points]


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_mistake_is_refused_with_place_and_remedy(case, sweep_file):
    path = sweep_file(case["text"])
    for name, text in case.get("files", {}).items():
        Path(name).write_text(text)
    with pytest.raises(InputError) as refused:
        Plan.load(path)
    assert [part for part in case["says"] if part not in str(refused.value)] == [], refused.value


def test_grid_has_every_combination_once(planned):
    seats = {"key": "workforce.seats", "low": 1, "high": 3, "steps": 3}
    plan = planned(vary=[ACCEPTANCE | {"steps": 4}, seats])
    assert len(plan.points) == len({tuple(p.values()) for p in plan.points}) == 12
    assert len(plan.cells) == 24


def test_grid_includes_both_ends(planned):
    plan = planned(vary=[ACCEPTANCE | {"steps": 3}])
    assert at(plan, "support.acceptance") == pytest.approx([0.2, 0.5, 0.8])


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_sampled_points_fill_each_axis_evenly(design, planned):
    wealth = {"key": "portfolio.balance_yuan", "low": 1e3, "high": 1e5, "log": True}
    plan = planned(design=design, points=64, vary=[ACCEPTANCE, wealth])
    share = [(x - 0.2) / 0.6 for x in at(plan, "support.acceptance")]
    assert kstest(share, "uniform").statistic < 2 / 64
    lower_half = sum(x < 1e4 for x in at(plan, "portfolio.balance_yuan"))
    assert lower_half == 32


@pytest.mark.parametrize("log", [False, True])
def test_whole_keys_get_whole_numbers_up_to_both_ends(log, planned):
    seats = {"key": "workforce.seats", "low": 2, "high": 5, "log": log}
    drawn = at(planned(design="sobol", points=64, vary=[seats]), "workforce.seats")
    assert {type(x) for x in drawn} == {int}
    assert set(drawn) == {2, 3, 4, 5}
    assert log or all(drawn.count(x) == 16 for x in set(drawn))


def test_choices_may_be_anything_the_key_takes(planned):
    modes = {"key": "response.mode", "values": ["replay", "rational"]}
    plan = planned(vary=[modes])
    assert [c.scenario.response.mode for c in plan.cells] == ["replay"] * 2 + ["rational"] * 2


def test_pay_component_is_reached_by_its_name(sweep_file):
    plan = Plan.load(sweep_file(
        'schemes = ["bonus.toml"]\nvary = [{ key = "scheme.pay.bonus.rates.M3", values = [0.3] }]'
    ))  # fmt: skip
    assert plan.cells[0].scenario.scheme.pay[0].rates["M3"] == 0.3


def test_all_cells_have_the_same_luck(planned):
    plan = planned(seed=9, vary=[ACCEPTANCE | {"steps": 2}])
    assert {cell.scenario.run.seed for cell in plan.cells} == {9}


def test_same_seed_gives_the_same_points_and_another_seed_others(planned):
    plans = [planned(design="sobol", points=8, vary=[ACCEPTANCE], seed=s) for s in (1, 1, 2)]
    assert plans[0].points == plans[1].points != plans[2].points


def test_settings_replace_those_of_the_file(sweep_file):
    path = sweep_file('schemes = ["wage.toml"]\nreplications = 5\nseed = 3')
    plan = Plan.load(path, replications=2, seed=None)
    assert (plan.replications, plan.seed) == (2, 3)


def test_base_scheme_gives_what_the_table_leaves_out(sweep_file):
    plan = Plan.load(sweep_file('schemes = ["wage.toml", "bonus.toml"]'))
    assert (plan.replications, plan.seed, plan.schemes) == (3, 5, ("wage", "bonus"))
