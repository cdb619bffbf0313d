"""Faults of a template found before any data is poured in."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from salesxl.render import lint, names
from salesxl.template.filters import FILTERS


def template(cells: dict[str, Any], merged: tuple[str, ...] = (), **named: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "表"
    for cell, value in cells.items():
        book.active[cell] = value
    for area in merged:
        book.active.merge_cells(area)
    for name, target in named.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def codes(data: bytes, sample: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(problem.cell, problem.code) for problem in lint(data, sample)]


def test_a_sound_template_has_no_problems() -> None:
    cells = {"A1": "{{ title }}", "A2": "{{ rep.name }}", "B2": "{{ row.amount | wan }}"}
    assert lint(template(cells, ("A3:B3",), each_reps="表!$2:$2")) == []


def test_unknown_names_are_all_found_at_once_with_a_sample() -> None:
    cells = {"A1": "{{ titel }}", "A2": "{{ rep.nmae }}", "B2": "{{ rep.name }}", "C2": "{{ loop.index }}"}
    sample = {"title": "x", "reps": [{"name": "甲"}]}
    data = template(cells, each_reps="表!$2:$2")
    assert codes(data, sample) == [("A1", "unknown_name"), ("A2", "unknown_name")]
    assert "title" in lint(data, sample)[0].text
    assert codes(data) == []


def test_faults_of_expressions_and_bands_are_named() -> None:
    cells = {
        "A1": "{{ 1 + }}",
        "A2": "{{ rep.name }}",
        "A3": "{{ rep.name }}",
        "B1": "{% set a = 1 %}",
    }
    data = template(cells, each_reps="表!$2:$2", each_gone="没有!$1:$1", each_ref="表!#REF!")
    assert codes(data) == [
        ("A1", "syntax"),
        ("B1", "syntax"),
        ("A3", "outside_band"),
        ("each_gone", "bad_band"),
        ("each_ref", "gone_name"),
    ]
    crossing = template({"A1": 1}, each_a="表!$1:$2", each_b="表!$2:$3")
    assert codes(crossing) == [("", "crossing_bands")]


def test_references_that_cannot_grow_or_may_vanish_are_named() -> None:
    cells = {
        "A1": "{{ rep.name }}",
        "A2": "x",
        "A3": "=SUM(A2:A2)",
        "A4": "=SUM(A1:A2)",
        "A5": "{{ note }}",
        "A6": "=A5",
        "A7": "=SUM(A4:A5)",
    }
    data = template(cells, ("C2:C4",), each_reps="表!$1:$2", if_note="表!$5:$5")
    assert codes(data) == [
        ("A3", "partial_reference"),
        ("A6", "vanishing_reference"),
        ("合并单元格 C2:C4", "partial_reference"),
        ("A3", "uncalculated"),
    ]


def test_newer_functions_are_named_with_what_does_the_same() -> None:
    data = template({"A1": '=_xlfn.XLOOKUP(1,B:B,C:C)&"FILTER("', "A2": "=SUMIFS(B:B,C:C,1)"})
    problem = next(p for p in lint(data) if p.code == "newer_function")
    assert (problem.cell, "INDEX" in problem.text, "FILTER" in problem.text) == ("A1", True, False)
    assert [p.code for p in lint(data)].count("newer_function") == 1


def test_formulas_of_rules_are_not_called_uncalculated() -> None:
    book = openpyxl.Workbook()
    rule = DataValidation("custom", formula1="A1>B1")
    rule.add("A1")
    book.active.add_data_validation(rule)
    buffer = io.BytesIO()
    book.save(buffer)
    assert lint(buffer.getvalue()) == []


def test_names_are_those_of_the_data_from_every_place() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    sheet["A1"] = "{{ title }} {% if late %}{{ late | length }}{% endif %}"
    sheet["A2"] = "{{ rep.name }} {{ row.x }} {{ loop.index }} {{ other }}"
    sheet["A2"].comment = Comment("{{ remark }}", "x")
    sheet["A3"] = "{{ deal.title }}"
    sheet.oddHeader.center.text = "{{ team }}"
    sheet["A5"] = "link"
    sheet["A5"].hyperlink = "https://example.com/{{ slug }}"
    book.properties.title = "{{ doc }}"
    book.defined_names["each_reps"] = DefinedName("each_reps", attr_text="表!$2:$3")
    book.defined_names["each_rep__deals"] = DefinedName("each_rep__deals", attr_text="表!$3:$3")
    book.defined_names["if_flag"] = DefinedName("if_flag", attr_text="表!$5:$5")
    buffer = io.BytesIO()
    book.save(buffer)
    expected = {"title", "late", "other", "remark", "team", "slug", "doc", "reps", "flag"}
    assert names(buffer.getvalue()) == expected


def test_the_guide_names_only_filters_and_codes_that_exist() -> None:
    guide = Path(__file__).parents[1].joinpath("docs", "templates.md").read_text("utf-8")
    named = set(re.findall(r"\{\{ [\w.]+ \\\| (\w+)", guide))
    assert named == {"wan", "percent", "date", "mask", "join_cn", "colour", "default", "sum"}
    assert named <= {*FILTERS, "sum"}
    for expression in re.findall(r"`(\{[{%] \w[^`…]*[}%]\})`", guide):
        text = expression.replace("\\|", "|")
        assert {problem.code for problem in lint(template({"A1": text}))} <= {"outside_band"}, text


def test_a_table_whose_columns_would_repeat_or_that_could_lose_its_rows_is_named() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in (["姓名", "阶段"], ["{{ rep.name }}", "{{ stage }}"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="people", ref="A1:B2"))
    book.defined_names["eachopt_reps"] = DefinedName("eachopt_reps", attr_text="表!$2:$2")
    assert [p.code for p in lint(saved(book))] == ["table"]
    book.defined_names["each_stages"] = DefinedName("each_stages", attr_text="表!$B:$B")
    (problem,) = lint(saved(book))
    assert (problem.cell, problem.code) == ("people", "table")
    assert "普通区域" in problem.text


def test_the_tab_of_a_repeated_sheet_is_no_fault() -> None:
    book = openpyxl.Workbook()
    book.active.title = "{{ rep.name }}"
    book.active["A1"] = "{{ rep.name }}"
    book.defined_names["each_reps_sheet"] = DefinedName("each_reps_sheet", attr_text="'{{ rep.name }}'!$A$1")
    assert lint(saved(book), {"reps": [{"name": "甲"}]}) == []


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
