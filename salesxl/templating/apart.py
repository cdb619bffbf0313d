"""Long sheets, written by other processes while this one goes on.

Owns what such a process is given and what it gives back: a part, compressed. Refuses: which sheets are long
enough, and anything but rows; all else on a sheet has followed before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from salesxl.excel.archive import Entry, deflate
from salesxl.excel.render_cells import Rows
from salesxl.excel.render_styles import Styles

__all__ = ["Unwritten", "Writer", "unpacked"]

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
    styles: Styles
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
