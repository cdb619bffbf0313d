"""The summary's look: palette, cell formats, and a page on which tables are put one below the other.

Owns colours, print set-up and how a table of one row becomes a band. Refuses: what the tables hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from salesxl.messages import Words

__all__ = ["AMBER", "BAND", "CREATED", "FONT", "GREEN", "INK", "LINE", "LINK", "RED", "Cell", "Look", "Page"]

FONT = "微软雅黑"
INK, BAND, RED, AMBER, GREEN = "#1F3864", "#DCE6F1", "#C00000", "#FFC000", "#548235"
PALE_RED, PALE_AMBER, PALE_GREEN = "#FBE5E5", "#FFF4D6", "#E6F0DD"
LINE, MUTED, SOFT, LINK = "#D0D7E2", "#6B7686", "#9DB7DC", "#2F75B5"
CREATED = dt.datetime(2026, 1, 1)
"""Fixed, so that two builds of the template are the same bytes."""

ROW = 21
"""Height in points of a table's row that does not wrap."""

HEIGHTS = {"one": 21, "two": 33, "three": 47, "many": 92}
"""Heights of rows that wrap, by what the data calls them: room for 1, 2, 3 and 6 lines."""

NUMBERS = {
    "amount": "#,##0_)",
    "change": "+#,##0_);-#,##0_);0_)",
    "wan": "#,##0.0_)",
    "wan_change": "+#,##0.0_);-#,##0.0_);0.0_)",
    "count": "#,##0_)",
    "share": "0.0%_)",
    "mean": "#,##0.0_)",
    "times": "0.0_)",
    "points": "+0.0%_);-0.0%_)",
    "date": "yyyy-mm-dd",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a table: its header and what stands below it.

    ``kind``: text, wrap, middle, amount, change, wan, count, mean, times, share, points or date; section only
    where it leads somewhere. ``total`` stands in the total row.
    """

    header: str
    value: str
    kind: str = "text"
    total: str | None = None


class Look:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook, sheets: type[Worksheet] = Worksheet) -> None:
        self.workbook = workbook
        self.sheets = sheets
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def made(self, **properties: Any) -> Format:
        """Return the format with these properties on top of the common ones."""
        merged = {"font_name": FONT, "font_size": 10, "font_color": "#222B38", "valign": "vcenter"}
        key = tuple(sorted({**merged, **properties}.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format(dict(key))
        return self._made[key]

    def body(self, kind: str, **more: Any) -> Format:
        """Return the format of a table's cell."""
        properties: dict[str, Any] = {"bottom": 1, "bottom_color": LINE, **more}
        if kind in NUMBERS:
            properties["num_format"] = NUMBERS[kind]
            properties["align"] = "center" if kind == "date" else "right"
        elif kind == "middle":
            properties["align"] = "center"
        else:
            properties |= {"align": "left", "indent": 1, "num_format": "@"}
        # one line is shrunk rather than cut off or shown as ###
        properties["text_wrap" if kind == "wrap" else "shrink"] = True
        return self.made(**properties)

    def header(self, kind: str) -> Format:
        """Return the format of a table's header cell."""
        align = "left" if kind in ("text", "wrap") else "center"
        box: dict[str, Any] = {"align": align, "indent": int(align == "left")}
        box |= {"left": 1, "right": 1, "left_color": "#FFFFFF", "right_color": "#FFFFFF"}
        return self.made(
            bold=True,
            font_color="#FFFFFF",
            bg_color=INK,
            text_wrap=True,
            **box,
        )


class Page:
    """A sheet being drawn from the top down; ``row`` is the next free row, counted from 0."""

    WORDS, SHEETS = "summary", "summary_sheet"
    """Where the texts of the workbook's pages stand, and the names of its sheets."""

    def __init__(
        self, look: Look, words: Words, key: str, widths: Sequence[float], name: str | None = None
    ) -> None:
        self.look, self.words, self.key = look, words, key
        self.name = name or self.sheet_name(key)
        self.sheet: Worksheet = look.workbook.add_worksheet(self.name, look.sheets)
        self.last = len(widths)
        self.row = 0
        self._bands: dict[str, int] = {}
        self.sheet.set_column(0, 0, 1.5)
        for at, width in enumerate(widths, 1):
            self.sheet.set_column(at, at, width, look.made())
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.6)
        self.sheet.center_horizontally()
        page_of = words.text("summary.footer")
        self.sheet.set_footer(f"&L&9{{{{ title }}}}&C&9{self.name}&R&9{page_of}", {"margin": 0.3})

    def text(self, key: str, /, **facts: Any) -> str:
        """Return a text; a key without a dot belongs to this page."""
        return self.words.text(key if "." in key else f"{self.WORDS}.{self.key}.{key}", **facts)

    def sheet_name(self, key: str) -> str:
        """Return the name of one of the workbook's sheets."""
        return self.words.name(self.SHEETS, key)

    # ---- what stands on a page

    def title(self, note: str | None = None) -> None:
        """Put the page's name on top, with the way back to 总览, and a line under it."""
        bar = self.look.made(font_size=16, bold=True, font_color="#FFFFFF", bg_color=INK, indent=1)
        link = self.look.made(font_color="#2F75B5", underline=1, align="right", indent=1)
        sheet = self.sheet
        sheet.set_row(0, 32)
        for column in range(1, self.last + 1):
            sheet.write_blank(0, column, None, bar)
        sheet.write_string(0, 1, self.name, bar)
        home = self.sheet_name("overview")
        sheet.write_url(1, self.last, f"internal:'{home}'!A1", link, self.text("summary.follow_up.back"))
        sheet.set_row(1, 20)
        sheet.write_string(1, 1, "{{ subtitle }}", self.look.made(font_size=9, font_color=MUTED, indent=1))
        self.row = 2
        if note is not None:
            self.line(note)
        self.sheet.freeze_panes(2, 0)
        self.sheet.repeat_rows(0, 1)

    def line(self, text: str, height: float = 20, **properties: Any) -> None:
        """Put a line of text over the whole width."""
        look = self.look.made(
            **{"font_size": 9, "font_color": MUTED, "text_wrap": True, "indent": 1, **properties}
        )
        self.sheet.set_row(self.row, height)
        self.sheet.merge_range(self.row, 1, self.row, self.last, text, look)
        self.row += 1

    def gap(self, height: float = 10) -> None:
        """Leave a little room."""
        self.sheet.set_row(self.row, height)
        self.row += 1

    def section(self, text: str) -> None:
        """Begin a section."""
        mark = self.look.made(font_size=12, bold=True, font_color=INK, bottom=2, bottom_color=INK)
        self.sheet.set_row(self.row, 26)
        for column in range(1, self.last + 1):
            self.sheet.write_blank(self.row, column, None, mark)
        self.sheet.write_string(self.row, 1, text, mark)
        self.row += 1

    def header(self, cells: Sequence[Cell], height: float = 30) -> None:
        """Put a table's header."""
        self.sheet.set_row(self.row, height)
        for column, cell in enumerate(cells, 1):
            self.sheet.write_string(self.row, column, cell.header, self.look.header(cell.kind))
        self.row += 1

    def table(self, band: str, cells: Sequence[Cell], *, wraps: bool = False, header: float = 30) -> int:
        """Put a header and the row that repeats for a list; return that row.

        ``band`` is the list as expressions write it, with ``__`` for a dot. A total row follows if any cell
        has one. A row that ``wraps`` stands there in every height; each item keeps the one it needs.
        """
        self.header(cells, header)
        row = self.row
        heights = HEIGHTS if wraps else {"": ROW}
        for flag, height in heights.items():
            self.sheet.set_row(self.row, height)
            for column, cell in enumerate(cells, 1):
                self.sheet.write_string(self.row, column, cell.value, self.look.body(cell.kind))
            if flag:
                self.only_if(f"row__{flag}", self.row, self.row)
            self.row += 1
        self.each(band, row, self.row - 1)
        if any(cell.total is not None for cell in cells):
            self._total(cells)
        return row

    def widen(self, row: int, column: int, cell: Cell) -> None:
        """Let a column of the table at ``row`` take the one beside it, header included."""
        header, body = self.look.header(cell.kind), self.look.body(cell.kind)
        self.sheet.merge_range(row - 1, column, row - 1, column + 1, cell.header, header)
        self.sheet.merge_range(row, column, row, column + 1, cell.value, body)

    def spread(self, band: str, cells: Sequence[tuple[Cell, int]], *, height: float = ROW) -> int:
        """Put a table whose columns take several of the page's (the number beside each); return its row."""
        for offset, size in enumerate((24.0, height)):
            self.sheet.set_row(self.row + offset, size)
        left = 1
        for cell, wide in cells:
            for row, text, form in (
                (self.row, cell.header, self.look.header(cell.kind)),
                (self.row + 1, cell.value, self.look.body(cell.kind)),
            ):
                self._across(row, left, wide, text, form)
            left += wide
        self.each(band, self.row + 1)
        self.row += 2
        return self.row - 1

    def spread_wrapped(self, band: str, cells: Sequence[tuple[Cell, int]]) -> int:
        """Put a table as ``spread`` does, whose rows stand there in every height; return the first."""
        top = self.row
        for height, texts in ((24.0, None), *((height, flag) for flag, height in HEIGHTS.items())):
            self.sheet.set_row(self.row, height)
            left = 1
            for cell, wide in cells:
                form = self.look.header(cell.kind) if texts is None else self.look.body(cell.kind)
                text = cell.header if texts is None else cell.value
                self._across(self.row, left, wide, text, form)
                left += wide
            if texts is not None:
                self.only_if(f"row__{texts}", self.row, self.row)
            self.row += 1
        self.each(band, top + 1, self.row - 1)
        return top + 1

    def _across(self, row: int, left: int, wide: int, text: str, form: Format) -> None:
        if wide > 1:
            self.sheet.merge_range(row, left, row, left + wide - 1, text, form)
        else:
            self.sheet.write_string(row, left, text, form)

    def lead(
        self,
        row: int,
        column: int,
        cell: Cell,
        place: str,
        *,
        file: str | None = None,
        first: int | None = None,
        rows: int = 1,
    ) -> None:
        """Let a cell lead to a place in this workbook, or in the workbook whose address is ``file``.

        Both are expressions; where they turn out blank the cell leads nowhere. A summary rendered from a book
        alone knows no files, so a cell that leads to one looks like a link only while its file is known: that
        is asked of a hidden cell beside the printed page.
        """
        if file is None:
            form = self._link(cell.kind)
            self.sheet.write_url(row, column, f"internal:{place}", form, cell.value)
            return
        self.sheet.write_url(row, column, f"external:{file}#{place}", self.look.body(cell.kind), cell.value)
        flag, first = self.last + 2, row if first is None else first
        known = file.replace("}}", "| length > 0 }}")
        self.sheet.write_string(row, flag, known, self.look.made(font_color="#FFFFFF"))
        self.sheet.set_column(flag, flag, 3, None, {"hidden": True})
        linked = self.look.workbook.add_format({"font_color": LINK, "underline": 1})
        rule = {"type": "formula", "criteria": f"=${chr(65 + flag)}{first + 1}", "format": linked}
        if row == first:  # one rule over all heights of a row: they turn into each other when rows repeat
            self.sheet.conditional_format(row, column, first + rows - 1, column, rule)

    def _link(self, kind: str) -> Format:
        if kind == "section":
            return self.look.made(font_size=12, bold=True, font_color=LINK, bottom=2, bottom_color=INK)
        return self.look.body(kind, font_color=LINK, underline=1)

    def _total(self, cells: Sequence[Cell]) -> None:
        self.sheet.set_row(self.row, 23)
        for column, cell in enumerate(cells, 1):
            look = self.look.body(cell.kind, bold=True, bg_color=BAND, top=1, top_color=INK)
            self.sheet.write_string(self.row, column, cell.total or "", look)
        self.row += 1

    def space_for(self, chart: Chart, column: int, width: int, rows: int, height: float = 20) -> None:
        """Put a chart at the next row, at a column; the caller moves on by ``rows`` of that height."""
        chart.set_size({"width": width, "height": round(rows * height * 4 / 3) - 8})
        self.sheet.insert_chart(self.row, column, chart, {"x_offset": 4, "y_offset": 4, "object_position": 2})

    def move_on(self, rows: int, height: float = 20) -> None:
        """Leave rows under charts."""
        for row in range(self.row, self.row + rows):
            self.sheet.set_row(row, height)
        self.row += rows

    # ---- bands

    def each(self, band: str, first: int, last: int | None = None) -> None:
        """Let rows repeat for each item of a list."""
        self.named(f"each_{band}", first, first if last is None else last)

    def only_if(self, value: str, first: int, last: int) -> None:
        """Keep rows only while a value is true."""
        self.named(f"if_{value}", first, last)

    def named(self, name: str, first: int, last: int) -> None:
        """Give rows a band's name, made unique in the workbook by the sheet's key."""
        count = self._bands[name] = self._bands.get(name, 0) + 1
        unique = f"{name}.{self.key}{count}"
        self.look.workbook.define_name(unique, f"='{self.name}'!${first + 1}:${last + 1}")

    # ---- conditional formats

    def paint(
        self, row: int, column: int, formula: str, look: str, *, to: int | None = None, rows: int = 1
    ) -> None:
        """Colour a band's cell where a formula holds; ``look`` is red, amber, green, alert or whole."""
        colours: dict[str, dict[str, Any]] = {
            "red": {"font_color": RED, "bg_color": PALE_RED, "bold": True},
            "amber": {"font_color": "#7F6000", "bg_color": PALE_AMBER},
            "green": {"font_color": GREEN, "bg_color": PALE_GREEN},
            "alert": {"font_color": RED, "bold": True},
            "whole": {"bg_color": BAND, "bold": True},
        }
        painted = self.look.workbook.add_format(colours[look])
        rule = {"type": "formula", "criteria": formula, "format": painted}
        self.sheet.conditional_format(row, column, row + rows - 1, column if to is None else to, rule)

    def bar(self, row: int, column: int, colour: str = SOFT, *, most: float | None = None) -> None:
        """Put a data bar behind a band's figures, from zero, up to ``most`` or the largest."""
        rule: dict[str, Any] = {
            "type": "data_bar", "bar_color": colour, "bar_solid": True, "min_type": "num", "min_value": 0,
            "data_bar_2010": True, "bar_border_color": colour,
        }  # fmt: skip
        if most is not None:
            rule |= {"max_type": "num", "max_value": most}
        self.sheet.conditional_format(row, column, row, column, rule)

    def shade(self, row: int, column: int) -> None:
        """Shade a band's figures from white to blue, the largest the deepest."""
        rule = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": SOFT}
        self.sheet.conditional_format(row, column, row, column, rule)
