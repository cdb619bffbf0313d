"""Change cells, notes, rows and sheets of an existing workbook; every other byte stays as it was.

``Book.open(source)`` → ``book.sheet(name).set_value(7, 5, "…")`` → ``book.to_bytes()``.
"""

from salesxl.xlsx.edit.book import Book
from salesxl.xlsx.edit.notes import Notes, Run
from salesxl.xlsx.edit.sheet import Sheet
from salesxl.xlsx.edit.tables import filter_area, grow_table, set_filter, stretch_table, tables
from salesxl.xlsx.styles import Styles

__all__ = [
    "Book",
    "Notes",
    "Run",
    "Sheet",
    "Styles",
    "filter_area",
    "grow_table",
    "set_filter",
    "stretch_table",
    "tables",
]
