"""Latent borrower types of a status panel, by maximum likelihood.

The likelihood reads the kernel's own table of chances (`chain`), so what is fitted is what a
scenario file takes. Rates are those of the lender's worked accounts: they hold the usual effect of
its collectors, which a panel without a contact log cannot tell apart.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from scipy.optimize import OptimizeResult, brentq, minimize
from scipy.special import expit, log_softmax, logit, ndtri

from sim.calibrate.chain import CLASS, STATES, TypeChain, type_chain
from sim.market import Borrowers, BorrowerType
from sim.panel import ABSENT, CHARGED_OFF, Panel, repaid_shares, stock

NAMES = ("prompt", "slow", "stuck", "lost", "gone")  # by how many repay in M1
INSTALMENT = 0.05  # share of the balance, where the panel tells no payments
MISTAKEN = 0.002  # of statuses: no history may be impossible
FIRST = np.array([0, 1, 1, *[2] * (CHARGED_OFF - 2)])  # class seen first: none, early, late
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
class FittedTypes:
    """Types for a scenario, and how well they tell the panel."""

    borrowers: Borrowers
    instalment: float  # what falls due each month, share of the balance
    log_likelihood: float  # of the histories, given each one's first month
    odds: np.ndarray  # (class seen first: none, early, late; type)

    def stock_after(self, panel: Panel, entry_shift: float = 0.0) -> float:
        """Predicted share of accounts that are overdue a month after the panel's last month.

        Accounts charged off by then are left out, as in `panel.stock`. `entry_shift` is added to
        the logit of entry in that month.
        """
        histories = Histories.of(panel)
        there = histories.seen[:, -1] != ABSENT
        weighted = np.zeros((len(histories.count), STATES))
        for t, kind in enumerate(self.borrowers.types):
            _, at = histories.forward(type_chain(kind, self.instalment))
            ahead = at @ type_chain(kind, self.instalment, entry_shift).month
            weighted += self.odds[FIRST[histories.seen[:, 0]], t, None] * ahead
        weighted = weighted[there] / weighted[there].sum(axis=1, keepdims=True)
        state = histories.count[there] @ weighted
        overdue = (CLASS > 0) & (CLASS < CHARGED_OFF)
        return float(state[overdue].sum() / state[CLASS < CHARGED_OFF].sum())

    def last_shift(self, panel: Panel) -> float:
        """The shift of entry that explains the overdue stock of the panel's last month.

        What season and economy were then is the best guess of what they are a month later.
        """
        months = panel.state.shape[1]
        before, last = panel.months(0, months - 1), stock(panel, months - 1)
        return brentq(lambda shift: self.stock_after(before, shift) - last, -3.0, 3.0, xtol=1e-3)


def fit_types(panel: Panel, types: int = 3) -> FittedTypes:
    """The types that make the panel's histories most likely, given each one's first month.

    A factor on entry after a cure is not fitted (`relapse` is 1): a few months cannot tell it from
    the types' own entry.
    """
    histories = Histories.of(panel)
    found = min((_climb(histories, start) for start in _starts(types)), key=lambda it: it.fun)
    numbers = _Numbers.of(found.x, types).in_order()
    group = np.bincount(FIRST[histories.seen[:, 0]], histories.count, minlength=3)
    odds = np.exp(numbers.log_odds)
    share = group @ odds / group.sum()
    instalment = _instalment(panel, numbers, share)
    kinds = numbers.kinds(share / share.sum(), instalment)
    return FittedTypes(Borrowers(types=kinds, relapse=1.0), instalment, -float(found.fun), odds)


@dataclass(frozen=True)
class _Numbers:
    """What is searched."""

    rates: np.ndarray  # (rate, type): RATES
    instalments: np.ndarray  # (type,): median payment
    fade: float
    spread: float
    log_odds: np.ndarray  # (class seen first, type)

    @classmethod
    def of(cls, x: np.ndarray, types: int) -> "_Numbers":
        own, common, odds = np.split(x, [4 * types, 4 * types + 2])
        own = own.reshape(4, types)
        free = np.column_stack([np.zeros(3), odds.reshape(3, types - 1)])
        fade, spread = float(expit(common[0])), float(np.exp(common[1]))
        return cls(expit(own[:3]), np.exp(own[3]), fade, spread, log_softmax(free, axis=1))

    def in_order(self) -> "_Numbers":
        """With the types in the order of NAMES."""
        order = np.argsort(-self.rates[RATES.index("repay_m1")])
        return replace(
            self,
            rates=self.rates[:, order],
            instalments=self.instalments[order],
            log_odds=self.log_odds[:, order],
        )

    def kinds(self, share: np.ndarray, instalment: float) -> tuple[BorrowerType, ...]:
        """The types they stand for, as a scenario has them."""
        return tuple(
            BorrowerType(
                name=name,
                share=float(share[t]),
                **dict(zip(RATES, self.rates[:, t].tolist(), strict=True)),
                fade=self.fade,
                payment=float(min(instalment * self.instalments[t], 1.0)),
                payment_spread=self.spread,
                promise=0.0,
                promise_fade=1.0,
                keep=0.0,
            )
            for t, name in enumerate(NAMES[: len(share)])
        )


def _starts(types: int) -> list[np.ndarray]:
    def on_scale(row):
        return np.append(logit(row[:3]), np.log(row[3]))

    common = [logit(0.9), np.log(0.8)]
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


def _climb(histories: Histories, start: np.ndarray) -> OptimizeResult:
    """The top of the hill of likelihood that the start stands on.

    Entry stays between 0.1 and 60 %, other rates between 1 and 98 %, a median payment between a
    third of an instalment and twenty.
    """
    types = (len(start) + 1) // 7
    own = [(-7.0, 0.4), (-4.6, 4.0), (-4.6, 4.0), (-1.1, 3.0)]
    first = FIRST[histories.seen[:, 0]]

    @lru_cache(maxsize=64)  # a step that moves one type asks for the others again
    def chance(kind: BorrowerType) -> np.ndarray:
        return histories.forward(type_chain(kind, INSTALMENT))[0]

    def missing(x: np.ndarray) -> float:
        """Less the log likelihood."""
        numbers = _Numbers.of(x, types)
        kinds = numbers.kinds(np.ones(types), INSTALMENT)
        each = np.exp(numbers.log_odds)[first] * np.stack([chance(k) for k in kinds], axis=1)
        return -float(histories.count @ np.log(np.maximum(each.sum(axis=1), 1e-300)))

    return minimize(
        missing,
        start,
        method="L-BFGS-B",
        bounds=[
            *np.repeat(own, types, axis=0),
            (0.0, 4.6),
            (-1.6, 0.7),
            *[(-8.0, 8.0)] * (3 * (types - 1)),
        ],
        options={"maxiter": 200, "ftol": 1e-7},
    )


def _instalment(panel: Panel, numbers: _Numbers, share: np.ndarray) -> float:
    """The instalment at which the model's median payment of early accounts is the panel's own.

    Payments come from types by their entries; half of the payers owe one instalment and half two,
    near enough for a median.
    """
    shares = repaid_shares(panel)
    if not (shares > 0).any():
        return INSTALMENT
    normal = ndtri((np.arange(200) + 0.5) / 200)
    offered = np.exp(np.log(numbers.instalments)[:, None] + numbers.spread * normal)
    usual = np.concatenate([np.minimum(offered, owed) for owed in (1, 2)], axis=1)
    weight = np.repeat(share * numbers.rates[0] * numbers.rates[1], usual.shape[1])
    order = np.argsort(usual.ravel())
    middle = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
    return float(np.clip(np.median(shares[shares > 0]) / usual.ravel()[order][middle], 0.001, 1.0))
