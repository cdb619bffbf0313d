"""本周汇报, 按月预测, 跟进活动 and 走势 against invented weeks. docs/domain.md 3.10–3.12."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from salesxl.messages import LOCALES, load
from salesxl.render import render
from salesxl.rulebook import Member
from salesxl.summary import manager_message, summarise
from salesxl.summary.figures.briefing import gathered
from salesxl.summary.figures.trend import pipelines
from tests.recount import grids
from tests.teams import MONDAY, WORDS, customer, report, rules, submission, target, team, with_past
from tools.summary_template import draw_summary_template

BEFORE = "2026-11-09"
NOW = MONDAY.isoformat()
ROSTER = (Member("甲", "一组", product_line="软件"), Member("乙", "一组", product_line="硬件"))


def issue(rep: str, problem: str, support: str | None = None, week: str = NOW) -> dict[str, Any]:
    return {"rep": rep, "week_start": week, "problem": problem, "measure": "先送旧款", "support": support}


def plan(text: str, customer_name: str | None = None, week: str = BEFORE, **more: Any) -> dict[str, Any]:
    due = more.pop("due", "2026-11-18")
    return {
        **{"rep": "甲", "week_start": week, "plan": text, "customer_name": customer_name, "due": due},
        **more,
    }


def told(**tables: Any) -> dict[str, Any]:
    given = {"weekly_report": [report(), report("乙")], "submission": [submission()], **tables}
    return summarise(team(**given), rules(members=ROSTER), WORDS)


# ---- what was written


def test_what_a_rep_wrote_stands_under_his_name_in_his_own_words():
    key = {
        **{
            "rep": "甲",
            "week_start": NOW,
            "customer_name": "蓝湖公司",
            "stage": "方案呈现",
            "amount": 50_000.0,
        },
        **{"progress": "客户确认了样品", "next_step": "周四送合同", "expected_close": "2026-12-01"},
    }
    found = told(
        key_customer=[key],
        issue=[issue("甲", "样品不足")],
        next_week=[plan("拜访采购总监", "蓝湖公司", NOW, due="2026-11-25")],
        customer=[customer("蓝湖公司")],
    )
    (rep,) = found["briefing"]["reps"]
    assert [(row["kind"], row["text"], row["more"], row["when"]) for row in rep["rows"]] == [
        ("key_customer", "客户确认了样品", "周四送合同", dt.date(2026, 12, 1)),
        ("issue", "样品不足", "先送旧款", None),
        ("next_week", "拜访采购总监", None, dt.date(2026, 11, 25)),
    ]
    assert rep["rows"][0]["span"] == (1, 1)
    (page,) = [page for page in found["talks"] if page["rep"] == "甲"]
    assert [row["text"] for row in page["briefing"]] == [row["text"] for row in rep["rows"]]


def test_one_problem_of_several_reps_stands_there_once_and_says_whose_it_is():
    found = told(
        issue=[
            issue("甲", "样品库存不足，送样排队"),
            issue("乙", "样品库存不足 送样要排队！"),
            issue("乙", "竞品降价两成"),
        ]
    )
    (shared,) = found["briefing"]["shared"]
    assert (shared["reps"], shared["count"]) == (["甲", "乙"], 2)
    assert shared["others"] == "乙：样品库存不足 送样要排队！"
    assert shared["measures"] == "先送旧款"


def test_a_problem_that_one_rep_writes_twice_is_not_shared():
    assert told(issue=[issue("甲", "样品不足"), issue("甲", "样品不足")])["briefing"]["shared"] == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("abcdefghij", "abcdefgxyz", True),  # 7 of 10
        ("abcdefghij", "abcdefwxyz", False),  # 6 of 10
        ("客户审批流程长", "客户审批流程长，合同压了三周还没有盖章", True),
        ("流程长", "客户审批流程长，合同压了三周还没有盖章", False),
    ],
)
def test_texts_are_one_from_the_likeness_on_or_when_one_holds_the_other(one, other, same):
    groups = gathered([{"text": one}, {"text": other}, {"text": None}], "text", 0.7)
    assert len(groups) == (1 if same else 2)


def test_a_request_is_open_while_the_last_report_asks_for_it_and_counts_its_weeks():
    reports = [report(week_start=week) for week in ("2026-11-02", BEFORE, NOW)]
    asked = [issue("甲", "样品不足", "请仓库预留20件样品", week) for week in ("2026-11-02", BEFORE, NOW)]
    answered = [issue("乙", "报价太慢", "请售前支持半天", BEFORE), issue("乙", "报价太慢", "无")]
    other = [report("乙", week_start=BEFORE), report("乙")]
    found = told(weekly_report=[*reports, *other], issue=[*asked, *answered])
    (open_one,) = found["briefing"]["support"]
    assert (open_one["support"], open_one["reps"], open_one["weeks"]) == ("请仓库预留20件样品", ["甲"], 3)
    assert found["briefing"]["first_support"][0]["line"] == "请仓库预留20件样品（甲，连续 3 周）"


def test_a_request_of_the_last_report_stays_open_when_this_week_has_none():
    found = told(weekly_report=[report(week_start=BEFORE)], issue=[issue("甲", "慢", "请派售前半天", BEFORE)])
    assert [row["weeks"] for row in found["briefing"]["support"]] == [1]


def state_of(row: dict[str, Any], **tables: Any) -> tuple[str, Any]:
    (line,) = [
        line
        for rep in told(next_week=[row, *tables.pop("planned", [])], **tables)["briefing"]["reps"]
        for line in rep["rows"]
        if line["kind"] == "last_plan"
    ]
    return line["state_name"], line["more"]


ACTION = {"rep": "甲", "customer_name": "蓝湖公司", "action": "送合同到蓝湖", "due": "2026-11-17"}
TALK = {
    **{"rep": "甲", "customer_name": "蓝湖公司", "contact_time": "2026-11-18 10:00", "method": "微信"},
    "summary": "客户同意付款条款",
}


def test_a_plan_is_done_once_an_action_of_the_same_words_is():
    assert state_of(plan("送合同到蓝湖"), action=[{**ACTION, "progress": "已完成"}])[0] == "已完成"
    assert state_of(plan("送合同到蓝湖"), action=[{**ACTION, "progress": "进行中"}])[0] == "没有下文"


def test_a_plan_that_stands_there_again_is_carried_over():
    again = plan("拜访采购总监", "蓝湖公司", NOW, due="2026-11-25")
    assert state_of(plan("拜访采购总监", "蓝湖公司"), planned=[again])[0] == "顺延（已列 2 周）"
    elsewhere = plan("拜访采购总监", "绿谷公司", NOW, due="2026-11-25")
    assert state_of(plan("拜访采购总监", "蓝湖公司"), planned=[elsewhere])[0] == "没有下文"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-15 23:00", "没有下文"),
        ("2026-11-16 00:00", "有跟进（2026-11-16）"),
        ("2026-11-20 23:00", "有跟进（2026-11-20）"),
        ("2026-11-21 00:00", "没有下文"),
    ],
)
def test_a_contact_with_the_customer_this_week_tells_what_became_of_a_plan(when, said):
    found = state_of(plan("拜访总监", "蓝湖公司"), communication=[{**TALK, "contact_time": when}])
    assert found[0] == said


def test_progress_of_the_customer_tells_too_and_what_is_not_due_is_left():
    key = {"rep": "甲", "week_start": NOW, "customer_name": "蓝湖有限公司", "progress": "合同在审"}
    assert state_of(plan("拜访总监", "蓝湖公司"), key_customer=[key]) == ("见本周进展", "合同在审")
    assert state_of(plan("拜访总监", due="2026-11-20"))[0] == "未到期"
    assert state_of(plan("拜访总监", due="2026-11-19"))[0] == "没有下文"
    assert state_of(plan("拜访总监"), weekly_report=[report("乙")])[0] == "未交周报"


# ---- when it closes


def closing(*rows: dict[str, Any], done: float | None = 200_000.0, **more: Any) -> dict[str, Any]:
    aims = [target(300_000), target(100_000, name="乙"), target(500_000, month=12)]
    ruled = rules(members=ROSTER, targets=[*aims, target(0, name="乙", month=12)])
    weeks = [report("甲", done, week_start=day) for day in ("2026-11-02", BEFORE)]
    given = team(customer=rows, weekly_report=[*weeks, report("甲", done), report("乙", 0.0)], **more)
    return summarise(given, ruled, WORDS)["closing"]


def one(number: int, close: str | None, amount: float | None = 100_000.0, **more: Any) -> dict[str, Any]:
    return customer(f"客户{number}", expected_close=close, expected_amount=amount, **more)


@pytest.mark.parametrize(
    ("close", "bucket"),
    [
        ("2026-11-19", "overdue"),
        ("2026-11-20", "this"),
        ("2026-11-30", "this"),
        ("2026-12-01", "next"),
        ("2026-12-31", "next"),
        ("2027-01-01", "after"),
        ("2027-01-31", "after"),
        ("2027-02-01", "later"),
        (None, "undated"),
    ],
)
def test_a_customer_closes_in_the_month_of_its_date(close, bucket):
    months = closing(one(1, close))["months"]
    assert [(row["bucket"], row["amount"]) for row in months if row["count"]] == [(bucket, 100_000.0)]


def test_coverage_is_the_open_amount_over_what_is_left_of_the_month():
    found = closing(one(1, "2026-11-28", 300_000.0), one(2, "2026-12-10", 250_000.0), one(3, None, 7.0))
    this, following = found["months"][:2]
    assert (this["target"], this["completed"], this["gap"]) == (400_000, 200_000, 200_000)
    assert this["coverage"] == 1.5
    chance = next(float(s.probability) for s in rules().stages if s.name == "需求确认")
    assert this["weighted"] == 300_000 * chance
    assert this["short"] == 200_000 - 300_000 * chance
    assert (following["gap"], following["coverage"]) == (500_000, 0.5)
    assert found["months"][2]["target"] is None
    assert found["all"]["amount"] == 550_007


def test_won_and_lost_customers_and_second_claims_close_in_no_month():
    lost = one(1, "2026-11-28", status="流失")
    claim = one(2, "2026-11-28", counted=False)
    assert closing(lost, claim)["all"]["count"] == 0


def test_a_month_that_is_reached_has_no_coverage_and_lacks_nothing():
    this = closing(one(1, "2026-11-28"), done=400_000.0)["months"][0]
    assert (this["gap"], this["coverage"], this["short"]) == (0, None, 0)


def test_groups_add_up_to_the_whole_by_rep_team_and_product_line():
    found = closing(one(1, "2026-11-28"), one(2, "2026-12-28", rep="乙"), one(3, "2026-11-01", rep="乙"))
    assert {row["rep"]: row["open_amount"] for row in found["reps"]} == {"甲": 100_000, "乙": 200_000}
    assert {row["name"]: row["amounts"]["this"] for row in found["product_lines"]} == {
        "软件": 100_000,
        "硬件": None,
    }
    (group,) = found["teams"]
    assert (group["name"], group["open_amount"], group["gap"]) == ("一组", 300_000, 200_000)
    for bucket, amount in found["all"]["amounts"].items():
        parts = [row["amounts"][bucket] for row in found["reps"]]
        assert sum(filter(None, parts)) == (amount or 0)


# ---- how much is done, and the last weeks


def test_contacts_count_for_whoever_wrote_them_in_the_week_of_their_day():
    talks = [
        {**TALK, "contact_time": "2026-11-15 23:59"},
        {**TALK, "contact_time": "2026-11-16 00:00"},
        {**TALK, "contact_time": "2026-11-21 00:00"},
        {**TALK, "rep": "乙", "original_rep": "甲", "method": "电话拜访"},
        {**TALK, "rep": "乙", "method": None},
    ]
    found = told(communication=talks)["activity"]
    by = {row["rep"]: row for row in found["reps"]}
    assert (by["甲"]["by"]["微信"], by["甲"]["by"]["电话拜访"], by["甲"]["count"]) == (1, 1, 2)
    assert (by["甲"]["before"], by["甲"]["mean"], by["乙"]["by"][""]) == (1, 1.0, 1)
    assert (found["all"]["count"], found["weeks"][0]["count"], found["weeks"][1]["count"]) == (3, 3, 1)


def test_the_pipeline_of_every_week_is_read_back_as_it_stood_then():
    weeks = [MONDAY - dt.timedelta(days=7 * at) for at in (3, 2, 1)]
    first = [customer("一", expected_amount=100.0), customer("二", expected_amount=40.0)]
    second = [customer("一", expected_amount=70.0), customer("二", expected_amount=40.0)]
    third = [*second, customer("三", expected_amount=5.0)]
    last = [customer("一", expected_amount=70.0, status="流失"), *third[1:]]
    past = [(day, {"customer": rows}) for day, rows in zip(weeks, (first, second, third), strict=True)]
    found = pipelines(with_past(team(customer=last), *past), rules(), [MONDAY, *reversed(weeks)])
    assert [found[day] for day in (*weeks, MONDAY)] == [140, 110, 115, 45]


def test_the_last_point_of_the_trend_is_what_the_other_pages_show():
    found = summarise(
        team(
            customer=[one(1, None, first_contact="2026-11-17")],
            weekly_report=[report("甲", 1_000.0), report("甲", 500.0, week_start=BEFORE)],
            deal=[
                {"customer_no": "N", "rep": "甲", "week_start": NOW, "signed_on": "2026-11-12", "amount": 9.0}
            ],
            communication=[TALK],
        ),
        rules(members=ROSTER, targets=[target(10_000), target(10_000, name="乙")]),
        WORDS,
    )
    *before, last = found["trend_page"]["weeks"]
    assert last["attainment"] == found["attainment"]["all"]["attainment"]
    assert last["pipeline"] == found["stages"]["open_amount"]
    assert (last["signed"], last["new"], last["won"], last["contacts"]) == (1_000, 1, 0, 1)
    assert (before[-1]["signed"], before[-1]["won"], before[-1]["won_amount"]) == (500, 1, 9)
    assert before[-1]["pipeline"] is None


def test_so_many_weeks_are_shown_as_the_team_asks_for():
    talks = [{**TALK, "contact_time": "2026-06-01"}, TALK]
    given = team(communication=talks, customer=[customer()])
    assert len(summarise(given, rules(trend_weeks=8), WORDS)["trend_page"]["weeks"]) == 8
    shorter = summarise(team(customer=[customer(first_contact="2026-11-10")]), rules(), WORDS)
    assert [row["new"] for row in shorter["trend_page"]["weeks"]] == [1, 0]


# ---- the pages


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("known", [False, True])
def test_the_pages_stand_with_nothing_known_and_with_everything(lang, known):
    words = load(lang, lambda block, field: None)
    given = team(submission=[submission()])
    if known:
        given = team(
            submission=[submission()],
            customer=[one(1, "2026-11-28")],
            weekly_report=[report(), report("乙")],
            issue=[issue("甲", "样品不足要排队", "请派人"), issue("乙", "样品不足要排队")],
            next_week=[plan("拜访总监", "客户1")],
            communication=[TALK],
        )
    made = grids(render(draw_summary_template(words), summarise(given, rules(members=ROSTER), words)))
    for key in ("briefing", "closing", "activity", "trend"):
        cells = [
            str(cell) for row in made[words.name("summary_sheet", key)] for cell in row if cell is not None
        ]
        assert cells
        assert not any("{{" in cell for cell in cells)
    shown = [cell for row in made[words.name("summary_sheet", "briefing")] for cell in row]
    assert ("样品不足要排队" in shown) is known
    first = [cell for row in made[words.name("summary_sheet", "overview")] for cell in row]
    assert any("请派人" in str(cell) for cell in first) is known


def test_a_printed_page_ends_before_a_heading_that_would_stand_alone():
    reps = tuple(Member(f"代表{at}", "一组") for at in range(12))
    rows = [issue(member.name, f"第{at}个问题{'很长' * at}") for at in range(3) for member in reps]
    given = team(weekly_report=[report(m.name) for m in reps], issue=rows, submission=[submission()])
    found = summarise(given, rules(members=reps), WORDS)["briefing"]["reps"]
    assert [row["breaks"] for row in found].count(True) in (1, 2, 3)
    assert not found[0]["breaks"]


# ---- contacts that are nobody else's business


def test_contacts_are_masked_in_the_summary_where_the_team_asks_for_it():
    given = team(
        customer=[customer(contact="13800138000", customer_no="CRM202611001", next_action=None)],
        key_customer=[
            {"rep": "甲", "week_start": NOW, "customer_name": "客户", "progress": "改打021-58881234"}
        ],
        finding=[{"severity": "warning", "code": "duplicate", "value": "ann.lee@example.cn", "rep": "甲"}],
        submission=[submission()],
    )
    shown = json.dumps(summarise(given, rules(mask_contacts=True), WORDS), ensure_ascii=False, default=str)
    for full, masked in (
        ("13800138000", "138****8000"),
        ("021-58881234", "021-****1234"),
        ("ann.lee@example.cn", "a***@example.cn"),
    ):
        assert full not in shown
        assert masked in shown
    assert "CRM202611001" in shown
    assert "13800138000" in str(summarise(given, rules(), WORDS))


# ---- where it leads, and what is read on a phone


def test_every_customer_named_in_a_list_leads_to_its_row():
    late = [customer(f"客户{at}", customer_no=f"N{at}", last_contact="2026-01-05") for at in range(3)]
    found = told(customer=late)
    assert len(found["follow_up"]["overdue"]) == 3
    for row in found["follow_up"]["overdue"]:
        at, last = row["span"]
        assert at == last
        assert found["detail"]["rows"][at - 1]["customer_no"] == row["customer_no"]
    (page,) = [page for page in found["talks"] if page["rep"] == "甲"]
    assert [row["span"] for row in page["calls"]] == [row["span"] for row in found["follow_up"]["overdue"]]


def test_the_message_for_the_manager_has_the_headline_the_tasks_and_what_is_asked_for():
    found = told(issue=[issue("甲", "样品不足", "请仓库预留20件样品")], customer=[customer()])
    lines = manager_message(found, WORDS).splitlines()
    assert lines[:2] == [found["title"], found["headline"]]
    assert [f"{item['no']}. {item['text']}" for item in found["today"]] == [
        line for line in lines if line[:2] in {f"{item['no']}." for item in found["today"]}
    ][: len(found["today"])]
    assert "1. 请仓库预留20件样品（甲，本周提出）" in lines
