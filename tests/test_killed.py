"""A Friday whose process is killed: the next run completes it or begins anew, and nothing is lost.

In a process of its own, by SIGKILL: at a rename, so that each place of the journal is met, or at any moment.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.life import books, weeks
from tests.life.compare import Book
from tests.life.run import Played, name_of, unequal

WEEKS = weeks(4, "empty", 3)
AT_RENAME = """
import os, signal, sys
from salesxl.files import journal
left, replace = int(sys.argv.pop(1)), os.replace
def renaming(source, target, **more):
    global left
    if journal.ROOM in str(source) or "团队" in str(source):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target, **more)
os.replace = renaming
from salesxl.cli import main
main()
"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a team of two weeks, with the files of the third in its inbox."""
    home = tmp_path_factory.mktemp("killed")
    played = Played(home)
    for week in WEEKS[:2]:
        assert played.week(week) == []
    for old in played.inbox.iterdir():
        old.unlink()
    books.write(played.inbox, WEEKS[2].files)
    return played.folder


@pytest.fixture(scope="module")
def whole(team: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    """Return the books of a run that nobody killed."""
    home = _copied(team, tmp_path_factory.mktemp("whole"))
    assert (
        subprocess.run([sys.executable, "-m", *_friday(home)], check=False, capture_output=True).returncode
        == 0
    )
    return _books(home)


def _copied(team: Path, home: Path) -> Path:
    return Path(shutil.copytree(team, home / "队" / team.name))


def _friday(home: Path) -> tuple[str, ...]:
    week = WEEKS[2]
    asked = ("--as-of", week.friday.isoformat(), "--week", name_of(week), "-q")
    return "salesxl", "friday", str(home), *asked


def _books(home: Path) -> dict[str, Book]:
    return {path.parent.name: Book.read(path) for path in sorted(home.glob("*-W*/团队台账.xlsx"))}


def _is_made_whole(home: Path, whole: dict[str, Book]) -> None:
    """Whatever was left, the next run gives the books that an undisturbed one gives."""
    asked = [sys.executable, "-m", *_friday(home), "--redo"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert list(unequal(whole, _books(home))) == []
    assert not list(home.glob(".salesxl/*.tmp"))


@pytest.mark.parametrize("count", [7])
def test_a_friday_killed_at_a_rename_is_made_whole_by_the_next_run(team, whole, tmp_path, count):
    home = _copied(team, tmp_path)
    done = subprocess.run([sys.executable, "-c", AT_RENAME, str(count), *_friday(home)[1:]], check=False)
    assert done.returncode == -9
    _is_made_whole(home, whole)


@pytest.mark.parametrize("seed", [1])
def test_a_friday_killed_at_any_moment_is_made_whole_by_the_next_run(team, whole, tmp_path, seed):
    home = _copied(team, tmp_path)
    run = subprocess.Popen([sys.executable, "-m", *_friday(home)], stderr=subprocess.DEVNULL)
    time.sleep(random.Random(seed).uniform(0.2, 4))
    run.kill()
    run.wait()
    _is_made_whole(home, whole)
