"""Activity: the counted events of a seat in a period, each with a true and a recorded count.

The account kernel and the tasks write true counts, int64 with shape (seat, column); gaming and
the platform make the recorded counts from them; indicators and pay read columns by name. Beside
the counts stand facts about the seat (its team, the collector's tenure …) and what pay components
remember from earlier periods, as columns too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from sim.counted import COLUMN, NAMES
from sim.planes import Column, Layout, Planes, Stepped, in_planes, layout

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
        "bad_debt",
        "discount",
        "extended_balance",
        "parked_due",
        "parked_exposure",
    }
)
OPENING = {"due": "opening_due", "exposure": "opening_exposure"}  # stocks within these counts
TOTALS = {
    "cash": tuple(f"cash_m{b}" for b in range(1, 7)),
    "cures": tuple(f"cures_m{b}" for b in range(1, 7)),
}  # M1 to M6; M7 is recovery
PART_OF = {part: total for total, parts in TOTALS.items() for part in parts}


FACTS = {
    "period": "number of the pay period",
    "team": "number of the team",
    "tenure_days": "days since the collector started",
    "staffed": "1 if a collector works there in the period, else 0",
    "wage": "fixed pay of the period (fen)",
    "ease_rate": "how easily the queue pays: expected recovery rate over the house's",
    "ease_amount": "how much the queue will pay: expected cash over the house's mean",
}
NOWHERE = Planes()
START_OF_FACTS = dict.fromkeys(FACTS, 0.0) | {"staffed": 1.0, "ease_rate": 1.0, "ease_amount": 1.0}


@dataclass(frozen=True)
class Activity(Mapping[str, np.ndarray]):
    """Columns by name; each array has shape (..., seat). `cash` and `cures` are read as totals.

    A variation (`but`) is what one seat could do while all others do what the house does: every
    seat's own counts vary, what it sees of its colleagues does not.
    """

    columns: Mapping[str, Column]
    known: dict = field(default_factory=dict)  # results by what they were computed from
    moved: Set[str] = frozenset()  # columns that differ from those `known` was made from
    house: "Activity | None" = None  # what all seats do; itself unless this is a variation
    doubt: Mapping[str, np.ndarray] = field(default_factory=dict)  # sd of a forecast; none: a fact
    planes: Planes = NOWHERE  # where a moved column differs
    varied: "Activity | None" = None  # by a mate, whom this one only watches

    def but(self, columns: Mapping[str, Column], planes: Planes = NOWHERE) -> "Activity":
        """This activity with some columns replaced; what does not read them is not redone.

        `planes` names those places of a column's first axis in which it differs, if it has one.
        """
        moved = self.moved | _changed(columns)
        kept = self.planes.without(columns)
        planes = Planes(kept | planes) if kept and planes else kept or planes
        return Activity(
            {**self.columns, **columns}, self.known, moved, self.everyone, self.doubt, planes
        )

    def stepped(self, steps: np.ndarray, planes: Planes) -> "Activity":
        """This activity with columns moved by `steps` (plane, ..., seat), each in its planes."""
        moved = {name: Stepped(self[name], steps, at) for name, at in planes.items()}
        if self.planes:
            return self.but(moved, planes)
        columns, changed = {**self.columns, **moved}, self.moved | _moving(planes)
        return Activity(columns, self.known, changed, self.everyone, self.doubt, planes)

    def also(
        self, more: Callable[["Activity"], Mapping[str, np.ndarray]], moved: Iterable[str] = ()
    ):
        """This activity with columns added for everyone alike; `more` makes them of an activity.

        `moved` names those of them that come from columns which this variation moves.
        """
        house = self.house and self.house.also(more)
        varied = self.varied and self.varied.also(more, moved)
        columns = {**self.columns, **more(self)}
        planes = self.planes.without(moved)
        moved = self.moved | set(moved)
        return Activity(columns, self.known, moved, house, self.doubt, planes, varied)

    def afresh(self) -> "Activity":
        """This activity with nothing known that was computed from it."""
        house, varied = (one and one.afresh() for one in (self.house, self.varied))
        return replace(self, known={}, house=house, varied=varied)

    def beside(self) -> "Activity":
        """What this variation is to a mate: common results vary as here, the own do not."""
        return replace(self.everyone, moved=self.moved, house=self.everyone, varied=self)

    @property
    def everyone(self) -> "Activity":
        """What all seats do."""
        return self.house or self

    def among(self, of: str) -> Mapping[str, np.ndarray]:
        """The columns of the `seat`, or their means per seat of its `team` or the `house`."""
        return self if of == "seat" else Together(self, of)

    def once(
        self,
        owner: object,
        reads: Iterable[str],
        result: Callable[["Activity"], np.ndarray],
        part: object = None,
    ):
        """The owner's result, or a part of it, computed once for all variants, and planes, that
        leave its columns alone.

        The owner is kept with it, so that no other can come to stand at its place in memory.
        """
        touched = self.moved.intersection(reads)
        if touched and not touched <= self.planes.keys():
            return result(self)
        key = (id(owner), part)
        if not touched:
            if key not in self.known:
                self.known[key] = owner, result(self.everyone)
            return self.known[key][1]
        count = self._shape(next(iter(touched)))[0]
        at = self.planes.of(touched)
        still = [] if key in self.known else [p for p in range(count) if p not in at][:1]
        other = result(self._with({n: in_planes(self._column(n), at + still) for n in touched}))
        if key not in self.known:  # a plane in which nothing moves shows what all seats do
            usual = _of_seats(other[-1]) if still else result(self.everyone)
            self.known[key] = owner, usual
        out = np.empty((count, *other.shape[1:]), other.dtype)
        out[:] = self.known[key][1]
        out[at] = other[: len(at)]
        return out

    def apart(
        self, groups: tuple[tuple[str, ...], ...], of: str, alone: Set[str]
    ) -> tuple[np.ndarray, Layout]:
        """The groups' columns in the planes in which they move, a block, and how it is laid out.

        Of the seat, or means of its team or the house but for those columns that are told `alone`.
        """
        touched, planes, count, shape = self._touched(groups)
        plan = layout(planes, groups, count)
        among = self.among(of)
        if not touched:  # unless a mate's planes are in the means, these are columns of seats
            found = [(self if name in alone else among)[name] for name in plan.names]
            if any(column.ndim > 1 for column in found):
                found = np.broadcast_arrays(*found)
            return np.array(found)[plan.usual], plan
        block = plan.block({name: self._column(name) for name in plan.names}, shape)
        if isinstance(among, Together):
            for place, name in enumerate(plan.names):
                if name not in alone:
                    at = plan.usual == place
                    block[at] = among.mean(name, block[at])
        return block, plan

    def _touched(self, groups: tuple[tuple[str, ...], ...]) -> tuple[Set, Planes, int, tuple]:
        """Which columns of the groups move and in which planes, how many there are, their shape."""
        touched, planes = self.moved & frozenset().union(*groups), self.planes
        if not touched <= planes.keys():  # they move in all planes, if there are any
            touched = {name for name in touched if len(self._shape(name)) > 1}
        if not touched:
            return touched, NOWHERE, 0, ()
        count, *shape = self._shape(next(iter(touched)))
        if not touched <= planes.keys():
            planes = Planes({name: planes.get(name, range(count)) for name in touched})
        return touched, planes, count, shape

    def _column(self, name: str) -> Column:
        return self.columns[name] if name in self.columns else self[name]

    def _shape(self, name: str) -> tuple[int, ...]:
        column = self._column(name)
        return column.steps.shape if isinstance(column, Stepped) else column.shape

    def _with(self, few: Mapping[str, np.ndarray]) -> "Activity":
        """This variation with columns in some planes alone."""
        return Activity({**self.columns, **few}, {}, self.moved, self.house, self.doubt)

    @classmethod
    def of(cls, counts: np.ndarray, facts: Mapping[str, np.ndarray] | None = None) -> "Activity":
        """Read counts of shape (seat, column); facts that are not given are at their start."""
        seats = counts.shape[0]
        columns = dict(zip(COLUMN, counts.T.astype(float, order="C"), strict=True))
        start = {name: np.full(seats, value) for name, value in START_OF_FACTS.items()}
        return cls(columns | start | dict(facts or {}))

    def __getitem__(self, name: str) -> np.ndarray:
        if name in TOTALS and name not in self.columns:
            return sum(self[part] for part in TOTALS[name])
        column = self.columns[name]
        return column.at(range(len(column.steps))) if isinstance(column, Stepped) else column

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True)
class Together(Mapping[str, np.ndarray]):
    """Means per seat of those whose results count together: what colleagues do, and the own."""

    activity: Activity
    of: str  # team or house

    def __getitem__(self, name: str) -> np.ndarray:
        return self.mean(name, (self.activity.varied or self.activity)[name])

    def mean(self, name: str, own: np.ndarray) -> np.ndarray:
        """The mean of a column where the own is so, (..., seat), and others do what they do."""
        everyone = self.activity.everyone
        columns = everyone[name]
        if self.of == "house":
            return columns.mean(axis=-1) + (own - columns) / columns.shape[-1]
        team = everyone["team"].astype(np.int64)
        size = np.bincount(team)[team]
        return (np.bincount(team, columns)[team] + own - columns) / size

    def __iter__(self) -> Iterator[str]:
        return iter(self.activity)

    def __len__(self) -> int:
        return len(self.activity)


def _changed(columns: Iterable[str]) -> set[str]:
    """The columns, and the totals they are part of."""
    return {*columns, *(PART_OF[name] for name in columns if name in PART_OF)}


@lru_cache(maxsize=64)
def _moving(planes: Planes) -> frozenset[str]:
    return frozenset(_changed(planes))


def _of_seats(alike: np.ndarray) -> np.ndarray:
    """The (seat,) values that repeat along all other axes."""
    return alike.reshape(-1, alike.shape[-1])[0]
