"""What came in is copied first, and only the copies are read, marked and archived.

So a file that changes or vanishes meanwhile, that cannot be read, or that is no file at all costs one finding
at one moment. Owns copying, what is in a zip of forms, and the digest of each file. A file is copied in one
pass, never held whole. Refuses: what is in a file.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

from salesxl.errors import RefusedError
from salesxl.files import publish
from salesxl.files.naming import natural
from salesxl.xlsx.limits import broken, damaged, unreadable
from salesxl.xlsx.read import inspect
from salesxl.xlsx.read.bundle import LIMITS, PACKED, Bundle

__all__ = ["Copy", "Taken", "room", "take"]

_CHUNK = 1024 * 1024
_ZIP = ".zip"
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that came in, by the name it goes by; ``source`` is where it lies, or the zip it lies in.

    ``path`` is the copy, with its size and digest; None for a file that was refused, with ``refused``.
    """

    name: str
    source: Path
    path: Path | None = None
    size: int = 0
    digest: str | None = None
    refused: RefusedError | None = None


class _Room:
    """Gives out names for copies: short, plain, with the ending that tells what the file claims to be."""

    def __init__(self, home: Path) -> None:
        self._home, self._numbers = home, count(1)

    def free(self, name: str) -> Path:
        suffix = Path(name).suffix
        plain = suffix if suffix.isascii() and suffix[1:].isalnum() and len(suffix) < 10 else ""
        return self._home / f"{next(self._numbers):06}{plain}"


@dataclass(slots=True)
class Taken:
    """All that came in: copies in the order of their names; what is no workbook, by name and reason."""

    copies: list[Copy] = field(default_factory=list)
    foreign: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names that are given away."""
        return {copy.name for copy in self.copies}


@contextmanager
def room() -> Iterator[Path]:
    """Yield a folder for copies, that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="salesxl-", ignore_cleanup_errors=True) as home:
        yield Path(home)


def take(paths: Sequence[Path], home: Path) -> Taken:
    """Copy every workbook under the given paths, those in zips too, into a folder of ours."""
    found = inspect.candidates(paths)
    taken, ours = Taken(), _Room(home)
    zips = [(name, path) for name, path in found.other if path.suffix.lower() == _ZIP]
    taken.foreign = [
        (name, "packed" if path.suffix.lower() in PACKED else "foreign")
        for name, path in found.other
        if path.suffix.lower() != _ZIP
    ]
    taken.copies = [Copy(name, Path(name), refused=unreadable(reason)) for name, reason in found.shut]
    for name, path in found.read:
        if path.suffix.lower() == _ZIP:
            zips.append((name, path))
        else:
            taken.copies.append(_copy(name, path, ours))
    for name, path in zips:
        _unpack(_copy(name, path, ours), ours, taken)
    taken.copies.sort(key=lambda copy: natural(copy.name))
    taken.foreign.sort(key=lambda pair: natural(pair[0]))
    return taken


def _unpack(packed: Copy, ours: _Room, taken: Taken) -> None:
    """Take what is in a zip; a workbook that was only named .zip is taken as it is."""
    if packed.path is None:
        taken.copies.append(packed)
        return
    try:
        bundle = Bundle(packed.path.read_bytes())
    except RefusedError as refused:
        told = RefusedError(refused.code, **{**refused.facts, "packed": True})
        taken.copies.append(Copy(packed.name, packed.source, refused=told))
        return
    if bundle.workbook:
        taken.copies.append(packed)
        return
    names = taken.names()
    for member, sealed in bundle.sealed.items():
        taken.copies.append(Copy(f"{packed.name}/{member}", packed.source, refused=sealed))
    for member in bundle.names:
        suffix = Path(member).suffix.lower()
        name = inspect.free(names, f"{packed.name}/{member}")
        names.add(name)
        if suffix not in inspect.SUFFIXES:
            taken.foreign.append((name, "nested" if suffix in PACKED else "foreign"))
            continue
        try:
            data = bundle.read(member)
        except RefusedError as refused:
            taken.copies.append(Copy(name, packed.source, refused=refused))
            continue
        path = ours.free(member)
        with publish.named(path):
            path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        taken.copies.append(Copy(name, packed.source, path, len(data), digest))
    packed.path.unlink()


def _copy(name: str, source: Path, ours: _Room) -> Copy:
    """Copy a file as it is at one moment, or say why it cannot be had."""
    target = ours.free(source.name)
    try:
        for _ in range(_TRIES):
            told = _copied(source, target)
            if told is not None:
                return Copy(name, source, target, *told)
        raise unreadable("changing")
    except RefusedError as refused:
        target.unlink(missing_ok=True)
        return Copy(name, source, refused=refused)


def _copied(source: Path, target: Path) -> tuple[int, str] | None:
    """Copy a file; return its size and digest, None where it changed meanwhile.

    Raises:
        RefusedError: it is no regular file, cannot be read, or is too large, seen before it is opened.
    """
    with _refusing():
        _look(source.stat())
        # not to wait for a writer, should it have become a pipe since
        handle = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:  # noqa: PTH123  a handle, not a path
        with _refusing():
            before = os.fstat(file.fileno())
            _look(before)
        digest, size = hashlib.sha256(), 0
        with publish.named(target), target.open("wb") as copy:
            for chunk in _chunks(file):
                size += len(chunk)
                if size > LIMITS.max_file_bytes:
                    raise broken("too_large", LIMITS, "max_file_bytes", found=size)
                digest.update(chunk)
                copy.write(chunk)
        with _refusing():
            after = os.fstat(file.fileno())
    same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, size)
    return (size, digest.hexdigest()) if same else None


def _look(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise unreadable("not_a_regular_file")
    if status.st_size > LIMITS.max_file_bytes:
        raise broken("too_large", LIMITS, "max_file_bytes", found=status.st_size)


def _chunks(file: IO[bytes]) -> Iterable[bytes]:
    while True:
        with _refusing():
            chunk = file.read(_CHUNK)
        if not chunk:
            return
        yield chunk


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the system says of a file that came in into a refusal."""
    try:
        yield
    except FileNotFoundError as error:
        raise unreadable("missing") from error
    except PermissionError as error:
        raise unreadable("no_permission") from error
    except (OSError, ValueError) as error:
        raise damaged(error) from error
