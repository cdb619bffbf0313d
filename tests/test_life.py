"""The simulator of a team's life is right by itself, before the product is held to it."""

from __future__ import annotations

import ast
import datetime as dt
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest

from salesxl import settings
from salesxl.model import Severity
from salesxl.rulebook import Member
from salesxl.validate import validate
from tests import life, teams
from tests.life import HABITS, FileRows, books, state, tables
from tests.life.forms import Forms
from tests.life.model import WEEKS, friday, kind_of
from tests.life.play import Inbox
from tests.life.run import play
from tests.life.schedule import SPECIALS
from tests.life.story import Life
from tests.life.truth import Memory, to_date

SEEDS = range(6)
weeks = cache(life.weeks)
FOLDER = Path(__file__).parent / "life"
MONDAY = dt.date(2026, 11, 2)


def test_only_the_player_knows_the_product():
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        names += [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
        assert not [name for name in names if name.split(".")[0] in ("salesxl", "tools", "pandas")], path.name


def test_a_seed_lives_the_same_life_twice():
    assert life.weeks(2, "keep") == weeks(2, "keep")
    files = weeks(2, "empty", 2)[1].files
    one_of_each = {file.form: file for file in files}.values()
    assert [books.workbook(f) for f in one_of_each] == [books.workbook(f) for f in one_of_each]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_habit_has_the_same_truth(seed):
    lives = {habit: weeks(seed, habit) for habit in HABITS}
    names = [field.name for field in fields(lives["empty"][0].truth) if field.name != "outcomes"]
    for number in range(WEEKS):
        told = {habit: lived[number].truth for habit, lived in lives.items()}
        for name in names:
            assert len({repr(getattr(truth, name)) for truth in told.values()}) == 1, (number, name)
    assert sum(len(w.files) for w in lives["changed"]) < sum(len(w.files) for w in lives["empty"])


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_files_of_a_life_have_one_name(seed):
    files = {(f.name, f.digest) for f in weeks(seed, "keep")[-1].files}
    assert len({name for name, _ in files}) == len(files)
    assert [bool(week.undone) for week in weeks(seed, "keep")].count(True) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_add_up(seed):
    before = None
    for week in weeks(seed, "empty"):
        truth = week.truth
        assert truth.open_total == sum(one.open for one in truth.known)
        counted = Counter(one.cid for one in truth.known if one.counts)
        assert set(counted) == {one.cid for one in truth.known}
        assert set(counted.values()) <= {1}
        if before is not None:
            assert sum(truth.bridge.values()) == truth.open_total - before
        before = truth.open_total
        for month, quarter, year in truth.won.values():
            assert month <= quarter <= year
        assert sum(truth.talks.values()) >= sum(one.talks for one in truth.known if one.counts)
        assert all(one.wins or kind_of(one.stage) != "won" for one in truth.known)


@pytest.mark.parametrize("seed", range(30))
def test_what_the_team_knows_is_what_the_reps_wrote(seed):
    """After a sound whole archive the team knows a rep's list as he does, but for what is said to differ."""
    story = Life(seed)
    forms, memory, inbox = Forms(story), Memory(), Inbox("empty")
    for week in range(WEEKS):
        story.play(week)
        files = inbox.of(forms.of_week(week))
        memory.take(week, files, story.settings(week))
        for rep in story.plan.active(week):
            orders = dict(story.orders[week, rep])
            if set(orders) & {"miss", "misspelt", "partial_said", "partial_small", "stale"}:
                continue
            mine = {cid: claim for (who, cid), claim in memory.team.claims.items() if who == rep}
            given = {cid for who, cid in memory.team.given if who == rep}
            for cid, one in story.lists[rep].items():
                if cid in given or cid in memory.team.void or cid == orders.get("faulty"):
                    continue
                row = mine.pop(cid).row
                for name in ("customer_name", "stage", "expected_amount", "expected_close", "contract_no"):
                    assert row[name] == getattr(one, name), (week, rep, one.customer_name, name)
            mine.pop(orders.get("faulty"), None)
            assert not [cid for cid, claim in mine.items() if claim.listed], (week, rep)


def test_every_special_case_has_its_place_in_nearly_every_seed():
    left_out = Counter(kind for seed in range(30) for kind in Life(seed).plan.left_out)
    assert sum(left_out.values()) <= 0.05 * 30 * len(SPECIALS), left_out
    told = {(move.kind) for seed in SEEDS for week in weeks(seed, "empty") for move in week.truth.moves}
    assert told >= {
        *("new", "won", "lost", "on", "back", "up", "cut", "slipped", "after", "again"),
        *("vanished", "unverified", "returned", "renamed", "handed over", "claim", "voided"),
    }  # fmt: skip
    said = {o for seed in SEEDS for week in weeks(seed, "keep") for o in week.truth.outcomes.values()}
    assert said == {"taken", "partly", "returned", "unread", "superseded", "passed over"}


def _checked(tmp_path, week):
    books.write(tmp_path / str(week.number), week.files)
    members = tuple(Member(name, group) for name, group, *_ in week.settings.members)
    rules = replace(settings.default_rulebook(), members=members, has_roster=True)
    rules = replace(
        rules,
        stages=tuple(
            replace(s, aliases=(*s.aliases, *week.settings.aliases.get(s.name, ()))) for s in rules.stages
        ),
    )
    return validate([tmp_path / str(week.number)], rules, week.friday)


def _accepted(tmp_path, numbers):
    for week in weeks(3, "empty"):
        if week.number not in numbers or not week.made:
            continue
        faulty = {f.name for f in week.files if f.fault or any(row.get("fault") for row in f.rows)}
        errors = [f for f in _checked(tmp_path, week).findings if f.severity is Severity.ERROR]
        # who lists what he gave away in the same week is in order for the team, whatever is said of the row
        told = {Path(f.place.file).name for f in errors if f.code != "handed_over"}
        assert told <= faulty, (week.number, [(f.place, f.code) for f in errors])
        assert {name for name in faulty if not any(f.fault for f in week.files if f.name == name)} <= told


def test_rows_without_excel_are_those_of_the_teams_tables():
    for week in weeks(3, "empty"):
        rows = tables.tables(week.files)
        built = teams.team(week.friday, week.monday, **rows)
        for name, some in rows.items():
            known = {*built.tables[name].columns, *tables.HIDDEN}
            assert set().union(*some) <= known, name
            assert len(built.tables[name]) == len(some)


def test_the_workbooks_of_a_week_are_accepted_but_for_their_faults(tmp_path):
    _accepted(tmp_path, {5})


@pytest.mark.slow
def test_the_workbooks_of_all_weeks_are_accepted_but_for_their_faults(tmp_path):
    _accepted(tmp_path, set(range(WEEKS)))


@pytest.mark.slow
def test_the_first_friday_is_right(tmp_path):
    (week, found), *_ = play(3, "empty", tmp_path, 1)
    assert week.files
    assert [str(each) for each in found] == []


# ---- the rules one by one


def _row(cid: int, **more):
    row = {
        "cid": cid, "customer_name": f"客户{cid}", "contact": f"1390000{cid:04}", "contact_name": f"王{cid}",
        "first_contact": MONDAY, "stage": "需求确认", "status": "意向", "expected_amount": 100_000,
        "expected_close": MONDAY, "customer_no": None, "last_contact": None, "fault": None,
    }  # fmt: skip
    return {**row, **more}


def _archive(week: int, *rows, scope: str | None = None, rep: str = "甲"):
    head = {"filled_on": friday(week), "scope": scope}
    stamp = dt.datetime.combine(friday(week), dt.time(2))
    return FileRows(f"{rep}{week}.xlsx", "archive", rep, stamp, week, head, rows)


def _team(*rows, rep: str = "甲") -> state.Team:
    team = state.Team()
    state.take_archives(team, rep, [_archive(0, *rows, rep=rep)], 0, {})
    return team


@pytest.mark.parametrize(
    ("listed", "scope", "lacking"),
    [(4, None, 0), (5, None, 1), (6, None, 1), (4, "全部", 1), (6, "部分", 0)],
)
def test_half_of_a_reps_customers_make_an_archive_whole(listed, scope, lacking):
    rows = [_row(cid) for cid in range(10)]
    team = _team(*rows)
    state.take_archives(team, "甲", [_archive(1, *rows[:listed], scope=scope)], 1, {})
    assert team.claims["甲", 9].lacking == lacking


def test_a_row_held_back_is_not_absent_and_leaves_the_last_accepted():
    team = _team(_row(1), _row(2))
    held = _row(2, expected_amount="待定", fault="type")
    state.take_archives(team, "甲", [_archive(1, _row(1), held)], 1, {})
    claim = team.claims["甲", 2]
    assert (claim.lacking, claim.row["expected_amount"]) == (0, 100_000)


def test_four_whole_archives_take_a_customer_out_and_a_row_brings_it_back():
    files = [
        _archive(0, _row(1), _row(2)),
        *(_archive(n, _row(1)) for n in (1, 2, 3, 4)),
        _archive(5, _row(2)),
    ]
    memory = Memory()
    told = [memory.take(n, [file], Life(0).settings(0)) for n, file in enumerate(files)]
    second = [next(one for one in truth.known if one.cid == 2) for truth in told]
    assert [one.unverified for one in second] == [False, False, False, False, True, False]
    assert [one.open for one in second] == [100_000] * 4 + [0, 100_000]


@pytest.mark.parametrize(
    ("own", "other", "counts"),
    [
        ({"stage": "成交签约"}, {"expected_amount": 900_000}, "甲"),
        ({}, {"stage": "线索终止", "expected_amount": 900_000}, "甲"),
        ({}, {"expected_amount": 100_001}, "乙"),
        ({}, {}, "甲"),
        ({"expected_amount": 100_001}, {}, "甲"),
    ],
)
def test_of_two_claims_one_counts(own, other, counts):
    team = _team(_row(1, **own))
    state.take_archives(team, "乙", [_archive(1, _row(1, **other), rep="乙")], 1, {})
    assert state.counting(team)[1].rep == counts


def test_a_claim_that_its_rep_no_longer_lists_ends_the_conflict():
    team = _team(_row(1), _row(2))
    state.take_archives(team, "乙", [_archive(1, _row(1), _row(3), rep="乙")], 1, {})
    state.take_archives(team, "乙", [_archive(2, _row(3), rep="乙")], 2, {})
    state.end_conflicts(team)
    assert ("乙", 1) not in team.claims
    assert state.counting(team)[1].rep == "甲"


def _talk(day: int):
    return {"contact_time": dt.datetime(2026, 11, day, 9), "method": "微信", "summary": f"第{day}次"}


def _said(team, *days):
    state.take_sheet(
        team,
        "甲",
        {"cid": 1, "customer_name": "客户1", "talks": tuple(map(_talk, days)), "actions": ()},
    )
    return sorted(key[2].day for key in team.talks)


def test_a_record_that_repeats_a_talk_is_a_new_edition():
    assert _said(state.Team(), 2, 3, 5) == [2, 3, 5]
    for first, second, left in (
        ((2, 3, 5), (2, 5), [2, 5]),
        ((2, 3, 5), (3, 9), [2, 3, 9]),
        ((2, 3, 5), (4, 6), [2, 3, 4, 5, 6]),
    ):
        team = state.Team()
        _said(team, *first)
        assert _said(team, *second) == left


def test_a_stamp_after_the_run_is_not_believed():
    told = _archive(1, _row(1))
    early = replace(told, stamp=told.stamp - dt.timedelta(hours=1))
    false = replace(told, stamp=dt.datetime(2031, 1, 1))
    assert state.by_age([told, early], 1) == [early, told]
    assert state.by_age([told, false], 1) == [false, told]


def test_a_week_counts_to_the_month_of_its_thursday():
    row = {"completed_amount": 10}
    reports = {("甲", dt.date(2026, 10, 26)): row, ("甲", dt.date(2026, 12, 28)): row}
    assert to_date(reports, "甲", 2) == (10, 10, 10)  # Thursday 29 October
    assert to_date(reports, "甲", 3) == (0, 10, 10)
    assert to_date(reports, "甲", 11) == (10, 20, 20)  # Thursday 31 December
    assert to_date(reports, "甲", 12) == (0, 0, 0)
