"""The columns of a sheet: widths and the formats of cells that are not in the file."""

from __future__ import annotations

from math import inf

from lxml import etree

from salesxl.excel.inplace.pieces import Pieces
from salesxl.excel.inplace.text import whole

__all__ = ["Columns"]


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
