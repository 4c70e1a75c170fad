"""The workbook for finance: results as an Excel file whose prices and budget can be changed.

XlsxWriter, not openpyxl: it keeps a computed result beside each formula, so that every reader shows
numbers before it recalculates, and it never takes a text for a formula.
"""

from desk.workbook.book import write_workbook

__all__ = ["write_workbook"]
