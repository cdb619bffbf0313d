"""Headings in words of their own: 下周重点 above a table is the heading of the plans for next week.

Owns: which lone texts head a table. Refuses: the titles of the schemas, which ``vocabulary`` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from salesxl.reading.ends import heading_above, texts_only
from salesxl.reading.headers import Header
from salesxl.reading.labels import Title
from salesxl.reading.meaning import heads, titled
from salesxl.reading.sheet import Sheet
from salesxl.schemas import FORMS

__all__ = ["headings", "misplaced"]

_TITLE_ROWS = 3  # within so many rows the first line is the title of the sheet
_ROWS = 400  # so far down a sheet headings are looked for


def misplaced(sheet: Sheet, form: str, headers: Sequence[Header]) -> bool:
    """Tell whether a heading above one of a form's headers speaks of another of its tables, not found yet."""
    kinds = {header.spec.kind for header in headers}
    for header in headers:
        row = heading_above(sheet, header.top, header.left, header.right)
        if row is not None:
            meant = heads(form, str(sheet.cells(row, header.left, header.right, most=1)[0][1]))
            if meant is not None and meant not in kinds:
                return True
    return False


def headings(sheet: Sheet, known: AbstractSet[int]) -> Iterator[Title]:
    """Yield the texts that stand alone above a row of short texts and say which block of a form it heads.

    ``known`` are the rows of titles that are found already.
    """
    first = next((row for row in range(1, _TITLE_ROWS + 1) if sheet.cells(row, most=1)), 0)
    alone = sheet.cells(first, most=2)
    if first not in known and len(alone) == 1 and isinstance(alone[0][1], str):
        meant = titled(alone[0][1])
        if meant:
            yield Title(first, alone[0][0], tuple((form, None) for form in meant), exact=False)
    for top in range(2, min(sheet.height, _ROWS) + 1):
        if not texts_only(sheet.cells(top)):
            continue
        row = heading_above(sheet, top, 1, sheet.width)
        if row is None or row in known:
            continue
        column, text = sheet.cells(row, most=1)[0]
        names = tuple((form.name, kind) for form in FORMS if (kind := heads(form.name, str(text))))
        if names:
            yield Title(row, column, names, exact=True)
