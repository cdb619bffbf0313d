"""What python-calamine does not tell of an .xlsb, taken from its binary records.

Owns: true extents before the reader allocates anything, error cells, which cells hold a formula (its text is
stored as tokens and comes as ''), hidden rows and columns, merged areas. Whether a formula was ever
calculated is not marked in this format. Refuses: cell values, which are the reader's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from salesxl.model import Area
from salesxl.xlsx.limits import damaged
from salesxl.xlsx.read.package import Parts
from salesxl.xlsx.read.parts import relations, workbook_part
from salesxl.xlsx.read.sheet import SheetScan, check_address
from salesxl.xlsx.read.styles import Formats, formats_of_xlsb
from salesxl.xlsx.read.xls import ERROR_TEXT

__all__ = ["scan_xlsb", "with_known_codes"]

_UNKNOWN = 0x2A  # #N/A
_ROW, _COLUMN, _MERGE, _SHEET, _STRINGS = 0, 60, 176, 156, 159
_ERRORS, _FORMULAS = (3, 11), (8, 9, 10, 11)
_CELLS = frozenset({2, 3, 4, 5, 6, 7, *_FORMULAS, 62})


def scan_xlsb(package: Parts) -> tuple[dict[str, tuple[SheetScan, list[Area]]], Formats]:
    """Look through every worksheet; return its scan and merged areas by sheet name, and the formats.

    Raises:
        RefusedError: unreadable, reason damaged.
    """
    part = workbook_part(package, "xl/workbook.bin")
    leads = relations(package, part)
    found: dict[str, tuple[SheetScan, list[Area]]] = {}
    for name, data in package.parts.items():
        if name.lower().endswith("sharedstrings.bin"):
            _check_strings(data)
    styles = next((lead.target for lead in leads.values() if lead.kind == "styles"), "")
    formats = formats_of_xlsb(_records(package.find(styles) or b"")) if styles else {}
    for kind, body in _records(package.find(part) or b""):
        if kind != _SHEET:
            continue
        number, rest = _text(body, 8)
        name, _ = _text(body, rest)
        lead = leads.get(number)
        if lead and lead.kind == "worksheet":
            found[name] = _scan(package.find(lead.target) or b"", formats)
    return found, formats


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    try:
        while at < end:
            kind = data[at]
            at += 1
            if kind & 0x80:
                kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
                at += 1
            length = shift = 0
            more = 0x80
            while more and shift < 28:
                byte = data[at]
                at += 1
                length |= (byte & 0x7F) << shift
                more, shift = byte & 0x80, shift + 7
            body = data[at : at + length]
            if len(body) < length:
                raise damaged("a record runs past its part's end")
            at += length
            yield kind, body
    except IndexError as error:
        raise damaged(error) from error


def with_known_codes(data: bytes) -> bytes:
    """Return a sheet's records in which every error bears a number that the reader knows."""
    known = bytearray(data)
    at = 0
    for kind, body in _records(data):
        at = data.index(body, at)
        if kind in _ERRORS and len(body) > 8 and body[8] not in ERROR_TEXT:
            known[at + 8] = _UNKNOWN
        at += len(body)
    return bytes(known)


def _text(body: bytes, at: int) -> tuple[str, int]:
    if len(body) < at + 4:
        raise damaged("a text runs past its record's end")
    end = at + 4 + 2 * int(struct.unpack_from("<I", body, at)[0])
    if len(body) < end:
        raise damaged("a text runs past its record's end")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _check_strings(data: bytes) -> None:
    for kind, body in _records(data):
        if kind == _STRINGS and len(body) >= 8 and struct.unpack_from("<I", body, 4)[0] * 5 > len(data):
            raise damaged("more strings claimed than the file has room for")
        return


def _scan(data: bytes, formats: Formats) -> tuple[SheetScan, list[Area]]:
    scan = SheetScan(exact=True)
    merged: list[Area] = []
    row = 0
    try:
        for kind, body in _records(data):
            if kind == _ROW:
                row = struct.unpack_from("<I", body)[0] + 1
                if body[11] & 0x10:
                    scan.hidden_rows.add(row)
            elif kind in _CELLS:
                key = row, struct.unpack_from("<I", body)[0] + 1
                check_address(*key)
                scan.cells += 1
                scan.rows, scan.columns = max(scan.rows, key[0]), max(scan.columns, key[1])
                if kind in _ERRORS:
                    scan.errors[key] = ERROR_TEXT.get(body[8], f"#{body[8]}")
                if (style := int.from_bytes(body[4:7], "little")) in formats:
                    scan.styled[key] = style
                if kind in _FORMULAS:
                    scan.formulas[key] = ""
            elif kind == _MERGE:
                top, bottom, left, right = struct.unpack_from("<4I", body)
                merged.append(Area(top + 1, left + 1, bottom + 1, right + 1))
            elif kind == _COLUMN:
                first, last, _, _, flags = struct.unpack_from("<4IH", body)
                if flags & 1:
                    scan.hidden_columns.update(range(first + 1, min(last, 16_383) + 2))
    except (struct.error, IndexError) as error:
        raise damaged(error) from error
    return scan, merged
