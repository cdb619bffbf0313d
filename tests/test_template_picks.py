"""What a band takes of its list, what stands without any, and expressions in the rules of a sheet."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from salesxl.errors import TemplateError
from salesxl.render import REMARKS, lint, render
from tests.test_render import drawn, of_cells, rendered, values

DEALS: dict[str, Any] = {
    "deals": [
        {"title": "丙", "grade": "A", "amount": 30, "due": dt.date(2026, 3, 1)},
        {"title": "甲", "grade": "B", "amount": 50, "due": None},
        {"title": "乙", "grade": "A", "amount": None, "due": dt.date(2026, 1, 1)},
        {"title": "丁", "grade": None, "amount": 20, "due": dt.date(2026, 2, 1)},
    ],
    "order": ["B", "A"],
    "most": 2,
    "floor": 25,
}
ROW = {"A1": "单", "B1": "额", "A2": "{{ deal.title }}", "B2": "{{ deal.amount }}"}
BAND = {"each_deals": "表!$2:$2"}


def titles(data: dict[str, Any] = DEALS, **names: str) -> list[Any]:
    sheet = rendered(drawn(of_cells(ROW), **BAND, **names), data)["表"]
    return [row[0] for row in values_of(sheet)[1:]]


def values_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deal.amount > floor", ["丙", "甲"]),
        ("amount > floor", ["丙", "甲"]),
        ("row.amount > 25", ["丙", "甲"]),
        ("amount is none", ["乙"]),
        ("grade in order and due", ["丙", "乙"]),
        ("amount > 1000", []),
    ],
)
def test_a_filter_keeps_the_items_for_which_it_holds(text: str, expected: list[Any]) -> None:
    assert titles(filter_deals=quoted(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount", ["丁", "丙", "甲", "乙"]),
        ("amount desc", ["甲", "丙", "丁", "乙"]),
        ("-amount", ["甲", "丙", "丁", "乙"]),
        ("deal.amount 降序", ["甲", "丙", "丁", "乙"]),
        ("grade, amount desc", ["丙", "乙", "甲", "丁"]),
        ("grade 降序，amount", ["甲", "丙", "乙", "丁"]),
        ("due", ["乙", "丁", "丙", "甲"]),
        ("title", ["丙", "丁", "甲", "乙"]),
        ("order.index(grade) if false else -1", ["丙", "甲", "乙", "丁"]),
    ],
)
def test_sorting_goes_by_several_keys_with_blanks_last_and_equals_in_order(
    text: str, expected: list[Any]
) -> None:
    assert titles(sort_deals=quoted(text)) == sorted(expected, key=expected.index)


def test_the_first_items_and_one_for_the_others_with_the_sums_that_are_asked_for() -> None:
    names = {"sort_deals": quoted("-amount"), "first_deals": "2"}
    assert titles(**names) == ["甲", "丙"]
    others = quoted("title = '其他' ~ (others | length) ~ '单', amount")
    sheet = rendered(drawn(of_cells(ROW), **BAND, **names, others_deals=others), DEALS)["表"]
    assert values_of(sheet)[1:] == [["甲", 50], ["丙", 30], ["其他2单", 20]]
    assert titles(first_deals=quoted("most")) == ["丙", "甲"]
    assert titles(first_deals="9", others_deals=others) == ["丙", "甲", "乙", "丁"]


GROUPED = {
    "A2": "{{ group.name | default('未定级') }}", "B2": "{{ group.count }}",
    "A3": "{{ deal.title }}", "B3": "{{ deal.amount }}", "A4": "小计", "B4": "=SUM(B3:B3)",
    "B5": "=SUM(B2:B4)", "B6": "=SUBTOTAL(9,B2:B4)",
}  # fmt: skip
GROUPS = {"each_deals": "表!$2:$4", "each_group__deals": "表!$3:$3", "group_deals": quoted("grade")}


def test_groups_stand_with_their_items_and_subtotals() -> None:
    sheet = rendered(drawn(of_cells(GROUPED), **GROUPS), DEALS)["表"]
    assert values_of(sheet)[1:] == [
        ["A", 2], ["丙", 30], ["乙", None], ["小计", "=SUM(B3:B4)"],
        ["B", 1], ["甲", 50], ["小计", "=SUM(B7:B7)"],
        ["未定级", 1], ["丁", 20], ["小计", "=SUM(B10:B10)"],
        [None, "=SUM(B2:B11)"], [None, "=SUBTOTAL(9,B2:B11)"],
    ]  # fmt: skip


def test_groups_are_sorted_filtered_and_counted_where_the_text_speaks_of_them() -> None:
    names = {**GROUPS, "sort_deals": quoted("title, group.deals | sum('amount') desc")}
    sheet = rendered(drawn(of_cells(GROUPED), **names), DEALS)["表"]
    assert [row[0] for row in values_of(sheet)[1:-2]] == [
        "B", "甲", "小计", "A", "丙", "乙", "小计", "未定级", "丁", "小计",
    ]  # fmt: skip
    names |= {"first_deals": "1", "others_deals": quoted("其他等级")}
    sheet = rendered(drawn(of_cells(GROUPED), **names), DEALS)["表"]
    assert [row[0] for row in values_of(sheet)[1:-2]] == [
        "B",
        "甲",
        "小计",
        "其他等级",
        "丙",
        "乙",
        "丁",
        "小计",
    ]
    names = {**GROUPS, "filter_deals": quoted("group.count > 1")}
    sheet = rendered(drawn(of_cells(GROUPED), **names), DEALS)["表"]
    assert [row[0] for row in values_of(sheet)[1:-2]] == ["A", "丙", "乙", "小计"]


def test_groups_of_groups_know_the_one_above() -> None:
    cells = {
        "A1": "{{ group.name }}",
        "A2": "{{ group.above.name }}/{{ group.name }}",
        "A3": "{{ deal.title }}",
    }
    names = {
        "each_deals": "表!$1:$3", "group_deals": quoted("grade, amount > 25"),
        "each_group__groups": "表!$2:$3", "each_group__deals": "表!$3:$3",
        "filter_deals": quoted("grade == 'A'"),
    }  # fmt: skip
    sheet = rendered(drawn(of_cells(cells), **names), DEALS)["表"]
    assert [row[0] for row in values_of(sheet)] == ["A", "A/TRUE", "丙", "A/", "乙"]


def test_an_inner_band_picks_within_each_item() -> None:
    data = {
        "reps": [
            {"name": n, "deals": [{"v": v} for v in some]} for n, some in (("甲", [1, 9, 5]), ("乙", []))
        ]
    }
    cells = {"A1": "{{ rep.name }}", "A2": "{{ deal.v }}"}
    names = {"each_reps": "表!$1:$2", "each_rep__deals": "表!$2:$2", "sort_rep__deals": quoted("-v"),
             "first_rep__deals": "2", "empty_rep__deals": quoted("{{ rep.name }}没有单")}  # fmt: skip
    sheet = rendered(drawn(of_cells(cells), **names), data)["表"]
    assert [row[0] for row in values_of(sheet)] == ["甲", 9, 5, "乙", "乙没有单"]


def test_what_stands_when_nothing_is_left_is_a_text_or_rows() -> None:
    names = {"filter_deals": quoted("amount > 1000"), "empty_deals": quoted("没有过 {{ floor }} 的单")}
    assert titles(**names) == ["没有过 25 的单"]
    cells = {**ROW, "A3": "这周没有", "B4": "=SUM(B2:B3)"}
    for text, expected in (("amount > 1000", ["单", "这周没有", None]), ("amount > 40", ["单", "甲", None])):
        names = {"eachopt_deals": "表!$2:$2", "filter_deals": quoted(text), "empty_deals": "表!$3:$3"}
        sheet = rendered(drawn(of_cells(cells), **names), DEALS)["表"]
        assert [row[0] for row in values_of(sheet)] == expected
        assert sheet["B3"].value == "=SUM(B2:B2)"


def test_side_by_side_the_same_list_is_picked_twice() -> None:
    cells = {
        "A2": "{{ deal.title }}",
        "C2": "{{ deal.title }}",
        "A3": "=COUNTA(A2:A2)",
        "C3": "=COUNTA(C2:C2)",
    }
    names = {"each_deals": "表!$A$2:$B$2", "each_deals.2": "表!$C$2:$D$2", "first_deals": "3",
             "filter_deals.2": quoted("amount > 1000"), "empty_deals.2": quoted("无")}  # fmt: skip
    sheet = rendered(drawn(of_cells(cells), **names), DEALS)["表"]
    assert [[c.value for c in row][::2] for row in sheet["A2:C5"]] == [
        ["丙", "无"], ["甲", None], ["乙", None], ["=COUNTA(A2:A4)", "=COUNTA(C2:C2)"],
    ]  # fmt: skip


def test_sheets_and_columns_are_picked_too() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        book.active.title = "{{ deal.title }}"
        book.active["A1"] = "{{ deal.amount }}"
        book.create_sheet("表")["B1"] = "{{ deal.title }}"

    names = {"each_deals_sheet": "'{{ deal.title }}'!$A$1", "filter_deals_sheet": quoted("amount"),
             "sort_deals_sheet": quoted("-amount"), "每个_deals": "表!$B:$B", "前几_deals": "2"}  # fmt: skip
    book = rendered(drawn(draw, **names), DEALS)
    assert book.sheetnames == ["甲", "丙", "丁", "表"]
    assert [cell.value for cell in book["表"][1]] == [None, "丙", "甲"]


def test_an_option_may_stand_in_a_cell_and_its_name_is_gone_afterwards() -> None:
    cells = {**ROW, "D1": "amount 降序"}
    book = rendered(drawn(of_cells(cells), **BAND, 排序_deals="表!$D$1", sort_by='"x"'), DEALS)
    assert [row[0] for row in values_of(book["表"])[1:]] == ["甲", "丙", "丁", "乙"]
    assert list(book.defined_names) == ["sort_by"]


def test_the_same_list_in_another_order_is_another_list() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells(ROW)(book)
        other = book.create_sheet("另")
        other["A2"] = "{{ deal.title }}"
        other["B2"] = "=SUM(表!B2:B2)"
        other["C2"] = "=表!B2"

    names = {**BAND, "each_deals.2": "另!$2:$2", "sort_deals.2": quoted("-amount")}
    template = drawn(draw, **names)
    assert [(p.cell, p.code) for p in lint(template, DEALS) if p.code not in REMARKS] == [
        ("C2", "uneven_reference")
    ]
    with pytest.raises(TemplateError, match="C2"):
        render(template, DEALS)


def test_lint_knows_what_is_wrong_with_an_option() -> None:
    def of(**names: str) -> list[tuple[str, str]]:
        found = lint(drawn(of_cells(ROW), **{**BAND, **names}), DEALS)
        return [(p.cell, p.code) for p in found if p.code != "uncalculated"]

    assert of(sort_deals=quoted("amount")) == []
    assert of(sort_deals=quoted("amuont")) == [("each_deals", "unknown_name")]
    assert of(filter_deals=quoted("amount >")) == [("each_deals", "value")]
    assert of(sort_deals="1+1") == [("sort_deals", "bad_band")]
    assert of(sort_dael=quoted("amount")) == [("sort_dael", "unused_option")]
    assert of(sort_deals=quoted("[amount, title][loop.index]"))[0][1] in (
        "value",
        "unknown_name",
        "outside_band",
    )
    assert of(first_deals=quoted("'x'")) == [("each_deals", "value")]
    assert of(first_deals="1", others_deals=quoted("其他")) == [("each_deals", "value")]
    mixed = {"deals": [{"title": "a", "amount": 1}, {"title": "b", "amount": "x"}]}
    found = lint(drawn(of_cells(ROW), **BAND, sort_deals=quoted("amount")), mixed)
    assert [(p.cell, p.code) for p in found] == [("each_deals", "value")]


def test_picking_is_linear_in_rows_and_never_changes_the_data() -> None:
    rows = [{"title": str(n), "grade": "AB"[n % 2], "amount": n * 7 % 1000} for n in range(5_000)]
    kept = [dict(row) for row in rows]
    names = {
        "filter_deals": quoted("amount > 500"),
        "sort_deals": quoted("-amount, title"),
        "first_deals": "3",
    }
    assert titles({"deals": rows}, **names) == [str(n) for n in (1857, 2857, 3857)]
    assert rows == kept


# ---- rules


def ruled(draw: Any, data: dict[str, Any], **names: str) -> Any:
    def with_rules(book: openpyxl.Workbook) -> None:
        of_cells(ROW)(book)
        draw(book.active)

    template = drawn(with_rules, **names)
    assert [p for p in lint(template, data) if p.code not in REMARKS] == []
    return openpyxl.load_workbook(io.BytesIO(render(template, data)))["表"]


def test_validations_hold_what_the_data_say() -> None:
    def draw(sheet: Any) -> None:
        of = openpyxl.worksheet.datavalidation.DataValidation
        grades = of(type="list", formula1="\"{{ order | join(',') }}\"", showInputMessage=True)
        grades.promptTitle, grades.prompt = "等级", "{{ order | join_cn }} 之一"
        grades.add("C2:C2")
        most = of(type="whole", operator="between", formula1='"{{ floor }}"', formula2="$B$1")
        most.add("D1")
        sheet.add_data_validation(grades)
        sheet.add_data_validation(most)

    rules = ruled(draw, DEALS, **BAND).data_validations.dataValidation
    assert [(str(r.sqref), r.formula1, r.formula2, r.prompt) for r in rules] == [
        ("C2:C5", '"B,A"', None, "B、A 之一"), ("D1", "25", "$B$1", None),
    ]  # fmt: skip


def test_a_rule_in_a_band_is_said_of_each_item_and_shared_where_it_says_the_same() -> None:
    def draw(sheet: Any) -> None:
        of = openpyxl.worksheet.datavalidation.DataValidation
        rule = of(type="custom", formula1='B2<="{{ deal.amount or 0 }}"')
        rule.add("B2")
        sheet.add_data_validation(rule)
        for text in ('$A2="{{ deal.grade }}"', 'B2<"{{ floor }}"'):
            formula = openpyxl.formatting.rule.FormulaRule([text], fill=openpyxl.styles.PatternFill("solid"))
            sheet.conditional_formatting.add("A2:B2", formula)

    sheet = ruled(draw, DEALS, **BAND)
    rules = sheet.data_validations.dataValidation
    assert [(str(r.sqref), r.formula1) for r in rules] == [
        ("B2", "B2<=30"), ("B3", "B3<=50"), ("B4", "B4<=0"), ("B5", "B5<=20"),
    ]  # fmt: skip
    found = {
        (str(held.sqref), rule.formula[0]) for held in sheet.conditional_formatting for rule in held.rules
    }
    assert found == {
        ("A2:B2 A4:B4", '$A2="A"'), ("A3:B3", '$A3="B"'), ("A5:B5", '$A5=""'),
        ("A2:B2 A4:B4", "B2<25"), ("A3:B3", "B3<25"), ("A5:B5", "B5<25"),
    }  # fmt: skip
    priorities = [rule.priority for held in sheet.conditional_formatting for rule in held.rules]
    assert len(set(priorities)) == len(priorities)


def test_faults_in_rules_are_told_at_their_cells() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells(ROW)(book)
        of = openpyxl.worksheet.datavalidation.DataValidation
        for cell, text in (
            ("C2", '"{{ deal.amuont }}"'),
            ("C9", '"{{ deal.amount }}"'),
            ("D9", "{{ floor }}+1"),
        ):
            rule = of(type="custom", formula1=text)
            rule.add(cell)
            book.active.add_data_validation(rule)

    found = lint(drawn(draw, **BAND), DEALS)
    assert [(p.cell, p.code) for p in found] == [
        ("C2", "unknown_name"), ("C9", "outside_band"), ("D9", "unfilled"),
    ]  # fmt: skip
    assert values(rendered(drawn(of_cells(ROW), **BAND), DEALS))
