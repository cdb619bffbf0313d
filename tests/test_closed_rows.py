"""Rows that no later week changes: which they are, what opens them again, and that no figure misses them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from salesxl.consolidate import consolidate
from salesxl.model import History, Team
from salesxl.rulebook import Correction, Member, Rulebook
from salesxl.state.closing import closing, reopened
from salesxl.state.fold import blank
from salesxl.state.incoming import incoming
from salesxl.summary import summarise
from salesxl.tables import TABLES
from salesxl.validate import validate
from salesxl.workspace import book
from tests import teams
from tests.sheets import AS_OF, RULES, WORDS, archive, record, weekly
from tools.book_template import blank_book

RULE: Rulebook = replace(RULES, members=(Member("张三", "一组"), Member("李四", "一组")), has_roster=True)
ONE, OTHER = "甲乙丙机械有限公司", "苏州云帆科技有限公司"
OLD = ("2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06", "2026-05-04", "2026-11-09")


def talk(day: str, name: str = ONE, **more: Any) -> dict[str, Any]:
    told = {
        "rep": "张三",
        "customer_name": name,
        "contact_time": day,
        "method": "电话拜访",
        "summary": f"谈 {day}",
    }
    return {**told, **more}


def past(**more: Any) -> Team:
    """Build a state of the week before, as a book has it."""
    tables: dict[str, Any] = {
        "customer": [
            teams.customer(name, rep="张三", customer_no=f"CRM20261000{n}") | {"first_contact": "2026-01-05"}
            for n, name in enumerate((ONE, OTHER), 1)
        ],
        "communication": [talk(day) for day in OLD] + [talk("2026-01-12", OTHER, need_points="交期")],
        "weekly_report": [teams.report("张三", 10_000, week_start=d) for d in ("2026-01-05", "2026-11-09")],
        "issue": [{"rep": "张三", "week_start": d, "problem": "缺货"} for d in ("2026-01-05", "2026-11-09")],
        "change": [
            {"week_start": "2026-02-02", "cause": "newer", "table": "customer", "customer_no": "CRM202610001"}
            | {"customer_name": ONE, "rep": "张三", "field": name, "old": old, "new": new}
            for name, old, new in (("stage", "旧", "新"), ("expected_amount", "100", "200"))
        ],
        **more,
    }
    team = teams.team(dt.date(2026, 11, 13), dt.date(2026, 11, 9), **tables)
    number = team.tables["customer"][["customer_no", "customer_name", "rep"]]
    register = number.assign(week_start=pd.Timestamp(2026, 1, 5))
    known = {n: t.assign(carried="carried") if "carried" in t else t for n, t in team.tables.items()}
    return replace(team, tables={**known, "number": register}, version=book.VERSION)


def times(rows: pd.DataFrame) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in rows["contact_time"]]


def rows_of(team: Team, name: Any) -> pd.DataFrame:
    """Return all rows of a table, closed ones first."""
    parts = [*(piece.rows() for piece in team.closed.get(name, ())), team.tables[name]]
    return pd.concat(parts, ignore_index=True)


def through_a_book(team: Team, path: Path) -> Team:
    book.write_book(team, blank_book(WORDS), path, WORDS)
    return book.read_open(path, WORDS)


def week(before: Team, inbox: Path, rules: Rulebook = RULE) -> Team:
    checked = validate([inbox], rules, AS_OF)
    return consolidate(checked, rules, History(latest=before, register=before.tables["number"]))


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: Any) -> Path:
    home: Path = tmp_path_factory.mktemp("inbox")
    archive(home / "张三.xlsx", [{"customer_name": ONE}, {"customer_name": OTHER}], rep="张三")
    return home


def test_old_talks_are_closed_but_the_last_three_of_a_customer_and_its_last_needs():
    closed = closing(past(), None, RULE)
    assert times(closed.closed["communication"][0].rows()) == list(OLD[:3])
    assert times(closed.tables["communication"]) == [*OLD[3:], "2026-01-12"]


def test_old_lines_of_reports_and_changes_are_closed_but_those_of_stages():
    closed = closing(past(), None, RULE)
    assert closed.tables["issue"]["week_start"].tolist() == [pd.Timestamp(2026, 11, 9)]
    assert closed.tables["change"]["field"].tolist() == ["stage"]
    assert len(closed.tables["weekly_report"]) == 2
    assert sorted(closed.closed) == ["change", "communication", "issue"]


@pytest.mark.parametrize(
    ("plan", "stays"),
    [
        ({"progress": "已完成", "due": "2026-02-02"}, False),
        ({"closed": "lost", "due": "2026-02-02"}, False),
        ({"progress": "进行中", "due": "2026-02-02"}, True),
        ({"progress": "已完成", "due": "2026-11-02"}, True),
        ({"progress": "已完成"}, True),
    ],
)
def test_a_plan_is_closed_once_it_is_over_and_old(plan, stays):
    closed = closing(
        past(action=[{"rep": "张三", "customer_name": ONE, "action": "报价", **plan}]), None, RULE
    )
    assert len(closed.tables["action"]) == stays


@pytest.mark.parametrize(("day", "opened"), [("2026-02-03", True), ("2026-11-17", False)])
def test_a_talk_of_an_old_week_opens_the_rows_of_its_time(tmp_path, day, opened):
    before = closing(past(), None, RULE)
    record(
        tmp_path / "记录.xlsx",
        [{"contact_time": dt.datetime.fromisoformat(day)}],
        [{}],
        first_contact=dt.date(2026, 1, 5),
    )
    checked = validate([tmp_path], RULE, AS_OF)
    found = reopened(before, checked, incoming(checked, blank("submission"), RULE), RULE)
    assert (len(found.closed["communication"]) == 0) == opened
    assert times(found.tables["communication"])[: 3 * opened] == list(OLD[: 3 * opened])


def test_a_late_report_opens_the_lines_of_its_week(tmp_path):
    before = closing(past(), None, RULE)
    weekly(tmp_path / "周报.xlsx", week_start=dt.date(2026, 1, 5), week_end=dt.date(2026, 1, 11))
    checked = validate([tmp_path], RULE, AS_OF)
    found = reopened(before, checked, incoming(checked, blank("submission"), RULE), RULE)
    assert len(found.tables["issue"]) == 2
    assert len(found.closed["communication"]) == 1


def test_a_correction_reaches_closed_rows_once(inbox):
    rules = replace(
        RULE,
        corrections=(
            Correction(ONE, "void", None, "录错了", None, ("团队设置.xlsx", "更正", 5, "A5", None)),
        ),
    )
    after = week(closing(past(), None, RULE), inbox, rules)
    assert ONE not in set(rows_of(after, "communication")["customer_name"])
    again = replace(after, version=book.VERSION)
    checked = validate([inbox], rules, AS_OF)
    found = reopened(again, checked, incoming(checked, blank("submission"), rules), rules)
    assert found.tables["communication"] is again.tables["communication"]


def test_the_same_weeks_give_the_same_cells_whether_closed_rows_are_taken_as_they_stand_or_written_anew(
    inbox, tmp_path
):
    carried = week(through_a_book(closing(past(), None, RULE), tmp_path / "a.xlsx"), inbox)
    anew = replace(
        carried,
        closed={
            name: [replace(piece, kept=None) for piece in pieces] for name, pieces in carried.closed.items()
        },
    )
    assert any(piece.kept for pieces in carried.closed.values() for piece in pieces)
    for name, team in (("b", carried), ("c", anew)):
        book.write_book(team, blank_book(WORDS), tmp_path / f"{name}.xlsx", WORDS)
    one, other = (book.read_book(tmp_path / f"{name}.xlsx", WORDS).tables for name in "bc")
    for table in TABLES:
        pd.testing.assert_frame_equal(one[table], other[table])
    assert sorted(times(one["communication"])) == sorted([*OLD, "2026-01-12"])


def test_no_figure_and_no_row_differs_whether_old_rows_are_closed_or_open(inbox, tmp_path):
    shut = week(through_a_book(closing(past(), None, RULE), tmp_path / "a.xlsx"), inbox)
    open_ = week(past(), inbox)
    for table in TABLES:
        one, other = (rows_of(team, table).astype("string").fillna("") for team in (shut, open_))
        assert sorted(map(tuple, one.to_numpy())) == sorted(map(tuple, other.to_numpy())), table
    whole = replace(open_, tables={name: rows_of(open_, name) for name in TABLES}, closed={})
    assert summarise(shut, RULE, WORDS) == summarise(whole, RULE, WORDS)
