"""Without people the accounts are an absorbing chain, charged off as its fundamental matrix says.

Promises have no chance here, so collectors call nobody, and nobody becomes overdue again. An
instalment of a few fen on a balance of a million yuan makes the chain exact: its state is the age
and the whole fen in arrears, and payments leave the balance as it is.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import identity, lil_array
from scipy.sparse.linalg import spsolve
from scipy.stats import norm

from sim import Scenario
from sim.activity import COLUMN
from sim.units import CHARGE_OFF_DAY, DAYS_PER_MONTH

MONTHS = CHARGE_OFF_DAY // DAYS_PER_MONTH
STARTS = {"M1": 1, "M2": 31, "M3": 75, "M4": 91, "M5": 121, "M6": 160}  # age on the evening before
PER_START = 35_000
BALANCE_FEN = 100_000_000
PERIODS, PERIOD_DAYS = 24, 61


@dataclass(frozen=True)
class Case:
    repay_m1: float
    repay_later: float
    fade: float
    median_fen: float  # of a payment
    spread: float = 0.0  # sd of its log
    instalment_fen: int = 1
    shape: float = 0.57
    scale: float = 5.7


EVERYTHING = float(BALANCE_FEN)
CASES = {
    "payments clear all arrears": Case(0.6, 0.3, 0.8, EVERYTHING),
    "payments are one instalment and a half": Case(0.6, 0.5, 0.95, 3.5, instalment_fen=2),
    "payments are half an instalment": Case(0.5, 0.4, 0.9, 1.5, instalment_fen=2),
    "payments scatter": Case(
        0.6, 0.5, 0.7, 5.0, spread=1.2, instalment_fen=3, shape=1.0, scale=20.0),
}  # fmt: skip


def daily_chances(case: Case) -> np.ndarray:
    """Chance of a payment at each age 0..180: Weibull from the second day of M1, then constant."""
    paid = 1.0 - np.exp(-((np.arange(DAYS_PER_MONTH) / case.scale) ** case.shape))
    paid *= case.repay_m1 / paid[-1]
    monthly = case.repay_later * case.fade ** np.arange(MONTHS - 1)
    later = 1.0 - (1.0 - monthly) ** (1.0 / DAYS_PER_MONTH)
    return np.concatenate([[0.0, 0.0], np.diff(paid) / (1.0 - paid[:-1]),
                           np.repeat(later, DAYS_PER_MONTH)])  # fmt: skip


def chance_of_fen(case: Case, arrears: int) -> np.ndarray:
    """Chance that a payment is 1, 2, … fen and at last the whole arrears."""
    if case.spread == 0.0:
        below = (np.arange(2, arrears + 1) > case.median_fen).astype(float)
    else:
        below = norm.cdf(np.log(np.arange(2, arrears + 1) / case.median_fen) / case.spread)
    return np.diff(np.concatenate([[0.0], below, [1.0]]))


def charged_off(case: Case) -> dict[str, float]:
    """Chance of being charged off from each start: (I - T)^-1 R over states (age, arrears)."""
    most = MONTHS * case.instalment_fen
    ages, owed = range(1, CHARGE_OFF_DAY + 1), range(1, most + 1)
    state = {both: i for i, both in enumerate(product(ages, owed))}
    T, R = lil_array((len(state), len(state))), np.zeros(len(state))
    chance = daily_chances(case)
    for (evening, arrears), here in state.items():
        age = evening + 1
        if age > CHARGE_OFF_DAY:
            R[here] = 1.0
            continue
        missed = (age - 1) // DAYS_PER_MONTH + 1
        due = arrears + case.instalment_fen * ((age - 1) % DAYS_PER_MONTH == 0)
        due = min(due, most)
        T[here, state[age, due]] = 1.0 - chance[age]
        for repaid, fen in enumerate(chance_of_fen(case, due)[:-1], start=1):
            unpaid = -(-(due - repaid) // case.instalment_fen)
            lifted = age - DAYS_PER_MONTH * max(missed - unpaid, 0)
            T[here, state[lifted, due - repaid]] += chance[age] * fen
    T = T.tocsc()
    assert still_there(T) < 1e-4
    share = spsolve(identity(len(state), format="csc") - T, R)
    return {name: share[state[age, case.instalment_fen * -(-age // DAYS_PER_MONTH)]]
            for name, age in STARTS.items()}  # fmt: skip


def still_there(T) -> float:
    """The largest chance, over the states, of not being absorbed within the run."""
    left = np.ones(T.shape[0])
    for _ in range(PERIODS * PERIOD_DAYS):
        left = T @ left
    return left.max()


def scenario(case: Case, folder) -> Scenario:
    """A seat for each start, with accounts of that age only."""
    starts = pd.DataFrame(STARTS.items(), columns=["seat", "days_past_due"])
    table = starts.loc[starts.index.repeat(PER_START)].reset_index(drop=True)
    table["account_id"] = "account " + table.index.astype(str)
    table["balance_yuan"] = BALANCE_FEN / 100
    table["instalment_yuan"] = case.instalment_fen / 100
    table.to_parquet(folder / "accounts.parquet")
    kind = {"name": "only", "share": 1.0, "entry": 0.0, "repay_m1": case.repay_m1,
            "repay_later": case.repay_later, "fade": case.fade,
            "payment": case.median_fen / BALANCE_FEN, "payment_spread": case.spread,
            "promise": 0.0, "promise_fade": 1.0, "keep": 0.0}  # fmt: skip
    return Scenario.of({
        "run": {"periods": PERIODS, "period_days": PERIOD_DAYS, "replications": 1, "seed": 11},
        "portfolio": {"file": str(folder / "accounts.parquet")},
        "borrowers": {"types": [kind], "after_charge_off": 0.0, "sold_after_days": 1,
                      "lateness_shape": case.shape, "lateness_scale_days": case.scale},
        "response": {"mode": "replay"},
    })  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_share_charged_off_is_that_of_the_absorbing_chain(name, finished, tmp_path):
    case = CASES[name]
    expected = charged_off(case)
    world = finished(scenario(case, tmp_path), threads=2)
    true = sum(period["true"] for period in world.periods)
    assert true[:, COLUMN["attempts"]].sum() == 0
    assert true[:, COLUMN["entries"]].sum() == 0

    counts = true[:, COLUMN["rolls_m6"]]
    found = dict(zip(world.portfolio.seats, counts / PER_START, strict=True))
    for start, share in expected.items():
        standard_error = np.sqrt(share * (1.0 - share) / PER_START)
        assert abs(found[start] - share) < 4.0 * standard_error, (start, found[start], share)


def test_where_payments_clear_all_arrears_the_chain_is_a_product():
    """The fundamental matrix against the closed form: nobody pays in M1, M2, … M6."""
    case = CASES["payments clear all arrears"]
    unpaid = [1.0 - case.repay_later * case.fade**k for k in range(MONTHS - 1)]
    found = charged_off(case)
    assert found["M1"] == pytest.approx((1.0 - case.repay_m1) * np.prod(unpaid), rel=1e-12)
    assert found["M4"] == pytest.approx(unpaid[2] ** (29 / 30) * unpaid[3] * unpaid[4], rel=1e-12)
    assert found["M6"] == pytest.approx(unpaid[4] ** (20 / 30), rel=1e-12)
