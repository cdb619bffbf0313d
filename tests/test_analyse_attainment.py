"""docs/domain.md 3.3: completed against target, who is warned, and the pace by working days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from salesxl.messages import load
from salesxl.rulebook import Member
from salesxl.rules import workdays
from salesxl.summary import summarise
from salesxl.summary.figures import attainment
from salesxl.summary.figures.plain import people
from tests.teams import FRIDAY, MONDAY, WORDS, report, rules, submission, target, team, with_past

NOVEMBER = dt.date(2026, 11, 1)
DAY = dt.timedelta(days=1)
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


# ---- judged at all


@pytest.mark.parametrize(
    ("completed", "shown", "state"),
    [
        (179_880.05, 0.599, "warning"),  # 59.96 %
        (180_000.05, 0.599, "warning"),  # a fen below 60 %
        (180_000.06, 0.6, "behind"),  # 60 % exactly
        (180_000.07, 180_000.07 / 300_000.10, "behind"),
        (299_900.10, 0.999, "behind"),  # 99.97 %
        (300_000.10, 1.0, "good"),
    ],
)
def test_the_share_that_is_shown_never_contradicts_the_judgement(completed, shown, state):
    pace = workdays.Pace(2026, 11, 20, 20, "official")
    row = row_of(team(weekly_report=[report(completed=completed)]), rules(targets=[target(300_000.10)]), pace)
    assert (row["attainment"], row["state"]) == (pytest.approx(shown, rel=1e-15), state)


def test_a_pace_a_fen_behind_is_not_shown_as_kept():
    one = team(weekly_report=[report(completed=99_999.99)])
    row = row_of(one, rules(targets=[target(200_000)]), HALF)
    assert (row["pace"], row["state"]) == (0.999, "warning")
    row = row_of(team(weekly_report=[report(completed=100_000)]), rules(targets=[target(200_000)]), HALF)
    assert (row["pace"], row["state"]) == (1, "on_track")


@pytest.mark.parametrize(
    ("elapsed", "state", "below"), [(0, "early", False), (4, "early", False), (5, "warning", True)]
)
def test_in_the_first_working_days_nobody_is_warned(elapsed, state, below):
    pace = workdays.Pace(2026, 11, elapsed, 21, "official")
    row = row_of(team(weekly_report=[report(completed=0)]), rules(targets=[target(100_000)]), pace)
    assert (row["state"], row["below"]) == (state, below)
    assert (row["pace"] is None, row["attainment"]) == (state == "early", 0)


def test_from_which_working_day_on_is_the_teams_setting_and_a_month_that_is_over_is_judged():
    one, aims = team(weekly_report=[report(completed=1)]), [target(100_000)]
    early = workdays.Pace(2026, 11, 4, 21, "official")
    assert row_of(one, rules(targets=aims, judged_from_workday=4), early)["state"] == "warning"
    short = workdays.Pace(2026, 2, 3, 3, "settings")
    assert row_of(one, rules(targets=aims), short)["state"] == "warning"


def test_ahead_in_the_first_days_is_not_judged_either_and_without_a_target_there_is_nothing_to_judge():
    early = workdays.Pace(2026, 11, 2, 21, "official")
    one = team(weekly_report=[report(completed=100_000)])
    assert row_of(one, rules(targets=[target(100_000)]), early)["state"] == "early"
    assert row_of(one, rules(), early)["state"] == "unknown"


WEEK = dt.timedelta(days=7)


def section(*mondays: dt.date, completed: float = 10.0, as_of: dt.date = FRIDAY):
    reports = [
        report(completed=completed, week_start=day.isoformat(), month_completed=completed) for day in mondays
    ]
    rulebook = rules(members=[Member("甲", "一组", "华东")], targets=[target(100_000)])
    return summarise(team(as_of, weekly_report=reports, submission=[submission()]), rulebook, WORDS)


def test_a_month_with_a_whole_week_missing_is_not_judged_and_the_week_is_named():
    found = section(MONDAY, MONDAY - 2 * WEEK)  # nobody reported 9 to 15 November
    (row,) = found["attainment"]["reps"]
    assert (row["completed"], row["attainment"]) == (10, 0.0001)
    assert (row["pace"], row["expected"], row["below"], row["state"]) == (None, None, False, "unknown")
    assert row["state_name"] == WORDS.name("attainment_state", "partial")
    for group in ("teams", "regions"):
        assert {r["state"] for r in found["attainment"][group]} == {"unknown"}
    assert "第46周" in found["headline"]
    assert found["attainment"]["marked_below"] is None
    assert not [item for item in found["today"] if item["kind"] == "attainment"]
    assert not found["cards"]["attainment"]["alert"]


def test_a_month_of_which_every_week_is_reported_is_judged():
    found = section(MONDAY, MONDAY - WEEK, MONDAY - 2 * WEEK)
    assert found["attainment"]["reps"][0]["state"] == "warning"
    assert (found["attainment"]["unjudged_line"], found["attainment"]["marked_below"]) == ("", 0.6)
    assert [item["kind"] for item in found["today"]][:1] == ["attainment"]
    assert found["cards"]["attainment"]["alert"]


def test_over_the_years_end_the_month_of_the_53rd_week_is_december():
    monday = dt.date(2026, 12, 28)  # 2026-W53, its Thursday is 31 December
    reports = [report(completed=10, week_start=(monday - n * WEEK).isoformat()) for n in range(5)]
    rulebook = rules(members=[Member("甲")], targets=[target(100_000, month=12)])
    one = team(dt.date(2027, 1, 1), monday, weekly_report=reports, submission=[submission()])
    found = summarise(one, rulebook, WORDS)
    assert found["week"]["label"] == "2026-W53"
    assert found["attainment"]["reps"][0]["state"] == "warning"
    assert found["attainment"]["weeks"][0]["known_text"] == "第49–53周"


def test_the_first_days_of_a_month_are_said_in_the_headline():
    monday = dt.date(2026, 6, 29)  # 1 July is its Wednesday, so the week counts to July
    reports = [report(completed=10, week_start=monday.isoformat())]
    rulebook = rules(members=[Member("甲")], targets=[target(100_000, month=7)])
    one = team(dt.date(2026, 7, 3), monday, weekly_report=reports, submission=[submission()])
    found = summarise(one, rulebook, WORDS)
    assert found["attainment"]["reps"][0]["state"] == "early"
    assert "3 个工作日" in found["headline"]


def test_who_cannot_be_judged_stands_last_also_where_nobody_has_a_pace():
    reports = [report("甲", None), report("乙", 50_000), report("丙", 10_000)]
    rulebook = rules(
        members=[Member(n) for n in "甲乙丙"], targets=[target(100_000, name=n) for n in "甲乙丙"]
    )
    found = summarise(team(weekly_report=reports, submission=[submission()]), rulebook, WORDS)
    assert [r["rep"] for r in found["attainment"]["reps"]] == ["丙", "乙", "甲"]


def test_deals_are_the_months_as_completed_and_collected_are():
    now = team(weekly_report=[report(completed=300.0, deals=2), report("乙", deals=None)])
    before = (MONDAY - 7 * DAY, {"weekly_report": [report(deals=3, week_start="2026-11-09")]})
    october = (MONDAY - 28 * DAY, {"weekly_report": [report(deals=5, week_start="2026-10-19")]})
    one, rulebook = with_past(now, october, before), rules()
    reps = attainment.by_rep(one, rulebook, people(one, rulebook), HALF)
    assert {row["rep"]: row["deals"] for row in reps} == {"甲": 5, "乙": None}
    assert attainment.all_of_us(reps, rulebook, NOVEMBER, HALF)["deals"] == 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_team_target_the_headline_says_what_was_signed_and_who_is_behind(lang):
    words = load(lang, lambda block, field: None)
    earlier = [report("丙", completed=0.0, week_start=week) for week in ("2026-11-02", "2026-11-09")]
    reports = [*earlier, report(completed=20_000.0), report("乙", completed=50_000.0)]
    one = team(weekly_report=reports, submission=[submission(form="weekly_report")])
    context = summarise(one, rules(targets=[target(100_000)]), words)
    assert context["attainment"]["all"]["target"] is None
    headline = context["headline"]
    assert words.text("summary.unknown") not in headline
    assert "%" not in headline
    done = words.text("summary.headline.done_no_target", completed="7")
    assert headline.startswith(words.text("summary.headline.behind", done=done, reps="甲"))
