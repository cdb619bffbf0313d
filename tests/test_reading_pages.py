"""Tables that run over printed pages, their sums, and rows that the form filled in by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from salesxl.model import CellValue
from tests.test_reading import DAY, HEADER, Canvas, block, customers, only, read, rows_of, weekly_sheet

AMOUNT = HEADER.index("预计成交金额") + 1


def paged(*between: tuple[int, CellValue]) -> Canvas:
    """Return three pages of three customers; between them a blank row, then what is given, by column."""
    canvas = Canvas().put(1, 1, "华东大区客户档案表").put(2, 1, "销售代表", "王小明")
    people, row = customers(9), 4
    for page in range(3):
        if page:
            for column, value in between:
                canvas.put(row, column, value)
                row += 1
        canvas.table(row, 1, HEADER, *people[3 * page : 3 * page + 3])
        row += 5
    return canvas


@pytest.mark.parametrize(
    "between",
    [
        [(1, "华东大区客户档案表（续表）"), (AMOUNT, "第2页 共3页")],
        [(1, "客户档案表")],
        [(2, "华东大区客户档案表")],
        [(2, "续表")],
        [(AMOUNT, "第 2 页，共 3 页")],
        [(3, "Page 2 of 3"), (1, "（接上页）")],
        [(1, "王小明名下客户（续2）")],
        [],
    ],
)
def test_customers_on_further_pages_belong_to_the_one_table(between: Sequence[tuple[int, CellValue]]) -> None:
    found = only(paged(*between))
    assert found.findings == ()
    assert len(rows_of(block(found, "customer"))) == 9


def test_a_form_s_title_that_ends_a_table_loses_none_of_the_headers_below_it() -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(5, 1, "客户档案").put(9, 1, "二组的客户")
    canvas.table(11, 1, HEADER, *customers(4)[2:])
    submissions, _ = read(canvas)
    assert sum(len(rows_of(block(s, "customer"))) for s in submissions) == 4


@pytest.mark.parametrize(
    "label",
    [
        "本页小计",
        "本年累计",
        "平均值",
        "平均单笔金额",
        "户均",
        "合计：5家",
        "总计（元）",
        "承前页",
        "过次页",
        "最大值",
    ],
)
@pytest.mark.parametrize("column", [1, 2, AMOUNT - 1])
def test_sums_and_means_are_no_records(label: str, column: int) -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4, column, label).put(4, AMOUNT, 560000)
    found = block(only(canvas), "customer")
    assert rows_of(found) == [2, 3]
    assert dict(found.skipped) == {"total": 1}


def test_a_page_s_title_and_number_side_by_side_are_no_record() -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4, 1, "华东客户清单").put(4, 5, "第2页/共3页")
    canvas.table(5, 1, HEADER, *customers(4)[2:])
    assert rows_of(block(only(canvas), "customer")) == [2, 3, 6, 7]


@pytest.mark.parametrize("label", ["展会 汇总", "展会 计数", "A类客户小计", "East Total"])
def test_sums_that_excel_puts_below_each_group_are_no_records(label: str) -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4, 4, label).put(4, AMOUNT, 560000)
    assert rows_of(block(only(canvas), "customer")) == [2, 3]


def test_a_plan_to_sum_up_by_a_day_is_a_record() -> None:
    canvas = weekly_sheet().put(18, 1, "客户资料 汇总", None, DAY)
    assert rows_of(block(only(canvas), "next_week")) == [17, 18]


def test_编号_that_counts_the_rows_is_no_customer_number_and_other_numbers_are() -> None:
    header = ["编号", *HEADER[1:]]
    counted = [[number, *row[1:]] for number, row in enumerate(customers(3), 1)]
    found = only(Canvas().table(1, 1, header, *counted))
    assert "customer_no" not in block(found, "customer").columns
    assert block(found, "customer").extra == {1: "编号"}
    own = block(only(Canvas().table(1, 1, header, *customers(3))), "customer")
    assert own.columns["customer_no"] == 1


def test_columns_kept_apart_by_blank_ones_are_one_table() -> None:
    canvas = Canvas().put(1, 1, "销售代表", None, "王小明")
    for row, values in enumerate([HEADER, *customers(3)], 3):
        for place, value in enumerate(values):
            canvas.put(row, 1 + 2 * place, value)
    found = only(canvas)
    assert found.findings == ()
    assert rows_of(block(found, "customer")) == [4, 5, 6]
    assert block(found, "customer").columns["notes"] == 2 * len(HEADER) - 1


def test_a_line_of_names_signed_below_a_table_is_no_record() -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4, 1, "制表人：张三").put(4, 6, "审核：李四")
    assert rows_of(block(only(canvas), "customer")) == [2, 3]


def numbered(*preset: tuple[str, CellValue], rows: int = 6) -> Canvas:
    canvas = Canvas().table(1, 1, ["序号", *HEADER], *([n, *row] for n, row in enumerate(customers(2), 1)))
    for row in range(4, 4 + rows):
        canvas.put(row, 1, row - 1)
        for label, value in preset:
            canvas.put(row, HEADER.index(label) + 2, value)
    return canvas


@pytest.mark.parametrize(
    "preset",
    [
        [("跟进状态", "潜在"), ("成交阶段", "线索培育")],
        [("跟进状态", "潜在"), ("战略客户", "否"), ("成交阶段", "线索培育"), ("客户来源", "展会")],
        [("跟进状态", "潜在"), ("联系人职务", "采购经理")],
        [("预计成交金额", 0), ("年采购额", 0)],
        [("跟进状态", "潜在")],
    ],
)
def test_numbered_rows_that_the_form_itself_began_are_no_records(preset: list[tuple[str, CellValue]]) -> None:
    assert rows_of(block(only(numbered(*preset)), "customer")) == [2, 3]


@pytest.mark.parametrize(
    ("preset", "rows"),
    [
        ([("跟进状态", "潜在"), ("需求描述", "需要采购40台办公电脑")], 3),
        ([("跟进状态", "潜在"), ("成交阶段", "线索培育")], 1),
        ([("联系人职务", "采购经理")], 2),
        ([("预计成交金额", 3000)], 3),
        ([("客户名称", "某厂")], 3),
    ],
)
def test_rows_in_which_somebody_typed_are_records(preset: list[tuple[str, CellValue]], rows: int) -> None:
    assert len(rows_of(block(only(numbered(*preset, rows=rows)), "customer"))) == 2 + rows
