"""The status panel: accounts seen once a month, as a lender reports them; rates read off it.

A simulated world and a lender's file give the same panel, so a published rate and a simulated one
come out of the same lines. States: 0 not overdue, 1 … 6 for M1 … M6, 7 charged off. A file that
tells one month late from two only by 2 (Taiwan) has no state 1: rates of "early" accounts take
both together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.records import CLOSED, NEVER
from sim.scenario import Scenario
from sim.units import BUCKETS, DAYS_PER_MONTH
from sim.world import World

ABSENT, PERFORMING, CHARGED_OFF = -1, 0, len(BUCKETS)


@dataclass(frozen=True)
class Panel:
    """Arrays of shape (account, month), taken on each month's last evening."""

    state: np.ndarray  # int8; ABSENT before the account joins and after it left
    balance_fen: np.ndarray  # int64, what is owed
    repaid_fen: np.ndarray  # int64, repaid within the month; 0 in the first one

    @classmethod
    def of_accounts(cls, accounts: pd.DataFrame) -> "Panel":
        """The panel of a lender's account-months: account, month, state, balance_fen, paid_fen.

        What is repaid within the first month is left out, as the balance before it is not known.
        """
        name, names = pd.factorize(accounts["account"])
        month = accounts["month"].to_numpy() - accounts["month"].min()
        shape = (len(names), int(month.max()) + 1)
        state = np.full(shape, ABSENT, np.int8)
        balance, repaid = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        state[name, month] = accounts["state"]
        balance[name, month] = accounts["balance_fen"]
        repaid[name, month] = accounts["paid_fen"]
        repaid[:, 0] = 0
        return cls(state, balance, repaid)

    def sampled(self, most: int) -> "Panel":
        """At most so many accounts, spread evenly over the panel's."""
        here = np.linspace(0, len(self.state) - 1, min(most, len(self.state))).astype(np.int64)
        return Panel(self.state[here], self.balance_fen[here], self.repaid_fen[here])

    def months(self, first: int, last: int) -> "Panel":
        """The months first..last-1."""
        cut = slice(first, last)
        return Panel(self.state[:, cut], self.balance_fen[:, cut], self.repaid_fen[:, cut])


class Watched(World):
    """A world that keeps what its accounts look like on the last evening of each period."""

    def __init__(self, scenario: Scenario, replication: int):
        super().__init__(scenario, replication)
        self.names = np.sort(self.portfolio.accounts["stream"])
        self.evenings: list[tuple[np.ndarray, np.ndarray]] = [self._look()]

    def close_period(self) -> None:
        self.evenings.append(self._look())
        super().close_period()

    def _look(self) -> tuple[np.ndarray, np.ndarray]:
        """State (ABSENT if closed) and balance of each account by its name; -1 fen if away."""
        p = self.portfolio
        queues = zip(p.firsts.tolist(), p.live.tolist(), strict=True)
        x = np.concatenate([p.accounts[first:last] for first, last in queues])
        late = np.where(x["due_from"] == NEVER, 0, self.day - 1 - x["due_from"].astype(int))
        now = np.minimum((late + DAYS_PER_MONTH - 1) // DAYS_PER_MONTH, CHARGED_OFF)
        place = np.searchsorted(self.names, x["stream"])
        state = np.full(self.names.size, ABSENT, np.int8)
        balance = np.full(self.names.size, -1, np.int64)
        state[place] = np.where(x["row"] == CLOSED, ABSENT, now)
        balance[place] = x["balance"]
        return state, balance


def observe(scenario: Scenario, replication: int) -> Panel:
    """The panel of one replication, month 0 being the evening before the first day."""
    return panel_of(Watched(scenario, replication))


def panel_of(world: Watched) -> Panel:
    """The panel of a world, carried to its horizon; its accounts are those of `world.names`.

    An account that leaves because all is repaid, or because it is watched no longer, counts as
    performing in that month and is absent from then on. A claim that is sold is absent.
    """
    while world.running:
        world.step()
    state, balance = (np.stack(columns, axis=1) for columns in zip(*world.evenings, strict=True))
    seen = balance >= 0
    left = seen & (state == ABSENT)
    left[:, 1:] &= state[:, :-1] != CHARGED_OFF
    repaid = np.zeros_like(balance)
    both = seen[:, 1:] & seen[:, :-1]
    repaid[:, 1:] = np.where(both, balance[:, :-1] - balance[:, 1:], 0)
    return Panel(np.where(left, PERFORMING, state), np.maximum(balance, 0), repaid)


# ---- rates ----


def early(panel: Panel) -> np.ndarray:
    """Whether it is one or two months late."""
    return (panel.state == 1) | (panel.state == 2)


def roll(panel: Panel, bucket: int) -> float:
    """Of the accounts in M`bucket` at a month's end, the share one bucket further a month later."""
    before, after = panel.state[:, :-1], panel.state[:, 1:]
    there = (before == bucket) & (after != ABSENT)
    return _share(after[there] == bucket + 1)


def cure_hazard(panel: Panel, month: int) -> float:
    """Of the spells still running after `month` - 1 months, the share not overdue a month later.

    A spell begins with the first month in which an account is overdue after one in which it was
    not; spells that were running when the panel begins have no known age and do not count.
    """
    late = panel.state > PERFORMING
    cured = running = 0
    for target in range(month + 1, panel.state.shape[1]):
        begins = target - month
        spell = late[:, begins:target].all(axis=1) & (panel.state[:, begins - 1] == PERFORMING)
        spell &= panel.state[:, target] != ABSENT
        running += spell.sum()
        cured += (spell & ~late[:, target]).sum()
    return float(cured / running)


def repaid_shares(panel: Panel, base_fen: float = 0.0) -> np.ndarray:
    """Repaid in the next month, share of the balance, of the accounts one or two months late.

    Of a balance below the base, share of the base.
    """
    there = early(panel)[:, :-1] & (panel.state[:, 1:] != ABSENT)
    there &= panel.balance_fen[:, :-1] > 0
    return panel.repaid_fen[:, 1:][there] / np.maximum(panel.balance_fen[:, :-1][there], base_fen)


def stock(panel: Panel, month: int, from_bucket: int = 1) -> float:
    """Share of the accounts that are in M`from_bucket` or later, charged-off ones left out."""
    state = panel.state[:, month]
    return _share(state[(state != ABSENT) & (state != CHARGED_OFF)] >= from_bucket)


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if flags.size else float("nan")
