"""docs/domain.md 3.5 and 3.6: whom to call, and which promises are due, each at its bounds."""

from __future__ import annotations

import datetime as dt

import pytest

from salesxl.analyse import follow_up
from tests.teams import FRIDAY, customer, rules, team


def names(rows):
    return [row["customer_name"] for row in rows]


def on(offset: int) -> str:
    return (FRIDAY + dt.timedelta(days=offset)).isoformat()


CADENCES = [
    ("crm", "VIP", 7), ("crm", "A", 14), ("toolbox", "A", 7), ("toolbox", "B", 14), ("volume", "A", 7),
    ("volume", "B", 14),
]  # fmt: skip


@pytest.mark.parametrize(("preset", "grade", "days"), CADENCES)
@pytest.mark.parametrize(("beyond", "overdue"), [(-1, []), (0, []), (1, [1])])
def test_a_follow_up_is_overdue_the_day_after_its_cadence(preset, grade, days, beyond, overdue):
    last = on(-days - beyond)
    found = follow_up.overdue_follow_up(
        team(customer=[customer(grade=grade, last_contact=last)]), rules(grades=preset)
    )
    assert [row["days"] for row in found] == overdue


@pytest.mark.parametrize(
    ("preset", "grade", "last", "overdue"),
    [
        ("crm", "B", "2026-10-20", []),
        ("crm", "B", "2026-10-19", [1]),
        ("crm", "C", "2026-08-20", []),
        ("crm", "C", "2026-08-19", [1]),
        ("toolbox", "C", "2026-10-20", []),
        ("toolbox", "C", "2026-10-19", [1]),
        ("volume", "C", "2026-10-19", [1]),
    ],
)
def test_months_and_quarters_run_to_the_same_day(preset, grade, last, overdue):
    found = follow_up.overdue_follow_up(
        team(customer=[customer(grade=grade, last_contact=last)]), rules(grades=preset)
    )
    assert [row["days"] for row in found] == overdue


def test_without_another_contact_the_cadence_runs_from_the_first():
    found = follow_up.overdue_follow_up(team(customer=[customer(first_contact=on(-15))]), rules())
    assert [(row["since"], row["days"]) for row in found] == [(FRIDAY - dt.timedelta(days=15), 1)]


def test_lost_customers_are_left_in_peace_and_won_ones_are_not():
    rows = [
        customer("流失", status="流失", last_contact=on(-90)),
        customer("终止", stage="线索终止", last_contact=on(-90)),
        customer("成交", status="成交", stage="成交签约", last_contact=on(-90)),
    ]
    assert names(follow_up.overdue_follow_up(team(customer=rows), rules())) == ["成交"]


def test_the_most_neglected_are_those_with_most_days_times_amount():
    rows = [
        customer("小而久", expected_amount=10.0, last_contact=on(-100)),
        customer("大而新", expected_amount=1_000_000.0, last_contact=on(-16)),
        customer("没有金额", expected_amount=None, last_contact=on(-400)),
    ]
    found = names(follow_up.overdue_follow_up(team(customer=rows), rules()))
    assert found == ["大而新", "小而久", "没有金额"]


def test_who_cannot_be_judged_is_counted():
    rows = [
        customer(grade=None),
        customer(first_contact=None),
        customer(),
        customer(grade=None, status="流失"),
    ]
    assert follow_up.unjudged(team(customer=rows), rules()) == 2


@pytest.mark.parametrize(("first", "found"), [(-4, 0), (-5, 0), (-6, 1)])
def test_a_new_customer_is_late_after_five_days_without_a_second_contact(first, found):
    rows = [customer(first_contact=on(first))]
    assert len(follow_up.first_follow_up(team(customer=rows), rules())) == found


def test_a_contact_on_a_later_day_is_the_first_follow_up_and_one_on_the_same_day_is_not():
    rows = [
        customer("同一天", first_contact=on(-20), last_contact=on(-20)),
        customer("第二天", first_contact=on(-20), last_contact=on(-19)),
    ]
    assert names(follow_up.first_follow_up(team(customer=rows), rules())) == ["同一天"]


def test_the_days_to_the_first_follow_up_are_the_teams_setting():
    rows = [customer(first_contact=on(-6))]
    assert not follow_up.first_follow_up(team(customer=rows), rules(first_follow_up_days=6))


@pytest.mark.parametrize(
    ("due", "progress", "found"),
    [
        ("2026-11-19 18:00", None, 1),
        ("2026-11-19 18:00", "未开始", 1),
        ("2026-11-19 18:00", "进行中", 1),
        ("2026-11-19 18:00", "已完成", 0),
        ("2026-11-19 18:00", "已取消", 0),
        ("2026-11-20 08:00", None, 0),
        ("2026-11-21", None, 0),
    ],
)
def test_an_action_is_overdue_from_the_next_day_until_done_or_cancelled(due, progress, found):
    rows = [{"rep": "甲", "action": "发送参数表", "due": due, "progress": progress}]
    assert len(follow_up.overdue_actions(team(action=rows), rules())) == found


@pytest.mark.parametrize(("close", "found"), [(on(-1), 1), (on(0), 0), (on(1), 0), (None, 0)])
def test_an_expected_close_in_the_past_counts_while_the_customer_is_open(close, found):
    rows = [
        customer(expected_close=close),
        customer(expected_close=close, status="成交", stage="成交签约"),
        customer(expected_close=close, stage="售后维护"),
        customer(expected_close=close, status="流失"),
    ]
    assert len(follow_up.expected_past(team(customer=rows), rules())) == found


@pytest.mark.parametrize(
    ("end", "found"),
    [("2026-11-19", 0), ("2026-11-20", 1), ("2026-12-20", 1), ("2026-12-21", 0)],
)
def test_a_contract_is_to_be_renewed_within_a_month_both_days_included(end, found):
    rows = [customer(status="成交", stage="成交签约", contract_end=end)]
    assert len(follow_up.renewals(team(customer=rows), rules())) == found


@pytest.mark.parametrize(
    ("birthday", "days"),
    [
        ("1980-11-19", []),
        ("1980-11-20", [0]),
        ("1980-11-27", [7]),
        ("1980-11-28", []),
        ("1900-01-01", []),
    ],
)
def test_a_birthday_is_told_a_week_before(birthday, days):
    found = follow_up.birthdays(team(customer=[customer(grade="VIP", birthday=birthday)]), rules())
    assert [row["days"] for row in found] == days


def test_birthdays_are_those_of_the_highest_grade():
    rows = [customer(grade="A", birthday="1980-11-21")]
    assert not follow_up.birthdays(team(customer=rows), rules())
    assert follow_up.birthdays(team(customer=rows), rules(grades="toolbox"))


def test_an_unknown_birthday_is_not_new_years_day():
    one = team(as_of=dt.date(2026, 12, 30), customer=[customer(grade="VIP", birthday="1900-01-01")])
    assert not follow_up.birthdays(one, rules())
    known = team(as_of=dt.date(2026, 12, 30), customer=[customer(grade="VIP", birthday="1985-01-01")])
    assert [row["next"] for row in follow_up.birthdays(known, rules())] == [dt.date(2027, 1, 1)]


def test_29_february_is_kept_on_the_28th_in_other_years():
    rows = [customer(grade="VIP", birthday="1980-02-29")]
    found = follow_up.birthdays(team(as_of=dt.date(2027, 2, 25), customer=rows), rules())
    assert [row["next"] for row in found] == [dt.date(2027, 2, 28)]


def contacts(count: int, when: str = "2026-11-10 10:00", name: str = "客户"):
    return [{"rep": "甲", "customer_name": name, "contact_time": when}] * count


@pytest.mark.parametrize(("count", "found"), [(4, []), (5, []), (6, [6])])
def test_high_potential_takes_more_than_five_follow_ups(count, found):
    rows = follow_up.high_potential(
        team(customer=[customer(grade="B")], communication=contacts(count)), rules()
    )
    assert [row["follow_ups"] for row in rows] == found


@pytest.mark.parametrize(
    "unfit",
    [{"grade": "A"}, {"need": "跟进客户"}, {"status": "成交", "stage": "成交签约"}, {"status": "流失"}],
)
def test_high_potential_takes_the_grade_a_concrete_need_and_an_open_customer(unfit):
    one = team(customer=[customer(**{"grade": "B", **unfit})], communication=contacts(9))
    assert not follow_up.high_potential(one, rules())


@pytest.mark.parametrize(("when", "found"), [("2026-08-20 00:00", 0), ("2026-08-20 00:01", 1)])
def test_high_potential_counts_the_last_three_months(when, found):
    one = team(customer=[customer(grade="B")], communication=contacts(6, when))
    assert len(follow_up.high_potential(one, rules())) == found
