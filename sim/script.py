"""A script: what people did in a run, so that it can be done again under other conditions.

Done again in full it gives the same run to the bit. With some kinds of tasks left out, or with the
seats made alike, the difference is what those tasks, or those differences, brought about.
"""

from dataclasses import dataclass, field

import numpy as np

from sim.collector import Appeal
from sim.indicators import TASKS

KIND = np.array([t.kind for t in TASKS.values()])


@dataclass
class Script:
    """Choices in their order, and who left at each period's end."""

    hours: list[np.ndarray] = field(default_factory=list)  # (seat, task) a week
    slopes: list[np.ndarray] = field(default_factory=list)  # marginal pay (seat, column)
    felt: list[np.ndarray] = field(default_factory=list)  # (seat,) weight on it
    leaving: list[np.ndarray] = field(default_factory=list)  # bool (seat,)
    appeal: list[Appeal] = field(default_factory=list)  # what applicants heard

    def only(self, kinds: frozenset[str]) -> "Script":
        """The script with the hours of all other kinds of tasks struck out."""
        kept = np.isin(KIND, list(kinds))
        return self._with(hours=[h * kept for h in self.hours])

    def averaged(self) -> "Script":
        """The script in which every seat does what the seats do on average."""

        def alike(values):
            return np.broadcast_to(values.mean(axis=0), values.shape).copy()

        return self._with(
            hours=[alike(h) for h in self.hours],
            slopes=[alike(s) for s in self.slopes],
            felt=[alike(f) for f in self.felt],
        )

    def _with(self, **changed: list) -> "Script":
        return Script(**(vars(self) | changed))
