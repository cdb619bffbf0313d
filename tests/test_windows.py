"""What is otherwise on Windows, as far as it shows on any system."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PureWindowsPath

import pytest

from salesxl import messages, schemas, windows
from tests.sheets import WORDS


@pytest.mark.parametrize(
    ("path", "long"),
    [
        ("C:\\团队\\华东", "\\\\?\\C:\\团队\\华东"),
        ("C:/团队/./a/../华东", "\\\\?\\C:\\团队\\华东"),
        ("\\\\server\\share\\华东", "\\\\?\\UNC\\server\\share\\华东"),
        ("\\\\?\\C:\\华东", "\\\\?\\C:\\华东"),
    ],
)
def test_a_long_path_has_no_bound_and_is_told_as_people_know_it(path: str, long: str) -> None:
    assert windows.long_path(path) == long
    assert windows.plain(long) == str(PureWindowsPath(path)).replace("\\a\\..", "").removeprefix("\\\\?\\")
    assert windows.plain(path) == path.removeprefix("\\\\?\\")


def test_sentences_name_a_long_path_as_people_know_it() -> None:
    path = PureWindowsPath("\\\\?\\C:\\华东\\团队汇总.xlsx")
    assert WORDS.text("cli.open", path=path).endswith("C:\\华东\\团队汇总.xlsx")
    assert "?" not in WORDS.text("cli.made", path=path)


def test_elsewhere_a_path_stays_as_it_is() -> None:
    if sys.platform != "win32":
        assert windows.reachable(Path("x" * 300)) == Path("x" * 300)


class Refused(PermissionError):
    """What Python raises on Windows, with the number of the system."""

    def __init__(self, winerror: int) -> None:
        super().__init__(13, "Permission denied", "团队汇总.xlsx")
        self.told = winerror

    @property
    def winerror(self) -> int:
        return self.told


@pytest.mark.parametrize("number", [32, 33])
@pytest.mark.parametrize("lang", messages.LOCALES)
def test_a_file_that_another_program_holds_is_in_use_and_not_forbidden(number: int, lang: str) -> None:
    words = messages.load(lang, schemas.label_of)
    in_use = OSError(16, "busy")
    assert windows.error_name(Refused(number)) == "EBUSY"
    assert words.reason(Refused(number)) == words.reason(in_use) != words.reason(PermissionError(13, "x"))


def test_other_refusals_keep_their_name() -> None:
    assert windows.error_name(Refused(5)) == "EACCES"
    assert windows.error_name(OSError(28, "x")) == "ENOSPC"
    assert windows.error_name(OSError("x")) == ""


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch):
    """A stream into a pipe, and one into a file."""
    monkeypatch.delenv("PYTHONUTF8", raising=False)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    read, write = os.pipe()
    with os.fdopen(write, "w") as stream, os.fdopen(read):
        yield stream


def test_a_pipe_speaks_the_code_page_that_more_and_findstr_read(
    piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert windows.piped_encoding(piped, "win32", 936) == "cp936"
    assert "张三".encode("cp936").decode(windows.piped_encoding(piped, "win32", 936)) == "张三"
    assert windows.piped_encoding(piped, "win32", 65001) == "utf-8"
    assert windows.piped_encoding(piped, "win32", 0) == "utf-8"  # nobody has a console
    assert windows.piped_encoding(piped, "linux", 936) == "utf-8"
    monkeypatch.setenv("PYTHONUTF8", "1")
    assert windows.piped_encoding(piped, "win32", 936) == "utf-8"


def test_a_file_is_utf_8_on_every_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUTF8", raising=False)
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as stream:
        assert windows.piped_encoding(stream, "win32", 936) == "utf-8"


def test_our_folder_is_hidden_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    class Kernel:
        class kernel32:
            SetFileAttributesW = staticmethod(lambda path, flags: told.append((path, flags)))

    class Status:
        st_file_attributes = 0x10

    monkeypatch.setattr(windows.sys, "platform", "win32")
    monkeypatch.setattr(windows.ctypes, "windll", Kernel, raising=False)
    monkeypatch.setattr(windows.os, "stat", lambda _path: Status)
    windows.hide(tmp_path)
    monkeypatch.undo()
    assert told == [(str(tmp_path), 0x12)]
