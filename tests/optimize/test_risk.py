"""CVaR and quantile: in a programme as on the numbers themselves."""

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.risk import cvar, cvar_of, quantile, quantile_of, tail_terms
from optimize.solve import objective, solver_named

costs = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=1, max_size=40)
levels = st.sampled_from([0.5, 0.75, 0.9, 0.95])


@given(costs, levels)
def test_cvar_is_the_mean_of_the_worst_share(seen, level):
    """The worst circumstances one by one, the last counted in part."""
    left, total = (1.0 - level) * len(seen), 0.0
    for cost in sorted(seen, reverse=True):
        part = min(left, 1.0)
        total, left = total + part * cost, left - part
    expected = total / ((1.0 - level) * len(seen))
    assert cvar_of(np.array(seen), level) == pytest.approx(expected, abs=1e-6)


@given(costs, levels)
def test_quantile_lets_no_more_than_its_share_exceed(seen, level):
    found = quantile_of(np.array(seen), level)
    assert (np.array(seen) > found).mean() <= 1.0 - level + 1e-9
    assert found in seen


@given(costs, levels)
def test_cvar_lies_between_quantile_and_worst(seen, level):
    seen = np.array(seen)
    assert quantile_of(seen, level) - 1e-9 <= cvar_of(seen, level) <= seen.max() + 1e-9
    assert tail_terms(seen, level).mean() == pytest.approx(cvar_of(seen, level))


@settings(max_examples=8)
@given(costs, levels, st.sampled_from(["cvar", "quantile"]))
def test_programme_finds_the_same(seen, level, tail):
    model = pulp.LpProblem("tail", pulp.LpMinimize)
    fixed = [pulp.LpAffineExpression(constant=c) for c in seen]
    if tail == "cvar":
        model.setObjective(cvar(model, "t", fixed, level))
        expected = cvar_of(np.array(seen), level)
    else:
        top = quantile(model, "t", fixed, level, spread=250.0)
        model.setObjective(pulp.LpAffineExpression(top))
        expected = quantile_of(np.array(seen), level)
    model.solve(solver_named("cbc"))
    assert objective(model) == pytest.approx(expected, abs=1e-5)
