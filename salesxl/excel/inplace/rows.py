"""Insert and remove rows: everything that names a cell of the sheet, anywhere in the workbook, follows.

Formulas, merged cells, rules, links, filters, tables, defined names, notes, conversations, drawings, charts
and pivot sources are moved as Excel moves them. Owns where things go; refuses to take a table's header away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from salesxl.excel.inplace.book import Book
from salesxl.excel.inplace.pieces import Piece
from salesxl.excel.inplace.sheet import Sheet
from salesxl.excel.inplace.tables import tables
from salesxl.excel.inplace.text import parse_area, split_ref, write_area
from salesxl.excel.refs import Ref, rewrite, shift
from salesxl.model import Area

__all__ = ["insert_rows", "remove_rows"]

_FORMULAS = frozenset({"formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"})
_AREAS = ("ref", "sqref", "activeCell")
_CHART = "drawingml.chart+xml"
_ANCHOR = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")
_ROW = re.compile(rb"(<x:Row>)\s*(\d+)\s*(</x:Row>)")
_SHAPE = re.compile(rb"<v:shape[\s>].*?</v:shape>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Shift:
    """``count`` rows put in before row ``at``, or, when negative, taken out from there on."""

    at: int
    count: int

    def row(self, number: int) -> int | None:
        """Return where a row goes, None for one that is taken out."""
        if number < self.at:
            return number
        return None if number < self.at - self.count else number + self.count

    def span(self, top: int, bottom: int) -> tuple[int, int] | None:
        """Return what rows a run of rows becomes, None when nothing of it is left."""
        if self.count > 0:
            return (self.row(top) or top, self.row(bottom) or bottom)
        first = top if top < self.at else max(self.at, top + self.count)
        last = bottom if bottom < self.at else max(self.at - 1, bottom + self.count)
        return (first, last) if first <= last else None

    def area(self, area: Area) -> Area | None:
        """Return what an area becomes."""
        rows = self.span(area.top, area.bottom)
        return None if rows is None else Area(rows[0], area.left, rows[1], area.right)

    def areas(self, text: str) -> str:
        """Return what a list of areas, separated by spaces, becomes; "" when nothing is left."""
        moved = (self.area(parse_area(each)) for each in text.split())
        return " ".join(write_area(each) for each in moved if each is not None)

    def formula(self, text: str, sheet: str | None, name: str) -> str:
        """Return a formula on ``sheet`` after the rows of sheet ``name`` moved."""

        def moved(ref: Ref) -> str:
            where = ref.sheet if ref.sheet is not None else sheet
            if where is None or where.casefold() != name.casefold() or ref.top is None or ref.bottom is None:
                return str(ref)
            rows = self.span(ref.top, ref.bottom)
            return "#REF!" if rows is None else str(replace(ref, top=rows[0], bottom=rows[1]))

        return rewrite(text, moved)


def insert_rows(book: Book, name: str, at: int, count: int = 1) -> None:
    """Insert blank rows before a row of a sheet; what refers to cells below or across follows."""
    _move(book, name, _Shift(at, count))


def remove_rows(book: Book, name: str, at: int, count: int = 1) -> None:
    """Remove rows of a sheet; references to nothing but them become ``#REF!``.

    Raises ValueError when the header of an Excel table is among them.
    """
    for table in tables(book, name):
        if at <= table.area.top < at + count:
            raise ValueError(f"row {table.area.top} is the header of an Excel table")
    _move(book, name, _Shift(at, -count))


def _move(book: Book, name: str, shift: _Shift) -> None:
    for each in book.worksheets():
        own = each.casefold() == name.casefold()
        sheet = book.sheet(each)
        _cell_formulas(sheet, lambda text, at=each: shift.formula(text, at, name), shift if own else None)  # type: ignore[misc]
        for piece in [*sheet.pieces.children]:
            if piece.name != "sheetData" and not _piece(piece, each, name, shift if own else None, shift):
                sheet.pieces.remove(piece)
        for table in tables(book, each):
            root = book.package.xml(table.part)
            _children(root, each, name, shift if own else None, shift)
            book.package.touch(table.part)
    book.sheet(name).renumber(shift.row)
    for node in book.names():
        node.text = shift.formula(node.text or "", None, name)
    _attached(book, name, shift)
    for part in book.package.names():
        if str(book.package.content_type(part)).endswith(_CHART):
            for node in book.package.xml(part).iter("{*}f"):
                node.text = shift.formula(node.text or "", None, name)
            book.package.touch(part)
    book.drop_calculation_chain()


def _cell_formulas(sheet: Sheet, moved: Callable[[str], str], own: _Shift | None) -> None:
    """Rewrite the formulas of a sheet's cells, shared ones written out first."""
    masters: dict[str, tuple[str, tuple[int, int]]] = {}
    for number in sheet.numbers():
        row = sheet.row(number) if b"<f" in sheet.raw_row(number) or b":f" in sheet.raw_row(number) else None
        for cell in row if row is not None else ():
            node = cell.find("{*}f")
            if node is None:
                continue
            if node.get("t") == "shared":
                here, index = split_ref(cell.get("r", "")), node.get("si", "")
                if node.text:
                    masters[index] = node.text, here
                text, home = masters.get(index, ("", here))
                node.text = shift(text, here[0] - home[0], here[1] - home[1])
                for attribute in ("t", "si", "ref"):
                    node.attrib.pop(attribute, "")
            if node.get("ref") and own is not None:
                node.set("ref", own.areas(node.get("ref", "")) or node.get("ref", ""))
            if node.text:
                node.text = moved(node.text)


def _piece(piece: Piece, sheet: str, name: str, own: _Shift | None, shift: _Shift) -> bool:
    """Move what one child of a sheet names; say whether anything of it is left."""
    if own is None and name.encode() not in piece.raw:
        return True
    had = len(piece.node)
    kept = _children(piece.node, sheet, name, own, shift)
    if "count" in piece.node.attrib:
        piece.node.set("count", str(len(piece.node)))
    return kept and not (had and not len(piece.node))


def _children(root: etree._Element, sheet: str, name: str, own: _Shift | None, shift: _Shift) -> bool:
    for node in [*root.iter("*")]:
        local = etree.QName(node).localname
        if local in _FORMULAS and node.text:
            node.text = shift.formula(node.text, sheet, name)
        if local == "sqref" and node.text and own is not None:
            node.text = own.areas(node.text)
        if local == "hyperlink" and node.get("location"):
            node.set("location", shift.formula(node.get("location", ""), sheet, name))
        if local == "brk" and own is not None:
            node.set("id", str(own.row(int(node.get("id", 0))) or own.at))
        for attribute in _AREAS:
            text = node.get(attribute)
            if text is None or own is None:
                continue
            moved = own.areas(text) or ("A1" if local in ("selection", "dimension") else "")
            parent = node.getparent()
            if not moved and node is root:
                return False
            if parent is not None and (not moved or (local == "mergeCell" and ":" not in moved)):
                parent.remove(node)
                break
            node.set(attribute, moved)
    return True


def _attached(book: Book, name: str, shift: _Shift) -> None:
    """Move notes, conversations, drawings and pivot sources."""
    package, part = book.package, book.part(name)
    book.notes(name).save()
    for kind in ("comments", "threadedComment"):
        for target in package.related(part, kind):
            for node in [*package.xml(target).iter("{*}comment", "{*}threadedComment")]:
                moved = shift.areas(node.get("ref", ""))
                node.set("ref", moved)
                if not moved:
                    node.getparent().remove(node)  # type: ignore[union-attr]
            package.touch(target)
    for target in package.related(part, "vmlDrawing"):
        package.write(target, _SHAPE.sub(lambda m: _shape(m[0], shift), package.read(target)))
    for target in package.related(part, "drawing"):
        for node in package.xml(target).iter("{*}row"):
            number = int(node.text or 0) + 1
            node.text = str((shift.row(number) or shift.at) - 1)
        package.touch(target)
    for target in [n for n in package.names() if "pivotCacheDefinition" in n and n.endswith(".xml")]:
        for node in package.xml(target).iter("{*}worksheetSource"):
            if node.get("sheet") == name and node.get("ref"):
                node.set("ref", shift.areas(node.get("ref", "")) or node.get("ref", ""))
                package.touch(target)
    book.forget_notes(name)


def _shape(raw: bytes, shift: _Shift) -> bytes:
    """Move one box of the old-style drawing; that of a note whose row goes is taken out."""
    row = _ROW.search(raw)
    new = shift.row(int(row[2]) + 1) if row else shift.at
    if new is None:
        return b""
    raw = _ROW.sub(rb"\g<1>%d\g<3>" % (new - 1), raw)

    def anchored(match: re.Match[bytes]) -> bytes:
        numbers = [int(each) for each in match[2].split(b",")]
        for at in (2, 6):
            numbers[at] = (shift.row(numbers[at] + 1) or shift.at) - 1
        return match[1] + ", ".join(map(str, numbers)).encode() + match[3]

    return _ANCHOR.sub(anchored, raw)
