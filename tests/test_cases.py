"""机会与合同 against invented opportunities, contracts, calls, pledges and plans. docs/domain.md 7, 9."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from salesxl.messages import LOCALES, load
from salesxl.render import render
from salesxl.rulebook import Member, Target
from salesxl.summary import summarise
from tests.ordered import with_rows
from tests.recount import grids
from tests.teams import WORDS, report, rules, submission, team
from tools.summary_template import draw_summary_template

ROSTER = (Member("甲", "一组"),)
QUARTER = Target(2026, "Q4", "rep", "甲", "signed", Decimal(2_000_000))


def told(**own: list[dict[str, Any]]) -> dict[str, Any]:
    given = team(weekly_report=[report(completed=1.0)], submission=[submission()])
    return summarise(with_rows(given, **own), rules(members=ROSTER, targets=[QUARTER]), WORDS)["cases"]


def chance(**more: Any) -> dict[str, Any]:
    plain = {
        **{"rep": "甲", "机会名称": "年度采购", "客户名称": "蓝湖公司", "立项日期": "2026-11-09"},
        **{"预估金额": 350_000.0, "预计成交日期": "2026-12-25", "当前阶段": "需求确认"},
    }
    return {**plain, **more}


def contract(**more: Any) -> dict[str, Any]:
    plain = {
        **{"rep": "甲", "合同编号": "HT-1", "客户名称": "蓝湖公司", "金额": 100_000.0},
        **{"签约日期": "2026-11-17", "到期日": "2027-11-16", "法务审核日期": "2026-11-17"},
        **{"财务审核日期": "2026-11-17", "盖章件归档": True},
    }
    return {**plain, **more}


def call(points: int, on: str = "2026-11-18 10:30", **more: Any) -> dict[str, Any]:
    return {"rep": "甲", "客户名称": "蓝湖公司", "回访时间": on, "满意度": points, **more}


def late(**own: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return [(row["kind"], str(row["due"]), row["days"]) for row in told(**own)["waiting"]]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, [("decision", "2026-11-09", 11)]),
        # agreed on Friday the 13th: three working days end on Wednesday the 18th
        ({"经理审核": "同意", "审核日期": "2026-11-13"}, [("solution", "2026-11-18", 2)]),
        ({"经理审核": "同意", "审核日期": "2026-11-17"}, []),  # its third day is today
        ({"经理审核": "同意", "审核日期": "2026-11-13", "解决方案": "分两批交货"}, []),
        ({"经理审核": "退回", "审核日期": "2026-11-13"}, []),
        ({"当前阶段": "线索终止"}, []),
    ],
)
def test_an_opportunity_waits_for_the_manager_then_for_its_solution(changed, wanted):
    assert late(销售机会立项表=[chance(**changed)]) == wanted


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, []),
        # signed on Monday the 16th: two working days end on Wednesday the 18th, three days on the 19th
        (
            {"签约日期": "2026-11-16", "财务审核日期": None},
            [("review", "2026-11-18", 2), ("call", "2026-11-19", 1)],
        ),
        ({"盖章件归档": False}, [("filing", "2026-11-17", 3)]),
    ],
)
def test_a_contract_waits_for_review_filing_and_the_first_call(changed, wanted):
    assert late(合同=[contract(**changed)]) == wanted


def test_a_call_after_the_signing_ends_the_wait_and_one_before_does_not():
    signed = contract(签约日期="2026-11-10")
    assert late(合同=[signed], 售后回访=[call(4)]) == []
    assert late(合同=[signed], 售后回访=[call(4, "2026-11-09 09:00")]) == [("call", "2026-11-13", 7)]


def test_a_customer_who_was_not_satisfied_in_the_last_call_is_a_task():
    assert late(售后回访=[call(2)]) == [("unhappy", "2026-11-18", 2)]
    assert late(售后回访=[call(2, "2026-11-10 10:00"), call(5)]) == []
    (row,) = told(售后回访=[call(2), call(5, "2026-10-08 10:00"), call(1, "2026-09-30 10:00")])[
        "satisfaction"
    ]
    assert row == {"rep": "甲", "calls": 2, "mean": 3.5, "unhappy": 1}


def test_a_measure_past_its_day_is_late_until_it_is_done():
    plan = {
        "rep": "甲",
        "措施": "走访6家",
        "计划完成日期": "2026-11-18",
        "负责人": "乙",
        "完成情况": "进行中",
    }
    (row,) = told(改进计划=[plan])["waiting"]
    assert (row["kind"], row["rep"], row["days"]) == ("measure", "乙", 2)
    assert late(改进计划=[{**plan, "完成情况": "已完成"}]) == []


def test_a_pledge_is_held_against_the_target_of_its_period():
    pledge = {
        "rep": "甲",
        "周期开始": "2026-10-01",
        "周期结束": "2026-12-31",
        "指标": "签约额",
        "目标值": 1_800_000.0,
    }
    odd = {**pledge, "周期结束": "2026-12-30"}
    over = {**pledge, "周期开始": "2026-07-01", "周期结束": "2026-09-30"}
    found = told(业绩责任书=[pledge, odd, over])["pledges"]
    assert [(row["target"], row["apart"]) for row in found] == [(2_000_000.0, -200_000.0), (None, None)]


@pytest.mark.parametrize("lang", LOCALES)
def test_the_sheet_shows_what_is_late_and_is_not_there_without_these_forms(lang):
    words = load(lang, lambda block, field: None)
    name, source = words.name("summary_sheet", "cases"), draw_summary_template(words)
    given = team(weekly_report=[report(completed=1.0)], submission=[submission()])
    some = with_rows(given, 销售机会立项表=[chance()], 合同=[contract(盖章件归档=False)])
    page = grids(render(source, summarise(some, rules(members=ROSTER), words), words=words))[name]
    assert [words.text("summary.cases.filing"), "HT-1", "蓝湖公司", "甲", 100_000] in [r[1:6] for r in page]
    assert words.name("summary_sheet", "cases") not in grids(
        render(source, summarise(given, rules(members=ROSTER), words), words=words)
    )
