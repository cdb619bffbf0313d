"""Files handed in through the page: under which names they go into the inbox, and within which bounds.

Owns names from a browser made into names of files, and putting them where the command looks for them. A file
of one name and other content is numbered; nothing there is ever replaced. Refuses: what is in a file; that is
the guard of ``intake``, which looks at it where it lies.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from salesxl.files import publish
from salesxl.files.naming import fitting
from salesxl.windows import hide
from salesxl.workspace.folder import TeamFolder
from salesxl.xlsx.read import inspect
from salesxl.xlsx.read.bundle import LIMITS, PACKED

__all__ = ["MOST_FILES", "REQUEST_BYTES", "Received", "put", "stored_name"]

REQUEST_BYTES = LIMITS.max_file_bytes + (1 << 20)
"""What one request may bring: a file as large as the guard lets in, and what frames it."""
MOST_FILES = LIMITS.max_parts
"""Files in the inbox: as many as a zip of forms may hold."""
DEEPEST = 6
"""Folders in a folder that is dragged in; what lies deeper comes to lie there."""
_CHUNK = 1 << 20
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE | re.ASCII)
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file: ``state`` is taken, same (it is there already), foreign, packed, hidden,
    too_large, too_many or empty; ``name`` is its name in the inbox, or the one it came by."""

    state: str
    name: str


def stored_name(given: str) -> str:
    """Return the path below the inbox for a name that a browser gives: never out of it, fit for Windows.

    Signs that no file system takes, and those that turn the direction of writing, become ``_``.
    """
    parts = [part for part in re.split(r"[/\\]", given) if part not in ("", ".", "..")]
    plain = [_plain(part) for part in parts]
    return fitting("/".join(part for part in plain[:-1][:DEEPEST] + plain[-1:] if part)) or "_"


def _plain(part: str) -> str:
    text = "".join("_" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in part)
    text = _FORBIDDEN.sub("_", text).strip(" ").rstrip(".")
    return f"_{text}" if _RESERVED.match(text) else text


def put(folder: TeamFolder, given: str, stream: IO[bytes]) -> Received:
    """Put a file into the inbox and say what became of it.

    Raises:
        UsageError: the inbox cannot be made.
        OSError: the disk refuses it.
    """
    name = stored_name(given)
    path = Path(name)
    suffix = path.suffix.lower()
    if any(inspect.passed_over(Path(part)) for part in path.parts):
        return Received("hidden", given)
    if suffix not in inspect.SUFFIXES and suffix != ".zip":
        return Received("packed" if suffix in PACKED else "foreign", given)
    folder.kept.mkdir(parents=True, exist_ok=True)
    hide(folder.kept)
    with _writing:
        there = _lying(folder)
        if len(there) >= MOST_FILES:
            return Received("too_many", given)
        draft = folder.kept / f"upload-{os.getpid()}"  # another desk may be open
        try:
            told = _written(stream, draft)
            if told is None:
                return Received("too_large", given)
            size, digest = told
            if not size:
                return Received("empty", given)
            alike = (n for n, at in there.items() if at.stat().st_size == size and _digest(at) == digest)
            same = next(alike, None)
            if same is not None:
                return Received("same", same)
            name = inspect.free(_SpeltAnyHow(there), name)
            with publish.new_file(folder.inbox / name) as target:
                shutil.move(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    return Received("taken", name)


class _SpeltAnyHow:
    """Names that are taken, in whatever case: two names that differ in it alone are one on Windows."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.casefold() for name in names}

    def __contains__(self, name: object) -> bool:
        return str(name).casefold() in self._names


def _lying(folder: TeamFolder) -> dict[str, Path]:
    found = folder.inbox.rglob("*") if folder.inbox.is_dir() else ()
    return {path.relative_to(folder.inbox).as_posix(): path for path in found if path.is_file()}


def _written(stream: IO[bytes], draft: Path) -> tuple[int, str] | None:
    """Write a stream to a file; return size and digest, None where it is larger than the guard lets in."""
    size, digest = 0, hashlib.sha256()
    with draft.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > LIMITS.max_file_bytes:
                return None
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
