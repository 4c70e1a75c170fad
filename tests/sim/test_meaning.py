"""What schemes do to people, over 20 seeds of luck: nothing here is scripted, it follows from pay.

Every claim is about the mean of paired differences and asks for its 95 % interval to lie on the
claimed side of the bound.
"""

import pytest

from sim import INDICATORS, Comparison, Scenario, compare, run
from sim.indicators import TASKS
from sim.indicators.base import COSMETIC, TIMING
from sim.interval import interval

LUCKS = 20
ROOT = "scenarios"
STRAIGHT = ((-9.0, -9.0), (9.0, 9.0))  # linear without a floor or a cap in reach
SMALL = {
    "run": {"periods": 6, "replications": LUCKS},
    "portfolio": {"accounts": 4000},
    "workforce": {"seats": 10, "seats_per_team": 5},
}


def card(weights, curve="linear", pool_yuan=3000.0):
    return {
        "wage_yuan": 5000.0,
        "pay": [{"kind": "scorecard", "pool_yuan": pool_yuan, "weights": weights, "curve": curve}],
    }


def scenario(name):
    return Scenario.load(f"{ROOT}/{name}.toml").vary(**SMALL)


def gain(comparison: Comparison, measure: str) -> tuple[float, float, float]:
    """Mean and 95 % interval of the second scenario's measure less the first one's."""
    base, other = comparison.outcomes.values()
    return interval((other.measures[measure] - base.measures[measure]).to_numpy())


@pytest.fixture(scope="module")
def single_metric():
    return compare({n: scenario(n) for n in ("balanced", "recovery_only")})


def test_a_single_metric_lifts_the_reported_recovery_rate(single_metric):
    assert gain(single_metric, "reported_recovery_rate")[1] > 0.0


def test_a_single_metric_lifts_the_report_more_than_the_truth(single_metric):
    reported = single_metric.differences().set_index("measure").loc["reported_recovery_rate"]
    true = single_metric.differences().set_index("measure").loc["recovery_rate"]
    assert reported["low"] > true["high"]


@pytest.mark.parametrize("measure", ["complaints", "harsh_contacts", "later_default"])
def test_a_single_metric_does_harm(single_metric, measure):
    assert gain(single_metric, measure)[1] > 0.0


@pytest.mark.parametrize("measure", ["compliance", "documents"])
def test_a_single_metric_starves_the_process_work(single_metric, measure):
    assert gain(single_metric, measure)[2] < 0.0


def test_a_flat_wage_lowers_effort():
    paid = scenario("recovery_only")
    flat = scenario("flat_wage")
    assert gain(compare({"paid": paid, "flat": flat}), "effort")[2] < 0.0


def test_more_attempts_bring_net_value_though_fewer_accounts_stay_late_to_repay():
    usual = scenario("flat_wage").vary(response={"mode": "replay"})
    rates = {"few": 5.0, "usual": 10.0, "many": 20.0}
    found = {k: usual.vary(workforce={"attempts_per_hour": v}) for k, v in rates.items()}
    few, many = (compare({k: found[k], "usual": found["usual"]}) for k in ("few", "many"))
    assert gain(few, "net_value")[1] > 0.0
    assert gain(many, "net_value")[2] < 0.0
    assert gain(many, "recovered")[1] > 0.0  # cash alone would ask for less work


@pytest.mark.parametrize("paid", INDICATORS.values(), ids=INDICATORS)
def test_gaming_follows_from_pay(paid):
    """Who pays for an indicator gets its gaming; nobody fakes what pays nothing."""
    base = scenario("flat_wage").vary(run={"periods": 3}, workforce={"integrity_yuan": 1.0})
    outcome = run(base.vary(scheme=card({paid.key: 1.0}, STRAIGHT, 6000.0)), replications=1)
    hours = outcome.efforts.groupby("task")["hours_per_week"].mean()
    straight_pay_moves_no_dates = paid.gamed.kind == TIMING
    assert straight_pay_moves_no_dates or hours[paid.gamed.key] > 0.0
    others = [i.gamed.key for i in INDICATORS.values() if not {*i.gamed.fake} <= {*paid.reads}]
    assert not hours[[key for key in others if TASKS[key].kind == COSMETIC]].any()


def test_nobody_games_for_a_wage():
    outcome = run(scenario("flat_wage"), replications=1)
    assert not outcome.efforts.query("gaming")["hours_per_week"].any()


EFFORT = ["contact", "pressure", "discount"]  # hours on the phone, pressed and discounted ones


def month_end_push(outcome, tasks):
    """Hours of these tasks in the last five days over those in the middle, by replication.

    From the fourth period on, when beliefs about productivity have settled.
    """
    efforts = outcome.efforts[
        (outcome.efforts["period"] >= 3) & outcome.efforts["task"].isin(tasks)
    ]
    weekly = efforts.groupby(["replication", "period", "days_left"])["hours_per_week"].sum()
    weekly = weekly.reset_index()
    late = weekly[weekly["days_left"] <= 5].groupby("replication")["hours_per_week"].mean()
    middle = (
        weekly[weekly["days_left"].between(10, 24)].groupby("replication")["hours_per_week"].mean()
    )
    return (late / middle).to_numpy()


@pytest.fixture(scope="module")
def bonuses():
    base = scenario("recovery_only").vary(run={"periods": 9})
    return compare(
        {
            name: base.vary(scheme=card({"amount_completion": 1.0}, curve))
            for name, curve in {"threshold": "threshold", "linear": STRAIGHT}.items()
        }
    ).outcomes


def test_a_threshold_bonus_makes_month_end_effort_rise(bonuses):
    assert interval(month_end_push(bonuses["threshold"], EFFORT))[1] > 1.01


def test_a_linear_bonus_does_not_make_month_end_effort_rise(bonuses):
    assert interval(month_end_push(bonuses["linear"], EFFORT))[2] < 1.01


def test_a_threshold_bonus_makes_month_end_pressing_and_discounts_surge(bonuses):
    manner = ["pressure", "discount"]
    assert interval(month_end_push(bonuses["threshold"], manner))[1] > 1.25
    assert interval(month_end_push(bonuses["linear"], manner))[2] < 1.1


def test_weight_on_the_collection_cycle_starves_old_buckets():
    base = scenario("recovery_only")
    comparison = compare(
        {
            "rate": base,
            "cycle": base.vary(scheme=card({"recovery_rate": 0.5, "collection_cycle": 0.5})),
        }
    )
    shares = []
    for outcome in comparison.outcomes.values():
        sums = outcome.periods.groupby("replication").sum()
        old = sum(sums[f"worked_m{b}"] for b in (4, 5, 6))
        shares.append((old / sum(sums[f"worked_m{b}"] for b in range(1, 7))).to_numpy())
    assert interval(shares[1] / shares[0])[2] < 0.8


def test_weight_on_bad_debt_makes_people_extend_and_pretend():
    base = scenario("recovery_only")
    comparison = compare(
        {
            "rate": base,
            "bad debt": base.vary(scheme=card({"recovery_rate": 0.5, "bad_debt_reduction": 0.5})),
        }
    )
    extended = [
        o.periods.groupby("replication")["extended"].sum() for o in comparison.outcomes.values()
    ]
    assert (extended[1] > 10 * (extended[0] + 1)).all()


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        ({"response": {"mode": "replay"}}, "gaming"),
        ({"platform": {"audited": 1.0, "penalty_yuan": 5000.0}}, "harsh_contacts"),
        ({"workforce": {"integrity_yuan": 500.0, "integrity_spread": 0.0}}, "gaming"),
    ],
)
def test_gaming_shrinks_where_it_does_not_pay(change, measure):
    base = scenario("recovery_only")
    assert gain(compare({"base": base, "changed": base.vary(**change)}), measure)[2] < 0.0


def test_a_rise_of_unemployment_raises_entries_and_its_level_does_not():
    base = scenario("flat_wage").vary(portfolio={"arrivals": 0.0})
    paths = {"steady": (5.0,) * 5, "high": (9.0,) * 5, "rising": (5.0,) * 4 + (7.0, 7.0, 7.0)}
    outcomes = compare(
        {name: base.vary(market={"unemployment": path}) for name, path in paths.items()}
    ).outcomes
    entries = {n: o.periods.groupby("replication")["entries"].sum() for n, o in outcomes.items()}
    assert interval((entries["rising"] / entries["steady"]).to_numpy())[1] > 1.1
    assert (entries["high"] == entries["steady"]).all()
