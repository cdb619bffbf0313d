"""Change cells, notes, sheets, rows and rules of an existing workbook; every other byte stays as it was.

``Book.open(source)`` → ``book.sheet(name).set_value(7, 5, "…")`` → ``book.to_bytes()``.
"""

from salesxl.excel.inplace.book import Book
from salesxl.excel.inplace.notes import Notes, Run
from salesxl.excel.inplace.rows import insert_rows, remove_rows
from salesxl.excel.inplace.rules import add_conditional_format, add_validation
from salesxl.excel.inplace.sheet import Sheet
from salesxl.excel.inplace.styles import Styles
from salesxl.excel.inplace.tables import filter_area, grow_table, set_filter, stretch_table, tables
from salesxl.excel.inplace.text import cell_name, parse_area, split_ref, write_area

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
    "insert_rows",
    "parse_area",
    "remove_rows",
    "set_filter",
    "split_ref",
    "stretch_table",
    "tables",
    "write_area",
]
