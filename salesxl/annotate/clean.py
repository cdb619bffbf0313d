"""Clean a marked workbook that another program has written anew, by what the marks look like.

Formats are renumbered by then and rows may have moved, so nothing goes by address: fills by their colour,
notes by their author and first words, the column by its header's fill and text, the list by its first cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from salesxl.annotate.columns import WIDTH_STEP
from salesxl.annotate.look import Ours, covered
from salesxl.annotate.record import Record
from salesxl.model import Area
from salesxl.xlsx.edit import Book, Sheet, filter_area, set_filter, tables
from salesxl.xlsx.edit.tables import headers, shrink_table
from salesxl.xlsx.marks import MARK_SHEET_PROPERTY, NOTE_AUTHOR, NOTE_PREFIXES, is_mark_column
from salesxl.xlsx.package import ROOT
from salesxl.xlsx.refs import split_cell
from salesxl.xlsx.values import whole

__all__ = ["clean_book", "is_list"]

_STYLED = re.compile(rb"""<(?:[\w.-]+:)?c\s[^>]*?\bs=["'](\d+)["']""")
_CORNER = 5
"""The list's marker is looked for in as many rows and columns: a rep may have put some before it."""


def clean_book(book: Book, record: Record | None, own: Sequence[str]) -> bytes:
    """Take the marks off a workbook that was saved since and return it; ``own`` are the record's parts."""
    front = [name for name in book.worksheets() if is_list(book, name)]
    for name in front:
        book.remove_sheet(name)
    ours = Ours(book.styles)
    for name in book.worksheets():
        part = book.part(name)
        if book.package.related(part, "comments"):
            _clean_notes(book, name)
        marked = _marked_rows(book.sheet(name), ours)
        if marked:
            _clean_column(book, name, marked, ours)
    _uncover(book, ours, record.under if record is not None else [])
    main = book.package.main()
    for rid, rel in book.package.rels(main).items():
        if rel.target in own:
            book.package.remove_rel(main, rid)
    for part in own:
        if part in book.package:
            book.package.remove(part)
    if front and book.sheets():
        book.activate(book.active())
    return book.to_bytes()


def is_list(book: Book, name: str) -> bool:
    """Say whether a sheet is the toolkit's list of findings."""
    corner = ((row, column) for row in range(1, _CORNER + 1) for column in range(1, _CORNER + 1))
    return any(book.text(name, *at) == MARK_SHEET_PROPERTY for at in corner)


def _clean_notes(book: Book, name: str) -> None:
    notes = book.notes(name)
    notes.remove(lambda author, text: author == NOTE_AUTHOR or text.lstrip().startswith(NOTE_PREFIXES))
    for prefix in NOTE_PREFIXES:
        notes.cut(prefix)


def _marked_rows(sheet: Sheet, ours: Ours) -> list[int]:
    wanted = {str(at).encode() for at in ours.all}
    return [n for n in sheet.numbers() if wanted.intersection(_STYLED.findall(sheet.raw_row(n)))]


def _clean_column(book: Book, name: str, rows: Iterable[int], ours: Ours) -> None:
    """Take out the columns of explanations: their cells, width, and place in tables and filters."""
    sheet = book.sheet(name)
    cells = [
        (number, split_cell(cell.get("r", ""))[1])
        for number in rows
        for cell in _cells(sheet, number)
        if whole(cell.get("s")) in ours.text
    ]
    heads = {(row, column) for row, column in cells if is_mark_column(book.text(name, row, column))}
    columns = {column for _, column in heads}
    for table in tables(book, name):
        if (
            table.area.right in columns
            and is_mark_column(headers(book, table)[-1])
            and shrink_table(book, table)
        ):
            _unhide(sheet, table.area)
    area = filter_area(book, name)
    if area is not None and (area.top, area.right) in heads:
        added = sheet.style(area.top, area.right) in ours.filtered
        kept = None if added else Area(area.top, area.left, area.bottom, area.right - 1)
        if set_filter(book, name, kept):
            _unhide(sheet, area)
    for row, column in cells:
        if column in columns:
            sheet.drop_cell(row, column)
    for column in columns:
        # compared with a margin: LibreOffice rounds widths
        ours_wide = abs(sheet.columns.width(column) % 1 - WIDTH_STEP) < 0.01
        if ours_wide and not sheet.takes(column, sheet.numbers()):
            sheet.columns.drop_width(column)


def _cells(sheet: Sheet, number: int) -> list[etree._Element]:
    row = sheet.row(number)
    return [*row] if row is not None else []


def _unhide(sheet: Sheet, area: Area) -> None:
    """Show the rows that only our column's filter had hidden."""
    for number in range(area.top + 1, area.bottom + 1):
        if b"hidden=" in sheet.raw_head(number):
            node = sheet.row(number)
            assert node is not None  # it has a tag
            node.attrib.pop("hidden", "")


def _uncover(book: Book, ours: Ours, under: Sequence[str]) -> None:
    """Give every marked format the fill back that stood under the mark."""
    styles = book.styles
    # LibreOffice writes a colour of its own behind every plain fill
    apps = book.package.related(ROOT, "extended-properties")
    kept = not any(b"LibreOffice" in book.package.read(part) for part in apps)
    formats, fills = styles.items("cellXfs"), styles.items("fills")
    for at in sorted(ours.all):
        fill = fills[whole(formats[at].get("fillId"))]
        formats[at].set("fillId", str(styles.add_fill(covered(fill, under, back_kept=kept))))
