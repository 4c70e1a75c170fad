"""What may be limited or maximised: one block each, read by the programme and by the check.

A quantity is a part over a whole, both linear in the totals of a run. So its excess over a bound,
`part - bound * whole`, is linear too: over PuLP expressions it makes a constraint, over simulated
numbers a check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim import INDICATORS

ONE = "one"  # a total that is always 1, for quantities that are no ratio


@dataclass(frozen=True)
class Quantity:
    """A figure of a run: the part, as weights on totals, over the whole, one total."""

    key: str
    en: str
    zh: str
    unit: str
    part: Mapping[str, float]
    whole: str = ONE
    digits: int = 4

    def excess(self, totals: Mapping[str, Any], bound: float) -> Any:
        """By how much the part exceeds `bound` times the whole; numbers or expressions."""
        return self.over(totals) - bound * totals[self.whole]

    def over(self, totals: Mapping[str, Any]) -> Any:
        """The part."""
        return sum(weight * totals[name] for name, weight in self.part.items())

    def of(self, totals: Mapping[str, Any]) -> Any:
        """The figure itself."""
        return self.over(totals) / totals[self.whole]

    @property
    def columns(self) -> tuple[str, ...]:
        """The totals it reads."""
        return (*self.part, self.whole)


RECOVERY = Quantity(
    "recovery", "cash recovered, before and after charge-off, less discounts",
    "回款（含核销后，扣除减免）", "yuan per period",
    {"cash_yuan": 1.0, "late_cash_yuan": 1.0, "discount_yuan": -1.0}, "periods", 0,
)  # fmt: skip
NET_VALUE = Quantity(
    "net_value", "recoveries less credit losses and all costs", "净价值", "yuan per period",
    {"net_yuan": 1.0}, "periods", 0,
)  # fmt: skip
PAY = Quantity(
    "pay", "pay", "薪酬", "yuan per seat and period",
    {"pay_yuan": 1.0, "deferred_yuan": 1.0}, "seat_periods", 0,
)  # fmt: skip
INCENTIVE = Quantity(
    "incentive", "incentive pay", "激励薪酬", "yuan per seat and period",
    {"incentive_yuan": 1.0, "deferred_yuan": 1.0}, "seat_periods", 0,
)  # fmt: skip
BAD_DEBT_RATE = Quantity(
    "bad_debt_rate", "bad-debt rate", "坏账率", "share per period",
    {"bad_debt_yuan": 1.0}, "exposure_yuan", 5,
)  # fmt: skip
CREDIT_LOSSES = Quantity(
    "credit_losses", "charge-offs and rise of expected losses", "信用损失", "yuan per period",
    {"written_off_yuan": 1.0, "expected_loss_yuan": 1.0}, "periods", 0,
)  # fmt: skip
RECOVERY_RATE = Quantity(
    "recovery_rate", "recovery rate, true", "真实回收率", "share", {"cash_yuan": 1.0}, "due_yuan"
)
COMPLAINTS = Quantity(
    "complaints", "complaints", "投诉", "per 1,000 contacts", {"complaints": 1000.0}, "contacts", 2
)
HARSH_CONTACTS = Quantity(
    "harsh_contacts", "contacts under pressure", "施压联系", "share of contacts",
    {"harsh_contacts": 1.0}, "contacts",
)  # fmt: skip
GAMING = Quantity(
    "gaming", "hours spent on gaming", "操纵工时", "share of hours", {"gaming_hours": 1.0}, "hours"
)
CAUGHT = Quantity(
    "caught",
    "gaming acts proven",
    "查实的操纵行为",
    "per seat and period",
    {"caught": 1.0},
    "seat_periods",
)
LATER_DEFAULT = Quantity(
    "later_default", "cured accounts that became overdue again", "再次逾期", "share of cures",
    {"relapses": 1.0}, "cures",
)  # fmt: skip
LEAVERS = Quantity(
    "leavers",
    "collectors who left",
    "离职",
    "per seat and period",
    {"leavers": 1.0},
    "seat_periods",
)
UNEQUAL_PAY = Quantity(
    "unequal_pay",
    "Gini coefficient of the seats' pay",
    "席位薪酬基尼系数",
    "share",
    {"gini_of_pay": 1.0},
)
PAY_BY_CONTRIBUTION = Quantity(
    "pay_by_contribution",
    "rank correlation of seats' incentive pay with own cash less the cost of complaints",
    "席位激励与真实贡献的秩相关",
    "-1..1",
    {"pay_by_contribution": 1.0},
)

QUANTITIES = {
    q.key: q
    for q in (
        RECOVERY, NET_VALUE, PAY, INCENTIVE, BAD_DEBT_RATE, CREDIT_LOSSES, RECOVERY_RATE,
        COMPLAINTS, HARSH_CONTACTS, GAMING, CAUGHT, LATER_DEFAULT, LEAVERS, UNEQUAL_PAY,
        PAY_BY_CONTRIBUTION,
    )
}  # fmt: skip
QUANTITIES |= {  # every indicator's truth: a floor on what is reported could be met by gaming
    i.key: Quantity(
        i.key, f"{i.en}, true", f"真实{i.zh}", i.unit, {f"true_{i.key}": 1.0},
        digits={"share": 4, "yuan": 0}.get(i.unit, 2),
    )
    for i in INDICATORS.values()
    if i.key not in QUANTITIES
}  # fmt: skip
WORSE = {  # what a dossier's headline names when it got worse: -1 if a fall is
    "net_value": -1.0, "credit_losses": 1.0, "complaints": 1.0, "harsh_contacts": 1.0,
    "gaming": 1.0, "caught": 1.0, "compliance": -1.0, "later_default": 1.0,
}  # fmt: skip
OBJECTIVES = ("recovery", "net_value", "recovery_rate")
