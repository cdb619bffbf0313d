"""A part of a workbook's sheet as it looks: cells with their styles, merges, widths and charts, for a page.

Owns reading them, within the guard's bounds for an everyday workbook. What is not .xlsx is shown plain, as it
is read. Refuses: markup, which templates make; changing anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from salesxl.desk import charts, looks
from salesxl.errors import RefusedError
from salesxl.intake import PLAIN
from salesxl.messages import show
from salesxl.model import Area, Grid, column_letters
from salesxl.xlsx.edit import Book
from salesxl.xlsx.package import Package
from salesxl.xlsx.read import grid
from salesxl.xlsx.refs import read_areas, split_cell
from salesxl.xlsx.values import string_text, whole

__all__ = ["Cell", "Row", "View", "around", "view"]

WIDEST = 40
LONGEST = 400
"""Columns and rows shown of one sheet."""
_CHARACTER = 7
"""Pixels of a character of the default font, by which columns are measured."""
_USUAL = 8.43
_BEFORE, _AFTER = 3, 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is shown: its address, text, the classes of its looks, and over how many cells it goes.

    ``spills``: its text runs on over the blank cell beside it.
    """

    name: str
    text: str
    classes: str = ""
    rows: int = 1
    columns: int = 1
    number: bool = False
    spills: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, its height in pixels (None for as high as needed), and its cells."""

    number: int
    height: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a sheet. ``columns`` are letters with widths in pixels, ``rules`` CSS.

    ``cut`` says that the sheet goes on; ``charts`` lie over the cells.
    """

    sheet: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    rules: str = ""
    charts: tuple[charts.Chart, ...] = ()
    cut: bool = False

    @property
    def width(self) -> int:
        """The width of all columns in pixels."""
        return sum(width for _, width in self.columns)


def around(cell: str) -> Area:
    """Return the area around a cell that is shown with it."""
    row, column = split_cell(cell)
    left = max(1, column - _BEFORE)
    return Area(max(1, row - _BEFORE), left, row + _AFTER, max(column + _AFTER, left + 2 * _BEFORE))


def view(path: Path, sheet: str | None, area: Area | None = None, *, prefix: str = "s") -> View:
    """Return what a sheet of a workbook looks like, or a part of it; without a name the first sheet.

    ``prefix`` begins the names of CSS classes, so that several views stand in one page.

    Raises:
        RefusedError: the file breaks the bounds of an everyday workbook, or cannot be read.
        KeyError: there is no such sheet.
    """
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm"):
        try:
            return _Reader(Book(Package.open(path, PLAIN)), sheet, prefix).view(area)
        except etree.XMLSyntaxError as broken:
            raise RefusedError("unreadable", reason="damaged", detail=str(broken)) from broken
    grids = grid.read(path, file=path.name, limits=PLAIN).grids
    found = next((g for g in grids if sheet in (None, g.sheet)), None)
    if found is None:
        raise KeyError(sheet)
    return _plain(found, area)


def _plain(found: Grid, area: Area | None) -> View:
    deep, wide = len(found.rows), max(map(len, found.rows), default=0)
    shown = _bounded(area, deep, wide)
    rows = []
    for number in range(shown.top, shown.bottom + 1):
        values = found.rows[number - 1] if number <= deep else ()
        cells = []
        for column in range(shown.left, shown.right + 1):
            value = values[column - 1] if column <= len(values) else None
            name = f"{column_letters(column)}{number}"
            cells.append(Cell(name, show(value), number=isinstance(value, (int, float))))
        rows.append(Row(number, None, tuple(cells)))
    columns = tuple((column_letters(n), 110) for n in range(shown.left, shown.right + 1))
    return View(found.sheet, columns, tuple(rows), cut=area is None and (deep > LONGEST or wide > WIDEST))


def _bounded(area: Area | None, deep: int, wide: int) -> Area:
    if area is None:
        return Area(1, 1, min(max(deep, 1), LONGEST), min(max(wide, 1), WIDEST))
    bottom = max(area.top, min(area.bottom, max(deep, area.top + _BEFORE)))
    right = max(area.left, min(area.right, max(wide, area.left + _BEFORE)))
    return Area(area.top, area.left, bottom, right)


@dataclass(slots=True)
class _Found:
    """What a sheet's part holds of an area: cells by (row, column), heights, hidden rows, how far it goes."""

    cells: dict[tuple[int, int], etree._Element] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    deep: int = 0
    wide: int = 0


class _Reader:
    """Reads one sheet of a workbook."""

    def __init__(self, book: Book, sheet: str | None, prefix: str) -> None:
        self.book, self.prefix = book, prefix
        names = book.worksheets()
        if not names:
            raise RefusedError("unreadable", reason="no_sheets")
        self.name = sheet or names[0]
        if self.name not in names:
            raise KeyError(sheet)
        self.part = book.part(self.name)
        package = book.package
        theme = next(iter(package.related(package.main(), "theme")), None)
        self.theme = looks.theme_colors(package.read(theme) if theme else None)
        self.codes = {whole(n.get("numFmtId")): n.get("formatCode", "") for n in book.styles.items("numFmts")}
        self.codes = {**looks.BUILT_IN, **self.codes}
        strings = next(iter(package.related(package.main(), "sharedStrings")), None)
        self.strings = [string_text(n) for n in package.xml(strings)] if strings else []
        self.rules: dict[str, str] = {}

    def view(self, area: Area | None) -> View:
        root = etree.fromstring(self.book.package.read(self.part))
        found = _found(root, area)
        shown = _bounded(area, found.deep, found.wide)
        hidden, widths = self._columns(root, shown)
        columns = [n for n in range(shown.left, shown.right + 1) if n not in hidden]
        numbers = [n for n in range(shown.top, shown.bottom + 1) if n not in found.hidden]
        covers, covered = _merged(root, columns, numbers)
        extra = self._conditional(root, found)
        rows = [
            Row(
                number,
                round(found.heights[number] * 4 / 3) if number in found.heights else None,
                _spilling(
                    self._cell(found.cells.get((number, c)), number, c, covers, extra)
                    for c in columns
                    if (number, c) not in covered
                ),
            )
            for number in numbers
        ]
        sizes = tuple((column_letters(n), widths.get(n, round(_USUAL * _CHARACTER + 5))) for n in columns)
        drawn = charts.charts(self.book.package, self.part) if area is None else ()
        rules = "".join(f".{name}{{{css}}}" for name, css in self.rules.items() if css)
        cut = area is None and (found.deep > LONGEST or found.wide > WIDEST)
        return View(self.name, sizes, tuple(rows), rules, _placed(drawn, sizes, rows), cut)

    def _columns(self, root: etree._Element, shown: Area) -> tuple[set[int], dict[int, int]]:
        hidden: set[int] = set()
        widths: dict[int, int] = {}
        for node in root.iterfind("{*}cols/{*}col"):
            low, high = whole(node.get("min"), 1), whole(node.get("max"), 1)
            for number in range(max(low, shown.left), min(high, shown.right) + 1):
                if node.get("hidden") in ("1", "true"):
                    hidden.add(number)
                widths[number] = min(480, max(12, round(_number(node.get("width"), _USUAL) * _CHARACTER + 5)))
        return hidden, widths

    def _cell(
        self,
        node: etree._Element | None,
        row: int,
        column: int,
        covers: Mapping[tuple[int, int], tuple[int, int]],
        extra: Mapping[tuple[int, int], str],
    ) -> Cell:
        rows, columns = covers.get((row, column), (1, 1))
        name = f"{column_letters(column)}{row}"
        if node is None:
            return Cell(name, "", rows=rows, columns=columns)
        style = whole(node.get("s"))
        known = f"{self.prefix}{style}"
        if known not in self.rules:
            self.rules[known] = looks.css_of(self.book.styles, style, self.theme)
        text, number = self._text(node, style)
        classes = f"{known} {extra[row, column]}" if (row, column) in extra else known
        return Cell(name, text, classes, rows, columns, number)

    def _text(self, node: etree._Element, style: int) -> tuple[str, bool]:
        """Return what a cell shows, and whether it is a number."""
        kind = node.get("t", "n")
        if kind == "inlineStr":
            inner = node.find("{*}is")
            return (string_text(inner) if inner is not None else ""), False
        value = node.findtext("{*}v") or ""
        if kind == "s":
            at = whole(value, -1)
            return (self.strings[at] if 0 <= at < len(self.strings) else ""), False
        if kind == "b":
            return ("TRUE" if value in ("1", "true") else "FALSE"), False
        if kind != "n" or not value:
            return value, False
        code = self.codes.get(whole(self.book.styles.xf(style).get("numFmtId")), "")
        try:
            return looks.number_text(float(value), code, date1904=self.book.date1904), True
        except (ValueError, OverflowError):
            return value, False

    def _conditional(self, root: etree._Element, found: _Found) -> dict[tuple[int, int], str]:
        """Return the classes that conditional formats add: those that ask one cell for yes or no."""
        extra: dict[tuple[int, int], str] = {}
        formats = self.book.styles.items("dxfs")
        for node in root.iterfind("{*}conditionalFormatting"):
            for rule in node.iterfind("{*}cfRule"):
                at = whole(rule.get("dxfId"), -1)
                if not _is_true(rule.findtext("{*}formula") or "", found) or not 0 <= at < len(formats):
                    continue
                font = formats[at].find("{*}font")
                name = f"{self.prefix}d{at}"
                self.rules[f"{name}.{name}"] = ";".join(
                    looks.font_css(font, self.theme) if font is not None else []
                )
                for spot in read_areas(node.get("sqref", "")):
                    extra[spot.top, spot.left] = name
        return extra


def _is_true(formula: str, found: _Found) -> bool:
    try:
        node = found.cells.get(split_cell(formula.replace("$", "")))
    except ValueError:
        return False
    return node is not None and node.get("t") == "b" and node.findtext("{*}v") == "1"


def _found(root: etree._Element, area: Area | None) -> _Found:
    """Take out the cells of an area; those of a sheet shown as a whole up to its bounds."""
    found = _Found()
    row = 0
    for node in root.iterfind("{*}sheetData/{*}row"):
        row = whole(node.get("r"), row + 1)
        wanted = row <= LONGEST if area is None else area.top <= row <= area.bottom
        if wanted and node.get("hidden") in ("1", "true"):
            found.hidden.add(row)
        if wanted and node.get("ht"):
            found.heights[row] = _number(node.get("ht"), 15)
        column = 0
        for cell in node:
            column = split_cell(cell.get("r", ""))[1] if cell.get("r") else column + 1
            if len(cell):
                found.deep, found.wide = max(found.deep, row), max(found.wide, column)
            if wanted and (area is None or area.left <= column <= area.right):
                found.cells[row, column] = cell
    return found


def _merged(
    root: etree._Element, columns: Collection[int], rows: Collection[int]
) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Return over how many shown rows and columns merged cells go, and the cells that lie under them."""
    covers: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for node in root.iterfind("{*}mergeCells/{*}mergeCell"):
        for area in read_areas(node.get("ref", "")):
            down = [r for r in rows if area.top <= r <= area.bottom]
            across = [c for c in columns if area.left <= c <= area.right]
            if down and across:
                covers[down[0], across[0]] = len(down), len(across)
                covered |= {(r, c) for r in down for c in across} - {(down[0], across[0])}
    return covers, covered


def _placed(
    drawn: Collection[charts.Chart], columns: tuple[tuple[str, int], ...], rows: list[Row]
) -> tuple[charts.Chart, ...]:
    """Return charts at their places in pixels, as columns and rows have them."""
    lefts, tops = [0], [0]
    for _, width in columns:
        lefts.append(lefts[-1] + width)
    for row in rows:
        tops.append(tops[-1] + (row.height or 20))

    def at(edges: list[int], number: int) -> int:
        return edges[min(number, len(edges) - 1)]

    return tuple(
        chart.at(
            at(lefts, chart.area.left),
            at(tops, chart.area.top),
            at(lefts, chart.area.right),
            at(tops, chart.area.bottom),
        )
        for chart in drawn
    )


def _spilling(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells of a row, with those noted whose text runs on over a blank one."""
    found = [*cells]
    after = [*(not cell.text for cell in found[1:]), False]
    return tuple(
        replace(cell, spills=bool(cell.text) and not cell.number and cell.columns == 1 and blank)
        for cell, blank in zip(found, after, strict=True)
    )


def _number(text: str | None, usual: float) -> float:
    try:
        return float(text or usual)
    except ValueError:
        return usual
