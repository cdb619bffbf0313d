"""What earlier runs read, kept by content: a file that has not changed is not read again.

Owns one file in the team's folder, which may be deleted, cut off or overwritten at any time: what it lacks is
read anew. It holds JSON lines, each with its checksum, and is never executed in any way. What a line holds
is only believed for the very bytes, name, code and settings it was made from. Refuses: what is in a result.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from importlib import metadata
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from salesxl.catalogue import BUILT_IN, Forms
from salesxl.errors import SalesxlError
from salesxl.files import publish
from salesxl.intake.codec import Received, Seen, dumps, loads
from salesxl.needs import AS_SHIPPED, Needs

__all__ = ["Cache", "reader_version", "taught"]

_MOST_BYTES = 1024**3
_SUM = 32


class Cache:
    """Results by key, on disk and not in memory. Only those used in a run are written back, so old ones go.

    A disk that is full, or a folder that cannot be written to, is no reason to stop: the next run is cold,
    and no result differs.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._earlier: _Lines | None = None
        self._new: _Lines | None = None
        self._used: set[bytes] = set()

    def get(self, key: str, name: str, seen: Seen | None = None) -> Received | None:
        """Return what is kept under a key for a file of that name, or None; ``seen`` is for ``loads``."""
        if self._earlier is None:
            self._earlier = _Lines(_opened(self.path))
        line = self._earlier.line(key.encode())
        if not line.startswith(_sum(key.encode(), line[_SUM + 1 :]) + b" "):
            return None
        try:
            received = loads(line[_SUM + 1 :], name, seen)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
            return None  # whoever wrote this line, it was not this code
        self._used.add(key.encode())
        return received

    def put(self, key: str, received: Received | bytes) -> None:
        """Keep a result, as it is or as ``codec.dumps`` has it."""
        body = received if isinstance(received, bytes) else dumps(received)
        with suppress(OSError):
            if self._new is None:
                self._new = _Lines(TemporaryFile())  # noqa: SIM115  closed when it is saved
            self._new.add(key.encode(), _sum(key.encode(), body) + b" " + body)

    def save(self) -> None:
        """Write back what this run used, if that is something else than what was there, and let go of it."""
        earlier, new = self._earlier or _Lines(None), self._new or _Lines(None)
        homes = dict.fromkeys(self._used, earlier) | dict.fromkeys(new.places, new)
        with suppress(OSError, SalesxlError), closing(earlier), closing(new):
            if new.places or homes.keys() != earlier.places.keys():
                with publish.new_file(self.path) as draft:
                    with draft.open("wb") as out:
                        out.writelines(
                            b"%b %b\n" % (key, home.line(key))
                            for key, home in sorted(homes.items(), key=itemgetter(0))
                        )
                    earlier.close()  # Windows does not replace a file that someone has open
        self._earlier, self._new, self._used = None, None, set()


class _Lines:
    """Lines of a file by their keys: ``places`` has where the rest of each begins, and how long it is."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self.file = file
        self.places: dict[bytes, tuple[int, int]] = {}
        at = 0
        for line in file or ():
            key, space, rest = line.rstrip(b"\n").partition(b" ")
            if rest:
                self.places[key] = at + len(key) + len(space), len(rest)
            at += len(line)

    def line(self, key: bytes) -> bytes:
        """Return what stands behind a key, if anything; it may have been damaged since."""
        if self.file is None or key not in self.places:
            return b""
        at, length = self.places[key]
        with suppress(OSError):
            self.file.seek(at)
            return self.file.read(length)
        return b""

    def add(self, key: bytes, rest: bytes) -> None:
        """Append what stands behind a key."""
        assert self.file is not None
        self.places[key] = self.file.seek(0, os.SEEK_END), len(rest)
        self.file.write(rest)

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.close()


def _opened(path: Path) -> IO[bytes] | None:
    with suppress(OSError):
        if path.stat().st_size <= _MOST_BYTES:
            return path.open("rb")
    return None


def _sum(key: bytes, body: bytes) -> bytes:
    return hashlib.sha256(key + b" " + body).hexdigest()[:_SUM].encode()


_HOME = Path(__file__).parents[1]
_ROOMS = (
    "catalogue.py",
    "columns.py",
    "fields.toml",
    "handed.py",
    "intake",
    "messages",
    "model.py",
    "needs.py",
    "parsing",
    "recognition",
    "rulebook.py",
    "schemas.py",
    "xlsx",
)
"""The code that a result may depend on; what is more than needed costs a cold run after an update."""
_READERS = ("python-calamine", "pandas")


@cache
def reader_version() -> str:
    """Return a digest of the code that reads, so that a change of a single letter of it counts."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        path = _HOME / room
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".toml", ".tsv"}:
                digest.update(file.relative_to(_HOME).as_posix().encode() + b"\0" + file.read_bytes())
    for package in _READERS:
        digest.update(metadata.version(package).encode())
    return digest.hexdigest()


def taught(
    aliases: Mapping[tuple[str, str], str],
    choices: Mapping[str, Sequence[str]],
    needs: Needs = AS_SHIPPED,
    forms: Forms = BUILT_IN,
) -> str:
    """Return a digest of what a team's settings teach the reader: headers, lists, forms and what they ask."""
    headers = sorted([*key, label] for key, label in aliases.items())
    told = [headers, sorted(choices.items()), needs.told, forms.reading_digest]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
