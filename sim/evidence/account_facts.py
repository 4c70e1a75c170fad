"""Facts about accounts: rolls, cures, payments, balances, recoveries, the economy.

Collectors work as usual and do not respond to pay (`replay`): lenders' published rates are rates of
worked portfolios. The first months are left out, until the drawn portfolio has settled.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sim.calibrate import fit_types, read_taiwan
from sim.evidence.fact import Fact, preset
from sim.evidence.us_unemployment import QUARTERS
from sim.market import FRED, TAIWAN
from sim.panel import (
    CHARGED_OFF,
    Panel,
    Watched,
    cure_hazard,
    early,
    observe,
    panel_of,
    repaid_shares,
    roll,
    stock,
)
from sim.run import replicate

OCC = (
    "OCC, Retail Lending Examination Procedures, app. G: worked example, balances and loss factors"
)
CHINABOND = "ChinaBond Rating: card NPL static pools, cohorts 2017-2021"
YINDENG = "Yindeng Centre: personal NPL bulk sales 2022-2025, 6.9-9.4 % of principal"
CHINA_ONLINE = "Chinese online lenders 2024-25: 85-88 % of what falls overdue collected in 30 days"
OTS = "OCC & OTS Mortgage Metrics, 2008 Q4 and 2009 Q1: loans modified without lower payments"
CARD = "card.toml, usual work"
ONLINE = "online_loan.toml, usual work"
SETTLE = 3  # months left out
YEAR = 12
SALE_COST = 0.5  # of what a buyer recovers; Mercator: contingency fee 50-65 % on later placements
SALE_DISCOUNT = 0.15  # a year, what a buyer of claims wants; assumed

# ---- a card book ----


def card_book(seed: int) -> Panel:
    """A year of a card book, seen once a month."""
    months = {"periods": SETTLE + YEAR, "period_days": 30, "warm_up": 0}
    scenario = preset("card", seed, run=months, response={"mode": "replay"})
    return observe(scenario, 0).months(SETTLE, SETTLE + YEAR + 1)


def least_rise(panel: Panel) -> float:
    """The smaller of the two steps from one bucket's roll rate to the next bucket's."""
    return float(np.diff([roll(panel, bucket) for bucket in (1, 2, 3)]).min())


def cure_against_first(panel: Panel, month: int) -> float:
    return cure_hazard(panel, month) / cure_hazard(panel, 1)


def share_repaying_nothing(panel: Panel) -> float:
    return float((repaid_shares(panel) <= 0).mean())


def median_payment(panel: Panel) -> float:
    shares = repaid_shares(panel)
    return float(np.median(shares[shares > 0]))


def balance_spread(panel: Panel) -> float:
    """Standard deviation of log balance of the accounts one or two months late."""
    return float(np.log(_early_balances(panel)).std())


def share_of_top_fifth(panel: Panel) -> float:
    """What the fifth of those accounts with the largest balances owes, share of the whole."""
    balances = np.sort(_early_balances(panel))[::-1]
    return float(balances[: len(balances) // 5].sum() / balances.sum())


def _early_balances(panel: Panel) -> np.ndarray:
    return panel.balance_fen[early(panel) & (panel.balance_fen > 0)]


# ---- accounts re-aged without payment ----


class _ReAging(Watched):
    """A world in which every seat re-ages an account or two a day for a month."""

    def choose(self) -> None:
        super().choose()
        self.practice["extended_per_day"] = 1.0 if self.period == SETTLE else 0.0

    def close_period(self) -> None:
        if self.period == SETTLE:
            accounts = self.portfolio.accounts
            self.re_aged = np.isin(self.names, accounts["stream"][accounts["hidden"] > 0])
        super().close_period()


def re_aged(seed: int) -> Panel:
    """The accounts that were re-aged in a month: its last evening, and a year from there."""
    months = {"periods": SETTLE + 1 + YEAR, "period_days": 30, "warm_up": 0}
    scenario = preset("baseline", seed, run=months, response={"mode": "replay"})
    world = _ReAging(scenario, 0)
    panel = panel_of(world)
    return Panel(*(column[world.re_aged, SETTLE + 1 :] for column in vars(panel).values()))


def defaulted(panel: Panel, month: int) -> float:
    """Share that is 60 days late or was charged off, so many months later."""
    charged_off = (panel.state[:, : month + 1] == CHARGED_OFF).any(axis=1)
    return float((charged_off | (panel.state[:, month] >= 3)).mean())


# ---- an online loan's book ----


def online_year(seed: int) -> dict[str, float]:
    """Loans that became overdue in a year, and how many of them rolled to M2."""
    months = {"periods": SETTLE + YEAR, "period_days": 30, "warm_up": 0}
    scenario = preset("online_loan", seed, run=months, response={"mode": "replay"})
    counted = replicate(scenario, 0)["periods"].query("period >= @SETTLE")
    return {"entries": counted["entries"].sum(), "rolls": counted["rolls_m1"].sum()}


def rolled_to_m2(year: dict[str, float]) -> float:
    return float(year["rolls"] / year["entries"])


@dataclass(frozen=True)
class Claims:
    """Claims from the month of their charge-off on, arrays of shape (claim, month)."""

    balance_fen: np.ndarray  # at the end of each month, the first one that of the charge-off
    repaid_fen: np.ndarray  # in the month after it


def written_off(seed: int) -> Claims:
    """Claims charged off in half a year, followed for two and a half years.

    The lender keeps them all the while: who would buy them would do the same with them.
    """
    followed, cohorts = 30, 6
    scenario = preset(
        "online_loan",
        seed,
        run={"periods": followed + cohorts, "period_days": 30, "warm_up": 0},
        borrowers={"sold_after_days": 1000},
        response={"mode": "replay"},
    )
    panel = observe(scenario, 0)
    balances, repaid = [], []
    for month in range(cohorts):
        now = panel.state[:, month] == CHARGED_OFF
        before = now & (panel.state[:, month - 1] == CHARGED_OFF) if month else ~now
        claims = now & ~before
        balances.append(panel.balance_fen[claims, month : month + followed])
        repaid.append(panel.repaid_fen[claims, month + 1 : month + followed + 1])
    return Claims(np.concatenate(balances), np.concatenate(repaid))


def recovered_in_a_year(claims: Claims) -> float:
    """Recovered in the 12 months after the charge-off, share of what was charged off."""
    return float(claims.repaid_fen[:, :YEAR].sum() / claims.balance_fen[:, 0].sum())


def sale_value(claims: Claims) -> float:
    """What the claims still open after a year are worth to a buyer, share of what they owe.

    Later recoveries, less the buyer's cost, discounted to the sale.
    """
    later = claims.repaid_fen[:, YEAR:].sum(axis=0)
    factor = (1.0 + SALE_DISCOUNT) ** (-(np.arange(later.size) + 0.5) / YEAR)
    return float((1.0 - SALE_COST) * (later * factor).sum() / claims.balance_fen[:, YEAR].sum())


# ---- the economy ----


def us_history(seed: int) -> np.ndarray:
    """A card book under US unemployment 2000-2019: logit of the share late, change, level.

    One row a quarter, after the first four. Late is a month or more (M2 to M6), as in the series
    of US banks; seasons are left out, as that series is adjusted for them.
    """
    scenario = preset(
        "card",
        seed,
        run={"periods": len(QUARTERS) - 4, "period_days": 90, "warm_up": 0},
        portfolio={"accounts": 6000},
        workforce={"seats": 3},
        market={"unemployment": list(QUARTERS), "season": [0.0] * 12},
        response={"mode": "replay"},
    )
    panel = observe(scenario, 0)
    late = np.array([stock(panel, q, from_bucket=2) for q in range(1, panel.state.shape[1])])
    level = np.array(QUARTERS)
    rows = np.column_stack([np.log(late / (1.0 - late)), level[4:] - level[:-4], level[4:]])
    return rows[4:]


def logit_per_point(rows: np.ndarray, regressor: int) -> float:
    """Coefficient of ordinary least squares on a constant, the yearly change and the level."""
    causes = np.column_stack([np.ones(len(rows)), rows[:, 1:]])
    return float(np.linalg.lstsq(causes, rows[:, 0], rcond=None)[0][regressor])


# ---- a lender's file ----


def august_2005(path: Path) -> float:
    """Predicted less true share of overdue accounts in August, from the months before."""
    panel = read_taiwan(path)
    seen = panel.months(0, 4)
    fitted = fit_types(seen)
    return fitted.stock_after(seen, fitted.last_shift(seen)) - stock(panel, 4)


def itself(seen: float) -> float:
    return seen


# ---- the table ----

FACTS = (
    *(
        Fact(
            f"roll_m{bucket}",
            f"Of accounts in M{bucket} at a month's end, the share in M{bucket + 1} a month later",
            f"{OCC}: {published:.0%}",
            (round(published - 0.05, 2), round(published + 0.05, 2)),
            "share of accounts",
            CARD,
            card_book,
            partial(roll, bucket=bucket),
        )
        for bucket, published in {1: 0.43, 2: 0.67, 3: 0.72}.items()
    ),
    Fact(
        "rolls_rise",
        "Roll rates rise with the bucket; the smaller step from M1 to M2 to M3 to M4",
        OCC,
        (0.0, 1.0),
        "share of accounts",
        CARD,
        card_book,
        least_rise,
    ),
    *(
        Fact(
            f"cure_month_{month}",
            f"Of spells still running after {month - 1} months, the share cured a month later",
            f"{TAIWAN}: {published:.0%}",
            (round(published - 0.05, 2), round(published + 0.05, 2)),
            "share of accounts",
            CARD,
            card_book,
            partial(cure_hazard, month=month),
        )
        for month, published in {1: 0.47, 2: 0.28, 3: 0.22}.items()
    ),
    Fact(
        "cure_falls_2",
        "Cure hazard falls with spell length: second month against first",
        f"{TAIWAN}: 0.59",
        (0.50, 0.70),
        "ratio",
        CARD,
        card_book,
        partial(cure_against_first, month=2),
    ),
    Fact(
        "cure_falls_3",
        "Cure hazard falls with spell length: third month against first",
        f"{TAIWAN}: 0.46",
        (0.35, 0.60),
        "ratio",
        CARD,
        card_book,
        partial(cure_against_first, month=3),
    ),
    Fact(
        "balance_spread",
        "Balances of accounts one or two months late are lognormal: sd of their log",
        f"{TAIWAN}: 1.53",
        (1.3, 1.7),
        "log",
        CARD,
        card_book,
        balance_spread,
    ),
    Fact(
        "top_fifth",
        "The fifth of those accounts with the largest balances owes most of the money",
        f"{TAIWAN}: 59 %",
        (0.50, 0.65),
        "share of balance",
        CARD,
        card_book,
        share_of_top_fifth,
    ),
    Fact(
        "pay_nothing",
        "Of accounts one or two months late, the share that repays nothing in the next month",
        f"{TAIWAN}: 45 %",
        (0.40, 0.50),
        "share of accounts",
        CARD,
        card_book,
        share_repaying_nothing,
    ),
    Fact(
        "payment_size",
        "Median repayment of the others in that month",
        f"{TAIWAN}: 5.0 %",
        (0.03, 0.08),
        "share of balance",
        CARD,
        card_book,
        median_payment,
    ),
    *(
        Fact(
            f"re_aged_{month}",
            f"Of accounts re-aged without payment, the share 60 days late {month} months later",
            f"{OTS}: {low:.0%} to {high:.0%}",
            (round(low - 0.05, 2), round(high + 0.05, 2)),
            "share of accounts",
            "baseline.toml, usual work, a month of re-aging",
            re_aged,
            partial(defaulted, month=month),
        )
        for month, (low, high) in {6: (0.46, 0.54), 12: (0.56, 0.59)}.items()
    ),
    Fact(
        "online_roll_m1",
        "Of online loans that become overdue, the share not collected within M1",
        CHINA_ONLINE,
        (0.12, 0.15),
        "share of loans",
        ONLINE,
        online_year,
        rolled_to_m2,
    ),
    Fact(
        "recovered_in_a_year",
        "Recovered in the 12 months after charge-off",
        f"{CHINABOND}: 23-36 %",
        (0.20, 0.36),
        "share of balance",
        ONLINE,
        written_off,
        recovered_in_a_year,
    ),
    Fact(
        "sale_value",
        f"What a buyer recovers of claims charged off a year ago, less {SALE_COST:.0%} cost, at "
        f"{SALE_DISCOUNT:.0%} a year",
        YINDENG,
        (0.04, 0.10),
        "share of principal",
        ONLINE,
        written_off,
        sale_value,
    ),
    Fact(
        "unemployment_change",
        "Rise of logit(share late) per point of unemployment gained in four quarters",
        f"{FRED}: 0.22",
        (0.14, 0.30),
        "logit per point",
        "card.toml, usual work, US unemployment 2000-2019",
        us_history,
        partial(logit_per_point, regressor=1),
    ),
    Fact(
        "unemployment_level",
        "The level of unemployment adds nothing to that",
        f"{FRED}: 0.003, standard error 0.026",
        (-0.05, 0.05),
        "logit per point",
        "card.toml, usual work, US unemployment 2000-2019",
        us_history,
        partial(logit_per_point, regressor=2),
    ),
    Fact(
        "hold_out",
        "Types fitted to the months April to July predict the share overdue in August: the error",
        f"{TAIWAN}, --history FILE; a first-order chain on all accounts misses by 0.65 points",
        (-0.010, 0.010),
        "share of accounts",
        "latent types fitted to the file, no simulation",
        august_2005,
        itself,
        of_file=True,
    ),
)
