"""Laws of the gaming ledger, the fairness account, the collector's view and the profit and loss."""

import numpy as np
import pytest

from sim import Scenario, World, collector_view, compare, fairness_account, gaming_ledger, run
from sim.activity import COLUMN
from sim.collector import COLUMN_OF_TASK
from sim.fairness import ALL, alike
from sim.indicators import TASKS
from sim.profit import CREDIT
from sim.run import finished
from sim.script import Script
from sim.view import Watched

ONE = {"replications": 1, "workers": 1}
GAMED = [t for t in TASKS.values() if t.gaming]


def same(a: World, b: World) -> bool:
    pairs = zip(a.periods, b.periods, strict=True)
    return all(np.array_equal(p[k], q[k]) for p, q in pairs for k in ("true", "record", "wage"))


def test_parts_of_the_ledger_sum_to_the_lift_exactly(tiny):
    for _, mine in gaming_ledger(tiny, replications=2, workers=1).groupby("indicator"):
        parts = mine.set_index("part")
        for view in ("record", "truth"):
            assert parts[view].drop("lift").sum() == parts.loc["lift", view]


def test_ledger_ends_at_what_the_run_records(tiny):
    ledger = gaming_ledger(tiny, **ONE).query("part == 'lift'").set_index("indicator")
    means = run(tiny, **ONE).indicators.groupby("indicator")["record"].mean()
    found = (ledger["replay"] + ledger["record"]).reindex(means.index)
    assert found.to_numpy() == pytest.approx(means.to_numpy(), abs=1e-5)


def test_nothing_is_lifted_where_nobody_responds(tiny):
    ledger = gaming_ledger(tiny.vary(response={"mode": "replay"}), **ONE)
    assert not ledger[["record", "gained", "lost", "truth"]].to_numpy().any()


def test_a_run_done_again_is_the_same(tiny):
    acted = finished(World(tiny, record=True))
    assert same(finished(World(tiny, script=acted.record)), acted)


def test_seats_alike_in_everything_are_paid_alike(tiny):
    calm = tiny.vary(workforce={"quits_per_year": 0.0}, platform={"dismissed_after": 1000})
    acted = finished(World(calm, record=True))
    assert same(alike(calm, 0, acted.record, ALL), acted)
    for period in alike(calm, 0, acted.record, frozenset()).periods:
        assert not np.ptp(period["record"], axis=0).any()


def test_shares_of_the_variance_sum_to_one(tiny):
    account = fairness_account(tiny, replications=2, workers=1).set_index("unit")
    assert account.loc["share of variance", "mean"].sum() == pytest.approx(1.0)


def test_looking_changes_nothing(tiny):
    assert same(finished(Watched(tiny, 0)), finished(World(tiny)))


def contact(scenario: Scenario) -> np.ndarray:
    """Marginal pay of an hour of contact by day and attainment."""
    view = collector_view(scenario, **ONE).query("task == 'contact'")
    return view.pivot_table(index="attainment", columns="day", values="yuan_per_hour").to_numpy()


def test_a_commission_is_flat_over_days_and_a_threshold_is_not(tiny):
    base = tiny.vary(
        run={"periods": 6}, response={"learning": 0.0}, workforce={"risk_aversion": 0.0}
    )
    rates = dict.fromkeys(("M1", "M2", "M3", "M4", "M5", "M6"), 0.02)
    linear = {"kind": "commission", "rates": rates}
    flat = contact(base.vary(scheme={"pay": [linear]}))
    assert np.nanstd(flat) < 1e-6 * np.nanmean(flat)
    card = {"kind": "scorecard", "pool_yuan": 3000, "weights": {"amount_completion": 1.0},
            "targets": {"amount_completion": {"zero": 0, "target": 40_000}},
            "curve": [[0, 0], [1, 0], [1, 1]]}  # fmt: skip
    steep = contact(base.vary(scheme={"pay": [card]}))
    assert np.nanstd(steep) > 0.5 * np.nanmean(steep)


def test_profit_and_loss_adds_up_to_the_fen(tiny):
    outcome = run(tiny, replications=2, workers=1)
    table = outcome.profit_and_loss().set_index("line")
    parts = table[table["kind"] == "part"]["fen"]
    assert parts.drop([line.words for line in CREDIT]).sum() == table.loc["net cash", "fen"]
    assert parts.sum() == table.loc["net value", "fen"]
    assert table.loc["net value", "mean"] == pytest.approx(outcome.measures["net_value"].mean())


def test_nobody_wins_or_loses_by_the_same_scheme(tiny):
    table = compare({"a": tiny, "b": tiny}, replications=2, workers=1).winners_and_losers()
    assert not table[["difference", "gain", "lose"]].fillna(0.0).to_numpy().any()


def forced(task: str, hours: float = 4.0) -> tuple[World, World]:
    """A run in which every second seat games so many hours a week, and the one in which none do."""
    calm = Scenario.of({
        "run": {"periods": 2}, "portfolio": {"accounts": 4000}, "response": {"mode": "replay"},
        "workforce": {"seats": 10, "seats_per_team": 5, "quits_per_year": 0.0},
        "platform": {"audited": 0.0, "quality": 1.0, "dismissed_after": 1000},
    })  # fmt: skip
    before = finished(World(calm, record=True))
    does = np.zeros((10, len(TASKS)))
    does[::2, list(TASKS).index(task)] = hours
    script = Script(**vars(before.record) | {"hours": [h + does for h in before.record.hours]})
    return finished(World(calm, script=script)), before


def total(world: World, view: str, column: str) -> int:
    return sum(int(p[view][:, COLUMN[column]].sum()) for p in world.periods)


@pytest.mark.parametrize("task", GAMED, ids=lambda t: t.key)
def test_a_gaming_task_moves_the_record_or_the_truth_as_declared(task):
    after, before = forced(task.key)
    lift = [q["record"] - q["true"] - p["record"] + p["true"]
            for p, q in zip(before.periods, after.periods, strict=True)]  # fmt: skip
    for column, count in task.fake.items():
        assert np.sign(sum(f[:, COLUMN[column]].sum() for f in lift)) == np.sign(count)
    for column in task.side:
        assert total(after, "true", column) > total(before, "true", column)
    if not task.fake:
        assert any(f.any() for f in lift) or not same(after, before)


@pytest.mark.parametrize("task", [t for t in GAMED if t.kind == "shifting"], ids=lambda t: t.key)
def test_what_is_shifted_is_on_a_colleagues_record(task):
    """The house's record has nothing more and nothing less, and the truth is as it was."""
    after, before = forced(task.key)
    for view in ("record", "true"):
        for p, q in zip(before.periods, after.periods, strict=True):
            np.testing.assert_array_equal(q[view].sum(axis=0), p[view].sum(axis=0))
    assert not same(after, before)


def test_handing_back_hard_accounts_is_no_shift():
    """The arrears leave the house's record, and nobody works them."""
    after, before = forced("drop_hard", 8.0)
    assert total(after, "record", "due") < total(before, "record", "due")
    assert TASKS["drop_hard"].kind == "cosmetic"


@pytest.mark.parametrize(
    ("task", "column"),
    [("pressure", "complaints"), ("discount", "discount"), ("off_record", "breaches"),
     ("drop_hard", "parked_due"), ("extend", "extended")],
)  # fmt: skip
def test_harm_is_done_to_the_truth(task, column):
    after, before = forced(task, 8.0)
    assert total(after, "true", column) > total(before, "true", column)


def test_what_finds_no_room_in_the_record_has_no_side_effect():
    """There are few complaints to close, so nearly all of forty hours a week finds none."""
    after, before = forced("close_early", 40.0)
    more = total(after, "true", "complaints") - total(before, "true", "complaints")
    hours = sum(p["hours"][:, list(TASKS).index("close_early")].sum() for p in after.periods)
    assert 0 < more < 0.3 * TASKS["close_early"].side["complaints"] * hours


def test_contact_off_the_record_breaks_rules_that_the_record_does_not_show():
    after, before = forced("off_record", 8.0)
    assert total(after, "true", "compliant") < total(before, "true", "compliant")
    assert total(after, "record", "compliant") > total(after, "true", "compliant")


def test_poaching_moves_cash_between_seats_and_holding_back_between_periods():
    poached, before = forced("poach")
    gain = poached.periods[0]["record"] - before.periods[0]["record"]
    assert (gain[::2, COLUMN["cash_m1"]] > 0).all()
    assert total(poached, "record", "cash_m1") == total(before, "record", "cash_m1")
    held, before = forced("hold_back")
    first, base = held.periods[0]["record"], before.periods[0]["record"]
    assert first[:, COLUMN["cash_m1"]].sum() < base[:, COLUMN["cash_m1"]].sum()


@pytest.mark.parametrize(("pay", "worth"), [
    ({"kind": "scorecard", "pool_yuan": 9000, "weights": {"collection_cycle": 1.0}}, False),
    ({"kind": "bounty", "yuan": {"cures_m7": 50}}, True),
])  # fmt: skip
def test_after_charge_off_a_claim_repaid_in_full_counts_but_ends_no_spell(tiny, pay, worth):
    """What people believe is what the kernel counts."""
    repaying = tiny.borrowers.types[0].model_dump() | {"share": 1, "payment": 1.0}
    claims = {"overdue": 1.0, "arrivals": 0.0, "buckets": [0, 0, 0, 0, 0, 0, 1]}
    world = World(tiny.vary(portfolio=claims, borrowers={"types": [repaying]},
                            scheme={"wage_yuan": 4000, "pay": [pay]}))  # fmt: skip
    for _ in range(3):
        world.step()
    counts = world.counts.true.sum(axis=0)
    assert counts[COLUMN["own_cures_m7"]] > 0 == counts[COLUMN["cure_days"]]
    contact = world.look().pay[:, COLUMN_OF_TASK["contact"]]
    assert (contact != 0.0).any() == worth
