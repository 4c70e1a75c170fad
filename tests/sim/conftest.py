"""Tiny sweeps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim import Scenario
from sim.plan import Plan

WAGE = {
    "run": {"periods": 1, "replications": 3, "seed": 5},
    "portfolio": {"accounts": 120},
    "workforce": {"seats": 2},
    "scheme": {"wage_yuan": 5000},
}
BONUS = {"pay": [{"kind": "commission", "name": "bonus", "rates": {"M1": 0.05, "M3": 0.2}}]}


@pytest.fixture(scope="session")
def schemes() -> dict[str, Scenario]:
    """A wage, and a commission beside it."""
    wage = Scenario.of(WAGE)
    return {"wage": wage, "bonus": wage.vary(scheme=BONUS)}


@pytest.fixture(scope="session")
def planned(schemes) -> Callable[..., Plan]:
    """A plan of both schemes; keywords are keys of the table `[sweep]`."""
    return lambda **table: Plan.of(schemes, **table)


@pytest.fixture
def sweep_file(tmp_path, monkeypatch) -> Callable[[str], Path]:
    """Writes `[sweep]` with the given text beside two scenario files, and gives its path."""
    monkeypatch.chdir(tmp_path)
    Path("wage.toml").write_text(
        "[run]\nperiods = 1\nreplications = 3\nseed = 5\n[portfolio]\naccounts = 120\n"
        "[workforce]\nseats = 2\n"
    )
    Path("bonus.toml").write_text(
        'extends = "wage.toml"\n[[scheme.pay]]\nkind = "commission"\nname = "bonus"\n'
        "rates = { M1 = 0.05, M3 = 0.2 }\n"
    )

    def write(text: str) -> Path:
        Path("plan.toml").write_text(f"[sweep]\n{text}")
        return Path("plan.toml")

    return write
