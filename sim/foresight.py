"""Foresight: what later periods will pay because of what the scheme remembers of this one.

A collector expects every coming period to go as usual and asks how pay would run then. Nothing
here knows any pay component: a ratchet is felt because good results now raise the target later,
deferral because it vests later, a ladder because standing grows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.activity import Activity
from sim.scheme import Memory, Scheme


@dataclass(frozen=True)
class Foresight:
    """The coming periods as the house expects them."""

    schemes: Sequence[Scheme]  # in force in each coming period, the next one first
    usual: Mapping[str, np.ndarray]  # a whole period's counts as usual, (seat,) each
    weights: np.ndarray  # (period ahead, seat): worth today of a fen paid then
    period_days: int = 30
    waiting: Mapping[int, Memory] = field(default_factory=dict)  # of schemes to come, by id
    parting: Sequence[np.ndarray] = ()  # by period, this one first: (seat,) worth of what one
    # who leaves then still gets, chance included; nothing if nobody leaves

    def worth(self, scheme: Scheme, here: Activity) -> np.ndarray:
        """Fen that this period's activity is worth, later pay included, (..., seat)."""
        path = self._path(scheme, here.everyone)
        if here.house:
            path = self._path(scheme, here, [step[0] for step in path])
        later = (w * fen for w, (_, fen, _) in zip(self.weights, path[1:], strict=True))
        taken = (w * left for w, (_, _, left) in zip(self.parting, path, strict=False))
        return sum((*later, *taken), start=path[0][1])

    def _path(
        self, scheme: Scheme, first: Activity, houses: Sequence[Activity] = ()
    ) -> list[tuple[Activity, np.ndarray, np.ndarray]]:
        """This period and the coming ones: what happens, fen paid, fen that a leaver takes along.

        Along `houses` if `first` is a variation.
        """
        memories, path, known, ended = dict(self.waiting), [], {}, []
        for ahead, then in enumerate((scheme, *self.schemes)):
            if ahead == 0:
                a = first
            elif houses:
                a = houses[ahead].but(memories[id(then)])
            else:
                a = self._usual(ahead, first, memories[id(then)], known)
            parts = then.amounts(a)
            run_off = {
                id(old): old.ended(a.but(memories[id(old)]), memories[id(old)]) for old in ended
            }
            memories = {k: self._watched(k, a, m) for k, m in memories.items()}
            memories |= {old: memory for old, (_, memory) in run_off.items()}
            memories[id(then)] = then.remember(a, parts) | then.accrue(a, parts)
            if then.lasts and self.schemes[ahead:] and self.schemes[ahead] is not then:
                ended.append(then)
            fen = sum((late.sum() for late, _ in run_off.values()), start=parts.sum())
            path.append((a, fen, then.on_leaving(memories[id(then)]).sum()))
        return path

    def _usual(self, ahead: int, first: Activity, memory: Memory, known: dict) -> Activity:
        """The period so far ahead; what all coming ones share is computed once, in `known`."""
        facts = {
            "period": first["period"] + ahead,
            "tenure_days": first["tenure_days"] + ahead * self.period_days,
        }
        columns = {**first.columns, **self.usual, **facts, **memory}
        moved = frozenset(facts) | memory.keys()
        return Activity(columns, known, moved, doubt=first.doubt)

    def _watched(self, scheme: int, a: Activity, memory: Memory) -> Memory:
        """What a scheme that is not in force has learned of the period."""
        coming = next((s for s in self.schemes if id(s) == scheme), None)
        return coming.watch(a, memory) if coming else memory
