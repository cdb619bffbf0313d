"""Templates of all kinds: every formula outside a band means the same figures after rendering as before.

The opinion is that of ``engine_check``, which shares no code with the engine.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from salesxl.render import lint, render
from tests import office
from tests.engine_check import faults, figures, marked

# ruff: noqa: E501 - a template reads better on a line


DATA: Mapping[str, Any] = {
    "reps": [
        {
            "name": f"人{n}",
            "amount": n * 10,
            "deals": [{"title": f"单{n}{k}", "value": n + k} for k in range(n)],
            "calls": [{"to": f"客{n}{k}", "minutes": 5 * k + 1} for k in range(3 - n % 3)],
        }
        for n in range(1, 6)
    ],
    "grades": [{"grade": g, "count": c} for g, c in (("VIP", 3), ("A", 5), ("B", 8))],
    "months": ["一月", "二月", "三月", "四月"],
    "stages": [{"stage": s, "sum": v} for s, v in (("线索", 100), ("方案", 50))],
    "none": [],
    "late": True,
    "never": False,
}
LIST = {"A1": "姓名", "B1": "金额", "A2": "{{ rep.name }}", "B2": "{{ rep.amount }}"}
GRADES = {"D1": "等级", "E1": "客户数", "D2": "{{ grade.grade }}", "E2": "{{ grade.count }}"}
REPS = {"each_reps": "表!$2:$2"}
BESIDE = {"each_reps": "表!$A$2:$B$2", "each_grades": "表!$D$2:$E$2"}

Cells = Mapping[str, Any]
Template = tuple[Mapping[str, Cells], Mapping[str, str], Mapping[str, Any]]


def one(cells: Cells, names: Mapping[str, str], **more: Any) -> Template:
    return {"表": cells}, names, more


TEMPLATES: dict[str, Template] = {
    "a total below": one({**LIST, "B3": "=SUM(B2:B2)"}, REPS),
    "a total above": one({"B1": "=SUM(B3:B3)", "B3": "{{ rep.amount }}"}, {"each_reps": "表!$3:$3"}),
    "a total with one cell": one({**LIST, "B3": "=SUM(B2)", "C3": "=MAX(B2)-MIN(B2)"}, REPS),
    "one cell as one value": one({**LIST, "B4": "=B2", "C4": "=B2*2+B1", "D4": '="首位："&A2'}, REPS),
    "fixed cells": one({**LIST, "B4": "=$B$2", "C4": "=SUM($B$2:$B$2)", "D4": "=SUM(B$2:$B2)"}, REPS),
    "header and list": one({**LIST, "B4": "=COUNTA(A1:A2)", "C4": "=SUM(B1:B2)"}, REPS),
    "list and what is below": one({**LIST, "B3": 7, "B5": "=SUM(B2:B3)", "C5": "=SUM(B1:B3)"}, REPS),
    "below, far away": one({**LIST, "B9": 4, "B10": "=B9*2", "C10": "=SUM(B9:B9)", "D10": "=B1&B9"}, REPS),
    "whole columns and rows": one({**LIST, "D1": "=SUM(B:B)", "E1": "=SUM(B:C)", "F4": "=SUM(1:1)"}, REPS),
    "open to the end": one({**LIST, "D1": "=COUNT(B2:B1048576)"}, REPS),
    "rows as a range": one({**LIST, "D4": "=SUM(2:2)"}, REPS),
    "several rows per item": one(
        {"A1": "{{ rep.name }}", "B1": "{{ rep.amount }}", "B2": 5, "B3": 1, "B5": "=SUM(B1:B3)", "C5": "=B2"},
        {"each_reps": "表!$1:$3"},
    ),
    "an empty list": one(
        {"A2": "{{ row.x }}", "B2": "{{ row.y }}", "B3": 3, "B4": "=SUM(B3:B3)"}, {"each_none": "表!$2:$2"}
    ),
    "an empty list that leaves nothing": one(
        {"B1": 1, "B2": "{{ row.y }}", "B3": 3, "B4": "=SUM(B1:B3)", "C4": "=B3"}, {"eachopt_none": "表!$2:$2"}
    ),
    "rows that fall away": one(
        {"B1": 1, "B2": 2, "B3": 3, "B4": "=SUM(B1:B3)", "C4": "=B3+B1"}, {"if_never": "表!$2:$2"}
    ),
    "rows that stay": one({"B1": 1, "B2": 2, "B4": "=SUM(B1:B2)", "C4": "=B2"}, {"if_late": "表!$2:$2"}),
    "nested": one(
        {"A1": "{{ rep.name }}", "B2": "{{ deal.value }}", "B3": "=SUM(B2:B2)", "B5": "=SUM(B1:B3)", "C5": "=B2"},
        {"each_reps": "表!$1:$3", "each_rep__deals": "表!$2:$2"},
    ),
    "two lists, one below the other": one(
        {**LIST, "B3": "=SUM(B2:B2)", "A5": "{{ grade.grade }}", "B5": "{{ grade.count }}", "B6": "=SUM(B5:B5)",
         "B7": "=B3+B6", "C7": "=SUM(B2:B5)"},
        {"each_reps": "表!$2:$2", "each_grades": "表!$5:$5"},
    ),
    "side by side, the left one longer": one(
        {**LIST, **GRADES, "B3": "=SUM(B2:B2)", "E3": "=SUM(E2:E2)", "G3": "=B3+E3", "G4": "=E2", "G5": "=SUM(B2:E2)"},
        BESIDE,
    ),
    "side by side, the right one longer": one(
        {"A2": "{{ grade.grade }}", "B2": "{{ grade.count }}", "D2": "{{ rep.name }}", "E2": "{{ rep.amount }}",
         "B3": "=SUM(B2)", "E3": "=SUM(E2)", "E4": "=COUNT(B2:B2)/COUNT(E2:E2)"},
        {"each_grades": "表!$A$2:$B$2", "each_reps": "表!$D$2:$E$2"},
    ),
    "side by side by what the cells say": one(
        {**LIST, **GRADES, "B3": "=SUM(B2:B2)", "E3": "=SUM(E2:E2)"},
        {"each_reps": "表!$2:$2", "each_grades": "表!$2:$2"},
    ),
    "three side by side, one of them empty": one(
        {**LIST, **GRADES, "G2": "{{ row.x }}", "B3": "=SUM(B2:B2)", "E3": "=SUM(E2:E2)", "G3": "=SUM(G2:G2)"},
        {**BESIDE, "each_none": "表!$G$2:$H$2"},
    ),
    "side by side, two rows per item": one(
        {"A1": "{{ rep.name }}", "B2": "{{ rep.amount }}", "D1": "{{ grade.grade }}", "E2": "{{ grade.count }}",
         "B3": "=SUM(B1:B2)", "E3": "=SUM(E1:E2)", "G3": "=E2"},
        {"each_reps": "表!$A$1:$B$2", "each_grades": "表!$D$1:$E$2"},
    ),
    "side by side within each item": one(
        {"A1": "{{ rep.name }}", "A2": "{{ deal.title }}", "B2": "{{ deal.value }}", "D2": "{{ call.to }}",
         "E2": "{{ call.minutes }}", "B3": "=SUM(B2:B2)", "E3": "=SUM(E2:E2)", "B5": "=SUM(B1:B3)",
         "E5": "=SUM(E1:E3)"},
        {"each_reps": "表!$1:$3", "each_rep__deals": "表!$A$2:$B$2", "each_rep__calls": "表!$D$2:$E$2"},
    ),
    "columns": one(
        {"A1": "月", "B1": "{{ month }}", "B2": 3, "C1": "合计", "C2": "=SUM(B2:B2)", "A4": "=SUM(A2:C2)", "A5": "=B2"},
        {"each_months": "表!$B:$B"},
    ),
    "rows and columns": one(
        {"A2": "{{ rep.name }}", "B1": "{{ month }}", "B2": "{{ rep.amount }}", "B3": "=SUM(B2:B2)", "C4": "=SUM(B2:B2)",
         "D4": "=SUM(A1:B2)", "A5": "=B2"},
        {"each_reps": "表!$2:$2", "each_months": "表!$B:$B"},
    ),
    "filtered, sorted and cut": one(
        {**LIST, "B3": "=SUM(B2:B2)", "C3": "=COUNT(B2)", "D4": "=B2", "E4": "=MAX(B1:B3)"},
        {**REPS, "filter_reps": '"amount > 10"', "sort_reps": '"-amount"', "first_reps": "3"},
    ),
    "the first and the others": one(
        {**LIST, "B3": "=SUM(B2:B2)", "C5": "=B2"},
        {**REPS, "sort_reps": '"amount desc"', "first_reps": "2", "others_reps": "\"name = '其他', amount\""},
    ),
    "a filter that leaves nothing": one(
        {**LIST, "B3": "=SUM(B2:B2)", "B4": "=COUNTA(A1:A3)"},
        {**REPS, "filter_reps": '"amount > 999"', "empty_reps": '"没有"'},
    ),
    "rows instead of an empty list": one(
        {**LIST, "A3": "没有", "B3": 4, "B4": "=SUM(B1:B3)", "C4": "=B3"},
        {"eachopt_reps": "表!$2:$2", "filter_reps": '"amount > 999"', "empty_reps": "表!$3:$3"},
    ),
    "rows instead of a list that is not empty": one(
        {**LIST, "A3": "没有", "B3": 4, "B4": "=SUM(B1:B3)", "C4": "=B2"},
        {"eachopt_reps": "表!$2:$2", "empty_reps": "表!$3:$3"},
    ),
    "groups with subtotals": one(
        {"A1": "{{ group.name }}", "A2": "{{ rep.name }}", "B2": "{{ rep.amount }}", "B3": "=SUM(B2:B2)",
         "B5": "=SUM(B1:B3)", "B6": "=SUBTOTAL(9,B1:B3)", "C6": "=B2", "D6": "=COUNTA(A1:A3)"},
        {"each_reps": "表!$1:$3", "each_group__reps": "表!$2:$2", "group_reps": '"amount > 20"'},
    ),
    "groups within groups": one(
        {"A1": "{{ group.name }}", "A2": "{{ group.name }}", "A3": "{{ rep.name }}", "B3": "{{ rep.amount }}",
         "B4": "=SUM(B3:B3)", "B5": "=SUM(B2:B4)", "B7": "=SUM(B1:B5)"},
        {"each_reps": "表!$1:$5", "each_group__groups": "表!$2:$4", "each_group__reps": "表!$3:$3",
         "group_reps": '"amount > 20, amount > 40"'},
    ),
    "groups, the first of them and the others": one(
        {"A1": "{{ group.name }}", "A2": "{{ rep.name }}", "B2": "{{ rep.amount }}", "B3": "=SUM(B2:B2)",
         "B5": "=SUM(B1:B3)"},
        {"each_reps": "表!$1:$3", "each_group__reps": "表!$2:$2", "group_reps": '"amount"',
         "sort_reps": '"-group.name"', "first_reps": "2", "others_reps": '"其他"'},
    ),
    "an inner list sorted within each item": one(
        {"A1": "{{ rep.name }}", "B2": "{{ deal.value }}", "B3": "=SUM(B2:B2)", "B5": "=SUM(B1:B3)"},
        {"each_reps": "表!$1:$3", "each_rep__deals": "表!$2:$2", "sort_rep__deals": '"-value"',
         "first_rep__deals": "2"},
    ),
    "side by side, one list picked twice": one(
        {**LIST, "D2": "{{ rep.name }}", "E2": "{{ rep.amount }}", "B3": "=SUM(B2:B2)", "E3": "=SUM(E2:E2)",
         "G4": "=B3-E3", "G5": "=B2"},
        {"each_reps": "表!$A$2:$B$2", "each_reps.2": "表!$D$2:$E$2", "first_reps.2": "2",
         "sort_reps.2": '"-amount"'},
    ),
    "two sheets in different orders": (
        {"表": {**LIST, "B3": "=SUM(B2:B2)"},
         "另": {"A2": "{{ rep.name }}", "B2": "{{ rep.amount }}", "B3": "=SUM(表!B2:B2)-SUM(B2:B2)", "C4": "=表!B2"}},
        {**REPS, "each_reps.2": "另!$2:$2", "sort_reps.2": '"-amount"'}, {}),
    "Chinese names": one(
        {"A1": "{{ 行.name }}", "B1": "{{ 行.amount }}", "B2": "=SUM(B1:B1)"},
        {"每个_reps": "表!$1:$1", "排序_reps": '"amount 降序"', "前几_reps": "3"},
    ),
    "a chart of the list": one(
        {**LIST, "B3": "=SUM(B2:B2)"}, REPS, chart=("B1", "A2:A2", "B2:B2"), printed="A1:C3"
    ),
    "a chart of a list that is picked": one(
        {**LIST, "B3": "=SUM(B2:B2)"}, {**REPS, "sort_reps": '"-amount"', "first_reps": "3"},
        chart=("B1", "A2:A2", "B2:B2"),
    ),
    "a chart of columns": one(
        {"A1": "月", "B1": "{{ month }}", "B2": 3, "A4": "=SUM(B2:B2)"}, {"each_months": "表!$B:$B"},
        chart=("A1", "B1:B1", "B2:B2"),
    ),
    "a chart on another sheet": (
        {"封面": {"A1": "=SUM(表!B2:B2)"}, "表": {**LIST, "B3": "=SUM(B2:B2)"}}, REPS,
        {"chart": ("B1", "A2:A2", "B2:B3")}),
    "columns picked": one(
        {"A1": "月", "B1": "{{ month }}", "B2": 3, "C2": "=SUM(B2:B2)", "A4": "=SUM(A2:C2)"},
        {"每个_months": "表!$B:$B", "first_months": "2"},
    ),
    "another sheet": ({"封面": {"A1": "=明细!A2", "A2": "=明细!B2", "A3": "=SUM(明细!B2:B2)", "A4": "=SUM(明细!B:B)",
                               "A5": "=明细!B3"}, "明细": {**LIST, "B3": "=SUM(B2:B2)"}},
                      {"each_reps": "明细!$2:$2"}, {}),
    "3-D, all sheets alike": ({"总": {"A1": "=SUM(一:二!B3)", "A2": "=SUM(一:二!B2)", "A3": "=SUM(一:二!B2:B3)"},
                               "一": {**LIST, "B3": "=SUM(B2:B2)"}, "二": {**LIST, "B3": "=SUM(B2:B2)"}},
                              {"each_reps": "一!$2:$2", "each_reps.2": "二!$2:$2"}, {}),
    "3-D above the list": ({"总": {"A1": "=SUM(一月:二月!B1)"}, "一月": {"B1": 4, "B2": "{{ rep.amount }}"},
                            "二月": {"B1": 5}}, {"each_reps": "一月!$2:$2"}, {}),
    "merged cells, formats and a print area": one(
        {**LIST, "A3": "合计", "B4": "=SUM(B2:B2)", "C4": "=COUNTIF(B2:B2,\">20\")"}, REPS,
        merged=("A3:B3", "D2:E2"), printed="A1:E4",
    ),
    "conditions": one(
        {**LIST, "D1": '=SUMIF(A2:A2,A2,B2:B2)', "E1": '=COUNTIF(A2:A2,"人3")', "F1": "=IF(B2>0,SUM(B2:B2),B1)",
         "G1": "=VLOOKUP(A2,A2:B2,2,FALSE)", "H1": "=RANK(B2,B2:B2)", "I1": "=INDEX(B2:B2,2)"}, REPS,
    ),
    "text in quotes and functions like cells": one(
        {**LIST, "D4": '="B2"&SUM(B2:B2)&"合计"', "E4": "=LOG10(B2)+ATAN2(B2,B1)", "F4": "=SUM(B2:B2)%"}, REPS
    ),
    "a table that grows": one({**LIST, "B4": "=SUM(B2:B2)", "C4": "=B2"}, {}, table=("reps", "A1:B2")),
    "two tables side by side": one(
        {**LIST, **GRADES, "B5": "=SUM(B2:B2)", "E5": "=SUM(E2:E2)"}, {}, table=("reps", "A1:B2"),
        other=("grades", "D1:E2"),
    ),
}  # fmt: skip


def drawn(template: Template) -> bytes:
    sheets, names, more = template
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for cell, value in cells.items():
            sheet[cell] = value
    for area in more.get("merged", ()):
        book["表"].merge_cells(area)
    if "printed" in more:
        book["表"].print_area = more["printed"]
    for key in ("table", "other"):
        if key in more:
            book["表"].add_table(Table(displayName=more[key][0], ref=more[key][1]))
    if "chart" in more:
        chart, (title, kinds, values) = BarChart(), more["chart"]
        chart.add_data(Reference(book["表"], range_string=f"表!{values}"))
        chart.set_categories(Reference(book["表"], range_string=f"表!{kinds}"))
        chart.series[0].tx = SeriesLabel(strRef=StrRef(f"表!{title}"))
        book.worksheets[0].add_chart(chart, "H12")
    for name, target in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_formula_outside_a_band_means_the_same_cells(kind: str) -> None:
    template = drawn(TEMPLATES[kind])
    known = ("uncalculated", "vanishing_reference", "beside_band")
    assert [p for p in lint(template, DATA) if p.code not in known] == []
    assert faults(template, render(marked(template), DATA), render(template, DATA)) == []


@pytest.mark.office
@pytest.mark.skipif(not office.available(), reason="needs LibreOffice")
def test_libreoffice_calculates_the_figures_that_were_meant(tmp_path: Path) -> None:
    paths = []
    for number, template in enumerate(TEMPLATES.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(render(drawn(template), DATA))
    (tmp_path / "out").mkdir()
    again = office.convert_all(paths, "xlsx", tmp_path / "out", timeout=300)
    wrong = {}
    for kind, path in zip(TEMPLATES, again, strict=True):
        template = drawn(TEMPLATES[kind])
        found = figures(template, render(marked(template), DATA), office.load(path, data_only=True))
        if found:
            wrong[kind] = found
    assert wrong == {}


def test_the_second_opinion_notices_a_formula_that_stayed_behind() -> None:
    template = drawn(TEMPLATES["a total below"])
    book = openpyxl.load_workbook(io.BytesIO(render(template, DATA)))
    book["表"]["B7"] = "=SUM(B2:B5)"
    buffer = io.BytesIO()
    book.save(buffer)
    assert faults(template, render(marked(template), DATA), buffer.getvalue()) == [
        "表!B3 =SUM(B2:B2) → =SUM(B2:B5)"
    ]
