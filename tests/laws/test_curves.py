"""Payout curves: a curve is its knots."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim import InputError, Scenario
from sim.curves import CURVES, checked, expected_payout, knots_of, limited, payout, reach

FINITE = st.floats(-1e6, 1e6)
AT = st.lists(FINITE, min_size=1, max_size=20).map(np.array)
THOUSANDTHS = st.integers(-3000, 3000).map(lambda n: n / 1000)
SOME = settings(max_examples=100, derandomize=True)


def close(found, expected, knots):
    """Equal up to rounding at the size of the curve."""
    size = max(abs(y) for _, y in knots) + 1.0
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * size)


@st.composite
def curves(draw, jumps=True, rising=False):
    places = sorted(draw(st.lists(THOUSANDTHS, min_size=2, max_size=8, unique=True)))
    if jumps:
        twice = draw(st.lists(st.booleans(), min_size=len(places), max_size=len(places)))
        places = [x for x, again in zip(places, twice, strict=True) for _ in range(1 + again)]
    levels = draw(st.lists(FINITE, min_size=len(places), max_size=len(places)))
    return tuple(zip(places, sorted(levels) if rising else levels, strict=True))


def upper(knots) -> dict[float, float]:
    """The payout at each knot: at a jump the side that is reached there."""
    return dict(knots)


@SOME
@given(knots=curves())
def test_a_curve_passes_through_its_knots(knots):
    places = np.array(list(upper(knots)))
    close(payout(knots, places), list(upper(knots).values()), knots)


@SOME
@given(knots=curves(), beyond=st.floats(0, 1e6))
def test_a_curve_is_flat_outside_its_knots(knots, beyond):
    first, last = knots[0], knots[-1]
    below = payout(knots, np.array([first[0] - 1e-6 - beyond]))
    assert below[0] == first[1]
    close(payout(knots, np.array([last[0], last[0] + beyond])), last[1], knots)


@SOME
@given(knots=curves())
def test_a_jump_pays_its_lower_side_just_below(knots):
    for (x0, y0), (x1, _) in pairwise(knots):
        if x0 == x1:
            just_below = payout(knots, np.array([np.nextafter(x0, -np.inf)]))
            np.testing.assert_allclose(just_below, y0, rtol=0, atol=1e-3)


@SOME
@given(knots=curves(rising=True), at=AT)
def test_a_curve_of_rising_knots_never_falls(knots, at):
    around = np.sort(np.concatenate([at, np.array([x for x, _ in knots])]))
    found = payout(knots, around)
    assert (np.diff(found) >= 0.0).all()
    assert knots[0][1] <= found[0]
    close(np.minimum(found[-1], knots[-1][1]), found[-1], knots)


@SOME
@given(knots=curves(jumps=False), at=AT)
def test_a_curve_without_jumps_is_numpys_interpolation(knots, at):
    x, y = np.array(knots).T
    close(payout(knots, at), np.interp(at, x, y), knots)


@SOME
@given(knots=curves(), at=AT)
def test_the_shape_of_the_attainment_does_not_matter(knots, at):
    expected = payout(knots, at)
    np.testing.assert_array_equal(payout(knots, at[:, None])[:, 0], expected)
    np.testing.assert_array_equal([payout(knots, value) for value in at], expected)


@pytest.mark.parametrize("name", CURVES)
def test_a_named_curve_is_a_curve_that_pays_one_at_the_target(name):
    knots = checked(knots_of(name))
    assert payout(knots, np.array([1.0])) == 1.0


@pytest.mark.parametrize("gap", [5e-324, 1e-310, 1e-300, 1e-12])
def test_knots_however_close_pay_a_number(gap):
    curve = [[0.0, 0.0], [gap, 1.0]]
    pay = [{"kind": "scorecard", "pool_yuan": 1, "weights": {"compliance": 1.0}, "curve": curve}]
    try:
        card = Scenario.of({"scheme": {"pay": pay}}).scheme.pay[0]
    except InputError:
        return  # refused: as good
    found = payout(knots_of(card.curve), np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(found, [0.0, 0.0, 1.0])


@SOME
@given(knots=curves(), mean=st.floats(-5.0, 5.0), sd=st.floats(0.01, 3.0))
def test_the_expected_payout_is_the_mean_over_the_normal_distribution(knots, mean, sd):
    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    size = max(abs(y) for _, y in knots) + 1.0
    found = expected_payout(knots, np.array([mean]), np.array([sd]))[0]
    assert found == pytest.approx(payout(knots, mean + sd * z).mean(), abs=2e-3 * size)


# ---- thresholds and caps ----


@st.composite
def earning(draw):
    """A curve that pays nothing at first and never less for more."""
    knots = draw(curves(rising=True))
    lowest = min(y for _, y in knots)
    return tuple((x, y - lowest) for x, y in knots)


@SOME
@given(knots=earning(), at=AT)
def test_a_curve_limited_to_its_own_reach_is_itself(knots, at):
    close(payout(limited(knots, *reach(knots)), at), payout(knots, at), knots)


@SOME
@given(knots=earning(), ends=st.tuples(THOUSANDTHS, THOUSANDTHS).map(sorted), at=AT)
def test_a_limited_curve_pays_nothing_before_and_no_more_beyond(knots, ends, at):
    start, cap = ends
    found = checked(limited(knots, start, cap))
    assert not payout(found, at[at < start]).any()
    beyond = payout(found, np.array([cap, *at[at > cap]]))
    assert (beyond == beyond[0]).all()


@SOME
@given(knots=earning(), at=AT, share=st.floats(0, 1))
def test_a_later_threshold_changes_nothing_above_it(knots, at, share):
    begins, ends = reach(knots)
    start = begins + share * (ends - begins)
    above = at[(at > start) & (at < ends)]
    close(payout(limited(knots, start, ends), above), payout(knots, above), knots)


def test_thresholds_and_caps_of_the_named_curves():
    line, all_or_nothing = knots_of("linear"), knots_of("threshold")
    assert limited(line, 0.6, 1.0) == ((0.6, 0.0), (0.6, pytest.approx(0.6)), (1.0, 1.0))
    assert limited(line, 0.0, 2.0)[-1] == (2.0, pytest.approx(2.0))
    assert limited(all_or_nothing, 0.8, 1.0) == ((0.8, 0.0), (0.8, 1.0), (1.0, 1.0))
    assert limited(knots_of("capped"), 0.4, 1.0) == ((0.4, 0.0), (1.0, 1.0))
