"""Putting a finished result in its place: one rename, the old or the new, never half of either.

Owns building beside the target and flushing; a destination that someone has open is left alone. Several
renames as one are ``journal``.
Refuses: what is in the files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from salesxl.errors import DestinationBusyError, UsageError

__all__ = ["flush", "flush_folder", "named", "new_file", "new_files", "refuse_open", "same_file"]

BUILDING = ".building-"
LOCKS = (("~$", ""), (".~lock.", "#"))
"""What Excel and WPS, and LibreOffice, put around a workbook's name while they have it open."""


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield a path beside ``target`` to write to; on success it takes the target's place in one rename.

    A link stays one: the file that it leads to is replaced.

    Raises:
        DestinationBusyError: someone has the target open; it stays as it was.
        UsageError: the target's folder cannot be made, or something is there that is no ordinary file.
    """
    target = _ordinary(target)
    refuse_open([target])
    _make_room(target.parent)
    draft = target.with_name(f"{BUILDING}{target.name}")
    try:
        with named(target):
            yield draft
            flush(draft)
        refuse_open([target])
        try:
            draft.replace(target)
        except PermissionError as failed:
            raise _busy(target) from failed
        flush_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def new_files(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``folder``; on success each file in it takes its place in ``folder``.

    What else is in ``folder`` stays. All files are written before the first is flushed and the folder is
    flushed once: for hundreds of files this takes a fraction of the time. A run that is killed leaves whole
    files only; what it was building is cleared away by the next.

    Raises:
        DestinationBusyError: someone has one of the files open; all stay as they were.
        UsageError: the folder cannot be made.
    """
    draft = folder.with_name(f"{BUILDING}{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    _make_room(draft)
    try:
        with named(folder):
            yield draft
        made = {path: folder / path.relative_to(draft) for path in sorted(draft.rglob("*")) if path.is_file()}
        for path in made:
            flush(path)
        refuse_open([target for target in made.values() if target.exists()])
        homes = dict.fromkeys(target.parent for target in made.values())
        for home in homes:
            _make_room(home)
        for path, target in made.items():
            try:
                path.replace(target)
            except PermissionError as failed:
                raise _busy(target) from failed
        for home in homes:
            flush_folder(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let what goes wrong on a disk say which file it was: a disk that is full does not by itself."""
    try:
        yield
    except OSError as failed:
        if failed.filename is None:
            failed.filename = str(path)
        raise


def same_file(ours: Iterable[Path], theirs: Iterable[Path]) -> Path | None:
    """Return one of our paths that leads to a file of theirs, by whatever name, link or spelling.

    None where all are free: what does not exist is nobody's.
    """
    known: set[tuple[int, int]] = set()
    for path in theirs:
        with suppress(OSError, ValueError):
            status = path.stat()
            known.add((status.st_dev, status.st_ino))
    for path in ours:
        with suppress(OSError, ValueError):
            status = path.stat()
            if (status.st_dev, status.st_ino) in known:
                return path
    return None


def refuse_open(paths: Iterable[Path]) -> None:
    """Refuse to replace a workbook beside which an office program keeps its lock file."""
    for path in paths:
        for head, tail in LOCKS:
            name = path.name
            if name.startswith(head) and name.endswith(tail):
                raise _busy(path.with_name(name.removeprefix(head).removesuffix(tail)), name)
            if path.with_name(head + name + tail).is_file():
                raise _busy(path, head + name + tail)


def _ordinary(target: Path) -> Path:
    """Return where a file may be put: what a link leads to, and never a folder, a device or a pipe.

    Raises:
        UsageError: something else than a file is there, or links lead in a circle.
    """
    try:
        place = target.resolve() if target.is_symlink() else target
    except RuntimeError:  # so Python up to 3.12 says that links lead in a circle
        place = target
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise UsageError("no_ordinary_file", path=target)
    return place


def _make_room(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        raise UsageError("no_folder", folder=folder, why=failed) from failed


def _busy(path: Path, lock: str | None = None) -> DestinationBusyError:
    return DestinationBusyError("busy", path=path, lock=lock or LOCKS[0][0] + path.name)


def flush(path: Path) -> None:
    """Put a file on the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_folder(path: Path) -> None:
    """Put a folder's entries on the disk, where the system has that."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
