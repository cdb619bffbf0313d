"""The column of explanations right of each table, inside the table's filter.

A rep who filters the column for what is not blank sees just the rows to mend. Owns where the column stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from salesxl.annotate.look import COLUMN_HEAD, COLUMN_TEXT, Pen, fill, font
from salesxl.annotate.terms import MarkWords, TableArea, Tell
from salesxl.model import Area, Finding, Severity
from salesxl.xlsx.edit import Book, Styles, filter_area, grow_table, set_filter, tables
from salesxl.xlsx.edit.tables import Table, headers
from salesxl.xlsx.refs import split_cell

__all__ = ["WIDTH_STEP", "add_columns", "unused"]

_NARROW, _WIDE = 22, 80
_ALIGNED = {"vertical": "center", "horizontal": "left", "indent": "1"}
WIDTH_STEP = 0.28515625
"""Added to a whole number of characters, so that the width of our columns is known again."""


def add_columns(
    book: Book,
    pens: Mapping[str, Pen],
    findings: Sequence[Finding],
    tell: Tell,
    words: MarkWords,
    areas: Sequence[TableArea],
) -> None:
    """Add the column to every table that has something to mend in one of its rows.

    A sheet with a single table and no filter is given one; the header's colour remembers that.
    """
    by_sheet: dict[str, list[TableArea]] = defaultdict(list)
    for area in areas:
        by_sheet[area.sheet].append(area)
    for sheet, here in by_sheet.items():
        pen, told = pens[sheet], {area: _texts(findings, tell, area) for area in here}
        # all are placed before the first is drawn, or the next would make way for it
        spots = [_spot(book, pen, area, alone=len(here) == 1) for area in here if told[area]]
        for spot in spots:
            _add(book, pen, spot, told[spot.area], words)


def _texts(findings: Sequence[Finding], tell: Tell, area: TableArea) -> dict[int, tuple[Severity, str]]:
    """Return, for each row of a table with something to mend, the worst severity and the words."""
    rows: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
    for finding in findings:
        if finding.place.sheet != area.sheet or finding.severity is Severity.NOTICE:
            continue
        row, column = finding.row, area.left
        if finding.place.cell:
            row, column = split_cell(finding.place.cell.partition(":")[0])
        if row is not None and area.top <= row <= area.bottom and area.left <= column <= area.right:
            rows[row].append((column, finding))
    made = {}
    for row, found in sorted(rows.items()):
        found.sort(key=lambda pair: pair[0])
        severities = {finding.severity for _, finding in found}
        worst = Severity.ERROR if Severity.ERROR in severities else Severity.WARNING
        messages = [tell(finding)[0].replace("\n", " ") for _, finding in found]
        if len(messages) > 1:
            messages = [f"{number}. {message}" for number, message in enumerate(messages, 1)]
        made[row] = (worst, "  ".join(messages))
    return made


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a table's column goes, and what has to grow with it."""

    area: TableArea
    column: int
    table: Table | None
    filtered: Area | None
    add_filter: bool


def _spot(book: Book, pen: Pen, area: TableArea, *, alone: bool) -> _Spot:
    table = next((t for t in tables(book, pen.name) if _holds(t.area, area)), None)
    filtered = filter_area(book, pen.name)
    own = filtered if filtered is not None and filtered.top == area.header_row and table is None else None
    column, adjacent = _place(pen, area, table.area if table is not None else own)
    if not adjacent:
        return _Spot(area, column, None, None, add_filter=False)
    add = alone and filtered is None and _filterable(book, pen, area, column)
    return _Spot(area, column, table, own, add_filter=add)


def _add(
    book: Book, pen: Pen, spot: _Spot, texts: Mapping[int, tuple[Severity, str]], words: MarkWords
) -> None:
    area, column, styles = spot.area, spot.column, book.styles
    header = unused(words.column, headers(book, spot.table) if spot.table is not None else [])
    pen.write(area.header_row, column, header, lambda base: _head(styles, base, filtered=spot.add_filter))
    look = lru_cache(maxsize=None)(partial(_text, styles))
    for row, (worst, text) in texts.items():
        pen.write(row, column, text, partial(look, worst))
    longest = max(_width(text) for _, text in texts.values())
    wanted = min(max(longest + 2, _NARROW), _WIDE) + WIDTH_STEP
    if (
        abs(pen.sheet.columns.width(column) % 1 - WIDTH_STEP) > 1e-9
        or pen.sheet.columns.width(column) < wanted
    ):
        pen.sheet.columns.set_width(column, wanted)
    if spot.table is not None and spot.table.growable:
        grow_table(book, spot.table, header)
    elif spot.filtered is not None:
        own = spot.filtered
        set_filter(book, pen.name, Area(own.top, own.left, own.bottom, column))
    elif spot.add_filter:
        set_filter(book, pen.name, Area(area.header_row, area.left, max(area.bottom, area.top), column))


def _holds(outer: Area, area: TableArea) -> bool:
    return outer.top == area.header_row and outer.left <= area.left <= outer.right


def _place(pen: Pen, area: TableArea, bound: Area | None) -> tuple[int, bool]:
    """Return the column and whether it adjoins the table, so that its filter can cover it.

    Next to the table, if nothing stands in that column; else next to everything on the sheet, where the
    columns of narrow tables line up with those of wide ones.
    """
    right = max(area.right, bound.right if bound is not None else 0)
    sheet, merged = pen.sheet, pen.sheet.merged()
    bottom = max(area.bottom, bound.bottom if bound is not None else 0)
    if bound is None:
        while sheet.filled(area.header_row, right + 1):
            right += 1
        rows = sheet.numbers()
    else:
        rows = [row for row in sheet.numbers() if area.header_row <= row <= bottom]
    taken = sheet.takes(right + 1, rows)
    first, last = (rows[0], rows[-1]) if rows and bound is None else (area.header_row, bottom)
    taken = taken or any(
        m.left <= right + 1 <= m.right and m.top <= last and m.bottom >= first for m in merged
    )
    if not taken:
        return right + 1, True
    return max([sheet.last_column(), *(m.right for m in merged)]) + 1, False


def _filterable(book: Book, pen: Pen, area: TableArea, column: int) -> bool:
    if pen.sheet.pieces.find("sheetProtection") is not None or tables(book, pen.name):
        return False
    hit = (m for m in pen.sheet.merged() if m.top <= area.bottom and m.bottom >= area.header_row)
    return not any(m.left <= column and m.right >= area.left for m in hit)


def unused(wanted: str, known: Iterable[str]) -> str:
    """Return a name that no sheet, or column of a table, has; two alike would make Excel repair the file."""
    number, name, taken = 2, wanted, {each.lower() for each in known}
    while name.lower() in taken:
        name, number = f"{wanted}{number}", number + 1
    return name


def _head(styles: Styles, base: int, *, filtered: bool) -> int:
    ink, tint = font(styles, 11, "FFFFFFFF", "<b/>"), fill(styles, COLUMN_HEAD[filtered])
    return styles.clone(base, fillId=tint, fontId=ink, alignment=_ALIGNED)


def _text(styles: Styles, worst: Severity, base: int) -> int:
    color = {Severity.ERROR: "FF9B1C12", Severity.WARNING: "FF7A5200"}[worst]
    ink, tint = font(styles, 10, color), fill(styles, COLUMN_TEXT[worst])
    # not wrapped: rows keep their height, and what is longer than the column runs on over blank cells
    alignment = {**_ALIGNED, "wrapText": "0"}
    return styles.clone(base, fillId=tint, fontId=ink, numFmtId=0, alignment=alignment)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
