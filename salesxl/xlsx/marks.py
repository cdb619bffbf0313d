"""How the toolkit's own marks in a returned workbook are told from what the rep wrote.

A marked workbook handed in again is simply the next submission, so reading must pass over the list of
findings and the column of explanations. Owns the recognition only; drawing is done further up.
"""

from __future__ import annotations

import re
from itertools import islice

from salesxl.model import CellValue, Grid

__all__ = [
    "CHOICES_HEADER",
    "HANDED_PROPERTY",
    "MARK_COLUMN",
    "MARK_COLUMNS",
    "MARK_SHEET_PROPERTY",
    "NOTE_AUTHOR",
    "NOTE_PREFIXES",
    "ORIGINAL",
    "is_choices_sheet",
    "is_handed_sheet",
    "is_mark_column",
    "is_mark_sheet",
    "original_of",
]

MARK_SHEET_PROPERTY = "salesxl:marks:1"
"""The text in cell A1 of the list of findings, whatever the sheet is called."""

ORIGINAL = "salesxl:original:"
"""How the cell below it begins, which holds the digest of the file that was marked."""

HANDED_PROPERTY = "salesxl:handed:1"
"""The text in cell A1 of the hidden sheet that says what a workbook was handed out with."""

MARK_COLUMN = "错误说明"
"""The header of the column of explanations."""

MARK_COLUMNS = (MARK_COLUMN, "What to mend")
"""The headers of that column in every language the toolkit writes."""

NOTE_AUTHOR = "salesxl"
"""The author of the toolkit's notes."""

NOTE_PREFIXES = ("【需要修改】", "【请核对】", "【说明】", "[To mend]", "[Please check]", "[Note]")
"""How the toolkit's notes begin, also where they stand below a rep's own text."""

CHOICES_HEADER = "列表："
"""How the headers of a blank form's hidden sheet of choices begin."""

_COPY = re.compile(r"[\s_]*[(（]?\d{0,2}[)）]?$")


def is_mark_sheet(grid: Grid) -> bool:
    """Say whether a sheet is the toolkit's list of findings, even with a few rows put above it."""
    return any(value == MARK_SHEET_PROPERTY for row in islice(grid.rows, 5) for value in row[:5])


def original_of(grid: Grid) -> str | None:
    """Return the digest of the file that was marked, as the list of findings has it."""
    told = (value for row in islice(grid.rows, 6) for value in row[:5] if isinstance(value, str))
    return next((value.removeprefix(ORIGINAL) for value in told if value.startswith(ORIGINAL)), None)


def is_handed_sheet(grid: Grid) -> bool:
    """Say whether a sheet is the record of what a workbook was handed out with."""
    return bool(grid.rows) and bool(grid.rows[0]) and grid.rows[0][0] == HANDED_PROPERTY


def is_choices_sheet(grid: Grid) -> bool:
    """Say whether a hidden sheet holds the lists behind a blank form's dropdowns: options are no labels."""
    heads = [value for value in (grid.rows[0] if grid.rows else ()) if value is not None]
    listed = all(isinstance(value, str) and value.startswith(CHOICES_HEADER) for value in heads)
    return bool(heads) and listed and not grid.visible


def is_mark_column(header: CellValue) -> bool:
    """Say whether a column's header is that of the explanations; a number behind it does not matter."""
    if not isinstance(header, str) or not header.lstrip().startswith(MARK_COLUMNS):
        return False
    return _COPY.sub("", header.strip()) in MARK_COLUMNS
