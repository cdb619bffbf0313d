"""Bar charts of a sheet as plain numbers and places, to be drawn in a page as they will look.

Owns reading them from a workbook. Charts of other kinds are left out: the page says that the workbook has
them. Refuses: markup.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from salesxl.desk.looks import color_of
from salesxl.model import Area
from salesxl.xlsx.package import Package
from salesxl.xlsx.values import whole

__all__ = ["Bar", "Chart", "Series", "charts"]

_MOST = 40
"""Points drawn of one series."""
_HEAD, _FOOT, _SIDE, _NAMES = 46, 22, 10, 64


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name, colour, and values (None where there is none)."""

    name: str
    color: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in pixels, with what it says: its category and series, and its value."""

    x: float
    y: float
    width: float
    height: float
    color: str
    told: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart; ``across`` where its bars lie. ``area`` are the columns and rows that it covers.

    ``left``, ``top``, ``width`` and ``height`` are pixels.
    """

    title: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    across: bool
    area: Area
    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0

    def at(self, left: int, top: int, right: int, bottom: int) -> Chart:
        """Return the chart at its place in pixels."""
        return replace(self, left=left + 4, top=top + 4, width=right - left - 8, height=bottom - top - 8)

    @property
    def step(self) -> float:
        """The room of one category in pixels."""
        room = self.height - _HEAD - 8 if self.across else self.width - 2 * _SIDE
        return room / max(len(self.names), 1)

    def label(self, at: int) -> tuple[float, float]:
        """Return where the name of a category stands."""
        if self.across:
            return _NAMES - 4, _HEAD + (at + 0.5) * self.step + 4
        return _SIDE + (at + 0.5) * self.step, self.height - 7

    @property
    def bars(self) -> list[Bar]:
        """The bars of all series."""
        top = max((v for s in self.series for v in s.values if v), default=0) or 1
        room = self.width - _NAMES - 40 if self.across else self.height - _HEAD - _FOOT - 14
        thick = self.step * 0.74 / max(len(self.series), 1)
        found = []
        for number, series in enumerate(self.series):
            for at, value in enumerate(series.values[: len(self.names)]):
                if value is None or value < 0:
                    continue
                long = max(room * value / top, 0.5)
                start = at * self.step + self.step * 0.13 + number * thick
                told = " ".join(part for part in (self.names[at], series.name) if part)
                shown = f"{value:,.4g}" if value < 10000 else f"{value:,.0f}"
                if self.across:
                    found.append(Bar(_NAMES, _HEAD + start, long, thick * 0.94, series.color, told, shown))
                else:
                    y = self.height - _FOOT - long
                    found.append(Bar(_SIDE + start, y, thick * 0.94, long, series.color, told, shown))
        return found


def charts(package: Package, sheet: str) -> tuple[Chart, ...]:
    """Return the bar charts that lie on a sheet, given by its part."""
    found = []
    for drawing in package.related(sheet, "drawing"):
        root = package.xml(drawing)
        for anchor in root.iterfind("{*}twoCellAnchor"):
            link = anchor.find(".//{*}graphicData/{*}chart")
            rid = next((v for k, v in link.items() if str(k).endswith("}id")), "") if link is not None else ""
            target = package.rels(drawing).get(str(rid))
            if target is not None and target.target in package:
                chart = _chart(package.xml(target.target), _area(anchor))
                found += [chart] if chart else []
    return tuple(found)


def _area(anchor: etree._Element) -> Area:
    def at(path: str) -> int:
        return whole(anchor.findtext(path))

    return Area(at("{*}from/{*}row"), at("{*}from/{*}col"), at("{*}to/{*}row") + 1, at("{*}to/{*}col"))


def _chart(root: etree._Element, area: Area) -> Chart | None:
    plot = root.find(".//{*}barChart")
    if plot is None:
        return None
    series = tuple(_series(node) for node in plot.iterfind("{*}ser"))
    names = tuple(_points(plot.find("{*}ser/{*}cat"), str)) if series else ()
    title = "".join(node.text or "" for node in root.iterfind("{*}chart/{*}title//{*}t"))
    direction = plot.find("{*}barDir")
    across = direction is not None and direction.get("val") == "bar"
    return Chart(title, tuple(n or "" for n in names), series, across, area)


def _series(node: etree._Element) -> Series:
    name = "".join(v.text or "" for v in node.iterfind("{*}tx//{*}v"))
    color = color_of(_rgb(node.find("{*}spPr/{*}solidFill/{*}srgbClr")), ())
    values = _points(node.find("{*}val"), float)
    return Series(name, color or "#2E75B6", tuple(values))


def _rgb(node: etree._Element | None) -> etree._Element | None:
    if node is None:
        return None
    made = etree.Element("color")
    made.set("rgb", node.get("val", ""))
    return made


def _points(node: etree._Element | None, kind: type) -> list:  # type: ignore[type-arg]
    """Return the points of a cached list in order, None where there is none."""
    if node is None:
        return []
    count = node.find(".//{*}ptCount")
    found: list[object] = [None] * min(whole(count.get("val") if count is not None else None), _MOST)
    for point in node.iterfind(".//{*}pt"):
        at = whole(point.get("idx"), -1)
        if 0 <= at < len(found):
            try:
                found[at] = kind(point.findtext("{*}v") or "")
            except ValueError:
                found[at] = None
    return found
