"""docs/domain.md 3.5 and 3.6: whom to call, and which promises are due, each at its bounds."""

from __future__ import annotations

import datetime as dt

import pytest

from salesxl.summary.figures import alerts
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
    found = alerts.overdue_follow_up(
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
    found = alerts.overdue_follow_up(
        team(customer=[customer(grade=grade, last_contact=last)]), rules(grades=preset)
    )
    assert [row["days"] for row in found] == overdue


def test_without_another_contact_the_cadence_runs_from_the_first():
    found = alerts.overdue_follow_up(team(customer=[customer(first_contact=on(-15))]), rules())
    assert [(row["since"], row["days"]) for row in found] == [(FRIDAY - dt.timedelta(days=15), 1)]


def test_lost_customers_are_left_in_peace_and_won_ones_are_not():
    rows = [
        customer("流失", status="流失", last_contact=on(-90)),
        customer("终止", stage="线索终止", last_contact=on(-90)),
        customer("成交", status="成交", stage="成交签约", last_contact=on(-90)),
    ]
    assert names(alerts.overdue_follow_up(team(customer=rows), rules())) == ["成交"]


def test_grade_stage_and_amount_come_before_days():
    rows = [
        customer("久等的线索", grade="C", stage="线索培育", expected_amount=9e6, last_contact=on(-290)),
        customer("没有金额", expected_amount=None, last_contact=on(-400)),
        customer("小而久", expected_amount=10.0, last_contact=on(-100)),
        customer("大而新", expected_amount=1_000_000.0, last_contact=on(-16)),
        customer("大而久", expected_amount=1_000_000.0, last_contact=on(-17)),
        customer("近签约", stage="谈判推进", expected_amount=5.0, last_contact=on(-15)),
        customer("已成交", stage="售后维护", status="成交", expected_amount=9e6, last_contact=on(-200)),
        customer("重点", grade="VIP", stage="线索培育", expected_amount=1.0, last_contact=on(-21)),
    ]
    found = alerts.overdue_follow_up(team(customer=rows), rules())
    assert names(found) == [
        "重点", "近签约", "大而久", "大而新", "小而久", "没有金额", "已成交", "久等的线索",
    ]  # fmt: skip
    assert found[0]["days"] == 14


def test_new_customers_without_a_second_contact_are_ranked_alike():
    rows = [
        customer("久", grade="C", first_contact=on(-200)),
        customer("重点", grade="VIP", first_contact=on(-6)),
    ]
    assert names(alerts.first_follow_up(team(customer=rows), rules())) == ["重点", "久"]


def test_who_cannot_be_judged_is_counted():
    rows = [
        customer(grade=None),
        customer(first_contact=None),
        customer(),
        customer(grade=None, status="流失"),
    ]
    assert alerts.unjudged(team(customer=rows), rules()) == 2


@pytest.mark.parametrize(("first", "found"), [(-4, 0), (-5, 0), (-6, 1)])
def test_a_new_customer_is_late_after_five_days_without_a_second_contact(first, found):
    rows = [customer(first_contact=on(first))]
    assert len(alerts.first_follow_up(team(customer=rows), rules())) == found


def test_a_contact_on_a_later_day_is_the_first_follow_up_and_one_on_the_same_day_is_not():
    rows = [
        customer("同一天", first_contact=on(-20), last_contact=on(-20)),
        customer("第二天", first_contact=on(-20), last_contact=on(-19)),
    ]
    assert names(alerts.first_follow_up(team(customer=rows), rules())) == ["同一天"]


def test_the_days_to_the_first_follow_up_are_the_teams_setting():
    rows = [customer(first_contact=on(-6))]
    assert not alerts.first_follow_up(team(customer=rows), rules(first_follow_up_days=6))


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
    assert len(alerts.overdue_actions(team(action=rows), rules())) == found


@pytest.mark.parametrize(("close", "found"), [(on(-1), 1), (on(0), 0), (on(1), 0), (None, 0)])
def test_an_expected_close_in_the_past_counts_while_the_customer_is_open(close, found):
    rows = [
        customer(expected_close=close),
        customer(expected_close=close, status="成交", stage="成交签约"),
        customer(expected_close=close, stage="售后维护"),
        customer(expected_close=close, status="流失"),
    ]
    assert len(alerts.expected_past(team(customer=rows), rules())) == found


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("2026-11-19", [(-1, True)]),
        ("2026-11-20", [(0, False)]),
        ("2026-12-20", [(30, False)]),
        ("2026-12-21", []),
    ],
)
def test_a_contract_is_to_be_renewed_within_a_month_both_days_included_or_has_expired(end, found):
    rows = [customer(status="成交", stage="成交签约", contract_end=end)]
    listed = alerts.renewals(team(customer=rows), rules())
    assert [(row["days"], row["expired"]) for row in listed] == found


@pytest.mark.parametrize(
    ("as_of", "last", "months"),
    [
        ("2026-02-28", "2026-03-31", 1),
        ("2028-02-29", "2028-03-31", 1),
        ("2028-02-28", "2028-03-28", 1),
        ("2026-02-27", "2026-03-27", 1),
        ("2026-11-30", "2026-12-31", 1),
        ("2026-04-30", "2026-05-31", 1),
        ("2026-12-31", "2027-01-31", 1),
        ("2027-01-31", "2027-02-28", 1),
        ("2027-01-30", "2027-02-28", 1),
        ("2026-11-30", "2027-02-28", 3),
        ("2026-11-30", "2026-11-30", 0),
    ],
)
def test_at_a_months_end_all_that_ends_in_the_months_to_come_is_listed(as_of, last, months):
    day = dt.date.fromisoformat(last)
    ends = [day, day + dt.timedelta(days=1)]
    rows = [customer(end.isoformat(), stage="成交签约", contract_end=end.isoformat()) for end in ends]
    one = team(dt.date.fromisoformat(as_of), customer=rows)
    assert names(alerts.renewals(one, rules(renewal_months=months))) == [last]


def test_expired_contracts_come_first_then_the_nearest_and_lost_customers_are_left_in_peace():
    ends = {"很久以前": -400, "将到期": 5, "刚过期": -2, "流失": -1}
    rows = [
        customer(n, stage="成交签约", status="流失" if n == "流失" else "成交", contract_end=on(d))
        for n, d in ends.items()
    ]
    assert names(alerts.renewals(team(customer=rows), rules())) == ["刚过期", "很久以前", "将到期"]


def test_no_expired_contract_stands_among_those_to_come_and_one_day_goes_by_grade_stage_and_amount():
    rows = [
        customer(name, stage=stage, grade=grade, expected_amount=amount, contract_end=on(days))
        for name, days, grade, stage, amount in (
            ("丙", 28, "A", "成交签约", 1.0),
            ("丁", -14, "C", "成交签约", 1.0),
            ("戊", 0, "B", "成交签约", 9.0),
            ("己", 0, "A", "售后维护", 9.0),
            ("庚", 0, "A", "成交签约", 1.0),
            ("辛", 0, "A", "成交签约", 2.0),
        )
    ]
    rows[2]["rep"], rows[3]["rep"] = "一", "一"
    found = names(alerts.renewals(team(customer=rows), rules()))
    assert found == ["丁", "辛", "庚", "己", "戊", "丙"]


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
    found = alerts.birthdays(team(customer=[customer(grade="VIP", birthday=birthday)]), rules())
    assert [row["days"] for row in found] == days


def test_birthdays_are_those_of_the_highest_grade():
    rows = [customer(grade="A", birthday="1980-11-21")]
    assert not alerts.birthdays(team(customer=rows), rules())
    assert alerts.birthdays(team(customer=rows), rules(grades="toolbox"))


def test_an_unknown_birthday_is_not_new_years_day():
    one = team(as_of=dt.date(2026, 12, 30), customer=[customer(grade="VIP", birthday="1900-01-01")])
    assert not alerts.birthdays(one, rules())
    known = team(as_of=dt.date(2026, 12, 30), customer=[customer(grade="VIP", birthday="1985-01-01")])
    assert [row["next"] for row in alerts.birthdays(known, rules())] == [dt.date(2027, 1, 1)]


def test_29_february_is_kept_on_the_28th_in_other_years():
    rows = [customer(grade="VIP", birthday="1980-02-29")]
    found = alerts.birthdays(team(as_of=dt.date(2027, 2, 25), customer=rows), rules())
    assert [row["next"] for row in found] == [dt.date(2027, 2, 28)]


def contacts(count: int, when: str = "2026-11-10 10:00", name: str = "客户"):
    return [{"rep": "甲", "customer_name": name, "contact_time": when}] * count


@pytest.mark.parametrize(("count", "found"), [(4, []), (5, []), (6, [6])])
def test_high_potential_takes_more_than_five_follow_ups(count, found):
    rows = alerts.high_potential(team(customer=[customer(grade="B")], communication=contacts(count)), rules())
    assert [row["follow_ups"] for row in rows] == found


@pytest.mark.parametrize(
    "unfit",
    [{"grade": "A"}, {"need": "跟进客户"}, {"status": "成交", "stage": "成交签约"}, {"status": "流失"}],
)
def test_high_potential_takes_the_grade_a_concrete_need_and_an_open_customer(unfit):
    one = team(customer=[customer(**{"grade": "B", **unfit})], communication=contacts(9))
    assert not alerts.high_potential(one, rules())


@pytest.mark.parametrize(("when", "found"), [("2026-08-20 00:00", 0), ("2026-08-20 00:01", 1)])
def test_high_potential_counts_the_last_three_months(when, found):
    one = team(customer=[customer(grade="B")], communication=contacts(6, when))
    assert len(alerts.high_potential(one, rules())) == found


@pytest.mark.parametrize(
    ("last", "as_of", "overdue"),
    [
        ("2026-01-31", "2026-02-28", []),
        ("2026-01-31", "2026-03-01", [1]),
        ("2028-01-31", "2028-02-29", []),
        ("2026-12-31", "2027-01-31", []),
        ("2026-12-31", "2027-02-01", [1]),
    ],
)
def test_a_month_after_the_31st_is_the_last_day_of_a_shorter_month(last, as_of, overdue):
    one = team(dt.date.fromisoformat(as_of), customer=[customer(grade="B", last_contact=last)])
    assert [row["days"] for row in alerts.overdue_follow_up(one, rules())] == overdue
