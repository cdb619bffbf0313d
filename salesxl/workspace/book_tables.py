"""The team's tables into its book and back: what a week's state is kept in.

What no later week changes can be closed: such rows stand first in their table's sheets, packed by themselves,
and the next book takes them as they stand, neither read nor written. That is a matter of time alone: a book
that Excel has saved is read whole. ``salesxl.state``, a very hidden sheet, says what is where.
Refuses: which rows are closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import pandas as pd

from salesxl.columns import Column
from salesxl.errors import RefusedError, SettingsError
from salesxl.files.packaged import shipped
from salesxl.messages import Words, load
from salesxl.model import Closed, OwnColumn, TableName
from salesxl.schemas import label_of
from salesxl.tables import TABLES
from salesxl.template import stream
from salesxl.template.sheets import repeat_sheet
from salesxl.template.wording import told
from salesxl.workspace import book_cells as book
from salesxl.workspace import book_own
from salesxl.workspace.book_read import RUNS, STATE, KeptRun, OwnBook
from salesxl.xlsx.hidden import add_hidden_sheet
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import LAST_ROW

__all__ = [
    "FORMAT",
    "Closed",
    "State",
    "every_row",
    "fill",
    "read_state",
    "read_tables",
    "state_in",
    "write_tables",
]

FORMAT = "1"
"""Of the state; a book of a newer one is refused, since an older program would lose what it does not know."""

_FORMAT_KEY = "salesxl.format"
_Own: TypeAlias = Mapping[TableName, Sequence[OwnColumn]]
_NONE: _Own = {}
_NOTHING = book_own.Added()


@dataclass(frozen=True, slots=True)
class State:
    """What a book holds: the open rows of its tables, its closed rows, and what was noted with them.

    A table without closed rows is in ``tables`` whole.
    """

    tables: Mapping[TableName, pd.DataFrame]
    closed: Mapping[TableName, Sequence[Closed]]
    meta: Mapping[str, str]


def read_tables(path: Path, words: Words | None = None) -> dict[TableName, pd.DataFrame]:
    """Return all rows of a book's tables, those on further sheets and the closed ones included.

    Raises:
        SettingsError: it is no book of ours, is damaged, or is of a newer program.
    """
    words = words or _words()
    with book.opened(path, words) as found:
        return every_row(found, words)


def every_row(found: OwnBook, words: Words, own: _Own = _NONE) -> dict[TableName, pd.DataFrame]:
    """Return all rows of an open book's tables, as ``read_tables``; ``own`` are columns of the team's own."""
    _meta(found)
    return {table: book.whole(found, table, words, own.get(table, ())) for table in TABLES}


def read_state(path: Path, words: Words | None = None) -> State:
    """Return a book's open rows, and its closed ones to be read where they are needed.

    Raises:
        SettingsError: as ``read_tables``; so may reading closed rows.
    """
    words = words or _words()
    with book.opened(path, words) as found:
        return state_in(found, words)


def state_in(found: OwnBook, words: Words, own: _Own = _NONE) -> State:
    """Return the state in an open book, as ``read_state``; ``own`` are columns of the team's own."""
    tables: dict[TableName, pd.DataFrame] = {}
    closed: dict[TableName, Sequence[Closed]] = {}
    meta = _meta(found)
    for table in TABLES:
        sheet = words.name("sheet", table)
        names = book.sheets_of(found, table, words) if sheet in found.sheets else []
        runs = [(sheet, run) for sheet in names for run in found.runs(sheet)]
        if not runs:
            tables[table] = book.whole(found, table, words, own.get(table, ()))
            continue
        added = own.get(table, ())
        tables[table] = _open_rows(found, table, names, words, added)
        closed[table] = [
            Closed(run.label, run.rows, partial(_run_rows, found, table, sheet, run, words, added), run)
            for sheet, run in runs
        ]
    return State(tables, closed, meta)


def write_tables(
    path: Path,
    tables: Mapping[TableName, pd.DataFrame],
    meta: Mapping[str, str],
    *,
    closed: Mapping[TableName, Sequence[Closed]] | None = None,
    template: bytes | None = None,
    words: Words | None = None,
    sheet_rows: int = LAST_ROW - 1,
) -> dict[str, int]:
    """Write a book and return the rows of each sheet.

    ``closed`` come before the rows of ``tables``. Those that an earlier book has packed are taken as they
    stand where they begin in the row in which they began and the sheet looks as it did, else written anew.
    A table of more than ``sheet_rows`` goes on in further sheets behind all others: 跟进记录(2).

    Raises:
        TemplateError: the template lacks a sheet or a column of the book.
        ValueError: closed rows of one label are more than a sheet holds.
    """
    words = words or _words()
    with told(words):
        package = Package.open(template or shipped(words.text("file.book")))
        return fill(package, tables, closed or {}, meta, path, words, sheet_rows)


def fill(
    package: Package,
    tables: Mapping[TableName, pd.DataFrame],
    closed: Mapping[TableName, Sequence[Closed]],
    meta: Mapping[str, str] | None,
    path: Path,
    words: Words,
    sheet_rows: int = LAST_ROW - 1,
    added: book_own.Added = _NOTHING,
) -> dict[str, int]:
    """Fill a template's package, save it, and return the rows of each sheet, as ``write_tables``.

    Without ``meta`` nothing is noted but where closed rows are, if there are any. ``added`` are columns and
    sheets of the team's own.
    """
    filled: dict[str, stream.Table] = {}
    labels: dict[str, Sequence[str]] = {}
    for table in TABLES:
        parts = _in_sheets(closed.get(table, ()), tables[table], sheet_rows)
        name = words.name("sheet", table)
        names = [name, *(f"{name}({number})" for number in range(2, len(parts) + 1))]
        if name not in dict(package.sheets()):
            raise stream.no_sheet(name, dict(package.sheets()))
        own = added.columns.get(table, ())
        shown = book.columns(table, words, own)
        if own:
            book_own.widen(package, name, shown, own, words)
        repeat_sheet(package, name, names[1:])
        for sheet, part in zip(names, parts, strict=True):
            filled[sheet] = _table(part, shown, words)
            labels[sheet] = [piece.label for piece in part if piece.closed]
    for own_table in added.tables:
        filled |= book_own.add_sheet(package, own_table, words)
    noted = meta is not None or any(labels.values())
    finish = partial(_note, labels, filled, meta or {}) if noted else None
    return stream.fill_tables(package.to_bytes(), filled, path, finish)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows that stand one after the other on one sheet."""

    label: str
    count: int
    rows: Callable[[], pd.DataFrame]
    closed: bool
    kept: KeptRun | None = None


def _in_sheets(closed: Sequence[Closed], rows: pd.DataFrame, room: int) -> list[list[_Piece]]:
    """Share the rows of a table out among sheets; closed rows of one label are not torn apart."""
    sheets: list[list[_Piece]] = [[]]
    left = room
    for item in closed:
        if item.count > room:
            raise ValueError(f"{item.label}: {item.count} rows are more than a sheet holds")
        if item.count > left:
            sheets.append([])
            left = room
        sheets[-1].append(_Piece(item.label, item.count, item.rows, True, item.kept))
        left -= item.count
    first = 0
    while first < len(rows):
        if not left:
            sheets.append([])
            left = room
        part = rows.iloc[first : first + left]
        sheets[-1].append(_Piece("", len(part), partial(_same, part), False))
        first, left = first + len(part), left - len(part)
    return sheets


def _same(rows: pd.DataFrame) -> pd.DataFrame:
    return rows


def _table(pieces: Sequence[_Piece], shown: tuple[Column, ...], words: Words) -> stream.Table:
    runs = [
        stream.Run(p.count, p.kept.piece, p.kept.first, p.kept.look) if p.kept else stream.Run(p.count)
        for p in pieces
        if p.closed
    ]
    count = sum(piece.count for piece in pieces)
    return stream.Table([c.label for c in shown], count, _Values(pieces, shown, words), runs)


class _Values:
    """The cells of some rows; a piece's frame is held as long as its rows are asked for."""

    def __init__(self, pieces: Sequence[_Piece], shown: tuple[Column, ...], words: Words) -> None:
        self._pieces, self._shown, self._words = pieces, shown, words
        self._held: tuple[_Piece | None, pd.DataFrame] = None, pd.DataFrame()

    def __call__(self, first: int, stop: int) -> list[list[Any]]:
        for piece in self._pieces:
            if first < piece.count:
                break
            first, stop = first - piece.count, stop - piece.count
        if self._held[0] is not piece:
            self._held = piece, piece.rows()
        return book.values(self._held[1], self._shown, self._words, first, stop)


def _note(
    labels: Mapping[str, Sequence[str]],
    filled: Mapping[str, stream.Table],
    meta: Mapping[str, str],
    package: Package,
    packs: Mapping[str, stream.Packs],
) -> None:
    """Add the hidden sheet: what was given to be noted, and where which rows are packed."""
    parts = dict(package.sheets())
    noted = {}
    for sheet, packed in packs.items():
        entry = package.entry(parts[sheet])
        pieces = zip(labels[sheet], filled[sheet].runs, entry.pieces, packed.packed, strict=True)
        runs = [
            [label, run.rows, at, len(p.data), crc32(p.data), p.crc, p.size] for label, run, at, p in pieces
        ]
        noted[sheet] = {
            "look": packed.look,
            "crc": entry.crc,
            "size": entry.size,
            "first": stream.SAMPLE_ROW,
            "runs": runs,
        }
    told = {_FORMAT_KEY: FORMAT, **meta, RUNS: json.dumps(noted, ensure_ascii=False)}
    add_hidden_sheet(package, STATE, told)


def _meta(found: OwnBook) -> dict[str, str]:
    """Return what was noted, without what is the book's own business."""
    version = found.meta.get(_FORMAT_KEY, FORMAT)
    if not version.isdecimal() or int(version) > int(FORMAT):
        raise SettingsError("book_newer", path=found.path)
    return {name: value for name, value in found.meta.items() if name not in (_FORMAT_KEY, RUNS)}


def _open_rows(
    found: OwnBook, table: TableName, names: Sequence[str], words: Words, added: Sequence[OwnColumn]
) -> pd.DataFrame:
    """Return the rows of a table that stand behind its runs, and those of its sheets that have none."""
    frames = []
    for sheet in names:
        if found.runs(sheet):
            cells = found.open_rows(sheet)
            shown = book.columns(table, words, added)
            frames.append(book.frame(f"{found.path} › {sheet}", cells, shown, words))
        else:
            frames.append(book.whole_sheet(found, sheet, table, words, added))
    return book.joined(frames, table, words, added)


def _run_rows(
    found: OwnBook,
    table: TableName,
    sheet: str,
    run: KeptRun,
    words: Words,
    added: Sequence[OwnColumn],
) -> pd.DataFrame:
    where = f"{found.path} › {sheet}"
    try:
        rows = book.frame(where, found.run_rows(sheet, run), book.columns(table, words, added), words)
    except RefusedError as failed:
        raise SettingsError("book_unreadable", path=where, why=failed) from failed
    return rows


def _words() -> Words:
    """Return the words of the book, which is the same in every language."""
    return load("zh", label_of)
