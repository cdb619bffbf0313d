"""What whole inboxes of companies taught: titles, signatures, groups, legends and headers of theirs."""

from __future__ import annotations

import datetime as dt

import pytest

from salesxl.model import Area, CellValue, Finding, Grid, Submission, Workbook
from salesxl.recognition import read_workbook
from tests.header_sets import CHOICES

DAY = dt.datetime(2026, 6, 12)
HEADER = [
    "客户名称",
    "所属行业",
    "客户来源",
    "员工人数",
    "联系人姓名",
    "联系方式",
    "需求描述",
    "首次接触时间",
]
HEADER += ["跟进状态", "成交阶段", "预计成交金额", "预计成交日期"]


def read(rows: list[list[CellValue]], *merged: Area) -> tuple[Submission, list[Finding]]:
    """Read one sheet that holds one form."""
    grid = Grid("表", rows, merged)
    submissions, findings = read_workbook(Workbook("a.xlsx", (grid,)), choices=CHOICES)
    assert len(submissions) == 1, findings
    return submissions[0], [*submissions[0].findings, *findings]


def customer(name: str, **other: CellValue) -> list[CellValue]:
    """Return a customer's row under ``HEADER``."""
    row = dict(zip(HEADER, [name, "IT服务", "展会", 20, "王强", "13800138000", "采购40台电脑"], strict=False))
    row |= {"首次接触时间": DAY, "跟进状态": "意向", "成交阶段": "需求确认", "预计成交金额": 100000}
    row |= {"预计成交日期": DAY, **other}
    return [row[name] for name in HEADER]


def record(*actions: list[CellValue]) -> list[list[CellValue]]:
    """Return a process record with these actions."""
    return [
        ["客户名称", "甲乙丙有限公司", "联系人(角色)", "王总"],
        ["所属行业", "IT服务", "首次接触时间", DAY],
        ["来源渠道", "展会", "销售代表", "张三"],
        ["当前销售阶段", "需求确认"],
        ["沟通记录"],
        ["沟通时间", "沟通方式", "沟通内容摘要", "客户关注的问题"],
        [DAY, "微信", "客户发来接口文档，约定周五联调", "能否对接现有系统"],
        [],
        ["下一步行动计划"],
        ["行动具体内容", "负责人", "计划完成时间", "完成情况"],
        *actions,
    ]


def test_a_title_heads_one_header_and_not_the_records_below_it() -> None:
    submission, said = read(
        record(["发送报价单第二版", "张三", DAY, "进行中"], ["跟进", "张三", DAY, "待办"])
    )
    action = submission.block("action")
    assert action is not None
    assert action.values["action"] == ["发送报价单第二版", "跟进"]
    assert not [f for f in said if f.code == "missing_column"]


def test_what_customers_look_at_are_their_key_needs() -> None:
    submission, _ = read(record(["发送报价单第二版", "张三", DAY, "进行中"]))
    communication = submission.block("communication")
    assert communication is not None
    assert communication.values["need_points"] == ["能否对接现有系统"]


def test_a_blank_signature_is_where_the_others_are() -> None:
    rows: list[list[CellValue]] = [
        ["移交人：张三", None, "接收人：李四", None, "交接日期：2026-06-12", None, "交接原因：离职"],
        ["客户编号", "客户名称"],
        ["CRM202601001", "甲乙丙有限公司"],
        ["客户名称", "沟通时间", "沟通方式", "沟通内容摘要"],
        ["甲乙丙有限公司", DAY, "微信", "确认交期"],
        ["客户名称", "当前阶段", "预计成交金额", "预计成交日期", "下一步行动"],
        ["甲乙丙有限公司", "需求确认", 5000, DAY, "发送报价单"],
        [],
        ["移交人签字：张三", None, "接收人签字：李四", None, "销售经理签字：", None],
        ["日期：2026-06-12", None, "日期：2026-06-12", None, "日期：", None],
    ]
    handover = read(rows)[0].block("handover")
    assert handover is not None
    assert handover.cells["from_signature"] == (9, 1)
    assert (handover.cells["manager_signature"], handover.cells["manager_signed_on"]) == ((9, 5), (10, 5))
    assert handover.values["manager_signature"] == [None]


def test_numbers_like_the_customers_own_tell_their_column_under_any_header() -> None:
    rows = [
        ["建档号", *HEADER],
        *(["CRM20260100" + str(n), *customer(f"甲{n}有限公司")] for n in range(1, 4)),
    ]
    table = read(rows)[0].block("customer")
    assert table is not None
    assert table.values["customer_no"] == ["CRM202601001", "CRM202601002", "CRM202601003"]


@pytest.mark.parametrize(
    ("values", "known", "field"),
    [
        ([DAY, "7月31日"], ["金额", 5000], "expected_close"),
        ([DAY, DAY], ["备注", "无"], "expected_close"),
        ([5000, "12万"], ["备注", "无"], "amount"),
    ],
)
def test_a_header_that_may_ask_for_a_day_or_an_amount_is_told_by_its_cells(values, known, field) -> None:
    rows: list[list[CellValue]] = [
        ["销售代表", "张三", "周期开始", DAY, "周期结束", DAY],
        ["本周新增客户数", 1, "有效跟进次数", 2, "预计成交", "几十万"],
        ["本周完成业绩", 0],
        ["本周重点客户进展"],
        ["客户名称", "当前阶段", "本周进展", "下一步", "预计签约", known[0]],
        ["甲乙丙有限公司", "需求确认", "完成样机演示", "寄送样品", values[0], known[1]],
        ["丁戊己有限公司", "方案呈现", "报价已提交", "面谈条款", values[1], known[1]],
    ]
    submission, _ = read(rows)
    table, card = submission.block("key_customer"), submission.block("weekly_report")
    assert table is not None
    assert card is not None
    assert table.values[field] == values
    assert card.values["expected_amount"] == ["几十万"]


def test_what_stands_in_few_cells_below_a_total_or_a_note_is_no_record() -> None:
    legend: list[list[CellValue]] = [[], ["状态说明"], ["潜在", "需求不明"], ["意向", "有明确需求"]]
    rows = [
        HEADER,
        customer("甲乙丙有限公司"),
        ["合计", *[None] * 9, 100000],
        [],
        ["注：金额单位为元。"],
        *legend,
    ]
    table = read(rows)[0].block("customer")
    assert table is not None
    assert table.rows == (2,)
    started: list[CellValue] = ["丁戊己有限公司", None, None, None, "李娜"]
    table = read([*rows[:3], started])[0].block("customer")
    assert table is not None
    assert table.rows == (2, 4)


def test_groups_over_the_headers_may_be_labels_themselves() -> None:
    groups: list[CellValue] = ["客户情况", None, None, None, "联系人信息", None, "往来情况", None, "商机预测"]
    lower = ["姓名" if h == "联系人姓名" else h for h in HEADER]
    merged = [Area(1, 1, 1, 4), Area(1, 5, 1, 6), Area(1, 7, 1, 8), Area(1, 9, 1, 12)]
    submission, said = read([groups, lower, customer("甲乙丙有限公司")], *merged)
    table = submission.block("customer")
    assert table is not None
    assert table.rows == (3,)
    assert table.values["contact_name"] == ["王强"]
    assert not [f for f in said if f.code == "missing_column"]


def test_a_group_that_names_a_required_field_counts_for_more_than_a_header_it_hides() -> None:
    groups: list[CellValue] = ["客户基本情况", None, None, None, None, "对接人信息", None, None]
    groups += ["需求及跟进情况", None, None, None, "商机预测", None]
    lower: list[CellValue] = [
        "建档编号",
        "医院/单位全称",
        "行业大类",
        "线索从何而来",
        "在岗职工数",
        "姓名",
        "职务",
        "电话",
    ]
    lower += ["客户主要诉求", "初访日期", "客户所处状态", "目前推进阶段", "预测金额", "预测签约日"]
    row: list[CellValue] = [
        "CRM202602011",
        "锦江惠民医院",
        "医疗卫生",
        "展会",
        860,
        "蒋主任",
        "设备科主任",
        "028-85551230",
    ]
    row += ["拟采购DR机2台", DAY, "意向", "方案报价", "128万", "2026年9月30日"]
    merged = [Area(1, 1, 1, 5), Area(1, 6, 1, 8), Area(1, 9, 1, 12), Area(1, 13, 1, 14)]
    groups += ["往来情况", None, None]
    lower += ["近一年采购", "战略级?", "备注"]
    row += [520000, "√", None]
    merged.append(Area(1, 15, 1, 17))
    submission, said = read([groups, lower, row], *merged)
    table = submission.block("customer")
    assert table is not None
    assert table.values["contact_name"] == ["蒋主任"]
    assert table.values["expected_close"] == ["2026年9月30日"]
    assert not [f for f in said if f.code == "missing_column"]


def test_a_talk_under_nothing_but_headers_told_by_their_cells_is_a_record() -> None:
    header: list[CellValue] = ["日期及时间", "形式", "沟通纪实", "客户关注的问题", "痛点", "登记时间"]
    told: list[CellValue] = ["2026-06-10 09:05", "微信", "约定下周二现场联调", None, "慢", "2026-06-10 11:00"]
    bare: list[CellValue] = ["2026/6/8 16:40", "托人带话", "了解到预算要到7月批复"]
    table = read(talks(header, told, bare))[0].block("communication")
    assert table is not None
    assert table.values["summary"] == ["约定下周二现场联调", "了解到预算要到7月批复"]


def test_cells_under_headers_that_stay_unknown_are_no_record() -> None:
    rows = [[*HEADER, "甲栏", "乙栏"], customer("甲乙丙有限公司"), [None] * len(HEADER) + ["一", "二"]]
    table = read(rows)[0].block("customer")
    assert table is not None
    assert table.rows == (2,)
    assert table.skipped["note"] == 1


def test_the_number_of_a_signed_contract_is_the_contracts() -> None:
    table = read([[*HEADER, "签约合同号"], [*customer("甲乙丙有限公司"), "YZ-2026-017"]])[0].block("customer")
    assert table is not None
    assert table.values["contract_no"] == ["YZ-2026-017"]


def talks(header: list[CellValue], *rows: list[CellValue]) -> list[list[CellValue]]:
    """Return a process record with these talks."""
    whole = record(["发送报价单第二版", "张三", DAY, "进行中"])
    return [*whole[:5], header, *rows, *whole[7:]]


@pytest.mark.parametrize(
    ("day", "hour", "read_as"),
    [
        (DAY, dt.time(14, 30), dt.datetime(2026, 6, 12, 14, 30)),
        (DAY, "14:30", "2026-06-12 14:30"),
        ("6月12日", "下午2点", "6月12日 下午2点"),
        (DAY, dt.timedelta(hours=9), dt.datetime(2026, 6, 12, 9)),
        (DAY, None, DAY),
        (None, "14:30", "14:30"),
        (dt.datetime(2026, 6, 12, 8, 5), dt.time(14, 30), dt.datetime(2026, 6, 12, 8, 5)),
    ],
)
def test_the_day_and_the_hour_of_a_talk_may_stand_in_two_columns(day, hour, read_as) -> None:
    rows = talks(
        ["日期", "时间", "方式", "谈了什么"],
        [day, hour, "微信", "确认接口文档的版本"],
        [DAY, "9:00", "电话", "约定周五联调"],
    )
    table = read(rows)[0].block("communication")
    assert table is not None
    assert table.values["contact_time"] == [read_as, "2026-06-12 09:00" if hour == 9 else "2026-06-12 9:00"]
    assert table.columns["contact_time"] == 1
    assert table.extra == {2: "时间"}


def test_two_columns_of_days_are_two_columns() -> None:
    later = DAY + dt.timedelta(days=1)
    rows = talks(["沟通时间", "日期", "方式", "谈了什么"], [later, DAY, "微信", "确认接口文档的版本"])
    table = read(rows)[0].block("communication")
    assert table is not None
    assert table.values["contact_time"] == [later]


@pytest.mark.parametrize("unit", ["家", "（家）", "单位：家"])
def test_a_unit_between_a_label_and_its_figure_is_passed_over(unit: str) -> None:
    rows: list[list[CellValue]] = [
        ["报告人", "张三", "部门", "一组"],
        ["起止日期", "6.8-6.14"],
        ["指标", "单位", "本周", "上周"],
        ["新增客户数", unit, 4, 2],
        ["有效跟进次数", "次", None, 5],
        ["预计成交金额", "万元", 57.5, 42],
        ["本周完成业绩", "元", 450000, 0],
        ["本周重点客户进展"],
        ["客户名称", "当前阶段", "本周进展", "下一步"],
        ["甲乙丙有限公司", "需求确认", "完成样机演示", "寄送样品"],
    ]
    card = read(rows)[0].block("weekly_report")
    assert card is not None
    assert (card.values["new_customers"], card.cells["new_customers"]) == ([4], (4, 3))
    assert card.values["completed_amount"] == [450000]
    assert (card.values["expected_amount"], card.headers["expected_amount"]) == ([57.5], "预计成交金额(万元)")


def test_of_several_contacts_the_first_is_the_customers() -> None:
    header = ["联系人1" if h == "联系人姓名" else "电话1" if h == "联系方式" else h for h in HEADER]
    rows = [[*header, "联系人2", "电话（2）"], [*customer("甲乙丙有限公司"), "李娜", "13900139000"]]
    submission, said = read(rows)
    table = submission.block("customer")
    assert table is not None
    assert (table.values["contact_name"], table.values["contact"]) == (["王强"], ["13800138000"])
    assert not [f for f in said if f.code == "missing_column"]


def test_a_note_whose_text_stands_beside_its_word_is_no_record() -> None:
    rows = [HEADER, customer("甲乙丙有限公司"), [], ["说明", "渠道分：展会、转介绍、陌拜、电话、官网"]]
    table = read(rows)[0].block("customer")
    assert table is not None
    assert table.rows == (2,)


def test_what_a_header_of_two_parts_begins_with_holds_for_both() -> None:
    header = ["预计招标/签约日期" if name == "预计成交日期" else name for name in HEADER]
    table = read([header, customer("甲乙丙有限公司")])[0].block("customer")
    assert table is not None
    assert table.values["expected_close"] == [DAY]
    assert table.values["signed_on"] == [None]


def test_of_target_and_actual_figure_the_actual_one_is_reported() -> None:
    rows: list[list[CellValue]] = [
        ["姓名", "张三", "周期", "6月8日—6月14日"],
        ["项目", "目标", "实际", "完成率"],
        ["新增客户数", 2, 3, "150%"],
        ["有效跟进次数", 5, 4, "80%"],
        ["本周完成业绩", 500000, 880000, "176%"],
        ["预计成交金额", 3000000],
        ["本月目标", 600000],
        [],
        ["重点客户"],
        ["客户名称", "当前阶段", "本周工作", "下一步"],
        ["甲乙丙有限公司", "需求确认", "完成样机演示", "寄送样品"],
        [],
        ["下周工作", "客户名称", "计划完成"],
        ["寄送样品两件", "甲乙丙有限公司", DAY],
    ]
    submission, _ = read(rows)
    card, table = submission.block("weekly_report"), submission.block("key_customer")
    assert card is not None
    assert (card.values["new_customers"], card.values["follow_ups"]) == ([3], [4])
    assert (card.values["completed_amount"], card.values["month_target"]) == ([880000], [600000])
    assert table is not None
    assert table.values["progress"] == ["完成样机演示"]
    plans = submission.block("next_week")
    assert plans is not None
    assert (plans.values["plan"], plans.values["due"]) == (["寄送样品两件"], [DAY])


@pytest.mark.parametrize(
    ("label", "typed", "days"),
    [
        ("日期", "11月16日—11月22日", ("11月16日", "11月22日")),
        ("填报日期", "2026.11.16-2026.11.22", ("2026.11.16", "2026.11.22")),
        ("时间", "11月16日-22日", ("11月16日", "11月22日")),
        ("日期", "第47周", ("第47周", "第47周")),
    ],
)
def test_a_period_under_a_word_for_a_day_is_the_reports_week(
    label: str, typed: str, days: tuple[str, str]
) -> None:
    form, found = read([*CARD, [label, typed]])
    card = form.blocks[0]
    assert (card.values["week_start"][0], card.values["week_end"][0]) == days
    assert [(f.code, f.place.cell) for f in found] == [("column_guessed", "A6")]


@pytest.mark.parametrize("typed", ["2026-11-20", "11-20", "11/20", "2026年11月"])
def test_a_day_or_a_month_there_is_no_week(typed: str) -> None:
    _, found = read([*CARD, ["日期", typed]])
    assert [(f.code, f.field) for f in found] == [
        ("missing_column", "week_start"),
        ("missing_column", "week_end"),
    ]


CARD: list[list[CellValue]] = [
    ["销售周报"],
    ["销售代表", "张伟", "本周新增客户数", 0],
    ["有效跟进次数", 5],
    ["预计成交金额", 0],
    ["本周完成业绩", 0],
]
