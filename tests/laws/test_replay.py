"""Replay: people who do not respond give every scheme the same truth, re-priced to the fen.

Pay is calculated a second time here, by hand: fractions of the recorded counts, seat by seat.
"""

from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.activity import COLUMN, NAMES, Activity
from sim.indicators.risk import USUAL_BAD_DEBT_RATE
from sim.scheme import Scheme
from sim.units import BUCKETS

NEARLY = Fraction(1, 10**6)  # fen that sums in floats may be away from the hand's
SOME = settings(max_examples=15, derandomize=True)

# ---- the hand ----

BILLIONTH = Fraction(1, 10**9)


def share(part: int, whole: int, prior: str = "0", weight: Fraction | str = BILLIONTH) -> Fraction:
    """The part of the whole, pulled to the prior as by so many cases more."""
    return (part + Fraction(prior) * Fraction(weight)) / (whole + Fraction(weight))


def total(seat: dict[str, int], event: str) -> int:
    return sum(seat[f"{event}_m{b}"] for b in range(1, 7))


INDICATOR = {
    "recovery_rate": lambda n: share(total(n, "cash"), n["due"]),
    "amount_completion": lambda n: Fraction(total(n, "cash"), 100),
    "collection_cycle": lambda n: share(n["cure_days"], total(n, "cures"), "45", "1"),
    "risk_customers": lambda n: Fraction(n["risk_hits"]),
    "early_warnings": lambda n: Fraction(n["warning_hits"]),
    "bad_debt_reduction": lambda n: (
        Fraction(str(USUAL_BAD_DEBT_RATE)) - share(n["written_off"], n["exposure"])),
    "satisfaction": lambda n: share(n["happy"], n["surveys"], "0.6", "5"),
    "complaint_timeliness": lambda n: share(
        n["complaints_in_time"], n["complaints"], "0.7", "0.5"),
    "response_speed": lambda n: share(n["replies_in_time"], n["inquiries"], "0.6", "1"),
    "compliance": lambda n: share(n["compliant"], n["checked"], "0.9", "5"),
    "documents": lambda n: share(n["files_complete"], n["files_due"], "0.7", "5"),
    "entry_accuracy": lambda n: share(n["entries_right"], n["entries_due"], "0.8", "5"),
}  # fmt: skip


def on_curve(knots: list, at: Fraction) -> Fraction:
    knots = [(Fraction(str(x)), Fraction(str(y))) for x, y in knots]
    if at < knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x0 <= at < x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return knots[-1][1]


def card(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:  # noqa: ARG001  (table)
    payouts = {}
    for key, weight in rule["weights"].items():
        zero, full = (Fraction(str(rule["targets"][key][end])) for end in ("zero", "target"))
        attained = (INDICATOR[key](seat) - zero) / (full - zero)
        payouts[key] = (Fraction(str(weight)), on_curve(rule["curves"][key], attained))
    if rule["combine"] == "sum":
        score = sum(weight * paid for weight, paid in payouts.values())
    elif rule["combine"] == "minimum":
        score = min(paid for weight, paid in payouts.values() if weight)
    else:
        score = Fraction(prod(float(max(p, 0)) ** float(w) for w, p in payouts.values() if w))
    return rule["pool_yuan"] * 100 * score


def commission(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:  # noqa: ARG001
    fee = {b: Fraction(str(rule["fee_shares"].get(b, 0))) if rule["fee_shares"] else 1
           for b in rule["rates"]}  # fmt: skip
    base = {b: seat[f"cash_{b.lower()}"] * fee[b] for b in rule["rates"]}
    before = sum(Fraction(str(rate)) * base[bucket] for bucket, rate in rule["rates"].items())
    whole, free = sum(base.values()), rule["above_yuan"] * 100
    steps = [(tier["above_yuan"] * 100, Fraction(str(tier["factor"]))) for tier in rule["tiers"]]
    tiers = [(free, Fraction(1)), *steps]
    if rule["retroactive"]:
        reached = [factor for start, factor in tiers[1:] if whole >= start]
        counted = max(whole - free, 0) * (reached[-1] if reached else 1)
    else:
        ends = [start for start, _ in tiers[1:]] + [max(whole, free)]
        counted = sum(
            factor * max(min(whole, end) - max(start, free), 0)
            for (start, factor), end in zip(tiers, ends, strict=True)
        )
    return before * counted / max(whole, 1)


def penalty(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:  # noqa: ARG001
    owed = sum(Fraction(str(yuan)) * 100 * seat[event] for event, yuan in rule["yuan"].items())
    return -min(owed, Fraction(rule["most_yuan"] * 100))


def holds(rule: dict, seat: dict[str, int]) -> bool:
    def met(condition: dict) -> bool:
        value = INDICATOR[condition["measure"]](seat)
        if "at_most" in condition:
            return value <= Fraction(str(condition["at_most"]))
        return value >= Fraction(str(condition["at_least"]))

    return all(map(met, rule["all_of"])) and (not rule["any_of"] or any(map(met, rule["any_of"])))


def gate(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:
    earned = max(earned, Fraction(0))
    if holds(rule, seat):
        return Fraction(0)
    if rule["action"] == "zero":
        return -earned
    if rule["action"] == "cap":
        return min(earned, Fraction(rule["cap_yuan"] * 100)) - earned
    return earned * Fraction(str(rule["factor"])) - earned


def booster(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:
    return max(earned, Fraction(0)) * Fraction(str(rule["share"])) * holds(rule, seat)


def bounty(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:  # noqa: ARG001
    places = [bisect_right([Fraction(str(e)) for e in axis["edges"]],
                           INDICATOR[axis["measure"]](seat)) for axis in rule["axes"]]  # fmt: skip
    fen = Fraction(0)
    for event, cells in rule["yuan"].items():
        for place in places:
            cells = cells[place]
        fen += Fraction(str(cells)) * 100 * (1 if event == "once" else seat[event])
    return fen


def guarantee(rule: dict, seat: dict[str, int], earned: Fraction) -> Fraction:  # noqa: ARG001
    """The wage is no part of these records: it is 0."""
    return max(rule["yuan"] * 100 - earned, Fraction(0))


BY_SEAT = {
    "scorecard": card, "commission": commission, "bounty": bounty, "gate": gate,
    "booster": booster, "penalty": penalty, "guarantee": guarantee,
}  # fmt: skip


def by_hand(rules: list[dict], seats: list[dict[str, int]]) -> dict[str, list[Fraction]]:
    """Exact fen of each component, a list over the seats."""
    parts: dict[str, list[Fraction]] = {}
    for rule in rules:
        earned = [sum(part[s] for part in parts.values()) for s in range(len(seats))]
        if rule["kind"] == "pool_cap":
            pool = sum(max(fen, 0) for fen in earned)
            budget = rule["yuan_per_seat"] * 100 * len(seats)
            left = min(Fraction(1), Fraction(budget) / pool) if pool else 1
            parts[rule["name"]] = [max(fen, 0) * (left - 1) for fen in earned]
        else:
            pay = BY_SEAT[rule["kind"]]
            parts[rule["name"]] = [
                pay(rule, seat, fen) for seat, fen in zip(seats, earned, strict=True)
            ]
    return parts


# ---- schemes by chance ----

KEYS = st.sampled_from(sorted(INDICATOR))
WHOLE_YUAN = st.integers(0, 20_000)


def thousandths(low: int, high: int):
    return st.integers(low, high).map(lambda n: n / 1000)


@st.composite
def curves(draw) -> list[list[float]]:
    """Ramps and steps; no knot lies on a round attainment, which a count could hit exactly."""
    places = draw(st.lists(st.integers(-500, 2000), min_size=2, max_size=5, unique=True))
    return [
        [place / 1000 + 0.00037, draw(thousandths(-500, 3000))]
        for place in sorted(places) for _ in range(draw(st.integers(1, 2)))
    ]  # fmt: skip


@st.composite
def weights(draw) -> dict[str, float]:
    keys = draw(st.lists(KEYS, min_size=1, max_size=6, unique=True))
    cuts = sorted(draw(st.lists(
        st.integers(0, 1000), min_size=len(keys) - 1, max_size=len(keys) - 1)))  # fmt: skip
    ends = zip([0, *cuts], [*cuts, 1000], strict=True)
    return {key: (high - low) / 1000 for key, (low, high) in zip(keys, ends, strict=True)}


@st.composite
def targets(draw, keys) -> dict[str, dict[str, float]]:
    out = {}
    for key in keys:
        scale = {"amount_completion": 50_000, "collection_cycle": 60}.get(key, 1)
        zero, full = draw(st.lists(st.integers(-3, 20), min_size=2, max_size=2, unique=True))
        out[key] = {"zero": zero * scale / 10, "target": full * scale / 10}
    return out


@st.composite
def cards(draw) -> dict:
    shares = draw(weights())
    return {
        "kind": "scorecard", "pool_yuan": draw(WHOLE_YUAN), "weights": shares,
        "curves": {key: draw(curves()) for key in shares},
        "targets": draw(targets(shares)),
        "combine": draw(st.sampled_from(["sum", "product", "minimum"])),
    }  # fmt: skip


@st.composite
def commissions(draw) -> dict:
    starts = sorted(draw(st.lists(st.integers(0, 60_000), max_size=3, unique=True)))
    tiers = [{"above_yuan": start, "factor": draw(thousandths(0, 3000))} for start in starts]
    fees = st.fixed_dictionaries(dict.fromkeys(BUCKETS, thousandths(10, 500)))
    return {
        "kind": "commission",
        "rates": draw(st.dictionaries(st.sampled_from(BUCKETS), thousandths(1, 300), min_size=1)),
        "fee_shares": draw(st.one_of(st.just({}), fees)),
        "above_yuan": draw(st.sampled_from([0, 1, 777, 5_000, 50_000])),
        "tiers": tiers, "retroactive": bool(tiers) and draw(st.booleans()),
    }  # fmt: skip


@st.composite
def bounties(draw) -> dict:
    axes = [{"measure": key, "edges": sorted({c["at_least"] for c in draw(conditions(key))})}
            for key in draw(st.lists(KEYS, max_size=2))]  # fmt: skip

    def cells(shape: list[int]):
        if not shape:
            return draw(thousandths(0, 90_000))
        return [cells(shape[1:]) for _ in range(shape[0])]

    events = draw(st.lists(
        st.sampled_from(["once", "cures_m1", "paid1_m2", "kept", "rolls_m3"]), min_size=1,
        unique=True))  # fmt: skip
    shape = [len(axis["edges"]) + 1 for axis in axes]
    return {"kind": "bounty", "yuan": {event: cells(shape) for event in events}, "axes": axes}


@st.composite
def conditions(draw, key=None) -> list[dict]:
    """One to three; no bar lies on a value that a count could hit exactly."""
    out = []
    for _ in range(draw(st.integers(1, 3))):
        measure = key or draw(KEYS)
        step = {"amount_completion": 5000, "collection_cycle": 6}.get(measure, 0.1)
        side = "at_least" if key else draw(st.sampled_from(["at_least", "at_most"]))
        out.append({"measure": measure, side: draw(st.integers(-1, 12)) * step + 0.00037})
    return out


PENALTIES = st.fixed_dictionaries({
    "kind": st.just("penalty"),
    "yuan": st.dictionaries(
        st.sampled_from(["complaints", "attempts", "caught", "entries", "inquiries"]),
        thousandths(0, 50_000), min_size=1),
    "most_yuan": st.integers(0, 3000),
})  # fmt: skip
POOL_CAPS = st.fixed_dictionaries({"kind": st.just("pool_cap"), "yuan_per_seat": WHOLE_YUAN})
GUARANTEES = st.fixed_dictionaries({"kind": st.just("guarantee"), "yuan": WHOLE_YUAN})


@st.composite
def gates(draw, action=None) -> dict:
    action = action or draw(st.sampled_from(["zero", "cap", "factor"]))
    extra = {"cap": {"cap_yuan": draw(st.sampled_from([0, 1, 300, 2000, 20_000]))},
             "factor": {"factor": draw(thousandths(0, 1000))}}  # fmt: skip
    return {
        "kind": "gate", "all_of": draw(conditions()),
        "any_of": draw(st.one_of(st.just([]), conditions())), "action": action,
    } | extra.get(action, {})  # fmt: skip


@st.composite
def boosters(draw) -> dict:
    return {"kind": "booster", "share": draw(thousandths(0, 1000)),
            "all_of": draw(conditions()), "any_of": []}  # fmt: skip


@st.composite
def schemes(draw, first=None) -> list[dict]:
    """One to five components in any order, `first` among them if given."""
    any_one = st.one_of(
        cards(), commissions(), bounties(), PENALTIES, gates(), boosters(), GUARANTEES, POOL_CAPS
    )
    earning = draw(st.one_of(cards(), commissions()))
    rest = draw(st.lists(any_one, max_size=3))
    rules = [earning, *([draw(first)] if first is not None else []), *rest]
    return [rule | {"name": f"part {i}"} for i, rule in enumerate(rules)]


# ---- the laws ----


@pytest.fixture(scope="module")
def replayed(tiny) -> Scenario:
    """Many leave, so that some seats stand empty; every event that a scheme may read occurs."""
    return tiny.vary(
        run={"periods": 3}, response={"mode": "replay"}, scheme={"pay": []},
        workforce={"quits_per_year": 4.0, "vacancy_days": 45},
        borrowers={"complaint": 0.03, "survey": 0.3})  # fmt: skip


@pytest.fixture(scope="module")
def unpaid(replayed, finished):
    return finished(replayed)


def truths(world) -> list[dict[str, np.ndarray]]:
    """What really happened, period by period, and who was there."""
    kept = ("true", "record", "fake", "hours", "present", "leaving", "tenure")
    return [{name: period[name] for name in kept} for period in world.periods]


def test_the_world_of_these_laws_leaves_seats_empty_and_all_indicators_moving(unpaid):
    present = np.array([period["present"] for period in unpaid.periods])
    assert 0.2 < present.mean() < 1.0
    record = sum(period["record"].sum(axis=0) for period in unpaid.periods)
    for name in ("complaints", "surveys", "risk_hits", "cash_m7", "written_off", "cure_days"):
        assert record[COLUMN[name]] > 0, name


@SOME
@given(pay=schemes())
def test_every_scheme_gives_the_same_truth_to_the_bit(replayed, unpaid, finished, pay):
    world = finished(replayed.vary(scheme={"pay": pay}))
    np.testing.assert_equal(truths(world), truths(unpaid))


@SOME
@given(pay=schemes())
def test_seats_with_a_collector_are_paid_what_the_scheme_makes_of_the_record(
    replayed, finished, pay
):
    world = finished(replayed.vary(scheme={"pay": pay}))
    for period in world.periods:
        a = Activity.of(period["record"], {"wage": period["wage"].astype(float)})
        settled = world.scenario.scheme.settle(a)
        for name, fen in settled.items():
            np.testing.assert_array_equal(period["paid"][name], fen * period["present"])


KINDS = {
    "scorecard": cards(), "commission": commissions(), "bounty": bounties(),
    "penalty": PENALTIES, "booster": boosters(), "guarantee": GUARANTEES,
    "gate to zero": gates("zero"), "gate with a cap": gates("cap"),
    "gate with a factor": gates("factor"), "pool cap": POOL_CAPS,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_pay_is_the_hand_calculation_to_the_fen(unpaid, kind):
    seats = [[dict(zip(NAMES, seat, strict=True)) for seat in period["record"].tolist()]
             for period in unpaid.periods]  # fmt: skip

    @settings(SOME, max_examples=60)
    @given(pay=schemes(first=KINDS[kind]), k=st.integers(0, len(seats) - 1))
    def check(pay, k):
        scheme = Scheme.model_validate({"pay": pay})
        settled = scheme.settle(Activity.of(unpaid.periods[k]["record"]))
        for name, exact in by_hand(pay, seats[k]).items():
            for fen, hand in zip(settled[name].tolist(), exact, strict=True):
                assert abs(fen - hand) <= Fraction(1, 2) + NEARLY, (name, fen, float(hand))

    check()


@pytest.mark.parametrize("mode", ["adaptive", "rational"])
def test_people_whom_pay_does_not_move_do_what_replay_does(replayed, tiny, unpaid, finished, mode):
    unmoved = replayed.vary(
        response={"mode": mode, "sensitivity": 0.0, "tremble": 0.0},
        workforce={"quit_elasticity": 0.0, "applicants": 1, "resentment": 0.0},
        scheme={"pay": tiny.scheme.model_dump(mode="json")["pay"]})  # fmt: skip
    np.testing.assert_equal(truths(finished(unmoved)), truths(unpaid))


def test_a_wage_moves_nobody(tiny, finished):
    calm = tiny.vary(workforce={"quit_elasticity": 0.0, "applicants": 1}, response={"tremble": 0.0})
    rich, poor = (finished(calm.vary(scheme={"wage_yuan": wage, "pay": []})) for wage in (9000, 1))
    np.testing.assert_equal(truths(rich), truths(poor))
