"""Marginal pay: what one more event is felt to be worth, from the scheme's own pay function."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from sim.activity import NAMES, TOTALS, Activity
from sim.choice import marginal_pay
from sim.indicators import INDICATORS
from sim.scheme import Scheme

SOME = settings(max_examples=100, deadline=None, derandomize=True)
BONUS_FEN = 100_000.0
CASH_TARGET_FEN = 100.0 * INDICATORS["amount_completion"].target
COUNT = st.floats(0, 1e7)
SD = st.floats(1.0, 1e6)


def scheme(**component) -> Scheme:
    return Scheme.model_validate({"pay": [component]})


BONUS = scheme(kind="scorecard", pool_yuan=BONUS_FEN / 100, curve="threshold",
               weights={"amount_completion": 1.0})  # fmt: skip


def felt_cash(mean, sd, nodes) -> np.ndarray:
    """Marginal bonus per fen of cash."""
    counts = {"cash": np.atleast_1d(np.asarray(mean, dtype=float))}
    return marginal_pay(BONUS, counts, {"cash": np.asarray(sd)}, ("cash",), nodes)["cash"]


@SOME
@given(rate=st.floats(0.001, 1.0), cash=COUNT, late=COUNT, sd=SD, late_sd=SD,
       nodes=st.sampled_from([2, 3, 16, 200]))  # fmt: skip
def test_a_linear_commission_is_felt_at_its_rate_whatever_the_doubt(
    rate, cash, late, sd, late_sd, nodes
):
    linear = scheme(kind="commission", rates={"M1": rate, "M7": rate / 2})
    mean = {"cash_m1": np.array([cash]), "cash_m7": np.array([late])}
    doubt = {"cash_m1": np.array([sd]), "cash_m7": np.array([late_sd])}
    felt = marginal_pay(linear, mean, doubt, tuple(mean), nodes)
    noise = 1e-9 * rate * (1.0 + (cash + late) / min(sd, late_sd))
    assert felt["cash_m1"][0] == pytest.approx(rate, rel=1e-9, abs=noise)
    assert felt["cash_m7"][0] == pytest.approx(rate / 2, rel=1e-9, abs=noise)


@pytest.mark.parametrize("nodes", [2, 16, 200])
@pytest.mark.parametrize("away", [-6.0, -4.0, 4.0, 6.0])
def test_a_bonus_far_away_is_not_felt(away, nodes):
    sd = 0.1 * CASH_TARGET_FEN
    assert felt_cash(CASH_TARGET_FEN + away * sd, sd, nodes)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("away", np.linspace(-1.0, 1.0, 9))
def test_many_points_feel_a_near_bonus_as_the_normal_density_at_it(away):
    """The slope of the expected bonus under a normal forecast: B phi(z) / sd."""
    sd = 0.1 * CASH_TARGET_FEN
    found = felt_cash(CASH_TARGET_FEN - away * sd, sd, 200)[0]
    assert found == pytest.approx(BONUS_FEN * norm.pdf(away) / sd, rel=0.01)


@SOME
@given(mean=st.floats(0, 2 * CASH_TARGET_FEN), sd=st.floats(100.0, CASH_TARGET_FEN))
def test_two_points_are_the_central_difference_over_one_sd(mean, sd):
    hit = [BONUS_FEN * (mean + side * sd >= CASH_TARGET_FEN) for side in (-1.0, 1.0)]
    assert felt_cash(mean, sd, 2)[0] == pytest.approx((hit[1] - hit[0]) / (2 * sd))


@SOME
@given(mean=st.floats(0, 2 * CASH_TARGET_FEN), sd=st.floats(100.0, CASH_TARGET_FEN),
       nodes=st.sampled_from([2, 7, 16]))  # fmt: skip
def test_a_total_is_felt_the_same_through_any_of_its_parts(mean, sd, nodes):
    parts = {f"cash_m{b}": np.array([mean / 6]) for b in range(1, 7)}
    felt = marginal_pay(
        BONUS, parts | {"cash": np.array([mean])}, dict.fromkeys(parts, np.array([sd])),
        tuple(parts), nodes)  # fmt: skip
    expected = felt_cash(mean, sd, nodes)[0]
    for part in parts:
        assert felt[part][0] == pytest.approx(expected, abs=1e-9 * BONUS_FEN / sd)


@SOME
@given(means=st.lists(st.floats(0, 2 * CASH_TARGET_FEN), min_size=2, max_size=6),
       sd=st.floats(100.0, CASH_TARGET_FEN))  # fmt: skip
def test_seats_feel_for_themselves(means, sd):
    together = felt_cash(means, np.full(len(means), sd), 2)
    alone = [felt_cash(mean, sd, 2)[0] for mean in means]
    np.testing.assert_allclose(together, alone)


def test_a_pool_cap_is_felt_as_the_share_it_leaves_of_the_next_fen():
    """Of n equal seats over the budget each keeps budget/total of a fen, less its own crowding."""
    seats, rate, cash = 4, 0.1, 1e6
    capped = Scheme.model_validate({"pay": [
        {"kind": "commission", "rates": {"M1": rate}}, {"kind": "pool_cap", "yuan_per_seat": 500.0},
    ]})  # fmt: skip
    counts = {"cash_m1": np.full(seats, cash)}
    felt = marginal_pay(capped, counts, {"cash_m1": np.full(seats, 1e-3 * cash)}, ("cash_m1",))
    left = 500.0 * 100 / (rate * cash)
    np.testing.assert_allclose(felt["cash_m1"], rate * left * (1 - 1 / seats), rtol=1e-4)


MANY_PARTS = Scheme.model_validate({"pay": [
    {"kind": "scorecard", "pool_yuan": 3000, "curve": "accelerated",
     "weights": {"recovery_rate": 0.4, "amount_completion": 0.3, "compliance": 0.3}},
    {"kind": "scorecard", "name": "strict", "pool_yuan": 500, "combine": "minimum",
     "weights": {"satisfaction": 0.5, "collection_cycle": 0.5}},
    {"kind": "commission", "rates": {"M1": 0.01, "M2": 0.03}, "above_yuan": 500},
    {"kind": "gate", "indicator": "compliance", "limit": 0.9, "action": "factor", "factor": 0.5},
    {"kind": "penalty", "yuan": {"caught": 200, "complaints": 20}},
]})  # fmt: skip
FELT = ("cash_m1", "cash_m2", "cures_m3", "cure_days", "compliant", "happy", "caught", "due")


@SOME
@given(seed=st.integers(0, 2**32 - 1))
def test_pay_is_felt_as_the_difference_between_two_whole_calculations(seed):
    """Whatever is remembered on the way: each side is the scheme on counts of its own."""
    rng = np.random.default_rng(seed)
    mean = {name: rng.uniform(0, 10 ** rng.uniform(0, 6), 3) for name in NAMES}
    sd = {name: (0.01 + rng.uniform(0, 0.5)) * (mean[name] + 1.0) for name in FELT}
    mean |= {total: sum(mean[part] for part in parts) for total, parts in TOTALS.items()}
    felt = marginal_pay(MANY_PARTS, mean, sd, FELT)
    for name in FELT:
        moves = {name, *(total for total, parts in TOTALS.items() if name in parts)}
        low, high = (
            sum(MANY_PARTS.amounts(Activity(
                mean | {moved: mean[moved] + side * sd[name] for moved in moves})).values())
            for side in (-1.0, 1.0)
        )  # fmt: skip
        np.testing.assert_allclose(felt[name], (high - low) / (2 * sd[name]), rtol=1e-6, atol=1e-9)
