"""A sheet being filled in, and how it becomes a file: .xlsx through XlsxWriter, .csv as Excel writes it.

Owns cell looks and file bytes; nothing in them depends on the clock. Refuses: what stands in the cells.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from salesxl.model import CellValue, cell_name
from tools.demo.entry import Entry

__all__ = ["Look", "Page", "as_csv", "as_xlsx"]

CREATED = dt.datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Look:
    """How a rep's workbooks look."""

    font: str = "微软雅黑"
    size: int = 10
    fill: str = "#DDEBF7"
    date: str = "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value it was last calculated to."""

    text: str
    value: float


@dataclass(slots=True)
class Page:
    """One sheet: cells by (row, column) from 1, merged areas, hidden rows, filter, column widths."""

    name: str
    cells: dict[tuple[int, int], tuple[CellValue | Formula, str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    filter: tuple[int, int, int, int] | None = None
    frozen: int = 0
    widths: dict[int, float] = field(default_factory=dict)

    def put(self, row: int, column: int, value: CellValue | Formula | Entry, look: str = "cell") -> str:
        """Put a value into a cell; return its address."""
        if isinstance(value, Entry):
            look = value.style or look
            value = value.typed
        if value is not None and value != "":
            self.cells[row, column] = (value, look)
        elif look != "cell":
            self.cells[row, column] = (None, look)
        return cell_name(row, column)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge an area; its value is the one of its first cell."""
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))

    @property
    def height(self) -> int:
        """The last row with something in it."""
        return max((row for row, _ in self.cells), default=0)


def as_xlsx(pages: Sequence[Page], look: Look, title: str) -> bytes:
    """Return a workbook of the pages."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title, "created": CREATED})
    formats = _formats(book, look)
    for page in pages:
        sheet = book.add_worksheet(page.name)
        for column, width in page.widths.items():
            sheet.set_column(column - 1, column - 1, width)
        firsts = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
        for (row, column), (value, kind) in sorted(page.cells.items(), key=lambda item: item[0]):
            at = formats[kind]
            if (row, column) in firsts:
                bottom, right = firsts[row, column]
                sheet.merge_range(row - 1, column - 1, bottom - 1, right - 1, "", at)
            _write(sheet, row - 1, column - 1, value, at)
        for row in page.hidden:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        if page.filter:
            top, left, bottom, right = page.filter
            sheet.autofilter(top - 1, left - 1, bottom - 1, right - 1)
        if page.frozen:
            sheet.freeze_panes(page.frozen, 0)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: CellValue | Formula, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, Formula):
        sheet.write_formula(row, column, value.text, look, value.value)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, look)
    else:
        sheet.write_datetime(row, column, value, look)


def _formats(book: Any, look: Look) -> Mapping[str, Any]:
    base = {"font_name": look.font, "font_size": look.size, "valign": "vcenter"}
    head = {**base, "bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": look.fill}
    cell = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": look.size + 5, "align": "center"}),
        "head": book.add_format(head),
        "label": book.add_format({**base, "bold": True}),
        "cell": book.add_format(cell),
        "amount": book.add_format({**cell, "num_format": "#,##0"}),
        "date": book.add_format({**cell, "num_format": look.date}),
        "moment": book.add_format({**cell, "num_format": f"{look.date} hh:mm"}),
        "note": book.add_format({**base, "font_color": "#7F7F7F", "italic": True}),
    }


def as_csv(page: Page, encoding: str = "gb18030") -> bytes:
    """Return a page as Excel saves it for a Chinese system: values as shown, GBK, CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    width = max(column for _, column in page.cells)
    for row in range(1, page.height + 1):
        shown = (page.cells.get((row, column), (None, ""))[0] for column in range(1, width + 1))
        writer.writerow([_shown(value) for value in shown])
    return buffer.getvalue().encode(encoding)


def _shown(value: CellValue | Formula) -> str:
    if value is None:
        return ""
    if isinstance(value, Formula):
        return f"{value.value:g}"
    if isinstance(value, dt.datetime):
        return f"{value.year}/{value.month}/{value.day} {value.hour}:{value.minute:02}"
    if isinstance(value, dt.date):
        return f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
