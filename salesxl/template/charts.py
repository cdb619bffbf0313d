"""Charts after rendering: their ranges follow, their stored values are those of the rendered cells.

A program that does not recalculate (a phone's preview) draws a chart from the values stored in it, so these
are refreshed; where a cell is a formula nobody has calculated yet they are dropped. Owns chart parts only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from salesxl.errors import TemplateFaultError, phrase
from salesxl.model import Area
from salesxl.template.bands import UnfollowableError
from salesxl.template.references import Moves, Sheet, Spot, unfollowable
from salesxl.template.roles import Role
from salesxl.template.series import spread_series
from salesxl.template.terms import FORMULA, Compile, fill_paragraphs
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import Ref, parse
from salesxl.xlsx.values import serial

__all__ = ["Watched", "Watcher", "chart_areas", "charts_of", "follow_chart", "is_name"]

LARGEST_CACHE = 20_000
"""Cells of one series whose values are stored in the chart; of longer ones none are."""


def charts_of(package: Package, sheet_part: str) -> list[str]:
    """Return the chart parts that a sheet shows, in order."""
    charts = []
    for drawing in package.related(sheet_part, "drawing"):
        charts += [r.target for r in package.rels(drawing).values() if r.kind in ("chart", "chartEx")]
    return [chart for chart in charts if chart in package]


def chart_areas(package: Package, parts: Iterable[str]) -> dict[str, list[Area]]:
    """Return the areas that charts draw, by the sheet's name in lower case."""
    areas: dict[str, list[Area]] = {}
    for part in parts:
        for node in package.xml(part).iter("{*}f"):
            for piece in parse(node.text or ""):
                if isinstance(piece, Ref) and piece.sheet is not None:
                    areas.setdefault(piece.sheet.casefold(), []).append(piece.area)
    return areas


class Watcher:
    """Keeps the values of the cells that charts draw, while the rows of one sheet are written."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._areas = tuple(dict.fromkeys(areas))  # charts of a sheet's copies draw the same cells
        self.values: dict[tuple[int, int], Any] = {}

    def wants(self, row: int, column: int) -> bool:
        """Tell whether a template cell is drawn by any chart."""
        return any(a.top <= row <= a.bottom and a.left <= column <= a.right for a in self._areas)

    def note(self, row: int, column: int, value: Any) -> None:
        """Keep the value of an output cell."""
        self.values[row, column] = value


Watched = Mapping[Sheet, Watcher | None]
"""The sheets whose rows were written anew, with their watchers; None where nobody kept the values."""


def follow_chart(
    package: Package,
    part: str,
    spot: Spot,
    moves: Moves,
    *,
    watched: Watched,
    scope: Mapping[str, Any],
    compile_text: Compile,
) -> None:
    """Let a chart's ranges, texts and stored values follow. Raises TemplateError."""
    root = package.xml(part)
    name = spot.sheet.name if spot.sheet is not None else part
    changed = fill_paragraphs(root, scope, compile_text, name, phrase("place.chart"))
    old = ""
    try:
        spread = spread_series(root, spot, moves)
        for node in list(root.iter("{*}f")):
            old, drawn = node.text or "", spread.get(node)
            used = Role(grows=not is_name(node))
            new = old if drawn else moves.formula(old, spot, whole=used.grows)
            changed |= new != old or drawn is not None
            node.text = new
            found = (drawn.sheet, drawn.ref.area) if drawn else moves.area(old, spot, used)
            holder = node.getparent()
            if holder is not None:
                changed |= _refresh(holder, found, watched)
    except TemplateFaultError as fault:
        raise fault.at(name, phrase("place.chart")) from None
    except UnfollowableError as error:
        raise unfollowable(name, phrase("place.chart"), error, "chart", text=old or "…") from None
    if changed:
        package.touch(part)


def is_name(node: etree._Element) -> bool:
    """Tell whether a formula gives the name of a series, a title or an axis: one text and no range."""
    return any(etree.QName(above).localname == "tx" for above in node.iterancestors())


def _refresh(holder: etree._Element, found: tuple[Sheet, Area] | None, watched: Watched) -> bool:
    """Write the stored values anew, or drop them where they are not known."""
    levels = holder.findall("{*}lvl")  # the charts of 2016 keep their values so
    if levels and (found is None or found[0] in watched):
        for level in levels:
            holder.remove(level)
        return True
    cache = next((c for c in holder if str(c.tag).endswith("Cache")), None)
    if cache is None or (found is not None and found[0] not in watched):
        return False
    kind = etree.QName(cache).localname
    values = None if found is None or kind not in ("numCache", "strCache") else _values(*found, watched)
    if values is None:
        holder.remove(cache)
        return True
    ns = etree.QName(cache).namespace
    for old in cache.findall(f"{{{ns}}}ptCount") + cache.findall(f"{{{ns}}}pt"):
        cache.remove(old)
    # the count comes after the format code and before the points
    at = 1 if len(cache) and etree.QName(cache[0]).localname == "formatCode" else 0
    count = etree.Element(f"{{{ns}}}ptCount")
    count.set("val", str(len(values)))
    new = [count]
    for index, value in enumerate(values):
        text = _number_text(value) if kind == "numCache" else _label(value)
        if text:
            point = etree.Element(f"{{{ns}}}pt")
            point.set("idx", str(index))
            etree.SubElement(point, f"{{{ns}}}v").text = text
            new.append(point)
    cache[at:at] = new
    return True


def _values(sheet: Sheet, area: Area, watched: Watched) -> list[Any] | None:
    size = (area.bottom - area.top + 1) * (area.right - area.left + 1)
    watcher = watched[sheet]
    if watcher is None or size > LARGEST_CACHE:
        return None
    known = watcher.values
    values = [
        known.get((row, column))
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]
    return None if any(value is FORMULA for value in values) else values


def _number_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value) if value == value else ""  # noqa: PLR0124
    if isinstance(value, (int, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        days = serial(value)
        return "" if days is None else repr(days)
    return ""


def _label(value: Any) -> str:
    return value if isinstance(value, str) else _number_text(value)
