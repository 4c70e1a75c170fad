"""Calibration: a lender's history in, a scenario's numbers out."""

from sim.calibrate.mixture import FittedTypes, fit_types
from sim.calibrate.taiwan import read_taiwan

__all__ = ["FittedTypes", "fit_types", "read_taiwan"]
