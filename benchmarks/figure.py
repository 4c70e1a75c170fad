"""A figure: one measured number, its unit and what it must reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table; `at_least` or `at_most` is the required figure, if there is one."""

    key: str  # stable name, by which two runs are compared
    text: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def required(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:,g}"
        return "" if self.at_most is None else f"≤ {self.at_most:,g}"

    @property
    def met(self) -> bool | None:
        """Whether the requirement is met; None where nothing is required."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most

    @property
    def shown(self) -> str:
        return f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"
