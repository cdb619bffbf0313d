"""Headers that no schema knows, periods in short, hidden rows, examples left over: what is read and said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from salesxl import parsing
from salesxl.model import Area, CellValue, Finding, Grid, Severity, Submission, Workbook
from salesxl.recognition import read_workbook
from salesxl.recognition.meaning import meaning_of
from salesxl.schemas import block_spec
from tests.header_sets import CHOICES

DAY = dt.datetime(2026, 11, 18)


def read(rows: list[list[CellValue]], **more: object) -> tuple[list[Submission], list[Finding]]:
    grid = replace(Grid("Sheet1", rows), **more)  # type: ignore[arg-type]
    return read_workbook(Workbook("a.xlsx", (grid,)), {}, CHOICES)


@pytest.mark.parametrize(
    ("block", "header", "field"),
    [
        ("customer", "初次走访日", "first_contact"),
        ("customer", "往来单位名称", "customer_name"),
        ("customer", "从哪里来", "source"),
        ("customer", "公司多少人", "employees"),
        ("customer", "大概什么时候成交", "expected_close"),
        ("customer", "手机/微信", "contact"),
        ("customer", "近12个月运费", "annual_purchase"),
        ("customer", "年合作运费", "annual_purchase"),
        ("customer", "经办人姓名", "contact_name"),
        ("action", "经办人", "owner"),
        ("customer", "Estimated Closing Date", "expected_close"),
        ("communication", "聊了什么", "summary"),
        ("communication", "用什么方式沟通", "method"),
        ("weekly_report", "11月目标", "month_target"),
        ("weekly_report", "拜访跟进次数", "follow_ups"),
        ("next_week", "下周工作要点", "plan"),
    ],
)
def test_a_header_means_what_it_is_made_of(block: str, header: str, field: str) -> None:
    assert meaning_of(block, header).sure == field


@pytest.mark.parametrize(
    ("block", "header"),
    [
        ("customer", "通讯地址"),
        ("customer", "所在城市"),
        ("customer", "传真号"),
        ("customer", "年度预算"),  # of what is still to be bought
        ("customer", "客户号码"),  # a number of the customer, or its telephone
        ("customer", "合作情况说明书"),
        ("action", "客户名称"),
        ("issue", "其他"),
    ],
)
def test_a_header_that_means_another_thing_or_two_means_nothing(block: str, header: str) -> None:
    assert meaning_of(block, header).sure is None


def test_a_label_means_its_own_field_by_its_words_alone() -> None:
    for kind in ("customer", "communication", "action", "key_customer", "issue", "next_week"):
        for column in block_spec(kind).columns:
            assert meaning_of(kind, column.label).sure in (column.field, None)


def test_figures_below_their_labels_are_read_though_one_label_is_unknown() -> None:
    submissions, _ = read(
        [
            ["销售周报"],
            ["销售代表：", "王小明", "所属团队：", "一组"],
            ["起始日期：", DAY, "结束日期：", DAY],
            ["新增客户", "拜访跟进次数", "预计成交金额", "本周签约额", "签单数", "11月目标"],
            [2, 5, 300000, 100000, 1, 600000],
        ]
    )
    (card,) = submissions[0].blocks
    names = ("new_customers", "follow_ups", "expected_amount", "completed_amount", "deals", "month_target")
    assert [card.values[name][0] for name in names] == [2, 5, 300000, 100000, 1, 600000]
    assert [card.cells[name] for name in names] == [(5, column) for column in range(1, 7)]


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("11月9日-15日", "11月9日", "11月15日"),
        ("11月9-15日", "11月9日", "11月15日"),
        ("11.9-15", "11.9", "11.15"),
        ("2026年11月9日至15日", "2026年11月9日", "2026年11月15日"),
        ("11月30日-6日", "11月30日-6日", "11月30日-6日"),
        ("11.9-11.15", "11.9", "11.15"),
    ],
)
def test_a_period_that_names_its_month_once_has_it_at_both_ends(typed: str, begin: str, end: str) -> None:
    submissions, _ = read(
        [
            ["销售周报"],
            ["销售代表", "王小明", "周期", typed],
            ["本周新增客户数", 1, "有效跟进次数", 2],
            ["预计成交金额", 3, "本周完成业绩", 4],
        ]
    )
    (card,) = submissions[0].blocks
    assert (card.values["week_start"][0], card.values["week_end"][0]) == (begin, end)


ISSUES = [["销售周报"], ["销售代表", "王小明", "周期开始", DAY, "周期结束", DAY]]
ISSUES += [["新增客户数", 1, "跟进次数", 2, "预计成交金额", 3, "本周完成业绩", 4], [], ["问题与措施"]]


def test_hidden_records_are_read_and_said() -> None:
    rows = [
        *ISSUES,
        ["存在问题", "解决措施"],
        *[[f"竞品降价{n}成抢单", "改报三年期总成本"] for n in range(1, 6)],
    ]
    submissions, _ = read(rows, hidden_rows=frozenset({7, 8, 10}))
    issue = submissions[0].block("issue")
    assert issue is not None
    assert list(issue.rows) == [7, 8, 9, 10, 11]
    (said,) = [f for f in submissions[0].findings if f.code == "hidden"]
    assert (said.severity, said.place.cell, said.facts["count"]) == (Severity.NOTICE, "A7", 3)
    assert said.facts["rows"] == "7–8, 10"


def test_what_is_left_of_the_example_on_our_own_form_is_a_warning() -> None:
    own = [f"{c.label} *" if c.required else c.label for c in block_spec("issue").columns]
    rows = [*ISSUES, own, ["交期太长被客户退单", "改报三年期总成本，突出质保", None]]
    submissions, _ = read(rows)
    (said,) = [f for f in submissions[0].findings if f.code == "example"]
    assert (said.severity, said.place.cell, said.field) == (Severity.WARNING, "B7", "measure")


def test_the_same_words_on_another_form_are_the_reps_own() -> None:
    rows = [*ISSUES, ["存在问题", "解决措施"], ["交期太长被客户退单", "改报三年期总成本，突出质保"]]
    submissions, _ = read(rows)
    assert [f for f in submissions[0].findings if f.code == "example"] == []


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("客戶名稱", "客户名称"),
        ("①客户名称", "客户名称"),
        ("（1）聯絡電話", "联络电话"),
        ("備註(單行文本)", "备注"),
    ],
)
def test_script_and_numbering_do_not_count_in_a_header(typed: str, compared: str) -> None:
    assert parsing.normalise_label(typed) == compared


@pytest.mark.parametrize(
    ("header", "unit"), [("金额(RMB)", "元"), ("Revenue (10k CNY)", "万元"), ("金额(USD)", None)]
)
def test_a_unit_in_english_is_read_and_a_foreign_currency_is_not(header: str, unit: str | None) -> None:
    said = parsing.money_unit(header)
    assert said is not None
    assert (said.unit, said.why) == (unit, None if unit else "currency")


HEADERS: list[CellValue] = ["客户名称", "所属行业", "客户来源", "员工人数", "联系人", "手机", "需求描述"]
HEADERS += ["首次接触时间", "客户状态", "当前阶段", "预计成交金额", "预计成交日期"]
NAMES = ("华东精密机械有限公司", "江南食品有限公司", "同济实验中学", "北方物流有限公司")


def customers(headers: list[CellValue], **changed: list[CellValue]) -> list[list[CellValue]]:
    """Return an archive whose columns bear these headers; a field's cells may be given."""
    usual: dict[str, list[CellValue]] = {
        "所属行业": ["制造业-机械设备", "制造业-食品", "教育", "物流业"],
        "客户来源": ["展会", "转介绍", "展会", "线上推广"],
        "需求描述": [f"更换{n}台旧设备，年底前到货" for n in (2, 3, 4, 5)],
    }
    rows: list[list[CellValue]] = [["销售代表", "张三", None, "所属团队", "一组"], [], headers]
    for at, name in enumerate(NAMES):
        given = {field: cells[at] for field, cells in {**usual, **changed}.items()}
        row: list[CellValue] = [
            name,
            given["所属行业"],
            given["客户来源"],
            120 + at,
            "李明",
            f"1380013800{at}",
        ]
        row += [given["需求描述"], DAY, "意向", "需求确认", 90000 + at, dt.datetime(2027, 3, 1)]
        rows.append(row)
    return rows


def renamed(**names: str) -> list[CellValue]:
    return [names.get(str(header), header) for header in HEADERS]


def value_of(rows: list[list[CellValue]], field: str) -> CellValue:
    (submission,), _ = read(rows)
    block = submission.block("customer")
    assert block is not None
    return block.values[field][0]


@pytest.mark.parametrize("header", ["客户需求及痛点", "痛点与需求"])
def test_a_header_of_two_words_means_the_one_that_a_field_has(header: str) -> None:
    assert value_of(customers(renamed(需求描述=header)), "need") == "更换2台旧设备，年底前到货"


def test_a_wrapped_header_does_not_mean_the_customer_because_it_begins_so() -> None:
    rows = customers(renamed(客户名称="合作\n医疗机构全称", 客户来源="客户\n渠道来源"))
    assert value_of(rows, "source") == "展会"
    assert value_of(rows, "customer_name") == NAMES[0]


def test_an_industry_of_two_levels_is_known_under_a_header_that_is_like_it() -> None:
    cells: list[CellValue] = ["医疗卫生-民营医院", "医疗卫生-护理院", "医疗卫生-口腔门诊", "医疗美容-门诊"]
    assert value_of(customers(renamed(所属行业="机构类别"), 所属行业=cells), "industry") == cells[0]
    assert value_of(customers(renamed(所属行业="所在地区"), 所属行业=cells), "industry") is None


def test_what_a_group_begins_with_holds_for_the_headers_below_it() -> None:
    upper: list[CellValue] = [*HEADERS[:10], "预计成交", None]
    lower: list[CellValue] = [*([None] * 10), "金额(元)", "签约日期"]
    rows = customers(upper)
    rows.insert(3, lower)
    merged = (*(Area(3, at, 4, at) for at in range(1, 11)), Area(3, 11, 3, 12))
    (submission,), _ = read(rows, merged=merged)
    block = submission.block("customer")
    assert block is not None
    assert block.values["expected_close"][0] == dt.datetime(2027, 3, 1)
    assert set(block.values["signed_on"]) == {None}


def test_a_label_that_begins_a_row_of_pairs_is_one_though_no_word_names_it() -> None:
    submissions, _ = read(
        [
            ["销售周报"],
            ["业务经理", "王小明", "所属团队", "一组", "周期开始", dt.datetime(2026, 11, 16)],
            ["本周新增单位数", 4, "有效跟进次数", 5, "周期结束", dt.datetime(2026, 11, 22)],
            ["11月目标", 600000],
        ]
    )
    block = submissions[0].block("weekly_report")
    assert block is not None
    found = [block.values[name][0] for name in ("rep", "new_customers", "month_target")]
    assert found == ["王小明", 4, 600000]
