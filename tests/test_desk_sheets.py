"""Sheets as a page shows them: numbers by their format, looks that are safe, merges, charts, other kinds."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from salesxl.desk import looks, sheets
from salesxl.errors import RefusedError
from salesxl.model import Area


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (0.62966, "0.0%", "63.0%"),
        (1234567.0, "#,##0", "1,234,567"),
        (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        (-3.0, "0;(0)", "(3)"),
        (0.0, '0;-0;"–"', "–"),
        (12.34, '0.0"万"', "12.3万"),
        (42.0, "00000", "00042"),
        (45000.0, "yyyy-mm-dd", "2023-03-15"),
        (45000.0, 'yyyy"年"m"月"d"日"', "2023-03-15"),
        (45000.5, "yyyy-mm-dd hh:mm", "2023-03-15 12:00"),
        (0.75, "hh:mm", "18:00"),
        (0.1 + 0.2, "General", "0.3"),
        (1e6, "", "1000000"),
        (5.0, "¥#,##0.00", "¥5.00"),
    ],
)
def test_a_number_is_shown_as_its_format_shows_it(number: float, code: str, shown: str) -> None:
    assert looks.number_text(number, code) == shown


def book(tmp_path: Path, write) -> Path:
    """Write a workbook of one sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        write(workbook, workbook.add_worksheet("表"))
    path = tmp_path / "表.xlsx"
    path.write_bytes(made.getvalue())
    return path


def test_merged_hidden_and_styled_cells_look_as_in_the_workbook(tmp_path: Path) -> None:
    def write(workbook, sheet) -> None:
        red = workbook.add_format({"bg_color": "#FFC7CE", "bold": True, "align": "center", "border": 1})
        sheet.merge_range("A1:C1", "标题", red)
        sheet.write("A2", "甲")
        sheet.write("C2", 0.5, workbook.add_format({"num_format": "0%"}))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write("A3", "藏")
        sheet.set_column("B:B", 20, None, {"hidden": True})

    view = sheets.view(book(tmp_path, write), "表")
    cells = {cell.name: cell for row in view.rows for cell in row.cells}
    assert (cells["A1"].text, cells["A1"].columns) == ("标题", 2)
    assert "C1" not in cells
    assert (cells["C2"].text, cells["C2"].number) == ("50%", True)
    assert [row.number for row in view.rows] == [1, 2]
    assert [letters for letters, _ in view.columns] == ["A", "C"]
    rule = re.search(rf"\.{cells['A1'].classes}{{([^}}]*)}}", view.rules)
    assert rule is not None
    assert {"background-color:#FFC7CE", "font-weight:bold", "text-align:center"} <= set(rule[1].split(";"))


def test_a_part_of_a_sheet_is_the_cells_around_one(tmp_path: Path) -> None:
    def write(_workbook, sheet) -> None:
        for row in range(30):
            for column in range(30):
                sheet.write(row, column, f"{row + 1}-{column + 1}")

    view = sheets.view(book(tmp_path, write), "表", sheets.around("J10"))
    assert ([row.number for row in view.rows], view.columns[0][0], view.columns[-1][0]) == (
        [*range(7, 14)],
        "G",
        "M",
    )
    assert sheets.around("A1") == Area(1, 1, 4, 7)


def test_nothing_a_workbook_says_becomes_anything_but_a_look(tmp_path: Path) -> None:
    def write(workbook, sheet) -> None:
        sheet.write("A1", "甲", workbook.add_format({"bg_color": "#FFC7CE"}))

    path = book(tmp_path, write)
    evil = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(evil)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"FFFFC7CE", b"red}body{background:url(//evil)}")
            new.writestr(name, data)
    assert "evil" not in sheets.view(path, "表").rules


def test_bar_charts_are_drawn_from_what_the_workbook_keeps_of_them() -> None:
    path = Path(__file__).parents[1] / "templates" / "团队汇总.xlsx"
    view = sheets.view(path, None)
    assert len(view.charts) == 3
    assert all(chart.width > 0 < chart.height for chart in view.charts)


@pytest.mark.parametrize("name", ["表.csv", "表.xlsx"])
def test_what_is_no_workbook_is_refused_or_shown_plain(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("姓名,电话\n<b>张三</b>,138\n", encoding="utf-8")
    if name.endswith(".xlsx"):
        with pytest.raises(RefusedError):
            sheets.view(path, None)
    else:
        cells = {cell.name: cell.text for row in sheets.view(path, None).rows for cell in row.cells}
        assert (cells["A2"], cells["B1"]) == ("<b>张三</b>", "电话")


def test_a_sheet_that_is_not_there_is_no_other_one(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        sheets.view(book(tmp_path, lambda _book, sheet: sheet.write("A1", 1)), "另一张")
