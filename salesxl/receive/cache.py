"""What earlier runs read, kept by content: a file that has not changed is not read again.

Owns one file in the team's folder, which may be deleted, cut off or overwritten at any time: what it lacks is
read anew. It holds JSON lines, each with its checksum, and is never executed in any way. What a line holds
is only believed for the very bytes, name, code and settings it was made from. Refuses: what is in a result.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from salesxl import publish
from salesxl.errors import SalesxlError
from salesxl.receive.codec import Received, dumps, loads

__all__ = ["Cache"]

_MOST_BYTES = 1024**3
_SUM = 32


class Cache:
    """Results by key. Only those used in this run are written back, so old ones go by themselves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[bytes, bytes] = {}
        self._kept: dict[bytes, bytes] = {}
        self._read = False

    def get(self, key: str, name: str) -> Received | None:
        """Return what is kept under a key for a file of that name, or None."""
        self._open()
        line = self._found.get(key.encode())
        if line is None:
            return None
        told, body = line[:_SUM], line[_SUM + 1 :]
        if told != _sum(key.encode(), body):
            return None
        try:
            received = loads(body, name)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
            return None  # whoever wrote this line, it was not this code
        self._kept[key.encode()] = line
        return received

    def put(self, key: str, received: Received | bytes) -> None:
        """Keep a result, as it is or as ``codec.dumps`` has it."""
        body = received if isinstance(received, bytes) else dumps(received)
        self._kept[key.encode()] = _sum(key.encode(), body) + b" " + body

    def save(self) -> None:
        """Write back what this run used, if that is something else than what was there, and let go of it.

        A folder that cannot be written to is no reason to stop: the next run is cold, and no result differs.
        """
        lines = (key + b" " + line + b"\n" for key, line in sorted(self._kept.items()))
        if self._kept != self._found:
            with (
                suppress(OSError, SalesxlError),
                publish.new_file(self.path) as draft,
                draft.open("wb") as out,
            ):
                out.writelines(lines)
        self._found, self._kept, self._read = {}, {}, False

    def _open(self) -> None:
        if self._read:
            return
        self._read = True
        with suppress(OSError):
            if self.path.stat().st_size <= _MOST_BYTES:
                for line in self.path.read_bytes().split(b"\n"):
                    key, _, rest = line.partition(b" ")
                    if rest:
                        self._found[key] = rest


def _sum(key: bytes, body: bytes) -> bytes:
    return hashlib.sha256(key + b" " + body).hexdigest()[:_SUM].encode()
