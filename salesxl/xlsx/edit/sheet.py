"""One sheet, of which only the rows that change are parsed.

The rest of the rows stays raw text, however many there are, and every other child of the sheet keeps its
bytes unless it is changed. Owns rows, cells, columns and merges; notes, tables and rules have their rooms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from lxml import etree

from salesxl.errors import RefusedError
from salesxl.model import Area, CellValue, cell_name, column_letters
from salesxl.xlsx.edit import rows
from salesxl.xlsx.edit.rows import Columns
from salesxl.xlsx.pieces import Piece, Pieces
from salesxl.xlsx.refs import cells_text, read_area, split_cell
from salesxl.xlsx.values import set_content, whole

__all__ = ["ORDER", "Sheet"]

ORDER = (  # noqa: SIM905  a schema's order reads better as words
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst"
).split()
"""The order in which a sheet's children must stand; Excel repairs a file that has another."""

_ROW = rb"""<%srow(?=[\s/>])(?:[^>]*?\sr\s*=\s*["'](\d+))?"""
_SPAN = re.compile(r"\d{1,5}:\d{1,5}$")
_CELL = rb"""<%sc\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]+)(\d+)["']"""
_FILLED = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^>]*\s)?r=["']([A-Z]+)\d+["'][^>]*(?<!/)>""")


class Sheet:
    """A sheet's part, edited row by row.

    Raises RefusedError ``unreadable`` for a part where a row or a cell stands twice, or a cell in another
    row: readers make something of it, but nobody could change one without losing the other.
    """

    def __init__(self, data: bytes, *, date1904: bool = False) -> None:
        self.pieces = Pieces(data, ORDER, hollow="sheetData")
        self.columns = Columns(self.pieces)
        self.date1904 = date1904
        self._wrapper = self.pieces.wrapper
        inner = self.pieces.inner
        rows = [(m.start(), m[1]) for m in re.finditer(_ROW % re.escape(self.pieces.prefix), inner)]
        self._lead = inner[: rows[0][0]] if rows else inner
        self._rows: dict[int, bytes] = {}
        self._nodes: dict[int, etree._Element] = {}
        self._cells: dict[int, dict[str, etree._Element]] = {}
        self._extent: Area | None = None
        self.faithful = True
        """False once a row was parsed that would not be written back with the same bytes."""
        number = 0
        cell = re.compile(_CELL % re.escape(self.pieces.prefix))
        for (begin, stated), (end, _) in pairwise([*rows, (len(inner), None)]):
            number = int(stated) if stated else number + 1
            if number in self._rows or not _in_order(cell.findall(inner, begin, end), b"%d" % number):
                raise RefusedError("unreadable", reason="damaged", row=number)
            self._rows[number] = inner[begin:end]
        # every cell says first where it stands: then a row's text alone can be trusted
        cells = [inner.count(tag % self.pieces.prefix) for tag in (b"<%sc", b'<%sc r="')]
        self._addressed = cells[0] == cells[1]
        self._sorted = all(a < b for a, b in zip(self._rows, [*self._rows][1:], strict=False))

    # ---- rows and cells

    @property
    def namespace(self) -> str:
        """The sheet's main namespace."""
        return str(etree.QName(etree.fromstring(self._wrapper.start + self._wrapper.end)).namespace)

    def numbers(self) -> list[int]:
        """Return the numbers of the rows that stand in the file."""
        return [*self._rows]

    def raw_row(self, number: int) -> bytes:
        """Return a row's text as it stands now, b"" for a row that is not in the file."""
        if number in self._nodes:
            return self._wrapper.write(self._nodes[number])
        return self._rows.get(number, b"")

    def raw_head(self, number: int) -> bytes:
        """Return a row's own tag as the file has it, b"" for a row that is not in it."""
        raw = self._rows.get(number, b"")
        return raw[: raw.find(b">") + 1]

    def row(self, number: int) -> etree._Element | None:
        """Return a row's element to be read or changed, None for one that is not in the file."""
        if number in self._nodes:
            return self._nodes[number]
        raw = self._rows.get(number)
        if raw is None:
            return None
        node = self._wrapper.parse(raw)
        self.faithful = self.faithful and self._wrapper.write(node) == raw
        if node.get("r") is None or any(cell.get("r") is None for cell in node):
            self._number(node, number)
        self._nodes[number] = node
        self._cells[number] = {cell.get("r", ""): cell for cell in node}
        return node

    def ensure_row(self, number: int) -> etree._Element:
        """Return a row's element, a new one where the file has none."""
        found = self.row(number)
        if found is not None:
            return found
        raw = b'<%srow r="%d"/>' % (self.pieces.prefix, number)
        self._sorted = self._sorted and (not self._rows or number > next(reversed(self._rows)))
        self._rows[number] = raw
        self._nodes[number] = self._wrapper.parse(raw)
        self._cells[number] = {}
        return self._nodes[number]

    def drop_row(self, number: int) -> None:
        """Take a row out of the file; the others keep their numbers."""
        self._rows.pop(number, None)
        self._nodes.pop(number, None)

    def cell(self, row: int, column: int) -> etree._Element | None:
        """Return a cell's element, None for one that is not in the file."""
        if self.row(row) is None:
            return None
        return self._cells[row].get(cell_name(row, column))

    def ensure_cell(self, row: int, column: int) -> etree._Element:
        """Return a cell's element, a new one in the style of its row or column where there is none."""
        node, ref = self.ensure_row(row), cell_name(row, column)
        known = self._cells[row].get(ref)
        if known is not None:
            return known
        style = self.style(row, column)
        cell = node.makeelement(node.tag[:-3] + "c", {"r": ref})
        if style:
            cell.set("s", str(style))
        before = (c for c in node.iterchildren(reversed=True) if split_cell(c.get("r", "A1"))[1] < column)
        last = next(before, None)
        if last is not None:
            last.addnext(cell)
        else:
            node.insert(0, cell)
        self._cells[row][ref] = cell
        self._stretch(node, row, column)
        return cell

    def drop_cell(self, row: int, column: int) -> None:
        """Take a cell out of the file."""
        raw = self._raw_cell(row, column)
        if raw is not None:
            self._rows[row] = rows.without(self._rows[row], raw, spaced=self._wrapper.spaced)
            return
        cell = self.cell(row, column)
        if cell is not None:
            self._nodes[row].remove(cell)
            self._cells[row].pop(cell_name(row, column))

    def filled(self, row: int, column: int) -> bool:
        """Say whether a cell has content, without parsing its row where the text alone tells."""
        raw = self._rows.get(row)
        if raw is None:
            return False
        if row in self._nodes or not self._addressed:
            cell = self.cell(row, column)
            return cell is not None and len(cell) > 0
        return cell_name(row, column).encode() in raw and column_letters(column).encode() in _FILLED.findall(
            raw
        )

    def takes(self, column: int, rows: Iterable[int]) -> bool:
        """Say whether a column has content in any of some rows."""
        if self._addressed:
            tag = b'c r="' + column_letters(column).encode()
            rows = [row for row in rows if row in self._nodes or tag in self._rows.get(row, b"")]
        return any(self.filled(row, column) for row in rows)

    def last_column(self) -> int:
        """Return the last column that holds content in any row, 0 for an empty sheet."""
        letters: set[bytes] = set()
        for number in self._rows:
            letters.update(_FILLED.findall(self.raw_row(number)))
        return max((split_cell(f"{each.decode()}1")[1] for each in letters), default=0)

    def written_style(self, row: int, column: int) -> tuple[bool, str | None]:
        """Say whether a cell stands in the file, and which format its own tag names."""
        raw = self._raw_cell(row, column)
        if raw is not None:
            return True, raw.style
        if self._unread(row) and cell_name(row, column).encode() not in self._rows[row]:
            return False, None
        cell = self.cell(row, column)
        return cell is not None, cell.get("s") if cell is not None else None

    def style(self, row: int, column: int) -> int:
        """Return the index of the cell format that shows in a cell: its own, its row's or its column's."""
        stands, own = self.written_style(row, column)
        if stands:
            return whole(own)
        if row in self._nodes or b"customFormat" in self.raw_head(row):
            node = self.row(row)
            if node is not None and node.get("customFormat") in ("1", "true"):
                return whole(node.get("s"))
        spec = self.columns.spec(column)
        return whole(spec.get("style")) if spec is not None else 0

    def set_style(self, row: int, column: int, style: int | str | None) -> None:
        """Give a cell a cell format (an index from ``Styles``), None for none of its own."""
        raw = self._raw_cell(row, column)
        if raw is not None:
            self._rows[row] = rows.restyled(self._rows[row], raw, None if style is None else str(style))
            return
        cell = self.ensure_cell(row, column)
        if style is None:
            cell.attrib.pop("s", "")
        else:
            cell.set("s", str(style))

    def append_text(self, row: int, column: int, text: str, style: int) -> None:
        """Put text into a blank cell, most quickly right of all cells that stand in its row."""
        if self._unread(row) and 0 < rows.last_column(self._rows[row]) < column:
            made = rows.append(self._rows[row], self.pieces.prefix, cell_name(row, column), text, style)
            if made is not None:
                first, _, last = (rows.spans(made) or "").partition(":")
                if last and int(last) < column:
                    made = rows.with_spans(made, f"{first}:{column}")
                self._rows[row] = made
                self.stretch_dimension(row, column)
                return
        self.set_value(row, column, text, style)

    def blank(self, row: int, column: int) -> bool:
        """Say whether a cell is not in the file or has no content."""
        raw = self._raw_cell(row, column)
        if raw is not None:
            return raw.blank
        cell = self.cell(row, column)
        return cell is None or len(cell) == 0

    def spans(self, row: int) -> str | None:
        """Return what a row says about the columns it spans, None where it says nothing."""
        if self._unread(row):
            return rows.spans(self._rows[row])
        node = self.row(row)
        return node.get("spans") if node is not None else None

    def set_spans(self, row: int, spans: str) -> None:
        """Change what a row says about the columns it spans."""
        if self._unread(row):
            self._rows[row] = rows.with_spans(self._rows[row], spans)
        else:
            self.ensure_row(row).set("spans", spans)

    def set_value(self, row: int, column: int, value: CellValue | Decimal, style: int | None = None) -> bool:
        """Write a value into a cell; say whether a formula went, so that the calculation chain must go too.

        Raises ValueError where other cells share the formula that would be lost.
        """
        cell = self.ensure_cell(row, column)
        formula = cell.find(f"{{{etree.QName(cell).namespace}}}f")
        if formula is not None and formula.get("ref"):
            raise ValueError(f"{cell.get('r')} holds a formula that other cells share")
        set_content(cell, value, date1904=self.date1904)
        if style is not None:
            cell.set("s", str(style))
        return formula is not None

    # ---- areas

    def merged(self) -> list[Area]:
        """Return the merged areas."""
        piece = self.pieces.find("mergeCells")
        found = (_area(node.get("ref", "")) for node in piece.node) if piece is not None else ()
        return [area for area in found if area is not None]

    def stretch_dimension(self, row: int, column: int) -> None:
        """Make the stated extent of the sheet hold a cell."""
        piece = self.pieces.find("dimension")
        if piece is None or not piece.node.get("ref"):
            return
        area = self._extent or _area(piece.node.get("ref", ""))
        if area is None:
            return
        wider = Area(
            min(area.top, row), min(area.left, column), max(area.bottom, row), max(area.right, column)
        )
        if wider != area:
            piece.node.set("ref", cells_text(wider))
        self._extent = wider

    # ---- writing

    def to_bytes(self) -> bytes:
        """Return the part as it stands now."""
        numbers = [*self._rows] if self._sorted else sorted(self._rows)

        def fill(piece: Piece) -> bytes:
            if piece.name != "sheetData":
                return piece.raw
            raw = piece.raw
            at = raw.find(b"</")
            if self.pieces.hollow_tag and not numbers:
                return self.pieces.hollow_tag + raw[raw.find(b">", at) + 1 :]
            return b"".join((raw[:at], self._lead, *map(self.raw_row, numbers), raw[at:]))

        return self.pieces.to_bytes(fill)

    # ---- helpers

    def _unread(self, row: int) -> bool:
        """Say whether a row is text as yet, in the shape that text alone can be trusted with."""
        return self._addressed and row in self._rows and row not in self._nodes

    def _raw_cell(self, row: int, column: int) -> rows.RawCell | None:
        if not self._unread(row):
            return None
        return rows.find(self._rows[row], self.pieces.prefix, cell_name(row, column))

    def _number(self, node: etree._Element, number: int) -> None:
        """Write out the addresses that the format lets a file leave out."""
        node.set("r", str(number))
        column = 0
        for cell in node:
            column = split_cell(cell.get("r", ""))[1] if cell.get("r") else column + 1
            cell.set("r", cell_name(number, column))

    def _stretch(self, node: etree._Element, row: int, column: int) -> None:
        spans = node.get("spans")
        if spans and _SPAN.match(spans):
            first, _, last = spans.partition(":")
            if not int(first) <= column <= int(last):
                node.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")
        self.stretch_dimension(row, column)


def _area(ref: str) -> Area | None:
    """Return the area that a file claims, None for a claim that is none: nobody goes by it."""
    try:
        return read_area(ref)
    except ValueError:
        return None


def _in_order(cells: Sequence[tuple[bytes, bytes]], row: bytes) -> bool:
    """Say whether a row's cells stand in it, each once."""
    return len(set(cells)) == len(cells) and all(number == row for _, number in cells)
