"""Number formats of a workbook's cell styles, as far as a date must know them.

Owns one question and one remedy: does a style show nothing in particular, and then which is the same style
that shows dates. Refuses: fonts, fills, borders.
"""

from __future__ import annotations

import datetime as dt
from copy import deepcopy

from lxml import etree

from salesxl.excel.package import Package

__all__ = ["Styles"]

_GENERAL, _TEXT = 0, 49
_BUILT_IN = {dt.date: 14, dt.datetime: 22, dt.time: 20}


class Styles:
    """The cell formats of one workbook, added to only where a date would show as a bare number."""

    def __init__(self, package: Package) -> None:
        self._package = package
        parts = package.related(package.main(), "styles")
        self._part = parts[0] if parts and parts[0] in package else None
        self._made: dict[tuple[int, int], int] = {}
        self._formats: list[int] = []
        if self._part is None:
            return
        root, ns = package.xml(self._part), package.namespaces
        self._xfs = root.find(ns.tag("cellXfs"))
        if self._xfs is not None:
            self._formats = [int(xf.get("numFmtId", "0")) for xf in self._xfs]

    @property
    def made(self) -> int:
        """How many formats were added."""
        return len(self._made)

    def format_of(self, style: int) -> int:
        """Return the number format's id of a cell style."""
        return self._formats[style] if style < len(self._formats) else _GENERAL

    def is_plain(self, style: int) -> bool:
        """True where a number would show as a bare number: the formats General and Text."""
        return self.format_of(style) in (_GENERAL, _TEXT)

    def dated(self, style: int, value: dt.date | dt.time) -> int:
        """Return the style for a date: the same where it has a format, else a twin that shows dates."""
        if not self.is_plain(style) or self._part is None or self._xfs is None:
            return style
        kinds = (dt.datetime, dt.date, dt.time)
        number = _BUILT_IN[next(kind for kind in kinds if isinstance(value, kind))]
        key = style, number
        if key not in self._made:
            twin: etree._Element = deepcopy(self._xfs[style])
            twin.set("numFmtId", str(number))
            twin.set("applyNumberFormat", "1")
            self._xfs.append(twin)
            self._xfs.set("count", str(len(self._xfs)))
            self._formats.append(number)
            self._made[key] = len(self._xfs) - 1
            self._package.touch(self._part)
        return self._made[key]
