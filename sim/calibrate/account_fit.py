"""All that a lender's account history says of a scenario, and how far to trust it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate.contact import contact_rates
from sim.calibrate.estimates import COLUMNS, NINETY, UNTOLD, estimates, rounded
from sim.calibrate.holdout import holdout
from sim.calibrate.mixture import Climbing, FittedTypes, fit_types
from sim.calibrate.tables import roll_rates, vintages
from sim.panel import ABSENT, CHARGED_OFF, PERFORMING, Panel
from sim.scenario import Scenario
from sim.units import FEN_PER_YUAN

MOST_CELLS = 100_000  # account-months that the search reads; more accounts add little but time
BOOK = ("accounts", "overdue", "balance_yuan", "balance_spread", "instalment",
        "smallest_instalment_yuan", "reach", "reach_spread")  # fmt: skip
TYPE_KEYS = ("share", "entry", "repay_m1", "repay_later", "fade", "payment", "payment_spread")
PRIOR_KEYS = ("promise", "promise_fade", "keep")
PRIORS = {  # what an account panel alone cannot tell, and why
    "market.sensitivity": "no path of unemployment in the history",
    "market.repay_sensitivity": "no path of unemployment in the history",
    "market.season": "not fitted; needs several years",
    "borrowers.relapse": "set to 1: not told apart from the types' own entry",
    "borrowers.lateness_shape": "no days within a month",
    "borrowers.lateness_scale_days": "no days within a month",
    "borrowers.types.promise": "not told by accounts or counts of contacts",
    "borrowers.types.keep": "not told by accounts or counts of contacts",
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

    def changes(self, today: Scenario) -> dict[str, dict]:
        """What to vary in today's scenario."""
        about = self.parameters.set_index("key")["estimate"]
        names = [name for name in BOOK if f"portfolio.{name}" in about]
        book = {name: float(about[f"portfolio.{name}"]) for name in names}
        book["accounts"] = int(about["portfolio.accounts"])
        book["buckets"] = [float(about[f"portfolio.buckets.{b}"]) for b in range(CHARGED_OFF)]
        kinds = [self._type(t, about, today) for t in range(len(self.types.borrowers.types))]
        return {"portfolio": book, "borrowers": {"relapse": 1.0, "types": kinds}}

    def _type(self, t: int, about: pd.Series, today: Scenario) -> dict:
        """A latent type; what of it is not fitted is that of today's at the same place."""
        own, prior = self.types.borrowers.types[t], today.borrowers.types
        keys = {key: "borrowers.types.fade" if key == "fade" else f"borrowers.types.{t}.{key}"
                for key in TYPE_KEYS}  # fmt: skip
        fitted = {key: float(about.get(place, 1.0)) for key, place in keys.items()}
        same = prior[min(t, len(prior) - 1)].model_dump(include=set(PRIOR_KEYS))
        return {"name": own.name} | fitted | same


def fit_accounts(
    panel: Panel, contacts: pd.DataFrame, types: int, climbing: Climbing, today: Scenario
) -> AccountFit:
    """Fit to all months but the last and check that one; then fit to all of them.

    A number that the history does not tell is today's; `contacts` is the contact log, if any.
    """
    accounts, months = panel.state.shape
    read = panel.sampled(max(MOST_CELLS // months, 1))
    checked = fit_types(read.months(0, months - 1), types, climbing)
    fit = fit_types(read, types, climbing)
    untold = [(key, np.nan, np.nan, np.nan, np.nan, f"prior: {why}") for key, why in PRIORS.items()]
    told = pd.DataFrame([*_book(panel), *_smallest(fit), *contact_rates(contacts)], columns=COLUMNS)
    parameters = _kept(pd.concat([estimates(fit), told], ignore_index=True), types, today)
    return AccountFit(
        fit,
        pd.concat([parameters, pd.DataFrame(untold, columns=COLUMNS)], ignore_index=True),
        holdout(checked, read),
        roll_rates(panel),
        vintages(panel),
        accounts,
        len(read.state),
        months,
    )


def _kept(table: pd.DataFrame, types: int, today: Scenario) -> pd.DataFrame:
    """The table with today's value of whatever the panel does not tell, the rest rounded."""
    untold = (table["verdict"] == UNTOLD) | table["estimate"].isna()
    table = table.set_index("key")
    _rescale(table, today)
    for key in table.index[untold.to_numpy()]:
        table.loc[key] = _todays(key, today), np.nan, np.nan, np.nan, UNTOLD
    told = table[~untold.to_numpy()]
    doubt = told["error"].fillna((told["high"] - told["low"]) / (2.0 * NINETY))
    for key, error in doubt[doubt > 0.0].items():
        table.loc[key, "estimate"] = rounded(table.loc[key, "estimate"], error)
    shares = [f"borrowers.types.{t}.share" for t in range(types) if types > 1]
    open_ = [key for key in shares if table.loc[key, "verdict"] == UNTOLD]
    if open_:  # what the others leave, as today's have it; nothing left: none is told
        told = table.loc[[key for key in shares if key not in open_], "estimate"].sum()
        within = table.loc[open_, "estimate"] / table.loc[open_, "estimate"].sum()
        table.loc[open_, "estimate"] = within * max(1.0 - told, 0.0)
    for parts in (shares, [key for key in table.index if key.startswith("portfolio.buckets.")]):
        _close(table, parts)
    return table.reset_index()[list(COLUMNS)]


def _rescale(table: pd.DataFrame, today: Scenario) -> None:
    """Let payments be as many of today's instalments, if the panel does not tell its own."""
    about = table.loc["portfolio.instalment"]
    if about["verdict"] == UNTOLD:
        told = table.index.str.endswith(".payment") & (table["verdict"] != UNTOLD)
        ratio, sizes = _todays(about.name, today) / about["estimate"], list(COLUMNS[1:-1])
        table.loc[told, sizes] = (table.loc[told, sizes] * ratio).clip(upper=1.0)


def _close(table: pd.DataFrame, keys: list[str]) -> None:
    """Let the largest of some shares be what the others leave: they were rounded one by one."""
    if keys:
        largest = table.loc[keys, "estimate"].idxmax()
        others = table.loc[keys, "estimate"].drop(largest).sum()
        table.loc[largest, "estimate"] = round(1.0 - others, 9)


def _todays(key: str, today: Scenario) -> float:
    """The number of today's scenario that stands at a key; of types the one at the same place."""
    section, name, *rest = key.split(".")
    here = getattr(getattr(today, section), name)
    if name == "types":
        *place, name = rest
        kind = here[min(int(place[0]), len(here) - 1)] if place else here[0]
        return float(getattr(kind, name))
    return float(here[int(rest[0])] if rest else here)


def _book(panel: Panel) -> Iterator[tuple]:
    """Rows of what the last month's book shows itself."""
    state, balance = panel.state[:, -1], panel.balance_fen[:, -1]
    here = state != ABSENT
    overdue = state[here] > PERFORMING
    yield "portfolio.accounts", float(here.sum()), np.nan, np.nan, np.nan, "counted"
    yield _share("portfolio.overdue", overdue)
    for bucket in range(1, CHARGED_OFF + 1):
        yield _share(f"portfolio.buckets.{bucket - 1}", state[here][overdue] == bucket)
    logs = np.log(balance[here & (balance > 0)] / FEN_PER_YUAN)
    if logs.size:
        middle = np.median(balance[here & (balance > 0)]) / FEN_PER_YUAN
        spread, n = logs.std(), np.sqrt(logs.size)
        yield _size("portfolio.balance_yuan", middle, 1.2533 * spread / n)
        yield _size("portfolio.balance_spread", spread, 1.0 / (np.sqrt(2.0) * n))
    else:
        yield "portfolio.balance_yuan", np.nan, np.nan, np.nan, np.nan, UNTOLD
        yield "portfolio.balance_spread", np.nan, np.nan, np.nan, np.nan, UNTOLD


def _size(key: str, size: float, error: float) -> tuple:
    """A size's row; the error is that of its log."""
    low, high = size * np.exp(NINETY * error * np.array([-1.0, 1.0]))
    return key, float(size), float(size * error), float(low), float(high), "identified"


def _share(key: str, flags: np.ndarray) -> tuple:
    """A share's row, with the interval of Wilson; none or all of them have it, but no error."""
    if not flags.size:
        return key, np.nan, np.nan, np.nan, np.nan, UNTOLD
    n, share = flags.size, float(flags.mean())
    shrunk = (share + NINETY**2 / (2 * n)) / (1 + NINETY**2 / n)
    half = np.sqrt(share * (1 - share) / n + (NINETY / (2 * n)) ** 2) / (1 + NINETY**2 / n) * NINETY
    low, high = min(max(shrunk - half, 0.0), share), max(min(shrunk + half, 1.0), share)
    error = float(half / NINETY) if 0.0 < share < 1.0 else np.nan
    return key, share, error, float(low), float(high), "identified"


def _smallest(fit: FittedTypes) -> Iterator[tuple]:
    """The row of the smallest instalment; it has no error: payments either show one or do not."""
    base = fit.sizes.base_fen if fit.sizes else 0.0
    key, yuan = "portfolio.smallest_instalment_yuan", round(base * fit.instalment) / FEN_PER_YUAN
    yield key, yuan, np.nan, np.nan, np.nan, "seen in payments" if base else "none seen in payments"
