"""Take the marks off again.

A workbook that nobody saved since goes back to the byte: small parts as the record has them, sheets by
undoing each change, so that cells mended meanwhile keep their new content. One that Excel, WPS or LibreOffice
wrote anew is cleaned by what the marks look like, with or without the record. Owns nothing that a rep wrote.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from salesxl.annotate import record as records
from salesxl.annotate.clean import clean_book, is_list
from salesxl.annotate.look import LIST_TAB, Ours
from salesxl.annotate.record import Record, SheetRecord, Unpacker, digest
from salesxl.xlsx.edit import Book, Sheet, Styles
from salesxl.xlsx.limits import DEFAULT, Limits
from salesxl.xlsx.marks import NOTE_PREFIXES, ORIGINAL
from salesxl.xlsx.package import Package
from salesxl.xlsx.pieces import Piece
from salesxl.xlsx.refs import split_cell
from salesxl.xlsx.values import whole

__all__ = ["is_marked", "original", "strip", "without_marks"]

_COLORS = re.compile(rb"FFC8443C|FFC8453C|FFFFC9[CD]|FFFFE7[9AB]", re.IGNORECASE)
"""Roughly what the marks' colours look like in a part's text, to pass over workbooks without any quickly."""
_ORIGINAL = re.compile(re.escape(ORIGINAL).encode() + rb"([0-9a-f]{64})")


def strip(source: Path | bytes, limits: Limits = DEFAULT) -> bytes:
    """Return a workbook without the toolkit's marks; one that has none comes back as it is.

    Raises RefusedError for what is no workbook of parts.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    stripped = _stripped(Package.open(data, limits), limits)
    return data if stripped is None else stripped


def without_marks(source: Path | bytes, limits: Limits = DEFAULT) -> Package:
    """Return what ``strip`` does as a package that has not been changed."""
    package = Package.open(source, limits)
    stripped = _stripped(package, limits)
    return package if stripped is None else Package.open(stripped, limits)


def original(source: Path | bytes, limits: Limits = DEFAULT) -> str:
    """Return the digest of the file that a marked copy was made from, or of the file itself without marks."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    package = Package.open(data, limits)
    texts = [*(part for _, part in package.sheets()), *package.related(package.main(), "sharedStrings")]
    for part in texts:
        if part in package and (found := _ORIGINAL.search(package.read(part))):
            return found[1].decode()
    return hashlib.sha256(data).hexdigest()


def _stripped(package: Package, limits: Limits = DEFAULT) -> bytes | None:
    found = records.find(package)
    if found is not None:
        part, record = found
        if record is not None and _untouched(package, record):
            return _undo(package, record, Unpacker(limits))
        return clean_book(Book(package), record, records.own_parts(package, part))
    return clean_book(Book(package), None, []) if _looks_marked(package) else None


def is_marked(source: Package | Path | bytes, limits: Limits = DEFAULT) -> bool:
    """Say whether a workbook carries the toolkit's marks: record, list, column, or fills with notes."""
    package = source if isinstance(source, Package) else Package.open(source, limits)
    return records.find(package) is not None or _looks_marked(package)


def _looks_marked(package: Package) -> bool:
    """Say whether a workbook without a record carries marks."""
    # only sheets that look like the list are read for its marker
    likely = [name for name, part in package.sheets() if part in package and LIST_TAB in package.peek(part)]
    book = Book(package) if likely else None
    if book is not None and any(is_list(book, name) for name in likely if name in book.worksheets()):
        return True
    # the list may be gone too: the column's look, or our colours together with our notes
    styles = [package.read(part) for part in package.related(package.main(), "styles") if part in package]
    if not styles or not _COLORS.search(styles[0]):
        return False
    ours = Ours(Styles(styles[0]))
    return bool(ours.text) or (bool(ours.over) and _has_our_notes(package))


def _has_our_notes(package: Package) -> bool:
    prefixes = [prefix.encode() for prefix in NOTE_PREFIXES]
    parts = [part for _, sheet in package.sheets() for part in package.related(sheet, "comments")]
    return any(prefix in package.read(part) for part in parts if part in package for prefix in prefixes)


def _untouched(package: Package, record: Record) -> bool:
    """Say whether all small parts are still as marking left them: no program has written the file anew."""
    return all(name in package for name in (*record.added, *record.parts, *record.sheets)) and all(
        digest(package.read(name)) == now for name, (now, _) in record.parts.items()
    )


def _undo(package: Package, record: Record, unpack: Unpacker) -> bytes:
    styles_part = next(iter(package.related(package.main(), "styles")))
    styles = Styles(package.read(styles_part))
    for name, sheet in record.sheets.items():
        data = package.read(name)
        if sheet.was is not None and digest(data) == sheet.now:
            package.write(name, unpack(sheet.was))
        else:
            package.write(name, _undo_sheet(data, sheet, styles))
    # the list of content types and the relationships are among the parts: they go back last
    for name in record.added:
        if name in package:
            package.remove(name)
    for name, (_, was) in record.parts.items():
        package.write(name, unpack(was))
    return package.to_bytes()


def _undo_sheet(data: bytes, record: SheetRecord, styles: Styles) -> bytes:
    sheet = Sheet(data)
    ours = Ours(styles)
    for ref, (style, existed) in record.cells.items():
        row, column = split_cell(ref)
        stands, own = sheet.written_style(row, column)
        current = whole(own)
        if not stands or current not in ours.all:
            continue  # the rep took the cell away, or gave it another format since
        if current in ours.text and existed:  # our words, in a cell of the rep's
            sheet.set_value(row, column, None)
        if not existed and (current in ours.text or sheet.blank(row, column)):
            sheet.drop_cell(row, column)
        else:
            sheet.set_style(row, column, style)
    for number, spans in record.rows.items():
        if spans is not None:
            sheet.set_spans(int(number), spans)
        elif len(sheet.ensure_row(int(number))) == 0:
            sheet.drop_row(int(number))
    for name, (was, now) in record.pieces.items():
        piece = sheet.pieces.find(name)
        if (piece.raw.decode() if piece is not None else None) == now:
            _put_back(sheet, piece, name, was)
    return sheet.to_bytes()


def _put_back(sheet: Sheet, piece: Piece | None, name: str, was: str | None) -> None:
    if piece is not None and was is not None:
        piece.replace(was.encode())
    elif piece is not None:
        sheet.pieces.remove(piece)
    elif was is not None:
        sheet.pieces.add(was.encode(), name)
