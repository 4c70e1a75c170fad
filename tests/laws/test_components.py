"""Pay components: what each of them may never do, whatever the counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.activity import NAMES, Activity
from sim.indicators import INDICATORS
from sim.scheme import Scheme

SOME = settings(max_examples=100, derandomize=True)
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
BOUNTY = {"kind": "bounty", "yuan": {"cures_m2": 20, "paid3_m3": 5}}
TEAM = {"kind": "team", "pool": [[0, 0], [100_000, 900]], "split": "result"}
RANK = {"kind": "rank", "measure": "recovery_rate", "places": [800, 300]}
KINDS = [CARD, COMMISSION, PENALTY, BOUNTY, TEAM, RANK]
EARNINGS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)
ACTIONS = st.sampled_from([
    {"action": "zero"}, {"action": "cap", "cap_yuan": 500}, {"action": "cap", "cap_yuan": 0},
    {"action": "factor", "factor": 0.7}, {"action": "factor", "factor": 0.0},
])  # fmt: skip


@SOME
@given(activity=activities(), earnings=EARNINGS, key=KEYS, limit=st.floats(-10, 100), act=ACTIONS)
def test_a_gate_takes_and_never_gives(activity, earnings, key, limit, act):
    gate = {"kind": "gate", "all_of": [{"measure": key, "at_least": limit}]} | act
    assert (pay(activity, *earnings, gate) <= pay(activity, *earnings)).all()


@SOME
@given(activity=activities(), earnings=EARNINGS, budget=st.floats(0, 5000))
def test_a_pool_cap_takes_and_never_gives(activity, earnings, budget):
    cap = {"kind": "pool_cap", "yuan_per_seat": budget}
    assert (pay(activity, *earnings, cap) <= pay(activity, *earnings)).all()


@SOME
@given(activity=activities(), earnings=EARNINGS, key=KEYS, act=ACTIONS)
def test_a_gate_leaves_no_debt_where_there_was_none(activity, earnings, key, act):
    gate = {"kind": "gate", "all_of": [{"measure": key, "at_least": 1e9}]} | act
    rounding = 0.5 * (len(earnings) + 2)
    before = pay(activity, *earnings)
    assert (pay(activity, *earnings, gate, gate) >= np.minimum(before, 0) - rounding).all()


@SOME
@given(activity=activities(), earnings=EARNINGS, key=KEYS, limit=st.floats(-10, 100),
       share=st.floats(0, 1))  # fmt: skip
def test_a_booster_gives_at_most_its_share(activity, earnings, key, limit, share):
    booster = {"kind": "booster", "share": share, "all_of": [{"measure": key, "at_most": limit}]}
    before = pay(activity, *earnings)
    more = pay(activity, *earnings, booster) - before
    assert (more >= 0).all()
    assert (more <= np.maximum(before, 0) * share + 3).all()


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
@given(activity=activities(), wage=st.integers(0, 500_000), floor=st.integers(0, 6000),
       earnings=EARNINGS)  # fmt: skip
def test_neither_penalty_nor_clawback_goes_below_the_legal_minimum(activity, wage, floor, earnings):
    there = activity.also(lambda _: {"wage": np.full(SEATS, float(wage))})
    before = wage + pay(there, *earnings)
    fine = PENALTY | {"most_yuan": 1e6, "floor_yuan": floor}
    grab = {"kind": "clawback", "shares": {"attempts": 1.0}, "window": 1, "floor_yuan": floor}
    for rule in (fine, grab):
        after = wage + pay(there, *earnings, rule)
        assert (after >= np.minimum(before, floor * 100) - 3).all()
        assert (after <= before).all()


@SOME
@given(activity=activities(), wage=st.integers(0, 500_000), least=st.integers(0, 9000),
       earnings=EARNINGS)  # fmt: skip
def test_with_a_guarantee_or_a_draw_nobody_takes_less_home(activity, wage, least, earnings):
    known = {"wage": np.full(SEATS, float(wage)), "part 9.debt": np.zeros(SEATS)}
    there = activity.also(lambda _: known)
    for kind in ("guarantee", "draw"):
        rule = {"kind": kind, "yuan": least, "name": "part 9"}
        named = [c | {"name": f"part {i}"} for i, c in enumerate(earnings)]
        paid = Scheme.model_validate({"pay": [*named, rule]}).settle(there).sum()
        assert (wage + paid >= least * 100 - 3).all()


@SOME
@given(activity=activities(), places=st.lists(st.integers(0, 900), min_size=1, max_size=6),
       key=KEYS)  # fmt: skip
def test_a_league_pays_all_its_prizes_and_the_better_no_less(activity, places, key):
    places = sorted(places, reverse=True)
    paid = pay(activity, {"kind": "rank", "measure": key, "places": places})
    assert paid.sum() == pytest.approx(100 * sum(places[:SEATS]), abs=SEATS)
    indicator = INDICATORS[key]
    attained = indicator.attainment(activity, indicator.zero, indicator.target)
    in_order = paid[np.argsort(attained, kind="stable")]
    assert (np.diff(in_order) >= -1).all()


@SOME
@given(activity=activities(), split=st.sampled_from(["equal", "result"]))
def test_a_team_is_paid_its_pool_however_it_is_divided(activity, split):
    equal, divided = (pay(activity, TEAM | {"split": s}) for s in ("equal", split))
    cash = sum(activity[f"cash_m{b}"] for b in range(1, 7))
    assert divided.sum() == pytest.approx(equal.sum(), abs=SEATS) or cash.sum() == 0
    assert (divided >= 0).all()


@SOME
@given(months=st.lists(st.integers(0, 50), min_size=1, max_size=12),
       shares=st.lists(st.integers(1, 9), min_size=1, max_size=3), spacing=st.integers(1, 4),
       held=st.floats(0, 1))  # fmt: skip
def test_what_is_deferred_is_paid_or_owed_to_the_fen(months, shares, spacing, held):
    vesting = [share / sum(shares) for share in shares]
    scheme = Scheme.model_validate({"pay": [
        {"kind": "bounty", "yuan": {"cures": 1.11}},
        {"kind": "deferral", "share": held, "vesting": vesting, "spacing": spacing},
    ]})  # fmt: skip
    memory, paid = scheme.start(1), 0
    for cures in [*months, *[0] * (spacing * len(vesting))]:
        a = Activity({"cures": np.array([float(cures)]), "cash_m1": np.zeros(1), **memory})
        parts = scheme.settle(a)
        memory = scheme.remember(a, parts)
        paid += int(parts["deferral"][0])
        assert paid == pytest.approx(-scheme.owed(memory)[0], abs=1e-6)
    assert paid == 0


@SOME
@given(events=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=12),
       window=st.integers(1, 5))  # fmt: skip
def test_no_fen_is_clawed_back_twice(events, window):
    scheme = Scheme.model_validate({"pay": [
        {"kind": "bounty", "yuan": {"cures": 10}},
        {"kind": "clawback", "yuan": {"relapses": 17}, "window": window},
    ]})  # fmt: skip
    memory, paid, taken = scheme.start(1), [], 0
    for cures, relapses in events:
        counts = {"cures": float(cures), "relapses": float(relapses), "cash_m1": 0.0, "wage": 1e7}
        a = Activity({name: np.array([value]) for name, value in counts.items()} | memory)
        parts = scheme.settle(a)
        memory = scheme.remember(a, parts)
        paid.append(int(parts["bounty"][0]))
        now = -int(parts["clawback"][0])
        taken += now
        assert 0 <= now <= min(1700 * relapses, sum(paid[-window:]))
        assert taken <= sum(paid)


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
