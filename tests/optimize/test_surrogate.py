"""The surrogate: exact where the truth is of its kind, honest about its error elsewhere."""

import numpy as np
import pulp
import pytest

from optimize.anchor import Anchor
from optimize.programme import feasible_designs
from optimize.promise import promise
from optimize.solve import objective, solve
from optimize.surrogate import bend, fit


def experiments(count: int = 80, columns: int = 3, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 900.0, (count, columns))


def fitted(designs, gains, centre, offset, bent=()):
    scale = np.full(designs.shape[1], 250.0)
    allowed = tuple(bend(j, centre[j], 250.0, 0.0, 3000.0) for j in bent)
    weights = np.ones(len(designs))
    return fit(designs, gains, weights, centre, offset, scale, allowed)


def test_linear_truth_is_recovered():
    designs, slopes = experiments(), np.array([[2.0, -1.0], [0.5, 3.0], [-1.0, 0.0]])
    gains, centre = designs @ slopes, np.array([100.0, 200.0, 300.0])
    found = fitted(designs, gains, centre, centre @ slopes, bent=(0, 1, 2))
    assert found.bends == ()
    assert found.predict(designs) == pytest.approx(gains, rel=1e-5, abs=1e-2)
    assert found.explained == pytest.approx(1.0)


def test_bend_is_taken_where_the_truth_bends():
    designs, centre = experiments(), np.array([400.0, 400.0, 400.0])
    gains = (designs[:, [0]] - 400.0) - 0.004 * (designs[:, [1]] - 400.0) ** 2
    found = fitted(designs, gains, centre, np.zeros(1), bent=(0, 1, 2))
    assert [b.column for b in found.bends][:1] == [1]
    assert found.explained[0] > 0.99


def test_prediction_at_the_centre_is_what_was_simulated():
    designs, centre = experiments(), np.array([400.0, 100.0, 250.0])
    gains = np.sin(designs / 200.0) @ np.ones((3, 2))
    offset = np.array([0.7, -0.3])
    assert fitted(designs, gains, centre, offset).predict(centre[None])[0] == pytest.approx(offset)


def test_error_is_that_of_designs_left_out():
    """The hat-matrix formula against refitting without each design in turn."""
    draw = np.random.default_rng(5)
    designs, centre = experiments(24), np.full(3, 450.0)
    gains = designs @ np.array([[1.0], [2.0], [0.0]]) + 100.0 * draw.normal(size=(24, 1))
    offset = centre @ np.array([[1.0], [2.0], [0.0]])
    claimed = fitted(designs, gains, centre, offset).error[0]
    misses = []
    for i in range(24):
        rest = np.arange(24) != i
        without = fitted(designs[rest], gains[rest], centre, offset)
        misses.append(without.predict(designs[[i]])[0, 0] - gains[i, 0])
    assert claimed == pytest.approx(np.sqrt(np.mean(np.square(misses))), rel=0.1)


def test_programme_promises_what_the_surrogate_predicts(space_of):
    """Objective and rows of the program against the surrogate's own arithmetic, bends included."""
    space = space_of(
        card={"pool_yuan": (200.0, 900.0)}, limits=[{"on": "incentive", "at_most": 700.0}]
    )
    columns = ("cash_yuan", "late_cash_yuan", "discount_yuan", "periods",
               "incentive_yuan", "seat_periods")  # fmt: skip
    designs, centre = experiments(columns=3), np.array([300.0, 200.0, 100.0])
    worth = designs[:, 0] - 0.001 * (designs[:, 1] - 300.0) ** 2 + 0.2 * designs[:, 2]
    pay = 0.8 * designs.sum(axis=1)
    nothing = np.zeros(len(designs))
    gains = np.column_stack([worth, nothing, nothing, nothing, pay, nothing])
    offset = np.array([290.0 + 20.0, 0.0, 0.0, 0.0, 480.0, 0.0])
    found = fitted(designs, gains, centre, offset, bent=(1,))
    assert len(found.bends) == 1
    anchor = Anchor(columns, np.array([[5000.0, 0.0, 0.0, 1.0, 100.0, 1.0]] * 3))
    made = feasible_designs(space)
    promise(made, space, found, anchor, {}, elastic=False)
    best = solve(made)
    then = dict(zip(columns, 5000.0 * np.eye(6)[0] + found.predict(best.design[None])[0],
                    strict=True))  # fmt: skip
    assert objective(made.model) == pytest.approx(then["cash_yuan"], abs=0.5)
    assert then["incentive_yuan"] + 100.0 == pytest.approx(700.0, abs=0.5)
    assert pulp.LpStatus[made.model.status] == "Optimal"
