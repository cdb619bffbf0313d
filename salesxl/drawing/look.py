"""One look for every workbook that is drawn here: palette, font, cell formats, print set-up.

Owns colours, number formats and page settings. Refuses: what stands in the cells.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from salesxl import __version__
from salesxl.columns import Kind

__all__ = ["FONT", "PALETTE", "Look", "number_format", "open_workbook", "print_setup", "text"]

FONT = "Microsoft YaHei"
"""On every Windows with Chinese Office or WPS; elsewhere the program picks its own Chinese font."""

PALETTE = {
    "ink": "#1F2A37",
    "brand": "#1F4E79",
    "brand_light": "#DCE6F1",
    "band": "#2F75B5",
    "label": "#EEF3F8",
    "optional": "#7FA3C7",
    "computed": "#A6A6A6",
    "line": "#BFC8D2",
    "muted": "#808A96",
    "example": "#F7F7F7",
    "missing": "#FDE9E7",
    "known": "#EDEDED",
    "alert": "#C00000",
    "paper": "#FFFFFF",
}

CREATED = dt.datetime(2026, 1, 1)
"""Fixed, so that two builds of a form are the same bytes."""

NUMBER_FORMATS: Mapping[Kind, str] = {
    Kind.CODE: "@",
    Kind.CONTACT: "@",
    Kind.AMOUNT: "#,##0.00",
    Kind.AMOUNT_WAN: "#,##0.00",
    Kind.NUMBER: "#,##0",
    Kind.WHOLE: "0",
    Kind.PERCENT: "0%",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
WRAPPED = frozenset({Kind.TEXT, Kind.ITEMS, Kind.NAME, Kind.INDUSTRY, Kind.TICKED})
RIGHT = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT})


@cache
def text() -> Mapping[str, Any]:
    """Return the texts that stand on the workbooks beside what the schemas say."""
    return tomllib.loads(resources.files("salesxl.drawing").joinpath("text.toml").read_text(encoding="utf-8"))


def number_format(kind: Kind) -> str:
    """Return a kind's number format; text columns that hold digits are text, so 013… keeps its zero."""
    return NUMBER_FORMATS.get(kind, "General")


class Look:
    """The formats of one workbook, each made once: XlsxWriter writes one style for every ``add_format``."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def made(self, **properties: Any) -> Format:
        """Return the format with these properties on top of the common ones."""
        merged = {
            "font_name": FONT,
            "font_size": 10,
            "font_color": PALETTE["ink"],
            "valign": "vcenter",
            **properties,
        }
        key = tuple(sorted(merged.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(merged)
        return self._made[key]

    def title(self) -> Format:
        """The form's name, white on the brand colour."""
        return self.made(
            font_size=16, bold=True, font_color=PALETTE["paper"], bg_color=PALETTE["brand"], indent=1
        )

    def instruction(self) -> Format:
        """The line under the title."""
        return self.made(
            font_size=9, font_color=PALETTE["muted"], bg_color=PALETTE["paper"], text_wrap=True, indent=1
        )

    def note(self) -> Format:
        """A line that runs over empty cells beside it instead of wrapping."""
        return self.made(font_size=9, font_color=PALETTE["muted"], indent=1)

    def band(self) -> Format:
        """A section's heading across the sheet."""
        return self.made(
            font_size=11,
            bold=True,
            font_color=PALETTE["paper"],
            bg_color=PALETTE["band"],
            indent=1,
            **_box("band"),
        )

    def header(self, need: str) -> Format:
        """A table's header: dark where required, paler where not, grey where the toolkit computes it."""
        fill = {"required": PALETTE["brand"], "computed": PALETTE["computed"]}.get(need, PALETTE["optional"])
        return self.made(
            bold=True,
            font_color=PALETTE["paper"],
            bg_color=fill,
            align="center",
            text_wrap=True,
            **_box("paper"),
        )

    def label(self) -> Format:
        """A card's label."""
        return self.made(
            bold=True, bg_color=PALETTE["label"], align="left", indent=1, text_wrap=True, **_box()
        )

    def value(self, kind: Kind, *, boxed: bool = True, left: bool = False) -> Format:
        """A cell to fill in; without a box where a conditional format draws it around what is filled."""
        return self.made(
            num_format=number_format(kind),
            text_wrap=kind in WRAPPED,
            **_alignment(Kind.TEXT if left else kind),
            **(_box() if boxed else {}),
        )

    def example(self, kind: Kind) -> Format:
        """A cell of the example row: visibly not data."""
        return self.made(
            num_format=number_format(kind),
            text_wrap=True,
            italic=True,
            font_color=PALETTE["muted"],
            bg_color=PALETTE["example"],
            **_alignment(kind),
            **_box(),
        )

    def known(self, kind: Kind) -> Format:
        """A cell that is filled in already and need not be touched."""
        return self.made(
            num_format=number_format(kind),
            text_wrap=kind in WRAPPED,
            bg_color=PALETTE["known"],
            **_alignment(kind),
            **_box(),
        )

    def missing(self) -> Format:
        """What the conditional format lays over a cell that must still be filled in."""
        return self._workbook.add_format({"bg_color": PALETTE["missing"]})

    def started(self) -> Format:
        """The box that the conditional format draws around a row somebody has begun."""
        return self._workbook.add_format(_box())


def _alignment(kind: Kind) -> dict[str, Any]:
    """Return figures right, all else left, both a little off the line."""
    return {"align": "right" if kind in RIGHT else "left", "indent": 1}


def _box(colour: str = "line") -> dict[str, Any]:
    return {"border": 1, "border_color": PALETTE[colour]}


def open_workbook(form: str, title: str) -> tuple[Workbook, BytesIO]:
    """Return a new workbook that knows which form it is, and the buffer it goes to when closed."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "default_date_format": "yyyy-mm-dd",
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": {"font_name": FONT, "font_size": 10},
        },
    )
    workbook.set_properties({"title": title, "author": "salesxl", "created": CREATED})
    workbook.set_custom_property("salesxl.form", form)
    workbook.set_custom_property("salesxl.version", __version__)
    return workbook, buffer


def print_setup(
    sheet: Worksheet, title: str, *, landscape: bool, pages_wide: int = 1, gridlines: bool = False
) -> None:
    """Set a sheet up for A4: fitted to the width, centred, with title and page numbers at the foot."""
    words = text()["form"]
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(pages_wide, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    left, center, right = (words[f"footer_{side}"] for side in ("left", "center", "right"))
    sheet.set_footer(f"&L{left.format(title=title)}&C{center}&R{right}", {"margin": 0.3})
    sheet.hide_gridlines(1 if gridlines else 2)
