"""Change cells, notes, sheets, rows and rules of an existing workbook; every other byte stays as it was.

``Book.open(source)`` → ``book.sheet(name).set_value(7, 5, "…")`` → ``book.to_bytes()``.
"""

from salesxl.xlsx.edit.book import Book
from salesxl.xlsx.edit.notes import Notes, Run
from salesxl.xlsx.edit.rules import add_conditional_format, add_validation
from salesxl.xlsx.edit.sheet import Sheet
from salesxl.xlsx.edit.tables import filter_area, grow_table, set_filter, stretch_table, tables
from salesxl.xlsx.styles import Styles
from salesxl.xlsx.values import cell_name, parse_area, split_ref, write_area

__all__ = [
    "Book",
    "Notes",
    "Run",
    "Sheet",
    "Styles",
    "add_conditional_format",
    "add_validation",
    "cell_name",
    "filter_area",
    "grow_table",
    "parse_area",
    "set_filter",
    "split_ref",
    "stretch_table",
    "tables",
    "write_area",
]
