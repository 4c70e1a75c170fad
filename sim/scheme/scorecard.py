"""Scorecard: a pool times the weighted payouts of indicators."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from math import ceil, log
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.activity import Activity
from sim.compiled import compiled
from sim.curves import Curve, expected_payout, knots_of, payouts, table_of
from sim.formula import Formula, Formulas, values
from sim.indicators import INDICATORS
from sim.parameter import Section
from sim.planes import Apart
from sim.scheme.base import Component, Parts, Yuan
from sim.scheme.measure import Who, checked_events, checked_measure, counted, measure_of

TRACE = 0.01  # what is left of a step of a moving target when people no longer think of it
LEAST_EASE = 0.05  # however hard the queue, the target is at least this part of the usual one
REPORTED = frozenset(INDICATORS)  # what a lender may report by its value, without the counts
Speed = Annotated[float, Field(gt=0, le=1)]
EASED = ", ".join(i.key for i in INDICATORS.values() if i.ease)


class Target(Section):
    """What counts as nothing and as fully attained, in the indicator's own unit.

    A ratchet moves both towards the results by `speed` each period: who does well is asked for
    more. Judged as a group, nobody's own restraint lowers the target much (Cardella and Depew).
    """

    zero: float | None = Field(default=None, description="default: the indicator's own")
    target: float | None = Field(default=None, description="default: the indicator's own")
    rule: Literal["fixed", "difficulty", "ratchet"] = Field(
        default="fixed", description="difficulty: times how easily the seat's queue pays"
    )
    speed: Speed | None = Field(
        default=None, description="with rule ratchet: share of the way to the results it moves"
    )
    results: Who | None = Field(
        default=None, description="with rule ratchet: whose results move it; the seat's if none"
    )

    @model_validator(mode="after")
    def _check(self):
        if (self.speed is None) == (self.rule == "ratchet"):
            raise ValueError("@speed: expected with rule = 'ratchet' and only there")
        if self.results is not None and self.rule != "ratchet":
            raise ValueError("@results: expected with rule = 'ratchet' and only there")
        return self


AS_DEFINED = Target()


class Reweighting(Section):
    """Weights that move: each period a part of all weight goes to what was attained least."""

    speed: Speed = Field(description="share of the weight that moves in a period")
    onto: Literal["indicator", "category"] = Field(
        default="category", description="what it moves to: the weakest of these"
    )
    results: Who = Field(default="house", description="whose payouts are judged")


@dataclass(frozen=True, eq=False)
class _Judging:
    """What a card judges by, with a place for each indicator that has a weight."""

    keys: tuple[str, ...]
    formulas: np.ndarray  # Formulas
    reads: tuple[tuple[str, ...], ...]  # the formula's columns, then the one a moved target reads
    alone: frozenset[str]  # those of them that are the seat's own, whosever results count
    rules: dict[int, str]  # of the targets that are not fixed, by place
    targets: np.ndarray
    widths: np.ndarray  # from zero to target
    curves: np.ndarray  # knots
    weights: np.ndarray


class Scorecard(Component):
    """Pays `pool_yuan` at full attainment of every indicator."""

    kind: Literal["scorecard"] = "scorecard"
    pool_yuan: Yuan = Field(description="pay at full attainment, yuan per seat and period")
    weights: dict[str, Annotated[float, Field(strict=True)]] = Field(
        description="weight of each indicator; they sum to 1", min_length=1
    )
    curve: Curve = Field(default="linear", description="payout by attainment: a name, or knots")
    curves: dict[str, Curve] = Field(
        default_factory=dict, description="curves of single indicators"
    )
    targets: dict[str, Target] = Field(
        default_factory=dict,
        description="targets of single ones; shares of columns need both zero and target",
    )
    combine: Literal["sum", "product", "minimum"] = Field(
        default="sum", description="how the payouts of the indicators become one score"
    )

    of: Who = Field(default="seat", description="whose results; of a group, the mean of its seats")
    deductions: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict, description="points off the score, of 1, per recorded event"
    )
    reweighting: Reweighting | None = Field(
        default=None, description="how the weights move from period to period"
    )

    @model_validator(mode="after")
    def _check(self):
        for table in ("weights", "curves", "targets"):
            for key in getattr(self, table):
                checked_measure(key, f"{table}.{key}")
                if key not in self.weights:
                    raise ValueError(f"@{table}.{key}: expected an indicator that has a weight")
        self._check_weights()
        for key in self.weights:
            self._check_target(key)
        for place, curve in [
            ("curve", self.curve),
            *((f"curves.{k}", c) for k, c in self.curves.items()),
        ]:
            try:
                knots_of(curve)
            except ValueError as wrong:
                raise ValueError(f"@{place}: {wrong}") from None
        checked_events(self.deductions, "deductions")
        return self

    def _check_weights(self) -> None:
        for key, weight in self.weights.items():
            if not 0.0 <= weight <= 1.0:
                raise ValueError(f"@weights.{key}: expected a share in 0..1")
        total = sum(self.weights.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(
                f"@weights: the weights sum to {total:g}; expected a sum of 1: "
                f"{'lower' if total > 1 else 'raise'} some, or divide each by their sum"
            )

    def _check_target(self, key: str) -> None:
        ends = self._ends(key)
        if None in ends:
            raise ValueError(
                f"@weights.{key}: expected zero and target in targets.'{key}'; "
                "only indicators have their own"
            )
        if ends[0] == ends[1]:
            raise ValueError(
                f"@targets.{key}: zero and target are both {ends[0]:g}; expected "
                "two different values"
            )
        if self._rule(key) == "difficulty" and not measure_of(key).ease:
            raise ValueError(
                f"@targets.{key}.rule: how much the queue matters is known of {EASED} only; "
                "expected 'fixed' or 'ratchet'"
            )

    # -- targets ------------------------------------------------------------------------------

    def _rule(self, key: str) -> str:
        return self.targets[key].rule if key in self.targets else "fixed"

    def _ends(self, key: str) -> tuple[float | None, float | None]:
        """Zero and target as written."""
        usual, given = measure_of(key), self.targets.get(key, AS_DEFINED)
        return (
            usual.zero if given.zero is None else given.zero,
            usual.target if given.target is None else given.target,
        )

    # -- pay ----------------------------------------------------------------------------------

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(measure_of(k).ease for k in self.weights if self._rule(k) == "difficulty")

    @property
    def indicators(self) -> frozenset[str]:
        return frozenset(k for k, w in self.weights.items() if w)

    def reads(self) -> frozenset[str]:
        of_weights = (counted(measure_of(k).reads) for k, w in self.weights.items() if w)
        return frozenset(self.deductions).union(*of_weights)

    @cached_property
    def _judging(self) -> _Judging:
        return self._judging_with(frozenset())

    def _judging_with(self, reported: Set[str]) -> _Judging:
        """How the card judges; `reported` indicators have their value as a column."""
        keys = tuple(key for key, weight in self.weights.items() if weight)
        formulas = [Formula((k,)) if k in reported else measure_of(k).formula for k in keys]
        rules = {i: self._rule(k) for i, k in enumerate(keys) if self._rule(k) != "fixed"}
        goals = {k: f"{self.label}.target.{k}" for k in self._ratchets}
        looks = {i: goals.get(keys[i]) or measure_of(keys[i]).ease for i in rules}
        zeros, targets = np.array([self._ends(key) for key in keys]).T
        return _Judging(
            keys,
            Formulas.of(formulas),
            tuple(f.reads + ((looks[i],) if i in looks else ()) for i, f in enumerate(formulas)),
            frozenset(goals.values()),
            rules,
            targets,
            targets - zeros,
            table_of([knots_of(self.curves.get(key, self.curve)) for key in keys]),
            np.array([self.weights[key] for key in keys]),
        )

    def payouts(self, a: Activity, of: Who | None = None) -> dict[str, np.ndarray]:
        """Payout of each indicator with a weight, 1 at its target."""
        found = self._payouts(a, of or self.of)
        return {key: found[place] for place, key in enumerate(self._judging.keys)}

    def attainments(self, a: Activity) -> dict[str, np.ndarray]:
        """Attainment of each indicator with a weight, 0 at its zero and 1 at its target."""
        found, _ = self._attained(self.of, a)
        return {key: found[place] for place, key in enumerate(self._judging.keys)}

    def _payouts(self, a: Activity, of: Who) -> Apart:
        """The same, each in the planes in which it moves."""
        reads = frozenset().union(*self._judging.reads)
        if a.moved.isdisjoint(reads):
            return a.once(self, reads, partial(self._judged, of), part=of)
        return self._judged(of, a)

    def _judged(self, of: Who, a: Activity) -> Apart:
        found, whose = self._attained(of, a)
        if a.doubt and of != "seat":
            return self._expected(found, whose, of, a)
        attained = found.rows.reshape(len(whose), -1)
        paid = payouts(self._judging.curves, whose, attained).reshape(found.rows.shape)
        return replace(found, rows=paid)

    def _expected(self, found: Apart, whose: np.ndarray, of: Who, a: Activity) -> Apart:
        """Of a forecast of a group's results the mean payouts over what the mates may do."""
        judging, rows = self._judging, np.empty(found.rows.shape)
        for place, key in enumerate(judging.keys):
            measure, mine = measure_of(key), whose == place
            sd = a.everyone.once(self, measure.reads, partial(measure.doubt, of=of), part=(of, key))
            if self._rule(key) == "difficulty":
                sd = sd / np.maximum(a.among(of)[measure.ease], LEAST_EASE)
            knots = knots_of(self.curves.get(key, self.curve))
            width = abs(judging.widths[place])
            rows[mine] = expected_payout(knots, found.rows[mine], sd / width)
        return replace(found, rows=rows)

    def _attained(self, of: Who, a: Activity) -> tuple[Apart, np.ndarray]:
        """Attainment of the indicators in the planes in which they move, and whose each row is."""
        by = self._judging
        if not a.columns.keys().isdisjoint(REPORTED):
            by = self._judging_with(a.columns.keys() & REPORTED)
        columns, plan = a.apart(by.reads, of, by.alone)
        block = columns.reshape(len(columns), -1)
        rows = values(by.formulas, plan.of, block, plan.places)
        for indicator, rule in by.rules.items():
            its = plan.of == indicator
            looked_at = block[plan.places[its, by.formulas["columns"][0, indicator]]]
            if rule == "difficulty":
                rows[its] /= np.maximum(looked_at, LEAST_EASE)
            else:  # as the value stands to the target as written, like itself to the one in force
                rows[its] += by.targets[indicator] - looked_at
        _attain(rows, plan.of, by.targets, by.widths)
        return Apart(rows.reshape(len(rows), *columns.shape[1:]), plan.at), plan.of

    def pay(self, a: Activity, so_far: Parts) -> np.ndarray:  # noqa: ARG002  (a rule's common form)
        if self.combine == "sum" and self.reweighting is None:
            score = self._payouts(a, self.of).weighted(self._judging.weights)
        else:
            score = self._combined(self.payouts(a), self._weights(a))
        if self.deductions:
            counts = a.among(self.of)
            points = sum(each * counts[event] for event, each in self.deductions.items())
            score = score - np.minimum(points, np.maximum(score, 0.0))
        return self.pool_yuan * 100.0 * score

    def _combined(self, parts: Mapping[str, np.ndarray], weights: Mapping) -> np.ndarray:
        """The payouts of the indicators as one score."""
        if self.combine == "sum":
            return sum(weights[k] * p for k, p in parts.items())
        if self.combine == "product":
            return reduce(np.multiply, (np.maximum(p, 0) ** weights[k] for k, p in parts.items()))
        return reduce(np.minimum, parts.values())

    def _weights(self, a: Activity) -> Mapping[str, np.ndarray | float]:
        if self.reweighting is None:
            return self.weights
        return {k: self.recalled(a, f"weight.{k}") for k in self.weights}

    # -- memory: targets and weights that move ------------------------------------------------

    def memory(self) -> Mapping[str, float]:
        targets = {f"target.{k}": self._ends(k)[1] for k in self._ratchets}
        weights = {f"weight.{k}": w for k, w in self.weights.items() if self.reweighting}
        return targets | weights

    @cached_property
    def _ratchets(self) -> list[str]:
        return [k for k, w in self.weights.items() if w and self._rule(k) == "ratchet"]

    @property
    def stays(self) -> bool:
        return True

    def remember(self, a: Activity, parts: Parts) -> Mapping[str, np.ndarray]:  # noqa: ARG002
        return self.watch(a) | (self._reweighted(a) if self.reweighting else {})

    def watch(self, a: Activity) -> Mapping[str, np.ndarray]:
        """The targets that the period's results lead to."""
        after = {}
        for key in self._ratchets:
            rule, now = self.targets[key], self.recalled(a, f"target.{key}")
            result = measure_of(key).value(a, rule.results or "seat")
            after[f"target.{key}"] = now + rule.speed * (result - now)
        return after

    def _reweighted(self, a: Activity) -> dict[str, np.ndarray]:
        rule = self.reweighting
        groups: dict[str, list[str]] = {}
        for key in (k for k, w in self.weights.items() if w):
            group = key if rule.onto == "indicator" else measure_of(key).category
            groups.setdefault(group or key, []).append(key)
        parts = self.payouts(a, rule.results)
        share = {g: sum(self.weights[k] for k in keys) for g, keys in groups.items()}
        scores = {
            g: sum(self.weights[k] * parts[k] for k in keys) / share[g]
            for g, keys in groups.items()
        }
        least = reduce(np.minimum, scores.values())
        ties = sum((score <= least) * 1.0 for score in scores.values())
        gain = {g: (score <= least) / ties for g, score in scores.items()}
        now = self._weights(a)
        after = {k: (1.0 - rule.speed) * weight for k, weight in now.items()}
        for g, keys in groups.items():
            for k in keys:
                after[k] = after[k] + rule.speed * gain[g] * self.weights[k] / share[g]
        return {f"weight.{k}": weight for k, weight in after.items()}

    @property
    def lasts(self) -> int:
        speeds = [self.targets[k].speed for k in self._ratchets]
        speeds += [self.reweighting.speed] if self.reweighting else []
        fade = (ceil(log(TRACE) / log(1.0 - v)) if v < 1.0 else 1 for v in speeds)
        return max(fade, default=0)


@compiled()
def _attain(rows, of, targets, widths):
    """Values (row, entry) become attainments, in place."""
    for row in range(len(rows)):
        target, width = targets[of[row]], widths[of[row]]
        for i in range(rows.shape[1]):
            rows[row, i] = (rows[row, i] - target) / width + 1.0
