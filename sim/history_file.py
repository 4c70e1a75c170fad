"""The file `history.toml`: where a lender's panels lie, and which of their columns is what."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from sim.activity import FACTS, NAMES, TOTALS
from sim.errors import InputError
from sim.indicators import INDICATORS
from sim.lender_columns import Column
from sim.parameter import Section
from sim.scenario_file import Document, read
from sim.scheme.measure import IN_YUAN
from sim.units import FEN_PER_YUAN

MOST_MONTH = 1199
LARGEST_YUAN = 1e9

KEYS = (
    Column("month", "month", True, "the month that the row tells of", 0, MOST_MONTH),
    Column("currency", "text", False, "if given, the file's currency in every row", 1, 20),
)
ACCOUNTS = (
    Column("account", "text", True, "the account's name, once a month", 1, 200),
    Column("days_past_due", "days", False, "at the month's end; or status", 0, 36_500),
    Column("status", "status", False, "months past due at its end; or days_past_due", 0, 99),
    Column("balance", "yuan", True, "owed at the month's end", -LARGEST_YUAN, LARGEST_YUAN),
    Column("due", "yuan", True, "what fell due in the month", 0, LARGEST_YUAN),
    Column("paid", "yuan", True, "repaid in the month", 0, LARGEST_YUAN),
    *KEYS,
)
COLLECTORS = (
    Column("collector", "text", True, "the collector's name, once a month", 1, 200),
    Column("pay", "yuan", True, "recorded pay of the month, wage included", 0, LARGEST_YUAN),
    Column("team", "text", False, "the collector's team; if not given, all are one", 1, 200),
    Column("seat", "text", False, "the desk, which a successor takes over", 1, 200),
    Column("hours", "hours", False, "hours worked in the month", 0, 744),
    Column("tenure_days", "days", False, "days since the collector started", 0, 36_500),
    Column("presence", "share", False, "share of the month that is paid; if not given, 1", 0, 1),
    Column("left", "count", False, "1 in the month after which the collector leaves", 0, 1),
    *KEYS,
)
CONTACTS = (
    Column("account", "text", True, "the account's name, once a month", 1, 200),
    Column("attempts", "count", True, "attempts to reach the debtor; two dials are one", 0, 10_000),
    Column("contacts", "count", True, "those that met the right party", 0, 10_000),
    Column("promises", "count", False, "contacts that brought a promise", 0, 10_000),
    Column("kept", "count", False, "promises kept, by the month in which they fell due", 0, 10_000),
    *KEYS,
)
BEYOND = {  # of the indicators that are shares, those that may lie outside 0 and 1
    "recovery_rate": (0, 10),  # an old debt repaid at once is many times what fell due
    "bad_debt_reduction": (-1, 1),
}
MEASURED = (*NAMES, *TOTALS, *(fact for fact in FACTS if fact.startswith("ease")), *INDICATORS)


class Source(Section, ABC):
    """Where a panel lies: a file, or a query to a database."""

    file: str = Field(default="", description="CSV or Parquet file, relative to this one")
    database: str = Field(
        default="", description="address for SQLAlchemy, like sqlite:///loans.db; $NAME is read "
        "from the environment",
    )  # fmt: skip
    query: str = Field(default="", description="SQL query whose result is the panel")
    columns: dict[str, str] = Field(
        default_factory=dict, description="names in the data by ours, where they differ"
    )

    @model_validator(mode="after")
    def _one_place(self):
        if bool(self.file) == bool(self.database):
            raise ValueError("@file: expected a file, or a database with a query")
        if bool(self.database) != bool(self.query):
            raise ValueError("@query: expected a database and a query together")
        twice = [name for name in self.columns.values()
                 if list(self.columns.values()).count(name) > 1]  # fmt: skip
        if twice:
            raise ValueError(f"@columns: expected each column once, {twice[0]!r} stands for two")
        self._check_keys()
        return self

    @abstractmethod
    def known(self) -> Mapping[str, Column]:
        """The columns that this panel can have, by our name."""

    def named(self) -> dict[str, Column]:
        """The columns that this panel can have, by the name they have in the data.

        A name that `columns` gives to another column is not that column's own.
        """
        taken = set(self.columns.values())
        return {
            self.columns.get(name, name): column
            for name, column in self.known().items()
            if name in self.columns or name not in taken
        }

    def _check_keys(self) -> None:
        known = self.known()
        for name in self.columns:
            if name not in known:
                raise ValueError(f"@columns.{name}: expected one of {', '.join(known)}")
        have = {column.name for column in self.named().values()}
        for name, theirs in self.columns.items():
            if theirs in known and known[theirs].required and theirs not in have:
                raise ValueError(
                    f"@columns.{name}: expected no column of {theirs}, or another there"
                )


class AccountSource(Source):
    """The account-month panel."""

    status: dict[str, int] = Field(
        default_factory=dict, description="months past due by the lender's own status code"
    )

    def known(self) -> Mapping[str, Column]:
        return {column.name: column for column in ACCOUNTS}


class CollectorSource(Source):
    """The collector-month panel: pay beside what was reported."""

    def known(self) -> Mapping[str, Column]:
        return {column.name: column for column in (*COLLECTORS, *map(_measured, MEASURED))}


class ContactSource(Source):
    """The contact log: attempts and contacts by account and month."""

    def known(self) -> Mapping[str, Column]:
        return {column.name: column for column in CONTACTS}


def _measured(name: str) -> Column:
    """A column of activity, or an indicator, as the lender reported it."""
    if name in IN_YUAN or (name in INDICATORS and INDICATORS[name].unit == "yuan"):
        return Column(name, "yuan", False, "as reported", -1e12, 1e12)  # a payment may be undone
    if name in INDICATORS and INDICATORS[name].unit == "share":
        return Column(name, "share", False, "as reported", *BEYOND.get(name, (0, 1)))
    return Column(name, "number", False, "as reported", 0, 1e12)


class HistoryFile(Section):
    """What `history.toml` says."""

    title: str = Field(default="", max_length=200, description="one line for people")
    unit: Literal["yuan", "fen"] = Field(default="yuan", description="of all money")
    currency: str = Field(default="CNY", description="of all money")
    encoding: str = Field(default="utf-8", description="of CSV files, like gb18030")
    accounts: AccountSource | None = Field(default=None, description="account-month panel")
    collectors: CollectorSource | None = Field(default=None, description="collector-month panel")
    contacts: ContactSource | None = Field(default=None, description="contact log by month")

    @model_validator(mode="after")
    def _something(self):
        if self.accounts is None and self.collectors is None:
            raise ValueError("expected a table [accounts] or [collectors]")
        try:
            "".encode(self.encoding)
        except (LookupError, UnicodeError):
            raise ValueError("@encoding: expected an encoding like utf-8 or gb18030") from None
        return self

    def in_unit(self, column: Column) -> Column:
        """The column as this lender writes it: money in whole fen if it says so."""
        if self.unit == "yuan" or column.unit != "yuan":
            return column
        low, high = column.low * FEN_PER_YUAN, column.high * FEN_PER_YUAN
        return Column(column.name, "fen", column.required, column.meaning, low, high)


def load(path: Path) -> tuple[HistoryFile, Document]:
    """The checked file, and where its keys were written; raises InputError."""
    if Path(path).suffix.lower() != ".toml":
        raise InputError(f"{path}: expected a file like history.toml, which tells the columns")
    document = read(path)
    return document.parse(HistoryFile), document
