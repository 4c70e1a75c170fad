"""The scheme: pay as a function of a period's recorded activity, a list of components."""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Annotated, Union

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.parameter import Section
from sim.scheme.base import Adjustment, Component, Parts
from sim.scheme.bounty import Axis, Bounty
from sim.scheme.clawback import Clawback
from sim.scheme.commission import Commission, Tier
from sim.scheme.deferral import Deferral
from sim.scheme.gate import Booster, Condition, Gate
from sim.scheme.guarantee import Draw, Guarantee
from sim.scheme.ladder import Ladder
from sim.scheme.penalty import Penalty
from sim.scheme.pool_cap import PoolCap
from sim.scheme.rank import Rank
from sim.scheme.scorecard import Reweighting, Scorecard, Target
from sim.scheme.team import TeamPay

COMPONENTS = (
    Scorecard,
    Commission,
    Bounty,
    TeamPay,
    Rank,
    Ladder,
    Gate,
    Booster,
    Penalty,
    Guarantee,
    Draw,
    PoolCap,
    Deferral,
    Clawback,
)
AnyComponent = Annotated[Union[COMPONENTS], Field(discriminator="kind")]  # noqa: UP007 (a table)
BEGUN = "begun"  # in the memory: fen earned in an assessment that is not over
Memory = dict[str, np.ndarray]  # what components remember of the seats, (..., seat) by full name


class Scheme(Section):
    """How the people are paid in a period."""

    title: str = Field(default="", max_length=200, description="one line for people")
    wage_yuan: float = Field(
        default=5000.0, ge=0, le=1e6, description="fixed pay yuan per seat and period"
    )
    pay: tuple[AnyComponent, ...] = Field(
        default=(), description="the components, in the order in which they act", max_length=40
    )

    @model_validator(mode="after")
    def _check(self):
        labels = [c.label for c in self.pay]
        for i, label in enumerate(labels):
            if label == "wage" or label in labels[:i]:
                raise ValueError(f"@pay.{i}.name: {label!r} is taken; give the component a name")
        for i, component in enumerate(self.pay):
            _check_place(i, component, labels[:i])
        return self

    @property
    def reads(self) -> frozenset[str]:
        """Columns of activity that the pay depends on."""
        return frozenset().union(*(c.reads() for c in self.pay))

    @property
    def facts(self) -> frozenset[str]:
        """Facts about the queue that the pay depends on."""
        return frozenset().union(*(c.facts for c in self.pay))

    @property
    def indicators(self) -> frozenset[str]:
        """Keys of the indicators that one has to follow to understand the pay."""
        return frozenset().union(*(c.indicators for c in self.pay))

    @cached_property
    def lasts(self) -> int:
        """Periods for which what happens in one can matter for later pay."""
        return max((c.every * (c.lasts + 1) - 1 for c in self.pay), default=0)

    def amounts(self, a: Activity) -> Parts:
        """Fen of each component, float64 (..., seat)."""
        house = partial(a.house.once, self, a.house.moved, self.amounts) if a.house else None
        parts = Parts(house)
        for component in self.pay:
            parts[component.label] = self._amount(component, a, parts)
        return parts

    def settle(self, a: Activity) -> Parts:
        """Whole fen of each component, int64 (seat,); what is paid out at period end."""
        seats, paid = np.shape(next(iter(a.values()))), Parts()
        for name, fen in self.amounts(a).items():
            paid[name] = np.broadcast_to(np.rint(fen).astype(np.int64), seats)
        return paid

    # -- memory -------------------------------------------------------------------------------

    def start(self, seats: int) -> Memory:
        """The memory of seats on which nobody has worked yet."""
        return {name: np.full(seats, value) for name, value in self._starts()}

    def _starts(self) -> Iterator[tuple[str, float]]:
        for c in self.pay:
            yield from ((f"{c.label}.{what}", value) for what, value in c.memory().items())
            if c.every > 1:
                yield from ((name, 0.0) for name in _running(c))

    def remember(self, a: Activity, parts: Parts) -> Memory:
        """The memory after a period in which `a` happened and `parts` were paid."""
        after: Memory = {}
        for c in self.pay:
            if c.every > 1:
                whole, due = _together(c, a), _gone(c, a) == c.every
                held = {name: np.where(due, 0.0, whole[n]) for n, name in _sums(c).items()}
                new = c.remember(whole, parts)
                after |= held | {
                    f"{c.label}.{what}": np.where(due, value, c.recalled(a, what))
                    for what, value in new.items()
                }
            else:
                after |= {f"{c.label}.{k}": v for k, v in c.remember(a, parts).items()}
        return after

    def accrue(self, a: Activity, paid: Parts) -> Memory:
        """The memory of what assessments that are not over have earned by now, fen.

        Each is worth what it would pay at its pace so far, for the share of it that has passed.
        """
        pace, accrued = self._at_pace(a, paid), {}
        for c in self.pay:
            if c.every > 1:
                gone = _gone(c, a)
                open_ = (gone < c.every) & c.accrues
                accrued[f"{c.label}.{BEGUN}"] = np.where(
                    open_, pace[c.label] * (gone / c.every), 0.0
                )
        return accrued

    def _at_pace(self, a: Activity, paid: Parts) -> Parts:
        """Fen of each component were all assessments to end as they go; `paid` where they do."""
        house = a.house and partial(
            a.house.once, self, a.house.moved, lambda one: self._at_pace(one, paid.house), "pace"
        )
        pace = Parts(house)
        for c in self.pay:
            pace[c.label] = paid[c.label]
            if c.every > 1:
                gone = _gone(c, a)
                acts = c.acts_in(a["period"] + c.every - gone)
                fen = np.where(acts, c.pay(_together(c, a.afresh(), c.every / gone), pace), 0.0)
                pace[c.label] = np.where(gone < c.every, fen, paid[c.label])
        return pace

    def watch(self, a: Activity, memory: Memory) -> Memory:
        """The memory after a period in which the scheme was announced and not yet in force."""
        seen = a.but(memory)
        single = [c for c in self.pay if c.every == 1]  # what is assessed as one is not yet begun
        return memory | {f"{c.label}.{k}": v for c in single for k, v in c.watch(seen).items()}

    def run_off(self, a: Activity, memory: Memory) -> tuple[Parts, Memory]:
        """Whole fen by component, and the memory, of a period in which the scheme holds no more.

        What was promised is paid as it was promised; nothing new is earned. An assessment that has
        begun ends, and what it earned is paid or forfeited, by the component's own rule.
        """
        parts, after = self.ended(Activity({**a.columns, **memory}), memory)
        whole = Parts()
        for name, fen in parts.items():
            whole[name] = np.rint(fen).astype(np.int64)
        return whole, after

    def ended(self, a: Activity, memory: Memory) -> tuple[Parts, Memory]:
        """What `run_off` pays before it is rounded, and the memory after it."""
        parts, after = Parts(), dict(memory)
        for c in self.pay:
            parts[c.label] = np.zeros(np.shape(a["period"]))
            if np.any(c.owed(memory)):
                parts[c.label] = np.rint(c.pay(a, parts.before(c.label)))
                new = c.remember(a, parts)
                after |= {f"{c.label}.{what}": value for what, value in new.items()}
            if c.every > 1:
                if c.cut_short != "forfeited":
                    parts[c.label] = parts[c.label] + memory[f"{c.label}.{BEGUN}"]
                after |= {name: 0.0 * after[name] for name in _running(c)}
        return parts, after

    def restart(self, memory: Memory, who: np.ndarray) -> Memory:
        """The memory when newcomers take over the seats `who`."""
        starts = dict(self._starts())
        for c in self.pay:
            if c.stays:
                starts |= {f"{c.label}.{what}": memory[f"{c.label}.{what}"] for what in c.memory()}
        return {name: np.where(who, starts[name], value) for name, value in memory.items()}

    def owed(self, memory: Memory) -> np.ndarray | float:
        """Fen promised for later or earned in assessments that are not over, (seat,)."""
        begun = sum(memory[f"{c.label}.{BEGUN}"] for c in self.pay if c.every > 1)
        return begun + sum(c.owed(memory) for c in self.pay)

    def on_leaving(self, memory: Memory) -> Parts:
        """Fen by component that a leaver is still paid, (seat,)."""
        left = Parts()
        for c in self.pay:
            left[c.label] = np.asarray(c.on_leaving(memory), dtype=float)
            if c.every > 1 and c.cut_short == "paid":
                left[c.label] = left[c.label] + memory[f"{c.label}.{BEGUN}"]
        return left

    def _amount(self, component: Component, a: Activity, parts: Parts) -> np.ndarray:
        if component.every == 1:
            fen = component.pay(a, parts)
        else:
            due = _gone(component, a) == component.every
            fen = np.where(due, component.pay(_together(component, a), parts), 0.0)
        if component.during:
            return np.where(component.acts_in(a["period"]), fen, 0.0)
        return fen


def _check_place(i: int, component: Component, earlier: list[str]) -> None:
    """Refuse what a component cannot do as the i-th of the scheme."""
    if isinstance(component, Adjustment):
        if not earlier and component.needs_earlier:
            raise ValueError(
                f"@pay.{i}.kind: a {component.kind.replace('_', ' ')} acts on earlier components; "
                "expected another component before it"
            )
        for k, name in enumerate(component.on):
            if name not in earlier:
                raise ValueError(f"@pay.{i}.on.{k}: expected one of {', '.join(earlier)}")
    if component.every == 1 and component.cut_short != "paid":
        raise ValueError(f"@pay.{i}.cut_short: expected with every above 1 and only there")
    if component.during and component.memory():
        raise ValueError(
            f"@pay.{i}.during: a {component.kind.replace('_', ' ')} that remembers earlier periods "
            "acts in all of them; expected no such key"
        )


def _sums(component: Component) -> Mapping[str, str]:
    """Where the memory has the sums of the columns that a component reads."""
    return {column: f"{component.label}.sum.{column}" for column in sorted(component.reads())}


def _running(component: Component) -> Iterator[str]:
    """The names in the memory of an assessment of several periods that is not over."""
    yield from _sums(component).values()
    yield f"{component.label}.{BEGUN}"


def _gone(component: Component, a: Activity) -> np.ndarray:
    """Periods assessed together that have passed, this one included; (..., seat)."""
    return a["period"].astype(np.int64) % component.every + 1


def _together(component: Component, a: Activity, times: np.ndarray | float = 1.0) -> Activity:
    """The activity of the periods assessed together so far, so many times over."""
    held = _sums(component)
    return a.also(
        lambda one: {n: (one[n] + one[sum_]) * times for n, sum_ in held.items()},
        moved=[n for n, sum_ in held.items() if sum_ in a.moved],
    )


__all__ = [
    "COMPONENTS",
    "Axis",
    "Booster",
    "Bounty",
    "Clawback",
    "Commission",
    "Component",
    "Condition",
    "Deferral",
    "Draw",
    "Gate",
    "Guarantee",
    "Ladder",
    "Memory",
    "Parts",
    "Penalty",
    "PoolCap",
    "Rank",
    "Reweighting",
    "Scheme",
    "Scorecard",
    "Target",
    "TeamPay",
    "Tier",
]
