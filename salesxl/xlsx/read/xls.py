"""What python-calamine does not tell of an old .xls (or WPS .et), taken from its records.

Owns: encryption, true extents before the reader allocates anything, error cells, which cells hold a formula
(its text is stored as tokens and comes as ''), hidden rows and columns. A formula never calculated looks like
one that returned ''. Texts from before Unicode are decoded here too: the reader garbles Chinese ones.
Refuses: all other cell values, which are the reader's.
"""

from __future__ import annotations

import codecs
import re
import struct
from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from math import isfinite

from salesxl.xlsx.limits import damaged, unreadable
from salesxl.xlsx.read.sheet import SheetScan
from salesxl.xlsx.read.styles import Formats, formats_of_xls

__all__ = [
    "ERROR_TEXT",
    "FILEPASS",
    "SIGNATURE",
    "Compound",
    "scan_xls",
    "with_known_codes",
    "workbook_name",
    "workbook_stream",
]

ERROR_TEXT = {
    **{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!"},
    **{0x2A: "#N/A", 0x2B: "#GETTING_DATA"},
}
"""An error cell's text by its number, in .xls and .xlsb alike."""

_FORMULA, _END, _BOUND, _COLUMN = 0x06, 0x0A, 0x85, 0x7D
FILEPASS = 0x2F
"""The record of a password, which stands before all that is encrypted."""
_BOF, _ROW, _ERROR, _STRINGS = 0x0809, 0x0208, 0x0205, 0x00FC
_MANY, _RESULT = 0xBD, 0x0207
_TEXTS = frozenset({0x0204, 0x00D6, _RESULT})  # LABEL, RSTRING, and the text a formula returned
_UNICODE = 0x0600
_FLOAT, _PACKED = 0x0203, 0x027E
_EXACT = 2.0**53
_ONE = frozenset({0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, _ERROR, _FORMULA})


def workbook_stream(compound: Compound) -> bytes:
    """Return the stream that holds the workbook.

    Raises:
        RefusedError: unreadable, reason encrypted (its password stands before all else), or foreign where
            there is no such stream.
    """
    stream = compound.stream(workbook_name(compound))
    if any(kind == FILEPASS for kind, _ in islice(_records(stream, 0), 20)):
        raise unreadable("encrypted")
    return stream


def workbook_name(compound: Compound) -> str:
    """Return the name of the stream that holds the workbook.

    Raises:
        RefusedError: unreadable, reason foreign, where there is none.
    """
    name = next((name for name in ("workbook", "book") if name in compound.names), None)
    if name is None:
        raise unreadable("foreign", kind="ole")
    return name


def scan_xls(compound: Compound) -> tuple[dict[str, SheetScan], Formats]:
    """Look through the workbook stream; return one scan per worksheet, by sheet name, and the formats.

    Raises:
        RefusedError: unreadable, reason encrypted, truncated, damaged, or foreign (no such stream).
    """
    stream = workbook_stream(compound)
    places: list[tuple[str, int]] = []
    version = 0
    codepage = 1252
    for kind, body in _records(stream, 0):
        if kind == _BOF and not version:
            version = int.from_bytes(body[:2], "little")
        elif kind == 0x42 and len(body) >= 2:
            codepage = int.from_bytes(body[:2], "little")
        elif kind == _STRINGS and len(body) >= 8 and struct.unpack_from("<I", body, 4)[0] * 3 > len(stream):
            raise damaged("more strings claimed than the file has room for")
        elif kind == _BOUND and len(body) >= 8 and body[5] == 0:
            places.append((_sheet_name(body, version, codepage), struct.unpack_from("<I", body)[0]))
    if not version:
        raise damaged("no workbook at the beginning of its stream")
    codec = "" if version >= _UNICODE else _codec(codepage)
    formats, misread = formats_of_xls(_records(stream, 0), version, codec)
    scans = {name: _scan(stream, place, codec, formats.keys() | misread) for name, place in places}
    for scan in scans.values():
        scan.numbers = {key: number for key, number in scan.numbers.items() if scan.styled[key] in misread}
        scan.styled = {key: style for key, style in scan.styled.items() if style in formats}
    return scans, formats


def with_known_codes(data: bytes, scans: Iterable[SheetScan]) -> bytes:
    """Return a file in which every error cell bears a number that the reader knows."""
    known = frozenset(ERROR_TEXT.values())
    for scan in scans:
        for (row, column), text in scan.errors.items():
            if text in known:
                continue
            cell, code = struct.pack("<HH", row - 1, column - 1), bytes([int(text.lstrip("#"))])
            single = re.escape(b"\x05\x02\x08\0" + cell) + b".." + re.escape(code + b"\1")
            result = re.escape(cell) + b"..\x02." + re.escape(code) + b"...\xff\xff"
            found = re.search(b"(?:" + single + b")|(?:" + result + b")", data, re.DOTALL)
            if found:
                at = found.end() - (2 if found[0].startswith(b"\x05\x02\x08") else 6)
                data = data[:at] + _UNKNOWN + data[at + 1 :]
    return data


_UNKNOWN = b"\x2a"  # #N/A


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield (kind, body) up to the end mark that belongs to the first record, embedded charts included."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        if len(body) < length:
            raise unreadable("truncated")
        at += 4 + length
        depth += (kind == _BOF) - (kind == _END)
        if depth <= 1:
            yield kind, body
        if kind == _END and depth <= 0:
            return
    raise unreadable("truncated")


def _sheet_name(body: bytes, version: int, codepage: int) -> str:
    length = body[6]
    if version >= _UNICODE:
        wide = body[7] & 1
        return body[8 : 8 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
    return body[7 : 7 + length].decode(_codec(codepage), "replace")


def _codec(codepage: int) -> str:
    try:
        return codecs.lookup(f"cp{codepage}").name
    except LookupError:
        return "cp1252"


def _scan(stream: bytes, place: int, codec: str, styles: Collection[int]) -> SheetScan:
    """Look through one sheet; ``codec`` is '' where texts are Unicode, and the reader gets them right.

    Of cells in one of these ``styles`` the number is told as well.
    """
    scan = SheetScan(exact=True)
    last = (0, 0)
    for kind, body in _records(stream, place):
        try:
            if kind in _ONE:
                last = _cell(scan, kind, body)
                if styles and (style := struct.unpack_from("<H", body, 4)[0]) in styles:
                    _styled(scan, last, style, _number(kind, body))
            if codec and kind in _TEXTS:
                at = 0 if kind == _RESULT else 6
                size = struct.unpack_from("<H", body, at)[0]
                scan.texts[last] = body[at + 2 : at + 2 + size].decode(codec, "replace")
            if kind == _MANY:
                row, first = struct.unpack_from("<HH", body)
                _extend(scan, row + 1, first + 1 + max(0, (len(body) - 6) // 6 - 1), (len(body) - 6) // 6)
                for at in range((len(body) - 6) // 6 if styles else 0):
                    style, packed = struct.unpack_from("<HI", body, 4 + 6 * at)
                    if style in styles:
                        _styled(scan, (row + 1, first + 1 + at), style, _unpacked(packed))
            elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
                scan.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
            elif kind == _COLUMN:
                first, last, _, _, flags = struct.unpack_from("<5H", body)
                if flags & 1:
                    scan.hidden_columns.update(range(first + 1, min(last, 255) + 2))
        except struct.error as error:
            raise damaged(error) from error
    return scan


def _styled(scan: SheetScan, key: tuple[int, int], style: int, number: float | None) -> None:
    scan.styled[key] = style
    if number is not None:
        scan.numbers[key] = int(number) if number.is_integer() and abs(number) < _EXACT else number


def _number(kind: int, body: bytes) -> float | None:
    """Return the number of a cell's record, or None for other cells."""
    if kind == _FLOAT or (kind == _FORMULA and body[12:14] != b"\xff\xff"):
        number = float(struct.unpack_from("<d", body, 6)[0])
        return number if isfinite(number) else None
    return _unpacked(struct.unpack_from("<I", body, 6)[0]) if kind == _PACKED else None


def _unpacked(packed: int) -> float:
    """Return the number that four bytes hold: 30 bits of a float or of an integer, perhaps in hundredths."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x8000_0000 else 0))
    else:
        number = float(struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", packed & ~3))[0])
    return number / 100 if packed & 1 else number


def _extend(scan: SheetScan, row: int, column: int, cells: int = 1) -> None:
    scan.cells += cells
    scan.rows, scan.columns = max(scan.rows, row), max(scan.columns, column)


def _cell(scan: SheetScan, kind: int, body: bytes) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", body)
    key = row + 1, column + 1
    _extend(scan, *key)
    if kind == _ERROR:
        code, is_error = struct.unpack_from("<BB", body, 6)
        if is_error:
            scan.errors[key] = ERROR_TEXT.get(code, f"#{code}")
    elif kind == _FORMULA:
        result = body[6:14]
        scan.formulas[key] = ""
        if result[6:8] == b"\xff\xff" and result[0] == 2:
            scan.errors[key] = ERROR_TEXT.get(result[2], f"#{result[2]}")
    return key


SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_STREAM, _ROOT = 2, 5


class Compound:
    """A compound file: ``names`` of its streams, and ``stream(name)``.

    Raises:
        RefusedError: unreadable, reason truncated or damaged.
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

    def with_stream(self, name: str, content: bytes) -> bytes:
        """Return the whole file with other bytes in place of a stream's, as many as before.

        Raises:
            RefusedError: unreadable, reason encrypted, for a stream too small for sectors of its own.
        """
        number, size = self._entries[name.lower()]
        if size < self._cut or len(content) != size:
            raise unreadable("encrypted")
        whole = bytearray(self._data)
        step = 1 << self._shift
        for at in range(0, size, step):
            piece = content[at : at + step]
            place = (number + 1) << self._shift
            whole[place : place + len(piece)] = piece
            number = self._fat[number]
        return bytes(whole)

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
