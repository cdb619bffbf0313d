"""What is double-clicked in a team's folder: it finds the program, whatever the folder is called."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from salesxl import messages, schemas
from salesxl.workspace import folder as team_folder
from salesxl.workspace.starters import STARTERS, note_program, starter, write_starters
from tests.sheets import RULES, WORDS

NAME = "周五汇总"
PLACES = ("team", "华东 销售部", "a & b (1)", "it's 100%", "-x")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def started(team: Path, home: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Start the starter of a folder as a double click does: from elsewhere, with next to no surroundings."""
    surroundings = {"HOME": str(home), "PATH": f"{path}:/usr/bin:/bin", "LANG": "C"}
    words = ["/bin/sh", str(team / f"{NAME}.command")]
    return subprocess.run(
        words, cwd="/", env=surroundings, capture_output=True, encoding="utf-8", stdin=-3, check=False
    )


def program(place: Path, code: int = 0) -> Path:
    """Put a program that says where it was started and with what."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f'#!/bin/sh\npwd\nprintf "%s\\n" "$@"\nexit {code}\n', encoding="utf-8")
    place.chmod(0o755)
    return place


needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="the other starter is for Windows")


@needs_sh
@pytest.mark.parametrize("name", PLACES)
def test_it_opens_the_desk_of_its_own_folder_whatever_that_is_called(
    tmp_path: Path, home: Path, name: str
) -> None:
    team = tmp_path / name
    team.mkdir()
    write_starters(team, WORDS)
    program(tmp_path / "bin" / "salesxl")
    done = started(team, home, str(tmp_path / "bin"))
    assert (done.returncode, done.stdout.splitlines()) == (0, [str(team), "desk", "."])


@needs_sh
def test_the_program_noted_in_the_profile_comes_first_and_one_that_is_gone_is_passed_over(
    tmp_path: Path, home: Path
) -> None:
    write_starters(tmp_path, WORDS)
    program(tmp_path / "bin" / "salesxl")
    note = home / ".config" / "salesxl" / "program.txt"
    note.parent.mkdir(parents=True)
    note.write_text(f"{program(tmp_path / '我的 程序' / 'python')}\n", encoding="utf-8")
    assert started(tmp_path, home, str(tmp_path / "bin")).stdout.splitlines()[1:] == [
        "-m",
        "salesxl",
        "desk",
        ".",
    ]
    note.write_text("/gone/python\n", encoding="utf-8")
    assert started(tmp_path, home, str(tmp_path / "bin")).stdout.splitlines()[1:] == ["desk", "."]


@needs_sh
def test_without_the_program_it_says_what_to_do(tmp_path: Path, home: Path) -> None:
    write_starters(tmp_path, WORDS)
    program(tmp_path / "bin" / "python3", 1)
    done = started(tmp_path, home, str(tmp_path / "bin"))
    assert done.returncode == 2
    assert WORDS.text("starter.missing") in done.stderr


@needs_sh
def test_what_stopped_the_program_is_said_and_its_code_kept(tmp_path: Path, home: Path) -> None:
    write_starters(tmp_path, WORDS)
    program(tmp_path / "bin" / "salesxl", 2)
    done = started(tmp_path, home, str(tmp_path / "bin"))
    assert done.returncode == 2
    assert WORDS.text("starter.failed") in done.stderr


@needs_sh
def test_starters_may_be_run(tmp_path: Path) -> None:
    for path in write_starters(tmp_path, WORDS):
        assert path.stat().st_mode & stat.S_IXUSR


def test_the_one_for_windows_is_read_alike_under_every_code_page() -> None:
    """Whatever decides what is run is ASCII; only what is said, at the end, is not."""
    data = starter("bat", WORDS)
    assert not data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8").split("\r\n")
    assert "\n" not in "".join(lines)
    said = [number for number, line in enumerate(lines) if not line.isascii()]
    assert all(lines[number].startswith("echo ") for number in said)
    assert said[0] > lines.index("exit /b %RESULT%")
    assert lines.index("chcp 65001 >nul") < lines.index('pushd "%~dp0"')
    assert not any(re.search(r"[&|<>^%!]", lines[number]) for number in said)


def test_every_label_that_windows_jumps_to_is_there() -> None:
    text = starter("bat", WORDS).decode("utf-8")
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    assert set(re.findall(r"(?:goto|call) :?(\w+)", text)) - {"salesxl"} <= labels
    assert text.count("pause") == 3  # the window stays open on every error


@pytest.mark.parametrize("ending", STARTERS)
def test_a_starter_keeps_the_language_of_its_team(ending: str) -> None:
    english = messages.load("en", schemas.label_of)
    assert b"desk . --lang en" in starter(ending, english)
    assert b"--lang" not in starter(ending, WORDS)


def test_init_leaves_starters_and_keeps_those_that_a_team_made_its_own(tmp_path: Path) -> None:
    home = team_folder.TeamFolder(tmp_path / "team", WORDS)
    made = team_folder.lay_out(home, RULES)
    assert {home.root / f"{NAME}.bat", home.root / f"{NAME}.command"} <= set(made)
    (home.root / f"{NAME}.bat").write_bytes(b"echo our own\r\n")
    assert home.root / f"{NAME}.bat" not in team_folder.lay_out(home, RULES)
    assert (home.root / f"{NAME}.bat").read_bytes() == b"echo our own\r\n"


def test_the_program_is_noted_in_the_profile_and_not_in_the_shared_folder() -> None:
    note_program()
    noted = Path(os.environ["XDG_CONFIG_HOME"]) / "salesxl" / "program.txt"
    if sys.platform == "linux":
        assert noted.read_text(encoding="utf-8").strip() == str(Path(sys.executable).absolute())
