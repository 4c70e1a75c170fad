"""Simulate an incentive scheme for collectors on a loan portfolio; compare schemes, same luck."""

from sim.errors import InputError, LedgerError, PostloanError
from sim.indicators import INDICATORS
from sim.outcome import Comparison, Outcome
from sim.parameter import Section
from sim.run import compare, replicate, run
from sim.scenario import Scenario
from sim.world import World

__all__ = [
    "INDICATORS",
    "Comparison",
    "InputError",
    "LedgerError",
    "Outcome",
    "PostloanError",
    "Scenario",
    "Section",
    "World",
    "compare",
    "replicate",
    "run",
]
