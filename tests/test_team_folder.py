"""Where things are in a team's folder, and laying out a new one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from salesxl import drawing
from salesxl.errors import SettingsError, UsageError
from salesxl.friday import Week, week_asked
from salesxl.rulebook import Member
from salesxl.workspace.folder import (
    TeamFolder,
    inbox_of,
    lay_out,
    read_members,
    settings_near,
    team_above,
    week_bounds,
    week_name,
)
from tests.sheets import RULES, WORDS


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2026, 11, 16), "2026-W47"),
        (dt.date(2026, 11, 22), "2026-W47"),
        (dt.date(2026, 11, 23), "2026-W48"),
        (dt.date(2026, 1, 1), "2026-W01"),
        (dt.date(2027, 1, 3), "2026-W53"),
        (dt.date(2024, 12, 30), "2025-W01"),
    ],
)
def test_a_week_bears_its_iso_name(day, name):
    assert week_name(day) == name
    monday, sunday = week_bounds(name)
    assert monday <= day <= sunday
    assert (monday.weekday(), (sunday - monday).days) == (0, 6)


@pytest.mark.parametrize("name", ["2026-W47", "2026W47", " 2026-w47 "])
def test_a_week_may_be_typed_loosely(name):
    assert week_bounds(name) == (dt.date(2026, 11, 16), dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    "name", ["2025-W53", "2026-W54", "2026-W00", "W47", "47", "0000-W01", "2026-11-20", ""]
)
def test_what_is_no_week_is_refused_with_an_example(name):
    with pytest.raises(UsageError, match="no_week"):
        week_bounds(name)


@pytest.mark.parametrize(
    "name", ["47", "W47", "第47周", "2026年第47周", "2026-W47", "2026 W47", "４７", "47周"]
)
def test_a_week_may_go_by_its_number(name):
    assert week_bounds(name, dt.date(2026, 11, 20))[0] == dt.date(2026, 11, 16)


def test_a_week_without_its_year_is_the_nearest_one():
    assert week_bounds("52", dt.date(2027, 1, 5))[0] == dt.date(2026, 12, 21)
    assert week_bounds("1", dt.date(2026, 12, 30))[0] == dt.date(2027, 1, 4)


@pytest.mark.parametrize("name", ["99", "第54周", "2026-W54", "W", "下周"])
def test_what_is_no_week_is_none_near_a_day_either(name):
    with pytest.raises(UsageError, match="no_week"):
        week_bounds(name, dt.date(2026, 11, 20))


@pytest.mark.parametrize("week", ["48", "2026-W48", "2026-W53", "2027-W01"])
def test_a_week_that_has_not_begun_is_refused_with_the_one_under_way(week):
    with pytest.raises(UsageError, match="week_ahead") as stopped:
        week_asked(week, None, dt.date(2026, 11, 20))
    assert "2026-W47" in WORDS.error(stopped.value)
    with pytest.raises(UsageError, match="week_ahead"):
        week_asked(week, dt.date(2026, 11, 20), dt.date(2027, 6, 1))


def test_a_week_may_be_asked_for_from_its_monday_on_and_with_a_later_day():
    today, monday = dt.date(2026, 11, 20), dt.date(2026, 11, 23)
    assert week_asked("48", None, monday) == Week(monday, monday)
    assert week_asked("48", monday, today) == Week(monday, monday)
    assert week_asked("46", None, today) == Week(dt.date(2026, 11, 9), dt.date(2026, 11, 15))


def test_earlier_weeks_are_the_folders_before_oldest_first(tmp_path):
    for name in (
        "2026-W47",
        "2026-W09",
        "2025-W52",
        "2026-W46",
        "2026-W48",
        "模板",
        ".building-2026-W45",
        "归档",
    ):
        (tmp_path / name).mkdir()
    (tmp_path / "2026-W45").write_text("a file")
    found = TeamFolder(tmp_path, WORDS).earlier_weeks("2026-W47")
    assert [p.name for p in found] == ["2025-W52", "2026-W09", "2026-W46"]


def test_a_folder_without_settings_says_what_to_run(tmp_path):
    with pytest.raises(SettingsError, match="no_settings") as stopped:
        TeamFolder(tmp_path, WORDS).rules()
    assert "salesxl init" in WORDS.error(stopped.value)


@pytest.mark.parametrize(
    ("given", "code", "meant"),
    [
        ("队/收件箱", "inbox_given", "队"),
        ("队/收件箱/一组", "inbox_given", "队"),
        ("队/2026-W47", "inbox_given", "队"),
        ("队/归档/2026-W47/原件/一组", "inbox_given", "队"),
        ("空/../队/收件箱", "inbox_given", "队"),
        (".", "team_inside", "队"),
        ("没有", "no_such_folder", "没有"),
        ("空", "no_settings", "空"),
    ],
)
def test_a_wrong_folder_is_answered_with_the_right_one(tmp_path, monkeypatch, given, code, meant):
    monkeypatch.chdir(tmp_path)
    for name in ("队/收件箱/一组", "队/2026-W47", "队/归档/2026-W47/原件/一组", "空"):
        Path(name).mkdir(parents=True)
    Path("队/团队设置.xlsx").write_bytes(b"")
    with pytest.raises(SettingsError) as stopped:
        TeamFolder(Path(given), WORDS).rules()
    assert (stopped.value.code, stopped.value.facts["quoted"]) == (code, meant)


def test_a_folder_of_several_teams_is_answered_with_their_names(tmp_path):
    for name in ("东 部", "西部"):
        lay_out(TeamFolder(tmp_path / name, WORDS), RULES)
    with pytest.raises(SettingsError, match="teams_inside") as stopped:
        TeamFolder(tmp_path, WORDS).rules()
    said = WORDS.error(stopped.value)
    assert "东 部" in said
    assert "西部" in said
    assert "init" not in said


@pytest.mark.parametrize("inside", ["收件箱", "归档/2026-W47/原件", "新"])
def test_no_team_is_laid_out_inside_a_team(tmp_path, inside):
    home = tmp_path / "队"
    lay_out(TeamFolder(home, WORDS), RULES)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="init_inside") as stopped:
        lay_out(TeamFolder(home / inside, WORDS), RULES)
    assert f"salesxl init {home}" in WORDS.error(stopped.value)
    assert sorted(tmp_path.rglob("*")) == before
    lay_out(TeamFolder(tmp_path / "队" / ".." / "别队", WORDS), RULES)  # beside it is as good a place as any


def test_an_inbox_stays_one_though_settings_were_put_into_it(tmp_path):
    home = TeamFolder(tmp_path / "队", WORDS)
    lay_out(home, RULES)
    (home.inbox / "收件箱").mkdir()
    (home.inbox / "团队设置.xlsx").write_bytes(home.settings.read_bytes())
    assert inbox_of(home.root, WORDS) == home.inbox
    assert inbox_of(home.inbox, WORDS) == home.inbox
    assert team_above(home.inbox / "a.xlsx", WORDS) == home.root
    with pytest.raises(UsageError, match="init_inside"):
        lay_out(TeamFolder(home.inbox, WORDS), RULES)


def test_settings_are_those_of_the_folders_above_and_not_of_the_ones_passed_through(tmp_path, monkeypatch):
    for name in ("队", "外"):
        (tmp_path / name).mkdir()
    (tmp_path / "队" / "团队设置.xlsx").write_bytes(b"")
    monkeypatch.chdir(tmp_path / "队")
    assert settings_near([Path("../外/a.xlsx")], WORDS) is None


def test_the_settings_of_a_team_are_found_from_its_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("队/收件箱/一组", "别队/收件箱", "外"):
        Path(name).mkdir(parents=True)
    own, other = Path("队/团队设置.xlsx"), Path("别队/团队设置.xlsx")
    own.write_bytes(b"")
    other.write_bytes(b"")
    kept = "队/归档/2026-W47/原件"
    Path(kept, "一组").mkdir(parents=True)
    for given in ("队", "队/收件箱", "队/收件箱/一组", "队/收件箱/a.xlsx", kept, f"{kept}/一组/a.xlsx"):
        assert settings_near([Path(given)], WORDS) == own
    assert settings_near([Path("外")], WORDS) is None
    assert settings_near([Path("队/收件箱"), Path("别队/收件箱")], WORDS) is None
    assert settings_near([Path("队/收件箱"), Path("外")], WORDS) is None


@pytest.fixture(scope="module")
def laid(tmp_path_factory) -> TeamFolder:
    folder = TeamFolder(tmp_path_factory.mktemp("team") / "华东", WORDS)
    lay_out(folder, RULES, [Member("张三", "一组"), Member("李四")])
    return folder


def test_a_new_folder_has_everything_a_team_needs(laid):
    files = {p.relative_to(laid.root).as_posix() for p in laid.root.rglob("*")}
    assert files == {
        "周五汇总.bat",
        "周五汇总.command",
        "团队设置.xlsx",
        "收件箱",
        "模板",
        "模板/客户档案.xlsx",
        "模板/销售过程记录.xlsx",
        "模板/销售周报.xlsx",
        "模板/客户交接清单.xlsx",
        "模板/报表",
        "模板/报表/团队台账.xlsx",
        "模板/报表/团队汇总.xlsx",
    }


def test_the_roster_given_at_the_start_stands_in_the_settings(laid):
    rules, _ = laid.rules()
    assert [(m.name, m.team) for m in rules.members] == [("张三", "一组"), ("李四", None)]
    assert rules.has_roster


def test_laying_out_again_keeps_what_the_team_made_its_own_and_draws_forms_anew(laid):
    own = laid.reports / "团队汇总.xlsx"
    own.write_bytes(b"the team's own")
    form = laid.templates / "销售周报.xlsx"
    blank = form.read_bytes()
    form.write_bytes(drawing.sealed(drawing.blank_form("handover_list")))  # as drawn, if of another day
    changed = laid.templates / "客户档案.xlsx"
    changed.write_bytes(b"changed")
    settings = laid.settings.read_bytes()
    made = lay_out(laid, RULES)
    assert own.read_bytes() == b"the team's own"
    assert form.read_bytes() == blank
    assert changed.read_bytes() == b"changed"
    assert changed not in made
    assert laid.settings.read_bytes() == settings
    assert laid.settings not in made
    assert own not in made


def table(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_roster_is_read_from_a_table_in_any_order_of_columns(tmp_path):
    path = table(
        tmp_path / "r.xlsx",
        ("工号", "部门", "员工姓名"),
        (1, "一组", "张三"),
        (2, None, " 李四 "),
        (3, "x", "-"),
    )
    assert read_members(path) == [Member("张三", "一组"), Member("李四", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_may_be_text_in_any_usual_encoding(tmp_path, encoding):
    (tmp_path / "r.csv").write_text("姓名,团队\n张三,一组\n\n李四,二组\n", encoding=encoding)
    assert [m.name for m in read_members(tmp_path / "r.csv")] == ["张三", "李四"]


@pytest.mark.parametrize(
    "make",
    [
        lambda home: home / "没有.xlsx",
        lambda home: table(home / "空.xlsx"),
        lambda home: table(home / "无.xlsx", ("谁", "哪里"), ("张三", "一组")),
        lambda home: home,
    ],
)
def test_what_is_no_roster_is_refused_with_the_way_out(tmp_path, make):
    with pytest.raises(UsageError) as stopped:
        read_members(make(tmp_path))
    assert "请" in WORDS.error(stopped.value)


def test_the_settings_open_in_other_programs(laid):
    assert "成员" in load_workbook(laid.settings).sheetnames
