"""Text files with separated values: which characters, which separator, which cells.

Owns: UTF-8, UTF-16 and GB18030; comma, tab, semicolon and bar. Every cell stays the text it is, since
``00123`` and ``13800138000`` are not to be counted with. Refuses: what a text means.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Literal

from salesxl.model import CellValue
from salesxl.xlsx.limits import Limits, broken, damaged

__all__ = ["decode", "rows_of", "separator"]

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 200
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def decode(data: bytes) -> str | None:
    """Return a text file's text, or None where the bytes are no text in any of the known encodings."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            codecs: tuple[str, ...] = (codec,)
            break
    else:
        head = data[:8000]  # only two-byte text holds null bytes, in the upper half of every Latin character
        wide = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        codecs = (wide,) if b"\0" in head else ("utf-8", "gb18030")
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeError:
            continue
        text = text.rstrip("\x1a\0")  # DOS programs end a text with Ctrl+Z
        return None if _CONTROL.search(text) else text
    return None


def separator(text: str) -> str:
    """Return the separator of a text: the one whose rows agree best on how many cells they have.

    A comma inside amounts (``1,200``) splits rows unevenly, so the real separator wins; a tie goes to the
    one that makes more cells, then to the comma.
    """
    declared = _DECLARED.match(text)
    if declared:
        return declared[1]
    best, best_score = ",", (0.0, 0)
    for candidate in _SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=candidate)
        try:
            widths = Counter(len(row) for row in islice(reader, _SAMPLE_ROWS) if row)
        except csv.Error:  # a cell longer than the module allows: not with this separator
            continue
        filled = Counter({width: rows for width, rows in widths.items() if width > 1})
        if not filled:
            continue
        width, rows = max(filled.items(), key=lambda item: (item[1], item[0]))
        score = (rows / widths.total(), width)
        if score > best_score:
            best, best_score = candidate, score
    return best


def rows_of(text: str, limits: Limits) -> list[list[CellValue]]:
    """Split a text into rows of cells; '' is None, and ``="00123"``, which Excel keeps as text, is 00123.

    A quotation mark that is never closed swallows no rows: then such marks are characters like any other.

    Raises:
        RefusedError: unsafe with too_many_cells or area_too_large.
    """
    delimiter = separator(text)
    declared = _DECLARED.match(text)
    if declared:
        text = text[declared.end() :]
    try:
        return _split(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), limits)
    except csv.Error as error:
        loose = "expected after" in str(error)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if loose else csv.QUOTE_NONE
    try:
        return _split(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting), limits)
    except csv.Error as error:
        raise damaged(error) from error


def _split(reader: Iterable[list[str]], limits: Limits) -> list[list[CellValue]]:
    rows: list[list[CellValue]] = []
    cells = width = 0
    for texts in reader:
        row: list[CellValue] = [_cell(text) if text else None for text in texts]
        rows.append(row)
        cells += len(row)
        width = max(width, len(row))
        if cells > limits.max_cells:
            raise broken("too_many_cells", limits, "max_cells")
        if width * len(rows) > limits.max_area:
            raise broken("area_too_large", limits, "max_area")
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    return rows


def _cell(text: str) -> str | None:
    kept = _AS_TEXT.fullmatch(text) if text.startswith('="') else None
    return (kept[1].replace('""', '"') if kept else text) or None
