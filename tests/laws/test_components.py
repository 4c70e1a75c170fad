"""Pay components: what each of them may never do, whatever the counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.activity import NAMES, Activity
from sim.indicators import INDICATORS
from sim.scheme import Scheme

SOME = settings(max_examples=100, deadline=None, derandomize=True)
SEATS = 4
KEYS = st.sampled_from(sorted(INDICATORS))


@st.composite
def activities(draw) -> Activity:
    """Any counts of a few seats; many of them nothing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = 10.0 ** rng.uniform(0, 6, len(NAMES)) * rng.integers(0, 2, len(NAMES))
    return Activity.of(np.floor(rng.uniform(0, 1, (SEATS, len(NAMES))) * most).astype(np.int64))


def pay(activity: Activity, *components: dict) -> np.ndarray:
    """Fen of all components together, shape (seat,)."""
    named = [c | {"name": f"part {i}"} for i, c in enumerate(components)]
    return sum(Scheme.model_validate({"pay": named}).settle(activity).values())


CARD = {"kind": "scorecard", "pool_yuan": 3000,
        "weights": {"recovery_rate": 0.5, "compliance": 0.5}}  # fmt: skip
COMMISSION = {"kind": "commission", "rates": {"M1": 0.01, "M6": 0.2}}
PENALTY = {"kind": "penalty", "yuan": {"complaints": 50.0, "caught": 200.0}, "most_yuan": 900}
EARNINGS = st.lists(st.sampled_from([CARD, COMMISSION, PENALTY]), min_size=1, max_size=3)
ACTIONS = st.sampled_from([
    {"action": "zero"}, {"action": "cap", "cap_yuan": 500}, {"action": "cap", "cap_yuan": 0},
    {"action": "factor", "factor": 0.7}, {"action": "factor", "factor": 0.0},
])  # fmt: skip


@SOME
@given(activity=activities(), earnings=EARNINGS, key=KEYS, limit=st.floats(-10, 100), act=ACTIONS)
def test_a_gate_takes_and_never_gives(activity, earnings, key, limit, act):
    gate = {"kind": "gate", "indicator": key, "limit": limit} | act
    assert (pay(activity, *earnings, gate) <= pay(activity, *earnings)).all()


@SOME
@given(activity=activities(), earnings=EARNINGS, budget=st.floats(0, 5000))
def test_a_pool_cap_takes_and_never_gives(activity, earnings, budget):
    cap = {"kind": "pool_cap", "yuan_per_seat": budget}
    assert (pay(activity, *earnings, cap) <= pay(activity, *earnings)).all()


@SOME
@given(activity=activities(), budget=st.floats(0, 5000))
def test_seats_together_are_never_paid_more_than_the_pool(activity, budget):
    """But for rounding each part to whole fen."""
    cap = {"kind": "pool_cap", "yuan_per_seat": budget}
    paid = pay(activity, CARD, COMMISSION, cap)
    assert paid.sum() <= budget * 100 * SEATS + 0.5 * 3 * SEATS


@SOME
@given(activity=activities(), most=st.floats(0, 5000))
def test_a_penalty_never_takes_more_than_its_limit(activity, most):
    taken = -pay(activity, PENALTY | {"most_yuan": most})
    assert (taken >= 0).all()
    assert (taken <= np.rint(most * 100)).all()


@SOME
@given(activity=activities(), above=st.floats(0, 1e6))
def test_a_threshold_never_raises_a_commission(activity, above):
    assert (pay(activity, COMMISSION | {"above_yuan": above}) <= pay(activity, COMMISSION)).all()


@SOME
@given(activity=activities(), weight=st.integers(0, 100), keys=st.lists(
    KEYS, min_size=2, max_size=2, unique=True))  # fmt: skip
def test_the_strictest_combination_never_pays_more_than_the_product_nor_that_than_the_sum(
    activity, weight, keys
):
    """Minimum, weighted geometric mean, weighted mean: in this order for payouts above zero."""
    shares = {keys[0]: weight / 100, keys[1]: 1 - weight / 100}
    curve = [[0.0, 0.1], [2.0, 2.0]]
    low, middle, high = (
        pay(activity, CARD | {"weights": shares, "curve": curve, "combine": combine})
        for combine in ("minimum", "product", "sum")
    )
    assert (low <= middle).all()
    assert (middle <= high).all()


@pytest.mark.parametrize("key", ["risk_customers", "early_warnings", "amount_completion"])
def test_who_reaches_a_target_exactly_has_reached_it(key):
    indicator = INDICATORS[key]
    counts = {name: np.zeros(2) for name in NAMES}
    column = "cash_m1" if key == "amount_completion" else indicator.reads[0]
    unit = 100.0 if key == "amount_completion" else 1.0
    counts[column] = indicator.target * unit - np.array([1.0, 0.0])
    bonus = CARD | {"weights": {key: 1.0}, "curve": "threshold"}
    assert pay(Activity(counts), bonus).tolist() == [0, 300_000]
