"""Cell references: finding them in formulas, reading and writing A1 text, shifting them.

Owns the text of references and nothing about where they go: who moves rows hands in a function from old
reference to new text. Refuses: structured references (``Sales[amount]``) and references to other files
(``[1]Sheet!A1``); they are passed through as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from salesxl.model import Area, cell_name, column_letters, column_number

__all__ = [
    "LAST_COLUMN",
    "LAST_ROW",
    "Ref",
    "area_text",
    "areas_text",
    "cells_text",
    "parse",
    "quote_sheet",
    "read_area",
    "read_areas",
    "rewrite",
    "shift",
    "split_cell",
]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_SHEET = r"(?P<sheet>(?:'(?:[^']|'')++'|(?:\[[^\[\]]*\])?[\w.]+(?::[\w.]+)?)!)"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_REF = (
    rf"{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]{{0,6}}:\$?[1-9][0-9]{{0,6}}"
)
# nothing here is looked at again and again, however a formula was twisted: each takes time by its length
_TOKEN = re.compile(
    rf"""(?P<string>"(?:[^"]|"")*")
    |(?<![\w.$\\?]){_SHEET}?(?P<ref>{_REF})(?![\w.$(\[!?\\])
    |{_SHEET.replace("sheet", "bare")}
    |(?P<struct>\[(?:'.?|[^\[\]']|\[(?:'.?|[^\[\]'])*+\])*+(?:\]|\Z))
    |(?P<word>[\w.$\\?]+)
    |(?P<other>'+|.)""",
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"(?:(\$?)([A-Za-z]{1,3}))?(?:(\$?)([1-9][0-9]{0,6}))?\Z")
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*\Z")
_LOOKS_LIKE_CELL = re.compile(r"(?:[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*)\Z")


@dataclass(frozen=True, slots=True)
class Ref:
    """One reference: a cell, a range, whole rows or whole columns.

    ``top``/``bottom`` are None for whole columns, ``left``/``right`` for whole rows; both are counted from 1.
    ``fixed`` tells for (left, top, right, bottom) whether a ``$`` stands before it. ``sheet`` is the plain
    name of the sheet, None where the formula's own is meant, ``Jan:Mar`` for all from one to the other (a 3-D
    reference: no sheet's name holds a colon). ``ranged`` is true where a colon was typed:
    ``C5:C5`` is a range, ``C5`` is not, although both are one cell.
    """

    sheet: str | None
    top: int | None
    left: int | None
    bottom: int | None
    right: int | None
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)
    ranged: bool = False

    def __str__(self) -> str:
        """Return the reference as a formula holds it."""
        return _reference(self.sheet, self.top, self.left, self.bottom, self.right, self.fixed, self.ranged)

    @property
    def area(self) -> Area:
        """Return the rectangle it covers, whole rows and columns up to the sheet's bounds."""
        return Area(self.top or 1, self.left or 1, self.bottom or LAST_ROW, self.right or LAST_COLUMN)


def _reference(
    sheet: str | None,
    top: int | None,
    left: int | None,
    bottom: int | None,
    right: int | None,
    fixed: tuple[bool, bool, bool, bool],
    ranged: bool,
) -> str:
    text = _corner(left, fixed[0], top, fixed[1])
    if ranged or top != bottom or left != right or top is None or left is None:
        text = f"{text}:{_corner(right, fixed[2], bottom, fixed[3])}"
    return text if sheet is None else f"{quote_sheet(sheet)}!{text}"


def _corner(column: int | None, column_fixed: bool, row: int | None, row_fixed: bool) -> str:
    letters = "" if column is None else ("$" if column_fixed else "") + column_letters(column)
    return letters if row is None else f"{letters}{'$' if row_fixed else ''}{row}"


def quote_sheet(name: str) -> str:
    """Return a sheet name as formulas write it: in quotes where Excel wants them."""
    if all(_is_plain(part) for part in name.split(":")):
        return name
    return "'" + name.replace("'", "''") + "'"


def _is_plain(name: str) -> bool:
    if not _PLAIN_SHEET.match(name) or _LOOKS_LIKE_CELL.match(name):
        return False
    return name.upper() not in ("TRUE", "FALSE")


def _unquote(prefix: str) -> str:
    name = prefix[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _read(text: str, sheet: str | None) -> Ref | None:
    first, colon, second = text.partition(":")
    a, b = _PART.match(first), _PART.match(second if colon else first)
    if a is None or b is None:
        return None
    shape = bool(a[2]), bool(a[4])
    if shape != (bool(b[2]), bool(b[4])) or (not all(shape) and not (colon and any(shape))):
        return None
    left, right = (column_number(m[2]) if m[2] else None for m in (a, b))
    top, bottom = (int(m[4]) if m[4] else None for m in (a, b))
    fixed = (bool(a[1]), bool(a[3]), bool(b[1]), bool(b[3]))
    if max(left or 1, right or 1) > LAST_COLUMN or max(top or 1, bottom or 1) > LAST_ROW:
        return None
    if top is not None and bottom is not None and top > bottom:
        top, bottom, fixed = bottom, top, (fixed[0], fixed[3], fixed[2], fixed[1])
    if left is not None and right is not None and left > right:
        left, right, fixed = right, left, (fixed[2], fixed[1], fixed[0], fixed[3])
    return Ref(sheet, top, left, bottom, right, fixed, bool(colon))


@lru_cache(maxsize=4096)
def parse(formula: str) -> tuple[str | Ref, ...]:
    """Split a formula into text and references, in order; joined again they give the formula.

    Strings, structured references, function names such as ``LOG10(``, names such as ``Q1_total`` and
    references to other files stay text.
    """
    pieces: list[str | Ref] = []
    text: list[str] = []
    for found in _TOKEN.finditer(formula):
        ref = None
        if found["ref"]:
            prefix = found["sheet"]
            sheet = _unquote(prefix) if prefix else None
            if sheet is None or "[" not in sheet:
                ref = _read(found["ref"], sheet)
        if ref is None:
            text.append(found[0])
            continue
        if text:
            pieces.append("".join(text))
            text = []
        pieces.append(ref)
    if text:
        pieces.append("".join(text))
    return tuple(pieces)


def rewrite(formula: str, move: Callable[[Ref], str]) -> str:
    """Return the formula with every reference replaced by what ``move`` makes of it."""
    return "".join(piece if isinstance(piece, str) else move(piece) for piece in parse(formula))


def shift(formula: str, rows: int, columns: int) -> str:
    """Return the formula as it reads when copied so many rows down and columns right.

    This is what a shared formula means for its other cells. A reference that would leave the sheet becomes
    ``#REF!``, as in Excel; whole columns stay when rows move, and whole rows when columns do.
    """

    def moved(ref: Ref) -> str:
        fixed = ref.fixed
        left = _plus(ref.left, 0 if fixed[0] else columns, LAST_COLUMN)
        top = _plus(ref.top, 0 if fixed[1] else rows, LAST_ROW)
        right = _plus(ref.right, 0 if fixed[2] else columns, LAST_COLUMN)
        bottom = _plus(ref.bottom, 0 if fixed[3] else rows, LAST_ROW)
        if left == 0 or top == 0 or right == 0 or bottom == 0:
            return "#REF!"
        return _reference(ref.sheet, top, left, bottom, right, fixed, ref.ranged)

    return rewrite(formula, moved) if rows or columns else formula


def _plus(number: int | None, step: int, last: int) -> int | None:
    """Return a row or column so much further on, 0 for one that is off the sheet."""
    if number is None:
        return None
    return number + step if 1 <= number + step <= last else 0


def split_cell(cell: str) -> tuple[int, int]:
    """Return (row, column) of an address such as ``C5`` or ``$C$5``.

    Raises:
        ValueError: the text is no cell address, or one beyond ``XFD1048576``.
    """
    found = _PART.match(cell)
    if found is None or not found[2] or not found[4]:
        raise ValueError(f"no cell address: {cell!r}")
    row, column = int(found[4]), column_number(found[2])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(f"no cell address: {cell!r}")
    return row, column


def read_area(text: str) -> Area:
    """Return the rectangle that ``B2:C9``, ``C9:B2``, ``B2``, ``2:9`` or ``B:C`` covers.

    Raises:
        ValueError: the text is no reference.
    """
    ref = _read(text.strip(), None)
    if ref is None:
        raise ValueError(f"no range: {text!r}")
    return ref.area


def read_areas(text: str) -> list[Area]:
    """Return the rectangles of an attribute such as ``sqref="A1:B2 D4"``."""
    return [read_area(part) for part in text.split()]


def area_text(area: Area) -> str:
    """Return a rectangle as A1 text: one cell without a colon, whole columns and rows as such."""
    if area.top == 1 and area.bottom == LAST_ROW:
        return f"{column_letters(area.left)}:{column_letters(area.right)}"
    if area.left == 1 and area.right == LAST_COLUMN:
        return f"{area.top}:{area.bottom}"
    return cells_text(area)


def cells_text(area: Area) -> str:
    """Return a rectangle by its corner cells, as a sheet's extent and a table want it: ``A2:R14``, ``B3``."""
    first, last = cell_name(area.top, area.left), cell_name(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"


def areas_text(areas: Sequence[Area]) -> str:
    """Return rectangles as the text of a ``sqref`` attribute."""
    return " ".join(area_text(area) for area in areas)
