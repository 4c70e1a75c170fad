"""Marginal pay: what one more event is felt to be worth, from the scheme's own pay function."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from sim.activity import NAMES, TOTALS, Activity
from sim.choice import Response, marginal_pay, marginal_pay_of_a_mate
from sim.foresight import Foresight
from sim.indicators import INDICATORS
from sim.scheme import Scheme

SOME = settings(max_examples=100, derandomize=True)
FEW = settings(SOME, max_examples=12)
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


STEP = {  # 500 yuan if the team's mean reaches 100
    "pool": [{"kind": "team", "measure": "kept", "pool": [[100, 0], [100, 500]]}],
    "card": [{"kind": "scorecard", "of": "team", "pool_yuan": 500, "curve": "threshold",
              "weights": {"kept": 1.0}, "targets": {"kept": {"zero": 0, "target": 100}}}],
    "gate": [{"kind": "bounty", "yuan": {"once": 500}},
             {"kind": "gate", "all_of": [{"measure": "kept", "at_least": 100, "of": "team"}]}],
    "booster": [{"kind": "bounty", "yuan": {"once": 500}},
                {"kind": "booster", "share": 1.0,
                 "any_of": [{"measure": "kept", "at_least": 100, "of": "team"}]}],
}  # fmt: skip


@pytest.mark.parametrize("step", STEP)
@pytest.mark.parametrize("members", [1, 4, 25])
@pytest.mark.parametrize("away", [0.0, 1.0])
def test_a_teams_step_is_felt_as_the_density_of_the_teams_own_doubt(step, members, away):
    """B phi(z) / S a fen of the mean; S is 1/sqrt(n) of a member's sd, the own part 1/n."""
    sd = 20.0
    doubt = sd / members**0.5
    mean = {"kept": np.full(members, 100.0 - away * doubt), "team": np.zeros(members)}
    pay = Scheme.model_validate({"pay": STEP[step]})
    found = marginal_pay(pay, mean, {"kept": np.full(members, sd)}, ("kept",), 200)["kept"]
    expected = 100.0 * 500.0 * norm.pdf(away) / doubt / members
    np.testing.assert_allclose(found, expected, rtol=0.02)


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
     "weights": {"recovery_rate": 0.4, "amount_completion": 0.3, "compliance": 0.3},
     "targets": {"recovery_rate": {"rule": "difficulty"}}, "deductions": {"complaints": 0.001}},
    {"kind": "scorecard", "name": "strict", "pool_yuan": 500, "combine": "minimum",
     "weights": {"satisfaction": 0.5, "collection_cycle": 0.5}},
    {"kind": "scorecard", "name": "ours", "pool_yuan": 500, "of": "house",
     "weights": {"happy / surveys": 1.0}, "targets": {"happy / surveys": {"zero": 0, "target": 1}}},
    {"kind": "commission", "rates": {"M1": 0.01, "M2": 0.03}, "above_yuan": 500,
     "tiers": [{"above_yuan": 2000, "factor": 2}, {"above_yuan": 4000, "factor": 0.5}]},
    {"kind": "commission", "name": "on fees", "rates": {"M2": 0.2}, "fee_shares": {"M2": 0.3},
     "above_wages": 1.5, "retroactive": True, "tiers": [{"above_yuan": 900, "factor": 1.2}]},
    {"kind": "bounty", "yuan": {"cures_m3": [[1, 2], [3, 5]], "happy": [[0, 1], [1, 1]]},
     "axes": [{"measure": "recovery_rate", "edges": [1]},
              {"measure": "cash", "edges": [3000], "of": "team"}]},
    {"kind": "team", "pool": [[0, 0], [5000, 400]], "split": "result"},
    {"kind": "gate", "all_of": [{"measure": "compliance", "at_least": 0.9}],
     "any_of": [{"measure": "complaints", "at_most": 5},
                {"measure": "happy", "at_least": 50, "of": "team"}],
     "action": "factor", "factor": 0.5},
    {"kind": "booster", "on": ["on fees"], "share": 0.2,
     "all_of": [{"measure": "cures", "at_least": 20}]},
    {"kind": "penalty", "yuan": {"caught": 200, "complaints": 20}, "floor_yuan": 3000},
    {"kind": "guarantee", "yuan": 4000, "first_days": 90},
]})  # fmt: skip
REMEMBERING = Scheme.model_validate({"pay": [
    *MANY_PARTS.model_dump(mode="json")["pay"],
    {"kind": "scorecard", "name": "moving", "pool_yuan": 800,
     "weights": {"recovery_rate": 0.5, "happy": 0.5},
     "targets": {"recovery_rate": {"rule": "ratchet", "speed": 0.3},
                 "happy": {"zero": 0, "target": 500}},
     "reweighting": {"speed": 0.2, "onto": "indicator"}},
    {"kind": "bounty", "name": "rise", "yuan": {"once": [0, 300]},
     "axes": [{"measure": "amount_completion", "reading": "change", "edges": [0]}]},
    {"kind": "ladder", "steps_yuan": [0, 300, 600], "up": 2500, "down": 900, "periods": 2,
     "on": ["scorecard", "moving"]},
    {"kind": "draw", "yuan": 5000},
    {"kind": "deferral", "share": 0.3, "vesting": [0.5, 0.5], "spacing": 2},
    {"kind": "clawback", "yuan": {"complaints": 10}, "shares": {"caught": 0.1}, "window": 2},
    {"kind": "commission", "name": "quarterly", "every": 3, "rates": {"M3": 0.1},
     "above_yuan": 100},
]})  # fmt: skip
FACTS_OF_THREE = {"period": np.full(3, 1.0), "team": np.array([0.0, 0.0, 1.0]),
                  "tenure_days": np.array([20.0, 400.0, 50.0]), "wage": np.full(3, 3e5),
                  "ease_rate": np.array([0.8, 1.0, 1.3]), "ease_amount": np.ones(3)}  # fmt: skip
FELT = ("cash_m1", "cash_m2", "cures_m3", "cure_days", "compliant", "happy", "caught", "due")


def forecast(seed: int) -> tuple[dict, dict]:
    """Mean and sd of three seats' counts, facts and totals included."""
    rng = np.random.default_rng(seed)
    mean = {name: rng.uniform(0, 10 ** rng.uniform(0, 6), 3) for name in NAMES}
    sd = {name: (0.01 + rng.uniform(0, 0.5)) * (mean[name] + 1.0) for name in FELT}
    mean |= {total: sum(mean[part] for part in parts) for total, parts in TOTALS.items()}
    return mean | FACTS_OF_THREE, sd


def moved(mean: dict, sd: dict, name: str, side: float, seat: int) -> dict:
    """The counts if one seat's are another and its colleagues' are not."""
    moves = {name, *(total for total, parts in TOTALS.items() if name in parts)}
    step = side * sd[name] * (np.arange(3) == seat)
    return mean | {move: mean[move] + step for move in moves}


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_pay_is_felt_as_the_difference_between_two_whole_calculations(seed):
    """Whatever is remembered on the way: each side is the scheme on counts of its own."""
    mean, sd = forecast(seed)
    felt = marginal_pay(MANY_PARTS, mean, sd, FELT)
    for name in FELT:
        for seat in range(3):
            low, high = (
                MANY_PARTS.amounts(Activity(moved(mean, sd, name, side, seat), doubt=sd)).sum()[
                    seat
                ]
                for side in (-1.0, 1.0)
            )
            expected = (high - low) / (2 * sd[name][seat])
            assert felt[name][seat] == pytest.approx(expected, rel=1e-6, abs=1e-9), (name, seat)


# ---- looking ahead ----


def ahead_of(scheme: Scheme, mean: dict, worth: np.ndarray) -> Foresight:
    """As many coming periods like this one as weights, worth so much each."""
    usual = {name: column for name, column in mean.items() if name in (*NAMES, *TOTALS)}
    return Foresight([scheme] * len(worth), usual, worth[:, None])


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_who_looks_ahead_without_memory_feels_what_who_does_not(seed):
    mean, sd = forecast(seed)
    alone = marginal_pay(MANY_PARTS, mean, sd, FELT)
    ahead = marginal_pay(
        MANY_PARTS, mean, sd, FELT, ahead=ahead_of(MANY_PARTS, mean, np.full(2, 0.9)))  # fmt: skip
    for name in FELT:
        np.testing.assert_allclose(ahead[name], alone[name], rtol=1e-6, atol=1e-7)


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_later_pay_is_felt_as_the_difference_between_two_whole_futures(seed):
    """One seat's counts differ now; all periods are settled one after another, both ways."""
    mean, sd = forecast(seed)
    mean |= REMEMBERING.start(3) | {"period": np.full(3, 2.0)}
    worth = 0.9 ** np.arange(1, 6)
    felt = marginal_pay(
        REMEMBERING, mean, sd, FELT, ahead=ahead_of(REMEMBERING, mean, worth))  # fmt: skip

    def future(now: dict) -> np.ndarray:
        total, memory = 0.0, {}
        for k, weight in enumerate((1.0, *worth)):
            then = (
                now
                if k == 0
                else mean
                | memory
                | {"period": mean["period"] + k, "tenure_days": mean["tenure_days"] + 30.0 * k}
            )
            parts = REMEMBERING.amounts(Activity(then, doubt=sd))
            total = total + weight * parts.sum()
            memory = REMEMBERING.remember(Activity(then), parts)
        return total

    for name in FELT:
        for seat in range(3):
            low, high = (future(moved(mean, sd, name, side, seat))[seat] for side in (-1.0, 1.0))
            expected = (high - low) / (2 * sd[name][seat])
            assert felt[name][seat] == pytest.approx(expected, rel=1e-6, abs=1e-7), (name, seat)


def power_of_a_ratchet(beta: float, speed: float, results: str = "seat", seats: int = 1) -> float:
    """Felt pay for a fen of cash, share of the piece rate."""
    linear = [[-1e6, -1e6], [1e6, 1e6]]
    card = scheme(kind="scorecard", pool_yuan=100.0, curve=linear,
                  weights={"amount_completion": 1.0},
                  targets={"amount_completion": {"zero": 0, "target": 1000, "rule": "ratchet",
                                                 "speed": speed, "results": results}})  # fmt: skip
    mean = {"cash": np.full(seats, 1e5), "period": np.zeros(seats), "team": np.zeros(seats),
            "tenure_days": np.zeros(seats)} | card.start(seats)  # fmt: skip
    ahead = Foresight([card] * 60, {}, beta ** np.arange(1, 61)[:, None])
    felt = marginal_pay(card, mean, {"cash": np.full(seats, 100.0)}, ("cash",), ahead=ahead)
    return felt["cash"][0] / 0.1


@pytest.mark.parametrize(("beta", "speed"), [(0.99, 0.3), (0.9, 0.3), (0.0, 0.3), (0.9, 1.0)])
def test_a_ratchet_weakens_pay_as_weitzman_has_it(beta, speed):
    """Weitzman 1980: (1 - beta) / (1 - beta (1 - speed)); .033 at .99 and .3, 1 for the myopic."""
    assert power_of_a_ratchet(beta, speed) == pytest.approx(
        (1 - beta) / (1 - beta * (1 - speed)), rel=0.01)  # fmt: skip


def test_a_ratchet_on_a_groups_results_hardly_restrains_a_member():
    """Cardella and Depew 2018: restriction of output vanishes where the group is judged."""
    alone, of_twenty = (power_of_a_ratchet(0.99, 0.3, "house", seats) for seats in (1, 20))
    assert alone == pytest.approx(0.033, abs=0.001)
    assert of_twenty == pytest.approx(1 - (1 - alone) / 20, rel=1e-6)


def test_deferred_pay_is_felt_by_who_may_leave_and_cannot_wait():
    """exp(-(h + delta) d): .423 of a fen after a year, h = .76 and delta = .10 a year."""
    deferred = Scheme.model_validate({"pay": [
        {"kind": "commission", "rates": {"M1": 0.1}},
        {"kind": "deferral", "share": 1.0, "vesting": [1.0], "spacing": 12},
    ]})  # fmt: skip
    mean = {"cash_m1": np.array([1e6]), "period": np.zeros(1), "tenure_days": np.zeros(1)}
    worth = np.exp(-(0.76 + 0.10) * np.arange(1, deferred.lasts + 1) / 12.0)[:, None]
    felt = marginal_pay(
        deferred, mean | deferred.start(1), {"cash_m1": np.array([1e4])}, ("cash_m1",),
        ahead=Foresight([deferred] * deferred.lasts, {}, worth))  # fmt: skip
    assert felt["cash_m1"][0] / 0.1 == pytest.approx(0.423, abs=0.001)


@pytest.mark.parametrize("impatience", [0.0, 0.10])
@pytest.mark.parametrize("mode", ["rational", "adaptive"])
def test_deferred_pay_that_leavers_keep_costs_them_only_the_wait(mode, impatience):
    """Chances to leave after each of twelve months, times the wait until then: a geometric sum."""
    quits, months, seat = 0.76, 12, np.array([0.76])
    kept = Scheme.model_validate({"pay": [
        {"kind": "commission", "rates": {"M1": 0.1}},
        {"kind": "deferral", "share": 1.0, "vesting": [1.0], "spacing": months, "leaver": "keep"},
    ]})  # fmt: skip
    response, days = Response(mode=mode, impatience=impatience), 365 / months
    mean = {"cash_m1": np.array([1e6]), "period": np.zeros(1), "tenure_days": np.zeros(1)}
    felt = marginal_pay(
        kept, mean | kept.start(1), {"cash_m1": np.array([1e4])}, ("cash_m1",),
        ahead=Foresight([kept] * months, {}, response.later(months, days, seat), days,
                        parting=response.parting(months, days, seat)))  # fmt: skip
    bias = 1.0 if mode == "rational" else response.present_bias
    wait, stay = np.exp(-impatience / months), np.exp(-quits / months)
    leave = 1.0 - stay
    later = leave * sum((wait * stay) ** k for k in range(1, months)) + (wait * stay) ** months
    assert felt["cash_m1"][0] / 0.1 == pytest.approx(leave + bias * later, rel=1e-4)
    if mode == "rational" and impatience == 0.0:
        assert felt["cash_m1"][0] / 0.1 == pytest.approx(1.0, rel=1e-4)


def test_a_step_on_the_ladder_is_felt_as_all_the_pay_it_leads_to():
    """Certain to stay and to pass: 500 yuan in each of twelve months for one more good month."""
    ladder = scheme(kind="ladder", measure="cures", steps_yuan=[0, 500], up=100, periods=1)
    now = {"cures": np.array([100.0]), "period": np.zeros(1), "tenure_days": np.zeros(1)}
    later = Foresight([ladder] * 12, {"cures": np.array([0.0])}, np.ones((12, 1)))
    felt = marginal_pay(
        ladder, now | ladder.start(1), {"cures": np.array([5.0])}, ("cures",), 200, ahead=later
    )
    assert felt["cures"][0] == pytest.approx(12 * 50_000 * norm.pdf(0) / 5.0, rel=0.01)


# ---- with and against colleagues ----


@pytest.mark.parametrize("others", [0.0, -0.5, 1.0])
def test_a_prize_is_felt_as_lazear_and_rosen_have_it(others):
    """Of two: the prize times the density of the difference; dW / (2 s sqrt(pi)) if equal."""
    prize_fen, sd = 200_000.0, 1000.0
    duel = scheme(kind="rank", measure="cures", places=[prize_fen / 100])
    mean = {"cures": np.array([5e4, 5e4 + others * sd]), "team": np.zeros(2), "staffed": np.ones(2)}
    felt = marginal_pay(duel, mean, {"cures": np.full(2, sd)}, ("cures",), 200)
    density = norm.pdf(others, scale=np.sqrt(2.0)) / sd
    np.testing.assert_allclose(felt["cures"], prize_fen * density, rtol=0.01)


def test_a_prize_among_many_is_felt_as_the_chance_to_be_among_the_best():
    """Of 200 alike, the best tenth get a prize: the cut lies at the normal's 90th percentile."""
    seats, sd, prize_fen = 200, 1000.0, 100_000.0
    league = scheme(kind="rank", measure="cures", among="house", shares=[[0.1, prize_fen / 100]])
    mean = {"cures": np.full(seats, 5e4), "team": np.zeros(seats), "staffed": np.ones(seats)}
    felt = marginal_pay(league, mean, {"cures": np.full(seats, sd)}, ("cures",), 200)
    expected = prize_fen * norm.pdf(norm.ppf(0.9)) / sd
    np.testing.assert_allclose(felt["cures"], expected, rtol=0.03)


@pytest.mark.parametrize("rivals", [30, 31])
def test_the_chance_of_a_place_is_the_same_counted_or_as_a_crowd(rivals):
    """Simulated: all results drawn a hundred thousand times, but the own, which is given."""
    rng, n = np.random.default_rng(3), rivals + 1
    mean, sd = 100.0 + rng.normal(0, 10, n), rng.uniform(3, 20, n)
    league = scheme(kind="rank", measure="cures", among="house", places=[500, 300, 300, 100])
    doubtful = Activity(
        {"cures": mean, "team": np.zeros(n), "staffed": np.ones(n)}, doubt={"cures": sd}
    )
    own = 120.0
    felt = league.amounts(doubtful.but({"cures": np.full(n, own)})).sum()[0]
    others = mean[1:] + sd[1:] * rng.normal(size=(100_000, n - 1))
    place = (others > own).sum(axis=1)
    prizes = np.array([50_000, 30_000, 30_000, 10_000] + [0] * n)
    assert felt == pytest.approx(prizes[place].mean(), rel=0.04)


def test_a_team_of_n_feels_an_nth():
    """e = b / (n c): each member's fen is shared by all (Holmstrom 1982)."""
    shared = scheme(kind="team", pool=[[0, 0], [1e6, 1e5]])
    team = np.array([0, 0, 0, 0, 1, 2, 2])
    mean = {"cash": np.full(7, 1e6), "team": team.astype(float)}
    felt = marginal_pay(shared, mean, {"cash": np.full(7, 1e4)}, ("cash",))
    np.testing.assert_allclose(felt["cash"], 0.1 / np.bincount(team)[team])


SHARED = [
    {"kind": "team", "pool": [[0, 0], [1e6, 1e5]]},
    {"kind": "commission", "of": "team", "rates": {"M1": 0.1}},
    {"kind": "scorecard", "of": "team", "pool_yuan": 1e5, "weights": {"cash": 1.0},
     "targets": {"cash": {"zero": 0, "target": 1e6}}},
]  # fmt: skip


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("component", SHARED, ids=lambda c: c["kind"])
def test_mates_gain_as_much_as_oneself_from_what_is_shared(component, every):
    """Of what a team gets for an event each member has an n-th, whoever brought it."""
    shared = scheme(**component, every=every)
    team = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0])
    mean = {"cash_m1": np.full(7, 1e6), "team": team, "period": np.full(7, every - 1.0)}
    mean |= {f"cash_m{b}": np.zeros(7) for b in range(2, 7)} | shared.start(7)
    case = shared, mean, {"cash_m1": np.full(7, 1e4)}, ("cash_m1",)
    own, of_mate = marginal_pay(*case)["cash_m1"], marginal_pay_of_a_mate(*case)["cash_m1"]
    np.testing.assert_allclose(own, 0.1 / np.array([4, 4, 4, 4, 1, 2, 2]), rtol=1e-9)
    np.testing.assert_allclose(of_mate, own, rtol=1e-9)


def test_what_one_of_a_league_wins_its_rivals_lose():
    league = scheme(kind="rank", measure="cures", places=[2000])
    mean = {"cures": np.full(4, 5e4), "team": np.zeros(4), "staffed": np.ones(4)}
    case = league, mean, {"cures": np.full(4, 1000.0)}, ("cures",), 200
    own, of_mate = marginal_pay(*case)["cures"], marginal_pay_of_a_mate(*case)["cures"]
    np.testing.assert_allclose(own + 3 * of_mate, 0.0, atol=1e-9 * own[0])
    assert (of_mate < 0.0).all()


def test_mates_gain_nothing_from_pay_for_own_results():
    alone = scheme(kind="commission", rates={"M1": 0.1})
    mean = {"cash_m1": np.full(4, 1e6), "team": np.zeros(4)}
    assert marginal_pay_of_a_mate(alone, mean, {"cash_m1": np.full(4, 1e4)}, ("cash_m1",)) == {}


def test_a_league_by_pay_is_felt_like_one_by_what_is_paid_for():
    """Twice the pay, twice the doubt about it: places are the same."""
    mean = {"cures": np.array([9.0, 11.0, 12.0]), "team": np.zeros(3), "staffed": np.ones(3)}
    sd = {"cures": np.array([2.0, 3.0, 1.0])}
    prizes = {"kind": "rank", "places": [2000, 500]}
    paid = {"kind": "bounty", "yuan": {"cures": 7}}
    by_cures, by_pay = (
        marginal_pay(Scheme.model_validate({"pay": [paid, prizes | by]}), mean, sd, ("cures",))
        for by in ({"measure": "cures"}, {"on": ["bounty"]})
    )
    np.testing.assert_allclose(by_pay["cures"], by_cures["cures"], rtol=1e-9)
