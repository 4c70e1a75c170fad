"""Borrowers and their market: latent types and the macro path, turned into tables of chances."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from sim.parameter import Section, check_shares, parameter, share
from sim.records import AGES, CHANCES, CURED, FRESH, HARMED, HISTORIES, LAST_MISS, ROWS
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH

LATE = len(BUCKETS) - 1
TAIWAN = "UCI credit-card clients, Taiwan 2005: transitions and payments computed from the file"
HOME = "Home Credit instalment samples: lateness of payments made"
LAUDENBACH = "Laudenbach, Pirschel & Siegel, J. Finance: contact by an agent"
LIAO = "Liao, Wang, Yan, Yang & Zhou, SSRN 3415808: harsh collection and later default"
FRED = "US card delinquency against unemployment 1992-2019 (FRED), own regression"
ACA = "ACA 2003 benchmarking survey: 20 calls, 6 contacts, 2 promises an hour"
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Percent = Annotated[float, Field(ge=0.0, le=100.0)]
Shift = Annotated[float, Field(ge=-5.0, le=5.0)]


class BorrowerType(Section):
    """A latent type: what an account would do is drawn from it, collectors cannot see it."""

    name: str = Field(min_length=1, max_length=40, description="name of the type")
    share: Share = Field(description="share of all accounts")
    entry: Share = Field(description="chance to become overdue, per month, performing account")
    repay_m1: Share = Field(description="chance to pay within M1 without contact")
    repay_later: Share = Field(description="chance to pay in M2 without contact, per month")
    fade: Share = Field(description="factor on repay_later per further bucket")
    payment: float = Field(gt=0, le=1, description="median payment, share of balance")
    payment_spread: float = Field(ge=0, le=4, description="sd of log payment")
    promise: float = Field(ge=0, lt=1, description="promises per contact in M1")
    promise_fade: Share = Field(description="factor on promise per further bucket")
    keep: Share = Field(description="kept promises, share")


def _default_types() -> tuple[BorrowerType, ...]:
    return (
        BorrowerType(
            name="forgetful",
            share=0.64,
            entry=0.030,
            repay_m1=0.82,
            repay_later=0.62,
            fade=0.95,
            payment=0.22,
            payment_spread=0.7,
            promise=0.50,
            promise_fade=0.95,
            keep=0.75,
        ),
        BorrowerType(
            name="strained",
            share=0.27,
            entry=0.060,
            repay_m1=0.46,
            repay_later=0.42,
            fade=0.95,
            payment=0.14,
            payment_spread=0.9,
            promise=0.36,
            promise_fade=0.95,
            keep=0.55,
        ),
        BorrowerType(
            name="distressed",
            share=0.09,
            entry=0.10,
            repay_m1=0.14,
            repay_later=0.17,
            fade=0.95,
            payment=0.08,
            payment_spread=1.2,
            promise=0.20,
            promise_fade=0.95,
            keep=0.33,
        ),
    )


class Borrowers(Section):
    """How borrowers behave."""

    types: tuple[BorrowerType, ...] = parameter(
        _default_types,
        "latent types; their mixture makes cure fall with spell length",
        "list",
        min_length=1,
        max_length=(ROWS - 1) // HISTORIES,
        source=TAIWAN,
    )
    lateness_shape: float = parameter(
        0.57,
        "Weibull shape of lateness inside M1",
        "number",
        band=(0.5, 0.75),
        source=HOME,
        gt=0,
        le=5,
    )
    lateness_scale_days: float = parameter(
        5.7,
        "Weibull scale of lateness inside M1",
        "days",
        band=(5.5, 5.9),
        source=HOME,
        gt=0,
        le=100,
    )
    after_charge_off: float = share(
        0.025,
        "chance of a payment in the first month after charge-off",
        band=(0.01, 0.05),
        source="ChinaBond static pools: 23-36 % recovered in 12 months",
    )
    after_half_life_days: float = parameter(
        180.0,
        "age over which that chance halves",
        "days",
        band=(120, 360),
        gt=0,
        source="commercial collection surveys 3 to 24 months: shape only",
    )
    watch_days: float = parameter(
        90.0,
        "mean days that a cured account stays in the queue",
        "days",
        gt=0,
        le=5000,
        band=(30, 180),
    )
    relapse: float = parameter(
        1.8, "factor on entry after a cure", "factor", band=(1, 4), source=TAIWAN, gt=0, le=20
    )
    harm_entry: float = parameter(
        1.8,
        "factor on entry after harsh treatment",
        "factor",
        band=(1, 2.5),
        source=LIAO,
        gt=0,
        le=20,
    )
    harm_repay: float = parameter(
        0.8,
        "factor on payments without contact after such treatment",
        "factor",
        band=(0.5, 1),
        source=LIAO,
        gt=0,
        le=1,
    )
    promise_days: int = parameter(7, "promises fall due within", "days", ge=1, le=30)
    promise_boost: float = parameter(
        0.6,
        "added to the log of the median payment when a promise is kept",
        "log",
        band=(0, 1),
        ge=0,
        le=3,
        source=LAUDENBACH,
    )
    pressure_promise: float = parameter(
        1.7, "factor on the odds of a promise under pressure", "factor", band=(1, 2.5), gt=0, le=10
    )
    pressure_keep: float = parameter(
        0.08, "added share of promises kept under pressure", "share", band=(0, 0.2), ge=-1, le=1
    )
    pressure_harm: float = share(
        0.45, "share of harsh contacts that leave lasting harm", band=(0.1, 0.6), source=LIAO
    )
    discount: float = share(0.10, "share of the arrears waived to get a payment", band=(0.05, 0.3))
    discount_keep: float = parameter(
        0.15, "added share of promises kept with a discount", "share", ge=-1, le=1
    )
    complaint: float = share(0.004, "complaints per contact", band=(0.001, 0.01))
    complaint_pressure: float = parameter(
        5.0, "added factor on complaints under pressure", "factor", band=(2, 10), ge=0
    )
    complaint_tries: float = parameter(
        0.5, "added factor per attempt in a week beyond the second", "factor", ge=0
    )
    survey: float = share(0.15, "satisfaction ratings asked per contact")
    inquiries: float = parameter(
        0.03, "messages from customers per overdue account and week", "per week", ge=0, le=10
    )
    sold_after_days: int = parameter(
        180, "age after charge-off at which a claim leaves the queue", "days", ge=1, le=1000
    )

    @model_validator(mode="after")
    def _shares_sum_to_one(self):
        check_shares("types", self.types)
        return self


class Market(Section):
    """The path of the economy."""

    unemployment: tuple[Percent, ...] = parameter(
        (5.0,) * 5,
        "unemployment by quarter; the first four lie before the run, the last stays",
        "percent",
        min_length=5,
        max_length=200,
    )
    sensitivity: float = parameter(
        0.11,
        "shift of the logit of entry per point of unemployment gained in a year; with "
        "repay_sensitivity it moves the logit of the overdue stock by 0.22",
        "logit per point",
        band=(0.05, 0.20),
        source=FRED,
        ge=0,
        le=5,
    )
    repay_sensitivity: float = parameter(
        0.05,
        "shift down of the logit of payment, likewise",
        "logit per point",
        band=(0, 0.15),
        ge=0,
        le=5,
    )
    season: tuple[Shift, ...] = parameter(
        (0.05, 0.15, -0.05, -0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.05),
        "shift of the logit of entry by calendar month, January first",
        "logit",
        min_length=12,
        max_length=12,
    )
    start_month: int = parameter(1, "calendar month of day 0", "month", ge=1, le=12)

    def strain(self, day: int) -> float:
        """Unemployment gained over the last four quarters on that day, points."""
        quarter, last = 4 + day // 90, len(self.unemployment) - 1  # the last level stays
        return self.unemployment[min(quarter, last)] - self.unemployment[min(quarter - 4, last)]

    def weather(self, day: int) -> tuple[float, float]:
        """All that moves borrowers' chances from day to day: strain and season."""
        return self.strain(day), self.season_on(day)

    def season_on(self, day: int) -> float:
        return self.season[(self.start_month - 1 + day // DAYS_PER_MONTH) % 12]


def _shifted(chance, logit):
    """Chances moved by a shift of their logit; 0 and 1 stay."""
    return chance * np.exp(logit) / (1.0 - chance + chance * np.exp(logit))


def _daily(monthly):
    return 1.0 - (1.0 - monthly) ** (1.0 / DAYS_PER_MONTH)


def natural_chances(borrowers: Borrowers, market: Market, day: int) -> np.ndarray:
    """Chance per day of entry (column 0) or of a payment without contact, shape (ROWS, AGES)."""
    strain = market.strain(day)
    repay_shift = -market.repay_sensitivity * strain
    entry_shift = market.sensitivity * strain + market.season_on(day)
    days = np.arange(2, DAYS_PER_MONTH + 1)  # who becomes overdue may pay from the next day on
    paid = 1.0 - np.exp(
        -((np.arange(DAYS_PER_MONTH) / borrowers.lateness_scale_days) ** borrowers.lateness_shape)
    )
    paid = paid / paid[-1]
    later = np.arange(DAYS_PER_MONTH + 1, CHARGE_OFF_DAY + 1)
    months_after = np.arange(AGES - CHARGE_OFF_DAY - 1)
    after = _daily(borrowers.after_charge_off) * 0.5 ** (
        months_after * 32 / borrowers.after_half_life_days
    )
    out = np.zeros((ROWS, AGES))
    for t, kind in enumerate(borrowers.types):
        m1 = _shifted(np.float64(kind.repay_m1), repay_shift)
        bucket = (later - 1) // DAYS_PER_MONTH - 1
        monthly = _shifted(kind.repay_later * kind.fade**bucket, repay_shift)
        for history in (FRESH, CURED, HARMED):
            row = out[HISTORIES * t + history]
            factor = {
                FRESH: 1.0,
                CURED: borrowers.relapse,
                HARMED: borrowers.relapse * borrowers.harm_entry,
            }[history]
            row[0] = _daily(_shifted(np.minimum(kind.entry * factor, 0.95), entry_shift))
            row[days] = (
                m1 * np.diff(paid) / (1.0 - m1 * paid[:-1])
                if m1 < 1
                else np.diff(paid) / (1.0 - paid[:-1])
            )
            row[later] = _daily(monthly)
            row[CHARGE_OFF_DAY + 1 :] = after
            if history == HARMED:
                row[1:] *= borrowers.harm_repay
    return out


def chances(
    borrowers: Borrowers, market: Market, weekly_limit: float, day: int, payment_base_fen: float = 0
) -> np.ndarray:
    """The kernel's table of chances from `day` on, CHANCES of shape (1,)."""
    out = np.zeros(1, CHANCES)
    c = out[0]
    c["payment_base"] = payment_base_fen
    daily = natural_chances(borrowers, market, day)
    release = np.tile([0.0, 1.0, 1.0], ROWS)[:ROWS] / borrowers.watch_days
    c["entry"] = daily[:, 0] / np.maximum(daily[:, 0] + release, 1e-300)
    daily[: HISTORIES * len(borrowers.types), 0] += release[: HISTORIES * len(borrowers.types)]
    natural = np.minimum(daily * 2.0**32, 2.0**32 - 1)
    c["natural"] = natural.astype(np.uint32)
    bound = c["natural"].copy()
    for ahead in range(1, 8):
        bound[:, 1:-ahead] = np.maximum(bound[:, 1:-ahead], c["natural"][:, 1 + ahead :])
    c["bound"] = bound
    for t, kind in enumerate(borrowers.types):
        rows = slice(HISTORIES * t, HISTORIES * (t + 1))
        c["log_share"][rows] = np.log(kind.payment)
        c["log_spread"][rows] = kind.payment_spread
        c["promise"][rows] = kind.promise * kind.promise_fade ** np.arange(len(BUCKETS))
        c["keep"][rows] = kind.keep
    c["weekly_limit"] = weekly_limit
    c["sold_after"] = borrowers.sold_after_days
    c["discount_share"] = borrowers.discount
    for name in (
        "promise_days",
        "promise_boost",
        "pressure_promise",
        "pressure_keep",
        "pressure_harm",
        "discount_keep",
        "complaint",
        "complaint_pressure",
        "complaint_tries",
        "survey",
    ):
        c[name] = getattr(borrowers, name)
    return out


def type_odds(borrowers: Borrowers, market: Market) -> np.ndarray:
    """Share of latent types in each state, shape (performing + buckets, type).

    Bayes over the chance to enter and then not to pay until that bucket.
    """
    natural = natural_chances(borrowers, market, 0)[: HISTORIES * len(borrowers.types) : HISTORIES]
    share_of = np.array([t.share for t in borrowers.types])
    odds = [share_of]
    weight = share_of * natural[:, 0]
    for bucket in range(LATE + 1):
        odds.append(weight.copy())
        first = 1 + bucket * DAYS_PER_MONTH
        weight = weight * (1.0 - natural[:, first : first + DAYS_PER_MONTH]).prod(axis=1)
    table = np.array(odds) + 1e-300
    return table / table.sum(axis=1, keepdims=True)


def estimates(misses_fade: float, success: np.ndarray) -> np.ndarray:
    """What collectors expect of an attempt, float32 (bucket, misses)."""
    return (success[:, None] * misses_fade ** np.arange(LAST_MISS + 1)).astype(np.float32)
