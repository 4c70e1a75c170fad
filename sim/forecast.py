"""The forecast: what each collector expects the period to bring, learned from what it brought."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sim.activity import COLUMN, OPENING, TOTALS
from sim.compiled import compiled
from sim.units import BUCKETS

CAUSED = ("attempts", "contacts", "promises", "kept", "complaints", "surveys", "happy")
CAUSED_BY_BUCKET = ("worked", "paid1", "paid2", "paid3")
PACE_WEIGHT = 0.25  # weight of the last days in a collector's sense of pace


class Forecast:
    """Pace and its variance per working day, (column, seat), for the recorded columns watched."""

    def __init__(self, watched: Sequence[str], doubt: float, case: Mapping[str, float]):
        self.watched = list(watched)
        self.places = np.array([COLUMN[name] for name in self.watched], np.int64)
        opens = [OPENING.get(name) for name in self.watched]
        self._opens = np.array([-1 if name is None else COLUMN[name] for name in opens], np.int64)
        seen = {total: parts for total, parts in TOTALS.items() if {*parts} <= {*self.watched}}
        self.names = (*self.watched, *seen)  # of what is expected
        parts = [[self.watched.index(part) for part in parts] for parts in seen.values()]
        self._parts = np.array(parts, np.int64).reshape(len(parts), len(BUCKETS) - 1)
        self.doubt = doubt  # sd of the belief about one's own pace, share of the pace
        # At least half a case of doubt: a case is one event, or one account's money.
        self.least = np.array([
            0.5 * (case["due"] if n.startswith("cash") else case.get(n, 1.0)) for n in self.watched
        ])  # fmt: skip
        self.pace = self.variance = None

    @property
    def ready(self) -> bool:
        """Whether there is anything to go by."""
        return self.pace is not None

    def learn(self, record: np.ndarray, working_days: int) -> None:
        """Take in the recorded counts (seat, column) of the last working days."""
        if working_days == 0:
            return
        now = _paces(record, self.places, self._opens, working_days)
        if self.pace is not None:
            _learn_pace(self.pace, self.variance, now, working_days)
            return
        house = now.mean(axis=1, keepdims=True)
        self.pace = 0.5 * (now + house)
        variance = now.var(axis=1, keepdims=True) * working_days + house**2 / 16
        self.variance = np.broadcast_to(variance, now.shape).copy()

    def period(self, true: np.ndarray, faked: np.ndarray, days: int) -> tuple[dict, dict]:
        """Mean and sd by column, (seat,) each, of what is recorded after `days` more of them.

        So far these are the true counts and what gaming added to them, (seat, column) each.
        """
        mean, sd = _coming(
            self.pace, self.variance, self.least, self.doubt, days, true, faked, self.places,
            self._parts,
        )  # fmt: skip
        return dict(zip(self.names, mean, strict=True)), dict(zip(self.names, sd, strict=True))

    def per_day(self, names: Sequence[str]) -> np.ndarray:
        """Expected counts a working day, (seat, name)."""
        return self.pace[[self.watched.index(name) for name in names]].T


@compiled()
def _paces(record, places, opens, days):
    """Events a day, less what was there when the period opened, (column, seat)."""
    out = np.empty((places.size, len(record)))
    for w in range(places.size):
        for i in range(len(record)):
            opening = record[i, opens[w]] if opens[w] >= 0 else 0.0
            out[w, i] = (record[i, places[w]] - opening) / days
    return out


@compiled()
def _learn_pace(pace, variance, now, days):
    for w in range(len(pace)):
        for i in range(pace.shape[1]):
            error = now[w, i] - pace[w, i]
            pace[w, i] += PACE_WEIGHT * error
            variance[w, i] += PACE_WEIGHT / 2 * (error**2 * days - variance[w, i])


@compiled()
def _coming(pace, variance, least, doubt, days, true, faked, places, totals):
    """Mean and sd of the watched columns and then of the totals, (column, seat) each."""
    watched, seats = pace.shape
    mean, sd = np.zeros((watched + len(totals), seats)), np.zeros((watched + len(totals), seats))
    for w in range(watched):
        for i in range(seats):
            coming = pace[w, i] * days
            mean[w, i] = coming + (true[i, places[w]] + faked[i, places[w]])
            sd[w, i] = np.sqrt(variance[w, i] * days + (doubt * coming) ** 2 + least[w] ** 2)
    for t in range(len(totals)):
        for i in range(seats):
            variance_of_all = 0.0
            for k in range(totals.shape[1]):
                mean[watched + t, i] += mean[totals[t, k], i]
                variance_of_all += sd[totals[t, k], i] ** 2
            sd[watched + t, i] = np.sqrt(variance_of_all)
    return mean, sd


class Yield:
    """What each collector believes an hour of contact brings, learned from what it brought."""

    def __init__(self, cash: np.ndarray, cures: np.ndarray, columns: Iterable[str]):
        self.cash = cash  # (seat, bucket) fen that promises won bring
        self.cures = cures  # (seat, bucket)
        by_bucket = {f"{c}_m{b + 1}": b for c in CAUSED_BY_BUCKET for b in range(len(BUCKETS))}
        self.names = tuple(name for name in columns if name in by_bucket or name in CAUSED)
        self.events = np.zeros((len(cash), len(self.names)))  # (seat, name)
        self._at = np.array([COLUMN[name] for name in self.names], np.int64)
        # payments also come by themselves: the bucket whose cash tells how many a collector caused
        self._share_of = np.array([
            by_bucket[name] if name.startswith("paid") else -1 for name in self.names
        ], np.int64)  # fmt: skip

    def learn(self, fresh: np.ndarray, hours: np.ndarray, weight: float) -> None:
        """Take in the new true counts (seat, column) of these hours of contact (seat,)."""
        places = COLUMN["cash_m1"], COLUMN["own_cash_m1"], COLUMN["own_cures_m1"]
        _learn(
            self.cash, self.cures, self.events, fresh, hours, weight, places, self._at,
            self._share_of,
        )  # fmt: skip


@compiled()
def _learn(own_cash, own_cures, events, fresh, hours, weight, places, at, share_of):
    cash, won, cured = places
    for i in range(hours.size):
        if hours[i] <= 0.0:
            continue
        for b in range(own_cash.shape[1]):
            own_cash[i, b] += weight * (fresh[i, won + b] / hours[i] - own_cash[i, b])
            own_cures[i, b] += weight * (fresh[i, cured + b] / hours[i] - own_cures[i, b])
        for e in range(at.size):
            b, count = share_of[e], float(fresh[i, at[e]])
            if b >= 0:
                count *= fresh[i, won + b] / max(fresh[i, cash + b], 1)
            events[i, e] += weight * (count / hours[i] - events[i, e])
