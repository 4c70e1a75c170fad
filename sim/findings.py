"""What is found wrong in a lender's file: all is counted, the first findings are worded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from sim.errors import InputError
from sim.lender_columns import NAMES
from sim.shown import shown

MOST_FINDINGS = 20


@dataclass
class Findings:
    """What was found wrong in a file: all are counted, the first ones are worded."""

    file: str
    total: int = 0
    worded: list[tuple[int, int, str]] = field(default_factory=list)  # row, column, message

    def add(self, rows: Sequence[int], column: str, words: str | Callable[[int], str]) -> None:
        """Note a finding in each of the rows, which ascend; row 0 stands for the whole file."""
        self.total += len(rows)
        order = NAMES.index(column) if column in NAMES else -1
        where = f" column {shown(column)}" if column else ""
        for row in map(int, rows[:MOST_FINDINGS]):
            text = words if isinstance(words, str) else words(row)
            place = f"{self.file}:{f'row {row}' if row else ''}{where}"
            self.worded.append((row, order, place + text))

    def refuse(self, text: str, row: int = 0) -> NoReturn:
        """Stop at a finding about the whole file, or a row of it."""
        raise InputError(f"{self.file}:{f'row {row}:' if row else ''} {text}")

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if not self.total:
            return
        self.worded.sort(key=lambda finding: finding[:2])
        lines = [text for _, _, text in self.worded[:MOST_FINDINGS]]
        more = self.total - len(lines)
        raise InputError(*lines, *([f"… and {more:,} more"] if more else []))
