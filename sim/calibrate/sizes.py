"""How much early accounts will repay in a month: who pays, and how many instalments.

What falls due is a share of the balance and, with cards, no less than a sum; who owes little pays a
larger share of it. Counted in instalments the payments of small and large balances are alike. That
is how the sum is found: it is the one that makes them most alike, told by how well each payment is
foretold by the others. Who pays and how much also depends on the month before: whether the account
paid, and whether it was overdue at all. Sizes are not given a form: they are the ones seen.
"""

from dataclasses import dataclass

import numpy as np

from sim.panel import ABSENT, PERFORMING, Panel, early

CLASS_WIDTH = 0.1  # of the log of a payment
GAIN = 4.0  # log score that a smallest instalment must add to be believed
BASES = 80  # sums that are tried
MOST_BASE = 0.8  # share of the payers who owe less than the largest of them
CLASSES = 5  # of balances, in which as many accounts lie
KINDS = 4  # of accounts, by the month before
FEW = 5.0  # accounts of a cell that weigh as much as all others together
ENOUGH = 30  # payments of a kind for sizes of its own
THIN = 400  # quantiles that stand for a distribution


@dataclass(frozen=True)
class Sizes:
    """Payments of the accounts that were early a month before."""

    base_fen: float  # the balance below which instalments fall no further; 0: there is none
    edges_fen: np.ndarray  # between the classes of balances
    pay: np.ndarray  # (kind, class), share that pays anything
    paid: np.ndarray  # (kind, quantile), over the balance, or the base where that is larger

    @classmethod
    def of(cls, panel: Panel) -> "Sizes | None":
        """As a panel tells them; None where nobody paid."""
        seen = _Seen.of(panel)
        if not (seen.repaid > 0).any():
            return None
        base, edges = seen.base(), np.quantile(seen.balance, np.arange(1, CLASSES) / CLASSES)
        pays, level = seen.repaid > 0, np.searchsorted(edges, seen.balance)
        count, paying = np.full((2, KINDS, CLASSES), [[[FEW]], [[FEW * pays.mean()]]])
        np.add.at(count, (seen.kind, level), 1.0)
        np.add.at(paying, (seen.kind[pays], level[pays]), 1.0)
        sizes = seen.repaid[pays] * np.exp(-_lift(base, seen.balance[pays])) / seen.balance[pays]
        own = [sizes[seen.kind[pays] == kind] for kind in range(KINDS)]
        paid = np.array([_thinned(s if s.size >= ENOUGH else sizes) for s in own])
        return cls(base, edges, paying / count, paid)

    def quantiles(self, shares: tuple[float, ...], panel: Panel) -> np.ndarray:
        """Shares of the balance than which those shares of payers will repay less next month.

        The accounts are those early in the panel's last month.
        """
        here, balance, kind = _early(panel, panel.state.shape[1] - 1)
        if not here.any():
            return np.full(len(shares), np.nan)
        pay = self.pay[kind, np.searchsorted(self.edges_fen, balance)]
        sizes = (self.paid[kind] * np.exp(_lift(self.base_fen, balance))[:, None]).ravel()
        order = np.argsort(sizes)
        below = np.cumsum(np.repeat(pay, THIN)[order])
        return np.interp(np.array(shares) * below[-1], below, sizes[order])


@dataclass(frozen=True)
class _Seen:
    """Accounts early at a month's beginning, all months together."""

    balance: np.ndarray  # fen at the beginning
    repaid: np.ndarray  # fen in the month
    kind: np.ndarray

    @classmethod
    def of(cls, panel: Panel) -> "_Seen":
        months = panel.state.shape[1]
        known = range(min(1, months - 2), months - 1)  # of the first month none is before
        parts = []
        for month in known:
            here, balance, kind = _early(panel, month)
            there = panel.state[here, month + 1] != ABSENT
            repaid = panel.repaid_fen[here, month + 1]
            parts.append((balance[there], repaid[there], kind[there]))
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def base(self) -> float:
        """The base under which payments are most alike; 0 if none makes them so."""
        paid, balance = self.repaid[self.repaid > 0], self.balance[self.repaid > 0]
        log_share = np.log(paid / balance)
        tried = np.quantile(balance, np.linspace(0.0, MOST_BASE, BASES))
        scores = [_foretold(log_share - _lift(base, balance)) for base in tried]
        best = int(np.argmax(scores))
        return float(tried[best]) if scores[best] > _foretold(log_share) + GAIN else 0.0


def _early(panel: Panel, month: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who is early at a month's end; their balances, and their kinds by the month before."""
    here = early(panel)[:, month] & (panel.balance_fen[:, month] > 0)
    kind = np.zeros(int(here.sum()), np.int64)
    if month > 0:
        kind += panel.repaid_fen[here, month] <= 0
        kind += 2 * (panel.state[here, month - 1] == PERFORMING)
    return here, panel.balance_fen[here, month], kind


def _lift(base: float, balance: np.ndarray) -> np.ndarray:
    """Log of what the base adds to the share of the balance that falls due."""
    return np.log(np.maximum(base / balance, 1.0))


def _foretold(log_paid: np.ndarray) -> float:
    """Log score of the payments, each foretold by the histogram of the others."""
    place = np.floor(log_paid / CLASS_WIDTH).astype(np.int64)
    place -= place.min()
    count = np.bincount(place)
    others = count[place] - 0.5  # itself out, half a payment more in every class
    return float(np.log(others / (place.size - 1 + 0.5 * count.size)).sum())


def _thinned(values: np.ndarray) -> np.ndarray:
    """Quantiles in the middle of as many equal parts."""
    return np.quantile(values, (np.arange(THIN) + 0.5) / THIN)
