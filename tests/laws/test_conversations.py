"""What an attempt brings, count by count, against its closed form.

Borrowers are alike and do nothing by themselves unless a test says so; all are called on all days.
Satisfaction starts at 60 and courtesy of 5 points keeps it there.
"""

import numpy as np
import pytest

from sim.records import CLOSED, CURED, HARMED, HISTORIES, NEVER

ALIKE = {"name": "alike", "share": 1, "entry": 0, "repay_m1": 0, "repay_later": 0, "fade": 1,
         "payment": 1, "payment_spread": 0, "promise": 0.4, "promise_fade": 0.8,
         "keep": 0.5}  # fmt: skip
CALM = {"complaint": 0, "survey": 0, "pressure_harm": 0, "promise_days": 1}
CALLED = {"attempts_per_day": 1000.0, "cash_value": 1.0, "courtesy": 5.0}
PRESSED = {"pressure": 1.0, "courtesy": 65.0}  # what pressure takes, courtesy gives back
BALANCE = {"balance_yuan": 1000, "balance_spread": 0}
DAYS, WEEKS, LIMIT = 28, 4, 5  # of the fixture


def in_bucket(number: int, **description) -> dict:
    """All accounts overdue in one bucket, and nobody joins."""
    buckets = tuple(float(b == number) for b in range(1, 8))
    return {"overdue": 1.0, "arrivals": 0.0, "buckets": buckets, "reach": 0.5,
            "reach_spread": 1000.0} | BALANCE | description  # fmt: skip


def near(count: int, of: int, share: float) -> bool:
    """Whether a count is within four standard errors of its share of cases that are alike."""
    return of > 1000 and abs(count - of * share) < 4.0 * np.sqrt(of * share * (1.0 - share)) + 1.0


@pytest.fixture
def called(advanced):
    """Calls everybody in a bucket; keywords change practice, the type and all borrowers."""

    def call(bucket: int = 2, practice=(), kind=(), borrowers=(), **description):
        people = CALM | dict(borrowers) | {"types": [ALIKE | dict(kind)]}
        return advanced(CALLED | dict(practice), in_bucket(bucket, **description), people)

    return call


@pytest.mark.parametrize("record", [0.95, 0.6])
def test_an_attempt_reaches_somebody_with_the_chance_to_reach_times_the_records(called, record):
    _, n = called(practice={"record": record}, kind={"promise": 0})
    assert n["attempts"] == 4000 * WEEKS * LIMIT
    assert near(n["contacts"], n["attempts"], 0.5 * record)


def test_attempts_without_an_answer_are_counted_until_there_is_one(called):
    accounts, _ = called(practice={"record": 1.0}, kind={"promise": 0})
    misses = np.bincount(accounts["misses"])
    assert near(misses[0], accounts.size, 0.5)
    assert near(misses[1], accounts.size, 0.25)


@pytest.mark.parametrize(("practice", "odds"), [({}, 1.0), ({"persuasion": 2.0}, 2.0),
                                                (PRESSED, 1.7)])  # fmt: skip
@pytest.mark.parametrize("bucket", [1, 5])
def test_a_conversation_brings_a_promise_by_its_odds(called, practice, odds, bucket):
    """Accounts roll to the next bucket meanwhile, where promises are fewer."""
    _, n = called(bucket, practice, kind={"keep": 0})
    promise = 0.4 * 0.8 ** np.arange(7)
    ratio = promise / (1.0 - promise) * (0.5 + 0.6) * odds
    worked = n[[f"worked_m{b}" for b in range(1, 8)]].to_numpy() / n["attempts"]
    assert near(n["promises"], n["contacts"], (worked * ratio / (1.0 + ratio)).sum())


KEEP = ALIKE["keep"]


@pytest.mark.parametrize(("bucket", "practice", "kept"), [
    (3, {}, KEEP),
    (3, {"rescue": 0.3}, KEEP * 1.3),
    (3, {"rescue_late": 0.2}, KEEP),
    (5, {"rescue_late": 0.2}, KEEP * 1.2),
    (7, {"rescue_late": 0.2}, KEEP),
    (3, PRESSED, KEEP + 0.08),
    (3, {"discount": 1.0}, KEEP + 0.15),
])  # fmt: skip
def test_a_promise_is_kept_by_its_chance(called, bucket, practice, kept):
    """A promise made on one day falls due on the next; the last day's are still open."""
    accounts, n = called(bucket, practice)
    settled = n["promises"] - (accounts["promise_due"] >= DAYS).sum()
    assert near(n["kept"], settled, kept)


@pytest.mark.parametrize("boost", [0.0, 0.6])
def test_a_kept_promise_brings_the_boosted_median_payment(called, boost):
    """Two per cent of the balance, which falls as it is paid: a little less on average."""
    _, n = called(6, kind={"payment": 0.02, "keep": 1.0}, borrowers={"promise_boost": boost},
                  balance_yuan=100_000)  # fmt: skip
    one = 10_000_000 * 0.02 * np.exp(boost)
    cash = n[["own_cash_m6", "own_cash_m7"]].sum()
    assert 0.8 * one < cash / n["kept"] <= one + 1


@pytest.mark.parametrize(("bucket", "waived"), [(2, 0.1), (7, 0.0)])
def test_a_discount_waives_its_share_of_the_arrears_before_charge_off(called, bucket, waived):
    _, n = called(bucket, {"discount": 1.0}, borrowers={"discount": 0.1})
    cash = n[[f"cash_m{bucket}", f"cash_m{bucket + 1 if bucket < 7 else 1}"]].sum()
    assert n["discount"] / (cash + n["discount"]) == pytest.approx(waived, abs=1e-4)
    assert cash > 0


def test_promises_fall_due_on_each_of_the_coming_days_alike(called):
    accounts, _ = called(borrowers={"promise_days": 4}, kind={"keep": 0.0})
    fresh = accounts[(accounts["last_attempt"] == DAYS - 1) & (accounts["promise_due"] >= DAYS)]
    waits, counts = np.unique(fresh["promise_due"] - fresh["last_attempt"], return_counts=True)
    assert waits.tolist() == [1, 2, 3, 4]
    assert np.ptp(counts) < 8 * np.sqrt(counts.mean())


@pytest.mark.parametrize(("practice", "factor"), [({}, 1.0), (PRESSED, 1.0 + 5.0)])
def test_complaints_grow_with_the_attempts_of_the_week_and_under_pressure(called, practice, factor):
    """The tries of a week are 1 to 5, of which 3, 4 and 5 are 1, 2 and 3 beyond the second."""
    _, n = called(practice=practice, kind={"promise": 0},
                  borrowers={"complaint": 0.01, "complaint_tries": 0.5})  # fmt: skip
    assert near(n["complaints"], n["contacts"], 0.01 * factor * (1.0 + 0.5 * 6 / 5))


@pytest.mark.parametrize(("courtesy", "content"), [(5.0, 0.6), (20.0, 0.75)])
def test_ratings_are_asked_and_are_good_as_people_are_content(called, courtesy, content):
    _, n = called(practice={"courtesy": courtesy}, kind={"promise": 0}, borrowers={"survey": 0.3})
    assert near(n["surveys"], n["contacts"], 0.3)
    if content == 0.6:
        assert near(n["happy"], n["surveys"], content)
    else:
        assert 0.6 < n["happy"] / n["surveys"] < content


@pytest.mark.parametrize("courtesy", [-5.0, 5.0, 7.0, 20.0])
def test_satisfaction_goes_to_what_treatment_leads_to(called, courtesy):
    """Seventeen of twenty attempts meet somebody: what is left of the start is below 1 %."""
    accounts, _ = called(practice={"courtesy": courtesy}, kind={"promise": 0}, reach=0.9)
    assert np.median(accounts["content"]) == pytest.approx(55 + courtesy, abs=0.5)


@pytest.mark.parametrize("harm", [0.0, 0.1])
def test_a_harsh_conversation_leaves_harm_by_its_chance(called, harm):
    accounts, n = called(practice=PRESSED, kind={"promise": 0}, borrowers={"pressure_harm": harm})
    assert n["harsh_contacts"] == n["contacts"] > 0
    unharmed = (1.0 - 0.5 * 0.95 * harm) ** (WEEKS * LIMIT)
    assert near((accounts["row"] % HISTORIES != HARMED).sum(), accounts.size, unharmed)


def test_harm_outlasts_the_cure(called):
    accounts, n = called(practice=PRESSED, kind={"keep": 1}, borrowers={"pressure_harm": 1})
    cured = accounts[(accounts["due_from"] == NEVER) & (accounts["row"] != CLOSED)]
    assert n["cures_m2"] > 1000
    assert (cured["row"] % HISTORIES == HARMED).all()


@pytest.mark.parametrize("harm", [0, 1])
def test_cured_accounts_go_back_to_the_book_whether_harmed_or_not(called, harm):
    """Cured by collectors on most days, and then back with a chance of a fifth a day."""
    accounts, n = called(practice=PRESSED, kind={"keep": 1},
                         borrowers={"pressure_harm": harm, "watch_days": 5})  # fmt: skip
    back = (accounts["row"] == CLOSED).sum()
    assert 0.7 * n["cures_m2"] < back < n[["cures_m2", "cures_m3"]].sum()
    assert n["released"] == accounts["balance"][accounts["row"] == CLOSED].sum()


# ---- which accounts are worked ----


def test_parts_of_an_attempt_are_worked_as_often_as_they_say(called):
    _, n = called(practice={"attempts_per_day": 2.5}, kind={"promise": 0})
    assert abs(n["attempts"] - 4 * DAYS * 2.5) < 4 * np.sqrt(4 * DAYS) / 2


@pytest.mark.parametrize("value", ["cash_value", "cure_value", "save_value"])
@pytest.mark.parametrize("bucket", [2, 4, 6])
def test_the_bucket_that_is_worth_something_is_worked(advanced, value, bucket):
    by_bucket = np.arange(1, 8) == bucket
    _, n = advanced({"attempts_per_day": 5.0, value: by_bucket}, {"overdue": 1.0, "arrivals": 0})
    assert n["attempts"] == 4 * DAYS * 5
    assert n[f"worked_m{bucket}"] > 0.8 * n["attempts"]  # else it moved since the week began


@pytest.mark.parametrize(("bucket", "attempts"), [(5, 4 * DAYS * 5), (7, 0)])
def test_days_in_spell_are_worth_nothing_after_charge_off(called, bucket, attempts):
    _, n = called(bucket, {"attempts_per_day": 5.0, "cash_value": 0.0, "cycle_value": 1.0})
    assert n["attempts"] == attempts


def test_a_rest_beyond_a_week_adds_nothing(called):
    """An attempt each day where it is worth eight leaves nothing for where it is worth one."""
    worth = {"cash_value": 0.0, "save_value": (0, 8, 8, 1, 1, 1, 0)}
    practice = {"attempts_per_day": 400.0, "breach": 100.0} | worth
    _, n = called(practice=practice, kind={"promise": 0}, buckets=(0, 0.5, 0, 0.5, 0, 0, 0))
    assert n["attempts"] == n[["worked_m2", "worked_m3"]].sum() == 4 * DAYS * 400


def test_the_oldest_accounts_are_handed_back_first(advanced):
    practice = {"parked_per_day": 1.0, "parked_until": 90.0, "attempts_per_day": 0.0}
    accounts, n = advanced(practice, {"overdue": 1.0, "arrivals": 0}, {"types": [ALIKE]})
    handed_back = accounts[accounts["last_attempt"] == 90]
    assert handed_back.size == 4 * DAYS
    assert (DAYS - handed_back["due_from"] > 120).all()
    assert 0 < n["parked_due"] <= handed_back["arrears"].sum()  # which go on growing


def test_claims_leave_so_many_days_after_their_charge_off(advanced):
    people = {"types": [ALIKE], "after_charge_off": 0.0, "sold_after_days": 20}
    accounts, _ = advanced({}, in_bucket(7), people)
    assert (accounts["row"] == CLOSED).all()
    accounts, _ = advanced({}, in_bucket(7), people | {"sold_after_days": 60})
    assert (accounts["row"] != CLOSED).all()


# ---- entries ----


def test_an_entry_after_a_cure_is_a_relapse_and_the_first_one_is_none(advanced):
    kind = ALIKE | {"entry": 0.9, "repay_m1": 1.0}
    accounts, n = advanced({}, {"overdue": 0.0, "arrivals": 0}, {"types": [kind]})
    entered = ((accounts["row"] == CLOSED) | (accounts["row"] % HISTORIES == CURED)
               | (accounts["due_from"] != NEVER)).sum()  # fmt: skip
    assert n["relapses"] == n["entries"] - entered > 100


def test_warning_calls_avert_their_share_of_the_entries(advanced):
    kind = ALIKE | {"entry": 0.9}
    _, n = advanced({"prevention": 0.4}, {"overdue": 0.0, "arrivals": 0}, {"types": [kind]})
    assert near(n["averted"], n["averted"] + n["entries"], 0.4)


def shifted(chance: float, logit: float) -> float:
    odds = chance / (1.0 - chance) * np.exp(logit)
    return odds / (1.0 + odds)


SPRING = [0.0, 0.0, 1.0, *[0.0] * 9]
JANUARY = 0.05
PATH = [3.0, 5.0, 5.0, 5.0, 7.0]  # up four points in the year before the run


@pytest.mark.parametrize(("market", "shift"), [
    ({"season": SPRING}, 0.0),
    ({"season": SPRING, "start_month": 3}, 1.0),
    ({"unemployment": PATH, "sensitivity": 0.2}, JANUARY + 4 * 0.2),
    ({"unemployment": PATH[::-1], "sensitivity": 0.2}, JANUARY - 4 * 0.2),
])  # fmt: skip
def test_entries_follow_the_season_and_the_rise_of_unemployment(advanced, market, shift):
    kind = ALIKE | {"entry": 0.3}
    _, n = advanced({}, {"overdue": 0.0, "arrivals": 0}, {"types": [kind]}, market=market)
    assert near(n["entries"], 4000, 1.0 - (1.0 - shifted(0.3, shift)) ** (DAYS / 30))


@pytest.mark.parametrize(("path", "shift"), [(PATH, -0.4), (PATH[::-1], 0.4)])
def test_payments_fall_where_unemployment_rose(advanced, path, shift):
    """From the 31st to the 31 + 28th day, all of them in M2 and M3."""
    market = {"unemployment": path, "repay_sensitivity": 0.1}
    kind = ALIKE | {"repay_later": 0.5}
    _, n = advanced({}, in_bucket(2), {"types": [kind]}, market=market)
    cures = n[["cures_m2", "cures_m3"]].sum()
    assert near(cures, 4000, 1.0 - (1.0 - shifted(0.5, shift)) ** (DAYS / 30))
