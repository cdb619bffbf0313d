"""docs/domain.md 3.5, 3.6: promises of the process that are due, each just before, on and after its day."""

from __future__ import annotations

import datetime as dt

import pytest

from salesxl.rulebook import Member
from salesxl.rules.workdays import workdays_after
from salesxl.summary import summarise
from salesxl.summary.figures import customers, deadlines
from tests.teams import FRIDAY, WORDS, customer, rules, submission, team, with_past

WON = {"status": "成交", "stage": "成交签约"}


def on(offset: int) -> str:
    return (FRIDAY + dt.timedelta(days=offset)).isoformat()


# ---- the first after-sales call


@pytest.mark.parametrize(("signed", "late"), [(-2, []), (-3, []), (-4, [1])])
def test_the_first_call_is_late_the_day_after_three_days(signed, late):
    rows = [customer(**WON, signed_on=on(signed))]
    assert [r["days"] for r in deadlines.after_sales(team(customer=rows), rules())] == late


@pytest.mark.parametrize(("last", "late"), [(-21, 1), (-20, 1), (-19, 0)])
def test_a_contact_on_a_later_day_is_the_call(last, late):
    rows = [customer(**WON, signed_on=on(-20), last_contact=on(last))]
    assert len(deadlines.after_sales(team(customer=rows), rules())) == late


def test_the_days_to_the_call_are_the_teams_setting():
    rows = [customer(**WON, signed_on=on(-4))]
    assert not deadlines.after_sales(team(customer=rows), rules(after_sales_days=4))


@pytest.mark.parametrize(
    "fields", [{"signed_on": on(-9)}, {**WON}, {**WON, "status": "流失", "signed_on": on(-9)}]
)
def test_only_won_customers_with_a_day_of_signing_are_judged(fields):
    assert not deadlines.after_sales(team(customer=[customer(**fields)]), rules())


# ---- contract review


def record(**more):
    return {"rep": "甲", "customer_name": "客户", "stage": "成交签约", **more}


@pytest.mark.parametrize(
    ("signed", "late"),
    [("2026-11-18", []), ("2026-11-17", [1]), ("2026-11-13", [3])],  # Friday 13: Monday, Tuesday 17
)
def test_a_contract_is_to_be_reviewed_within_two_working_days(signed, late):
    found = deadlines.contract_reviews(team(record=[record(rep_signed_on=signed)]), rules())
    assert [r["days"] for r in found] == late


@pytest.mark.parametrize(
    ("review", "waiting"),
    [
        ({}, 1),
        ({"review": "同意"}, 1),
        ({"review": "同意", "reviewer": "赵六"}, 1),
        ({"review": "同意", "reviewer": "赵六", "reviewed_on": "2026-11-18"}, 0),
    ],
)
def test_reviewed_means_opinion_name_and_date(review, waiting):
    rows = [record(rep_signed_on="2026-11-02", **review)]
    assert len(deadlines.contract_reviews(team(record=rows), rules())) == waiting


def test_without_a_signature_the_days_run_from_the_day_of_signing_the_contract():
    one = team(record=[record()], customer=[customer(**WON, signed_on="2026-11-02", contract_amount=9.0)])
    (found,) = deadlines.contract_reviews(one, rules())
    assert (found["since"], found["contract_amount"]) == (dt.date(2026, 11, 2), 9.0)
    assert not deadlines.contract_reviews(team(record=[record()], customer=[customer(**WON)]), rules())


def test_only_records_at_the_signing_stage_are_reviewed():
    rows = [record(stage=stage, rep_signed_on="2026-11-02") for stage in ("谈判推进", "售后维护", "线索终止")]
    assert not deadlines.contract_reviews(team(record=rows), rules())


# ---- needs


@pytest.mark.parametrize(
    ("first", "late"),
    [
        ("2026-11-17", []),
        ("2026-11-16", [1]),
        ("2026-11-13", [2]),
    ],  # three working days after Friday: Wednesday
)
def test_needs_are_to_be_on_paper_within_three_working_days(first, late):
    rows = [customer(need="跟进客户", first_contact=first)]
    assert [r["days"] for r in deadlines.needs_unclear(team(customer=rows), rules())] == late


def test_needs_on_paper_are_a_concrete_description_or_points_noted_in_a_talk():
    rows = [customer("写清", need="需要40台电脑"), customer("谈过", need="无"), customer("没有", need=None)]
    talks = [
        {"rep": "甲", "customer_name": "谈过", "contact_time": "2026-10-02", "need_points": "交期八天"},
        {"rep": "甲", "customer_name": "没有", "contact_time": "2026-10-02"},
    ]
    found = deadlines.needs_unclear(team(customer=rows, communication=talks), rules())
    assert [r["customer_name"] for r in found] == ["没有"]


def test_needs_of_won_and_lost_customers_are_no_matter():
    rows = [customer(need="无", **WON), customer(need="无", status="流失")]
    assert not deadlines.needs_unclear(team(customer=rows), rules())


def test_nobody_late_is_an_empty_list():
    assert deadlines.needs_unclear(team(), rules()) == []
    assert deadlines.after_sales(team(customer=[customer()]), rules()) == []


@pytest.mark.parametrize(
    ("day", "number", "due"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-09-30", 2, "2026-10-09"),  # over the holiday: the 8th and the 9th are worked
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_working_days_are_those_of_the_calendar(day, number, due):
    assert workdays_after(dt.date.fromisoformat(day), number, {}) == dt.date.fromisoformat(due)


# ---- stuck


def stays(*days):
    """Return a team whose customers have been in 需求确认 for these days."""
    rows = [customer(f"第{n}家", first_contact=on(-d), stage="线索培育") for n, d in enumerate(days)]
    return team(customer=rows)


def test_stuck_is_longer_than_the_teams_own_percentile():
    found = deadlines.stuck(stays(*range(10, 20)), rules())
    assert [(r["customer_name"], r["days"], r["bound"], r["beyond"]) for r in found] == [("第9家", 19, 18, 1)]


def test_nobody_is_stuck_among_few_or_equals():
    assert not deadlines.stuck(stays(*range(10, 19)), rules())
    assert not deadlines.stuck(stays(*[30] * 20), rules())


# ---- grades that changed


def test_grades_that_changed_since_the_last_book_are_listed_with_old_new_and_why():
    now = team(
        customer=[
            customer("升", grade="A", annual_purchase=100_000.0),
            customer("同", grade="B", annual_purchase=50_000.0),
            customer("新", grade="C", annual_purchase=1.0),
        ]
    )
    before = [customer("升", grade="B"), customer("同", grade="B")]
    one = with_past(now, (dt.date(2026, 11, 9), {"customer": before}))
    (found,) = customers.changes(one, rules(), WORDS)
    assert (found["customer_name"], found["before"], found["grade"]) == ("升", "B", "A")
    assert "100,000" in found["reason"]
    assert customers.changes(now, rules(), WORDS) == []


def test_grades_set_by_hand_are_listed_with_their_reason():
    rows = [
        customer("甲公司", grade="VIP", annual_purchase=20_000.0, grade_reason="集团客户"),
        customer("乙公司", grade="B", annual_purchase=20_000.0),
    ]
    (found,) = customers.overrides(team(customer=rows), rules())
    assert (found["customer_name"], found["before"], found["grade"]) == ("甲公司", "B", "VIP")
    assert found["reason"] == "集团客户"


# ---- the day on which reports are due


@pytest.mark.parametrize(
    ("day", "value", "note"), [(19, None, "2026-11-20 截止"), (20, 1, "乙"), (21, 1, "乙")]
)
def test_before_the_day_nobody_is_said_to_have_reported_or_not(day, value, note):
    handed = [submission("甲", "weekly_report", week_start="2026-11-16")]
    if day >= 20:
        handed.append(submission("乙", "weekly_report", status="missing", week_start="2026-11-16"))
    one = team(as_of=dt.date(2026, 11, day), submission=handed)
    card = summarise(one, rules(members=[Member("甲"), Member("乙")]), WORDS)["cards"]["missing"]
    assert (card["value"], note in card["note"]) == (value, True)
