"""Opening the compound file that .xls, .et and encrypted workbooks come in.

Owns the container: its directory and the bytes of a stream, with every chain bounded. Refuses: what the
bytes mean.
"""

from __future__ import annotations

import struct
from array import array

from salesxl.excel.grid_limits import damaged, unreadable

__all__ = ["SIGNATURE", "Compound"]

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_STREAM, _ROOT = 2, 5


class Compound:
    """A compound file: ``names`` of its streams, and ``stream(name)``.

    Raises:
        Refused: unreadable, reason truncated or damaged.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise unreadable("truncated")
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if self._shift not in (9, 12) or self._mini_shift > 9:
            raise damaged("odd sector size")
        self._cut = struct.unpack_from("<I", data, 56)[0]
        self._sectors = (len(data) >> self._shift) + 1
        self._fat = self._allocation()
        directory = self._chain(struct.unpack_from("<I", data, 48)[0], None)
        self._entries: dict[str, tuple[int, int]] = {}
        self._mini = b""
        self._mini_fat = array("I")
        mini_start = struct.unpack_from("<I", data, 60)[0]
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind == _STREAM:
                self._entries.setdefault(name.lower(), (start, size))
            elif kind == _ROOT and start < _FREE and size:
                self._mini = self._chain(start, size)
                table = self._chain(mini_start, None) if mini_start < _FREE else b""
                self._mini_fat = _numbers(table)

    @property
    def names(self) -> frozenset[str]:
        """The names of all streams, in lower case."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes by its name, whatever its case."""
        start, size = self._entries[name.lower()]
        if size >= self._cut:
            return self._chain(start, size)
        return self._follow(start, size, self._mini, self._mini_shift, 0, self._mini_fat)

    def _allocation(self) -> array[int]:
        """Read the table of sector chains, through its own chain of tables."""
        data, shift = self._data, self._shift
        tables = list(struct.unpack_from("<109I", data, 76))
        following, left = struct.unpack_from("<II", data, 68)
        per_sector = (1 << shift) // 4
        for _ in range(min(left, self._sectors)):
            if following >= _FREE:
                break
            block = self._sector(following)
            if len(block) < 1 << shift:
                raise unreadable("truncated")
            *more, following = struct.unpack(f"<{per_sector}I", block)
            tables.extend(more)
        used = [number for number in tables if number < _FREE][: self._sectors]
        return _numbers(b"".join(self._sector(number) for number in used))

    def _sector(self, number: int) -> bytes:
        at = (number + 1) << self._shift
        return self._data[at : at + (1 << self._shift)]

    def _chain(self, start: int, size: int | None) -> bytes:
        return self._follow(start, size, self._data, self._shift, 1, self._fat)

    def _follow(
        self, start: int, size: int | None, room: bytes, shift: int, skip: int, table: array[int]
    ) -> bytes:
        """Collect a chain of sectors; one that is longer than the room it lies in goes round in circles."""
        chunks: list[bytes] = []
        number, total = start, 0
        while number < _FREE and (size is None or total < size):
            at = (number + skip) << shift
            chunk = room[at : at + (1 << shift)]
            total += len(chunk)
            if not chunk or total > len(room):
                raise unreadable("truncated")
            chunks.append(chunk)
            if number >= len(table):
                raise unreadable("truncated")
            number = table[number]
        if size is not None and total < size:
            raise unreadable("truncated")
        whole = b"".join(chunks)
        return whole if size is None else whole[:size]


def _numbers(table: bytes) -> array[int]:
    return array("I", struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))
