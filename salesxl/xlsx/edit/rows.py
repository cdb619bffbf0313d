"""A row as text: change one cell's tag without parsing the row.

Most marks change a cell's format or add a cell at a row's end; done on the text that takes a few microseconds
and leaves every other byte alone. Owns the few shapes a cell's tag can have; whatever else is for lxml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from xml.sax.saxutils import escape

from lxml import etree

from salesxl.xlsx.pieces import Pieces
from salesxl.xlsx.refs import split_cell
from salesxl.xlsx.values import stored_text, whole

__all__ = [
    "Columns",
    "RawCell",
    "append",
    "find",
    "last_column",
    "restyled",
    "spans",
    "with_spans",
    "without",
]

_STYLE = re.compile(rb"""\s+s\s*=\s*["']([^"']*)["']""")
_SPANS = re.compile(rb'\sspans="(\d+:\d+)"')
_REF = re.compile(rb'c r="([A-Z]+)\d+"')


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell in a row's text: from ``start`` to ``end``, its attributes up to ``attributes``."""

    start: int
    attributes: int
    end: int
    blank: bool
    style: str | None


def find(raw: bytes, prefix: bytes, ref: str) -> RawCell | None:
    """Return where a cell stands, None where there is none whose tag begins with that address."""
    start = raw.find(b'<%sc r="%s"' % (prefix, ref.encode()))
    if start < 0:
        return None
    close = raw.find(b">", start)
    short = raw[close - 1 : close] == b"/"
    attributes = start + len(raw[start : close - short].rstrip())
    end_tag = b"</%sc>" % prefix
    end = close + 1 if short else raw.find(end_tag, close) + len(end_tag)
    found = _STYLE.search(raw, start, attributes)
    blank = short or end - len(end_tag) == close + 1
    return RawCell(start, attributes, end, blank, found[1].decode() if found else None)


def restyled(raw: bytes, cell: RawCell, style: str | None) -> bytes:
    """Return the row with a cell in another format, None for the default one."""
    found = _STYLE.search(raw, cell.start, cell.attributes)
    start, end = found.span() if found else (cell.attributes, cell.attributes)
    new = b"" if style is None else b' s="%s"' % style.encode()
    return raw[:start] + new + raw[end:]


def without(raw: bytes, cell: RawCell, *, spaced: bool) -> bytes:
    """Return the row without a cell, in the short form when that was the last one."""
    left = raw[: cell.start] + raw[cell.end :]
    head = left.find(b">") + 1
    close = left.find(b">", head) + 1
    if left[head : head + 2] != b"</":
        return left
    return left[: head - 1] + (b" />" if spaced else b"/>") + left[close:]


def last_column(raw: bytes) -> int:
    """Return the column of the last cell, 0 in a row without cells."""
    found = _REF.search(raw, max(raw.rfind(b'c r="'), 0))
    return split_cell(found[1].decode() + "1")[1] if found else 0


def append(raw: bytes, prefix: bytes, ref: str, text: str, style: int) -> bytes | None:
    """Return the row with a cell of text at its end, None for a row that has no end tag to put it before."""
    at, p = raw.rfind(b"</%srow>" % prefix), prefix.decode()
    if at < 0:
        return None
    inside = f'<{p}is><{p}t xml:space="preserve">{escape(stored_text(text))}</{p}t></{p}is>'
    cell = f'<{p}c r="{ref}" s="{style}" t="inlineStr">{inside}</{p}c>'
    return raw[:at] + cell.encode() + raw[at:]


def spans(raw: bytes) -> str | None:
    """Return the columns that a row says it spans, None where it does not say or says it in pieces."""
    found = _SPANS.search(raw, 0, raw.find(b">") + 1)
    return found[1].decode() if found else None


def with_spans(raw: bytes, wanted: str) -> bytes:
    """Return the row with other columns in its ``spans``."""
    found = _SPANS.search(raw, 0, raw.find(b">") + 1)
    return raw if found is None else raw[: found.start(1)] + wanted.encode() + raw[found.end(1) :]


class Columns:
    """The list of columns of one sheet, one entry for columns alike."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def width(self, column: int) -> float:
        """Return a column's width in characters, the sheet's default where it has none of its own."""
        spec = self.spec(column)
        if spec is not None and spec.get("hidden") in ("1", "true"):
            return 0.0
        own = _measure(spec.get("width")) if spec is not None else None
        if own is not None:
            return own
        formats = self._pieces.find("sheetFormatPr")
        default = _measure(formats.node.get("defaultColWidth")) if formats is not None else None
        return 9.0 if default is None else default

    def set_width(self, column: int, width: float) -> None:
        """Set one column's width in characters; columns that shared its entry keep theirs."""
        cols = self._pieces.get("cols").node
        spec = self.spec(column)
        tag = f"{{{etree.QName(cols).namespace}}}col"
        attributes = {str(k): str(v) for k, v in spec.items() if k != "hidden"} if spec is not None else {}
        new = cols.makeelement(tag, {"min": str(column), "max": str(column)})
        new.attrib.update({"width": repr(width), "customWidth": "1"})
        new.attrib.update({k: v for k, v in attributes.items() if k in ("style",)})
        if spec is None:
            later = (i for i, col in enumerate(cols) if whole(col.get("min")) > column)
            cols.insert(next(later, len(cols)), new)
            return
        first, last = whole(spec.get("min"), column), whole(spec.get("max"), column)
        at = cols.index(spec)
        cols.remove(spec)
        spans = ((first, column - 1), None, (column + 1, last))
        for span in spans:
            node = new
            if span is not None:
                if span[0] > span[1]:
                    continue
                node = cols.makeelement(tag, {str(k): str(v) for k, v in spec.items()})
                node.attrib.update({"min": str(span[0]), "max": str(span[1])})
            cols.insert(at, node)
            at += 1

    def drop_width(self, column: int) -> None:
        """Take away the entry that gives one column a width of its own."""
        spec, piece = self.spec(column), self._pieces.find("cols")
        if spec is not None and piece is not None and spec.get("min") == spec.get("max"):
            piece.node.remove(spec)
            if not len(piece.node):
                self._pieces.remove(piece)

    def spec(self, column: int) -> etree._Element | None:
        """Return the entry that a column shares or has for itself, None for a column without."""
        cols = self._pieces.find("cols")
        if cols is None:
            return None
        return next((c for c in cols.node if whole(c.get("min")) <= column <= whole(c.get("max"))), None)


def _measure(text: str | None) -> float | None:
    """Return a width as stated, None where none is, or nothing that is one."""
    try:
        width = float(text or "")
    except ValueError:
        return None
    return width if 0 <= width < inf else None
