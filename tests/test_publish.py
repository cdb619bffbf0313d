"""One rename: whatever happens, the old result or the new one stands, whole."""

from __future__ import annotations

import os
import socket
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
