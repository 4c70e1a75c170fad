"""Traps of the solvers, each of which gave a wrong answer once; met on purpose."""

from pathlib import Path

import numpy as np
import pulp
import pytest

import optimize
from optimize.programme import Programme, feasible_designs, pieces
from optimize.solve import objective, price, solve, solver_named

BOTH = pytest.mark.parametrize("solver", ["cbc", "highs"])


def programme(sense: int = pulp.LpMaximize) -> Programme:
    return Programme(pulp.LpProblem("trap", sense))


def knapsack(room: float, count: int = 12) -> Programme:
    """Values and sizes that no rounding of the relaxation solves."""
    draw = np.random.default_rng(4)
    sizes, values = draw.integers(20, 90, count), draw.integers(20, 90, count)
    made = programme()
    take = [made.model.add_variable(f"take{i}", cat="Binary") for i in range(count)]
    made.add("room", pulp.lpSum(int(s) * t for s, t in zip(sizes, take, strict=True)) <= room)
    made.model.setObjective(7.5 + pulp.lpSum(int(v) * t for v, t in zip(values, take, strict=True)))
    made.design = [pulp.LpAffineExpression(t) for t in take]
    return made


def best_by_trying(room: float, count: int = 12) -> float:
    draw = np.random.default_rng(4)
    sizes, values = draw.integers(20, 90, count), draw.integers(20, 90, count)
    picks = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return float(7.5 + (picks @ values)[picks @ sizes <= room].max())


def test_no_special_ordered_sets_anywhere():
    for path in Path(optimize.__file__).parent.rglob("*.py"):
        assert "sos2" not in path.read_text("utf-8").lower(), path


@BOTH
@pytest.mark.parametrize("sense", [pulp.LpMaximize, pulp.LpMinimize])
def test_piecewise_function_bends_either_way(solver, sense):
    places, heights = (0.0, 1.0, 2.0, 3.0, 4.0), (0.0, 3.0, 1.0, 2.5, -1.0)
    for low, high in [(0.2, 0.8), (0.5, 2.2), (1.5, 3.9), (3.2, 3.4)]:
        made = programme(sense)
        x = made.model.add_variable("x", low, high)
        filled = pieces(made.model, "f", pulp.LpAffineExpression(x), places)
        made.model.setObjective(heights[0] + pulp.lpDot(np.diff(heights).tolist(), filled))
        made.design = [pulp.LpAffineExpression(x)]
        fine = np.interp(np.linspace(low, high, 100_001), places, heights)
        extreme = fine.max() if sense == pulp.LpMaximize else fine.min()
        assert solve(made, solver).height == pytest.approx(extreme, abs=1e-4)


@BOTH
def test_objective_keeps_its_constant(solver):
    found = solve(knapsack(250.0), solver)
    assert found.proven
    assert found.height == pytest.approx(best_by_trying(250.0))


@BOTH
def test_a_search_cut_short_says_so_and_bounds_what_it_missed(solver):
    hard = knapsack(1201.0, count=60)
    hard.model.addConstraint(pulp.lpSum(x for d in hard.design for x in d) == 20)
    found = solve(hard, solver, nodes=0)
    full = solve(hard, solver)
    assert full.proven
    assert not (found.found and found.proven) or found.height == pytest.approx(full.height)
    if found.found:
        assert found.bound >= full.height - 1e-6
        assert found.height <= full.height + 1e-6


@BOTH
def test_bound_of_a_minimisation_lies_below(solver):
    made = programme(pulp.LpMinimize)
    take = [made.model.add_variable(f"take{i}", cat="Binary") for i in range(3)]
    made.add("need", pulp.lpSum([2 * take[0], 3 * take[1], 4 * take[2]]) >= 5)
    made.model.setObjective(10 + pulp.lpSum([3 * take[0], 5 * take[1], 6 * take[2]]))
    made.design = [pulp.LpAffineExpression(t) for t in take]
    found = solve(made, solver)
    assert (found.height, found.bound) == (18.0, 18.0)


@BOTH
def test_infeasible_is_told_from_unbounded_effort(solver):
    made = programme()
    x = made.model.add_variable("x", 0, 1)
    made.design = [pulp.LpAffineExpression(x)]
    made.add("more than there is", x >= 2)
    made.model.setObjective(pulp.LpAffineExpression(x))
    found = solve(made, solver)
    assert not found.found
    assert found.proven


@BOTH
def test_slack_names_the_row_and_how_much(solver):
    made = programme()
    x = made.model.add_variable("x", 0, 10)
    made.design = [pulp.LpAffineExpression(x)]
    made.add("demand", x >= 7)
    made.at_most_zero("bad debt", 1.0 * x - 5.0, unit=2.0, elastic=True)
    made.model.setObjective(3.0 * x - 1000.0 * made.relaxation)
    assert solve(made, solver).relaxed == pytest.approx({"bad debt": 1.0})


@BOTH
@pytest.mark.parametrize("sense", [pulp.LpMaximize, pulp.LpMinimize])
def test_price_has_the_sign_and_size_of_solving_again(solver, sense):
    sign = 1.0 if sense == pulp.LpMaximize else -1.0

    def build(by: float) -> Programme:
        made = programme(sense)
        x = made.model.add_variable("x", 0, 10)
        use = made.model.add_variable("use", cat="Binary")
        made.design = [pulp.LpAffineExpression(x)]
        made.add("switch", x <= 10 * use)
        made.add("budget", 1.3 * x + 2.0 * use <= 8.0 + by)
        made.model.setObjective(sign * (1.2 * x - 0.5 * use))
        return made

    found = price(build, "budget", 0.1, solver)
    assert found.price == pytest.approx(sign * 1.2 / 1.3)
    assert found.rise == pytest.approx(found.price, rel=0.01)
    assert found.agrees


def test_price_at_a_corner_is_not_vouched_for():
    """Beyond the corner the next yuan buys less; the second solve shows it."""

    def build(by: float) -> Programme:
        made = programme()
        x = made.model.add_variable("x", 0, 5.0)
        made.design = [pulp.LpAffineExpression(x)]
        made.add("budget", 1.0 * x <= 4.99 + by)
        made.model.setObjective(pulp.LpAffineExpression(x))
        return made

    found = price(build, "budget", 0.1)
    assert not found.agrees
    assert found.rise < found.price


def test_answers_do_not_depend_on_a_clock():
    assert solver_named("cbc").timeLimit is None
    assert solver_named("highs").timeLimit is None


def test_solvers_agree(space_of):
    space = space_of(card={"least_weight": 0.1, "most_indicators": 2})
    heights = []
    for solver in ("cbc", "highs"):
        made = feasible_designs(space, pool=1000.0)
        worth = [0.3, 0.9, 0.5]
        made.model.setObjective(pulp.lpSum(w * d for w, d in zip(worth, made.design, strict=True)))
        heights.append(solve(made, solver).height)
        assert objective(made.model) == heights[-1]
    assert heights[0] == pytest.approx(heights[1])


def test_missing_solver_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(pulp.HiGHS, "available", lambda _: False)
    with pytest.raises(optimize.solve.InputError, match=r"pip install 'postloan\[highs\]'"):
        solver_named("highs")
