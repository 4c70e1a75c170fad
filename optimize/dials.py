"""A dial: one key of a scenario that may be set, by a decision or by circumstances."""

from math import ceil, floor
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from sim import InputError, Scenario, Section


def as_tuples(found: Any) -> Any:
    """The value with its lists, however deep, as tuples: an option is a name for a column."""
    return tuple(map(as_tuples, found)) if isinstance(found, list | tuple) else found


Option = Annotated[bool | float | str | tuple[Any, ...], AfterValidator(as_tuples)]


def multiples(low: float, high: float, step: float) -> tuple[int, int]:
    """First and last whole number of steps between two ends; none if the last is less."""
    return ceil(low / step - 1e-9), floor(high / step + 1e-9)


class Dial(Section):
    """A number of the scenario between two ends, or a menu of options for any of its keys.

    Pay components are named by their labels: `scheme.pay.card.curve`.
    """

    key: str = Field(min_length=1, max_length=200, description="dotted key of the scenario")
    low: float | None = Field(default=None, description="least value")
    high: float | None = Field(default=None, description="greatest value")
    step: float | None = Field(default=None, gt=0, description="proposals are multiples of it")
    options: tuple[Option, ...] | None = Field(
        default=None, min_length=2, max_length=12, description="menu to choose from"
    )

    @model_validator(mode="after")
    def _one_of_two(self):
        if self.options is not None:
            if self.low is not None or self.high is not None or self.step is not None:
                raise ValueError("@options: expected either options, or low and high")
            return self
        for end in ("low", "high"):
            if getattr(self, end) is None:
                raise ValueError(f"@{end}: is missing: expected low and high, or options")
        if self.high <= self.low:
            raise ValueError(f"@high: expected more than low = {self.low:g}")
        if self.step and self.steps[1] < self.steps[0]:
            raise ValueError(
                f"@step: expected one that has a multiple in {self.low:g}..{self.high:g}"
            )
        return self

    @property
    def steps(self) -> tuple[int, int]:
        """First and last multiple of the step that may be set."""
        return multiples(self.low, self.high, self.step)

    @property
    def width(self) -> int:
        """Columns in a design: one for a number, one per option of a menu."""
        return len(self.options) if self.options else 1

    def check(self, scenario: Scenario) -> None:
        """Raise ValueError with the remedy if the key or an end is nothing for this scenario."""
        present = self.present(scenario)
        if not self.options and (isinstance(present, bool) or not isinstance(present, int | float)):
            raise ValueError(f"@key: expected the key of a number, {self.key} is {present!r}")
        for name, setting in self._settings():
            try:
                self.turned(scenario, setting)
            except InputError as refusal:
                said = refusal.messages[0].removeprefix("<python> ")
                raise ValueError(f"@{name}: the scenario refuses it: {said}") from None

    def present(self, scenario: Scenario) -> Any:
        """The scenario's own value. Raises ValueError if there is no such key."""
        at: Any = scenario.model_dump(mode="json")
        for part in self.path(scenario):
            if not isinstance(at, list) and part not in at:
                known = ", ".join(sorted(at)) if isinstance(at, dict) else "nothing below it"
                raise ValueError(f"@key: no {part!r} in {self.key}; expected one of {known}")
            at = at[part]
        return at

    def turned(self, scenario: Scenario, setting: Any) -> Scenario:
        """The scenario with this key set."""
        values = scenario.model_dump(mode="json")
        at: Any = values
        *way, last = self.path(scenario)
        for part in way:
            at = at[part]
        at[last] = round(setting) if isinstance(at[last], int) else setting
        return Scenario.of(values)

    def path(self, scenario: Scenario) -> tuple[str | int, ...]:
        """The way to the key; a component's label becomes its place in the list."""
        parts = tuple(self.key.split("."))
        if parts[:2] != ("scheme", "pay") or len(parts) < 4:
            return parts
        labels = [component.label for component in scenario.scheme.pay]
        inside = ".".join(parts[2:])
        for place, label in enumerate(labels):  # a label may hold dots itself
            if inside.startswith(label + "."):
                return ("scheme", "pay", place, *inside.removeprefix(label + ".").split("."))
        raise ValueError(
            f"@key: no pay component {parts[2]!r}; expected one of {', '.join(labels) or 'none'}"
        )

    def _settings(self) -> list[tuple[str, Any]]:
        if self.options:
            return [(f"options.{i}", option) for i, option in enumerate(self.options)]
        return [("low", self.low), ("high", self.high)]
