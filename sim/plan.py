"""The plan of a sweep: schemes, points of varied parameters, replications; read from `[sweep]`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator
from scipy.stats import qmc

from sim.errors import InputError
from sim.measures import MEASURES
from sim.parameter import Section
from sim.plain_words import complaints
from sim.run import check_lengths
from sim.scenario import Scenario
from sim.scenario_file import Document, from_values, read, scenario_names
from sim.toml_lines import KeyPath

MOST_CELLS = 100_000  # schemes x points
SET_BY_SWEEP = ("run.seed", "run.replications")
Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True, ge=1, le=MOST_CELLS)]
Point = dict[str, Any]  # the varied keys and their values


class Axis(Section):
    """A key of the scenarios and where it goes: from `low` to `high`, or through `values`."""

    key: str = Field(
        min_length=1, description="table.key; a pay component goes by its name: scheme.pay.card.…"
    )
    low: Number | None = Field(default=None, description="least value")
    high: Number | None = Field(default=None, description="largest value")
    log: bool = Field(default=False, description="even steps of the logarithm")
    steps: Whole | None = Field(default=None, description="values of a grid, both ends included")
    values: tuple[Any, ...] | None = Field(
        default=None, description="values to choose from, of any kind", min_length=1
    )

    @model_validator(mode="after")
    def _one_way(self):
        ends = self.low is not None, self.high is not None
        if self.values is not None:
            if any(ends) or self.log or self.steps:
                raise ValueError("@values: expected either values, or low and high")
        elif not all(ends):
            raise ValueError("@key: expected low and high, or values, beside it")
        elif self.low >= self.high:
            raise ValueError(f"@high: expected more than low, {self.low:g}")
        elif self.log and self.low <= 0:
            raise ValueError("@low: expected a number above 0 where log = true")
        return self

    def at(self, share: float, whole: bool) -> Any:
        """The value at a share of the way, 0 to below 1."""
        if self.values is not None:
            return self.values[int(share * len(self.values))]
        room = 1 if whole else 0  # each whole number takes an equal part of the way
        if self.log:
            there = self.low * ((self.high + room) / self.low) ** share
        else:
            there = self.low + (self.high + room - self.low) * share
        return min(int(there), int(self.high)) if whole else there

    def grid(self, whole: bool) -> list:
        """All values of the axis on a grid, each once."""
        if self.values is not None:
            return list(self.values)
        spaced = (np.geomspace if self.log else np.linspace)(self.low, self.high, self.steps)
        return list(dict.fromkeys(map(round, spaced))) if whole else spaced.tolist()


class Precision(Section):
    """Go on until the paired differences of a measure are known as closely as this."""

    measure: Literal[tuple(m.key for m in MEASURES)] = Field(
        default="net_value", description="the measure to know"
    )
    half_width: Number | None = Field(
        default=None, gt=0, description="half of the 95 % interval, in the measure's unit"
    )
    share: Number | None = Field(
        default=None, gt=0, description="half of the 95 % interval, share of the base's mean"
    )
    most: int = Field(
        default=1000, ge=2, le=100_000, description="replications after which it gives up"
    )

    @model_validator(mode="after")
    def _one_of_two(self):
        if (self.half_width is None) == (self.share is None):
            raise ValueError("@half_width: expected either half_width or share")
        return self

    def met(self, half_width: float, mean: float) -> bool:
        """Whether a half-width is narrow enough; `mean` is the base's."""
        asked = self.half_width if self.share is None else self.share * abs(mean)
        return half_width <= asked


class Sweep(Section):
    """The table `[sweep]`."""

    schemes: tuple[str, ...] = Field(
        min_length=1, max_length=1000, description="scenario files beside this one, the base first"
    )
    design: Literal["grid", "latin_hypercube", "sobol"] = Field(
        default="grid", description="how points are laid between the ends of the varied keys"
    )
    points: Whole | None = Field(default=None, description="points of a sampled design")
    vary: tuple[Axis, ...] = Field(default=(), max_length=50, description="the varied keys")
    replications: int | None = Field(
        default=None, ge=1, le=100_000, description="runs of each; else the base's own number"
    )
    seed: int | None = Field(
        default=None, ge=0, le=2**63 - 1, description="names the luck; else the base's own"
    )
    precision: Precision | None = Field(
        default=None, description="go on until differences are known this closely"
    )

    @model_validator(mode="after")
    def _fits(self):
        sampled = self.design != "grid"
        keys = [axis.key for axis in self.vary]
        for i, axis in enumerate(self.vary):
            if axis.key in keys[:i]:
                raise ValueError(f"@vary.{i}.key: expected each key once")
            if axis.key in SET_BY_SWEEP:
                raise ValueError(f"@vary.{i}.key: expected it beside schemes, not varied")
            if axis.key == "portfolio.file":
                raise ValueError(f"@vary.{i}.key: expected a scenario file for each portfolio")
            if axis.values is None and not sampled and axis.steps is None:
                raise ValueError(f"@vary.{i}.high: expected steps = … beside it, for a grid")
            if axis.steps and sampled:
                raise ValueError(f"@vary.{i}.steps: expected none; [sweep] points says how many")
        if sampled and not self.vary:
            raise ValueError("@design: expected [[sweep.vary]] tables, a key to vary in each")
        if sampled and self.points is None:
            raise ValueError("@design: expected points = … beside it, how many to sample")
        if not sampled and self.points is not None:
            raise ValueError("@points: expected steps in each [[sweep.vary]] of a grid")
        if self.design == "sobol" and self.points & (self.points - 1):
            raise ValueError("@points: expected a power of two for a Sobol sequence, like 64")
        return self


class SweepFile(Section):
    """A file that plans a sweep."""

    title: str = Field(default="", max_length=200, description="one line for people")
    sweep: Sweep = Field(description="what to run")


@dataclass(frozen=True)
class Cell:
    """One scheme at one point; its replications are the runs."""

    scheme: str
    point: int
    scenario: Scenario


@dataclass(frozen=True)
class Plan:
    """Every scheme at every point, replication by replication with the same luck for all."""

    schemes: tuple[str, ...]  # the base first
    points: tuple[Point, ...]  # at least one, which may be empty
    cells: tuple[Cell, ...]  # point by point, in each the schemes in their order
    seed: int
    replications: int  # with a precision, those before the first look
    precision: Precision | None = None

    @classmethod
    def load(cls, path: str | Path, **settings: Any) -> Self:
        """Read a sweep file. Raises InputError naming file, line, key, value and remedy.

        Settings that are not None replace those of the table.
        """
        document = read(path)
        _replace(document, settings)
        asked = document.parse(SweepFile).sweep
        files = [
            Path(document.place(("sweep", "schemes", i)).file).parent / name
            for i, name in enumerate(asked.schemes)
        ]
        names = scenario_names(files)
        return cls._of({name: Scenario.load(file) for name, file in names.items()}, asked, document)

    @classmethod
    def of(cls, schemes: Mapping[str, Scenario], **table: Any) -> Self:
        """A plan from Python: the keys are those of the table `[sweep]`."""
        document = from_values({"sweep": {"schemes": list(schemes), **table}})
        return cls._of(dict(schemes), document.parse(SweepFile).sweep, document)

    @classmethod
    def _of(cls, schemes: dict[str, Scenario], asked: Sweep, document: Document) -> Self:
        check_lengths(schemes)
        base = next(iter(schemes.values())).run
        seed = base.seed if asked.seed is None else asked.seed
        luck = {"seed": seed, "replications": 1}
        fixed = {
            name: s.model_copy(update={"run": s.run.model_copy(update=luck)})
            for name, s in schemes.items()
        }
        doors = {name: _Door(name, s, asked, document) for name, s in fixed.items()}
        points = tuple(_points(asked, next(iter(doors.values())), document))
        if len(points) * len(schemes) > MOST_CELLS:
            raise document.error(
                ("sweep", "vary"), f"expected at most {MOST_CELLS:,} schemes x points"
            )
        cells = tuple(
            Cell(name, i, door.scenario(point))
            for i, point in enumerate(points)
            for name, door in doors.items()
        )
        most = asked.replications or base.replications
        least = max(most, 2) if asked.precision else most
        return cls(tuple(schemes), points, cells, seed, least, asked.precision)

    @property
    def keys(self) -> list[str]:
        """The varied keys."""
        return list(self.points[0])


def _replace(document: Document, settings: Mapping[str, Any]) -> None:
    """Lay the settings that are given over the table."""
    table = document.values.get("sweep")
    if isinstance(table, dict):
        table |= {key: value for key, value in settings.items() if value is not None}


def _points(asked: Sweep, door: "_Door", document: Document) -> Iterator[Point]:
    """The points of the design; the base scheme tells which keys take whole numbers."""
    keys, axes, whole = [axis.key for axis in asked.vary], asked.vary, door.whole
    if asked.design == "grid":
        along = [axis.grid(w) for axis, w in zip(axes, whole, strict=True)]
        if prod(map(len, along)) > MOST_CELLS:
            raise document.error(("sweep", "vary"), f"expected at most {MOST_CELLS:,} points")
        at = np.ndindex(*map(len, along))
        yield from ({k: a[i] for k, a, i in zip(keys, along, w, strict=True)} for w in at)
        return
    kind = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol}[asked.design]
    for row in kind(len(axes), rng=door.fixed.run.seed).random(asked.points).tolist():
        yield {axis.key: axis.at(share, w) for axis, share, w in zip(axes, row, whole, strict=True)}


class _Door:
    """The way in for one scheme's scenarios: finds the varied keys once and refuses bad values."""

    def __init__(self, name: str, fixed: Scenario, asked: Sweep, document: Document) -> None:
        self.name, self.fixed, self.document = name, fixed, document
        self.values = fixed.model_dump(mode="json")
        self.paths = {axis.key: self._path(i, axis.key) for i, axis in enumerate(asked.vary)}
        self.axis = {axis.key: i for i, axis in enumerate(asked.vary)}
        for i, axis in enumerate(asked.vary):
            for place, value in _ends(axis):
                self._checked({axis.key: value}, ("sweep", "vary", i, *place))
        found = [_at(self.values, path) for path in self.paths.values()]
        self.whole = [type(value) is int for value in found]  # a float's dump is a float

    def scenario(self, point: Point) -> Scenario:
        """The scheme's scenario at a point; the place of the first key stands for the point."""
        if not point:
            return self.fixed
        return self._checked(point, ("sweep", "vary", 0, "key"))

    def _checked(self, point: Point, place: KeyPath) -> Scenario:
        values = self.values
        for key, value in point.items():
            values = _with(values, self.paths[key], value)
        try:
            return Scenario.model_validate(values)
        except ValidationError as failure:
            path, text = complaints(Scenario, failure)[0]
        own = next((key for key, at in self.paths.items() if at == path), None)
        if own and text.startswith("unknown key"):
            raise self._error((*place[:3], "key"), text)
        if len(point) == 1 and own in point:
            raise self._error(place, text)
        told = ", ".join(f"{key} = {value!r}" for key, value in point.items())
        raise self._error(place, f"with {told}, {'.'.join(map(str, path))}: {text}")

    def _path(self, axis: int, key: str) -> KeyPath:
        """The path of a dotted key; items of a list go by name, kind or number from 1."""
        path, here = (), self.values
        for part in key.split("."):
            if isinstance(here, list):
                part = self._item(axis, here, part)
            elif not isinstance(here, dict):
                raise self._error(("sweep", "vary", axis, "key"), "unknown key")
            path, here = (*path, part), _at(here, (part,))
        return path

    def _item(self, axis: int, items: list, part: str) -> int:
        named = [part in (item.get("name"), item.get("kind")) if isinstance(item, dict) else False
                 for item in items]  # fmt: skip
        if any(named):
            return named.index(True)
        if part.isdecimal() and 1 <= int(part) <= len(items):
            return int(part) - 1
        names = [item.get("name") or item.get("kind") for item in items if isinstance(item, dict)]
        known = ", ".join(map(repr, names)) or f"a number of 1..{len(items)}"
        raise self._error(("sweep", "vary", axis, "key"), f"no {part!r} there; expected {known}")

    def _error(self, path: KeyPath, text: str) -> InputError:
        return self.document.error(path, f"{text} [scheme {self.name}]")


def _ends(axis: Axis) -> list[tuple[KeyPath, Any]]:
    """The values of an axis that a person wrote, and where below the axis."""
    if axis.values is not None:
        return [(("values", i), value) for i, value in enumerate(axis.values)]
    ends = [(("low",), axis.low), (("high",), axis.high)]
    return [(place, int(end) if end.is_integer() else end) for place, end in ends]


def _at(values: Any, path: KeyPath) -> Any:
    for part in path:
        if isinstance(values, list):
            values = values[part]
        else:
            values = values.get(part) if isinstance(values, dict) else None
    return values


def _with(values: Any, path: KeyPath, new: Any) -> Any:
    """A copy of nested values with one of them replaced."""
    if not path:
        return new
    copy = values.copy()
    copy[path[0]] = _with(_at(values, path[:1]) or {}, path[1:], new)
    return copy
