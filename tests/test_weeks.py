"""Which week a report is of: told in words, by days that are no week, at the year's end."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from salesxl.consolidate import consolidate
from salesxl.model import Severity
from salesxl.parsing import week
from salesxl.rulebook import Member
from tests import one_week, sheets
from tests.sheets import check, label, only, spots, weekly

CASES = Path(__file__).parent / "data" / "cases" / "forms"
DAY = dt.datetime
MONDAY, SUNDAY = dt.date(2026, 11, 16), dt.date(2026, 11, 22)
IN_WORDS = (
    "第47周", "2026年第47周",
    "2026年第47周(11.16~11.22)", "2026年度第47周", "26年第47周", "第四十七周", "47周", "W47",
    "2026-W47", "Week 47", "第47週",
    "11月第3周", "十一月第三周", "2026年11月第3周", "11.16-11.22", "11.16—11.22",
    "11/16~22", "11/16~11/22", "11-16至11-22", "11月16日-22日", "2026.11.16-11.22", "2026/11/16-22",
    "20261116-20261122",
    "2026-11-16至2026-11-22", "2026年11月16日（周一）至11月22日（周日）", "第47周（11月16日-11月22日）",
    47, 47.0,
)  # fmt: skip


def one_cell(path, value, title: str = "周期"):
    """Write a weekly report whose period stands in one cell."""
    book = Workbook()
    sheet = book.active
    sheet.append(["销售周报"])
    sheet.append([title, value])
    for field, other in sheets.REPORT.items():
        if not field.startswith("week_"):
            sheet.append([label("weekly_report", field), other])
    book.save(path)
    return path


@pytest.mark.parametrize("typed", IN_WORDS)
def test_a_week_in_words_is_read_as_its_days(tmp_path, typed):
    checked = check(one_cell(tmp_path / "b.xlsx", typed))
    assert spots(checked) == set()
    frame = checked.frames["weekly_report"]
    assert [frame.at[0, name].date() for name in ("week_start", "week_end")] == [MONDAY, SUNDAY]


@pytest.mark.parametrize("title", ["周次", "报告周", "统计周期", "周报时间"])
def test_a_week_may_stand_under_any_word_for_it(tmp_path, title):
    checked = check(one_cell(tmp_path / "b.xlsx", "第47周", title))
    assert checked.frames["weekly_report"].at[0, "week_start"].date() == MONDAY


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("第54周", "no_such_week"),
        ("11月第6周", "no_such_week"),
        ("13月第1周", "no_such_week"),
        ("第46周(11.16~11.22)", "two_weeks"),
        ("11.16-31", "no_such_day"),
        ("本周", "relative"),
    ],
)
def test_a_week_that_is_none_is_one_error_at_its_cell(tmp_path, typed, why):
    checked = check(one_cell(tmp_path / "b.xlsx", typed))
    found = [f for f in checked.findings if f.code == "type"]
    assert [(f.place.cell, f.facts["why"]) for f in found] == [("B2", why)]


@pytest.mark.parametrize(
    ("typed", "near", "monday"),
    [
        ("第53周", dt.date(2026, 12, 31), dt.date(2026, 12, 28)),
        ("第53周", dt.date(2027, 1, 2), dt.date(2026, 12, 28)),
        ("第1周", dt.date(2026, 12, 31), dt.date(2027, 1, 4)),
        ("第1周", dt.date(2026, 1, 2), dt.date(2025, 12, 29)),
        ("2026年第1周", dt.date(2026, 11, 20), dt.date(2025, 12, 29)),
        ("12.28-1.3", dt.date(2026, 12, 31), dt.date(2026, 12, 28)),
        ("12月28日至1月3日", dt.date(2027, 1, 3), dt.date(2026, 12, 28)),
        ("1月第1周", dt.date(2027, 1, 6), dt.date(2027, 1, 4)),
        ("11月30日-6日", dt.date(2026, 12, 4), dt.date(2026, 11, 30)),
        ("12.28-3", dt.date(2026, 12, 31), dt.date(2026, 12, 28)),
    ],
)
def test_weeks_at_the_years_ends_are_those_of_the_calendar(typed, near, monday):
    assert week(typed, near=near).value == (monday, monday + dt.timedelta(days=6))


@pytest.mark.parametrize(
    ("start", "end", "monday", "blamed"),
    [
        (DAY(2026, 11, 15), DAY(2026, 11, 21), 16, "B4"),
        (DAY(2026, 11, 17), DAY(2026, 11, 23), 16, "B4"),
        (DAY(2026, 11, 19), DAY(2026, 11, 25), 16, "B4"),
        (DAY(2026, 11, 20), DAY(2026, 11, 26), 23, "B4"),
        (DAY(2026, 11, 13), DAY(2026, 11, 19), 16, "B4"),
        (DAY(2026, 11, 12), DAY(2026, 11, 18), 9, "B4"),
        (DAY(2026, 11, 16), DAY(2026, 11, 23), 16, "B5"),
        (DAY(2026, 11, 15), DAY(2026, 11, 22), 16, "B4"),
        (DAY(2026, 11, 22), DAY(2026, 11, 23), 23, "B4"),  # as many days in either: the later week
        (DAY(2026, 11, 10), DAY(2026, 11, 22), 16, "B4"),
        (DAY(2026, 11, 15), DAY(2026, 11, 27), 16, "B4"),  # one day, seven and five
        (DAY(2026, 11, 16), DAY(2026, 11, 20), 16, "B5"),
        (DAY(2026, 11, 18), DAY(2026, 11, 18), 16, "B4"),
    ],
)
def test_a_period_that_is_no_week_counts_to_the_one_it_overlaps_most(tmp_path, start, end, monday, blamed):
    checked = check(weekly(tmp_path / "b.xlsx", week_start=start, week_end=end))
    found = only(checked, "range")
    assert (found.place.cell, found.severity) == (blamed, Severity.WARNING)
    assert found.facts["monday"] == dt.date(2026, 11, monday)
    frame = checked.frames["weekly_report"]
    assert frame.at[0, "week_start"].date() == dt.date(2026, 11, monday)
    assert frame["accepted"].all()


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (DAY(2026, 11, 9), DAY(2026, 11, 22), ("B4", "range")),
        (DAY(2026, 11, 16), DAY(2026, 11, 30), ("B5", "range")),
        (DAY(2026, 11, 22), DAY(2026, 11, 16), ("B5", "date_order")),
        (DAY(2062, 11, 16), DAY(2026, 11, 22), ("B4", "date_order")),
        (DAY(2026, 11, 16), DAY(2025, 11, 22), ("B5", "date_order")),
        (DAY(2016, 11, 16), DAY(2026, 11, 22), ("B4", "range")),
    ],
)
def test_two_weeks_and_a_reversed_period_are_one_error_and_no_week(tmp_path, start, end, found):
    rules = replace(sheets.RULES, members=(Member("张三"),), has_roster=True)
    checked = check(weekly(tmp_path / "b.xlsx", week_start=start, week_end=end), rules=rules)
    assert spots(checked) == {found}
    frame = checked.frames["weekly_report"]
    assert not frame["accepted"].any()
    assert frame["week_start"].isna().all()


def test_a_year_that_is_a_slip_is_named_with_the_date_that_was_meant(tmp_path):
    path = weekly(tmp_path / "b.xlsx", week_start=DAY(2062, 11, 16))
    assert only(check(path), "date_order").facts["meant"] == dt.date(2026, 11, 16)


def test_an_odd_period_is_of_the_same_week_in_every_table(tmp_path):
    one_week.sound(tmp_path)
    with one_week.edit(tmp_path, one_week.REPORT) as sheet:
        sheet["B4"], sheet["B5"] = DAY(2026, 11, 15), DAY(2026, 11, 21)
    checked = one_week.checked(tmp_path)
    assert spots(checked) == {("B4", "range")}
    team = consolidate(checked, one_week.RULES)
    for table in ("weekly_report", "key_customer", "issue", "next_week", "submission"):
        weeks = {day.date() for day in team.tables[table]["week_start"].dropna()}
        assert weeks == {MONDAY}, table
    assert team.tables["weekly_report"]["month_completed"].tolist() == [100000]


def test_a_report_of_another_week_is_said_at_its_date_and_is_no_report_of_this_one(tmp_path):
    rules = replace(sheets.RULES, members=(Member("张三"),), has_roster=True)
    path = weekly(tmp_path / "b.xlsx", week_start=DAY(2026, 11, 9), week_end=DAY(2026, 11, 15))
    checked = check(path, rules=rules)
    found = only(checked, "missing_report")
    assert (found.place.cell, found.value, found.facts["monday"]) == ("B4", "张三", dt.date(2026, 11, 9))
    team = consolidate(checked, rules)
    assert team.tables["submission"]["status"].tolist()[-1] == "missing"


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("t1_week_in_words", set()),
        ("F6_report_starts_sunday", {("B5", "range")}),
        ("F6_report_starts_tuesday", {("B5", "range")}),
    ],
)
def test_reports_as_they_were_handed_in_are_of_the_week(case, found):
    checked = check(CASES / f"{case}.xlsx")
    assert spots(checked) == found
    assert checked.frames["weekly_report"].at[0, "week_start"].date() == MONDAY
    team = consolidate(checked, sheets.RULES)
    assert team.tables["weekly_report"]["month_completed"].notna().all()
