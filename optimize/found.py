"""What a study of schemes finds: tables, a document for programs and a text for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Found:
    """A study's answer in three forms."""

    yes: bool  # whether the answer is one that can be acted on (exit status 0)
    document: dict[str, Any]
    text: str  # Markdown
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    pictures: dict[str, Figure] = field(default_factory=dict)

    def _repr_markdown_(self) -> str:
        return self.text


def markdown_table(heads: list[str], rows: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
