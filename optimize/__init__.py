"""Searches for better pay schemes and verifies them on fresh luck."""

from optimize.costing import costing
from optimize.dials import Dial
from optimize.dossier import dossier, explained
from optimize.found import Found
from optimize.frontier import frontier
from optimize.problem import Limit, Problem, load
from optimize.proposal import Proposal, optimise
from optimize.regret import regret
from optimize.search import Glance
from optimize.sensitivity import sensitivity

__all__ = [
    "Dial",
    "Found",
    "Glance",
    "Limit",
    "Problem",
    "Proposal",
    "costing",
    "dossier",
    "explained",
    "frontier",
    "load",
    "optimise",
    "regret",
    "sensitivity",
]
