"""The books: they close to the fen whatever happens, and do not close when somebody meddles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import LedgerError, Scenario, World, ledger, run
from sim.activity import COLUMN, NAMES, TOTALS
from sim.units import BUCKETS, to_fen

SOME = settings(max_examples=30, derandomize=True)
SHARE = st.floats(0.0, 1.0)

# ---- scenarios by chance ----

TYPES = st.fixed_dictionaries({
    "entry": st.floats(0, 0.6), "repay_m1": SHARE, "repay_later": SHARE, "fade": SHARE,
    "payment": st.floats(0.001, 1), "payment_spread": st.floats(0, 3),
    "promise": st.floats(0, 0.95), "promise_fade": SHARE, "keep": SHARE,
})  # fmt: skip


@st.composite
def borrowers(draw) -> dict:
    kinds = draw(st.lists(TYPES, min_size=1, max_size=3))
    named = [kind | {"name": f"type {i}", "share": 1 / len(kinds)} for i, kind in enumerate(kinds)]
    return {
        "types": named, "after_charge_off": draw(st.floats(0, 0.5)),
        "relapse": draw(st.floats(0.1, 10)), "promise_days": draw(st.integers(1, 30)),
        "discount": draw(st.floats(0, 0.9)), "complaint": draw(st.floats(0, 0.2)),
        "sold_after_days": draw(st.integers(1, 60)),
    }  # fmt: skip


PORTFOLIOS = st.fixed_dictionaries({
    "accounts": st.integers(1, 200), "arrivals": SHARE, "overdue": SHARE,
    "arrivals_overdue": SHARE, "balance_yuan": st.floats(0.01, 1e6),
    "balance_spread": st.floats(0, 3), "instalment": st.floats(0.001, 1),
    "reach": st.floats(0.01, 0.99),
})  # fmt: skip
COMPONENTS = st.one_of(
    st.fixed_dictionaries({
        "kind": st.just("scorecard"), "pool_yuan": st.integers(0, 20_000),
        "curve": st.sampled_from(["linear", "capped", "threshold", "accelerated"]),
        "combine": st.sampled_from(["sum", "product", "minimum"]),
        "weights": st.sampled_from([
            {"recovery_rate": 1.0}, {"bad_debt_reduction": 0.5, "compliance": 0.5},
            {"amount_completion": 0.4, "satisfaction": 0.3, "collection_cycle": 0.3}])}),
    st.fixed_dictionaries({
        "kind": st.just("commission"), "rates": st.dictionaries(
            st.sampled_from(BUCKETS[:6]), st.floats(0.001, 0.3), min_size=1)}),
    st.fixed_dictionaries({
        "kind": st.just("penalty"), "yuan": st.just({"caught": 300.0, "complaints": 33.33})}),
    st.fixed_dictionaries({
        "kind": st.just("pool_cap"), "yuan_per_seat": st.integers(0, 5000)}),
)  # fmt: skip


@st.composite
def scenarios(draw) -> Scenario:
    pay = draw(st.lists(COMPONENTS, max_size=3))
    # a cap acts on what stands before it
    pay = sorted(pay, key=lambda rule: rule["kind"] == "pool_cap")
    if pay and pay[0]["kind"] == "pool_cap":
        pay = []
    named = [rule | {"name": f"part {i}"} for i, rule in enumerate(pay)]
    return Scenario.of({
        "run": {"periods": draw(st.integers(1, 4)), "period_days": draw(st.integers(7, 45)),
                "replications": 1, "seed": draw(st.integers(0, 2**63 - 1))},
        "portfolio": draw(PORTFOLIOS), "borrowers": draw(borrowers()),
        "workforce": {
            "seats": draw(st.integers(1, 6)), "seats_per_team": draw(st.integers(1, 3)),
            "working_days": draw(st.integers(1, 7)), "integrity_yuan": draw(st.floats(0, 100)),
            "quits_per_year": draw(st.floats(0, 10)), "vacancy_days": draw(st.integers(0, 40))},
        "response": {
            "mode": draw(st.sampled_from(["replay", "adaptive", "rational"])),
            "sensitivity": draw(st.floats(0, 10)), "tremble": draw(st.floats(0, 0.5))},
        "platform": {
            "audited": draw(SHARE), "recall": draw(SHARE), "quality": draw(SHARE),
            "penalty_yuan": draw(st.floats(0, 1000))},
        "conduct": {"attempts_per_week": draw(st.integers(1, 20))},
        "scheme": {"wage_yuan": draw(st.floats(0, 20_000)), "pay": named},
    })  # fmt: skip


# ---- the books close ----


def in_queues(world: World) -> np.ndarray:
    """The accounts that the seats have now."""
    p = world.portfolio
    queues = zip(p.firsts.tolist(), p.live.tolist(), strict=True)
    return np.concatenate([p.accounts[first:last] for first, last in queues])


@SOME
@given(scenario=scenarios())
def test_the_books_of_any_world_close_every_period(finished, scenario):
    world = finished(scenario)  # LedgerError if one does not

    owed = in_queues(world)
    assert (owed["arrears"] >= 0).all()
    assert (owed["arrears"] <= owed["balance"]).all()
    for period in world.periods:
        true = {name: period["true"][:, COLUMN[name]] for name in NAMES}
        repaid = sum(true[part] for part in TOTALS["cash"])
        assert (period["true"] >= 0).all()
        assert (repaid + true["discount"] <= true["due"]).all()


@SOME
@given(scenario=scenarios())
def test_the_ledger_agrees_with_what_is_counted_in_the_periods(scenario):
    outcome = run(scenario, workers=1)
    entries, periods = outcome.ledger, outcome.periods
    balance = entries.groupby("debit")["fen"].sum().sub(
        entries.groupby("credit")["fen"].sum(), fill_value=0)  # fmt: skip
    assert (entries["fen"] > 0).all()
    assert (entries["debit"] != entries["credit"]).all()
    assert balance.sum() == 0

    def fen(*columns: str) -> int:
        return sum(int(to_fen(periods[f"{column}_yuan"]).sum()) for column in columns)

    costs = fen("pay", "platform", "support", "turnover")
    assert balance.get(ledger.CASH, 0) == fen("cash", "late_cash") - costs
    assert balance.get(ledger.BAD_DEBT, 0) == fen("written_off")
    assert balance.get(ledger.DISCOUNTS, 0) == fen("discount")
    assert balance.get(ledger.RECOVERED, 0) == -fen("late_cash")
    assert fen("pay") == fen("wage", "incentive")
    assert fen("wage", "incentive") == sum(
        int(to_fen(outcome.seats[f"{column}_yuan"]).sum()) for column in ("wage", "incentive")
    )


def test_a_waiver_of_everything_takes_no_more_than_is_owed(advanced):
    accounts, count = advanced(
        practice={"attempts_per_day": 100, "discount": 1.0, "cure_value": 100.0},
        portfolio={"instalment": 1.0}, borrowers={"discount": 1.0})  # fmt: skip
    assert count["discount"] > 0
    assert (accounts["arrears"] >= 0).all()
    assert (accounts["balance"] >= 0).all()


def test_what_is_charged_off_was_exposed(lender_file, finished):
    """An account of 180 days on the evening before day 0 is charged off on day 0."""
    ages = range(170, 181)
    path = lender_file(
        {"account_id": f"{age} days", "seat": "a", "balance_yuan": 1000, "instalment_yuan": 50,
         "days_past_due": age} for age in ages)  # fmt: skip
    world = finished(Scenario.of({
        "run": {"periods": 1, "replications": 1}, "portfolio": {"file": path},
    }))  # fmt: skip
    true = world.periods[0]["true"][0]
    assert true[COLUMN["written_off"]] <= true[COLUMN["exposure"]]
    assert true[COLUMN["exposure"]] == 100_000 * len(ages)


def test_auditing_costs_by_the_day_however_the_days_are_cut_into_periods(tiny):
    """`audit_cost_yuan` is per seat and 30 days."""
    months, whole = (
        run(tiny.vary(run={"periods": periods, "period_days": 60 // periods}), workers=1).ledger
        for periods in (2, 1)
    )
    by_month, at_once = (table.loc[table["entry"] == "platform", "fen"].sum()
                         for table in (months, whole))  # fmt: skip
    assert abs(by_month - at_once) <= 4 < at_once  # each of four entries is whole fen


# ---- and do not close when somebody meddles ----


@pytest.fixture
def halfway(tiny):
    world = World(tiny)
    for _ in range(2):
        world.step()
    return world


def go_on(world: World) -> None:
    while world.running:
        world.step()


def test_books_left_alone_close(halfway):
    go_on(halfway)
    assert halfway.period == 2


@pytest.mark.parametrize(("debit", "credit", "what"), [
    (ledger.RECEIVABLE, ledger.ORIGINATED, "loans receivable is"),
    (ledger.CASH, ledger.RECEIVABLE, "loans receivable is"),
    (ledger.PAY_EXPENSE, ledger.CASH, "pay expense is"),
])  # fmt: skip
def test_an_extra_entry_of_one_fen_stops_the_run(halfway, debit, credit, what):
    halfway.ledger.post(0, "extra", debit, credit, 1)
    with pytest.raises(LedgerError, match=f"period 0: the books do not close: {what}"):
        go_on(halfway)


def test_an_entry_without_its_other_half_stops_the_run(halfway):
    halfway.ledger.balances[ledger.BAD_DEBT] = 1
    with pytest.raises(LedgerError, match="debits less credits is 1 fen in the ledger"):
        go_on(halfway)


@pytest.mark.parametrize("fen", [-1, 1])
def test_a_balance_changed_by_one_fen_stops_the_run(halfway, fen):
    performing = np.flatnonzero(halfway.portfolio.accounts["arrears"] == 0)
    halfway.portfolio.accounts["balance"][performing[0]] += fen
    with pytest.raises(LedgerError, match="loans receivable"):
        go_on(halfway)
