"""Template workbooks rendered: expressions, bands, and every reference that has to follow."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from salesxl.errors import TemplateError
from salesxl.render import Limits, lint, names, render

Draw = Callable[[Workbook], None]


def drawn(draw: Draw, **named: str) -> bytes:
    """Return a workbook with one sheet 表, drawn by ``draw``, and these defined names."""
    book = openpyxl.Workbook()
    book.active.title = "表"
    draw(book)
    for name, target in named.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rendered(template: bytes, data: Mapping[str, Any], **limits: Any) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(template, data, limits=Limits(**limits))))


def of_cells(cells: Mapping[str, Any]) -> Draw:
    def draw(book: Workbook) -> None:
        for cell, value in cells.items():
            book.active[cell] = value

    return draw


def values(book: Workbook, sheet: str = "表") -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


# ---- expressions


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12),
        (0.5, 0.5),
        (Decimal("12.50"), 12.5),
        (True, True),
        (None, None),
        ("=1+1", "=1+1"),
        ("123", "123"),
        (dt.date(2024, 3, 15), dt.datetime(2024, 3, 15)),
        (dt.datetime(2024, 3, 15, 18, 30), dt.datetime(2024, 3, 15, 18, 30)),
    ],
)
def test_a_cell_of_one_expression_keeps_the_values_kind(value: Any, expected: Any) -> None:
    cell = rendered(drawn(of_cells({"A1": "{{ x }}"})), {"x": value})["表"]["A1"]
    assert cell.value == expected
    assert type(cell.value) is type(expected)
    if isinstance(value, str):
        assert cell.data_type == "s"


def test_the_cells_own_number_format_is_kept_and_a_blank_keeps_its_style() -> None:
    def draw(book: Workbook) -> None:
        for cell in ("A1", "A2"):
            book.active[cell] = {"A1": "{{ x }}", "A2": "{{ y }}"}[cell]
            book.active[cell].number_format = "yyyy年m月"

    sheet = rendered(drawn(draw), {"x": dt.date(2024, 3, 15), "y": None})["表"]
    assert sheet["A1"].number_format == sheet["A2"].number_format == "yyyy年m月"
    assert sheet["A2"].value is None


def test_mixed_text_is_text_and_says_dates_and_numbers_plainly() -> None:
    cells = {"A1": "{{ n }} 家，{{ d }}，{{ f }}，{{ none }}{{ m|wan }}万元"}
    data = {"n": 3, "d": dt.date(2024, 3, 5), "f": 1e-7, "none": None, "m": 125000}
    assert values(rendered(drawn(of_cells(cells)), data)) == [["3 家，2024-03-05，0.0000001，12.5万元"]]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ 125000 | wan }}", 12.5),
        ("{{ n | wan(0) }}", 13),
        ("{{ r | percent }}", "85%"),
        ("{{ r | percent(1) }}", "85.4%"),
        ("{{ d | date('m月d日') }}", "3月5日"),
        ("{{ t | date('yyyy/mm/dd hh:mm') }}", "2024/03/05 09:07"),
        ("{{ phone | mask }}", "138****8000"),
        ("{{ list | join_cn }}", "甲、乙"),
        ("{{ '乙' | colour(list) }}", "橙"),
        ("{{ '乙' | colour(list, ['深']) }}", "深"),
        ("{{ '丙' | colour(list) }}", None),
        ("{{ nothing | default('无') }}", "无"),
        ("{{ missing | default('无') }}", "无"),
        ("{{ list | length }}", 2),
        ("{{ people | sum('age') }}", 7),
        ("{% if n > 1 %}多{% else %}少{% endif %}", "多"),
        ("{% for p in people %}{{ p.name }}{{ '；' if not loop.last }}{% endfor %}", "子；丑"),
        ("{{ people[0].name ~ '-' ~ n }}", "子-125000"),
        ("{{ order.items }}", "货"),
        ("{{ nothing.deep.name }}", None),
        ("{{ rep.name }}", "寅"),
        ("{{ pair[1] }}", 2),
    ],
)
def test_filters_and_expressions_of_the_field(expression: str, expected: Any) -> None:
    @dataclass
    class Rep:
        name: str

    data = {
        "n": 125000,
        "r": 0.8538,
        "d": dt.date(2024, 3, 5),
        "t": dt.datetime(2024, 3, 5, 9, 7),
        "phone": "13800138000",
        "list": ["甲", None, "乙"][::2],
        "nothing": None,
        "people": [{"name": "子", "age": 3}, {"name": "丑", "age": 4}],
        "order": {"items": "货"},
        "rep": Rep("寅"),
        "pair": (1, 2),
    }
    assert rendered(drawn(of_cells({"A1": expression})), data)["表"]["A1"].value == expected


def test_an_unknown_name_is_told_with_sheet_cell_and_near_names() -> None:
    for text, data, near in (
        ("{{ totl }}", {"total": 1}, "total"),
        ("合计 {{ rep.nmae }}", {"rep": {"name": 1}}, "name"),
        ("{% if rep.nmae %}{% endif %}", {"rep": {"name": 1}}, "name"),
        ("{{ totl * 2 }}", {"total": 1}, "total"),
    ):
        with pytest.raises(TemplateError, match=rf"表!B3.*{near}"):
            render(drawn(of_cells({"B3": text})), data)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 3000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ (9 ** 300) ** 300 }}",
        "{% for i in range(99999999) %}x{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}{{ big }}{% endfor %}",
        "{{ [big, big, big, big] | join }}",
        "{{ big | replace('a', big) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ big.__class__.__mro__ }}",
        "{{ [0] * 999999999 }}",
        "{% set x = 1 %}{{ x }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'x' %}",
        "{{ big.center(99999999999) }}",
        "{{ 1 / 0 }}",
        "{{ 1 + }}",
        "{% if %}",
        "{{ range(99999999) | list }}",
        "{{ big | pprint }}",
    ],
)
def test_a_template_that_asks_for_too_much_or_the_forbidden_is_stopped_at_its_cell(text: str) -> None:
    with pytest.raises(TemplateError, match="表!A1"):
        render(drawn(of_cells({"A1": text})), {"big": "a" * 10_000, "nothing": None})


def test_time_runs_out_with_a_clear_error() -> None:
    template = drawn(of_cells({"A1": "{% for i in range(19000) %}{% endfor %}"}))
    with pytest.raises(TemplateError, match="时限"):
        render(template, {}, limits=Limits(seconds=0))


# ---- bands and what follows them


def reps(count: int) -> list[dict[str, Any]]:
    return [{"name": f"张{i}", "amount": i * 10} for i in range(1, count + 1)]


BAND = {
    "A1": "姓名",
    "B1": "金额",
    "A2": "{{ rep.name }}",
    "B2": "{{ row.amount }}",
    "C2": "=B2/SUM(B$2:B$2)",
    "D2": "=SUM(B$1:B2)",
    "E2": "{{ loop.index }}/{{ loop.length }}",
    "A3": "合计",
    "B3": "=SUM(B2:B2)",
    "C3": "=AVERAGE(表!B2)*$B$3",
}


@pytest.mark.parametrize("count", [1, 2, 500])
def test_a_band_repeats_and_references_follow(count: int) -> None:
    sheet = rendered(drawn(of_cells(BAND), each_reps="表!$2:$2"), {"reps": reps(count)})["表"]
    last = count + 1
    for row in (2, last):
        assert sheet.cell(row, 1).value == f"张{row - 1}"
        assert sheet.cell(row, 3).value == f"=B{row}/SUM(B$2:B${last})"
        assert sheet.cell(row, 4).value == f"=SUM(B$1:B{row})"
        assert sheet.cell(row, 5).value == f"{row - 1}/{count}"
    assert sheet.cell(last + 1, 2).value == f"=SUM(B2:B{last})"
    grown = f"表!B2:B{last}" if count > 1 else "表!B2"
    assert sheet.cell(last + 1, 3).value == f"=AVERAGE({grown})*$B${last + 1}"
    assert sheet.max_row == last + 1


def test_no_items_leave_one_blank_styled_row_or_none_where_marked() -> None:
    def draw(book: Workbook) -> None:
        of_cells(BAND)(book)
        book.active["B2"].number_format = "0.00"

    sheet = rendered(drawn(draw, each_reps="表!$2:$2"), {"reps": []})["表"]
    assert not any(cell.value for cell in sheet[2])
    assert sheet["B2"].number_format == "0.00"
    assert sheet["B3"].value == "=SUM(B2:B2)"
    sheet = rendered(drawn(draw, eachopt_reps="表!$2:$2"), {"reps": None})["表"]
    assert [sheet["A2"].value, sheet["B2"].value] == ["合计", "=SUM(#REF!)"]


def test_names_of_bands_are_gone_and_other_names_have_grown() -> None:
    named = {"each_reps": "表!$A$2:$C$2", "amounts": "表!$B$2:$B$2", "total": "表!$B$3", "offset": "表!A1"}
    book = rendered(drawn(of_cells(BAND), **named), {"reps": iter(reps(3))})
    found = {name: book.defined_names[name].attr_text for name in book.defined_names}
    assert found == {"amounts": "表!$B$2:$B$4", "total": "表!$B$5", "offset": "表!A1"}


def test_nested_bands_repeat_within_each_copy() -> None:
    cells = {
        "A1": "{{ rep.name }}",
        "A2": "{{ deal.title }}",
        "B2": "{{ deal.amount }}",
        "C2": "=B2/B3",
        "B3": "=SUM(B2:B2)",
        "A4": "总计",
        "B4": "=SUM(B1:B3)",
    }
    template = drawn(of_cells(cells), each_reps="表!$1:$3", each_rep__deals="表!$2:$2")
    data = [
        {"name": "甲", "deals": [{"title": "a", "amount": 1}, {"title": "b", "amount": 2}]},
        {"name": "乙", "deals": []},
        {"name": "丙", "deals": ({"title": t, "amount": 3} for t in "c")},
    ]
    assert values(rendered(template, {"reps": data})) == [
        ["甲", None, None],
        ["a", 1, "=B2/B4"],
        ["b", 2, "=B3/B4"],
        [None, "=SUM(B2:B3)", None],
        ["乙", None, None],
        [None, None, None],
        [None, "=SUM(B6:B6)", None],
        ["丙", None, None],
        ["c", 3, "=B9/B10"],
        [None, "=SUM(B9:B9)", None],
        ["总计", "=SUM(B1:B10)", None],
    ]


def test_rows_fall_away_when_their_condition_is_false() -> None:
    cells = {"A1": "头", "A2": "{{ note }}", "A3": "=A2&A4", "A4": "尾", "A5": "=COUNTA(A1:A4)"}
    template = drawn(of_cells(cells), if_note="表!$2:$2")
    assert values(rendered(template, {"note": "有"}))[2] == ["=A2&A4"]
    assert values(rendered(template, {"note": ""})) == [["头"], ["=#REF!&A3"], ["尾"], ["=COUNTA(A1:A3)"]]


def test_a_reference_to_a_part_of_a_band_is_refused_with_its_cell() -> None:
    cells = {"A1": "{{ rep.name }}", "A2": "x", "A3": "=SUM(A2:A2)"}
    with pytest.raises(TemplateError, match=r"表!A3.*each_reps"):
        render(drawn(of_cells(cells), each_reps="表!$1:$2"), {"reps": reps(1)})


def test_crossing_bands_are_refused() -> None:
    with pytest.raises(TemplateError, match=r"each_a.*each_b"):
        render(drawn(of_cells({"A1": "x"}), each_a="表!$1:$3", each_b="表!$2:$4"), {"a": [], "b": []})


def test_the_same_template_and_data_give_the_same_bytes() -> None:
    template = drawn(of_cells(BAND), each_reps="表!$2:$2")
    assert render(template, {"reps": reps(3)}) == render(template, {"reps": iter(reps(3))})


# ---- sheets and columns


@pytest.fixture(scope="module")
def by_rep() -> bytes:
    """A list of reps, and a sheet for each of them with a table, a chart, a note and a print area."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    total = book.add_worksheet("总表")
    total.write_row("A1", ["{{ rep.name }}", None, "x"])
    total.write_formula("B1", "='{{ rep.name }}'!B3")
    total.write_formula("B2", "=SUM(B1:B1)")
    sheet = book.add_worksheet("{{ rep.name }}")
    sheet.add_table("A1:B2", {"name": "deals", "columns": [{"header": "单"}, {"header": "额"}]})
    sheet.write_row("A2", ["{{ deal.title }}", "{{ deal.amount }}"])
    sheet.write_formula("B3", "=SUM(deals[额])+SUM('{{ rep.name }}'!B2:B2)*0")
    sheet.write_comment("A1", "{{ rep.name }}")
    sheet.print_area("A1:B3")
    chart = book.add_chart({"type": "bar"})
    ends = ["{{ rep.name }}", 1, 0, 1, 0], ["{{ rep.name }}", 1, 1, 1, 1]
    chart.add_series({"categories": ends[0], "values": ends[1]})
    sheet.insert_chart("D2", chart)
    book.define_name("each_reps", "=总表!$1:$1")
    book.define_name("each_reps_sheet", "='{{ rep.name }}'!$A$1")
    book.define_name("each_rep__deals", "='{{ rep.name }}'!$2:$2")
    last = book.add_worksheet("末页")
    last.write_formula("A1", "=总表!B2")
    book.close()
    return buffer.getvalue()


def test_a_sheet_repeats_with_its_chart_table_note_and_names(by_rep: bytes) -> None:
    people = [
        {"name": "张/三", "deals": [{"title": "a", "amount": 1}, {"title": "b", "amount": 2}]},
        {"name": "李四", "deals": [{"title": "c", "amount": 5}]},
        {"name": "张/三", "deals": []},
    ]
    out = render(by_rep, {"reps": people})
    book = openpyxl.load_workbook(io.BytesIO(out))
    assert book.sheetnames == ["总表", "张 三", "李四", "张 三 (2)", "末页"]
    assert [row[:2] for row in values(book, "总表")] == [
        ["张/三", "='张 三'!B4"],
        ["李四", "=李四!B3"],
        ["张/三", "='张 三 (2)'!B3"],
        [None, "=SUM(B1:B3)"],
    ]
    assert values(book, "末页") == [["=总表!B4"]]
    assert [ws.print_area for ws in book.worksheets[1:4]] == [
        "'张 三'!$A$1:$B$4",
        "'李四'!$A$1:$B$3",
        "'张 三 (2)'!$A$1:$B$3",
    ]
    tables = [next(iter(ws.tables.values())) for ws in book.worksheets[1:4]]
    assert [(t.name, t.id, t.ref) for t in tables] == [
        ("deals", 1, "A1:B3"),
        ("deals_2", 2, "A1:B2"),
        ("deals_3", 3, "A1:B2"),
    ]
    assert book["李四"]["B3"].value == "=SUM(deals_2[额])+SUM(李四!B2:B2)*0"
    assert [ws["A1"].comment.text for ws in book.worksheets[1:4]] == ["张/三", "李四", "张/三"]
    charts = [ws._charts[0].series[0] for ws in book.worksheets[1:4]]
    assert [series.val.numRef.f for series in charts] == [
        "'张 三'!$B$2:$B$3",
        "李四!$B$2",
        "'张 三 (2)'!$B$2",
    ]
    assert [[p.v for p in series.val.numRef.numCache.pt] for series in charts] == [[1, 2], [5], []]
    assert [bool(ws.sheet_view.tabSelected) for ws in book.worksheets].count(True) == 1


def test_sheets_fall_away_and_at_least_one_must_stay() -> None:
    def draw(book: Workbook) -> None:
        book.active["A1"] = "=附!B2"
        book.create_sheet("附")["A1"] = "x"

    template = drawn(draw, if_more_sheet="附!$A$1", kept="附!$A$1")
    assert rendered(template, {"more": 1}).sheetnames == ["表", "附"]
    book = rendered(template, {"more": None})
    assert book.sheetnames == ["表"]
    assert values(book) == [["=#REF!"]]
    assert book.defined_names["kept"].attr_text == "#REF!"
    with pytest.raises(TemplateError, match="至少保留一张"):
        render(drawn(of_cells({"A1": 1}), if_x_sheet="表!$A$1"), {"x": 0})


@pytest.mark.parametrize("count", [0, 1, 3])
def test_columns_repeat_with_widths_merges_and_references(count: int) -> None:
    def draw(book: Workbook) -> None:
        sheet = book.active
        of_cells(
            {
                "A2": "{{ rep.name }}",
                "B1": "{{ stage }}",
                "B2": "{{ rep.counts[loop.index0] }}",
                "B3": "=SUM(B2:B2)",
                "C2": "=SUM(B2:B2)",
                "D1": "x",
            }
        )(book)
        sheet.column_dimensions["B"].width = 33
        sheet.column_dimensions["D"].width = 7
        sheet.merge_cells("A5:D5")
        sheet.merge_cells("B6:B7")

    template = drawn(draw, each_stages="表!$B:$B", each_reps="表!$2:$2")
    stages = ["线索", "方案", "成交"][:count]
    people = [{"name": "甲", "counts": [1, 2, 3]}, {"name": "乙", "counts": [4, 5, 6]}]
    sheet = rendered(template, {"stages": stages, "reps": people})["表"]
    last = "ABCD"[max(count, 1)]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0][1 : 1 + count]) == stages
    assert list(rows[2][1 : 1 + count]) == [4, 5, 6][:count]
    total = max(count, 1) + 1
    assert rows[1][total] == f"=SUM(B2:{last}2)"
    if count:
        assert rows[3][1] == "=SUM(B2:B3)"
        assert rows[3][count] == f"=SUM({last}2:{last}3)"
    assert rows[0][total + 1] == "x"
    widths = {letter: sheet.column_dimensions[letter].width for letter in ("B", "ABCDEFG"[total + 1])}
    assert list(widths.values()) == [33, 7]
    merged = sorted(str(area) for area in sheet.merged_cells.ranges)
    assert merged == sorted([f"A6:{'ABCDEFG'[total + 1]}6", *(f"{c}7:{c}8" for c in "BCD"[: max(count, 1)])])


# ---- what else grows, moves or is refused


def test_a_table_named_after_a_list_grows_without_a_name_for_it() -> None:
    def draw(book: Workbook) -> None:
        cells = {"A1": "单", "B1": "额", "A2": "{{ row.title }}", "B2": "{{ deal.amount }}"}
        of_cells({**cells, "B3": "=SUM(B2:B2)"})(book)
        book.active.add_table(Table(displayName="deals", ref="A1:B2"))

    template = drawn(draw)
    sheet = rendered(template, {"deals": [{"title": "a", "amount": 1}, {"title": "b", "amount": 2}]})["表"]
    assert sheet.tables["deals"].ref == "A1:B3"
    assert sheet["B4"].value == "=SUM(B2:B3)"
    assert names(template) == {"deals"}
    assert lint(template, {"deals": [{"title": "a", "amount": 1}]})[0].code == "uncalculated"


def test_one_name_may_stand_for_bands_on_several_sheets() -> None:
    def draw(book: Workbook) -> None:
        book.active["A1"] = "{{ rep.name }}"
        book.create_sheet("附")["A2"] = "{{ rep.name }}"

    book = rendered(drawn(draw, each_reps="表!$1:$1,附!$A$2:$C$2"), {"reps": reps(2)})
    assert values(book) == [["张1"], ["张2"]]
    assert values(book, "附")[1:] == [["张1"], ["张2"]]


def test_a_reference_to_another_band_over_the_same_list_means_the_same_item() -> None:
    def draw(book: Workbook) -> None:
        of_cells({"A1": "{{ rep.name }}", "B1": "=附!B3+SUM(附!B3:C3)", "C1": "=附!B3/SUM(附!B$3:B$3)"})(book)
        book.create_sheet("附")["B3"] = "{{ rep.amount }}"

    template = drawn(draw, each_reps="表!$1:$1,附!$3:$3")
    assert [row[1:] for row in values(rendered(template, {"reps": reps(2)}))] == [
        ["=附!B3+SUM(附!B3:C3)", "=附!B3/SUM(附!B$3:B$4)"],
        ["=附!B4+SUM(附!B4:C4)", "=附!B4/SUM(附!B$3:B$4)"],
    ]


def test_a_chart_in_a_block_is_drawn_for_each_copy_from_its_own_rows() -> None:
    def draw(book: Workbook) -> None:
        sheet = book.active
        of_cells({"A1": "{{ rep.name }}", "B2": "{{ rep.amount }}"})(book)
        chart = BarChart()
        chart.title = "{{ rep.name }}"
        chart.add_data(Reference(sheet, min_col=2, min_row=2, max_row=2))
        chart.anchor = "D2"
        chart.height = 1
        sheet.add_chart(chart)

    template = drawn(draw, each_reps="表!$1:$9")
    data = render(template, {"reps": reps(3)})
    book = openpyxl.load_workbook(io.BytesIO(data))
    charts = book["表"]._charts
    assert [chart.series[0].val.numRef.f for chart in charts] == ["表!$B$2", "表!$B$11", "表!$B$20"]
    assert [chart.anchor._from.row for chart in charts] == [1, 10, 19]
    titles = [chart.title.tx.rich.p[0].r[0].t for chart in charts]
    assert titles == ["张1", "张2", "张3"]
    assert len({name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "charts/chart" in name}) == 3
    empty = zipfile.ZipFile(io.BytesIO(render(template, {"reps": []})))
    assert b"graphicFrame" not in empty.read("xl/drawings/drawing1.xml")


def test_runs_keep_their_fonts_and_an_expression_split_over_runs_is_gathered() -> None:
    bold = InlineFont(b=True)

    def draw(book: Workbook) -> None:
        book.active["A1"] = CellRichText(TextBlock(bold, "姓名："), "{{ name }}！")
        book.active["A2"] = CellRichText(TextBlock(bold, "{{ na"), "me }}")

    data = io.BytesIO(render(drawn(draw), {"name": "张三"}))
    sheet = openpyxl.load_workbook(data, rich_text=True)["表"]
    assert [str(block) for block in sheet["A1"].value] == ["姓名：", "张三！"]
    assert sheet["A1"].value[0].font.b
    assert sheet["A2"].value == "张三"


def test_a_date_in_a_cell_without_a_format_is_shown_as_a_date() -> None:
    cells = {"A1": "{{ d }}", "A2": "{{ t }}", "A3": "{{ d }}", "A4": "{{ n }}"}
    data = {"d": dt.date(2024, 3, 15), "t": dt.datetime(2024, 3, 15, 8), "n": 45366}
    sheet = rendered(drawn(of_cells(cells)), data)["表"]
    assert [cell.is_date for (cell,) in sheet["A1:A4"]] == [True, True, True, False]


def test_frozen_headings_that_grow_or_fall_away_stay_frozen() -> None:
    def draw(book: Workbook) -> None:
        of_cells({"A1": "{{ note }}", "A2": "头", "B2": "{{ stage }}"})(book)
        book.active.freeze_panes = "C3"

    template = drawn(draw, if_note="表!$1:$1", each_stages="表!$B:$B")
    pane = rendered(template, {"note": None, "stages": ["甲", "乙", "丙"]})["表"].sheet_view.pane
    assert (pane.xSplit, pane.ySplit, pane.topLeftCell) == (4, 1, "E2")


@pytest.mark.parametrize("value", [{"a": 1}, "abc", 5, {1, 2}])
def test_a_band_over_something_that_is_no_list_is_refused(value: Any) -> None:
    with pytest.raises(TemplateError, match=r"each_reps.*需要列表"):
        render(drawn(of_cells({"A1": "x"}), each_reps="表!$1:$1"), {"reps": value})


def test_a_list_in_a_cell_is_refused_with_the_remedy() -> None:
    with pytest.raises(TemplateError, match=r"表!A1.*join_cn"):
        render(drawn(of_cells({"A1": "{{ rep.tags }}"})), {"rep": {"tags": ["a"]}})


def test_a_sheet_that_would_run_over_its_end_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"表.*each_reps.*100"):
        rendered(drawn(of_cells({"A1": "x"}), each_reps="表!$1:$1"), {"reps": reps(200)}, rows=100)


def test_a_long_iterator_is_kept_in_bounded_memory_and_gone_through_once() -> None:
    drawn_once = iter({"n": n} for n in range(3000))
    cells = {"A1": "=SUM(A2:A2)", "A2": "{{ row.n }}"}
    sheet = rendered(drawn(of_cells(cells), each_items="表!$2:$2"), {"items": drawn_once})["表"]
    assert sheet["A1"].value == "=SUM(A2:A3001)"
    assert [sheet["A2"].value, sheet["A3001"].value] == [0, 2999]


def test_a_template_without_expressions_keeps_every_part_but_the_workbooks() -> None:
    template = drawn(of_cells({"A1": "标题", "B2": 3}))
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (template, render(template, {})))
    changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    assert changed <= {"xl/workbook.xml"}


def test_names_may_be_chinese() -> None:
    cells = {"A1": "{{ 团队.名称 }}", "A2": "{{ row.姓名 }}", "B2": "{{ row.金额 | wan }}"}
    data = {"团队": {"名称": "华东"}, "客户": [{"姓名": "甲", "金额": 20000}, {"姓名": "乙", "金额": None}]}
    template = drawn(of_cells(cells), each_客户="表!$2:$2")
    assert values(rendered(template, data)) == [["华东", None], ["甲", 2], ["乙", None]]
    assert names(template) == {"团队", "客户"}


def test_more_links_than_excel_can_open_are_refused() -> None:
    def draw(book: Workbook) -> None:
        book.active["A1"] = "x"
        book.active["A1"].hyperlink = "https://example.com"

    with pytest.raises(TemplateError, match="HYPERLINK"):
        render(drawn(draw, each_reps="表!$1:$1"), {"reps": range(65_531)})
