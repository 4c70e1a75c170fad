"""The scheme: pay as a function of a period's recorded activity, a list of components."""

from typing import Annotated, Union

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.parameter import Section
from sim.scheme.base import Component, Parts
from sim.scheme.commission import Commission
from sim.scheme.gate import Gate
from sim.scheme.penalty import Penalty
from sim.scheme.pool_cap import PoolCap
from sim.scheme.scorecard import Scorecard, Target

COMPONENTS = (Scorecard, Commission, Gate, Penalty, PoolCap)
AnyComponent = Annotated[Union[COMPONENTS], Field(discriminator="kind")]  # noqa: UP007 (a table)


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
        if self.pay and isinstance(self.pay[0], Gate | PoolCap):
            raise ValueError(
                "@pay.0.kind: a gate or pool cap acts on earlier components; expected "
                "another component before it"
            )
        labels = [c.label for c in self.pay]
        for i, label in enumerate(labels):
            if label == "wage" or label in labels[:i]:
                raise ValueError(f"@pay.{i}.name: {label!r} is taken; give the component a name")
        return self

    @property
    def reads(self) -> frozenset[str]:
        """Columns of activity that the pay depends on."""
        return frozenset().union(*(c.reads() for c in self.pay))

    def amounts(self, a: Activity, pooled: bool = True) -> Parts:
        """Fen of each component, float64 (..., seat); `pooled` includes what seats share."""
        parts: Parts = {}
        for component in self.pay:
            if pooled or not isinstance(component, PoolCap):
                parts[component.label] = component.pay(a, parts)
        return parts

    def settle(self, a: Activity) -> Parts:
        """Whole fen of each component, int64 (seat,); what is paid out at period end."""
        seats = np.shape(a["cash_m1"])
        return {
            name: np.broadcast_to(np.rint(fen).astype(np.int64), seats)
            for name, fen in self.amounts(a).items()
        }


__all__ = [
    "COMPONENTS",
    "Commission",
    "Component",
    "Gate",
    "Penalty",
    "PoolCap",
    "Scheme",
    "Scorecard",
    "Target",
]
