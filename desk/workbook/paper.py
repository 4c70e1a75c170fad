"""An open workbook: its formats, its sheets, and what is written into a cell and how."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from desk.words import MEASURED, Words
from sim.shown import visible

HEAD_HEIGHT, LINE_HEIGHT = 32, 15  # points
MOST_LINES = 12  # of a row
LONGEST_CELL = 32_000  # characters; Excel takes 32,767
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
PATTERNS = ("percent_5", "wide_upward_diagonal", "percent_50", "horizontal_brick", "trellis")
DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash")


@dataclass
class Paper:
    """A workbook that is written, and where cells that formulas refer to stand."""

    book: xlsxwriter.Workbook
    words: Words
    places: dict[tuple, str] = field(default_factory=dict)  # absolute references by what they hold

    def __post_init__(self):
        add = self.book.add_format
        self.bold = add({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.right = add({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1,
                          "align": "right"})  # fmt: skip
        self.strong = add({"bold": True, "top": 1})
        self.title = add({"bold": True, "font_size": 14})
        self.plain = add({"valign": "top"})
        self.wrap = add({"text_wrap": True, "valign": "top"})
        self.money, self.exact = add({"num_format": "#,##0"}), add({"num_format": "#,##0.0000"})
        self.total = add({"num_format": "#,##0", "bold": True, "top": 1})
        self.given = add({"num_format": "General", "valign": "top"})
        self.percent = add({"num_format": "0.0%"})
        self.input = add({"num_format": "#,##0.00", "bg_color": "#FFF2CC", "border": 1})

    def sheet(
        self, english: str, chinese: str, widths: Sequence[float], *, long: bool = False
    ) -> Any:
        """A new sheet with its title in the first row; one page in print unless it is long."""
        name = self.words(english, chinese)
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0 if long else 1)
        sheet.write_string(0, 0, name, self.title)
        return sheet

    def tall(self, sheet, row: int, texts: Sequence[object], widths: Sequence[float]) -> None:
        """Make a row high enough for its wrapped texts; LibreOffice does not by itself."""
        lines = max(-(-len(str(text)) // width) for text, width in zip(texts, widths, strict=True))
        sheet.set_row(row, LINE_HEIGHT * min(max(int(lines), 1), MOST_LINES))

    def note(self, sheet, row: int, english: str, chinese: str) -> None:
        """A sentence that runs over the columns beside it."""
        self.text(sheet, row, 0, self.words(english, chinese), self.plain)

    def text(self, sheet, row: int, column: int, text: str, look=None) -> None:
        """A text that stays text, whatever it begins with."""
        sheet.write_string(row, column, visible(text)[:LONGEST_CELL], look or self.wrap)

    def heads(self, sheet, row: int, heads: Sequence[str], words: int = 1) -> None:
        """Headings, all but the first `words` ones above numbers."""
        sheet.set_row(row, HEAD_HEIGHT)
        for column, head in enumerate(heads):
            self.text(sheet, row, column, head, self.bold if column < words else self.right)

    def number(self, sheet, row: int, column: int, figure: float, look=None) -> None:
        """A number; an unknown one leaves the cell empty."""
        if np.isfinite(figure):
            sheet.write_number(row, column, float(figure), look or self.money)

    def formula(self, sheet, row: int, column: int, formula: str, figure: float, look=None) -> None:
        """A formula beside its computed result; none where the result is unknown."""
        if np.isfinite(figure):
            sheet.write_formula(row, column, f"={formula}", look or self.money, float(figure))

    def look(self, measure: str) -> Any:
        """How figures of a measure are shown."""
        return self.exact if MEASURED[measure].digits else self.money

    def place(self, sheet, row: int, column: int) -> str:
        """An absolute reference to a cell."""
        return f"'{sheet.name}'!{cell(row, column, True, True)}"

    def down(self, sheet, first: int, last: int, column: int) -> str:
        """An absolute reference to a part of a column."""
        return f"{self.place(sheet, first, column)}:{cell(last, column, True, True)}"


def half_width(run: str) -> str:
    """Half the 95 % interval of the mean of a range: Student's, as `sim.interval` has it."""
    return f"TINV(0.05,COUNT({run})-1)*STDEV({run})/SQRT(COUNT({run}))"


def filled(number: int) -> dict:
    """Colours that the colour-blind tell apart, and patterns for black-and-white print."""
    colour = COLOURS[(number - 1) % len(COLOURS)]
    pattern = {"pattern": PATTERNS[(number - 1) % len(PATTERNS)], "fg_color": colour}
    return {"pattern": pattern, "border": {"color": colour}}


def drawn(number: int) -> dict:
    """A line with a colour and a dash of its own."""
    colour = COLOURS[(number - 1) % len(COLOURS)]
    return {"line": {"color": colour, "dash_type": DASHES[(number - 1) % 5], "width": 2}}
