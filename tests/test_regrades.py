"""Grades are given anew at a quarter's end; in between another is only suggested. docs/domain.md 3.1."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from salesxl.state.grades import regrades
from tests.fridays import Fridays
from tests.test_absence import NAMES, listed

SMALL, LARGE = {"annual_purchase": 120_000}, {"annual_purchase": 600_000}


@pytest.mark.parametrize(
    ("before", "sunday", "anew"),
    [
        ((2026, 12, 20), (2026, 12, 27), False),
        ((2026, 12, 27), (2027, 1, 3), True),
        ((2026, 12, 20), (2027, 1, 10), True),  # the week of the quarter's end was never made
        ((2027, 1, 3), (2027, 1, 10), False),
        ((2028, 12, 24), (2028, 12, 31), True),
        (None, (2026, 11, 22), True),
    ],
)
def test_the_first_made_week_that_reaches_the_quarters_last_day_regrades(before, sunday, anew):
    assert regrades(before and dt.date(*before), dt.date(*sunday)) is anew


def grade(team: Fridays, name: str = NAMES[0]) -> tuple[str | None, str | None]:
    row = team.customer(name)
    return row["grade"], row["suggested_grade"]


def test_in_between_another_grade_is_suggested_and_the_quarters_end_gives_it(tmp_path: Path):
    team = Fridays(tmp_path)
    team.run(49, listed(*NAMES[:2], **{NAMES[0]: SMALL}))
    old, _ = grade(team)
    basis = team.customer(NAMES[0])["grade_basis"]
    assert old is not None
    team.run(51, listed(*NAMES[:3], **{NAMES[0]: LARGE, NAMES[2]: LARGE}))
    assert grade(team) == (old, "VIP")
    assert team.customer(NAMES[0])["grade_basis"] == basis
    assert grade(team, NAMES[2]) == ("VIP", None)  # a new customer gets its first at once
    grades = team.figures()["grades"]
    assert [(r["customer_name"], r["before"], r["grade"]) for r in grades["suggestions"]] == [
        (NAMES[0], old, "VIP")
    ]
    assert grades["changes"] == []
    team.run(52)
    assert grade(team) == (old, "VIP")
    team.run(53)
    assert grade(team) == ("VIP", None)
    grades = team.figures()["grades"]
    assert grades["suggestions"] == []
    assert [(r["customer_name"], r["before"], r["grade"]) for r in grades["changes"]] == [
        (NAMES[0], old, "VIP")
    ]
    told = team.team.tables["change"]
    assert told[told["field"] == "grade"][["cause", "old", "new"]].to_numpy().tolist() == [
        ["regrade", old, "VIP"]
    ]


def test_a_grade_that_a_person_sets_with_a_reason_holds_at_once(tmp_path: Path):
    team = Fridays(tmp_path)
    team.run(45, listed(*NAMES[:2], **{NAMES[0]: SMALL}))
    by_hand = {**SMALL, "grade": "VIP", "grade_reason": "集团总部，明年集中采购"}
    team.run(46, listed(*NAMES[:2], **{NAMES[0]: by_hand}))
    assert grade(team) == ("VIP", None)
    team.run(47)
    assert grade(team) == ("VIP", None)


def test_a_grade_typed_without_a_reason_changes_nothing(tmp_path: Path):
    team = Fridays(tmp_path)
    team.run(45, listed(*NAMES[:2], **{NAMES[0]: SMALL}))
    old, _ = grade(team)
    team.run(46, listed(*NAMES[:2], **{NAMES[0]: {**SMALL, "grade": "VIP"}}))
    assert grade(team) == (old, None)
