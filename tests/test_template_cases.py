"""Templates that came out wrong without a word, or with a misleading one: what is right, case by case."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName

from salesxl import messages
from salesxl.cli import report
from salesxl.errors import TemplateError
from salesxl.render import REMARKS, lint, render, render_file
from salesxl.summary import sample
from tests.test_render import drawn, of_cells, rendered, values

# ruff: noqa: E501 - a template reads better on a line


CASES = Path(__file__).parent / "data" / "cases" / "templates"
LANGS = {lang: messages.load(lang, report.label_of) for lang in messages.LOCALES}
DATA: dict[str, Any] = {
    "title": "周报",
    "week": {"label": "第47周"},
    "products": ["x", "y", "z"],
    "areas": [
        {"region": "北", "cells": {"x": 1, "y": 2, "z": 3}},
        {"region": "南", "cells": {"x": 4, "y": 5, "z": 6}},
    ],
    "attainment": {
        "month": "2026-11",
        "all": {"completed": 60},
        "warning": 0.6,
        "reps": [
            {"rep": "张三", "completed": 10, "target": 20, "deals": 2},
            {"rep": "李四", "completed": None, "target": 20, "deals": None},
            {"rep": "王五", "completed": 50, "target": None, "deals": 0},
        ],
    },
    "grades": {"total": 7, "grades": [{"grade": "VIP", "count": 3}, {"grade": "A", "count": 4}]},
}


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def made(name: str, data: dict[str, Any] = DATA) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(case(name), data)))


def told(name: str, data: dict[str, Any] = DATA, lang: str = "zh") -> dict[str, tuple[str, str]]:
    """Return code and text of every problem by sheet and cell, the remark about formulas left out."""
    found = lint(case(name), data, words=LANGS[lang])
    return {f"{p.sheet}!{p.cell}": (p.code, p.text) for p in found if p.code != "uncalculated"}


def cells(sheet: Any, *names: str) -> list[Any]:
    return [sheet[name].value for name in names]


# ---- references


def test_one_cell_as_one_value_stays_the_first_items() -> None:
    book = made("b2_single_ref.xlsx")
    assert cells(book["表"], "A6", "B6", "B7", "B8") == ['="最落后："&A2', "=B2/2", "=表!B2", "=IF(B2>0,1,2)"]
    assert [cell.value for (cell,) in book["用"]["A1:A6"]] == [
        "=表!A2",
        "=表!$B$2*2",
        '=HYPERLINK("#表!A2",表!A2)',
        "=ROW(表!A2)",
        '=VLOOKUP("范小满",表!$A$2:$B$4,2,0)',
        "=OFFSET(表!$A$1,1,0)",
    ]
    assert cells(made("b3_first_row_ref.xlsx")["封面"], "B5", "B6") == ["=明细!A2", "=明细!B2"]


LIST = {"A2": "{{ rep.name }}", "B2": "{{ rep.amount }}"}
REPS = {"reps": [{"name": n, "amount": a} for n, a in (("甲", 1), ("乙", 2), ("丙", 3))]}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=B2", "=B2"),
        ("=SUM(B2)", "=SUM(B2:B4)"),
        ("=SUM(B2,B9)", "=SUM(B2:B4,B11)"),
        ("=SUM(B2*2)", "=SUM(B2*2)"),
        ("=SUMPRODUCT((A2=\"甲\")*B2)", "=SUMPRODUCT((A2:A4=\"甲\")*B2:B4)"),
        ("=SUMIF(A2,A2,B2)", "=SUMIF(A2:A4,A2,B2:B4)"),
        ("=SUMIFS(B2,A2,A2)", "=SUMIFS(B2:B4,A2:A4,A2)"),
        ("=COUNTIFS(A2,\"甲\",B2,B2)", "=COUNTIFS(A2:A4,\"甲\",B2:B4,B2)"),
        ("=INDEX(B2,MATCH(A2,A2,0))", "=INDEX(B2:B4,MATCH(A2,A2:A4,0))"),
        ("=SUBTOTAL(9,B2)+N(B2)", "=SUBTOTAL(9,B2:B4)+N(B2)"),
        ("=IF(SUM(B2)>0,B2,A2)", "=IF(SUM(B2:B4)>0,B2,A2)"),
        ("=SUM(INDEX(B1:B1,1):B2)", "=SUM(INDEX(B1:B1,1):B4)"),
        ("=LARGE(B2,B2)", "=LARGE(B2:B4,B2)"),
        ('="(SUM("&B2&")"', '="(SUM("&B2&")"'),
        ("=_xlfn.TEXTJOIN(B2,1,B2)", "=_xlfn.TEXTJOIN(B2,1,B2:B4)"),
    ],
)  # fmt: skip
def test_arguments_that_take_ranges_grow_and_all_else_stays(formula: str, expected: str) -> None:
    template = drawn(of_cells({**LIST, "D7": formula}), each_reps="表!$2:$2")
    assert rendered(template, REPS)["表"]["D9"].value == expected


def test_a_name_of_one_cell_is_what_formulas_use_it_for() -> None:
    used = {**LIST, "B4": "=SUM(全部)", "C4": "=第一*2"}
    names = {"each_reps": "表!$2:$2", "全部": "表!$B$2", "第一": "表!$B$2", "没用": "表!$B$2"}
    book = rendered(drawn(of_cells(used), **names), REPS)
    found = {name: book.defined_names[name].attr_text for name in book.defined_names}
    assert found == {"全部": "表!$B$2:$B$4", "第一": "表!$B$2", "没用": "表!$B$2:$B$4"}
    with pytest.raises(TemplateError, match=r"名称 全部 .*分成两个"):
        render(drawn(of_cells({**used, "D4": "=全部+1"}), **names), REPS)


def test_choices_of_a_validation_grow_though_they_are_one_cell() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells(LIST)(book)
        for kind, cell in (("list", "D4"), ("custom", "D5")):
            rule = openpyxl.worksheet.datavalidation.DataValidation(kind, formula1="$A$2")
            rule.add(cell)
            book.active.add_data_validation(rule)

    sheet = rendered(drawn(draw, each_reps="表!$2:$2"), REPS)["表"]
    assert [d.formula1 for d in sheet.data_validations.dataValidation] == ["$A$2:$A$4", "$A$2"]


def test_3_d_references_follow_or_are_refused() -> None:
    assert cells(made("d3_3d.xlsx")["总"], "A1", "A2") == ["=SUM(一:二!B5)", "=SUM(一:二!B2:B4)"]
    book = openpyxl.load_workbook(CASES / "d3_3d.xlsx")
    del book.defined_names["each_attainment__reps.2"]
    book["二"]["A2"] = book["二"]["B2"] = 1
    template = saved(book)
    assert ("总", "A1", "uneven_reference") in [(p.sheet, p.cell, p.code) for p in lint(template)]
    with pytest.raises(TemplateError, match=r"总!A1.*一:二!B3"):
        render(template, DATA)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# ---- side by side


@pytest.mark.parametrize("name", ["d1_side_by_side.xlsx", "d1b_whole_rows.xlsx"])
def test_two_lists_side_by_side_grow_each_by_itself(name: str) -> None:
    sheet = made(name)["S"]
    assert [[c.value for c in row] for row in sheet["A2:E4"]] == [
        ["张三", 10, None, "VIP", 3],
        ["李四", None, None, "A", 4],
        ["王五", 50, None, None, None],
    ]
    assert sheet["B5"].value == "=SUM(B2:B4)"
    if name.startswith("d1_"):
        assert sheet["E5"].value == "=SUM(E2:E3)"


def test_what_belongs_to_a_shorter_list_ends_with_it() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells({**LIST, "D2": "{{ row }}", "E2": "=D2*2", "F2": "x", "E4": "=SUM(E$2:E$2)"})(book)
        sheet = book.active
        sheet["D2"].hyperlink = openpyxl.worksheet.hyperlink.Hyperlink("D2", location="表!{{ row }}1")
        sheet["D2"].comment = openpyxl.comments.Comment("{{ row }}", "x")
        sheet["D2"].number_format = "0.00"

    template = drawn(draw, each_reps="表!$A$2:$B$2", each_letters="表!$D$2:$E$2")
    sheet = rendered(template, {**REPS, "letters": ["Q"]})["表"]
    assert [c.value for c in sheet["D"][1:4]] == ["Q", None, None]
    assert [c.value for c in sheet["E"][1:6]] == ["=D2*2", None, None, None, "=SUM(E$2:E$2)"]
    assert [c.value for c in sheet["F"][1:4]] == ["x", "x", "x"]
    assert [bool(c.hyperlink) for c in sheet["D"][1:4]] == [True, False, False]
    assert [bool(c.comment) for c in sheet["D"][1:4]] == [True, False, False]
    assert sheet["D4"].number_format == "0.00"


@pytest.mark.parametrize(
    ("cells_", "names"),
    [
        ({"A2": "{{ row.name }}", "D2": "{{ grade }}"}, {"each_reps": "表!$2:$2", "each_grades": "表!$2:$2"}),
        ({**LIST, "D2": "{{ grade }}"}, {"each_reps": "表!$A$2:$B$3", "each_grades": "表!$D$2:$E$2"}),
        (
            {"A2": "{{ rep.name }}", "B2": "{{ grade }}", "C2": "{{ rep.amount }}"},
            {"each_reps": "表!$2:$2", "each_grades": "表!$2:$2"},
        ),
    ],
)
def test_lists_in_the_same_rows_that_cannot_be_told_apart_are_refused(
    cells_: dict[str, str], names: dict[str, str]
) -> None:
    template = drawn(of_cells(cells_), **names)
    data = {**REPS, "grades": ["A", "B"]}
    assert [p.code for p in lint(template, data)] == ["crossing_bands"]
    with pytest.raises(TemplateError, match=r"each_reps.*each_grades|each_grades.*each_reps"):
        render(template, data)


def test_a_cell_that_joins_two_lists_asks_for_a_row_a_pair() -> None:
    cells_ = {"A1": "{{ rep.name }}", "B1": "{{ grade }}", "C1": "{{ rep.name ~ grade }}"}
    template = drawn(of_cells(cells_), each_reps="表!$1:$1", each_grades="表!$1:$1")
    rows = values(rendered(template, {**REPS, "grades": ["A", "B"]}))
    assert len(rows) == 6
    assert {row[2] for row in rows} == {"甲A", "甲B", "乙A", "乙B", "丙A", "丙B"}


# ---- charts, kinds


def test_a_chart_over_rows_and_columns_has_one_series_an_item() -> None:
    series = made("o_matrix2.xlsx")["S"]._charts[0].series
    assert [(s.idx, s.order, s.tx.strRef.f, s.cat.strRef.f, s.val.numRef.f) for s in series] == [
        (0, 0, "S!$A$2", "S!$B$1:$D$1", "S!$B$2:$D$2"),
        (1, 1, "S!$A$3", "S!$B$1:$D$1", "S!$B$3:$D$3"),
    ]
    assert [[p.v for p in s.val.numRef.numCache.pt] for s in series] == [[1, 2, 3], [4, 5, 6]]
    assert [s.tx.strRef.strCache.pt[0].v for s in series] == ["北", "南"]


@pytest.mark.parametrize("source", ["g_tpl.xltx", "g_tpl.xlsm"])
@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("xlsx", "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        ("xlsm", "ms-excel.sheet.macroEnabled.main+xml"),
        ("xltx", "openxmlformats-officedocument.spreadsheetml.template.main+xml"),
        ("xltm", "ms-excel.template.macroEnabled.main+xml"),
    ],
)
def test_the_workbook_is_of_the_kind_that_its_name_says(
    source: str, ending: str, kind: str, tmp_path: Path
) -> None:
    render_file(case(source), DATA, tmp_path / f"out.{ending}")
    with zipfile.ZipFile(tmp_path / f"out.{ending}") as archive:
        assert f"application/vnd.{kind}" in archive.read("[Content_Types].xml").decode()


# ---- blanks


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ none + 1 }}", None),
        ("{{ 1 - none }}", None),
        ("{{ none / 2 * 3 }}", None),
        ("{{ -none }}", None),
        ("{{ none ** 2 }}", None),
        ("{{ (none / 2) | percent }}", None),
        ("{{ none | wan }}", None),
        ("{{ none | round(1) }}", None),
        ("{{ none | abs }}", None),
        ("{{ none | int }}", None),
        ("{{ none | float }}", None),
        ("{{ none | upper }}", None),
        ("{{ none | length }}", 0),
        ("{{ none | sum }}", 0),
        ("{{ none | join('、') }}", None),
        ("{{ none | first }}", None),
        ("{{ [3, none, 1] | max }}", 3),
        ("{{ [none, 1] | min }}", 1),
        ("{{ [] | max }}", None),
        ("{{ [2, none, 1] | sort | join_cn }}", "1、2"),
        ("{{ none < 0.6 }}", None),
        ("{{ none >= 0 }}", None),
        ("{{ none == none }}", True),
        ("{{ 1 in none }}", False),
        ("{{ 1 < 2 < none }}", None),
        ("{{ 3 < 2 < none }}", False),
        ("{{ none.name.first }}", None),
        ("{{ none[0] }}", None),
        ("{{ none.isoformat() }}", None),
        ("{% if none > 1 %}多{% else %}不知道{% endif %}", "不知道"),
        ("{% for x in none %}{{ x }}{% endfor %}无", "无"),
        ("{{ half * money }}", 5),
        ("{{ money * half > 4 }}", True),
        ("{{ '12' | int + 1 }}", 13),
    ],
)
def test_a_blank_is_unknown_and_so_is_what_is_made_of_it(expression: str, expected: Any) -> None:
    from decimal import Decimal

    data = {"half": 0.5, "money": Decimal("10.00")}
    assert rendered(drawn(of_cells({"A1": expression})), data)["表"]["A1"].value == expected


def test_a_figure_that_is_blank_for_one_item_leaves_its_cell_blank() -> None:
    assert [c.value for c in made("e_none2.xlsx")["S"]["A"][1:]] == [0.5]
    assert told("e_none2.xlsx") == {}


# ---- what is said


def test_lint_tries_every_item_and_names_the_one_it_fails_for() -> None:
    code, text = told("e_mid.xlsx")["S!B2"]
    assert code == "value"
    assert "第 3 项“王五”" in text
    assert "item 3 “王五”" in told("e_mid.xlsx", lang="en")["S!B2"][1]
    with pytest.raises(TemplateError, match=r"模板 S!B2 “.*”（第 3 项“王五”）：除数为零"):
        made("e_mid.xlsx")


def test_a_text_box_over_more_than_the_band_is_outside_of_it() -> None:
    assert told("d2_textbox_scope.xlsx")["S!文本框"][0] == "outside_band"
    with pytest.raises(TemplateError, match=r"文本框.*each_attainment__reps"):
        made("d2_textbox_scope.xlsx")


def test_misspelt_bands_are_named_with_what_was_meant() -> None:
    found = told("h3_typo_band.xlsx")
    assert found["!eech_attainment__reps"][0] == "bad_band"
    assert "each_attainment__reps" in found["!eech_attainment__reps"][1]
    assert found["S!each_attainment_reps"][0] == "unknown_name"
    assert "each_attainment__reps" in found["S!each_attainment_reps"][1]


def test_the_item_of_a_list_outside_its_band_is_told_which_band_to_define() -> None:
    code, text = told("h4_noband.xlsx")["S!A2"]
    assert code == "outside_band"
    assert "each_attainment__reps" in text


@pytest.mark.parametrize("lang", messages.LOCALES)
@pytest.mark.parametrize("name", sorted(p.name for p in CASES.glob("[deh]*.xlsx")))
def test_no_sentence_is_pythons(name: str, lang: str) -> None:
    said = [text for _, text in told(name, lang=lang).values()]
    try:
        render(case(name), DATA, words=LANGS[lang])
    except TemplateError as error:
        said.append(str(error))
    for text in said:
        foreign = (
            r"[一-鿿]{2,}" if lang == "en" else r"unexpected|unsupported|expected|undefined|class '|jinja"
        )
        ours = re.sub(r"“[^”]*”|\beach_[\w]+|\{\{.*?\}\}|named \w+|[“”]", "", text)
        assert not re.search(foreign, ours, re.IGNORECASE), text
        assert re.search(r"[。？.?]\Z", text), text


def test_what_is_not_filled_is_named_wherever_it_stands() -> None:
    found = lint(case("d4_dvtext.xlsx"), DATA)
    assert {(p.cell, p.code) for p in found if p.code not in REMARKS} == {("C1", "unfilled")}
    wide = told("e_fullwidth.xlsx")
    assert [wide[f"S!{cell}"][0] for cell in ("A9", "A12", "A13", "A14", "A15", "A16")] == [
        "unfilled", "unfilled", "lookalike", "lookalike", "unknown_name", "unknown_name",
    ]  # fmt: skip
    assert "title" in wide["S!A16"][1]


def test_faults_of_writing_are_told_one_by_one() -> None:
    found = told("e_syntax.xlsx")
    assert {cell: code for cell, (code, _) in found.items()} == {
        "S!A1": "syntax", "S!A2": "syntax", "S!A3": "syntax", "S!A4": "unfilled", "S!A5": "syntax",
        "S!A7": "syntax", "S!A8": "syntax", "S!A9": "unfilled", "S!A11": "syntax", "S!A12": "unfilled",
    }  # fmt: skip
    assert "}}" in found["S!A1"][1]
    assert "半角 }" in found["S!A7"][1]


def test_values_of_the_wrong_kind_are_told_by_their_kind() -> None:
    found = told("e_typ.xlsx")
    assert {code for code, _ in found.values()} == {"value"}
    assert [word for word, cell in (("~", "A1"), ("文字", "A2"), ("列表", "A5")) if word in found[f"S!{cell}"][1]] == [
        "~", "文字", "列表",
    ]  # fmt: skip


def test_lint_with_data_is_a_dry_run_of_the_whole_template() -> None:
    template = drawn(of_cells({"A1": "{{ note }}"}), if_note_sheet="表!$A$1")
    assert lint(template, {"note": "x"}) == []
    assert [p.code for p in lint(template, {"note": ""})] == ["render"]


# ---- what was deleted or renamed


def test_what_a_deleted_section_leaves_behind_is_dropped_with_a_remark() -> None:
    data = sample()
    found = [p for p in lint(case("summary_section_deleted.xlsx"), data) if p.code != "uncalculated"]
    assert [(p.code, p.cell) for p in found] == [("gone_name", "each_attainment__product_lines.attainment1")]
    with zipfile.ZipFile(io.BytesIO(render(case("summary_section_deleted.xlsx"), data))) as archive:
        assert "#REF!" not in archive.read("xl/workbook.xml").decode()


def test_any_name_that_lost_its_cells_is_dropped() -> None:
    names = {"each_reps": "表!$2:$2", "old": "#REF!", "each_gone": "表!#REF!", "part": "表!$A$1,表!#REF!"}
    template = drawn(of_cells(LIST), **names)
    assert {p.cell for p in lint(template, REPS) if p.code == "gone_name"} == {"old", "each_gone", "part"}
    assert list(rendered(template, REPS).defined_names) == []


def test_links_to_a_renamed_sheet_are_named() -> None:
    found = [p for p in lint(case("summary_sheet_renamed.xlsx"), sample()) if p.code not in REMARKS]
    assert {p.code for p in found} == {"dead_link"}
    assert {(p.sheet, p.cell) for p in found} >= {("总览", "B6 超链接"), ("预测", "C6 超链接")}
    assert "业绩" in next(p.text for p in found if p.cell == "B6 超链接")


def test_a_link_typed_in_a_formula_is_looked_at_too() -> None:
    formula = '=HYPERLINK("#旧表!A1","回去")'
    template = drawn(of_cells({"A1": formula, "A2": '=HYPERLINK("#表!A1","x")'}))
    assert [(p.cell, p.code) for p in lint(template, {}) if p.code not in REMARKS] == [("A1", "dead_link")]


def test_names_of_a_template_keep_their_defined_names() -> None:
    book = openpyxl.load_workbook(CASES / "b3_first_row_ref.xlsx")
    book.defined_names["kept"] = DefinedName("kept", attr_text="封面!$A$1")
    made_of = openpyxl.load_workbook(io.BytesIO(render(saved(book), DATA)))
    assert made_of.defined_names["kept"].attr_text == "封面!$A$1"


def test_a_chart_and_a_text_box_within_a_band_are_sound() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("表")
    sheet.write("A1", "{{ rep.name }}")
    sheet.write("B1", "{{ rep.amount }}")
    sheet.insert_textbox("C2", "{{ rep.name }}", {"width": 60, "height": 20})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=表!$B$1:$B$1"})
    chart.set_title({"name": "{{ rep.name }}"})
    sheet.insert_chart("D1", chart, {"x_scale": 0.2, "y_scale": 0.2})
    book.define_name("each_reps", "=表!$1:$9")
    book.close()
    assert lint(buffer.getvalue(), REPS) == []
    render(buffer.getvalue(), REPS)


def test_what_is_typed_beside_a_confined_list_is_remarked() -> None:
    template = drawn(of_cells({**LIST, "D2": 1000, "D3": 5}), each_reps="表!$A$2:$B$2")
    assert [(p.cell, p.code) for p in lint(template, REPS)] == [("D2", "beside_band")]


# ---- the item before, the sheets of all, what is added again


def of(template: bytes, data: dict[str, Any] = REPS) -> list[tuple[str, str]]:
    """Return cell and code of all that lint says of a template, the remark about formulas left out."""
    return [(p.cell, p.code) for p in lint(template, data) if p.code != "uncalculated"]


RUNNING = {**LIST, "C1": 1000, "C2": "=C1+B2"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=C1+B2", ["=C1+B2", "=C2+B3", "=C3+B4"]),
        ("=SUM(C1,B2)", ["=SUM(C1,B2)", "=SUM(C2,B3)", "=SUM(C3,B4)"]),
        ("=表!C1+$B2", ["=表!C1+$B2", "=表!C2+$B3", "=表!C3+$B4"]),
        ("=$C1+B2", ["=$C1+B2", "=$C2+B3", "=$C3+B4"]),
        ("=C$1+B2", ["=C$1+B2", "=C$1+B3", "=C$1+B4"]),
        ("=B2*D1", ["=B2*D1", "=B3*D1", "=B4*D1"]),
        ("=B2/B1", ["=B2/B1", "=B3/B1", "=B4/B1"]),
        ("=SUM(B$1:B2)", ["=SUM(B$1:B2)", "=SUM(B$1:B3)", "=SUM(B$1:B4)"]),
    ],
)
def test_a_running_balance_goes_on_from_the_item_before(formula: str, expected: list[str]) -> None:
    template = drawn(of_cells({**RUNNING, "C2": formula}), each_reps="表!$2:$2")
    sheet = rendered(template, REPS)["表"]
    assert [sheet[f"C{row}"].value for row in (2, 3, 4)] == expected


def test_a_running_balance_goes_on_across_columns_and_bands_of_several_rows() -> None:
    across = {"A2": 1000, "B1": "{{ rep.amount }}", "B2": "=A2+B1"}
    sheet = rendered(drawn(of_cells(across), each_reps="表!$B:$B"), REPS)["表"]
    assert [sheet.cell(2, at).value for at in (2, 3, 4)] == ["=A2+B1", "=B2+C1", "=C2+D1"]
    down = {"C1": 1000, "B2": "{{ rep.name }}", "B3": "{{ rep.amount }}", "C3": "=C1+B3"}
    sheet = rendered(drawn(of_cells(down), each_reps="表!$2:$3"), REPS)["表"]
    assert [sheet[f"C{row}"].value for row in (3, 5, 7)] == ["=C1+B3", "=C3+B5", "=C5+B7"]


def test_a_running_balance_goes_on_within_each_list_and_from_one_to_the_next() -> None:
    teams = {"teams": [{"reps": REPS["reps"][:2]}, {"reps": []}, {"reps": REPS["reps"][2:]}]}
    names = {"each_teams": "表!$2:$3", "each_team__reps": "表!$3:$3"}
    inner = {"A2": "组", "C2": 0, "B3": "{{ rep.amount }}", "C3": "=C2+B3"}
    sheet = rendered(drawn(of_cells(inner), **names), teams)["表"]
    assert [sheet[f"C{row}"].value for row in range(2, 9)] == [
        0, "=C2+B3", "=C3+B4", 0, None, 0, "=C7+B8",
    ]  # fmt: skip
    names["each_team__reps"] = "表!$2:$2"
    both = {"C1": 1000, "B2": "{{ rep.amount }}", "C2": "=C1+B2", "C3": "=C2"}
    sheet = rendered(drawn(of_cells(both), **names), teams)["表"]
    assert [sheet[f"C{row}"].value for row in (2, 3, 7)] == ["=C1+B2", "=C2+B3", "=C6+B7"]


def test_the_same_items_row_above_is_no_item_before() -> None:
    cells_ = {"C1": "{{ rep.amount }}", "C2": "=C1*2"}
    template = drawn(of_cells(cells_), each_reps="表!$1:$1", **{"each_reps.2": "表!$2:$2"})
    sheet = rendered(template, REPS)["表"]
    assert [sheet[f"C{row}"].value for row in (4, 5, 6)] == ["=C1*2", "=C2*2", "=C3*2"]


def test_references_that_stay_with_one_item_are_remarked_where_they_read_otherwise() -> None:
    closing = drawn(of_cells({**RUNNING, "C3": "=C2"}), each_reps="表!$2:$2")
    assert of(closing) == [("C3", "unmoved_reference")]
    last = drawn(of_cells({**RUNNING, "C3": "=INDEX(C2:C2,ROWS(C2:C2))"}), each_reps="表!$2:$2")
    assert of(last) == []
    assert rendered(last, REPS)["表"]["C5"].value == "=INDEX(C2:C4,ROWS(C2:C4))"
    for formula, codes in (
        ("=B2-B1", ["unmoved_reference"]),
        ("=B2/B$1", []),
        ("=B2*D1", []),
        ("=B2-OFFSET(B2,-1,0)", []),
    ):
        template = drawn(of_cells({**LIST, "C2": formula}), each_reps="表!$2:$2")
        assert [code for _, code in of(template)] == codes, formula


@pytest.mark.parametrize(
    ("formula", "expected", "remarked"),
    [
        ("=SUM(B1:B2)", ["=SUM(B1:B2)", "=SUM(B2:B3)", "=SUM(B3:B4)"], True),
        ("=SUM(表!B1:B2)", ["=SUM(表!B1:B2)", "=SUM(表!B2:B3)", "=SUM(表!B3:B4)"], True),
        ("=MAX($B1:C2)", ["=MAX($B1:C2)", "=MAX($B2:C3)", "=MAX($B3:C4)"], True),
        ("=SUM(B$1:B2)", ["=SUM(B$1:B2)", "=SUM(B$1:B3)", "=SUM(B$1:B4)"], False),
        ("=SUM(B$2:B2)", ["=SUM(B$2:B2)", "=SUM(B$2:B3)", "=SUM(B$2:B4)"], False),
        ("=SUM(B2:B$2)", ["=SUM(B2:B$4)", "=SUM(B3:B$4)", "=SUM(B4:B$4)"], False),
        ("=SUM(B1:B3)", ["=SUM(B1:B5)"] * 3, False),
        ("=SUM(B2:B3)", ["=SUM(B2:B5)", "=SUM(B3:B5)", "=SUM(B4:B5)"], False),
        ("=B2/SUM(B$1:B$2)", [f"=B{row}/SUM(B$1:B$4)" for row in (2, 3, 4)], False),
    ],
)
def test_a_range_from_above_goes_down_with_its_row_as_if_copied_by_hand(
    formula: str, expected: list[str], *, remarked: bool
) -> None:
    template = drawn(of_cells({**LIST, "D2": formula, "D3": "=SUM(D1:D2)"}), each_reps="表!$2:$2")
    sheet = rendered(template, REPS)["表"]
    assert [sheet[f"D{row}"].value for row in (2, 3, 4)] == expected
    assert sheet["D5"].value == "=SUM(D1:D4)"
    assert of(template) == ([("D2", "unmoved_reference")] if remarked else [])


def test_a_range_from_above_goes_down_by_whole_blocks_and_along_with_columns() -> None:
    blocks = {"B2": "{{ rep.name }}", "B3": "{{ rep.amount }}", "C3": "=SUM(B1:B3)"}
    sheet = rendered(drawn(of_cells(blocks), each_reps="表!$2:$3"), REPS)["表"]
    assert [sheet[f"C{row}"].value for row in (3, 5, 7)] == ["=SUM(B1:B3)", "=SUM(B3:B5)", "=SUM(B5:B7)"]
    across = {"B1": "{{ rep.amount }}", "B2": "=SUM(A1:B1)"}
    sheet = rendered(drawn(of_cells(across), each_reps="表!$B:$B"), REPS)["表"]
    assert [sheet.cell(2, at).value for at in (2, 3, 4)] == ["=SUM(A1:B1)", "=SUM(B1:C1)", "=SUM(C1:D1)"]
    teams = {"teams": [{"reps": REPS["reps"][:2]}, {"reps": REPS["reps"][2:]}]}
    inner = {"A2": "组", "B3": "{{ rep.amount }}", "C3": "=SUM(B2:B3)", "B4": "=SUM(B2:B3)"}
    names = {"each_teams": "表!$2:$4", "each_team__reps": "表!$3:$3"}
    sheet = rendered(drawn(of_cells(inner), **names), teams)["表"]
    assert [sheet[f"C{row}"].value for row in (3, 4, 7)] == ["=SUM(B2:B3)", "=SUM(B3:B4)", "=SUM(B6:B7)"]
    assert [sheet[f"B{row}"].value for row in (5, 8)] == ["=SUM(B2:B4)", "=SUM(B6:B7)"]


@pytest.mark.parametrize(
    ("formula", "expected", "remarked"),
    [
        ("=SUM(B$2:B3)", ["=SUM(B$2:B3)", "=SUM(B$2:B5)", "=SUM(B$2:B7)"], False),
        ("=B3/SUM(B$2:B$3)", ["=B3/SUM(B$2:B$7)", "=B5/SUM(B$2:B$7)", "=B7/SUM(B$2:B$7)"], False),
        ("=B3/SUM(B$3:B$3)", ["=B3/SUM(B$3:B$3)", "=B5/SUM(B$5:B$5)", "=B7/SUM(B$7:B$7)"], True),
        ("=SUM(B$3:B3)", ["=SUM(B$3:B3)", "=SUM(B$5:B5)", "=SUM(B$7:B7)"], True),
        ("=SUM($A$3:$B$3)", ["=SUM($A$3:$B$3)", "=SUM($A$5:$B$5)", "=SUM($A$7:$B$7)"], False),
    ],
)
def test_fixed_rows_of_a_block_are_all_blocks_or_its_own_with_a_remark(
    formula: str, expected: list[str], *, remarked: bool
) -> None:
    blocks = {"B2": "{{ rep.name }}", "B3": "{{ rep.amount }}", "C3": formula}
    template = drawn(of_cells(blocks), each_reps="表!$2:$3")
    sheet = rendered(template, REPS)["表"]
    assert [sheet[f"C{row}"].value for row in (3, 5, 7)] == expected
    assert of(template) == ([("C3", "unmoved_reference")] if remarked else [])


def of_sheets(tab: str = "{{ rep.name }}", **formulas: str) -> bytes:
    def draw(book: openpyxl.Workbook) -> None:
        book.active.title = tab
        of_cells({"A1": "{{ rep.name }}", "B1": "{{ rep.amount }}"})(book)
        total = book.create_sheet("总")
        for cell, formula in formulas.items():
            total[cell] = formula

    return drawn(draw, each_reps_sheet=f"'{tab}'!$A$1")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM(表!B1)", "=SUM(甲:丙!B1)"),
        ("=SUM(表!B1:B3)", "=SUM(甲:丙!B1:B3)"),
        ("=AVERAGE(表!$B$1)+MAX(表!B:B)", "=AVERAGE(甲:丙!$B$1)+MAX(甲:丙!B:B)"),
        ("=表!B1", "=甲!B1"),
        ("=SUM(表!B1*2)", "=SUM(甲!B1*2)"),
    ],
)
def test_a_sum_over_a_repeated_sheet_runs_through_all_its_copies(formula: str, expected: str) -> None:
    template = of_sheets(A1=formula.replace("表", "'{{ rep.name }}'"))
    assert rendered(template, REPS)["总"]["A1"].value == expected
    assert of(template) == []


@pytest.mark.parametrize(
    "formula", ['=SUMIF(表!A1,"甲",表!B1)', '=VLOOKUP("乙",表!A:B,2,0)', "=SUM(表!B1:B2*2)"]
)
def test_what_cannot_run_through_the_copies_of_a_sheet_is_refused(formula: str) -> None:
    template = of_sheets("表", A1=formula)
    for data in (REPS, {}):
        assert ("A1", "uneven_reference") in [(p.cell, p.code) for p in lint(template, data or None)]
    with pytest.raises(TemplateError, match=r"总!A1.*会重复的工作表.*SUM"):
        render(template, REPS)
    assert rendered(template, {"reps": REPS["reps"][:1]})["总"]["A1"].value == formula


def test_copies_of_unlike_length_and_of_odd_names_are_added_one_by_one() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells({"A2": "{{ d }}", "B2": "{{ d }}", "B3": "=SUM(B2:B2)"})(book)
        total = book.create_sheet("总")
        total["A1"], total["B1"], total["B2"] = "{{ t.n }}", "=SUM(表!B3)", "=SUM(表!B3,表!B1)"

    names = {"each_ts_sheet": "表!$A$1", "each_t__ds": "表!$2:$2", "each_ts": "总!$1:$1"}
    data = {"ts": [{"n": 1, "ds": [1, 2]}, {"n": 2, "ds": [3]}]}
    template = drawn(draw, **names)
    sheet = rendered(template, data)["总"]
    assert [sheet[f"B{row}"].value for row in (1, 2, 3)] == [
        "=SUM(表!B4)", "=SUM('表 (2)'!B3)", "=SUM(表!B4,'表 (2)'!B3,表!B1,'表 (2)'!B1)",
    ]  # fmt: skip
    assert of(template, data) == []
    many = {"ts": [{"n": n, "ds": [1] * (1 + n % 2)} for n in range(101)]}
    with pytest.raises(TemplateError, match=r"总!B2.*会重复的工作表"):
        render(template, many)
    assert ("B2", "render") in of(template, many)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"D2": 500, "D3": 300, "D4": "=SUM(D2:D3)"}, ["D2"]),
        ({"D2": "=200+300", "D4": "=SUM(D2)"}, ["D2"]),
        ({"D2": "=F1*2", "F1": 3, "D4": "=SUBTOTAL(9,D:D)"}, ["D2"]),
        ({"D2": "=B2*2", "D4": "=SUM(D2:D2)"}, []),
        ({"D2": "=D1+B2", "D1": 5, "D4": "=SUM(D2:D2)"}, []),
        ({"D2": "=F$1*2", "F1": 3, "D4": "=SUM(D2:D2)"}, []),
        ({"D2": 500, "D3": 300, "D4": "=SUM(D3:D3)"}, []),
        ({"D2": "元", "D4": "=SUM(B2:D2)"}, []),
        ({"D2": 500, "E2": "=D2/SUM(D$2:D$2)"}, []),
    ],
)
def test_a_fixed_figure_that_a_total_adds_for_every_item_is_remarked(
    more: dict[str, Any], found: list[str]
) -> None:
    template = drawn(of_cells({**LIST, **more}), each_reps="表!$2:$2")
    assert of(template) == [(cell, "beside_band") for cell in found]


# ---- lint and render agree


def test_a_reference_that_may_vanish_is_a_remark_for_it_is_rendered() -> None:
    template = drawn(of_cells({**LIST, "B3": "=SUM(B2:B2)"}), eachopt_reps="表!$2:$2")
    assert of(template) == [("B3", "vanishing_reference")]
    assert "vanishing_reference" in REMARKS
    assert rendered(template, {"reps": []})["表"]["B2"].value == "=SUM(#REF!)"


@pytest.mark.parametrize("formula", ["={{ total }}*2", "=SUM({{ total }},1)", '=IF({{ total }}>1,"多","少")'])
def test_an_expression_bare_in_a_formula_is_not_filled(formula: str) -> None:
    found = lint(drawn(of_cells({"A1": formula})), {"total": 3})
    assert [(p.cell, p.code) for p in found if p.code not in REMARKS] == [("A1", "unfilled")]


def test_a_name_used_both_ways_is_told_at_the_formula_that_takes_one_value() -> None:
    used = {**LIST, "B4": "=SUM(全部)", "C4": "=全部*2"}
    template = drawn(of_cells(used), each_reps="表!$2:$2", 全部="表!$B$2")
    for data in (REPS, None):
        found = [(p.sheet, p.cell, p.code) for p in lint(template, data) if p.code != "uncalculated"]
        assert found == [("表", "C4", "name_both")]
    with pytest.raises(TemplateError, match=r"表!C4.*名称 全部"):
        render(template, REPS)
