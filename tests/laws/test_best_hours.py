"""The best hours: nobody, searching by another method, finds better ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from sim import World
from sim.choice import Response, best_hours
from sim.collector import BUSY, NORM
from sim.work import ROOM

SOME = settings(max_examples=60, derandomize=True)


@st.composite
def choices(draw) -> tuple:
    """Value of an hour, norm and room of a few tasks, which of them take time, and the response."""
    tasks = draw(st.integers(1, 7))

    def column(numbers):
        return np.array(draw(st.lists(numbers, min_size=tasks, max_size=tasks)))

    norm = column(st.one_of(st.just(0.0), st.floats(0, 14)))
    busy = column(st.booleans())
    response = Response(
        effort_cost_yuan=draw(st.floats(5, 300)), fatigue_yuan=draw(st.floats(0, 60)),
        most_hours=max(draw(st.floats(1, 80)), norm[busy].sum() + 0.5))  # fmt: skip
    return column(st.floats(-30_000, 30_000)), norm, column(st.floats(0.5, 30)), busy, response


def gain(hours, value, norm, room, busy, response) -> float:
    """Value less effort cost in fen, as documented."""
    c, k = response.effort_cost_yuan * 100.0, response.fatigue_yuan * 100.0
    more = (hours - norm)[busy].sum()
    return value @ hours - c / 2 * ((hours - norm) ** 2 / room).sum() - k / 2 * more**2


def searched(value, norm, room, busy, response) -> np.ndarray:
    """The best hours that a general method finds."""
    c = response.effort_cost_yuan * 100.0

    def loss_and_slope(hours):
        k = response.fatigue_yuan * 100.0
        slope = value - c * (hours - norm) / room - k * (hours - norm)[busy].sum() * busy
        return -gain(hours, value, norm, room, busy, response) / c, -slope / c

    limit = LinearConstraint(busy.astype(float)[None], ub=response.most_hours)
    return minimize(
        loss_and_slope, norm, jac=True, method="SLSQP", constraints=[limit],
        bounds=[(0, None)] * norm.size, options={"maxiter": 500, "ftol": 1e-12},
    ).x  # fmt: skip


def best(value, norm, room, busy, response) -> np.ndarray:
    return best_hours(value[None], norm, room, busy, response)[0]


@SOME
@given(choice=choices())
def test_the_best_hours_are_possible(choice):
    *_, busy, response = choice
    hours = best(*choice)
    assert (hours >= 0.0).all()
    assert hours[busy].sum() <= response.most_hours * (1 + 1e-12)


@SOME
@given(choice=choices())
def test_a_general_method_finds_no_better_hours(choice):
    response = choice[-1]
    mine, other = gain(best(*choice), *choice), gain(searched(*choice), *choice)
    assert mine >= other - 1e-6 * (abs(other) + response.effort_cost_yuan)


@SOME
@given(choice=choices(), step=st.floats(1e-4, 5.0), data=st.data())
def test_no_hour_is_better_spent_elsewhere(choice, step, data):
    """Moving time between two tasks, adding or dropping some: never a gain."""
    hours = best(*choice)
    *_, busy, response = choice
    most = gain(hours, *choice)
    tasks = st.integers(0, hours.size - 1)
    source, target = data.draw(tasks), data.draw(tasks)
    for change in ({source: -step}, {target: step}, {source: -step, target: step}):
        moved = hours.copy()
        for task, by in change.items():
            moved[task] = max(moved[task] + by, 0.0)
        if moved[busy].sum() <= response.most_hours:
            assert gain(moved, *choice) <= most + 1e-6 * (abs(most) + 1.0)


@SOME
@given(choice=choices())
def test_who_gains_nothing_keeps_to_the_norm_exactly(choice):
    value, *rest = choice
    np.testing.assert_array_equal(best(np.zeros_like(value), *rest), rest[0])


def test_who_gains_nothing_keeps_to_the_norm_of_the_twelve_indicators_exactly():
    found = best_hours(np.zeros((3, NORM.size)), NORM, ROOM, BUSY, Response())
    np.testing.assert_array_equal(found, np.tile(NORM, (3, 1)))


@SOME
@given(choice=choices(), others=st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=4))
def test_seats_choose_for_themselves(choice, others):
    value, *rest = choice
    crowd = np.vstack([value, *(np.full_like(value, other) for other in others)])
    np.testing.assert_allclose(best_hours(crowd, *rest)[0], best(*choice), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("mode", ["adaptive", "rational"])
def test_nobody_works_more_hours_than_there_are(tiny, mode):
    """However well it pays and however they slip."""
    greedy = tiny.vary(
        response={"mode": mode, "tremble": 0.5, "most_hours": 50.0},
        scheme={"pay": [{"kind": "commission", "rates": {"M1": 0.3, "M2": 0.3, "M3": 0.3}}]},
    )
    world = World(greedy)
    while world.running:
        world.step()
        assert world.people.hours[:, BUSY].sum(axis=1).max() <= 50.0 * (1 + 1e-9)
