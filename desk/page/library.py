"""The scenarios that a tab can choose from: those served, and those that its user has loaded."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from desk.words import Words
from sim import InputError, Scenario
from sim.shown import shown, visible

Sent = Mapping[str, str]  # texts of the files that a tab has loaded, by name; the tab keeps them
MOST_SENT = 8  # files of a tab, the newest


@dataclass(frozen=True, eq=False)
class Library:
    """The scenarios of a server by name, and their files, which a loaded file may extend."""

    scenarios: dict[str, Scenario]
    files: Mapping[str, Path] = field(default_factory=dict)  # by the file's bare name

    def get(self, name: str, sent: Sent | None = None) -> Scenario:
        """The scenario of that name. Raises InputError if a loaded file is none."""
        if sent and name in sent:
            return _received(self, name, sent[name])
        return self.scenarios[name]

    def names(self, sent: Sent | None = None) -> list[str]:
        return [*self.scenarios, *(sent or {})]

    def options(self, sent: Sent | None = None) -> list[dict[str, str]]:
        """What a menu of scenarios shows."""
        return [{"label": shown(name), "value": name, "title": visible(self.get(name, sent).title)}
                for name in self.names(sent)]  # fmt: skip

    def with_file(self, sent: Sent, file_name: str, contents: str) -> tuple[dict[str, str], str]:
        """The loaded files with one more, and its name here.

        `contents` is a data URL, as browsers send files. Raises InputError if it is no scenario;
        nothing is written anywhere, and no file that it names is opened.
        """
        try:
            raw = base64.b64decode(contents.partition(",")[2], validate=True)
        except (binascii.Error, ValueError):
            raise InputError(f"{shown(file_name)}: expected a file") from None
        Scenario.received(file_name, raw, self.files)
        name = self._free(file_name.removesuffix(".toml"), sent)
        kept = dict(list(sent.items())[1 - MOST_SENT :])
        return kept | {name: raw.decode("utf-8")}, name

    def _free(self, name: str, sent: Sent) -> str:
        """A name like the one given that no other scenario of the tab has."""
        plain, number = shown(name) or "-", 1
        free = plain
        while free in self.scenarios or free in sent:
            number += 1
            free = f"{plain} ({number})"
        return free


@lru_cache(maxsize=64)
def _received(library: Library, name: str, text: str) -> Scenario:
    return Scenario.received(name, text.encode("utf-8"), library.files)


def refusal(error: InputError, w: Words) -> str:
    """Why a file was not loaded, in the reader's language."""
    return w.label("page", "not loaded") + f"\n{error}"
