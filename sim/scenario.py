"""The scenario: portfolio, workforce, platform, market, scheme and run settings in one file."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field, PrivateAttr, model_validator

from sim.choice import Response
from sim.collector import Workforce
from sim.errors import InputError
from sim.lender_cells import why_no_file
from sim.market import Borrowers, Market, Share
from sim.morale import Support
from sim.parameter import Section, parameter
from sim.platform import Platform
from sim.portfolio import Description
from sim.scenario_file import Document, from_values, read, received
from sim.scheme import Scheme
from sim.timeline import Change
from sim.toml_lines import KeyPath

NO_FILES = "expected no other file to be named in a file that was sent"


class Run(Section):
    """How long, how often, with which luck."""

    periods: int = parameter(12, "pay periods", "periods", ge=1, le=120)
    period_days: int = parameter(30, "days of a pay period", "days", ge=7, le=366)
    warm_up: int = parameter(0, "first periods left out of the summary", "periods", ge=0, le=119)
    replications: int = parameter(8, "runs with different luck", "runs", ge=1, le=100_000)
    seed: int = parameter(1, "names the luck", "number", ge=0, le=2**63 - 1)

    @model_validator(mode="after")
    def _fits(self):
        if self.warm_up >= self.periods:
            raise ValueError(f"@warm_up: expected fewer than the {self.periods} periods of the run")
        if self.periods * self.period_days > 7000:
            raise ValueError("@periods: expected periods x period_days of at most 7,000 days")
        return self


class Conduct(Section):
    """What the jurisdiction allows, and what harm to customers costs the lender."""

    attempts_per_week: int = parameter(
        5,
        "attempts per account and week",
        "attempts",
        ge=1,
        le=100,
        band=(3, 7),
        source="US Reg F: 7 calls in 7 days; CBA 2026: 6 dials a day to one number; own choice",
    )
    complaint_cost_yuan: float = parameter(
        300.0,
        "cost of a complaint to the lender: handling, licence, reputation",
        "yuan",
        band=(50, 3000),
        ge=0,
        le=1e7,
    )
    expected_loss: tuple[Share, ...] = parameter(
        (0.07, 0.21, 0.41, 0.61, 0.79, 0.95),
        "share of the balance of accounts in M1 ... M6 that is expected to be charged off; net "
        "value counts its rise",
        "share",
        min_length=6,
        max_length=6,
        source="what becomes of the baseline's accounts, whether collectors respond to pay or not; "
        "OCC, Retail Lending Examination Procedures, app. G: 0.21, 0.48, 0.72 for M2 to M4",
    )

    def expected_loss_fen(self, balances: np.ndarray) -> int:
        """What is expected to be charged off of balances (performing, M1 … M6), whole fen."""
        return int(np.rint(balances[1:] @ np.array(self.expected_loss)))


class Scenario(Section):
    """One file's world; every key has a default."""

    title: str = Field(default="", max_length=200, description="one line for people")
    run: Run = Run()
    portfolio: Description = Description()
    borrowers: Borrowers = Borrowers()
    market: Market = Market()
    workforce: Workforce = Workforce()
    response: Response = Response()
    platform: Platform = Platform()
    support: Support = Support()
    conduct: Conduct = Conduct()
    scheme: Scheme = Scheme()
    change: tuple[Change, ...] = Field(
        default=(), description="schemes that replace it within the run", max_length=20
    )
    _document: Document | None = PrivateAttr(None)  # where the keys were written

    @model_validator(mode="after")
    def _changes_follow(self):
        for i, change in enumerate(self.change):
            if change.period >= self.run.periods:
                raise ValueError(
                    f"@change.{i}.period: expected a period before the run's {self.run.periods}, "
                    "which count from 0"
                )
            if i and change.period <= self.change[i - 1].period:
                raise ValueError(
                    f"@change.{i}.period: expected a later period than the change before"
                )
        return self

    def __eq__(self, other: object) -> bool:
        """Equal keys make equal scenarios, wherever they were written."""
        return isinstance(other, Scenario) and dict(self) == dict(other)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a scenario file. Raises InputError naming file, line, key, value and remedy."""
        document = read(path)
        cls._without_optimise(document)
        table = document.values.get("portfolio")
        if isinstance(table, dict) and isinstance(table.get("file"), str):
            if not table["file"].strip():
                raise document.error(("portfolio", "file"), "expected the path of a file")
            path = Path(document.place(("portfolio", "file")).file).parent / table["file"]
            if wrong := why_no_file(path):
                raise document.error(("portfolio", "file"), wrong)
            table["file"] = str(path)
        for i, change in enumerate(_tables(document.values.get("change"))):
            if isinstance(change.get("scheme_of"), str):
                if "scheme" in change:
                    raise document.error(("change", i, "scheme_of"), "expected it or a scheme")
                at = ("change", i, "scheme_of")
                other = Path(document.place(at).file).parent / change["scheme_of"]
                if not other.is_file():
                    raise document.error(at, "expected a scenario file that exists")
                change["scheme"] = read(other).values.get("scheme", {})
        return cls._from(document)

    @classmethod
    def received(cls, name: str, raw: bytes, shipped: Mapping[str, Path]) -> Self:
        """A scenario from a file that somebody sent, which can have no other file opened.

        It may extend one of the `shipped` files by its name. Raises InputError as `load` does.
        """
        document = received(name, raw, shipped)
        cls._without_optimise(document)
        table = document.values.get("portfolio")
        if isinstance(table, dict) and "file" in table:
            raise document.error(("portfolio", "file"), NO_FILES)
        for i, change in enumerate(_tables(document.values.get("change"))):
            if "scheme_of" in change:
                raise document.error(("change", i, "scheme_of"), NO_FILES)
        return cls._from(document)

    @classmethod
    def _without_optimise(cls, document: Document) -> None:
        if "optimise" not in cls.model_fields:
            document.values.pop("optimise", None)  # the optimiser's own table; it checks it

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """A scenario from nested dicts, with the same checks and messages."""
        return cls._from(from_values(values))

    @classmethod
    def _from(cls, document: Document) -> Self:
        scenario = document.parse(cls)
        scenario._document = document
        return scenario

    def error(self, path: KeyPath, text: str) -> InputError:
        """The error to raise when a key is wrong for what is asked; `text` says what is right."""
        document = self._document or from_values(self.model_dump(mode="json"))
        return document.error(path, text)

    def vary(self, **values: Any) -> Self:
        """This scenario with keys changed: `vary(workforce={"seats": 20})`."""
        return type(self).of(_merged(self.model_dump(mode="json"), values))

    @property
    def digest(self) -> str:
        """Hash of all that decides the result except the luck."""
        values = self.model_dump(mode="json")
        for key in ("seed", "replications"):
            values["run"].pop(key)
        text = json.dumps(values, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]


def _tables(values: Any) -> list[dict]:
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []


def _merged(base: dict, change: dict) -> dict:
    out = dict(base)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = _merged(out[key], value) if both else value
    return out
