"""What python-calamine does not tell of an .ods, taken from content.xml in one expat pass.

Owns: true extents with repeated rows and cells counted out (a file of 2 KB may claim a thousand million),
error cells, formulas, hidden rows and columns, merged areas. A formula never calculated looks like one that
returned ''. Refuses: cell values, which are the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from xml.parsers import expat

from salesxl.model import Area, cell_name
from salesxl.xlsx.limits import Limits, broken, damaged
from salesxl.xlsx.number_format import shown_as
from salesxl.xlsx.read.sheet import SheetScan

__all__ = ["OdsSheet", "scan_ods"]

_ERROR = re.compile(r"(#[A-Z/0!?]+|Err:\d+|#N/A)")


class OdsSheet:
    """A table of the document: its name, scan and merged areas."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scan = SheetScan(exact=True)
        self.merged: list[Area] = []
        self.shown: list[tuple[Area, str]] = []  # what numbers show where that is more than the number


class _Walk:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[OdsSheet] = []
        self.depth = 0  # of tables: one may stand in a cell of another
        self.row = self.column = self.rows = self.columns_seen = 0
        self.row_columns = self.row_cells = 0
        self.cell: tuple[Mapping[str, str], int] | None = None
        self.text: list[str] = []
        self.in_text = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.sheets.append(OdsSheet(attributes.get("table:name", "")))
                self.row = self.columns_seen = 0
        if self.depth != 1:
            return
        if tag == "table:table-row":
            self.rows = _repeat(attributes, "table:number-rows-repeated")
            self.column = self.row_columns = self.row_cells = 0
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                self.sheets[-1].scan.hidden_rows.update(
                    range(self.row + 1, self.row + min(self.rows, 1 << 20) + 1)
                )
        elif tag == "table:table-column":
            count = _repeat(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                first = self.columns_seen + 1
                self.sheets[-1].scan.hidden_columns.update(range(first, first + min(count, 1 << 14)))
            self.columns_seen += count
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.cell = attributes, _repeat(attributes, "table:number-columns-repeated")
            self.text = []
        elif tag == "text:p":
            self.in_text += 1

    def characters(self, data: str) -> None:
        if self.in_text and self.cell:
            self.text.append(data)

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.depth -= 1
        elif self.depth != 1:
            return
        elif tag == "text:p":
            self.in_text -= 1
        elif tag in {"table:table-cell", "table:covered-table-cell"} and self.cell:
            self._cell(*self.cell)
            self.cell = None
        elif tag == "table:table-row":
            self._row()

    def _cell(self, attributes: Mapping[str, str], repeat: int) -> None:
        sheet = self.sheets[-1]
        first = self.column + 1
        self.column += repeat
        spanned = (
            _repeat(attributes, "table:number-columns-spanned"),
            _repeat(attributes, "table:number-rows-spanned"),
        )
        if spanned != (1, 1):
            bottom, right = self.row + spanned[1], first + spanned[0] - 1
            sheet.merged.append(Area(self.row + 1, first, bottom, right))
        text = "".join(self.text)
        formula = attributes.get("table:formula")
        if not text and formula is None and "office:value-type" not in attributes:
            return
        self.row_columns = self.column
        self.row_cells += repeat
        key = self.row + 1, first
        if formula is not None:
            sheet.scan.formulas[key] = formula.partition(":=")[2] or formula
        of_error = attributes.get("calcext:value-type") == "error" or (
            formula is not None and _ERROR.fullmatch(text)
        )
        if of_error and text:
            sheet.scan.errors[key] = text
        elif shown := _shown(attributes, text):
            last = (
                self.row + min(self.rows, self.limits.max_cells),
                first + min(repeat, self.limits.max_cells) - 1,
            )
            sheet.shown.append((Area(*key, *last), shown))

    def _row(self) -> None:
        scan = self.sheets[-1].scan
        if self.row_cells:
            scan.rows = self.row + self.rows
            scan.columns = max(scan.columns, self.row_columns)
            scan.cells += self.row_cells * self.rows
            if scan.rows * scan.columns > self.limits.max_area:
                raise broken(
                    *("area_too_large", self.limits, "max_area"),
                    sheet=self.sheets[-1].name,
                    cell=cell_name(scan.rows, scan.columns),
                )
        self.row += self.rows


def _shown(attributes: Mapping[str, str], text: str) -> str | None:
    """Return what a number shows, digits in full, where its format adds anything to it."""
    kind = attributes.get("office:value-type")
    if kind not in {"float", "currency", "percentage"} or not text:
        return None
    try:
        number = float(attributes.get("office:value", ""))
    except ValueError:
        return None
    if not isfinite(number):
        return None
    currency = attributes.get("office:currency", "CNY")
    if kind == "currency" and currency not in {"CNY", "RMB", ""}:
        return f"{currency} {attributes['office:value']}"
    return shown_as(text, number, percent=kind == "percentage")


def _repeat(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    if not re.fullmatch(r"\d{1,10}", text):
        raise damaged(f"{name}={text}")
    return max(1, int(text))


def scan_ods(content: bytes, limits: Limits) -> list[OdsSheet]:
    """Look through content.xml.

    Raises:
        RefusedError: unreadable (damaged), or unsafe (area_too_large).
    """
    walk = _Walk(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.characters
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise damaged(error) from error
    return walk.sheets
