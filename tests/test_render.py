"""Template workbooks rendered: expressions, bands, and every reference that has to follow."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from salesxl.errors import TemplateError
from salesxl.render import Limits, render

Draw = Callable[[Workbook], None]


def drawn(draw: Draw, **names: str) -> bytes:
    """Return a workbook with one sheet 表, drawn by ``draw``, and these defined names."""
    book = openpyxl.Workbook()
    book.active.title = "表"
    draw(book)
    for name, target in names.items():
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
        "{{ nothing + 1 }}",
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
    names = {"each_reps": "表!$A$2:$C$2", "amounts": "表!$B$2:$B$2", "total": "表!$B$3", "offset": "表!A1"}
    book = rendered(drawn(of_cells(BAND), **names), {"reps": iter(reps(3))})
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
