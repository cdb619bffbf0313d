"""Headers that no schema knows, periods in short, hidden rows, examples left over: what is read and said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from salesxl import tidy
from salesxl.model import CellValue, Finding, Grid, Severity, Submission, Workbook
from salesxl.reading import read_workbook
from salesxl.reading.meaning import meaning_of
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
        ("11月30日-6日", "11月30日", "6日"),
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
    assert tidy.normalise_label(typed) == compared


@pytest.mark.parametrize(
    ("header", "unit"), [("金额(RMB)", "元"), ("Revenue (10k CNY)", "万元"), ("金额(USD)", None)]
)
def test_a_unit_in_english_is_read_and_a_foreign_currency_is_not(header: str, unit: str | None) -> None:
    assert tidy.label_unit(header) == unit
