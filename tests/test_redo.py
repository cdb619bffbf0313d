"""Weeks made again from what is kept of them, going back, and runs that are killed. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from salesxl import friday, settings
from salesxl.cli import main
from salesxl.errors import DestinationBusyError, SettingsError, UsageError
from salesxl.files import journal
from salesxl.rulebook import Member
from salesxl.workspace import folder as team_folder
from salesxl.workspace import versions
from tests.sheets import WORDS, archive, weekly

WEEKS = (45, 46, 47, 48)
DAY = dt.datetime
pytestmark = pytest.mark.slow


def yes(doubt: UsageError) -> None:
    """Agree to whatever is asked."""


def week(number: int) -> friday.Week:
    monday = dt.date.fromisocalendar(2026, number, 1)
    return friday.Week(monday, monday + dt.timedelta(days=4))


def hand_in(folder: team_folder.TeamFolder, number: int) -> None:
    """Put one week's files into the inbox, in place of those of the week before."""
    for path in folder.inbox.iterdir():
        path.unlink()
    monday = dt.datetime.fromisocalendar(2026, number, 1)
    rows: list[dict[str, Any]] = [
        {"customer_no": None, "customer_name": f"客户{n}号有限公司", "contact": f"1380013{n:04}",
         "expected_amount": 10000 * (number + n)}
        for n in WEEKS
        if n <= number
    ]  # fmt: skip
    archive(folder.inbox / "张三.xlsx", rows, filled_on=monday + dt.timedelta(days=4))
    archive(folder.inbox / f"错{number}.xlsx", [{"contact": "12"}], rep="李四")
    days = {"week_start": monday, "week_end": monday + dt.timedelta(days=6)}
    weekly(folder.inbox / f"周报{number}.xlsx", completed_amount=1000 * number, **days)
    (folder.inbox / "读我.docx").write_bytes(b"x")


def new_team(root: Path) -> team_folder.TeamFolder:
    folder = team_folder.TeamFolder(root, WORDS)
    members = [Member("张三", "一组"), Member("李四", "一组")]
    team_folder.lay_out(folder, settings.default_rulebook(), members)
    return folder


def played(root: Path, weeks: tuple[int, ...] = WEEKS) -> team_folder.TeamFolder:
    folder = new_team(root)
    for number in weeks:
        hand_in(folder, number)
        friday.run(folder, week(number))
    return folder


@pytest.fixture(scope="module")
def life(tmp_path_factory) -> Path:
    return played(tmp_path_factory.mktemp("life") / "队").root


@pytest.fixture
def folder(life, tmp_path) -> team_folder.TeamFolder:
    """Return a team of its own whose four weeks were made."""
    shutil.copytree(life, tmp_path / "队")
    return team_folder.TeamFolder(tmp_path / "队", WORDS)


def book(folder: team_folder.TeamFolder, number: int) -> dict[str, list[tuple[Any, ...]]]:
    found = load_workbook(folder.week(f"2026-W{number}") / "团队台账.xlsx")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in found}


def numbers(folder: team_folder.TeamFolder, number: int) -> dict[str, str]:
    header, *rows = book(folder, number)["客户档案"]
    at = header.index("客户名称"), header.index("客户编号")
    return {row[at[0]]: row[at[1]] for row in rows}


def files(root: Path) -> dict[str, bytes]:
    """Return every file of the team but what may be deleted at any time."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".salesxl" not in path.parts
    }


# ---- again


@pytest.mark.parametrize("number", WEEKS)
def test_every_week_made_again_from_what_is_kept_gives_all_books_cell_for_cell(folder, number):
    before = {n: book(folder, n) for n in WEEKS}
    sent = {n: files(folder.week(f"2026-W{n}") / "退回") for n in WEEKS}
    if number != WEEKS[-1]:
        for path in folder.inbox.iterdir():
            path.unlink()
    outcome = friday.run(folder, week(number), agree=yes)
    assert outcome.again == tuple(f"2026-W{n}" for n in WEEKS if n > number)
    for n in WEEKS:
        assert book(folder, n) == before[n]
        assert files(folder.week(f"2026-W{n}") / "退回") == sent[n]


def test_an_earlier_week_is_made_again_only_if_somebody_agrees(folder):
    before = files(folder.root)
    with pytest.raises(UsageError, match="redo_asked"):
        friday.run(folder, week(46))
    assert files(folder.root) == before
    told = CliRunner().invoke(main, ["friday", str(folder.root), "--week", "46", "--as-of", "2026-11-27"])
    assert told.exit_code == 2
    assert "--redo" in told.output
    command = ["friday", str(folder.root), "--week", "46", "--as-of", "2026-11-27", "--redo", "-q"]
    told = CliRunner().invoke(main, command)
    assert (told.exit_code, "2026-W47、2026-W48" in told.output) == (0, True), told.output


def test_a_late_file_is_taken_into_its_week_and_changes_every_later_one(folder):
    monday = dt.datetime.fromisocalendar(2026, 46, 1)
    days = {"week_start": monday, "week_end": monday + dt.timedelta(days=6)}
    weekly(folder.inbox / "迟交.xlsx", rep="李四", completed_amount=7000, **days)
    young = dt.datetime.fromisocalendar(2026, 48, 1)
    weekly(folder.inbox / "下周.xlsx", rep="李四", week_start=young, week_end=young + dt.timedelta(days=6))
    sent = files(folder.week("2026-W46") / "退回" / "张三")
    outcome = friday.run(folder, week(46), agree=yes)
    assert [f.place.file for f in outcome.checked.findings if f.code == "of_a_later_week"] == ["下周.xlsx"]
    assert (folder.archive / "2026-W46" / "原件" / "迟交.xlsx").is_file()
    assert not (folder.archive / "2026-W46" / "原件" / "周报48.xlsx").exists()
    assert files(folder.week("2026-W46") / "退回" / "张三") == sent
    for number in (46, 47, 48):
        header, *rows = book(folder, number)["周报"]
        reps = [row[header.index("销售代表")] for row in rows]
        assert reps.count("李四") == 1


def test_archived_settings_hold_unless_those_of_today_are_asked_for(folder):
    opened = load_workbook(folder.settings)
    (cell,) = [c for row in opened["成员"].iter_rows() for c in row if c.value == "李四"]
    cell.value = "王五"
    opened.save(folder.settings)
    before = book(folder, 46)
    friday.run(folder, week(46), agree=yes)
    assert book(folder, 46) == before
    friday.run(folder, week(46), agree=yes, settings_now=True)
    assert book(folder, 46) != before


# ---- back


def test_undo_takes_a_week_back_as_a_whole_and_twice_is_forward_again(folder):
    before = files(folder.root)
    done = versions.undo(folder)
    assert (done.weeks, done.forward, done.away) == (("2026-W48",), False, ("2026-W48",))
    assert not folder.week("2026-W48").exists()
    assert (folder.archive / "撤销" / "2026-W48" / "原件" / "周报48.xlsx").is_file()
    assert done.lacking == ()
    assert versions.undo(folder).forward
    after = files(folder.root)
    log = "归档/上一版/发布.json"
    assert json.loads(after.pop(log)) == json.loads(before.pop(log)) | {"undone": False}
    assert after == before


def test_originals_that_lie_in_the_inbox_no_more_are_named(folder):
    (folder.inbox / "周报48.xlsx").unlink()
    assert [path.name for path in versions.undo(folder).lacking] == ["周报48.xlsx"]


def test_a_redo_of_several_weeks_is_taken_back_as_one(folder):
    before = {n: book(folder, n) for n in WEEKS}
    monday = dt.datetime.fromisocalendar(2026, 46, 1)
    days = {"week_start": monday, "week_end": monday + dt.timedelta(days=6)}
    weekly(folder.inbox / "迟交.xlsx", rep="李四", completed_amount=7000, **days)
    friday.run(folder, week(46), agree=yes)
    assert book(folder, 48) != before[48]
    versions.undo(folder)
    assert {n: book(folder, n) for n in WEEKS} == before
    assert not (folder.archive / "2026-W46" / "原件" / "迟交.xlsx").exists()


def test_after_undo_no_number_is_given_to_another_and_no_file_is_lost(folder):
    had = numbers(folder, 48)
    versions.undo(folder)
    for path in folder.inbox.iterdir():
        path.unlink()
    other = {"customer_no": None, "customer_name": "另一家有限公司", "contact": "13900139999"}
    archive(folder.inbox / "张三.xlsx", [other])
    friday.run(folder, week(48))
    given = numbers(folder, 48)["另一家有限公司"]
    assert given not in had.values()
    for _ in range(2):  # the version that gave it is dropped by now
        friday.run(folder, week(48))
    header, *rows = book(folder, 48)["编号登记"]
    known = [row[header.index("客户编号")] for row in rows]
    assert set(known) == {*had.values(), given}
    assert len(known) == len(set(known))


def test_nothing_to_undo_is_said(tmp_path):
    folder = new_team(tmp_path / "队")
    with pytest.raises(UsageError, match="nothing_to_undo"):
        versions.undo(folder)
    told = CliRunner().invoke(main, ["undo", str(folder.root)])
    assert told.exit_code == 2


# ---- kills


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def killed_at(monkeypatch, count: int, root: Path) -> None:
    """Kill at a rename of our own publishing, before it is done."""
    replace, seen = os.replace, [0]

    def renaming(source: Any, target: Any, **more: Any) -> None:
        if journal.ROOM in str(source) or str(source).startswith(str(root)):
            seen[0] += 1
            if seen[0] == count:
                raise Killed
        replace(source, target, **more)

    monkeypatch.setattr(journal.os, "replace", renaming)
    monkeypatch.setattr(journal, "shutil", SimpleNamespace(rmtree=lambda *_, **__: None))


def told(folder: team_folder.TeamFolder) -> dict[str, Any]:
    return {name: data for name, data in files(folder.root).items() if not name.startswith("收件箱")}


def test_a_kill_at_any_rename_is_completed_or_leaves_all_as_it_was(folder, tmp_path, monkeypatch):
    monday = dt.datetime.fromisocalendar(2026, 47, 1)
    days = {"week_start": monday, "week_end": monday + dt.timedelta(days=6)}
    weekly(folder.inbox / "迟交.xlsx", rep="李四", completed_amount=7000, **days)
    before = told(folder)
    whole = tmp_path / "whole" / "队"
    shutil.copytree(folder.root, whole)
    sound = team_folder.TeamFolder(whole, WORDS)
    friday.run(sound, week(47), agree=yes)
    after = told(sound)
    seen = []
    for count in range(1, 40):
        home = tmp_path / str(count) / "队"
        shutil.copytree(folder.root, home)
        team = team_folder.TeamFolder(home, WORDS)
        with monkeypatch.context() as patch:
            killed_at(patch, count, home)
            try:
                friday.run(team, week(47), agree=yes)
            except Killed:
                pass
            else:
                break
        journal.recover(home)
        found = told(team)
        whole_old, whole_new = (
            sorted(n for n in {*found, *one} if found.get(n) != one.get(n)) for one in (before, after)
        )
        assert [] in (whole_old, whole_new), (count, whole_old, whole_new)
        assert not (home / journal.ROOM).exists()
        seen.append(found == after)
        shutil.rmtree(home)
    assert seen == sorted(seen)  # up to the journal all is as it was, from then on it is completed
    assert (seen[0], seen.count(True) >= 9) == (False, True)


@pytest.mark.parametrize("count", range(1, 9))
def test_a_kill_in_an_undo_is_completed_too(folder, monkeypatch, count):
    before = told(folder)
    with monkeypatch.context() as patch:
        killed_at(patch, count, folder.root)
        with pytest.raises(Killed):
            versions.undo(folder)
    journal.recover(folder.root)
    done = folder.week("2026-W48").exists()
    assert done == (count == 1)
    assert (told(folder) == before) == done
    assert not (folder.root / journal.ROOM).exists()


def test_a_rename_that_is_refused_takes_back_those_before_it(folder, monkeypatch):
    before = told(folder)
    replace = os.replace

    def refusing(source: Any, target: Any, **more: Any) -> None:
        if str(target).endswith("2026-W48"):
            raise PermissionError(13, "in use")
        replace(source, target, **more)

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "replace", refusing)
        with pytest.raises(DestinationBusyError, match="in_use"):
            friday.run(folder, week(48))
    assert told(folder) == before


HELD = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from salesxl.files.journal import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_runs_at_once_do_not_mix_and_a_dead_ones_lock_is_free(folder):
    holder = subprocess.Popen(
        [sys.executable, "-c", HELD, str(folder.kept / "lock")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        before = told(folder)
        with pytest.raises(DestinationBusyError, match="running") as held:
            friday.run(folder, week(48))
        assert str(holder.pid) in str(held.value.facts["who"])
        assert told(folder) == before
    finally:
        holder.kill()
        holder.communicate()
    friday.run(folder, week(48))


# ---- books that are not as they were published


def test_a_value_changed_by_hand_is_said_and_not_believed(folder):
    path = folder.week("2026-W48") / "团队台账.xlsx"
    opened = load_workbook(path)
    sheet = opened["客户档案"]
    at = [c.value for c in sheet[1]].index("客户名称") + 1
    name = sheet.cell(2, at).value
    sheet.cell(2, at).value = "改过的有限公司"
    sheet.cell(1, sheet.max_column + 1).value = "我的备注"
    opened.save(path)
    for old in folder.inbox.iterdir():
        old.unlink()
    archive(folder.inbox / "李四.xlsx", [{"customer_no": None}], rep="李四")
    outcome = friday.run(folder, week(49))
    (found,) = [f for f in outcome.checked.findings if f.code == "book_edited"]
    assert (found.place.file, found.value, found.facts["was"]) == (
        "2026-W48/团队台账.xlsx",
        "改过的有限公司",
        name,
    )
    assert name in numbers(folder, 49)
    assert "改过的有限公司" not in numbers(folder, 49)


def test_a_book_that_is_only_saved_or_sorted_otherwise_says_nothing(folder):
    path = folder.week("2026-W48") / "团队台账.xlsx"
    opened = load_workbook(path)
    sheet = opened["客户档案"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    opened.save(path)
    archive(folder.inbox / "李四.xlsx", [{"customer_no": None}], rep="李四")
    outcome = friday.run(folder, week(49))
    assert [f for f in outcome.checked.findings if f.code == "book_edited"] == []


@pytest.mark.parametrize(("spoil", "code"), [(None, "book_gone"), (b"garbage", "book_spoiled")])
def test_a_book_that_is_gone_or_spoiled_names_the_week_to_make_again(folder, spoil, code):
    path = folder.week("2026-W48") / "团队台账.xlsx"
    path.unlink() if spoil is None else path.write_bytes(spoil)
    archive(folder.inbox / "李四.xlsx", [{"customer_no": None}], rep="李四")
    with pytest.raises(SettingsError, match=code) as stopped:
        friday.run(folder, week(49))
    assert stopped.value.facts["name"] == "2026-W48"
    (folder.inbox / "李四.xlsx").unlink()
    friday.run(folder, week(48))
    assert len(numbers(folder, 48)) == 4


# ---- which week


def test_on_a_monday_last_week_is_asked_for_if_it_was_never_made(tmp_path):
    folder = new_team(tmp_path / "队")
    hand_in(folder, 47)
    command = ["friday", str(folder.root), "--as-of", "2026-11-23", "-q"]
    found = CliRunner().invoke(main, command)
    assert (found.exit_code, "--week 2026-W47" in found.output) == (2, True), found.output
    friday.run(folder, week(47))
    found = CliRunner().invoke(main, command)
    assert "--week 2026-W47" not in found.output


def test_a_week_for_which_nothing_new_came_is_made_only_if_somebody_agrees(folder):
    for path in folder.inbox.iterdir():
        if path.name.startswith("错") or path.suffix == ".docx":
            path.unlink()
    with pytest.raises(UsageError, match="nothing_new"):
        friday.run(folder, week(49))
    assert not folder.week("2026-W49").exists()
    friday.run(folder, week(49), agree=yes)
    assert folder.week("2026-W49").exists()
