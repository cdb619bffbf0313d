"""Who has left: sums keep what was sold, nothing more is asked. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from salesxl.rulebook import Member
from tests import teams
from tests.fridays import Fridays
from tests.sheets import RULES, record, weekly
from tests.test_absence import NAMES, listed

LEFT = dt.date(2026, 11, 6)  # the Friday of week 45
HERE, GONE = Member("张三", "一组"), Member("李四", "二组", left=LEFT)


def rules(*members: Member) -> Any:
    targets = [teams.target(600_000, name="李四", month=month) for month in (11, 12)]
    return replace(RULES, members=members, has_roster=True, targets=tuple(targets))


def report(rep: str, week: int, completed: float) -> Any:
    monday = dt.datetime.fromisocalendar(2026, week, 1)
    period = {"week_start": monday, "week_end": monday + dt.timedelta(6)}
    return lambda path: weekly(path, rep=rep, completed_amount=completed, **period)


@pytest.fixture
def team(tmp_path: Path) -> Fridays:
    """Return a team in the week in which one of two leaves; his plan is due in the week after."""
    fridays = Fridays(tmp_path, rules(HERE, GONE))
    planned = [{"due": dt.datetime(2026, 11, 9, 18), "owner": "李四"}]
    fridays.run(
        45,
        listed(NAMES[0]),
        listed(*NAMES[1:3], rep="李四"),
        report("张三", 45, 50_000),
        report("李四", 45, 80_000),
        lambda path: record(path, [], planned, customer_name=NAMES[1], rep="李四"),
    )
    return fridays


def test_in_the_week_he_leaves_he_is_as_everybody(team):
    figures = team.figures()
    assert figures["reports"]["expected"] == 2
    assert figures["follow_up"]["waiting"] == []


@pytest.mark.parametrize("on_roster", [True, False])
def test_a_leaver_s_sales_stay_and_nothing_is_asked_of_him(team, on_roster):
    team.rules = rules(HERE, GONE) if on_roster else rules(HERE)
    team.run(47, report("张三", 47, 10_000))
    figures = team.figures()
    assert figures["attainment"]["all"]["completed"] == 140_000
    assert {r["rep"]: r["completed"] for r in figures["attainment"]["reps"]} == {
        "张三": 60_000,
        "李四": 80_000,
    }
    assert figures["stages"]["open_amount"] == 300_000
    assert figures["reports"]["missing"] == []
    assert figures["reports"]["expected"] == 1
    assert {row["rep"] for row in figures["follow_up"]["overdue"]} <= {"张三"}
    assert figures["follow_up"]["actions"] == []
    assert [page["rep"] for page in figures["talks"]] == ["张三"]
    waiting = figures["follow_up"]["waiting"]
    assert [(r["customer_name"], r["rep"], r["expected_amount"], r["since"]) for r in waiting] == [
        (name, "李四", 100_000, LEFT if on_roster else None) for name in sorted(NAMES[1:3])
    ]
    assert "waiting" in [item["kind"] for item in figures["today"]]
    said = [finding.value for finding in team.team.findings if finding.code == "left_unsaid"]
    assert said == ([] if on_roster else ["李四"])


def test_a_leaver_has_no_target_in_months_after_his_day(team):
    def target() -> float | None:
        reps = team.figures()["attainment"]["reps"]
        return next(row["target"] for row in reps if row["rep"] == "李四")

    assert target() == 600_000
    team.run(50, report("张三", 50, 10_000))
    assert target() is None


def test_customers_have_the_team_of_their_owner_now_and_reports_that_of_their_week(team):
    moved = Member("李四", "一组")
    team.rules = rules(HERE, moved)
    team.run(46, report("李四", 46, 10_000))
    tables = team.team.tables
    assert tables["customer"]["team"].tolist() == ["一组"] * 3
    theirs = tables["weekly_report"][tables["weekly_report"]["rep"] == "李四"]
    assert theirs["team"].tolist() == ["二组", "一组"]
