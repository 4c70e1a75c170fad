"""The identity of a run: one name for scenario, luck and code; equal names mean equal numbers."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sim.scenario import Scenario

LIBRARIES = ("numba", "numpy", "scipy")  # they compute; another version may round otherwise
HEX = 24  # digits of a name: 96 bits


def run_key(scenario_key: str, seed: int, replication: int, code: str) -> str:
    """The name of one run."""
    return named(scenario_key, seed, replication, code)


def scenario_key(scenario: Scenario, portfolio_file: str) -> str:
    """The name of all that decides a scenario's results except the luck and the code.

    `portfolio_file` is the name of the content of the file it loads, empty if it loads none.
    """
    return named(scenario.digest, portfolio_file)


def content_key(file: Path) -> str:
    """The name of a file's content."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:HEX]


@cache
def code_key() -> str:
    """The name of the code that computes: this package's sources and the libraries below them."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    texts = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sources]
    return named(texts, platform.machine(), [(name, version(name)) for name in LIBRARIES])


def named(*facts: object) -> str:
    """A short name of facts that print the same everywhere: texts, numbers, lists of them."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:HEX]
