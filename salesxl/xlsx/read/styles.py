"""Which styles of a workbook have a number format that adds to the number, in .xlsx, .xlsb and .xls.

Owns the style tables of these formats. Refuses: what a format shows, which is ``number_format``; cells.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import unescape

from salesxl.xlsx.number_format import BUILT_IN, Shown, is_dated, shown_by

__all__ = ["Formats", "formats_of_xls", "formats_of_xlsb", "formats_of_xlsx"]

Formats = Mapping[int, Shown]
"""By style, what its numbers show; styles whose format adds nothing are not in it."""

_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""\b(numFmtId|formatCode)\s*=\s*("[^"]*"|'[^']*')""")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_MOST = 2000  # formats in use; Excel itself takes a few hundred
_XLS_FORMAT, _XLS_STYLE = 0x041E, 0x00E0
_XLSB_FORMAT, _XLSB_STYLE, _XLSB_BEGIN, _XLSB_END = 44, 47, 617, 618
_UNICODE = 0x0600
_LETTERS = re.compile("[ymdhs]", re.IGNORECASE)


def formats_of_xlsx(styles: bytes) -> Formats:
    """Return what the styles of a styles part show."""
    return _shared(styles) if len(styles) <= _SMALL else _of_xlsx(styles)


def _of_xlsx(styles: bytes) -> Formats:
    codes: dict[int, str] = {}
    for attributes in _NUMBER_FORMAT.findall(styles):
        facts = {
            name: value[1:-1].decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(attributes)
        }
        if _NUMBER.fullmatch(facts.get(b"numFmtId", "")):
            codes[int(facts[b"numFmtId"])] = unescape(facts.get(b"formatCode", ""))
    table = _CELL_STYLES.search(styles)
    numbers = []
    for attributes in _STYLE.findall(table[0]) if table else ():
        facts = {
            name: value[1:-1].decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(attributes)
        }
        number = facts.get(b"numFmtId", "0")
        numbers.append(int(number) if _NUMBER.fullmatch(number) else 0)
    return _formats(numbers, codes)


_SMALL = 200_000
_shared = lru_cache(maxsize=32)(_of_xlsx)
"""Forms of a team are copies of one: their styles are taken apart once."""


def formats_of_xlsb(records: Iterable[tuple[int, bytes]]) -> Formats:
    """Return what the styles of a styles part show, given its records."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    of_cells = False
    for kind, body in records:
        if kind == _XLSB_FORMAT and len(body) >= 6:
            number, length = struct.unpack_from("<HI", body)
            codes[number] = body[6 : 6 + 2 * length].decode("utf-16-le", "replace")
        elif kind in (_XLSB_BEGIN, _XLSB_END):
            of_cells = kind == _XLSB_BEGIN
        elif kind == _XLSB_STYLE and of_cells and len(body) >= 4:
            numbers.append(struct.unpack_from("<H", body, 2)[0])
    return _formats(numbers, codes)


def formats_of_xls(
    records: Iterable[tuple[int, bytes]], version: int, codec: str
) -> tuple[Formats, frozenset[int]]:
    """Return what the styles of a workbook stream show, given the records before its first sheet.

    And the styles of numbers that the reader takes for days: before Unicode it does not see through colours
    and conditions (``[Red][<60]0``).
    """
    codes: dict[int, str] = {}
    numbers: list[int] = []
    for kind, body in records:
        if kind == _XLS_STYLE and len(body) >= 4:
            numbers.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _XLS_FORMAT and len(body) >= 3:
            if version >= _UNICODE and len(body) >= 5:
                number, length, wide = struct.unpack_from("<HHB", body)
                text, name = body[5:], "utf-16-le" if wide & 1 else "latin-1"
                codes[number] = text[: length * (2 if wide & 1 else 1)].decode(name, "replace")
            elif version < _UNICODE:
                number, length = struct.unpack_from("<HB", body)
                codes[number] = body[3 : 3 + length].decode(codec, "replace")
    odd = {n for n, code in codes.items() if _LETTERS.search(code) and not is_dated(code)}
    misread = (style for style, number in enumerate(numbers) if version < _UNICODE and number in odd)
    return _formats(numbers, codes), frozenset(misread)


def _formats(numbers: Sequence[int], codes: Mapping[int, str]) -> Formats:
    known = {**BUILT_IN, **codes}
    used = [number for number in dict.fromkeys(numbers) if number in known][:_MOST]
    shown = {number: shown_by(known[number]) for number in used}
    found = ((style, shown.get(number)) for style, number in enumerate(numbers))
    return {style: show for style, show in found if show is not None}
