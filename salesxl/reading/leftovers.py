"""What was typed on a form's sheet and belongs to none of its cards and tables: it is said, never just left.

Owns: telling rows of a list from headings, lines to sign and what a printed form says of itself. Refuses:
reading them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from salesxl.model import CellValue
from salesxl.reading.contents import is_company
from salesxl.reading.labels import Token
from salesxl.reading.sheet import Sheet, is_text
from salesxl.reading.tables import Table

__all__ = ["unread_rows"]

_WIDE, _LONG = 3, 2  # so many cells side by side and such rows below each other make a list
_COLONS = (":", "：")


def unread_rows(
    sheet: Sheet, tables: Sequence[Table], labels: Iterable[Token], used: AbstractSet[int]
) -> list[int]:
    """Return the rows of lists below a form's beginning that no table of it reached.

    ``labels`` are those of its cards, ``used`` further rows that are accounted for. A list is at least two
    rows of three cells each, with a figure, a day or a company among them.
    """
    mine = {t.row for t in labels} | used
    tops = [*(t.header.top for t in tables), *mine]
    if not tops:
        return []
    covered = {row for t in tables for row in range(t.header.top, t.end + 1)} | mine
    found: list[int] = []
    block: list[int] = []
    for row in range(min(tops), sheet.height + 2):
        wide = row not in covered and len(sheet.cells(row, most=_WIDE)) == _WIDE
        if wide:
            block.append(row)
        elif block:
            if len(block) >= _LONG and any(_is_data(sheet.cells(r)) for r in block):
                found += [r for r in block if _is_data(sheet.cells(r))]
            block = []
    return found


def _is_data(cells: Sequence[tuple[int, CellValue]]) -> bool:
    told = [value for _, value in cells if not (is_text(value) and any(c in value for c in _COLONS))]
    return len(told) >= _WIDE and any(
        not is_text(value) or is_company(value) or any(ch.isdigit() for ch in value) for value in told
    )
