"""Searches for better pay schemes and verifies them on fresh luck."""

from optimize.dossier import dossier, explained
from optimize.problem import Problem, load
from optimize.proposal import Proposal, optimise
from optimize.search import Glance

__all__ = [
    "Glance",
    "Problem",
    "Proposal",
    "dossier",
    "explained",
    "load",
    "optimise",
]
