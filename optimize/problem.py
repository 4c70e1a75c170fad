"""The problem: the `[optimise]` table of a scenario file, checked against its scenario."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from optimize.dials import Dial, multiples
from optimize.limits import OBJECTIVES, QUANTITIES
from sim import INDICATORS, Scenario, Section

Share = Annotated[float, Field(ge=0.0, le=1.0)]
CATEGORIES = tuple(dict.fromkeys(i.category for i in INDICATORS.values()))


class Limit(Section):
    """A bound that the scheme must keep: on the mean, or on the bad circumstances."""

    on: str = Field(description="quantity that is limited")
    at_most: float | None = Field(default=None, description="upper bound, in its own unit")
    at_least: float | None = Field(default=None, description="lower bound, in its own unit")
    of_today: float | None = Field(
        default=None, gt=0, description="upper bound as a multiple of today's scheme's figure"
    )
    at_least_of_today: float | None = Field(
        default=None, gt=0, description="lower bound as a multiple of today's scheme's figure"
    )
    over: Literal["mean", "cvar", "quantile"] = Field(
        default="mean", description="what of the circumstances must keep the bound"
    )
    level: float = Field(default=0.9, gt=0.5, lt=1, description="level of cvar or quantile")
    confidence: float = Field(
        default=0.9, gt=0.5, lt=1, description="one-sided confidence at which it must hold"
    )

    @model_validator(mode="after")
    def _check(self):
        if self.on not in QUANTITIES:
            raise ValueError(f"@on: expected one of {', '.join(QUANTITIES)}")
        given = [end for end in _ENDS if getattr(self, end) is not None]
        if len(given) != 1:
            raise ValueError(f"@on: expected exactly one of {', '.join(_ENDS)}")
        return self

    @property
    def sense(self) -> float:
        """1 for an upper bound, -1 for a lower one."""
        return 1.0 if self.at_most is not None or self.of_today is not None else -1.0

    @property
    def relative(self) -> float | None:
        """The multiple of today's figure; None if the bound is a number of its own."""
        return self.at_least_of_today if self.of_today is None else self.of_today

    @property
    def absolute(self) -> float | None:
        """The bound itself; None if it is relative to today's figure."""
        return self.at_least if self.at_most is None else self.at_most

    @property
    def name(self) -> str:
        """How tables call it."""
        over = "" if self.over == "mean" else f" {self.over} {self.level:g}"
        return f"{self.on}{over} {'at most' if self.sense > 0 else 'at least'}"


_ENDS = ("at_most", "at_least", "of_today", "at_least_of_today")


class Card(Section):
    """What may be decided about a scorecard."""

    name: str | None = Field(default=None, description="its name; default: the first scorecard")
    pool_yuan: tuple[float, float] | None = Field(
        default=None,
        description="least (0: no bonus) and greatest pool; default: half to twice today's",
    )
    pool_step: float = Field(
        default=50.0, gt=0, le=1e6, description="pools are multiples of it, unless only one may be"
    )
    indicators: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="those that may have weight; default: all"
    )
    most_indicators: int | None = Field(
        default=None, ge=1, le=1000, description="most indicators with a weight"
    )
    least_weight: Share = Field(default=0.0, description="least weight of an indicator in use")
    most_weight: Share = Field(default=1.0, description="greatest weight of one indicator")
    weight_step: float = Field(default=0.05, gt=0, le=1, description="weights are multiples of it")
    largest_change: Share | None = Field(
        default=None, description="share of the weight that may move from where it is today"
    )
    categories: dict[str, Share] = Field(
        default_factory=dict, description="least weight of a category's indicators together"
    )

    @model_validator(mode="after")
    def _check(self):
        for i, key in enumerate(self.indicators or ()):
            if key not in INDICATORS:
                raise ValueError(f"@indicators.{i}: expected one of {', '.join(INDICATORS)}")
        for category in self.categories:
            if category not in CATEGORIES:
                raise ValueError(f"@categories.{category}: expected one of {', '.join(CATEGORIES)}")
        if self.pool_yuan and not 0 <= self.pool_yuan[0] <= self.pool_yuan[1] > 0:
            raise ValueError("@pool_yuan: expected [least, greatest], the greatest above 0")
        if abs(self.steps * self.weight_step - 1.0) > 1e-4:
            raise ValueError("@weight_step: expected a step that divides 1, like 0.05")
        return self

    @property
    def steps(self) -> int:
        """How many steps make up all weight; a third is one, however many digits were written."""
        return round(1.0 / self.weight_step)

    def pool_bounds(self, today: float) -> tuple[float, float]:
        """Least and greatest pool, around today's."""
        around = today or 1000.0
        return self.pool_yuan or (0.5 * around, 2.0 * around)


def _usual_limits() -> tuple[Limit, ...]:
    """What nobody wants to lose beside value: budget, credit losses, customers, honest work.

    The bad-debt rate alone could be met by letting more accounts become overdue, and without
    `caught` the card that is gamed most may win.
    """
    return (
        Limit(on="incentive", of_today=1.0),
        Limit(on="bad_debt_rate", of_today=1.0),
        Limit(on="credit_losses", of_today=1.0),
        Limit(on="complaints", of_today=1.0),
        Limit(on="compliance", at_least_of_today=0.99),
        Limit(on="caught", of_today=1.0),
    )


class Problem(Section):
    """What is decided, for what, within which limits, and with how many simulations."""

    objective: Literal[OBJECTIVES] = Field(default="net_value", description="what is maximised")
    card: Card = Card()
    levers: tuple[Dial, ...] = Field(
        default=(), max_length=40, description="further keys of the scenario that are decided"
    )
    limits: tuple[Limit, ...] = Field(
        default_factory=_usual_limits, max_length=40, description="bounds to keep"
    )
    circumstances: tuple[Dial, ...] = Field(
        default=(), max_length=40, description="keys that vary from replication to replication"
    )
    calls: int = Field(
        default=1000, ge=1, le=10_000_000, description="replications simulated while searching"
    )
    verified: int = Field(
        default=64, ge=8, le=100_000, description="fresh replications behind the verdict"
    )
    solver: Literal["cbc", "highs"] = Field(default="cbc", description="of the integer programs")

    @model_validator(mode="after")
    def _enough_circumstances(self):
        tails = [limit for limit in self.limits if limit.over != "mean"]
        if tails and self.verified < 64:
            raise ValueError("@verified: expected at least 64 with a limit on cvar or quantile")
        return self


class ProblemFile(Scenario):
    """A scenario file with its `[optimise]` table."""

    optimise: Problem = Problem()

    @model_validator(mode="after")
    def _fits(self):
        self._check_card()
        for table in ("levers", "circumstances"):
            for i, dial in enumerate(getattr(self.optimise, table)):
                try:
                    dial.check(self.scenario)
                except ValueError as wrong:
                    text = str(wrong).removeprefix("@")
                    raise ValueError(f"@optimise.{table}.{i}.{text}") from None
        for i, limit in enumerate(self.optimise.limits):
            if limit.on == "pay" and limit.sense > 0 and (limit.absolute or 1e18) < self._wage():
                raise ValueError(
                    f"@optimise.limits.{i}.at_most: the wage alone is {self._wage():g} yuan; "
                    "expected more"
                )
        return self

    def _check_card(self) -> None:
        card, cards = self.optimise.card, [c for c in self.scheme.pay if c.kind == "scorecard"]
        if not cards:
            if card != Card():
                raise ValueError("@optimise.card: expected none, for the scheme has no scorecard")
            if not self.optimise.levers:
                raise ValueError(
                    "@optimise.levers: expected a lever at least, for the scheme has no scorecard "
                    "whose weights can be decided, but for example rates of a commission"
                )
            return
        chosen = [c for c in cards if card.name in (None, c.label)]
        if not chosen:
            names = ", ".join(c.label for c in cards)
            raise ValueError(f"@optimise.card.name: expected one of {names}")
        least, most = card.pool_bounds(chosen[0].pool_yuan)
        first, last = multiples(least, most, card.pool_step)
        if last < first and least < most:
            raise ValueError(
                f"@optimise.card.pool_step: expected one that has a multiple in {least:g}..{most:g}"
            )

    def _wage(self) -> float:
        return self.scheme.wage_yuan

    @property
    def scenario(self) -> Scenario:
        """The scenario without the table."""
        return Scenario.model_construct(
            **{key: getattr(self, key) for key in Scenario.model_fields}
        )

    @classmethod
    def of_parts(cls, scenario: Scenario, problem: Problem) -> Self:
        """A problem posed from Python, checked like one from a file."""
        return cls.of(
            scenario.model_dump(mode="json") | {"optimise": problem.model_dump(mode="json")}
        )


def load(path: str | Path) -> tuple[Scenario, Problem]:
    """Scenario and problem of a file. Raises InputError naming file, line, key and remedy."""
    found = ProblemFile.load(path)
    return found.scenario, found.optimise
