"""Cell formats of a workbook: formats are added at the end, those in use are never changed.

A format is a list of indexes into fonts, fills, borders and number formats; marking a cell clones its format
with one index changed. Owns the styles part. Refuses to renumber: what an index means never changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from salesxl.xlsx.package import Package
from salesxl.xlsx.pieces import Pieces
from salesxl.xlsx.values import whole

__all__ = ["MINIMAL", "RenderStyles", "Styles", "inside"]

_ORDER = (  # noqa: SIM905  a schema's order reads better as words
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
).split()

MINIMAL = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="{main}">'
    '<fonts count="1"><font><sz val="11"/><name val="微软雅黑"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
"""The least a styles part must hold, for workbooks without one; to be formatted with the main namespace."""


class Styles:
    """The styles part, read where needed and added to."""

    def __init__(self, data: bytes) -> None:
        self.pieces = Pieces(data, _ORDER)
        root = etree.fromstring(self.pieces.wrapper.start + self.pieces.wrapper.end)
        self.namespace = str(etree.QName(root).namespace)
        self._lists: dict[str, list[etree._Element]] = {}
        self._known: dict[str, dict[str, int]] = {}
        self._clones: dict[object, int] = {}

    # ---- reading

    def items(self, name: str) -> list[etree._Element]:
        """Return the elements of one list: ``fills``, ``fonts``, ``cellXfs`` …"""
        if name not in self._lists:
            piece = self.pieces.find(name)
            self._lists[name] = [n for n in piece.node if isinstance(n.tag, str)] if piece is not None else []
        return self._lists[name]

    def xf(self, index: int) -> etree._Element:
        """Return a cell format's element; an index out of range reads as the first, as Excel does."""
        formats = self.items("cellXfs")
        return formats[index] if 0 <= index < len(formats) else formats[0]

    def fill_of(self, index: int) -> etree._Element | None:
        """Return the fill that a cell format shows, None for a format without one."""
        fills = self.items("fills")
        at = whole(self.xf(index).get("fillId"))
        return fills[at] if at < len(fills) else None

    def inside_of_fill(self, index: int) -> str | None:
        """Return what stands in the fill of a cell format, as ``add_fill`` takes it; None for no fill."""
        fill = self.fill_of(index)
        pattern = fill.find("{*}patternFill") if fill is not None else None
        plain = pattern is not None and pattern.get("patternType", "none") == "none"
        return inside(fill) if fill is not None and len(fill) and not plain else None

    def font_name(self) -> str:
        """Return the name of the workbook's default font."""
        for font in self.items("fonts")[:1]:
            name = font.find(f"{{{self.namespace}}}name")
            if name is not None:
                return name.get("val", "")
        return ""

    # ---- adding

    def add_font(self, xml: str) -> int:
        """Add a font, given as the inside of a ``<font>``, or find one that is the same; return its index."""
        return self._add("fonts", f"<font>{xml}</font>")

    def add_fill(self, xml: str) -> int:
        """Add a fill, given as the inside of a ``<fill>``; return its index."""
        return self._add("fills", f"<fill>{xml}</fill>")

    def add_border(self, xml: str) -> int:
        """Add a border, given as the inside of a ``<border>``; return its index."""
        return self._add("borders", f"<border>{xml}</border>")

    def clone(self, base: int, *, alignment: Mapping[str, str] | None = None, **indexes: int) -> int:
        """Return a format equal to another but for some indexes: ``clone(5, fillId=7)``.

        The same wish gives the same format again. ``alignment`` replaces single attributes.
        """
        key = (base, tuple(sorted(indexes.items())), tuple(sorted(alignment.items())) if alignment else None)
        if key in self._clones:
            return self._clones[key]
        if self.items("cellXfs"):
            new = deepcopy(self.xf(base))
            new.tail = None
        else:
            new = self.pieces.get("cellXfs").node.makeelement(f"{{{self.namespace}}}xf", {})
        for name, index in indexes.items():
            new.set(name, str(index))
            new.set({"numFmtId": "applyNumberFormat"}.get(name, f"apply{name[0].upper()}{name[1:-2]}"), "1")
        if alignment is not None:
            self._align(new, alignment)
        self._clones[key] = self._append("cellXfs", new)
        return self._clones[key]

    def to_bytes(self) -> bytes:
        """Return the part as it stands now."""
        return self.pieces.to_bytes()

    # ---- helpers

    def _align(self, xf: etree._Element, alignment: Mapping[str, str]) -> None:
        tag = f"{{{self.namespace}}}alignment"
        node = xf.find(tag)
        if node is None:
            node = xf.makeelement(tag, {})
            xf.insert(0, node)
        for name, value in alignment.items():
            node.set(name, value)
        xf.set("applyAlignment", "1")

    def _add(self, name: str, xml: str, *, reuse: bool = True) -> int:
        if name not in self._known:
            self._known[name] = {}
            for at, node in enumerate(self.items(name)):
                self._known[name].setdefault(_bare(node), at)
        known = self._known[name]
        if not reuse or xml not in known:
            bare, pattern = _parsed(self.namespace, xml)
            known[xml] = known[bare] if reuse and bare in known else self._append(name, deepcopy(pattern))
            known.setdefault(bare, known[xml])
        return known[xml]

    def _append(self, name: str, node: etree._Element) -> int:
        parent, items = self.pieces.get(name).node, self.items(name)
        parent.append(node)
        items.append(node)
        parent.set("count", str(len(items)))
        return len(items) - 1


def inside(fill: etree._Element) -> str:
    """Return what stands in an element, without prefixes and declarations, to be added again by its text."""
    return "".join(_bare(child) for child in fill)


@lru_cache(maxsize=512)
def _parsed(namespace: str, xml: str) -> tuple[str, etree._Element]:
    """Return an element's text as ``_bare`` has it, and the element; all workbooks are given the same few.

    It takes the prefix of the part that a copy of it is put into.
    """
    node = etree.fromstring(f'<x xmlns="{namespace}">{xml}</x>'.encode())[0]
    return _bare(node), node


def _bare(node: etree._Element) -> str:
    name = str(node.tag).rpartition("}")[2]
    attributes = "".join([f" {key!s}={quoteattr(str(value))}" for key, value in node.items()])
    return f"<{name}{attributes}>{escape(node.text or '')}{''.join(map(_bare, node))}</{name}>"


_GENERAL, _TEXT = 0, 49
_BUILT_IN = {dt.date: 14, dt.datetime: 22, dt.time: 20}


class RenderStyles:
    """The cell formats of one workbook, added to only where a date would show as a bare number."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = next(iter(package.related(package.main(), "styles")), None)
        self._styles = Styles(package.read(self._part)) if self._part is not None else None
        formats = self._styles.items("cellXfs") if self._styles is not None else ()
        self._plain = [whole(xf.get("numFmtId")) in (_GENERAL, _TEXT) for xf in formats]
        self._made: dict[tuple[int, int], int] = {}

    @property
    def made(self) -> int:
        """How many formats were added."""
        return len(self._made)

    def is_plain(self, style: int) -> bool:
        """True where a number would show as a bare number: the formats General and Text."""
        return self._plain[style] if style < len(self._plain) else True

    def dated(self, style: int, value: dt.date | dt.time) -> int:
        """Return the style for a date: the same where it has a format, else a twin that shows dates."""
        if not self._plain or not self.is_plain(style):
            return style
        kinds = (dt.datetime, dt.date, dt.time)
        key = style, _BUILT_IN[next(kind for kind in kinds if isinstance(value, kind))]
        if key not in self._made:
            assert self._styles is not None  # it has formats
            assert self._part is not None
            self._made[key] = self._styles.clone(style, numFmtId=key[1])
            self._plain.append(False)
            self._package.write(self._part, self._styles.to_bytes())
        return self._made[key]
