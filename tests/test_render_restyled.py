"""A team restyles the summary in LibreOffice: colours, a moved column, a chart and a logo of its own."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from salesxl import summary
from salesxl.files.packaged import shipped
from salesxl.render import lint, render

from . import office

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed"),
]
RESTYLED = "业绩达成"
FIRST_HEADER, SECOND_HEADER = "销售代表", "团队"
PLUM = "7A1E5A"
CHANGES = """
  sheet = book.Sheets.getByName("业绩达成")
  sheet.getCellRangeByName("B{top}:N{top}").CellBackColor = RGB(122, 30, 90)
  ' the column of teams goes to the end of the first table
  sheet.Columns.insertByIndex(13, 1)
  Dim area As New com.sun.star.table.CellRangeAddress
  Dim place As New com.sun.star.table.CellAddress
  area.Sheet = sheet.RangeAddress.Sheet
  area.StartColumn = 2 : area.EndColumn = 2 : area.StartRow = {top} - 1 : area.EndRow = {top} + 1
  place.Sheet = area.Sheet : place.Column = 13 : place.Row = {top} - 1
  sheet.moveRange(place, area)
  ' a chart over the one row of the template; LibreOffice draws nothing over words, so figures stand in
  done = sheet.getCellRangeByName("F{band}").String
  aim = sheet.getCellRangeByName("G{band}").String
  sheet.getCellRangeByName("F{band}").Value = 1
  sheet.getCellRangeByName("G{band}").Value = 2
  Dim box As New com.sun.star.awt.Rectangle
  box.X = 1000 : box.Y = 12000 : box.Width = 14000 : box.Height = 7000
  names = sheet.getCellRangeByName("B{top}:B{band}").RangeAddress
  figures = sheet.getCellRangeByName("F{top}:G{band}").RangeAddress
  sheet.Charts.addNewByName("added", box, Array(names, figures), True, True)
  sheet.getCellRangeByName("F{band}").String = done
  sheet.getCellRangeByName("G{band}").String = aim
  ' a logo on the first page
  logo = book.createInstance("com.sun.star.drawing.GraphicObjectShape")
  provider = createUnoService("com.sun.star.graphic.GraphicProvider")
  logo.Graphic = provider.queryGraphic(Array(Setting("URL", "LOGO")))
  Dim extent As New com.sun.star.awt.Size
  extent.Width = 2000 : extent.Height = 800
  logo.Size = extent
  book.Sheets.getByName("总览").DrawPage.add(logo)
"""


def picture(width: int, height: int) -> bytes:
    """Return a plain red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\xc8\x1e\x3c" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def header_row(sheet: Any) -> int:
    """Return the row of the first table's headers."""
    return next(row for row in range(1, 30) if sheet.cell(row, 2).value == FIRST_HEADER)


class Restyled:
    """The template as somebody saved it, and what comes of it beside the template as shipped."""

    def __init__(self, home: Path) -> None:
        (home / "in.xlsx").write_bytes(shipped("团队汇总.xlsx"))
        (home / "logo.png").write_bytes(picture(50, 20))
        top = header_row(office.load(home / "in.xlsx")[RESTYLED])
        changes = CHANGES.replace("{top}", str(top)).replace("{band}", str(top + 1))
        changes = changes.replace("LOGO", (home / "logo.png").as_uri())
        self.template = office.edit(home / "in.xlsx", home / "团队汇总.xlsx", changes).read_bytes()
        self.data = summary.sample()
        self.path = home / "out.xlsx"
        self.path.write_bytes(render(self.template, self.data))
        self.zip = zipfile.ZipFile(self.path)
        self.book = office.load(self.path)
        (home / "plain.xlsx").write_bytes(render(shipped("团队汇总.xlsx"), self.data))
        self.plain_zip = zipfile.ZipFile(home / "plain.xlsx")
        self.plain = office.load(home / "plain.xlsx")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Restyled:
    return Restyled(tmp_path_factory.mktemp("restyled"))


def values(sheet: Any) -> list[list[Any]]:
    """Return what a sheet shows; LibreOffice writes a blank text where there was none."""
    rows = [[cell.value or None if cell.value != 0 else 0 for cell in row] for row in sheet.iter_rows()]
    rows = [row[: max((n for n, v in enumerate(row, 1) if v is not None), default=0)] for row in rows]
    return rows[: max((n for n, row in enumerate(rows, 1) if row), default=0)]


def test_lint_finds_nothing_in_it(made: Restyled) -> None:
    assert lint(made.template, made.data) == []


def test_every_other_sheet_shows_the_same(made: Restyled) -> None:
    assert made.book.sheetnames == made.plain.sheetnames
    for name in made.plain.sheetnames:
        if name != RESTYLED:
            assert values(made.book[name]) == values(made.plain[name]), name


def test_the_moved_column_is_filled_where_it_stands_now_and_in_its_colour(made: Restyled) -> None:
    new = made.book[RESTYLED]
    reps = made.data["attainment"]["reps"]
    top = header_row(new)
    last = next(c for c in range(8, 30) if new.cell(top, c).value == SECOND_HEADER)
    assert [new.cell(top + n, last).value for n in range(1, len(reps) + 1)] == [r["team"] for r in reps]
    assert [new.cell(top + n, 6).value for n in range(1, len(reps) + 1)] == [r["completed"] for r in reps]
    assert new.cell(top, 2).fill.fgColor.rgb[-6:] == PLUM
    assert new.cell(top, 3).value is None


def test_all_charts_grow_the_added_one_too(made: Restyled) -> None:
    charts = [made.zip.read(n).decode() for n in made.zip.namelist() if n.startswith("xl/charts/chart")]
    plain = made.plain_zip
    before = [plain.read(n).decode() for n in plain.namelist() if n.startswith("xl/charts/chart")]

    def ranges(texts: list[str]) -> set[str]:
        found = {ref for text in texts for ref in re.findall(r"<c:f>([^<]*)</c:f>", text)}
        return {ref.replace("'", "") for ref in found if "!" in ref}  # names may be texts

    added = ranges(charts) - ranges(before)
    reps = len(made.data["attainment"]["reps"])
    assert reps > 1
    top = header_row(made.book[RESTYLED])
    rows = f"${top + 1}:$@${top + reps}"
    assert added == {f"{RESTYLED}!${c}{rows.replace('@', c)}" for c in "BFG"} | {
        f"{RESTYLED}!${c}${top}" for c in "FG"
    }
    assert ranges(before) <= ranges(charts)
    drawn = next(text for text in charts if f"{RESTYLED}!$F${top}<" in text)
    stored = re.findall(r"<c:v>([^<]*)</c:v>", drawn)
    for rep in made.data["attainment"]["reps"]:
        assert rep["rep"] in stored
        assert str(int(rep["target"])) in stored


def test_the_logo_stays_and_no_expression_does(made: Restyled) -> None:
    assert any(name.startswith("xl/media/") for name in made.zip.namelist())
    for name in made.zip.namelist():
        assert b"{{" not in made.zip.read(name), name
    assert b"each_" not in made.zip.read("xl/workbook.xml")


def test_libreoffice_opens_it_again_without_an_error_value(made: Restyled, tmp_path: Path) -> None:
    again = office.convert(made.path, "xlsx", tmp_path)
    calculated = office.load(again, data_only=True)
    for sheet in calculated:
        for row in sheet.iter_rows():
            wrong = [c.coordinate for c in row if isinstance(c.value, str) and c.value.startswith("#")]
            assert wrong == []
