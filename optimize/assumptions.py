"""Assumptions that studies vary: keys of the scenario, between the ends of their bands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimize.dials import Dial
from optimize.limits import QUANTITIES
from optimize.trials import Trials
from sim import InputError, Scenario

BEHAVIOUR = ("response.sensitivity", "workforce.integrity_yuan", "workforce.contagion")
ASSUMED = (
    *BEHAVIOUR, "response.effort_cost_yuan", "response.fatigue_yuan", "response.inattention_yuan",
    "workforce.skill_spread", "workforce.quits_per_year", "borrowers.complaint",
    "borrowers.pressure_harm", "borrowers.relapse", "platform.recall",
    "platform.risk_accuracy", "conduct.complaint_cost_yuan", "market.repay_sensitivity",
)  # fmt: skip
UNEMPLOYMENT = Dial(
    key="market.unemployment",
    options=((5.0,) * 5, (5.0,) * 5 + (5.5, 6.0, 6.5, 7.0), (5.0,) * 5 + (4.75, 4.5, 4.25, 4.0)),
)


def banded(key: str) -> Dial:
    """A dial between the ends of the band that the model gives the key."""
    at: Any = Scenario
    for part in key.split("."):
        if part not in at.model_fields:
            raise InputError(f"{key}: expected a key of the scenario with a band")
        field = at.model_fields[part]
        at = field.annotation
    band = (field.json_schema_extra or {}).get("band")
    if band is None:
        raise InputError(f"{key}: the model gives this key no band; expected one that has one")
    return Dial(key=key, low=band[0], high=band[1])


def assumed(dials: Sequence[Dial]) -> tuple[Dial, ...]:
    """The dials given, or the usual ones."""
    return tuple(dials) or tuple(banded(key) for key in ASSUMED)


def turned(scenario: Scenario, settings: Mapping[Dial, Any]) -> Scenario:
    """The scenario with several dials set."""
    for dial, setting in settings.items():
        scenario = dial.turned(scenario, setting)
    return scenario


def figures(
    trials: Trials,
    schemes: Mapping[str, Scenario],
    cases: Sequence[Mapping[Dial, Any]],
    luck: Sequence[int],
    quantity: str,
) -> np.ndarray:
    """A quantity by case, scheme and replication, all under the same luck."""
    tasks = [
        (turned(scenario, case), r) for case in cases for scenario in schemes.values() for r in luck
    ]
    found = trials.run(tasks)
    totals = dict(zip(trials.columns, found.T, strict=True))
    return QUANTITIES[quantity].of(totals).reshape(len(cases), len(schemes), len(luck))


def same_seed(schemes: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The schemes with the first one's seed: a difference between them is no luck."""
    seed = {"seed": next(iter(schemes.values())).run.seed}
    return {
        name: s.model_copy(update={"run": s.run.model_copy(update=seed)})
        for name, s in schemes.items()
    }
