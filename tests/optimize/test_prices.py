"""Prices of a limit against a contract whose best value is known for every budget."""

import numpy as np
import pytest
from scipy.optimize import brentq

from optimize.prices import limit_prices
from optimize.proposal import searched

BUDGET = 0.6  # pay at most, in the agent's unit


def best_value(agent, budget: float) -> float:
    """The greatest value that costs no more: weights where value per pay is the same for all."""

    def weights(price: float) -> np.ndarray:
        dear = agent.curvature + 2.0 * price * agent.G @ agent.G.T
        return np.linalg.solve(dear, agent.G @ agent.f)

    price = brentq(lambda p: agent.pay(weights(p)) - budget, 0.0, 10.0)
    return agent.value(weights(price))


def prices_of(space_of, agent, *limits):
    card = {"weight_step": 0.01, "pool_step": 10.0}
    space = space_of(card=card, limits=list(limits), calls=500, verified=64, solver="highs")
    return limit_prices(searched(space, agent)), space


def test_prices_of_a_budget_on_both_sides_are_those_of_the_closed_form(space_of, linear_agent):
    agent = linear_agent(noise=0.02)
    (found,), space = prices_of(space_of, agent, {"on": "incentive", "at_most": 1000.0 * BUDGET})
    assert found.binding
    step, seats = found.moved / 1000.0, space.scenario.workforce.seats
    truth = np.array([best_value(agent, BUDGET + by) for by in (-step, 0.0, step)])
    tighter, looser = np.diff(truth) / step / seats
    assert found.looser.rise == pytest.approx(looser, rel=0.25)
    assert found.tighter.rise == pytest.approx(tighter, rel=0.25)
    for side, price in ((found.looser, looser), (found.tighter, tighter)):
        assert side.simulated == pytest.approx(price, rel=0.35)


def test_limit_that_never_binds_costs_nothing(space_of, linear_agent):
    (found,), _ = prices_of(space_of, linear_agent(noise=0.02), {"on": "incentive", "at_most": 1e6})
    assert (found.known, found.binding, found.price) == (True, False, 0.0)


def test_inherited_designs_count_among_the_calls(space_of, linear_agent):
    agent = linear_agent(noise=0.02)
    space = space_of(calls=60, solver="highs")
    draw = np.random.default_rng(0)
    found = searched(space, agent, inherited=list(draw.uniform(100.0, 900.0, (12, 3))))
    assert agent.calls == 60
    assert any(r.origin == "inherited" for r in found.evidence.others)
