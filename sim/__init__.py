"""Simulate an incentive scheme for collectors on a loan portfolio; compare schemes, same luck."""

from sim import insight_plots
from sim.calibrate.calibration import Calibration, calibrate
from sim.errors import InputError, LedgerError, PostloanError, StoreError
from sim.fairness import fairness_account
from sim.gaming import gaming_ledger
from sim.indicators import INDICATORS
from sim.outcome import Comparison, Outcome
from sim.parameter import Section
from sim.plan import Plan
from sim.run import compare, replicate, run
from sim.scenario import Scenario
from sim.sweep import sweep
from sim.swept import Swept
from sim.view import collector_view
from sim.world import World

__all__ = [
    "INDICATORS",
    "Calibration",
    "Comparison",
    "InputError",
    "LedgerError",
    "Outcome",
    "Plan",
    "PostloanError",
    "Scenario",
    "Section",
    "StoreError",
    "Swept",
    "World",
    "calibrate",
    "collector_view",
    "compare",
    "fairness_account",
    "gaming_ledger",
    "insight_plots",
    "replicate",
    "run",
    "sweep",
]
