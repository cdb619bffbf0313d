"""Excel tables and filters that grow by a column, or give it back.

A table names its columns in a part of its own and Excel compares them with the header's text, so both change
together. Owns those parts; the cells themselves are the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from salesxl.model import Area
from salesxl.xlsx.edit.book import Book
from salesxl.xlsx.refs import Ref, cells_text, read_area
from salesxl.xlsx.values import whole

__all__ = ["FILTER_NAME", "Table", "filter_area", "grow_table", "set_filter", "stretch_table", "tables"]

FILTER_NAME = "_xlnm._FilterDatabase"
"""The hidden name under which Excel keeps a sheet's filter."""


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its part, its area with header and totals, and whether it may be grown."""

    part: str
    area: Area
    growable: bool


def tables(book: Book, name: str) -> list[Table]:
    """Return the Excel tables of a sheet; one fed by a query or without a header must not be grown."""
    found = []
    for part in book.package.related(book.part(name), "table"):
        root = book.package.xml(part)
        plain = root.get("tableType") in (None, "worksheet") and root.get("headerRowCount", "1") != "0"
        found.append(Table(part, read_area(root.get("ref", "A1")), plain))
    return found


def grow_table(book: Book, table: Table, header: str) -> None:
    """Add a column with that header at a table's right edge; its filter grows with it."""
    root = book.package.xml(table.part)
    namespace = etree.QName(root).namespace
    columns = root.find(f"{{{namespace}}}tableColumns")
    assert columns is not None  # required by the format
    number = max((whole(node.get("id")) for node in columns), default=0) + 1
    columns.append(columns.makeelement(f"{{{namespace}}}tableColumn", {"id": str(number), "name": header}))
    columns.set("count", str(len(columns)))
    _resize(root, 1)
    book.package.touch(table.part)


def stretch_table(book: Book, table: Table, row: int) -> None:
    """Make a table reach down to a row; its filter goes with it."""
    root = book.package.xml(table.part)
    for node in (root, root.find(f"{{{etree.QName(root).namespace}}}autoFilter")):
        if node is not None and node.get("ref"):
            area = read_area(node.get("ref", "A1"))
            node.set("ref", cells_text(Area(area.top, area.left, max(area.bottom, row), area.right)))
    book.package.touch(table.part)


def shrink_table(book: Book, table: Table) -> bool:
    """Take away a table's last column; say whether that left its filter with nothing to filter by."""
    root = book.package.xml(table.part)
    columns = root.find(f"{{{etree.QName(root).namespace}}}tableColumns")
    assert columns is not None  # required by the format
    columns.remove(columns[-1])
    columns.set("count", str(len(columns)))
    _resize(root, -1)
    book.package.touch(table.part)
    filtered = root.find(f"{{{etree.QName(root).namespace}}}autoFilter")
    return filtered is not None and _narrow(filtered, len(columns) - 1)


def headers(book: Book, table: Table) -> list[str]:
    """Return the names of a table's columns."""
    root = book.package.xml(table.part)
    columns = root.find(f"{{{etree.QName(root).namespace}}}tableColumns")
    return [node.get("name", "") for node in columns] if columns is not None else []


def filter_area(book: Book, name: str) -> Area | None:
    """Return the area of a sheet's own filter, header included; None where there is none."""
    piece = book.sheet(name).pieces.find("autoFilter")
    try:
        return read_area(piece.node.get("ref", "A1")) if piece is not None else None
    except ValueError:  # it filters nothing then
        return None


def set_filter(book: Book, name: str, area: Area | None) -> bool:
    """Set, resize or (None) remove a sheet's own filter, with the hidden name that goes with it.

    Says whether that left nothing to filter by, so that rows the filter had hidden must show again.
    """
    sheet = book.sheet(name)
    at = book.position(name)
    piece = sheet.pieces.find("autoFilter")
    if area is None:
        filtering = piece is not None and len(piece.node) > 0
        if piece is not None:
            sheet.pieces.remove(piece)
        book.undefine(FILTER_NAME, at)
        return filtering
    if piece is None:
        piece = sheet.pieces.get("autoFilter")
    piece.node.set("ref", cells_text(area))
    emptied = _narrow(piece.node, area.right - area.left)
    quoted = "'" + name.replace("'", "''") + "'"
    value = f"{quoted}!{Ref(None, area.top, area.left, area.bottom, area.right, (True,) * 4, ranged=True)}"
    known = book.defined(FILTER_NAME, at)
    if known is None:
        book.define(FILTER_NAME, value, at, hidden=True)
    else:
        known.text = value
    return emptied


def _narrow(node: etree._Element, last: int) -> bool:
    """Drop a filter's criteria right of its last column; say whether that left none."""
    gone = [child for child in node if whole(child.get("colId")) > last]
    for child in gone:
        node.remove(child)
    return bool(gone) and not any(child.get("colId") for child in node)


def _resize(root: etree._Element, by: int) -> None:
    for node in (root, root.find(f"{{{etree.QName(root).namespace}}}autoFilter")):
        if node is not None and node.get("ref"):
            area = read_area(node.get("ref", "A1"))
            node.set("ref", cells_text(Area(area.top, area.left, area.bottom, area.right + by)))
