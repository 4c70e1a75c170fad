"""The last month, left out of the fit, against what the fit says of it."""

import numpy as np
import pandas as pd

from sim.calibrate.mixture import FittedTypes
from sim.panel import ABSENT, CHARGED_OFF, PERFORMING, Panel, early, repaid_shares, stock

STOCK_WITHIN = 0.01  # share of accounts
ERRORS_WITHIN = 2.0  # standard errors of so many accounts at the rate predicted
SIZE_WITHIN = 0.15  # share of the quantile
QUANTILES = (0.25, 0.50, 0.75)
SPELLS = (1, 2, 3)  # months


def holdout(fit: FittedTypes, panel: Panel) -> pd.DataFrame:
    """A row a check that the month allows: measure, predicted, seen, permitted difference, holds.

    `fit` is of the panel's months but the last. So few accounts that any share would be permitted
    make no check.
    """
    last = panel.state.shape[1] - 1
    before = panel.months(0, last)
    shift = fit.last_shift(before)
    rows = [("overdue stock", fit.stock_after(before, shift), stock(panel, last), STOCK_WITHIN)]
    rows += [_cures(fit, panel, month) for month in SPELLS if month < last]
    if last >= 2:
        rows.append(_two_months(fit, panel))
    if fit.sizes and (repaid_shares(panel.months(last - 1, last + 1)) > 0).any():
        rows += _sizes(fit, panel)
    table = pd.DataFrame(rows, columns=["measure", "predicted", "seen", "permitted"])
    could_fail = table["permitted"] < np.maximum(table["predicted"], 1.0 - table["predicted"])
    table = table[could_fail & table["seen"].notna()].reset_index(drop=True)
    return table.assign(holds=(table["predicted"] - table["seen"]).abs() <= table["permitted"])


def _cures(fit: FittedTypes, panel: Panel, month: int) -> tuple:
    """Of the spells that are `month` months old, the share not overdue in the last month."""
    last = panel.state.shape[1] - 1
    late = panel.state > PERFORMING
    spell = late[:, last - month : last].all(axis=1) & (panel.state[:, last] != ABSENT)
    spell &= panel.state[:, last - month - 1] == PERFORMING
    seen = float((~late[:, last])[spell].mean()) if spell.any() else np.nan
    told = fit.cured_after(panel.months(0, last), spell, 1)
    error = np.sqrt(told * (1.0 - told) / max(spell.sum(), 1))
    return f"cure hazard, month {month} of the spell", told, seen, ERRORS_WITHIN * error


def _two_months(fit: FittedTypes, panel: Panel) -> tuple:
    """Early accounts that are not overdue two months later; the chain's miss is the limit."""
    last = panel.state.shape[1] - 1
    there = early(panel)[:, last - 2] & (panel.state[:, last] != ABSENT)
    if not there.any():
        return "cured after two months", np.nan, np.nan, np.nan
    seen = float((panel.state[there, last] == PERFORMING).mean())
    state = panel.state[:, :last]
    counts = np.zeros((CHARGED_OFF + 1, CHARGED_OFF + 1))
    known = (state[:, :-1] != ABSENT) & (state[:, 1:] != ABSENT)
    np.add.at(counts, (state[:, :-1][known], state[:, 1:][known]), 1.0)
    month = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    begun = np.bincount(panel.state[there, last - 2], minlength=CHARGED_OFF + 1) / there.sum()
    chained = float((begun @ month @ month)[PERFORMING])
    told = fit.cured_after(panel.months(0, last - 1), there, 2)
    name = f"cured after two months (first-order chain {chained:.1%})"
    return name, told, seen, abs(chained - seen)


def _sizes(fit: FittedTypes, panel: Panel) -> list[tuple]:
    last = panel.state.shape[1] - 1
    shares = repaid_shares(panel.months(last - 1, last + 1))
    seen = np.quantile(shares[shares > 0], QUANTILES)
    told = fit.sizes.quantiles(QUANTILES, panel.months(0, last))
    return [
        (f"payment of early accounts, {q:.0%} quantile", float(t), float(s), SIZE_WITHIN * float(s))
        for q, t, s in zip(QUANTILES, told, seen, strict=True)
    ]
