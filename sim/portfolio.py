"""The portfolio: all accounts of a run as columns, drawn or loaded before the run."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from scipy.special import betaincinv

from sim.chance import Luck, name_key
from sim.lender_file import read_accounts
from sim.market import TAIWAN, Borrowers, Market, Share, type_odds
from sim.parameter import Section, parameter, share
from sim.records import ACCOUNT, HISTORIES, NEVER, REST_DAYS
from sim.stocks import arrears_by_bucket, balances
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH, MAX_FEN, to_fen

LATE = len(BUCKETS) - 1
BYTES_PER_ACCOUNT = 150  # at the peak of a whole run
BLOCK = 2**18  # accounts drawn at once: their columns stay near the processor, and memory is flat


class Description(Section):
    """The portfolio of a scenario: a description to draw from, or the lender's own file."""

    file: Path | None = parameter(
        None, "lender's CSV or Parquet, relative to the scenario file; replaces the drawing", "path"
    )
    accounts: int = parameter(20_000, "accounts on day 0", "accounts", ge=1, le=1_000_000_000)
    arrivals: float = share(
        0.10, "accounts that join per 30 days, share of those on day 0", band=(0, 0.2)
    )
    arrivals_overdue: float = share(0.9, "share of the arrivals that are overdue by one day")
    overdue: float = share(0.27, "share of accounts that are overdue on day 0", band=(0.1, 1))
    buckets: tuple[Share, ...] = parameter(
        (0.26, 0.15, 0.11, 0.08, 0.07, 0.05, 0.28),
        "overdue accounts by bucket, M1 to M7",
        "share",
        min_length=LATE + 1,
        max_length=LATE + 1,
    )
    balance_yuan: float = parameter(
        9_000.0, "median balance", "yuan", gt=0, le=1e9, band=(2_000, 60_000)
    )
    balance_spread: float = parameter(
        1.3, "sd of log balance", "log", ge=0, le=3, band=(1.2, 1.8), source=TAIWAN
    )
    line_use: float = share(
        0.0,
        "median balance as a share of the largest that credit lines allow, to which balances bend; "
        "0: no line",
        band=(0.0, 0.2),
        source=TAIWAN,
    )
    instalment: float = parameter(
        0.08, "what falls due each 30 days, share of balance", "share", gt=0, le=1
    )
    smallest_instalment_yuan: float = parameter(
        0.0,
        "least that falls due, if so much is owed; payments of who owes less shrink no further",
        "yuan",
        ge=0,
        le=1e9,
        band=(0, 300),
        source=TAIWAN,
    )
    reach: float = parameter(
        0.36,
        "mean chance that an attempt (two dials) meets the right party",
        "share",
        gt=0,
        lt=1,
        band=(0.1, 0.5),
        source="ACA 2003: 6 of 20 calls reach the debtor, half of them assumed right parties",
    )
    reach_spread: float = parameter(
        4.0, "concentration of the beta distribution of that chance", "number", gt=0, le=1000
    )

    products: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = parameter(
        (),
        "products of the seats' queues, in turn, by which bounties can differ; none: one product",
        "list",
        max_length=20,
    )

    @model_validator(mode="after")
    def _buckets_sum_to_one(self):
        if abs(sum(self.buckets) - 1.0) > 1e-6:
            raise ValueError(f"@buckets: the shares sum to {sum(self.buckets):g}, not 1")
        return self

    @property
    def payment_base_fen(self) -> float:
        """Who owes less than this pays as if it were this; its instalment is the smallest one."""
        return to_fen(self.smallest_instalment_yuan) / self.instalment


@dataclass(frozen=True)
class Portfolio:
    """Accounts sorted by seat, then arrival, then their own stream."""

    accounts: np.ndarray  # ACCOUNT
    firsts: np.ndarray  # int64 (seat,): where each seat's queue begins
    live: np.ndarray  # int64 (seat,): where it ends and the accounts still to come begin
    ends: np.ndarray  # int64 (seat,): where those end
    seats: tuple[str, ...]  # the seats' names, sorted
    products: tuple[str, ...]  # of the seats' queues, "" if it has no name

    def balances(self, day: int) -> np.ndarray:
        """Owed by the queues' accounts on that day, int64 fen: performing, M1 … M6."""
        return balances(self.accounts, self.firsts, self.live, day)

    def copied(self, seat: int, luck: Luck) -> "Portfolio":
        """Every seat has the accounts of one seat, each with a luck of its own."""
        first, last, end = self.firsts[seat], self.live[seat], self.ends[seat]
        n, seats = end - first, len(self.seats)
        accounts = np.tile(self.accounts[first:end], seats)
        accounts["stream"] = luck.streams("copy", np.arange(n * seats))
        firsts = np.arange(seats) * n
        alike = (self.products[seat],) * seats
        return Portfolio(accounts, firsts, firsts + (last - first), firsts + n, self.seats, alike)

    def of_one_luck(self, luck: Luck) -> "Portfolio":
        """The n-th account of every seat has the luck of every other seat's n-th."""
        accounts = self.accounts.copy()
        place = np.arange(len(accounts)) - np.repeat(self.firsts, self.ends - self.firsts)
        accounts["stream"] = luck.streams("place", place)
        return replace(self, accounts=accounts)

    def arrears_by_bucket(self, day: int) -> np.ndarray:
        """Overdue fen in each seat's queue on that day, float64 (seat, bucket)."""
        return arrears_by_bucket(self.accounts, self.firsts, self.live, day)


def draw(
    description: Description,
    borrowers: Borrowers,
    market: Market,
    seats: int,
    days: int,
    luck: Luck,
) -> Portfolio:
    """A portfolio for `seats` seats with all arrivals of `days` days."""
    first = description.accounts
    later = round(first * description.arrivals * days / DAYS_PER_MONTH)
    order = _drawn_order(first, later, seats, days, luck)
    x = np.zeros(first + later, ACCOUNT)
    odds, reach = type_odds(borrowers, market), _reaches(description)
    for start in range(0, x.size, BLOCK):
        part, entity = x[start : start + BLOCK], order[start : start + BLOCK].astype(np.uint64)
        part["stream"] = luck.streams("account", entity)
        part["arrival"] = _arrivals(entity, first, later, days)
        part["balance"] = balance = _balances(description, luck.normal("balance", entity))
        due = np.maximum(balance, description.payment_base_fen) * description.instalment
        part["instalment"] = np.clip(due, 1, balance)
        _draw_ages(part, entity < np.uint64(first), entity, description, luck)
        _draw_types(part, luck.uniform("type", entity), odds)
        part["reach"] = reach[luck.words("reach", entity) >> np.uint64(54)]
    names = tuple(f"seat {s + 1:05d}" for s in range(seats))
    given = description.products or ("",)
    products = tuple(given[s % len(given)] for s in range(seats))
    return _opened(x, order % seats, names, products)


def _drawn_order(first: int, later: int, seats: int, days: int, luck: Luck) -> np.ndarray:
    """The accounts to draw, int64, as they will stand in memory, so that no record is moved."""
    entity = np.arange(first + later, dtype=np.uint64)
    owner = (entity % np.uint64(seats)).astype(np.int64)
    arrival = _arrivals(entity, first, later, days)
    return _order(owner, arrival, luck.streams("account", entity))


def _arrivals(entity: np.ndarray, first: int, later: int, days: int) -> np.ndarray:
    """Days on which accounts join, int16: day 0 for the first ones, then evenly spread."""
    place = entity.astype(np.int64) - first
    day = 1 + place * max(days - 1, 1) // max(later, 1)
    return np.where(place < 0, 0, day).astype(np.int16)


def _reaches(description: Description) -> np.ndarray:
    """1,024 quantiles of the chance to be reached, float64."""
    a = description.reach * description.reach_spread
    return betaincinv(a, description.reach_spread - a, (np.arange(1024) + 0.5) / 1024)


def _balances(description: Description, normal: np.ndarray) -> np.ndarray:
    """Lognormal balances in fen, at least one, bent toward credit lines."""
    medians = np.exp(description.balance_spread * normal)
    medians /= 1.0 + description.line_use * (medians - 1.0)
    fen = to_fen(description.balance_yuan) * medians
    return np.minimum(fen, MAX_FEN / 1024).astype(np.int64) + 1


def load(
    path: Path,
    borrowers: Borrowers,
    market: Market,
    description: Description,
    luck: Luck,
) -> Portfolio:
    """The lender's own portfolio; columns it does not give are drawn by the account's name."""
    table = read_accounts(path)
    entity = np.array([name_key(name) for name in table["account_id"]])
    names, owner = np.unique(table["seat"].to_numpy(dtype=str), return_inverse=True)
    x = np.zeros(len(table), ACCOUNT)
    x["stream"] = luck.streams("account", entity)
    x["arrival"] = table["arrival_day"]
    x["balance"] = to_fen(table["balance_yuan"])
    x["instalment"] = np.maximum(to_fen(table["instalment_yuan"]), 1)
    late = table["days_past_due"].to_numpy()
    x["due_from"] = np.where(late > 0, x["arrival"] - 1 - late, NEVER)
    x["spell_from"] = np.where(late > 0, x["arrival"] - 1 - table["days_in_spell"], 0)
    owed = np.where(
        table["arrears_yuan"].isna(),
        x["instalment"] * _missed(np.minimum(late, CHARGE_OFF_DAY)),
        to_fen(table["arrears_yuan"].fillna(0.0)),
    )
    x["arrears"] = np.where(late > CHARGE_OFF_DAY, x["balance"], np.minimum(owed, x["balance"]))
    _draw_types(x, luck.uniform("type", entity), type_odds(borrowers, market))
    x["reach"] = table["reach"].fillna(description.reach)
    order = _order(owner, x["arrival"], x["stream"])
    _, first = np.unique(owner, return_index=True)
    products = tuple(table["product"].iloc[first])
    return _opened(x[order], owner[order], tuple(str(n) for n in names), products)


def _draw_ages(x, here, entity, description, luck):
    """Days past due and arrears, by the shares of the description; `here` are those of day 0."""
    overdue_share = np.where(here, description.overdue, description.arrivals_overdue)
    overdue = luck.uniform("overdue", entity) < overdue_share
    edges = np.cumsum(description.buckets)
    where = luck.uniform("age", entity)
    bucket = np.minimum(np.searchsorted(edges, where), LATE)
    low = np.concatenate([[0.0], edges])
    share = np.maximum(edges - low[:-1], 1e-12)
    within = np.clip((where - low[bucket]) / share[bucket], 0, 1 - 1e-9)
    late = 1 + bucket * DAYS_PER_MONTH + (within * DAYS_PER_MONTH).astype(np.int64)
    late = np.where(overdue, np.where(here, late, 1), 0)
    since = x["arrival"] - 1 - late
    x["due_from"] = np.where(overdue, since, NEVER)
    x["spell_from"] = np.where(overdue, since, 0)
    owed = np.minimum(x["instalment"] * _missed(late), x["balance"])
    x["arrears"] = np.where(late > CHARGE_OFF_DAY, x["balance"], owed)


def _missed(late):
    """Instalments unpaid after so many days."""
    return (late + DAYS_PER_MONTH - 1) // DAYS_PER_MONTH


def _draw_types(x, uniform, odds):
    """Latent types, given the bucket the account is in when it arrives."""
    due_from = x["due_from"].astype(np.int64)
    late = np.where(due_from == NEVER, 0, x["arrival"] - 1 - due_from)
    state = np.minimum((late + DAYS_PER_MONTH - 1) // DAYS_PER_MONTH, LATE + 1)
    edges = np.cumsum(odds, axis=1)
    latent = np.zeros(x.size, np.uint8)
    for kind in range(odds.shape[1] - 1):
        latent += uniform > edges[state, kind]
    x["row"] = latent * HISTORIES


def _order(owner, arrival, stream):
    """The order by seat, arrival and stream, which depends on no order in the input.

    One number carries all three but the low bits of the stream, since NumPy sorts single numbers
    ten times faster than several keys; who is equal in it is put in order afterwards.
    """
    early = arrival.astype(np.int64) + 2**15
    rest = 48 - int(owner.max(initial=0)).bit_length()  # what seat and arrival leave of 64 bits
    key = (owner.astype(np.int64) << 16 | early).astype(np.uint64) << np.uint64(rest)
    key |= stream >> np.uint64(64 - rest)
    order = np.argsort(key)
    key = key[order]
    same = key[1:] == key[:-1]
    equal = np.flatnonzero(np.append(same, False) | np.append(False, same))
    order[equal] = order[equal][np.lexsort((stream[order[equal]], key[equal]))]
    return order


def _opened(x, owner, names, products) -> Portfolio:
    """The portfolio of the sorted accounts as it stands before day 0."""
    x["last_attempt"] = np.minimum(x["arrival"], 0) - REST_DAYS
    x["promise_due"] = -1
    x["content"] = 60
    edges = np.searchsorted(owner, np.arange(len(names) + 1)).astype(np.int64)
    here = np.append(0, np.cumsum(x["arrival"] <= 0))
    live = edges[:-1] + here[edges[1:]] - here[edges[:-1]]
    return Portfolio(x, edges[:-1].copy(), live, edges[1:].copy(), names, products)
