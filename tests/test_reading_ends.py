"""Where tables end and signatures begin on forms in words that no schema knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from salesxl.model import Block, CellValue, Grid, Workbook
from salesxl.recognition import read_workbook
from salesxl.recognition.ends import signs
from tests.header_sets import CHOICES

DAY = dt.datetime(2026, 11, 18)
HEAD: list[list[CellValue]] = [
    ["客户移交清单"],
    ["移交业务员：王海涛", None, "接收业务员：李静", None, "移交时间：2026-11-18"],
    ["移交缘由：岗位调动"],
    ["客户明细"],
    ["客户代码", "客户全名", "对接人", "对接人电话", "客户级别"],
    ["CRM202610001", "青石湾机械有限公司", "王总", "13800138000", "A"],
    ["CRM202610002", "云雀谷教育科技集团", "李总", "13800138001", "B"],
    ["未结商机"],
    ["客户全名", "商机", "目前阶段", "预计金额", "预计签约日", "下步动作"],
    ["青石湾机械有限公司", "设备采购", "需求确认", 280000, DAY, "周五前提交第二版报价单"],
]
WEEK: list[list[CellValue]] = [
    ["销售周报"],
    ["销售代表", "王小明", None, "周期", "2026-11-16至2026-11-22"],
    ["本周新增客户数", 2, None, "有效跟进次数", 9],
    ["预计成交金额", 350000, None, "本周完成业绩", 120000],
]


def blocks(*rows: Sequence[CellValue]) -> dict[str, Block]:
    """Read rows as one sheet: its blocks by kind."""
    submissions, _ = read_workbook(Workbook("a.xlsx", (Grid("Sheet1", rows),)), {}, CHOICES)
    return {block.kind: block for submission in submissions for block in submission.blocks}


def values(block: Block) -> dict[str, CellValue]:
    return {name: column[0] for name, column in block.values.items() if column[0] is not None}


@pytest.mark.parametrize(
    "lines",
    [
        [
            ["移交业务员签字", "王海涛", None, "日期", DAY],
            ["接收业务员签字", "李静", None, "日期", DAY],
            ["业务总监签字", "赵总", None, "日期", DAY],
        ],
        [
            ["四、签字"],
            ["移交人", "王海涛", None, "日期", DAY],
            ["接收人", "李静", None, "日期", DAY],
            ["部门经理", "赵总", None, "日期", DAY],
        ],
        [["移交业务员签字", "接收业务员签字", "业务总监签字"], ["王海涛", "李静", "赵总"]],
        [["移交方签字：王海涛", None, "接收方签字：李静"], ["监交领导签字：赵总 日期：2026-11-18"]],
    ],
)
def test_signatures_below_a_table_are_read_and_no_records(lines: Sequence[Sequence[CellValue]]) -> None:
    found = blocks(*HEAD, *lines)
    assert found["handover_opportunity"].rows == (10,)
    card = values(found["handover"])
    assert [card.get(f"{who}_signature") for who in ("from", "to", "manager")] == ["王海涛", "李静", "赵总"]


def test_a_line_that_nobody_signed_is_not_signed_by_the_next_label() -> None:
    line = "监交领导签字：________ 日期：________"
    card = values(blocks(*HEAD, ["移交方签字：________ 日期：________"], [line])["handover"])
    assert not [name for name in card if "sign" in name]


def test_a_plan_that_begins_with_a_signature_of_the_customer_is_a_record() -> None:
    plans: list[list[CellValue]] = [
        ["计划事项", "客户名称", "计划完成时间"],
        ["客户签字", "青石湾机械有限公司", DAY],
        ["合同盖章", None, DAY],
    ]
    assert blocks(*WEEK, ["下周计划"], *plans)["next_week"].rows == (7, 8)


def test_what_was_done_this_week_is_no_plan_for_the_next() -> None:
    done: list[list[CellValue]] = [
        ["本周工作回顾"],
        ["工作内容", "完成时间"],
        ["拜访客户三家，确认交期", DAY],
    ]
    found = blocks(*WEEK, *done, ["下周计划"], ["计划事项", "计划完成时间"], ["提交第二版报价单", DAY])
    assert found["next_week"].rows == (10,)


def test_a_heading_right_above_the_next_table_is_no_record() -> None:
    found = blocks(*HEAD)
    assert found["handover_customer"].rows == (6, 7)


def test_a_short_record_after_a_blank_row_is_still_a_record() -> None:
    issues: list[list[CellValue]] = [
        ["存在问题", "解决措施"],
        ["竞品降价两成", "改报三年期总成本"],
        [],
        ["交期太长"],
        ["客户换了采购", "重新拜访新采购"],
    ]
    assert blocks(*WEEK, ["问题与措施"], *issues)["issue"].rows == (7, 9, 10)


def test_a_number_of_the_customer_in_other_letters_is_not_its_name() -> None:
    rows = [["客户UID" if cell == "客户代码" else cell for cell in row] for row in HEAD]
    headers = blocks(*rows)["handover_customer"].headers
    assert (headers["customer_no"], headers["customer_name"]) == ("客户UID", "客户全名")


@pytest.mark.parametrize(
    "text", ["移交人签字", "接手方（签章）", "Signature", "部门经理签名：", "原顾问签署"]
)
def test_a_label_that_asks_for_a_signature_is_told(text: str) -> None:
    assert signs(text)


@pytest.mark.parametrize(
    "text", ["青石湾机械有限公司", "确认交期后签字盖章并回传扫描件给客户", "王海涛", "签约日期"]
)
def test_other_texts_ask_for_none(text: str) -> None:
    assert not signs(text)
