"""Activity: the counted events of a seat in a period, each with a true and a recorded count.

The account kernel and the tasks write true counts, int64 with shape (seat, column); gaming and
the platform make the recorded counts from them; indicators and pay read columns by name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from sim.accounts import COUNTED, COUNTED_COLUMNS

BY_TASK = {
    "inquiries": "customer messages received",
    "replies_in_time": "messages answered within the target time",
    "complaints_in_time": "complaints settled within the target time",
    "checked": "operations subject to the compliance rules",
    "compliant": "operations that kept the rules",
    "files_due": "files to be completed",
    "files_complete": "files that are complete",
    "entries_due": "system entries to be made",
    "entries_right": "system entries that are right",
    "risk_flags": "customers reported as risky",
    "risk_hits": "reported customers who are risky",
    "warnings": "early-warning cases raised",
    "warning_hits": "early-warning cases that were about to become overdue",
    "caught": "gaming acts proven by the audit",
}
BY_SEAT = COUNTED | BY_TASK
NAMES = COUNTED_COLUMNS + tuple(BY_TASK)
COLUMN = {name: i for i, name in enumerate(NAMES)}
MONEY = frozenset(
    n
    for n in NAMES
    if n.startswith(("cash_", "own_cash_"))
    or n
    in {
        "due",
        "exposure",
        "opening_due",
        "opening_exposure",
        "joined",
        "released",
        "written_off",
        "discount",
        "extended_balance",
    }
)
OPENING = {"due": "opening_due", "exposure": "opening_exposure"}  # stocks within these counts
TOTALS = {
    "cash": tuple(f"cash_m{b}" for b in range(1, 7)),
    "cures": tuple(f"cures_m{b}" for b in range(1, 7)),
}  # M1 to M6; M7 is recovery


@dataclass(frozen=True)
class Activity(Mapping[str, np.ndarray]):
    """Columns by name; each array has shape (..., seat). `cash` and `cures` are read as totals."""

    columns: Mapping[str, np.ndarray]
    known: dict = field(default_factory=dict)  # results by what they were computed from
    moved: Set[str] = frozenset()  # columns that differ from those `known` was made from

    def but(self, columns: Mapping[str, np.ndarray]) -> "Activity":
        """This activity with some columns replaced; what does not read them is not redone."""
        totals = {total for total, parts in TOTALS.items() if not columns.keys().isdisjoint(parts)}
        return Activity({**self.columns, **columns}, self.known, totals | columns.keys())

    def once(self, key: object, reads: Iterable[str], result: Callable[["Activity"], np.ndarray]):
        """The result, computed once for all variants that leave its columns alone."""
        if not self.moved.isdisjoint(reads):
            return result(self)
        if key not in self.known:
            self.known[key] = result(self)
        return self.known[key]

    @classmethod
    def of(cls, counts: np.ndarray) -> "Activity":
        """Read counts of shape (seat, column)."""
        return cls({name: counts[:, i].astype(float) for name, i in COLUMN.items()})

    def __getitem__(self, name: str) -> np.ndarray:
        if name in TOTALS and name not in self.columns:
            return sum(self.columns[part] for part in TOTALS[name])
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
