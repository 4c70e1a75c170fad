"""What a tab's controls say, and the draft that follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.exceptions import PreventUpdate

from desk.page.draft import Setting, drafted, shares
from desk.page.library import Library, Sent
from sim import Scenario

LETTERS = ("A", "B")  # the base, and what is proposed
PLACED = {"shape": "curve", "reach": "reach"}  # types of controls whose key is a place


@dataclass(frozen=True)
class Chosen:
    """The scenarios, points, locked weights and settings of a tab."""

    base: str
    other: str
    points: dict[str, float]
    settings: dict[str, Setting] = field(default_factory=dict)
    locked: dict[str, float] = field(default_factory=dict)
    sent: Sent = field(default_factory=dict)

    @classmethod
    def of(
        cls, base: str, other: str, controls: Iterable[dict], held: Mapping[str, Any] | None,
        sent: Sent | None,
    ) -> "Chosen":  # fmt: skip
        """From the controls; waits while those of another scheme are still there."""
        points, settings = {}, {}
        for control in controls:
            name, at = control["id"], control.get("value")
            if name["of"] != other or at is None:
                raise PreventUpdate
            if name["type"] == "points":
                points[name["key"]] = at
            elif name["type"] in PLACED:
                settings[f"{PLACED[name['type']]}.{name['key']}"] = at
            else:
                settings[name["key"]] = at
        mine = held["shares"] if held and held["of"] == other else {}
        return cls(base, other, points, settings, mine, sent or {})

    @property
    def shares(self) -> dict[str, float]:
        """Weights that sum to 1; empty if nothing has points."""
        return shares(self.points, self.locked)

    def draft(self, library: Library) -> Scenario:
        """The proposed scenario. Raises InputError if it refuses what is set."""
        start = library.get(self.other, self.sent)
        return drafted(start, self.points, self.settings, self.locked)

    def pair(self, library: Library) -> dict[str, Scenario]:
        """Both schemes by the names that results call them."""
        both = (library.get(self.base, self.sent), self.draft(library))
        named = zip(LETTERS, (self.base, self.other), strict=True)
        return dict(zip((f"{a}: {name}" for a, name in named), both, strict=True))
