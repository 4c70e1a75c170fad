"""How likely a point of the search makes a lender's status panel.

It reads the kernel's own table of chances (`chain`), so what is fitted is what a scenario file
takes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import expit, log_softmax, logit, ndtr

from sim.calibrate.chain import CLASS, STATES, TypeChain, type_chain
from sim.market import BorrowerType
from sim.panel import ABSENT, CHARGED_OFF, Panel, repaid_shares

NAMES = ("prompt", "slow", "stuck", "lost", "gone")  # by how many repay in M1
INSTALMENT = 0.05  # share of the balance, where the panel tells no payments
OWED_SPREAD = 0.15  # sd of log of what is owed for an instalment; balances change
SPREAD = 0.8  # sd of log payment, where the search begins
MISTAKEN = 0.002  # of statuses: no history may be impossible
FIRST = np.array([0, 1, 1, *[2] * (CHARGED_OFF - 2)])  # class seen first: none, early, late
Chance = Callable[[BorrowerType], np.ndarray]
RATES = ("entry", "repay_m1", "repay_later")
# Where the search begins, from the promptest type to the worst: the rates, and the median payment
# in instalments. It climbs from each of the rows and keeps the best hill.
STARTS = (
    ((0.02, 0.90, 0.60, 4.0), (0.20, 0.40, 0.20, 1.0)),  # the worst seldom pay
    ((0.02, 0.90, 0.60, 4.0), (0.20, 0.40, 0.80, 1.0)),  # the worst pay often, and little
)


@dataclass(frozen=True)
class Histories:
    """The different histories of a panel and how many accounts have each."""

    seen: np.ndarray  # int8 (history, month): classes, ABSENT where nothing is known
    count: np.ndarray  # (history,)
    lumped: bool  # whether one month late is coded as two

    @classmethod
    def of(cls, panel: Panel) -> "Histories":
        """Histories up to the charge-off, of accounts that are there and alive in the first month.

        What an account does after its charge-off belongs to another model and is not read.
        """
        state = panel.state.copy()
        lost = np.cumsum(state == CHARGED_OFF, axis=1)
        state[(lost > 1) | ((lost == 1) & (state != CHARGED_OFF))] = ABSENT
        alive = (state[:, 0] != ABSENT) & (state[:, 0] != CHARGED_OFF)
        seen, count = np.unique(state[alive], axis=0, return_counts=True)
        return cls(seen, count, not (state == 1).any())

    @cached_property
    def masks(self) -> np.ndarray:
        """Chance that a state is seen as each class, (class, state); the last row is no sight."""
        shown = np.where(CLASS == 1, 2, CLASS) if self.lumped else CLASS
        agree = shown == np.arange(CHARGED_OFF + 1)[:, None]
        seen = np.where(agree, 1.0 - MISTAKEN, MISTAKEN / CHARGED_OFF)
        return np.vstack([seen, np.ones(STATES)])

    @cached_property
    def beginnings(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """By month, the different beginnings up to it: each one's own beginning, its last class.

        Histories that begin alike are carried forward once; the last month's are the histories.
        """
        found, before = [], np.zeros(len(self.count), np.int64)
        for month in range(self.seen.shape[1]):
            begun, which = np.unique(self.seen[:, : month + 1], axis=0, return_inverse=True)
            parent = np.zeros(len(begun), np.int64)
            parent[which] = before
            found.append((parent, begun[:, -1]))
            before = which
        return found

    def forward(self, chain: TypeChain) -> tuple[np.ndarray, np.ndarray]:
        """Of a type: chance of each history given its first class, and the states at its end."""
        (_, first), *later = self.beginnings
        at = self.masks[first] * chain.usual
        at /= np.maximum(at.sum(axis=1, keepdims=True), 1e-300)
        for parent, seen in later:
            at = (at @ chain.month)[parent] * self.masks[seen]
        return at.sum(axis=1), at


@dataclass(frozen=True)
class Numbers:
    """What is searched."""

    rates: np.ndarray  # (rate, type): RATES
    instalments: np.ndarray  # (type,): median payment
    spread: np.ndarray  # (type,): sd of the log of payments
    fade: float
    instalment: float
    log_odds: np.ndarray  # (class seen first, type)

    @classmethod
    def of(cls, x: np.ndarray) -> "Numbers":
        types = count_types(x)
        own, common, odds = np.split(x, [5 * types, 5 * types + 2])
        own = own.reshape(5, types)
        free = np.column_stack([np.zeros(3), odds.reshape(3, types - 1)])
        fade, instalment = float(expit(common[0])), float(np.exp(common[1]))
        odds = log_softmax(free, axis=1)
        return cls(expit(own[:3]), *np.exp(own[3:]), fade, instalment, odds)

    def kinds(self, share: np.ndarray, instalment: float) -> tuple[BorrowerType, ...]:
        """The types they stand for, as a scenario has them."""
        return tuple(
            BorrowerType(
                name=name,
                share=float(share[t]),
                **dict(zip(RATES, self.rates[:, t].tolist(), strict=True)),
                fade=self.fade,
                payment=float(min(instalment * self.instalments[t], 1.0)),
                payment_spread=float(self.spread[t]),
                promise=0.0,
                promise_fade=1.0,
                keep=0.0,
            )
            for t, name in enumerate(NAMES[: len(share)])
        )


def count_types(x: np.ndarray) -> int:
    return (len(x) + 1) // 8


def starts(types: int) -> list[np.ndarray]:
    def on_scale(row):
        return np.concatenate([logit(row[:3]), np.log([row[3], SPREAD])])

    common = [logit(0.9), np.log(INSTALMENT)]
    return [
        np.concatenate(
            [
                np.linspace(on_scale(best), on_scale(worst), types).T.ravel(),
                common,
                np.zeros(3 * (types - 1)),
            ]
        )
        for best, worst in STARTS
    ]


def bounds(types: int) -> np.ndarray:
    """What is searched, (number, 2).

    Entry stays between 0.1 and 60 %, other rates between 1 and 98 %, a median payment between a
    third of an instalment and twenty, an instalment between 0.1 and 60 % of the balance.
    """
    own = [(-7.0, 0.4), (-4.6, 4.0), (-4.6, 4.0), (-1.1, 3.0), (-2.3, 0.7)]
    common = [(0.0, 4.6), (-7.0, -0.5)]
    odds = [(-8.0, 8.0)] * (3 * (types - 1))
    return np.array([*np.repeat(own, types, axis=0), *common, *odds])


def in_order(x: np.ndarray) -> np.ndarray:
    """The same point with the types in the order of NAMES."""
    types = count_types(x)
    own, common, odds = np.split(x, [5 * types, 5 * types + 2])
    own, odds = own.reshape(5, types), odds.reshape(3, types - 1)
    order = np.argsort(-own[RATES.index("repay_m1")])
    free = np.column_stack([np.zeros(3), odds])[:, order]
    free = (free - free[:, :1])[:, 1:]
    return np.concatenate([own[:, order].ravel(), common, np.clip(free, -8.0, 8.0).ravel()])


@dataclass(frozen=True)
class Repayments:
    """What early accounts that repay anything repay in a month, counted in classes of size."""

    edges: np.ndarray  # shares of the balance between the classes
    count: np.ndarray  # (class,)

    @classmethod
    def of(cls, panel: Panel, base_fen: float) -> "Repayments":
        """Of the balance, or of the base where that is larger."""
        shares = repaid_shares(panel, base_fen)
        paid = shares[shares > 0]
        if not paid.size:
            return cls(np.array([]), np.array([0.0]))
        edges = np.unique(np.quantile(paid, np.linspace(0.1, 0.9, 9)).round(4))
        return cls(edges, np.bincount(np.searchsorted(edges, paid), minlength=edges.size + 1))

    def log_chance(self, numbers: Numbers, payers: np.ndarray) -> np.ndarray:
        """Of each class."""
        below = np.concatenate([[0.0], repaid_below(self.edges, numbers, payers), [1.0]])
        return np.log(np.maximum(np.diff(below), MISTAKEN / (self.edges.size + 1)))


def repaid_below(size: np.ndarray, numbers: Numbers, payers: np.ndarray) -> np.ndarray:
    """Chance that a payer, of the types in these shares, repays less than a share of the balance.

    Payments are what is offered or what is owed, if that is less; half of the payers owe one
    instalment and half two, near enough.
    """
    log_size = np.log(size)[:, None] - np.log(numbers.instalment)
    offered = ndtr((log_size - np.log(numbers.instalments)) / numbers.spread)
    owed = ndtr((log_size - np.log([1.0, 2.0])) / OWED_SPREAD).mean(axis=1, keepdims=True)
    return (1.0 - (1.0 - offered) * (1.0 - owed)) @ payers


@dataclass(frozen=True)
class Evidence:
    """What the likelihood reads of a panel."""

    histories: Histories
    repayments: Repayments | None = None  # None: statuses only
    payers: np.ndarray | None = (
        None  # (type,), shares of who repays; not searched, lest it move rates
    )

    @classmethod
    def of(cls, panel: Panel) -> "Evidence":
        """Statuses only."""
        return cls(Histories.of(panel))

    def with_repayments(self, panel: Panel, base_fen: float, x: np.ndarray) -> "Evidence":
        """Statuses and repayments, where those who repay are of the types that x tells."""
        numbers = Numbers.of(x)
        kinds = numbers.kinds(np.ones(count_types(x)), INSTALMENT)
        early = [type_chain(k, INSTALMENT).usual[(CLASS == 1) | (CLASS == 2)].sum() for k in kinds]
        payers = self.shares(numbers) * early * numbers.rates[1:].mean(axis=0)
        repayments = Repayments.of(panel, base_fen)
        return replace(self, repayments=repayments, payers=payers / payers.sum())

    @cached_property
    def first(self) -> np.ndarray:
        return FIRST[self.histories.seen[:, 0]]

    @cached_property
    def count(self) -> np.ndarray:
        """Of each history, then of each class of repayments."""
        repaid = self.repayments.count if self.repayments else []
        return np.append(self.histories.count, repaid).astype(float)

    def shares(self, numbers: Numbers) -> np.ndarray:
        """Of the types."""
        group = np.bincount(self.first, self.histories.count, minlength=3)
        share = group @ np.exp(numbers.log_odds)
        return share / share.sum()

    def log_chances(self, x: np.ndarray, chance: Chance) -> np.ndarray:
        """Log of the chance of everything that `count` counts; `chance` is a type's, by history."""
        numbers = Numbers.of(x)
        kinds = numbers.kinds(np.ones(count_types(x)), INSTALMENT)
        each = np.exp(numbers.log_odds)[self.first] * np.stack([chance(k) for k in kinds], axis=1)
        told = np.log(np.maximum(each.sum(axis=1), 1e-300))
        if self.repayments is None:
            return told
        return np.append(told, self.repayments.log_chance(numbers, self.payers))

    def remembered(self) -> Chance:
        """A type's chance of each history; a step that moves one type asks for the others again."""

        @lru_cache(maxsize=64)
        def chance(kind: BorrowerType) -> np.ndarray:
            return self.histories.forward(type_chain(kind, INSTALMENT))[0]

        return chance
