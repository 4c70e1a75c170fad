"""The optimiser against answers known in closed form or by trying everything."""

from itertools import product

import numpy as np
import pulp
import pytest

from optimize.evidence import Evidence
from optimize.programme import Programme
from optimize.proposal import searched
from optimize.search import search
from optimize.solve import price, solve
from optimize.verify import verify


def test_linear_contract_weights_match_the_closed_form(space_of, linear_agent):
    """w* = (GG' + rΣ)^-1 G f, Holmström and Milgrom with as many metrics as there are."""
    agent = linear_agent()
    space = space_of(card={"pool_step": 1.0, "weight_step": 0.005}, solver="highs")
    evidence = Evidence(space.problem, agent, space.today, range(2))
    found = search(space, evidence, 400).incumbent.design / 1000.0
    assert np.linalg.norm(found - agent.best) <= 0.02 * np.linalg.norm(agent.best)
    assert found == pytest.approx(agent.best, abs=0.02)


def test_budget_price_is_that_of_the_split_item():
    """Fractional knapsack: greedy by value over cost; the price is the split item's ratio."""
    value, cost = np.array([6.0, 10.0, 12.0, 3.0]), np.array([1.0, 2.0, 3.0, 2.0])

    def build(by: float) -> Programme:
        made = Programme(pulp.LpProblem("knapsack", pulp.LpMaximize))
        take = [made.model.add_variable(f"take{i}", 0, 1) for i in range(4)]
        made.add("budget", pulp.lpSum(c * t for c, t in zip(cost, take, strict=True)) <= 5.0 + by)
        made.model.setObjective(pulp.lpSum(v * t for v, t in zip(value, take, strict=True)))
        made.design = [pulp.LpAffineExpression(t) for t in take]
        return made

    assert solve(build(0.0)).height == pytest.approx(6.0 + 10.0 + 12.0 * 2.0 / 3.0)
    found = price(build, "budget", 0.01)
    assert (found.price, found.rise) == pytest.approx((4.0, 4.0), rel=1e-4)


def test_optimum_grows_with_the_budget_ever_more_slowly():
    value, cost = np.array([6.0, 10.0, 12.0, 3.0]), np.array([1.0, 2.0, 3.0, 2.0])

    def best(budget: float) -> float:
        made = Programme(pulp.LpProblem("knapsack", pulp.LpMaximize))
        take = [made.model.add_variable(f"take{i}", 0, 1) for i in range(4)]
        made.add("budget", pulp.lpSum(c * t for c, t in zip(cost, take, strict=True)) <= budget)
        made.model.setObjective(pulp.lpSum(v * t for v, t in zip(value, take, strict=True)))
        made.design = [pulp.LpAffineExpression(t) for t in take]
        return solve(made).height

    steps = np.diff([best(b) for b in np.linspace(0.5, 8.0, 16)])
    assert (steps >= -1e-9).all()
    assert (np.diff(steps) <= 1e-6).all()


BUDGET = 0.6  # pay at most, in the agent's unit


def best_on_the_grid(agent) -> float:
    """The greatest value that keeps the budget, over a fine grid of weights."""
    axis = np.linspace(0.0, 1.2, 61)
    grid = np.array(list(product(axis, repeat=3)))
    pay = np.einsum("ij,jk,ik->i", grid, agent.G @ agent.G.T, grid)
    kept = grid[(pay <= BUDGET) & (grid.sum(axis=1) >= 0.2)]
    return max(agent.value(w) for w in kept)


@pytest.mark.parametrize("seed", range(3))
def test_verified_scheme_is_nearly_the_best_feasible_one(space_of, linear_agent, seed):
    agent = linear_agent(noise=0.02, seed=seed)
    limit = {"on": "incentive", "at_most": 1000.0 * BUDGET}
    card = {"weight_step": 0.01, "pool_step": 10.0}
    space = space_of(
        card=card, limits=[limit], calls=1000, verified=64, solver="highs", objective="recovery"
    )
    found = searched(space, agent)
    verdict = verify(space.problem, agent, space.today, found.evidence.finalists(8))
    assert verdict.accepted is not None
    weights = verdict.accepted.design / 1000.0
    assert agent.pay(weights) <= BUDGET
    assert agent.value(weights) >= 0.99 * best_on_the_grid(agent)
