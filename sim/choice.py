"""Choice: what the next event is worth in pay, and the hours that follow from it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import ndtri

from sim.activity import COLUMN, PART_OF, TOTALS, Activity
from sim.compiled import compiled
from sim.foresight import Foresight
from sim.parameter import Section, parameter, share
from sim.planes import Planes
from sim.scheme import Scheme

LEAST_RISK = 1e-9  # aversion per fen below which a certainty equivalent would be mostly rounding
NOT_DONE = -1e12  # fen an hour of what nobody does
PEERS = (
    "Kandel & Lazear 1992, peer pressure; Bandiera, Barankay & Rasul 2005: what one's effort does "
    "to mates is taken in, but only where they see it; size assumed"
)
LAZEAR = "Lazear 2000: +22 % output of the same workers under piece rates"


class Response(Section):
    """How people respond to pay."""

    mode: Literal["replay", "adaptive", "rational"] = parameter(
        "adaptive",
        "replay: no response; adaptive: part of the way to the best response, with "
        "slips; rational: the best response each week",
        "text",
    )
    sensitivity: float = parameter(
        1.0,
        "weight on marginal pay; 0 is a collector whom pay does not move",
        "factor",
        band=(0.3, 2.0),
        ge=0,
        le=100,
    )
    effort_cost_yuan: float = parameter(
        75.0,
        "rise of the cost of an hour when a task takes one `room` more than usual",
        "yuan per hour",
        band=(30, 300),
        gt=0,
        le=1e6,
        source=LAZEAR,
    )
    fatigue_yuan: float = parameter(
        6.0,
        "rise of the cost of every hour per hour worked more in a week",
        "yuan per hour",
        band=(0, 30),
        ge=0,
        le=1e6,
    )
    most_hours: float = parameter(54.0, "effective hours in a week at most", "hours", ge=1, le=100)
    inattention_yuan: float = parameter(
        5.0,
        "pay per hour too small to be noticed; taken off what is felt",
        "yuan per hour",
        band=(0, 20),
        ge=0,
        le=1e6,
        source="Gabaix 2014, sparse attention: small effects are ignored; size assumed",
    )
    adjustment: float = share(
        0.5, "share of the way to the best response gone each week", band=(0.2, 1.0)
    )
    tremble: float = parameter(0.05, "sd of the log slip in hours", "log", ge=0, le=1)
    doubt: float = parameter(
        0.15,
        "sd of the belief about one's own pace, share of the pace",
        "share",
        band=(0.05, 0.4),
        ge=0,
        le=5,
    )
    nodes: int = parameter(
        2,
        "points of the forecast at which pay is felt; 2 is a difference over one sd each way, "
        "more approach the exact expectation",
        "points",
        ge=2,
        le=200,
    )
    foresight: int = parameter(
        24,
        "periods ahead for which later pay is reckoned, where the scheme remembers",
        "periods",
        band=(0, 36),
        ge=0,
        le=400,
    )
    impatience: float = parameter(
        0.10, "rate at which later pay is discounted", "per year", band=(0.03, 0.4), ge=0, le=10
    )
    present_bias: float = share(
        0.8,
        "weight of all later pay against the coming pay day's",
        band=(0.5, 1),
        source="Laibson 1997, quasi-hyperbolic discounting; size from laboratory studies",
    )
    regard: float = share(
        0.3,
        "weight of a mate's pay beside one's own, where it hangs on what one does",
        band=(0, 0.65),
        source=PEERS,
    )
    in_sight: int = parameter(
        4,
        "mates of the team who see one's work, and whose pay therefore weighs, at most",
        "mates",
        band=(2, 8),
        ge=0,
        le=1000,
        source="Mas & Moretti 2009: those work harder who are seen by able mates; size assumed",
    )
    learning: float = share(0.1, "weight of the last week in beliefs about one's own productivity")

    def later(self, periods: int, period_days: int, leaving: np.ndarray) -> np.ndarray:
        """Worth today of a fen paid so many periods ahead to those who stay, (period, seat).

        exp(-(leaving + impatience) t) with both rates per year; present bias but in `rational`.
        """
        years = np.arange(1, periods + 1)[:, None] * period_days / 365.0
        return self._bias * np.exp(-(leaving + self.impatience) * years)

    def parting(self, periods: int, period_days: int, leaving: np.ndarray) -> np.ndarray:
        """Worth today of a fen to those who leave with it, (period, seat), this period first."""
        years = np.arange(periods + 1)[:, None] * period_days / 365.0
        then = self._bias * np.exp(-self.impatience * years[:-1])
        then[:1] = 1.0  # on the coming pay day
        return then * -np.diff(np.exp(-leaving * years), axis=0)

    @property
    def _bias(self) -> float:
        return 1.0 if self.mode == "rational" else self.present_bias

    @property
    def node_count(self) -> int:
        """Rational collectors feel the exact expectation, others a coarse difference."""
        return max(self.nodes, 16) if self.mode == "rational" else self.nodes

    def noticed(self, value: np.ndarray, dashboard: float = 0.5) -> np.ndarray:
        """What is felt of an hour's pay in fen: small amounts are not noticed.

        Less escapes those who see their figures on a `dashboard` (0..1).
        """
        blind = 0.0 if self.mode == "rational" else 100.0 * self.inattention_yuan
        blind *= 1.5 - dashboard
        return np.sign(value) * np.maximum(np.abs(value) - blind, 0.0)


def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places in sd and weights of E[pay'] = E[pay(mean + sd z) z] / sd, by equal chances.

    Two nodes are the central difference over one sd.
    """
    if count == 2:
        return np.array([-1.0, 1.0]), np.array([-0.5, 0.5])
    z = ndtri((np.arange(count) + 0.5) / count)
    return z, z / (z**2).sum()


def felt_columns(scheme: Scheme, produced: frozenset[str]) -> tuple[str, ...]:
    """Columns that a collector can move and the scheme reads; a total stands for unread parts."""
    reads = scheme.reads
    split = {PART_OF[c] for c in reads if c in PART_OF}
    columns = []
    for name in sorted(produced):
        total = PART_OF.get(name)
        if name in reads or total in split:
            columns.append(name)
        elif total in reads:
            columns.append(total)
    return tuple(dict.fromkeys(columns))


def felt_by_mates(scheme: Scheme, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns, if a seat's pay under the scheme hangs on what its colleagues do; else none."""
    two = Activity.of(np.ones((2, len(COLUMN))), scheme.start(2)).columns
    ones = {name: np.ones(2) for name in columns}
    return columns if marginal_pay_of_a_mate(scheme, two, ones, columns) else ()


def marginal_pay(
    scheme: Scheme,
    mean: Mapping[str, np.ndarray],
    sd: Mapping[str, np.ndarray],
    columns: tuple[str, ...],
    nodes: int = 2,
    risk: np.ndarray | float = 0.0,
    ahead: Foresight | None = None,
) -> dict[str, np.ndarray]:
    """Fen that one more event of each column adds to what pay is worth, (seat,) each.

    Differences of the scheme's own pay function over the uncertainty of the forecast `mean`, `sd`,
    so that a threshold is felt near it and not far away. `risk` is aversion per fen (constant
    absolute, Pratt 1964): the slope is that of the certainty equivalent. `ahead` adds what later
    periods will pay because of what the scheme remembers of this one.
    """
    if not columns:
        return {}
    z, weight = _nodes(nodes)
    moved, sds = _moved(mean, sd, columns, z)
    paid = ahead.worth(scheme, moved) if ahead else scheme.amounts(moved).sum()
    if paid.ndim <= sds.ndim:  # it hangs on none of them
        paid = np.broadcast_to(paid, (len(sds), z.size, sds.shape[-1]))
    slopes = _slope(paid, weight, risk)
    return dict(zip(columns, slopes / sds, strict=True))


def marginal_pay_of_a_mate(
    scheme: Scheme,
    mean: Mapping[str, np.ndarray],
    sd: Mapping[str, np.ndarray],
    columns: tuple[str, ...],
    nodes: int = 2,
) -> dict[str, np.ndarray]:
    """Fen that one more event of each column adds to the pay of a mate like oneself, (seat,) each.

    Less than nothing where mates compete; no columns where nobody's pay hangs on a colleague.
    """
    if not columns:
        return {}
    z, weight = _nodes(nodes)
    moved, sds = _moved(mean, sd, columns, z)
    paid = scheme.amounts(moved.beside()).sum()
    if paid.ndim <= sds.ndim:
        return {}
    return dict(zip(columns, (weight @ paid) / sds, strict=True))


def _moved(
    mean: Mapping[str, np.ndarray],
    sd: Mapping[str, np.ndarray],
    columns: tuple[str, ...],
    z: np.ndarray,
) -> tuple[Activity, np.ndarray]:
    """The forecast as (column, node, seat): each column, and its total, moves in its own plane.

    And the sd of each column, (column, seat).
    """
    here = Activity(mean, doubt=sd)
    planes = _planes(columns, tuple(total for total in TOTALS if total in here))
    sds = np.empty((len(columns), *here[columns[0]].shape))
    for plane, name in enumerate(columns):
        sds[plane] = sd[name]
    return here.stepped(z[:, None] * sds[:, None, :], planes), sds


@lru_cache(maxsize=64)
def _planes(columns: tuple[str, ...], totals: tuple[str, ...]) -> Planes:
    """A plane for each column, in which its total moves too where there is one."""
    planes: dict[str, list[int]] = {}
    for plane, name in enumerate(columns):
        for column in {name, PART_OF.get(name, name)}:
            if column not in TOTALS or column in totals:
                planes.setdefault(column, []).append(plane)
    return Planes(planes)


def _slope(paid: np.ndarray, weight: np.ndarray, risk: np.ndarray | float) -> np.ndarray:
    """Slope of the certainty equivalent over nodes, per sd; the second last axis is the node."""
    if not np.asarray(risk).any():
        return weight @ paid
    risk = np.maximum(risk, LEAST_RISK)
    utility = np.exp(-risk * (paid - paid.min(axis=-2, keepdims=True)))
    return -(weight @ utility) / (risk * (utility.sum(axis=-2) / len(weight)))


@compiled()
def worth_doing(noticed, cost, gaming):
    """What an hour is worth beside its cost, (seat, task).

    Who gains nothing by gaming does none, even with time to spare.
    """
    out = np.empty(noticed.shape)
    for i in range(len(out)):
        for j in range(gaming.size):
            net = noticed[i, j] - cost[i, j]
            out[i, j] = NOT_DONE if gaming[j] and net <= 0.0 else net
    return out


def best_hours(
    value: np.ndarray,
    norm: np.ndarray,
    room: np.ndarray,
    busy: np.ndarray,
    response: Response,
    dearness: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Weekly hours per task that maximise value less effort cost, shape (seat, task).

    Maximises sum(value h) - c/2 sum((h - norm)^2 / room) - k/2 (sum(h) - sum(norm))^2 over h >= 0
    and sum(h) <= most: effort in one task makes effort in the others dearer (Holmström and
    Milgrom 1991, perfect or partial substitutes). Totals run over the `busy` tasks, those that
    take time of their own. `dearness` (seat,) is each collector's factor on c and k. Solved by the
    multiplier of total hours.
    """
    dear = np.zeros(len(value)) + dearness
    c, k = 100.0 * response.effort_cost_yuan, 100.0 * response.fatigue_yuan
    return _best_hours(value, norm, room, busy, c * dear, k * dear, response.most_hours)


@compiled()
def _best_hours(value, norm, room, busy, c, k, most):
    """One pass per seat until the tasks that get hours stay the same: NumPy would repeat it for all
    seats until the last one is done.
    """
    seats, tasks = value.shape
    out = np.empty((seats, tasks))
    slope, free = np.empty(tasks), np.empty(tasks)
    active = np.empty(tasks, np.bool_)
    usual = 0.0
    for j in range(tasks):
        usual += norm[j] * busy[j]
    for i in range(seats):
        for j in range(tasks):
            slope[j] = room[j] / c[i]
            free[j] = norm[j] + slope[j] * value[i, j]  # hours if total hours cost nothing
            active[j] = True
        for _ in range(tasks):
            weight = total = 0.0
            for j in range(tasks):
                if busy[j] and active[j]:
                    weight += slope[j]
                    total += free[j]
            strain = k[i] * (total - usual) / (1.0 + k[i] * weight)
            if total - strain * weight > most:
                strain = (total - most) / max(weight, 1e-12)
            same = True
            for j in range(tasks):
                left = free[j] - (slope[j] * strain if busy[j] else 0.0)
                same &= (left > 0.0) == active[j]
                active[j] = left > 0.0
                out[i, j] = max(left, 0.0)
            if same:
                break
    return out


def effort_cost(
    hours: np.ndarray,
    norm: np.ndarray,
    room: np.ndarray,
    busy: np.ndarray,
    response: Response,
    dearness: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Fen a week that hours (seat, task) cost beyond the usual ones, as `best_hours` has it."""
    c, k = response.effort_cost_yuan * 100.0, response.fatigue_yuan * 100.0
    more = hours - norm
    strain = more[:, busy].sum(axis=1)
    return dearness * (c / 2.0 * (more**2 / room).sum(axis=1) + k / 2.0 * strain**2)


def certainty_equivalent(
    mean: np.ndarray, variance: np.ndarray, risk: np.ndarray | float
) -> np.ndarray:
    """Sure fen worth as much as uncertain pay: mean less risk/2 times variance (Pratt 1964)."""
    return mean - 0.5 * risk * variance
