"""Calibration: a lender's history in, a scenario's numbers out."""

from sim.calibrate.behaviour import (
    PRIORS,
    FittedBehaviour,
    Prior,
    fit_behaviour,
    simulate_bank,
)
from sim.calibrate.calibration import Calibration, calibrate
from sim.calibrate.mixture import FittedTypes, fit_types
from sim.calibrate.reported import reported_panel
from sim.calibrate.taiwan import read_taiwan

__all__ = [
    "PRIORS",
    "Calibration",
    "FittedBehaviour",
    "FittedTypes",
    "Prior",
    "calibrate",
    "fit_behaviour",
    "fit_types",
    "read_taiwan",
    "reported_panel",
    "simulate_bank",
]
