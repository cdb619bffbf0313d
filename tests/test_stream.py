"""Rows streamed into the tables of a template workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from salesxl.errors import TemplateError
from salesxl.template import stream
from salesxl.template.stream import Table, fill_tables
from salesxl.xlsx.values import unescape

LABELS = ["客户名称", "金额", "首次接触时间", "联系方式", "战略客户"]


@pytest.fixture
def template() -> bytes:
    """A sheet with a table, a formula below it, formats over the sample row, and a plain sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("客户档案")
    sheet.add_table("A1:F2", {"columns": [{"header": h} for h in [*LABELS, "来源"]], "name": "customers"})
    sheet.write_row("A2", ["样例", 1, None, "x", None, "y"])
    sheet.write_number("B2", 5, money)
    sheet.write_blank("C2", None, day)
    sheet.set_row(1, 21)
    sheet.write_formula("B4", "=SUM(B2:B2)+A$4")
    sheet.conditional_format("B2:B2", {"type": "cell", "criteria": ">", "value": 100, "format": money})
    sheet.data_validation("E2:E1048576", {"validate": "list", "source": ["是", "否"]})
    sheet.print_area("A1:F2")
    other = book.add_worksheet("说明")
    other.write("A1", "不动")
    book.close()
    return buffer.getvalue()


def table(labels: list[str], rows: list[list[Any]]) -> Table:
    return Table(labels, len(rows), lambda first, stop: list(zip(*rows[first:stop], strict=True)))


def filled(template: bytes, rows: list[list[Any]], tmp_path: Path, labels: list[str] = LABELS) -> Worksheet:
    out = tmp_path / "out.xlsx"
    assert fill_tables(template, {"客户档案": table(labels, rows)}, out) == {"客户档案": len(rows)}
    return openpyxl.load_workbook(out)["客户档案"]


def test_every_kind_of_value_comes_back_as_it_went_in(template: bytes, tmp_path: Path) -> None:
    rows = [
        ["=1+1", Decimal("1234567890.10"), dt.date(2024, 3, 15), "13800138000", True],
        [" 前后有空格 ", 0.1, dt.datetime(2024, 3, 25, 18, 30), "+86 138\n\x07<&>", None],
        ["_x0041_", float("nan"), dt.date(1900, 1, 1), "", False],
        ["换行\r", np.int64(7), pd.Timestamp("2024-02-29"), pd.NA, pd.NaT],
    ]
    sheet = filled(template, rows, tmp_path)
    cells = list(sheet.iter_rows(min_row=2, max_row=5, max_col=5))
    assert [c.value for c in cells[0]] == [
        "=1+1",
        1234567890.1,
        dt.datetime(2024, 3, 15),
        "13800138000",
        True,
    ]
    assert cells[0][0].data_type == "s"
    assert cells[1][0].value == " 前后有空格 "
    assert cells[1][2].value == dt.datetime(2024, 3, 25, 18, 30)
    assert unescape(cells[1][3].value) == "+86 138\n\x07<&>"
    assert unescape(cells[2][0].value) == "_x0041_"
    assert [c.value for c in cells[2][1:]] == [None, dt.datetime(1900, 1, 1), None, False]
    assert unescape(cells[3][0].value) == "换行\r"
    assert [c.value for c in cells[3][1:]] == [7, dt.datetime(2024, 2, 29), None, None]
    xml = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1234567890.10</v>" in xml


def test_rows_take_the_samples_styles_and_height(template: bytes, tmp_path: Path) -> None:
    sheet = filled(template, [["甲", 1, None, "x", None]] * 3, tmp_path)
    for row in (2, 3, 4):
        assert sheet.cell(row, 2).number_format == "#,##0.00"
        assert sheet.cell(row, 3).number_format == "yyyy-mm-dd"
        assert sheet.row_dimensions[row].height == 21
    assert sheet["A2"].value == "甲"
    assert sheet["F2"].value is None


@pytest.mark.parametrize(("count", "last"), [(0, 2), (1, 2), (2, 3), (500, 501)])
def test_everything_that_covers_the_sample_row_grows(
    template: bytes, tmp_path: Path, count: int, last: int
) -> None:
    sheet = filled(template, [["甲", i, None, None, None] for i in range(count)], tmp_path)
    assert sheet.tables["customers"].ref == f"A1:F{last}"
    assert sheet.tables["customers"].autoFilter.ref == f"A1:F{last}"
    assert [str(r.sqref) for r in sheet.conditional_formatting] == ["B2" if last == 2 else f"B2:B{last}"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "E2:E1048576"
    assert sheet.print_area == f"'客户档案'!$A$1:$F${last}"
    assert sheet.cell(last + 2, 2).value == f"=SUM(B2:B{last})+A${last + 2}"
    assert sheet.dimensions == f"A1:F{last + 2}"


def test_columns_are_found_by_label_wherever_they_stand(template: bytes, tmp_path: Path) -> None:
    sheet = filled(template, [["来自甲", "甲"]], tmp_path, ["来源", "客户名称"])
    assert (sheet["A2"].value, sheet["F2"].value, sheet["B2"].value) == ("甲", "来自甲", None)


def test_a_blank_cell_is_written_only_where_its_look_is_not_the_columns(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("客户档案")
    money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row("A1", ["客户名称", "金额", "日期", "回款"])
    sheet.set_column("B:C", 12, money)
    sheet.set_column("D:D", 12, money)
    sheet.write_string("A2", "样例")
    sheet.write_blank("B2", None, money)
    sheet.write_blank("C2", None, day)
    book.close()
    rows = [["甲", None, None, None], ["乙", 1, 1, 1]]
    tables = {"客户档案": table(["客户名称", "金额", "日期", "回款"], rows)}
    fill_tables(buffer.getvalue(), tables, tmp_path / "out.xlsx")
    xml = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<c r="([A-Z]2)"', xml) == ["A2", "C2"]
    made = openpyxl.load_workbook(tmp_path / "out.xlsx")["客户档案"]
    assert [cell.number_format for cell in made[3]] == ["General", "#,##0.00", "yyyy-mm-dd", "#,##0.00"]


def test_equal_values_of_unlike_kinds_in_one_column_stay_apart(template: bytes, tmp_path: Path) -> None:
    values = [1, True, 1.5, Decimal("1.50"), "1", True, 1]
    filled(template, [["甲", value, None, None, None] for value in values], tmp_path)
    xml = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml").decode()
    cells = re.findall(r'<c r="B\d" s="\d+"(?: t="(\w+)")?>(?:<is><t>|<v>)([\d.]+)<', xml)
    number, yes, text = ("", "1"), ("b", "1"), ("inlineStr", "1")
    assert cells == [number, yes, ("", "1.5"), ("", "1.50"), text, yes, number]


def test_a_table_is_asked_for_some_rows_at_a_time(
    template: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHUNK", 3)
    asked = []

    def values(first: int, stop: int) -> list[list[Any]]:
        asked.append((first, stop))
        return [[f"客户{n}" for n in range(first, stop)]]

    fill_tables(template, {"客户档案": Table(["客户名称"], 7, values)}, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["客户档案"]
    assert [sheet.cell(row, 1).value for row in range(2, 9)] == [f"客户{n}" for n in range(7)]
    assert asked == [(0, 3), (3, 6), (6, 7)]


def test_parts_that_are_not_concerned_stay_byte_for_byte(template: bytes, tmp_path: Path) -> None:
    filled(template, [["甲", 1, None, None, None]] * 2, tmp_path)
    old, new = zipfile.ZipFile(io.BytesIO(template)), zipfile.ZipFile(tmp_path / "out.xlsx")
    changed = {n for n in old.namelist() if old.read(n) != new.read(n)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"}
    assert not re.search(rb"<row [^>]*xmlns", new.read("xl/worksheets/sheet1.xml"))


def test_same_rows_give_the_same_bytes(template: bytes, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        fill_tables(template, {"客户档案": table(LABELS, [["甲", 1, None, None, None]])}, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_missing_sheet_or_label_is_named_with_near_ones(template: bytes, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"客户挡案.*客户档案"):
        fill_tables(template, {"客户挡案": table(LABELS, [])}, tmp_path / "x.xlsx")
    with pytest.raises(TemplateError, match=r"客户名字.*客户名称"):
        fill_tables(template, {"客户档案": table(["客户名字"], [])}, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_text_too_long_for_a_cell_is_cut_with_an_ellipsis(template: bytes, tmp_path: Path) -> None:
    sheet = filled(template, [["甲" * 40_000, 1, None, None, None]], tmp_path)
    assert sheet["A2"].value == "甲" * 32_766 + "…"


def test_formulas_charts_and_names_elsewhere_follow_the_filled_table(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, other = book.add_worksheet("客户档案"), book.add_worksheet("汇总")
    sheet.write_row("A1", ["客户名称", "金额", "翻倍"])
    sheet.write_row("A2", ["样例", 1])
    sheet.write_formula("C2", "=B2*2", None, 2)
    other.write_formula("A1", "=SUM(客户档案!B2:B2)", None, 1)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=客户档案!$B$2:$B$2"})
    other.insert_chart("B2", chart)
    book.define_name("金额", "=客户档案!$B$2:$B$2")
    book.close()
    out = tmp_path / "out.xlsx"
    fill_tables(buffer.getvalue(), {"客户档案": table(["客户名称", "金额"], [["甲", 3], ["乙", 4]])}, out)
    made = openpyxl.load_workbook(out)
    assert made["汇总"]["A1"].value == "=SUM(客户档案!B2:B3)"
    assert [made["客户档案"][f"C{row}"].value for row in (2, 3)] == ["=B2*2", "=B3*2"]
    assert made["汇总"]._charts[0].series[0].val.numRef.f == "客户档案!$B$2:$B$3"
    assert made["汇总"]._charts[0].series[0].val.numRef.numCache is None
    assert made.defined_names["金额"].attr_text == "客户档案!$B$2:$B$3"
    assert openpyxl.load_workbook(out, data_only=True)["汇总"]["A1"].value is None
    assert made.calculation.fullCalcOnLoad is True
