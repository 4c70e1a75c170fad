"""All that a lender's account history says of a scenario, and how far to trust it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate.estimates import COLUMNS, NINETY, estimates
from sim.calibrate.holdout import holdout
from sim.calibrate.mixture import Climbing, FittedTypes, fit_types
from sim.calibrate.tables import roll_rates, vintages
from sim.panel import ABSENT, CHARGED_OFF, PERFORMING, Panel
from sim.units import FEN_PER_YUAN

MOST_CELLS = 100_000  # account-months that the search reads; more accounts add little but time
PRIORS = {  # what an account panel alone cannot tell, and why
    "market.sensitivity": "no path of unemployment in the history",
    "market.repay_sensitivity": "no path of unemployment in the history",
    "market.season": "not fitted; needs several years",
    "borrowers.relapse": "set to 1: not told apart from the types' own entry",
    "borrowers.lateness_shape": "no days within a month",
    "borrowers.lateness_scale_days": "no days within a month",
    "borrowers.types.promise": "no contact log",
    "borrowers.types.keep": "no contact log",
    "borrowers.after_charge_off": "accounts are not read after their charge-off",
}


@dataclass(frozen=True)
class AccountFit:
    """What is fitted to a panel."""

    types: FittedTypes  # of all months
    parameters: pd.DataFrame  # estimates.COLUMNS; fitted, measured and left at their priors
    holdout: pd.DataFrame
    rolls: pd.DataFrame
    vintages: pd.DataFrame
    accounts: int
    read: int  # accounts that the search read
    months: int


def fit_accounts(panel: Panel, types: int, climbing: Climbing) -> AccountFit:
    """Fit to all months but the last and check that one; then fit to all of them."""
    accounts, months = panel.state.shape
    read = panel.sampled(max(MOST_CELLS // months, 1))
    checked = fit_types(read.months(0, months - 1), types, climbing)
    fit = fit_types(read, types, climbing)
    untold = [(key, np.nan, np.nan, np.nan, np.nan, f"prior: {why}") for key, why in PRIORS.items()]
    measured = pd.DataFrame([*_book(panel), *untold], columns=COLUMNS)
    return AccountFit(
        fit,
        pd.concat([estimates(fit), measured], ignore_index=True),
        holdout(checked, read),
        roll_rates(panel),
        vintages(panel),
        accounts,
        len(read.state),
        months,
    )


def _book(panel: Panel) -> list[tuple]:
    """Rows of what the last month's book shows itself."""
    state, balance = panel.state[:, -1], panel.balance_fen[:, -1]
    here = state != ABSENT
    overdue = state[here] > PERFORMING
    rows = [("portfolio.accounts", here.sum(), 0.0)]
    rows.append(("portfolio.overdue", overdue.mean(), _share_error(overdue.mean(), here.sum())))
    for bucket in range(1, CHARGED_OFF + 1):
        share = (state[here][overdue] == bucket).mean() if overdue.any() else np.nan
        error = _share_error(share, overdue.sum())
        rows.append((f"portfolio.buckets.{bucket - 1}", share, error))
    logs = np.log(balance[here & (balance > 0)] / FEN_PER_YUAN)
    spread = logs.std()
    middle = np.exp(np.median(logs))
    n = np.sqrt(logs.size)
    rows.append(("portfolio.balance_yuan", middle, 1.2533 * middle * spread / n))
    rows.append(("portfolio.balance_spread", spread, spread / (np.sqrt(2.0) * n)))
    return [
        (key, float(x), float(e), float(x - NINETY * e), float(x + NINETY * e), "identified")
        for key, x, e in rows
    ]


def _share_error(share: float, count: int) -> float:
    return float(np.sqrt(share * (1.0 - share) / max(count, 1)))
