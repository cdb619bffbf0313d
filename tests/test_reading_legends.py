"""Rows of units and hints below a header, and a unit said once for all amounts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from salesxl import schemas
from salesxl.model import Block, CellValue
from salesxl.parsing import columns
from tests.test_reading import HEADER, Canvas, block, customers, only, rows_of, weekly_sheet

UNITS = {
    "员工人数": "人",
    "联系方式": "11位手机号",
    "首次接触时间": "年/月/日",
    "预计成交金额": "元",
    "预计成交日期": "年月日",
}
HINTS = {label: "必填" if place < 12 else "选填" for place, label in enumerate(HEADER)}
SENTENCES = {
    "客户名称": "请填写营业执照全称",
    "所属行业": "从下拉列表选择",
    "联系方式": "手机",
    "首次接触时间": "格式：年-月-日",
    "跟进状态": "四选一",
    "预计成交金额": "单位：元，不含税",
}
FORMATS = {
    "员工人数": "数字",
    "首次接触时间": "（yyyy-mm-dd）",
    "预计成交金额": "（万元）",
    "年采购额": "（元）",
}


def unit_of(found: Block, field: str) -> str | None:
    column = schemas.block_spec(found.kind).column(field)
    return columns.aside_of(column, found, None)[1]


def under_header(row: dict[str, str]) -> Sequence[CellValue]:
    return [row.get(label) for label in HEADER]


@pytest.mark.parametrize("legend", [UNITS, HINTS, SENTENCES, FORMATS])
def test_a_row_of_units_or_hints_below_the_header_is_no_record(legend: dict[str, str]) -> None:
    found = block(only(Canvas().table(1, 1, HEADER, under_header(legend), *customers(3))), "customer")
    assert rows_of(found) == [3, 4, 5]
    assert dict(found.skipped) == {"note": 1}


def test_two_such_rows_are_passed_over_and_again_on_the_next_page() -> None:
    legend = [under_header(HINTS), under_header(UNITS)]
    people = customers(4)
    canvas = Canvas().table(1, 1, HEADER, *legend, *people[:2], HEADER, *legend, *people[2:])
    assert rows_of(block(only(canvas), "customer")) == [4, 5, 9, 10]


@pytest.mark.parametrize(
    "row",
    [
        {"客户名称": "苏州恒达机械有限公司", "联系方式": "待补", "需求描述": "请与客户确认数量"},
        {"客户名称": "苏州恒达机械有限公司", "首次接触时间": "待定", "预计成交金额": "待定"},
        {
            "客户名称": "王老板",
            "联系人姓名": "王强",
            "联系方式": "见微信",
            "需求描述": "不限品牌，请尽快报价",
        },
        {"客户名称": "个人", "预计成交金额": 3000},
    ],
)
def test_a_first_record_badly_filled_in_is_still_a_record(row: dict[str, CellValue]) -> None:
    typed = [row.get(label) for label in HEADER]
    assert rows_of(block(only(Canvas().table(1, 1, HEADER, typed, *customers(2))), "customer")) == [2, 3, 4]


def test_the_unit_in_a_row_of_units_holds_for_its_column_only() -> None:
    found = block(only(Canvas().table(1, 1, HEADER, under_header(FORMATS), *customers(2))), "customer")
    assert unit_of(found, "expected_amount") == "万元"
    assert unit_of(found, "annual_purchase") == "元"


@pytest.mark.parametrize(
    "said", ["单位：万元", "金额单位:万元", "（单位：人民币万元）", "客户档案表（单位：万元）"]
)
def test_a_unit_said_above_a_table_holds_for_its_amounts(said: str) -> None:
    canvas = Canvas().put(1, 1, "客户档案表").put(2, 12, said).table(4, 1, HEADER, *customers(2))
    assert unit_of(block(only(canvas), "customer"), "expected_amount") == "万元"


@pytest.mark.parametrize(
    "said", ["单位：元", "单位：苏州恒达机械有限公司", "填报单位：万元科技", "单位名称：万元户"]
)
def test_other_words_after_单位_say_nothing_of_万元(said: str) -> None:
    canvas = Canvas().put(1, 1, said).table(4, 1, HEADER, *customers(2))
    assert unit_of(block(only(canvas), "customer"), "expected_amount") in (None, "元")


def test_a_header_with_its_own_unit_keeps_it() -> None:
    header = ["预计成交金额(元)" if label == "预计成交金额" else label for label in HEADER]
    canvas = Canvas().put(1, 1, "单位：万元").table(3, 1, header, *customers(2))
    assert unit_of(block(only(canvas), "customer"), "expected_amount") == "元"


def test_a_unit_behind_a_value_or_above_a_card_holds_for_it() -> None:
    beside = only(weekly_sheet().put(5, 2, 38, "万元"))
    card = block(beside, "weekly_report")
    assert (unit_of(card, "expected_amount"), unit_of(card, "completed_amount")) == ("万元", None)
    above = block(only(weekly_sheet().put(1, 5, "单位：千元")), "weekly_report")
    assert unit_of(above, "completed_amount") == "千元"
