"""The whole calibration: a lender's history and a scenario in; the scenario fitted to it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.calibrate.account_fit import AccountFit, fit_accounts
from sim.calibrate.behaviour import PRIORS, Bank, FittedBehaviour, fit_behaviour
from sim.calibrate.mixture import Climbing, climb
from sim.calibrate.moments import moments_of
from sim.calibrate.reported import as_large, lender_panel
from sim.errors import InputError
from sim.panel import ABSENT, CHARGED_OFF, Panel
from sim.scenario import Scenario

if TYPE_CHECKING:  # reading one loads a database library, which few need
    from sim.history import History

FEWEST_MONTHS = 3  # one that is left out, and two between which accounts move
FEWEST_ACCOUNTS = 30
LONGEST = 36  # months of collectors, beyond which a bank takes hours


@dataclass(frozen=True)
class Calibration:
    """What a history tells."""

    accounts: AccountFit
    behaviour: FittedBehaviour | None  # None: not asked for
    scenario: Scenario  # the one given, with what was fitted

    @property
    def holds(self) -> bool:
        """Whether every check on the month that was left out holds."""
        return bool(self.accounts.holdout["holds"].all())


def calibrate(
    history: "History | Panel", scenario: Scenario, *, types: int = 3, climbing: Climbing = climb,
    simulating: Callable[[Scenario], Bank] | None = None,
) -> Calibration:  # fmt: skip
    """The scenario fitted to a history, whose other numbers are the priors.

    `simulating` makes the bank of runs to which collectors are compared, such as
    `lambda scenario: simulate_bank(scenario, folder)`; without it behaviour keeps its priors.
    Raises InputError, before any work, for a history that cannot be fitted.
    """
    check_base(scenario)
    check_history(history, scenario, behaviour=simulating is not None)
    panel = panel_of(history)
    contacts = pd.DataFrame() if isinstance(history, Panel) else history.contacts
    found = fit_accounts(panel, contacts, types, climbing, scenario)
    fitted, behaved = scenario.vary(**found.changes(scenario)), None
    if simulating:
        reported = lender_panel(history.collectors)
        behaved = fit_behaviour(reported, simulating(as_large(fitted, reported)))
        fitted = fitted.vary(**behaved.changes)
    return Calibration(found, behaved, fitted)


def panel_of(history: "History | Panel") -> Panel:
    """The accounts of a history, month by month."""
    if isinstance(history, Panel):
        return history
    if history.accounts.empty:
        raise InputError("[accounts]: expected such a table")
    return Panel.of_accounts(history.accounts)


def check_base(scenario: Scenario) -> None:
    """Refuse a scenario whose numbers could not be those that are fitted."""
    if scenario.portfolio.file:
        raise InputError(
            f"[portfolio] file = {str(scenario.portfolio.file)!r}: expected a scenario that draws "
            "its portfolio, whose numbers are fitted"
        )


def check_history(history: "History | Panel", scenario: Scenario, *, behaviour: bool) -> None:
    """Refuse a history that cannot be fitted, before the work that would be lost."""
    panel = panel_of(history)
    months = panel.state.shape[1]
    if months < FEWEST_MONTHS:
        raise InputError(f"[accounts]: expected at least three months of accounts, found {months}")
    alive = (panel.state[:, 0] != ABSENT) & (panel.state[:, 0] != CHARGED_OFF)
    followed = int((alive & (panel.state[:, 1:-1] != ABSENT).any(axis=1)).sum())
    if followed < FEWEST_ACCOUNTS:
        raise InputError(
            f"[accounts]: expected at least {FEWEST_ACCOUNTS} accounts that are not charged off in "
            f"the first month and seen in a later one before the last, found {followed}"
        )
    if behaviour:
        _check_collectors(history, scenario)


def _check_collectors(history: "History | Panel", scenario: Scenario) -> None:
    """Refuse a history to which behaviour cannot be fitted."""
    if isinstance(history, Panel) or history.collectors.empty:
        raise InputError("[collectors]: expected such a table, to which behaviour is fitted")
    reported = lender_panel(history.collectors)
    months = 0 if reported.empty else int(reported["month"].max()) + 1
    if not 0 < months <= LONGEST:
        raise InputError(
            f"[collectors]: expected 1 to {LONGEST} months in which they are there, found {months}"
        )
    told = np.isfinite(list(moments_of(reported).values())).sum()
    if told < len(PRIORS):
        raise InputError(
            f"[collectors]: {told} moments can be told, fewer than the {len(PRIORS)} parameters; "
            "expected hours, tenure_days and more indicators"
        )
    as_large(scenario, reported)
