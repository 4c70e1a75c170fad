"""A result with all that its folder tells about it, and the studies that were made beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from desk.decided import Decided, load_decided
from desk.results import Result, load, load_ledgers, outcomes
from desk.words import short_names
from sim import Outcome


@dataclass(frozen=True)
class Dossier:
    """A result with what its folder tells about it."""

    folder: Path | None  # None: not written anywhere
    result: Result
    about: dict
    names: dict[str, str]  # short names by the scenarios' own
    ledgers: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by the scenarios' names
    studies: tuple[Decided, ...] = ()

    @classmethod
    def of(cls, folder: Path, studies: Sequence[Path] = ()) -> "Dossier":
        result, about = load(folder)
        names = short_names(list(outcomes(result)))
        return cls(folder, result, about, names, load_ledgers(folder), load_decided(studies))

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return outcomes(self.result)

    @property
    def base(self) -> Outcome:
        return next(iter(self.outcomes.values()))
