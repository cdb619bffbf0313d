"""Long sheets, written by other processes while this one goes on.

Owns what such a process is given and what it gives back: a part, compressed. Refuses: which sheets are long
enough, and anything but rows; all else on a sheet has followed before.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import Any

from salesxl.template.cells import Rows
from salesxl.xlsx.archive import Entry, deflate
from salesxl.xlsx.styles import RenderStyles

__all__ = ["Spool", "Unwritten", "Writer", "keep", "unpacked"]

_HEAD = struct.Struct("<LQ?")


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A sheet of which only the rows are still to be written, between two pieces of XML."""

    part: str
    before: bytes
    after: bytes
    rows: Rows

    def content(self) -> Iterable[bytes]:
        """Return the whole part, a piece at a time."""
        return chain((self.before,), self.rows, (self.after,))


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one of these sheets, told by its number; never pickled, it is inherited."""

    sheets: Sequence[Unwritten]
    styles: RenderStyles
    level: int

    def __call__(self, number: int) -> bytes:
        """Return the part, compressed, and whether its rows added formats to the workbook."""
        sheet, before = self.sheets[number], self.styles.made
        entry = deflate(sheet.part, sheet.content(), self.level)
        return _HEAD.pack(entry.crc, entry.size, self.styles.made > before) + entry.data


def unpacked(part: str, written: bytes) -> Entry | None:
    """Return the entry that a writer gave back; None if its rows added formats, which only it knows."""
    crc, size, added = _HEAD.unpack_from(written)
    return None if added else Entry(part, written[_HEAD.size :], crc, size)


CHUNK = 512
MEMORY = 1 << 24


class Spool:
    """The items of an iterator, counted, in order, as often as wanted."""

    def __init__(self, first: list[Any], rest: Iterator[Any]) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - close() ends it
        self._offsets: list[int] = []
        self._count = 0
        self._cached: tuple[int, list[Any]] = (-1, [])
        chunk = first
        while chunk:
            self._offsets.append(self._file.tell())
            pickle.dump(chunk, self._file, protocol=5)
            self._count += len(chunk)
            chunk = list(islice(rest, CHUNK))

    def close(self) -> None:
        """Let the temporary file go."""
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def _chunk(self, number: int) -> list[Any]:
        if self._cached[0] != number:
            self._file.seek(self._offsets[number])
            self._cached = number, pickle.load(self._file)
        return self._cached[1]

    def __iter__(self) -> Iterator[Any]:
        for number in range(len(self._offsets)):
            yield from self._chunk(number)

    def __getitem__(self, index: int, /) -> Any:
        if not 0 <= index < self._count:
            raise IndexError(index)
        return self._chunk(index // CHUNK)[index % CHUNK]


def keep(values: Iterable[Any]) -> Any:
    """Return values that can be counted and repeated: the same list, or what an iterator gives.

    Items that cannot be written to a file (they hold open files, functions …) all stay in memory.
    """
    if not isinstance(values, Iterator):
        return values
    first = list(islice(values, CHUNK))
    if len(first) < CHUNK:
        return first
    try:
        pickle.dumps(first[0])
    except (pickle.PicklingError, TypeError, AttributeError):
        return [*first, *values]
    return Spool(first, values)
