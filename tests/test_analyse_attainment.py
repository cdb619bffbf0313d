"""docs/domain.md 3.3: completed against target, who is warned, and the pace by working days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from salesxl.analyse import attainment, workdays
from salesxl.analyse.people import people
from salesxl.model import Member
from tests.teams import FRIDAY, report, rules, target, team

NOVEMBER = dt.date(2026, 11, 1)
ALL_DAYS_OVER = workdays.Pace(2026, 11, 21, 21, "official")
HALF = workdays.Pace(2026, 11, 10, 20, "official")


def row_of(the_team, rulebook, pace=ALL_DAYS_OVER, rep="甲"):
    found = attainment.by_rep(the_team, rulebook, people(the_team, rulebook), pace)
    return next(r for r in found if r["rep"] == rep)


@pytest.mark.parametrize(
    ("completed", "below", "state"),
    [(59_999.99, True, "warning"), (60_000, False, "behind"), (60_000.01, False, "behind")],
)
def test_under_60_per_cent_of_the_target_warns_and_the_line_itself_does_not(completed, below, state):
    row = row_of(team(weekly_report=[report(completed=completed)]), rules(targets=[target(100_000)]),
                 workdays.Pace(2026, 11, 20, 21, "official"))  # fmt: skip
    assert (row["below"], row["state"]) == (below, state)


def test_the_warning_line_is_the_teams_setting():
    one = team(weekly_report=[report(completed=69_000)])
    assert row_of(one, rules(targets=[target(100_000)]))["below"] is False
    strict = rules(targets=[target(100_000)], attainment_warning=Decimal("0.70"))
    assert row_of(one, strict)["below"] is True


@pytest.mark.parametrize(
    ("attained", "pace", "over", "state"),
    [
        (0.59, 0.99, False, "warning"),
        (0.59, 1.0, False, "on_track"),
        (0.59, 1.2, True, "warning"),
        (0.60, 0.99, False, "behind"),
        (0.60, 1.0, False, "good"),
        (1.0, 0.99, False, "good"),
        (None, None, False, "unknown"),
    ],
)
def test_what_the_manager_is_told_at_the_bounds(attained, pace, over, state):
    assert attainment.state_of(attained, pace, 0.6, over=over) == state


def test_without_a_target_attainment_is_blank():
    row = row_of(team(weekly_report=[report(completed=50_000)]), rules())
    assert (row["target"], row["source"], row["attainment"], row["pace"]) == (None, None, None, None)
    assert (row["below"], row["state"]) == (False, "unknown")


def test_with_a_target_of_zero_attainment_is_blank_and_never_infinite():
    row = row_of(team(weekly_report=[report(completed=50_000)]), rules(targets=[target(0)]))
    assert row["target"] == 0
    assert row["attainment"] is None


def test_without_a_report_nothing_is_completed_and_nothing_is_zero():
    row = row_of(team(), rules(members=[Member("甲")], targets=[target(100_000)]))
    assert (row["completed"], row["attainment"], row["gap"]) == (None, None, None)
    assert row["target"] == 100_000


def test_the_settings_target_goes_before_the_quota_and_the_reports_own():
    one = team(weekly_report=[report(completed=1, month_target=300_000)])
    quota = {"quota_applies": True, "quota_signed": Decimal(1_000_000)}
    cases = {
        "settings": rules(targets=[target(500_000)], **quota),
        "quota": rules(**quota),
        "report": rules(),
    }
    found = {name: row_of(one, rulebook) for name, rulebook in cases.items()}
    assert {name: row["source"] for name, row in found.items()} == {n: n for n in cases}
    assert [row["target"] for row in found.values()] == [500_000, 1_000_000, 300_000]


def test_a_target_of_another_month_or_measure_does_not_hold():
    one = team(weekly_report=[report(completed=1)])
    assert row_of(one, rules(targets=[target(500_000, month=10)]))["target"] is None


def test_month_to_date_is_the_reports_of_the_weeks_month_up_to_this_week():
    reports = [
        report(completed=10, month_completed=110),
        report(completed=5, month_completed=100, week_start="2026-11-09"),
        report(completed=7, month_completed=7, week_start="2026-11-23"),  # after the week
        report(completed=9, month_completed=9, week_start="2026-10-19"),  # another month
    ]
    row = row_of(team(weekly_report=reports), rules(targets=[target(1_000)]))
    assert (row["week_completed"], row["completed"]) == (10, 110)


def test_who_did_not_report_this_week_keeps_what_the_month_has():
    reports = [report(completed=5, month_completed=100, week_start="2026-11-09")]
    row = row_of(team(weekly_report=reports), rules(targets=[target(1_000)]))
    assert (row["reported"], row["week_completed"], row["completed"]) == (False, None, 100)


def test_pace_compares_with_the_working_days_that_are_over():
    row = row_of(team(weekly_report=[report(completed=30_000)]), rules(targets=[target(100_000)]), HALF)
    assert (row["expected"], row["pace"]) == (50_000, 0.6)


def whole(the_team, rulebook):
    reps = attainment.by_rep(the_team, rulebook, people(the_team, rulebook), ALL_DAYS_OVER)
    return attainment.all_of_us(reps, rulebook, NOVEMBER, ALL_DAYS_OVER)


def test_sums_are_in_whole_fen():
    reports = [report("甲", 0.1), report("乙", 0.2)]
    assert whole(team(weekly_report=reports), rules())["completed"] == 0.3


def test_the_teams_target_is_its_own_else_the_sum_of_its_reps():
    reports = [report("甲", 60_000), report("乙", 20_000)]
    own = [target(100_000), target(50_000, name="乙"), target(400_000, scope="all", name=None)]
    found = whole(team(weekly_report=reports), rules(targets=own))
    assert (found["target"], found["source"], found["attainment"]) == (400_000, "settings", 0.2)
    found = whole(team(weekly_report=reports), rules(targets=own[:2]))
    assert (found["target"], found["source"]) == (150_000, "reps")


def test_reps_targets_do_not_stand_for_the_whole_while_one_with_results_has_none():
    reports = [report("甲", 60_000), report("乙", 20_000)]
    found = whole(team(weekly_report=reports), rules(targets=[target(100_000)]))
    assert (found["completed"], found["target"], found["attainment"]) == (80_000, None, None)


def test_who_has_no_figures_is_named():
    members = [Member("甲", "一组"), Member("乙", "一组"), Member("丙", "二组")]
    rulebook = rules(members=members, targets=[target(100, name=n) for n in "甲乙丙"])
    the_team = team(weekly_report=[report("甲", 50)])
    persons = people(the_team, rulebook)
    reps = attainment.by_rep(the_team, rulebook, persons, ALL_DAYS_OVER)
    teams = attainment.by_scope(reps, rulebook, persons, NOVEMBER, ALL_DAYS_OVER, "team")
    assert [(t["team"], t["unknown"], t["completed"], t["target"]) for t in teams] == [
        ("一组", ["乙"], 50, 200),
        ("二组", ["丙"], None, 100),
    ]


# ---- working days


@pytest.mark.parametrize(
    ("as_of", "elapsed"),
    [
        (dt.date(2026, 10, 31), 0),
        (dt.date(2026, 11, 1), 0),
        (dt.date(2026, 11, 2), 1),
        (FRIDAY, 15),
        (dt.date(2026, 11, 30), 21),
        (dt.date(2026, 12, 5), 21),
    ],
)
def test_elapsed_working_days_stop_at_the_months_ends(as_of, elapsed):
    assert workdays.pace(2026, 11, as_of, {}).elapsed == elapsed


def test_national_day_is_off_and_its_make_up_days_are_worked():
    assert not workdays.is_workday(dt.date(2026, 10, 1), {})
    assert workdays.is_workday(dt.date(2026, 2, 14), {})  # a Saturday before the Spring Festival


def test_the_teams_own_days_go_before_the_calendar():
    days = {dt.date(2026, 11, 20): False, dt.date(2026, 11, 21): True}
    assert not workdays.is_workday(dt.date(2026, 11, 20), days)
    assert workdays.is_workday(dt.date(2026, 11, 21), days)


def test_a_year_the_calendar_does_not_know_is_weekdays_and_says_so():
    found = workdays.pace(2090, 11, dt.date(2090, 11, 30), {})
    assert (found.days, found.source) == (22, "weekdays")
    corrected = workdays.pace(2090, 11, dt.date(2090, 11, 30), {dt.date(2090, 11, 1): False})
    assert (corrected.days, corrected.source) == (21, "settings")


def test_a_month_without_working_days_has_no_pace():
    days = {dt.date(2090, 2, d): False for d in range(1, 29)}
    assert workdays.pace(2090, 2, dt.date(2090, 2, 9), days).share is None
