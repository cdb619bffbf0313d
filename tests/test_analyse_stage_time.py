"""docs/domain.md 3.4, 3.6: how long customers have been in their stage, from the books of the weeks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from salesxl.summary.figures import stage_time
from tests.teams import FRIDAY, MONDAY, customer, rules, team, with_past

WEEK = dt.timedelta(days=7)
NUMBER = {"customer_no": "CRM202609001"}


def weeks_of(*stages: str | None, now: str = "方案呈现", **more):
    """Build a team whose one customer stood in these stages in the weeks before, the oldest first."""
    plain = {**NUMBER, "first_contact": "2026-01-05", **more}
    past = [
        (MONDAY - WEEK * n, {"customer": [customer(**{**plain, "stage": stage})] if stage else []})
        for n, stage in zip(range(len(stages), 0, -1), stages, strict=True)
    ]
    return with_past(team(customer=[customer(**{**plain, "stage": now})]), *past)


def found(the_team):
    row = stage_time.in_stage(the_team, rules()).iloc[0]
    return None if pd.isna(row["since"]) else row["since"].date(), row["days"], row["exact"]


def test_the_stay_began_in_the_first_week_seen_after_another_stage():
    assert found(weeks_of("需求确认", "方案呈现", "方案呈现")) == (MONDAY - 2 * WEEK, 18, True)
    assert found(weeks_of("需求确认", "需求确认")) == (MONDAY, 4, True)


def test_where_the_books_begin_the_days_are_at_least_as_many():
    assert found(weeks_of("方案呈现", "方案呈现")) == (MONDAY - 2 * WEEK, 18, False)
    assert found(weeks_of()) == (MONDAY, 4, False)


def test_in_a_week_without_the_customer_it_stands_where_it_stood():
    assert found(weeks_of("需求确认", "方案呈现", None)) == (MONDAY - 2 * WEEK, 18, True)
    assert found(weeks_of("需求确认", None, "方案呈现")) == (MONDAY - WEEK, 11, True)


def test_a_stage_come_back_to_begins_anew():
    assert found(weeks_of("方案呈现", "谈判推进", "方案呈现")) == (MONDAY - WEEK, 11, True)


def test_a_customer_new_in_the_week_has_been_there_since_the_first_contact():
    assert found(weeks_of(first_contact="2026-11-18")) == (dt.date(2026, 11, 18), 2, True)
    assert found(weeks_of(first_contact="2026-11-16")) == (MONDAY, 4, True)
    assert found(weeks_of(first_contact="2026-11-15")) == (MONDAY, 4, False)


@pytest.mark.parametrize(
    ("stages", "first"), [("process", "线索培育"), ("crm", "线索"), ("toolbox", "需求确认")]
)
def test_who_was_only_ever_in_the_first_stage_is_there_since_the_first_contact(stages, first):
    one = weeks_of(first, now=first, first_contact="2026-10-21")
    row = stage_time.in_stage(one, rules(stages=stages)).iloc[0]
    assert (row["since"].date(), row["days"], row["exact"]) == (dt.date(2026, 10, 21), 30, True)


def test_who_has_come_back_to_the_first_stage_is_there_since_then():
    assert found(weeks_of("需求确认", now="线索培育")) == (MONDAY, 4, True)


def test_without_a_stage_nothing_is_known():
    one = team(customer=[customer(stage=None)])
    row = stage_time.in_stage(one, rules()).iloc[0]
    assert row[["since", "days", "exact"]].isna().all()


def test_a_customer_without_a_number_is_known_by_its_name():
    now = team(customer=[customer("甲乙机械有限公司", first_contact="2026-01-05")])
    one = with_past(now, (MONDAY - WEEK, {"customer": [customer("甲乙机械", stage="线索培育")]}))
    assert found(one) == (MONDAY, 4, True)


def test_of_a_customer_two_reps_claim_each_row_has_its_own_stay():
    rows = [customer(**NUMBER), customer(rep="乙", stage="方案呈现", **NUMBER)]
    one = with_past(team(customer=rows), (MONDAY - WEEK, {"customer": rows}))
    days = stage_time.in_stage(one, rules())
    assert days["days"].tolist() == [11, 11]


def test_nobody_and_nothing_before_are_no_trouble():
    assert stage_time.in_stage(team(), rules()).empty
    assert stage_time.stays(team(), rules()).empty
    assert stage_time.long_after(stage_time.stays(team(), rules()), Decimal("0.9")) == {}


def test_stays_that_are_over_and_those_that_go_on_both_count():
    one = weeks_of("线索培育", "线索培育", "需求确认", now="方案呈现")
    all_stays = stage_time.stays(one, rules()).to_dict("list")
    assert all_stays == {
        "stage": ["线索培育", "需求确认", "方案呈现"], "days": [14, 7, 4], "over": [True, True, False]
    }  # fmt: skip


def test_lost_customers_and_stages_after_signing_are_not_stays_that_go_on():
    rows = [customer("a", status="流失"), customer("b", stage="售后维护", status="成交")]
    assert stage_time.stays(team(customer=rows), rules()).empty


@pytest.mark.parametrize(
    ("days", "bound"),
    [(range(1, 10), 9), (range(1, 11), 9), (range(1, 12), 10), ([5], 5), ([4] * 30, 4)],
)
def test_the_bound_is_the_nearest_rank_so_few_stays_have_none_beyond(days, bound):
    frame = pd.DataFrame({"stage": "方案呈现", "days": list(days)})
    assert stage_time.long_after(frame, Decimal("0.90")) == {"方案呈现": bound}


def test_the_share_of_the_bound_is_the_teams_setting():
    frame = pd.DataFrame({"stage": "方案呈现", "days": list(range(1, 11))})
    bounds = [stage_time.long_after(frame, Decimal(p))["方案呈现"] for p in ("0.50", "0.80", "1.00")]
    assert bounds == [5, 8, 10]


def test_days_run_to_the_day_of_the_book():
    one = team(as_of=FRIDAY + dt.timedelta(days=2), customer=[customer(first_contact="2026-01-05")])
    assert stage_time.in_stage(one, rules())["days"].tolist() == [6]


def test_a_stage_of_which_no_stay_is_known_exactly_has_no_usual_time():
    began = [customer("a", first_contact="2026-01-05"), customer("b", first_contact="2026-01-05")]
    assert stage_time.stays(team(customer=began), rules()).empty
    new = [*began, customer("c", first_contact="2026-11-17")]
    assert stage_time.stays(team(customer=new), rules())["days"].tolist() == [4, 4, 3]
