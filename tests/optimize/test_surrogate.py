"""The surrogate: exact where the truth is of its kind, honest about its error elsewhere."""

import numpy as np
import pulp
import pytest

from optimize.anchor import Anchor
from optimize.programme import feasible_designs
from optimize.promise import promise
from optimize.solve import objective, solve
from optimize.surrogate import fit, places

ENDS = [places(0.0, 3000.0)] * 3


def experiments(count: int = 160, columns: int = 3, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 3000.0, (count, columns))


def fitted(designs, gains):
    return fit(designs, gains, np.ones(len(designs)), ENDS)


def test_linear_truth_is_recovered():
    designs, slopes = experiments(), np.array([[2.0, -1.0], [0.5, 3.0], [-1.0, 0.0]])
    found = fitted(designs, designs @ slopes + 7.0)
    assert found.predict(designs) == pytest.approx(designs @ slopes + 7.0, rel=1e-4, abs=0.5)
    assert found.explained == pytest.approx(1.0, abs=1e-6)


def test_curve_bends_where_the_truth_bends():
    designs = experiments()
    gains = designs[:, [0]] - 2.0 * np.maximum(designs[:, [1]] - 480.0, 0.0)
    found = fitted(designs, gains)
    straight, bent = found.curves[0].slopes[:, 0], found.curves[1].slopes[:, 0]
    assert straight == pytest.approx(1.0, abs=0.05)
    assert bent[:3] == pytest.approx(0.0, abs=0.05)
    assert bent[3:] == pytest.approx(-2.0, abs=0.05)
    assert found.explained[0] > 0.999


def test_column_that_never_moved_is_no_reason_to_move_it():
    designs = experiments()
    designs[:, 2] = 900.0
    found = fitted(designs, designs[:, [0]])
    assert (found.curves[2].slopes == 0.0).all()


def test_error_is_that_of_designs_left_out():
    """The hat-matrix formula against refitting without each design in turn."""
    draw = np.random.default_rng(5)
    designs = experiments(40)
    gains = designs @ np.array([[1.0], [2.0], [0.0]]) + 300.0 * draw.normal(size=(40, 1))
    claimed = fitted(designs, gains)
    left_out = []
    for i in range(40):
        rest = np.arange(40) != i
        left_out.append(fitted(designs[rest], gains[rest]).predict(designs[[i]])[0, 0])
    misses = np.array(left_out) - gains[:, 0]
    assert claimed.error[0] == pytest.approx(np.sqrt(np.mean(misses**2)), rel=0.15)
    assert np.corrcoef(claimed.left_out[:, 0], left_out)[0, 1] > 0.99


def test_programme_promises_what_the_surrogate_predicts(space_of):
    """Objective and rows of the program against the surrogate's own arithmetic, bends included."""
    space = space_of(
        card={"pool_yuan": (200.0, 900.0)}, limits=[{"on": "incentive", "at_most": 700.0}]
    )
    columns = ("cash_yuan", "late_cash_yuan", "discount_yuan", "periods",
               "incentive_yuan", "deferred_yuan", "seat_periods")  # fmt: skip
    designs = experiments(columns=3)
    worth = designs[:, 0] - 0.001 * (designs[:, 1] - 300.0) ** 2 + 0.2 * designs[:, 2]
    pay, nothing = 0.8 * designs.sum(axis=1), np.zeros(len(designs))
    gains = np.column_stack([worth, nothing, nothing, nothing, pay, nothing, nothing])
    found = fitted(designs, gains)
    anchor = Anchor(columns, np.array([[5000.0, 0.0, 0.0, 1.0, 100.0, 0.0, 1.0]] * 3))
    made = feasible_designs(space)
    promise(made, space, found, anchor, {}, elastic=False)
    best = solve(made)
    moved = found.predict(best.design[None])[0]
    assert objective(made.model) == pytest.approx(5000.0 + moved[0], abs=0.5)
    assert 100.0 + moved[4] == pytest.approx(700.0, abs=0.5)
    assert pulp.LpStatus[made.model.status] == "Optimal"
