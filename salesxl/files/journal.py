"""Several renames as one: drafts first, a journal of the renames, then the renames; all of them or none.

Owns the room in which drafts are made, the journal, completing it after a kill, and the lock that keeps two
runs apart. A rename is done where its target is there: no target of a journal is moved away again by it.
Refuses: what is in the files.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeAlias

from salesxl.errors import DestinationBusyError
from salesxl.files import publish
from salesxl.windows import hide

__all__ = ["ROOM", "Journal", "locked", "publishing", "recover"]

ROOM = ".publishing"
FORWARD, BACK = "journal.json", "back.json"
Moves: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Journal:
    """A publishing in the making: ``room`` is for drafts, ``moves`` are what puts them in their places."""

    root: Path
    moves: list[tuple[str, str]] = field(default_factory=list)

    @property
    def room(self) -> Path:
        """Where drafts are made, on the drive of what they replace."""
        return self.root / ROOM

    def move(self, source: Path, target: Path) -> None:
        """Plan a rename; its target is free by then, and is not moved again."""
        self.moves.append((self._told(source), self._told(target)))

    def _told(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


@contextmanager
def publishing(root: Path) -> Iterator[Journal]:
    """Yield a journal to plan in; on success all its renames are made, else none.

    A run that is killed before the journal is written has changed nothing; after that ``recover`` completes
    it.

    Raises:
        DestinationBusyError: something that is to be replaced is open; all stays as it was.
    """
    recover(root)
    journal = Journal(root)
    journal.room.mkdir()
    try:
        with publish.named(root):
            yield journal
            _flush(journal)
        _write(journal.room / FORWARD, {"moves": journal.moves})
    except BaseException:
        shutil.rmtree(journal.room, ignore_errors=True)
        raise
    done = 0
    try:
        for source, target in journal.moves:
            _moved(root / source, root / target)
            done += 1
    except OSError as failed:
        _write(journal.room / BACK, {"moves": journal.moves, "done": done})
        _back(root, journal.moves, done)
        raise DestinationBusyError("in_use", path=root / journal.moves[done][0], why=failed) from failed
    _clear(root)


def recover(root: Path) -> None:
    """Complete a publishing that was cut short, or take back one that was being taken back."""
    room = root / ROOM
    with suppress(FileNotFoundError):
        told = json.loads((room / BACK).read_text(encoding="utf-8"))
        _back(root, told["moves"], told["done"])
        return
    with suppress(FileNotFoundError):
        told = json.loads((room / FORWARD).read_text(encoding="utf-8"))
        for source, target in told["moves"]:
            _moved(root / source, root / target)
    _clear(root)


def _moved(source: Path, target: Path) -> None:
    if source.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)  # noqa: PTH105  files and folders alike


def _back(root: Path, moves: Moves, done: int) -> None:
    """Take back the first renames, the last of them first; how many are left is noted after each."""
    for left in range(done, 0, -1):
        source, target = (root / path for path in moves[left - 1])
        if target.exists() and source.is_dir() and not any(p.is_file() for p in source.rglob("*")):
            shutil.rmtree(source)  # made for a rename that was refused
        _moved(target, source)
        _write(root / ROOM / BACK, {"moves": moves, "done": left - 1})
    _clear(root)


def _clear(root: Path) -> None:
    room = root / ROOM
    (room / FORWARD).unlink(missing_ok=True)
    (room / BACK).unlink(missing_ok=True)
    shutil.rmtree(room, ignore_errors=True)


def _flush(journal: Journal) -> None:
    """Put the drafts on the disk and refuse what is open."""
    for path in sorted(journal.room.rglob("*")):
        if path.is_file():
            publish.flush(path)
    for source, _ in journal.moves:
        home = journal.root / source
        if not home.is_relative_to(journal.room):
            publish.refuse_open(home.rglob("*") if home.is_dir() else [home])


def _write(path: Path, told: object) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(told), encoding="utf-8")
    publish.flush(draft)
    os.replace(draft, path)  # noqa: PTH105
    publish.flush_folder(path.parent)


# ---- one run at a time


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file: the system lets go of it when its process ends, however that comes.

    Raises:
        DestinationBusyError: another run holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hide(path.parent)
    with path.open("a+", encoding="utf-8") as file:
        try:
            _lock(file)
        except OSError as held:
            file.seek(0)
            raise DestinationBusyError("running", path=path.parent.parent, who=file.read().strip()) from held
        file.truncate(0)
        file.write(f"{socket.gethostname()} {os.getpid()}")
        file.flush()
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        file.seek(1 << 30)  # beyond what is written, so that others can read it
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        """Lock for this process alone: its workers, which outlive it for a moment, do not hold it."""
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
