"""Borrowers' chances against their closed forms, read from the table that the loop draws by."""

import numpy as np
import pytest

from sim.market import Borrowers, Market, natural_chances, type_odds
from sim.records import CURED, FRESH, HARMED, HISTORIES

FIRST_LATE, STEP = 181, 32  # column of the first days after charge-off, and the days of each
STILL = Market(season=(0.0,) * 12)


@pytest.fixture(scope="module")
def people() -> Borrowers:
    return Borrowers(after_half_life_days=64.0)


@pytest.fixture(scope="module")
def chances(people) -> np.ndarray:
    """By type, history and age."""
    table = natural_chances(people, STILL, 0)[: HISTORIES * len(people.types)]
    return table.reshape(len(people.types), HISTORIES, -1)


def monthly(daily):
    return 1.0 - (1.0 - daily) ** 30


def test_who_was_cured_enters_again_sooner_and_who_was_harmed_sooner_still(people, chances):
    for kind, rows in zip(people.types, chances, strict=True):
        factors = {FRESH: 1.0, CURED: 1.8, HARMED: 1.8 * 1.8}
        for history, factor in factors.items():
            assert monthly(rows[history, 0]) == pytest.approx(min(kind.entry * factor, 0.95))


def test_payments_sum_to_the_chance_of_m1_and_fade_by_the_bucket(people, chances):
    for kind, rows in zip(people.types, chances, strict=True):
        ages = rows[FRESH]
        assert 1.0 - np.prod(1.0 - ages[1:31]) == pytest.approx(kind.repay_m1)
        for bucket in range(5):
            month = ages[31 + 30 * bucket : 61 + 30 * bucket]
            assert 1.0 - np.prod(1.0 - month) == pytest.approx(kind.repay_later * kind.fade**bucket)


def test_the_harmed_pay_less_at_every_age(chances):
    np.testing.assert_allclose(chances[:, HARMED, 1:], 0.8 * chances[:, FRESH, 1:])
    np.testing.assert_array_equal(chances[:, CURED, 1:], chances[:, FRESH, 1:])


def test_payments_after_charge_off_halve_with_the_half_life(people, chances):
    late = chances[:, FRESH, FIRST_LATE:]
    assert monthly(late[:, 0]) == pytest.approx(people.after_charge_off)
    np.testing.assert_allclose(late[:, 64 // STEP :], 0.5 * late[:, : -64 // STEP])


def test_types_who_stay_longer_are_more_frequent_in_old_buckets(people):
    """Bayes: the share of a type times the chance to enter and then not to pay."""
    odds = type_odds(people, STILL)
    stay = np.array([
        [kind.share * (1.0 - (1.0 - kind.entry) ** (1 / 30)), 1.0 - kind.repay_m1,
         *(1.0 - kind.repay_later * kind.fade**k for k in range(5))] for kind in people.types
    ])  # fmt: skip
    weights = np.cumprod(stay, axis=1).T
    np.testing.assert_allclose(odds[0], [kind.share for kind in people.types])
    np.testing.assert_allclose(odds[1:], weights / weights.sum(axis=1, keepdims=True))


def test_the_season_is_that_of_the_calendar_month_and_the_last_level_of_unemployment_stays():
    season = tuple(0.01 * month for month in range(12))
    market = Market(season=season, start_month=11, unemployment=(5.0, 5.0, 5.0, 5.0, 7.0, 8.0))
    assert [market.season_on(day) for day in (0, 29, 30, 60, 359, 360)] == [
        season[month] for month in (10, 10, 11, 0, 9, 10)]  # fmt: skip
    quarters = [market.strain(90 * quarter) for quarter in range(7)]
    assert quarters == [2.0, 3.0, 3.0, 3.0, 1.0, 0.0, 0.0]
