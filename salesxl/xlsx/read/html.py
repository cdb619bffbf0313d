"""Web pages and XML 2003 spreadsheets that go by the name of .xls, as business systems like to export them.

Owns: tables → rows of cells at their places, spans as merged areas. A cell of a web page stays text; XML 2003
says which cells are numbers and dates. Refuses: styles, scripts, anything that must be fetched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lxml import etree, html

from salesxl.model import Area, CellValue, Grid
from salesxl.xlsx.limits import Limits, broken, damaged, unreadable
from salesxl.xlsx.namespaces import parse_xml
from salesxl.xlsx.number_format import shown_by
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW

__all__ = ["is_html", "is_xml_2003", "read_html", "read_xml_2003"]

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def is_html(text: str) -> bool:
    """Tell whether a text is a web page, or at least a table of one."""
    head = text[:4096].lstrip("\ufeff \t\r\n").lower()
    return head.startswith(
        ("<html", "<!doctype html", "<table", "<head", "<meta", "<body", "<style", "<div")
    ) or (head.startswith(("<?xml", "<!--")) and "<html" in head)


def is_xml_2003(text: str) -> bool:
    """Tell whether a text is a spreadsheet in the XML format of Office 2003."""
    head = text[:4096]
    return (
        head.lstrip("\ufeff \t\r\n").startswith("<")
        and "urn:schemas-microsoft-com:office:spreadsheet" in head
    )


class _Canvas:
    """Rows that grow as cells are put on them."""

    def __init__(self, limits: Limits) -> None:
        self.rows: list[list[CellValue]] = []
        self.merged: list[Area] = []
        self.taken: set[tuple[int, int]] = set()
        self.limits = limits
        self.width = 0

    def put(self, row: int, column: int, value: CellValue, down: int = 1, across: int = 1) -> None:
        """Put a value at (row, column), counted from 1."""
        if row + down > LAST_ROW or column + across > LAST_COLUMN:
            raise damaged(f"no such address: row {row}, column {column}")
        self.width = max(self.width, column)
        if row * self.width > self.limits.max_area:
            raise broken("area_too_large", self.limits, "max_area")
        if value is not None:
            while len(self.rows) < row:
                self.rows.append([])
            line = self.rows[row - 1]
            line.extend([None] * (column - len(line)))
            line[column - 1] = value
        if (down, across) != (1, 1):
            if len(self.taken) + down * across > self.limits.max_area // 10:  # each costs a hundred bytes
                raise broken("area_too_large", self.limits, "max_area")
            self.merged.append(Area(row, column, row + down - 1, column + across - 1))
            self.taken.update((r, c) for r in range(row, row + down) for c in range(column, column + across))


def read_html(text: str, name: str, limits: Limits) -> list[Grid]:
    """Read the tables of a web page, one under the other with a blank row between, as one sheet.

    Raises:
        RefusedError: unreadable with reason html where there is no table; unsafe with area_too_large.
    """
    # The text is decoded already: what the page says about its own encoding no longer holds.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise unreadable("html", detail=str(error)[:200]) from error
    tables = [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
    if not tables:
        raise unreadable("html")
    canvas = _Canvas(limits)
    row = 0
    for table in tables:
        for line in _lines(table):
            row += 1
            _line(line, row, canvas)
        row += 1
    return [Grid(sheet=name, rows=canvas.rows, merged=tuple(canvas.merged))]


def _lines(table: etree._Element) -> Iterator[etree._Element]:
    for line in table.iter("tr"):
        if next(line.iterancestors("table")) is table:
            yield line


def _line(line: etree._Element, row: int, canvas: _Canvas) -> None:
    column = 0
    for cell in line:
        if cell.tag not in ("td", "th"):
            continue
        column += 1
        while (row, column) in canvas.taken:
            column += 1
        text = "".join(str(part) for part in cell.itertext()).replace("\xa0", " ").strip()
        down, across = _span(cell, "rowspan"), _span(cell, "colspan")
        canvas.put(row, column, text or None, down, across)
        column += across - 1


def _span(cell: etree._Element, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


_NAMED = {"Percent": "0%"}


def read_xml_2003(text: str, limits: Limits) -> list[Grid]:
    """Read a spreadsheet in the XML format of Office 2003.

    Raises:
        RefusedError: unreadable (damaged), unsafe (area_too_large, dtd).
    """
    root = parse_xml(text.encode("utf-8", "replace"))
    formats = {
        style.get(f"{_SS}ID"): show
        for style in root.iter(f"{_SS}Style")
        for form in style.iter(f"{_SS}NumberFormat")
        if (show := shown_by(_NAMED.get(code := form.get(f"{_SS}Format") or "", code))) is not None
    }
    grids = []
    for sheet in root.iter(f"{_SS}Worksheet"):
        canvas = _Canvas(limits)
        errors: dict[tuple[int, int], str] = {}
        hidden = set()
        row = 0
        for line in sheet.iter(f"{_SS}Row"):
            row = _index(line, row)
            if line.get(f"{_SS}Hidden") == "1":
                hidden.add(row)
            column = 0
            for cell in line.iter(f"{_SS}Cell"):
                column = _index(cell, column)
                across, down = _span(cell, f"{_SS}MergeAcross"), _span(cell, f"{_SS}MergeDown")
                data = cell.find(f"{_SS}Data")
                value, error = _value(data)
                shown = formats.get(cell.get(f"{_SS}StyleID"))
                if shown and isinstance(value, int | float) and not isinstance(value, bool):
                    value = shown(value)
                across = across + 1 if cell.get(f"{_SS}MergeAcross") else 1
                down = down + 1 if cell.get(f"{_SS}MergeDown") else 1
                canvas.put(row, column, value, down, across)
                if error:
                    errors[row, column] = error
                column += across - 1
        name = sheet.get(f"{_SS}Name") or ""
        grids.append(
            Grid(
                sheet=name,
                rows=canvas.rows,
                merged=tuple(canvas.merged),
                errors=errors,
                hidden_rows=frozenset(hidden),
            )
        )
    return grids


def _index(element: etree._Element, last: int) -> int:
    text = element.get(f"{_SS}Index") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else last + 1


def _value(data: etree._Element | None) -> tuple[CellValue, str | None]:
    if data is None:
        return None, None
    text = "".join(str(part) for part in data.itertext())
    kind = data.get(f"{_SS}Type")
    try:
        if kind == "Number":
            number = float(text)
            return (int(number) if number.is_integer() else number), None
        if kind == "DateTime":
            return dt.datetime.fromisoformat(text), None
    except (ValueError, OverflowError):
        return text or None, None
    if kind == "Boolean":
        return text.strip() == "1", None
    if kind == "Error":
        return None, text
    return text or None, None
