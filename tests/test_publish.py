"""One rename: whatever happens, the old result or the new one stands, whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from salesxl.errors import DestinationBusyError, UsageError
from salesxl.files import publish

OLD, NEW = {"a.txt": "old", "退回/b.txt": "old"}, {"a.txt": "new", "c/d.txt": "new"}


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder, hidden ones too."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}


def within(target: Path, files: dict[str, str]) -> dict[str, str]:
    return {f"{target.name}/{name}": text for name, text in files.items()}


def write(target: Path, stop: type[BaseException] | None = None, opened: Path | None = None) -> None:
    """Publish a file; someone opens the old one meanwhile, or something goes wrong."""
    with publish.new_file(target) as draft:
        draft.write_text("new")
        happen(stop, opened)


def add(target: Path, stop: type[BaseException]) -> None:
    """Publish files into a folder, with the same mishaps."""
    with publish.new_files(target) as draft:
        fill(draft, NEW)
        happen(stop, None)


def build(target: Path, stop: type[BaseException] | None = None, opened: Path | None = None) -> None:
    """Publish a folder, with the same mishaps."""
    with publish.new_folder(target) as draft:
        fill(draft, NEW)
        happen(stop, opened)


def happen(stop: type[BaseException] | None, opened: Path | None) -> None:
    if opened is not None:
        opened.write_text("me")
    if stop is not None:
        raise stop


@pytest.fixture
def week(tmp_path) -> Path:
    target = tmp_path / "2026-W47"
    fill(target, OLD)
    return target


@pytest.fixture(params=["one step", "two steps"])
def swap(request, monkeypatch) -> str:
    """Run on a system that can swap two folders, and on one that cannot."""
    if request.param == "two steps":
        monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    return request.param


def test_a_new_file_is_there_with_nothing_beside_it(tmp_path):
    with publish.new_file(tmp_path / "sub" / "book.xlsx") as draft:
        draft.write_text("new")
        assert not (tmp_path / "sub" / "book.xlsx").exists()
    assert tree(tmp_path) == {"sub/book.xlsx": "new"}


def test_an_exception_while_writing_a_file_leaves_the_old_one(tmp_path):
    (tmp_path / "book.xlsx").write_text("old")
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "book.xlsx", ZeroDivisionError)
    assert tree(tmp_path) == {"book.xlsx": "old"}


def test_a_new_folder_takes_the_place_of_the_old_one(week, swap):
    with publish.new_folder(week) as draft:
        fill(draft, NEW)
        assert tree(week) == OLD
    assert tree(week.parent) == within(week, NEW)


def test_a_first_folder_is_made_with_its_parents(tmp_path):
    with publish.new_folder(tmp_path / "a" / "b") as draft:
        fill(draft, NEW)
    assert tree(tmp_path / "a") == within(Path("b"), NEW)
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]


def test_new_files_join_and_replace_what_is_there(week):
    stale = week.with_name(f"{publish.BUILDING}{week.name}")
    fill(stale, {"left by a killed run.txt": "half"})
    with publish.new_files(week) as draft:
        fill(draft, NEW)
        assert tree(week) == OLD
    assert tree(week.parent) == within(week, OLD | NEW)


def test_new_files_make_a_folder_with_its_parents(tmp_path):
    with publish.new_files(tmp_path / "a" / "b") as draft:
        fill(draft, NEW)
    assert tree(tmp_path) == {f"a/b/{name}": text for name, text in NEW.items()}


def test_an_exception_while_writing_new_files_adds_none(week):
    with pytest.raises(KeyboardInterrupt):
        add(week, KeyboardInterrupt)
    assert tree(week.parent) == within(week, OLD)


def test_new_files_are_refused_whole_while_one_of_them_is_open(week):
    (week / "~$a.txt").write_text("me")
    with pytest.raises(DestinationBusyError, match=r"a\.txt"), publish.new_files(week) as draft:
        fill(draft, NEW)
    assert tree(week) == OLD | {"~$a.txt": "me"}


@pytest.mark.parametrize("stop", [ZeroDivisionError, KeyboardInterrupt])
def test_an_exception_while_building_leaves_the_old_folder_and_no_draft(week, stop):
    with pytest.raises(stop):
        build(week, stop)
    assert tree(week.parent) == within(week, OLD)
    assert [p.name for p in week.parent.iterdir()] == [week.name]


@pytest.mark.parametrize("stop", [OSError, KeyboardInterrupt])
def test_a_second_rename_that_fails_puts_the_old_folder_back(week, monkeypatch, stop):
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    rename = Path.rename

    def failing(self, target):
        if self.name.startswith(publish.BUILDING):
            raise stop
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(stop), publish.new_folder(week) as draft:
        fill(draft, NEW)
    assert tree(week.parent) == within(week, OLD)


def test_an_old_folder_that_cannot_step_aside_is_busy_and_whole(week, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)

    def refuse(self, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DestinationBusyError, match="2026-W47"), publish.new_folder(week) as draft:
        fill(draft, NEW)
    assert tree(week.parent) == within(week, OLD)


KILLED = """
import os, signal, sys
from pathlib import Path
from salesxl.files import publish
target, moment, two_steps = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "two steps"
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
rename, rmtree, exchange = Path.rename, publish.shutil.rmtree, publish._exchange
def renaming(self, other):
    if moment == "before " + self.name[:5]: die()
    done = rename(self, other)
    if moment == "after " + self.name[:5]: die()
    return done
def swapping(one, other):
    if two_steps: return False
    done = exchange(one, other)
    if moment == "after swap": die()
    return done
def removing(path, **more):
    if moment == "removing" and Path(path).exists():
        next(p for p in Path(path).rglob("*") if p.is_file()).unlink()
        die()
    return rmtree(path, **more)
Path.rename, publish._exchange, publish.shutil.rmtree = renaming, swapping, removing
if moment == "flushing": publish._flush = die
with publish.new_folder(target) as draft:
    (draft / "a.txt").write_text("new")
    if moment == "building": die()
    (draft / "c").mkdir()
    (draft / "c" / "d.txt").write_text("new")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "steps", "stands"),
    [
        ("building", "one step", OLD),
        ("flushing", "one step", OLD),
        ("after swap", "one step", NEW),
        ("removing", "one step", NEW),
        ("before 2026-", "two steps", OLD),
        ("after 2026-", "two steps", OLD),
        ("before .buil", "two steps", OLD),
        ("after .buil", "two steps", NEW),
        ("removing", "two steps", NEW),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_a_kill_at_any_moment_leaves_the_old_week_or_the_new_one(week, moment, steps, stands):
    moment = moment.replace(".buil", publish.BUILDING[:5])
    run = subprocess.run([sys.executable, "-c", KILLED, str(week), moment, steps], check=False)
    assert run.returncode == -signal.SIGKILL
    publish.recover(week)
    assert tree(week.parent) == within(week, stands)
    with publish.new_folder(week) as draft:
        assert list(draft.iterdir()) == []
        fill(draft, NEW)
    assert tree(week.parent) == within(week, NEW)


def test_what_a_killed_run_left_is_cleared_even_if_no_week_was_ever_made(tmp_path):
    fill(tmp_path / f"{publish.BUILDING}2026-W47", {"half.txt": "x"})
    publish.recover(tmp_path / "2026-W47")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_open_in_excel_is_not_replaced(tmp_path):
    (tmp_path / "团队台账.xlsx").write_text("old")
    (tmp_path / "~$团队台账.xlsx").write_text("me")
    with (
        pytest.raises(DestinationBusyError, match="团队台账") as busy,
        publish.new_file(tmp_path / "团队台账.xlsx"),
    ):
        pytest.fail("nothing may be built")
    assert "~$" in str(busy.value)
    assert tree(tmp_path) == {"团队台账.xlsx": "old", "~$团队台账.xlsx": "me"}


def test_a_file_opened_while_the_new_one_was_built_is_not_replaced(tmp_path):
    target = tmp_path / "团队台账.xlsx"
    target.write_text("old")
    with pytest.raises(DestinationBusyError):
        write(target, opened=tmp_path / "~$团队台账.xlsx")
    assert tree(tmp_path) == {"团队台账.xlsx": "old", "~$团队台账.xlsx": "me"}


@pytest.mark.parametrize("place", ["~$a.txt", "退回/~$b.txt"])
def test_a_week_with_an_open_workbook_anywhere_in_it_is_not_replaced(week, swap, place):
    fill(week, {place: "me"})
    with pytest.raises(DestinationBusyError, match="busy"), publish.new_folder(week):
        pytest.fail("nothing may be built")
    assert tree(week.parent) == within(week, OLD | {place: "me"})


def test_a_workbook_opened_while_the_week_was_built_keeps_the_old_week(week, swap):
    with pytest.raises(DestinationBusyError):
        build(week, opened=week / "~$a.txt")
    assert tree(week.parent) == within(week, OLD | {"~$a.txt": "me"})


def test_the_same_build_twice_gives_the_same_tree(week):
    for _ in range(2):
        with publish.new_folder(week) as draft:
            fill(draft, NEW)
    assert tree(week.parent) == within(week, NEW)


def test_a_place_that_cannot_be_a_folder_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "file").write_text("x")
    for make in (publish.new_file, publish.new_folder):
        with pytest.raises(UsageError, match="no_folder"), make(tmp_path / "file" / "sub" / "book.xlsx"):
            pytest.fail("nothing may be built")


@pytest.mark.parametrize("lock", ["~$台账.xlsx", ".~lock.台账.xlsx#"])
def test_the_lock_of_any_office_program_stops_the_swap(tmp_path, lock):
    target = tmp_path / "台账.xlsx"
    target.write_bytes(b"old")
    (tmp_path / lock).write_bytes(b"x")
    with pytest.raises(DestinationBusyError) as stopped, publish.new_file(target) as draft:
        draft.write_bytes(b"new")
    assert target.read_bytes() == b"old"
    assert lock in str(stopped.value)


def test_a_link_stays_one_and_the_file_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "book.xlsx", tmp_path / "link.xlsx"
    link.symlink_to(real)
    for text in ("first", "second"):  # a link may lead to what is not there yet
        with publish.new_file(link) as draft:
            draft.write_text(text)
        assert link.is_symlink()
        assert real.read_text() == text
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["book.xlsx", "link.xlsx", "real"]


@pytest.mark.skipif(os.name != "posix", reason="makes pipes")
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "circle", "link to a pipe"])
def test_what_is_no_ordinary_file_is_never_replaced(tmp_path, kind, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    target = Path("book.xlsx")
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(target))
    elif kind == "folder":
        target.mkdir()
    elif kind == "circle":
        target.symlink_to("other.xlsx")
        Path("other.xlsx").symlink_to(target)
    else:
        os.mkfifo("pipe")
        target.symlink_to("pipe")
    before = target.lstat()
    with pytest.raises(UsageError, match="no_ordinary_file"), publish.new_file(target) as draft:
        draft.write_text("new")
    after = target.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
