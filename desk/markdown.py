"""Markdown tables, a column described beside its heading."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np

Item = TypeVar("Item")


def table(items: Iterable[Item], columns: Mapping[str, Callable[[Item], Any]]) -> str:
    """A row per item; each column's heading, and the cell it makes of an item."""
    rows = [[_shown(cell(item)) for cell in columns.values()] for item in items]
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(*names: str) -> str:
    """`a`, `b` in the type of code."""
    return ", ".join(f"`{name}`" for name in names)


def _shown(cell: Any) -> str:
    """A cell as text: `0.5`, `0.33, 0.18`, `yes`; None and what is empty as an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.12g}"
    if isinstance(cell, list | tuple | np.ndarray):
        return ", ".join(map(_shown, cell))
    return str(cell).replace("|", "\\|")
