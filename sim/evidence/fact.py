"""A fact: something published that the model must show."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario import Scenario

PRESETS = Path(__file__).resolve().parents[2] / "scenarios"


@dataclass(frozen=True)
class Fact:
    """A published band, and how the model's own figure is measured.

    `watch` makes what is looked at of a seed (of the lender's file, if `of_file`), and `measure`
    reads the figure off it. Facts with the same `watch` share its runs. Both are functions of a
    module, so that worker processes can be told of them.
    """

    key: str
    text: str  # what is claimed, in a sentence
    source: str
    band: tuple[float, float]
    unit: str
    on: str  # what is simulated: the scenario, and what collectors do in it
    watch: Callable[[Any], Any]
    measure: Callable[[Any], float]
    of_file: bool = False


def preset(name: str, seed: int, **changes: Any) -> Scenario:
    """A scenario of the folder `scenarios` under that seed's luck, with keys changed."""
    scenario = Scenario.load(PRESETS / f"{name}.toml")
    run = {"seed": seed} | changes.pop("run", {})
    return scenario.vary(run=run, **changes)
