"""The team's book 团队台账.xlsx: the team's tables as sheets, and back.

Owns which column stands on which sheet under which label, filling the template of the book, reading a book
again, and the words for codes, which are the same in every language. Refuses: deciding what goes in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.columns import Column, Kind, columns_of
from salesxl.errors import RefusedError, SettingsError
from salesxl.messages import CODES, LOCALES, Words, load
from salesxl.model import OwnColumn, OwnTable, TableName, Team
from salesxl.tables import BEFORE, TABLES, book_words, model, with_own
from salesxl.template import stream
from salesxl.template.sheets import repeat_sheet
from salesxl.template.wider import Head, add_table, insert_columns
from salesxl.template.wording import told
from salesxl.workspace import book_own
from salesxl.workspace.book_read import WEEK, OwnBook
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import set_properties
from salesxl.xlsx.refs import LAST_ROW

__all__ = [
    "columns",
    "frame",
    "joined",
    "opened",
    "read_book",
    "sheets",
    "sheets_of",
    "values",
    "whole",
    "whole_sheet",
    "write_book",
]

STATE, VERSION = "salesxl.state", "2"
"""The property that says that a book holds the team's state, and in which form."""
SHEET_ROWS = LAST_ROW - 1
"""Rows of a table that one sheet holds, below its header."""


TITLE = Column("title", "", "", Kind.NAME, codes="title", width=12)
"""What stands beside a finding's code, and is not read again: what the code is called."""

ALL_OF = "、"
"""Stands between several codes of a cell."""


def columns(table: TableName, words: Words, added: Sequence[OwnColumn] = ()) -> tuple[Column, ...]:
    """Return the columns of a table's sheet, in order and with their labels; ``added`` are a team's own."""
    own = {column.field: column for column in with_own(columns_of(model(table)), added)}
    shown = [(column, TITLE) if column.field == "code" else (column,) for column in own.values()]
    return tuple(replace(c, label=_label(c, own, words)) for both in shown for c in both)


def _label(column: Column, own: Mapping[str, Column], words: Words) -> str:
    """Return a column's label; one that a card has several times is told apart by what it follows."""
    if not column.label:
        return words.name("column", column.field)
    return own[column.follows].label + column.label if column.follows else column.label


def write_book(team: Team, template: bytes, out: Path, words: Words) -> dict[str, int]:
    """Fill the team's book and return the rows of each sheet.

    The day and the week go into the book's properties, so that a summary can be made from the book alone. A
    table of more rows than a sheet holds goes on in further sheets behind all others: 客户档案(2).

    Raises:
        TemplateError: the template lacks a sheet or a column of the book.
    """
    with told(words):
        return _filled(team, template, out, book_words())


def _filled(team: Team, template: bytes, out: Path, words: Words) -> dict[str, int]:
    package = Package.open(template)
    dates = {"salesxl.as_of": team.as_of, "salesxl.week": team.week[0]}
    set_properties(package, {STATE: VERSION})
    dated = {"salesxl.dated": "\n".join(sorted(team.dated))} if team.dated else {}
    terms = {f"{book_own.TERM}{number:03}": text for number, text in enumerate(book_own.packed(team.terms))}
    added = [(str(t), *column) for t, columns_ in team.own.items() for column in columns_]
    added += [(f"{kind}|{t.sheet}", *column) for kind, t in team.further.items() for column in t.columns]
    own = {f"{book_own.OWN}{number:03}": text for number, text in enumerate(book_own.packed(added))}
    set_properties(
        package, {**{name: day.isoformat() for name, day in dates.items()}, **dated, **terms, **own}
    )
    filled: dict[str, stream.Table] = {}
    for table in TABLES:
        parts = sheets(team, table, words)
        first, *further = parts
        if first not in dict(package.sheets()):
            raise stream.no_sheet(first, dict(package.sheets()))
        if table in team.own:
            shown = columns(table, words, team.own[table])
            insert_columns(
                package, first, book_own.heads(shown, team.own[table]), words.name("column", BEFORE)
            )
        repeat_sheet(package, first, further)
        filled |= parts
    for own_table in team.further.values():
        filled |= _own_sheet(package, own_table, words)
    return stream.fill_tables(package.to_bytes(), filled, out)


def _own_sheet(package: Package, table: OwnTable, words: Words) -> dict[str, stream.Table]:
    """Return what stands on the sheet of a team's own form, which looks as a table of ours does."""
    shown = book_own.own_shown(table.columns)
    ours = columns(book_own.LIKE, words)
    kinds = {c.kind: c.label for c in reversed(ours)}
    plain = kinds.get(Kind.TEXT, kinds[Kind.NAME])
    heads = [Head(c.label, kinds.get(c.kind, plain), c.width) for c in shown]
    if table.sheet not in dict(package.sheets()):
        add_table(package, words.name("sheet", book_own.LIKE), table.sheet, heads)
    rows = table.rows
    return {
        table.sheet: stream.Table([c.label for c in shown], len(rows), partial(values, rows, shown, words))
    }


def sheets(team: Team, table: TableName, words: Words) -> dict[str, stream.Table]:
    """Return what stands on the sheets of a table, by their names: one, and further ones where it is long."""
    held, name = team.tables[table], words.name("sheet", table)
    shown = columns(table, words, team.own.get(table, ()))
    labels = [c.label for c in shown]
    parts: dict[str, stream.Table] = {}
    for number, sheet in enumerate((name, *_further(name, len(held) - 1))):
        rows = held.iloc[number * SHEET_ROWS : (number + 1) * SHEET_ROWS]
        parts[sheet] = stream.Table(labels, len(rows), partial(values, rows, shown, words))
    return parts


def _further(name: str, last: int) -> list[str]:
    """Return the names of the sheets that take what a first one cannot hold: 客户档案(2), …"""
    return [f"{name}({number})" for number in range(2, last // SHEET_ROWS + 2)]


def values(
    table: pd.DataFrame, shown: tuple[Column, ...], words: Words, first: int, stop: int
) -> list[list[Any]]:
    """Return some rows of a table as a list of plain Python values a column, blank as None."""
    rows = table.iloc[first:stop]
    return [_written(rows, c, words) for c in shown]


def _written(rows: pd.DataFrame, shown: Column, words: Words) -> list[Any]:
    column = rows.get("code" if shown.field == TITLE.field else shown.field)
    if column is None:
        return [None] * len(rows)
    if shown.kind in (Kind.DATE, Kind.MOMENT):
        moments: list[Any] = column.astype("datetime64[us]").to_numpy().tolist()
        return moments
    plain: list[Any] = column.to_numpy(dtype=object, na_value=None).tolist()
    if shown.kind is Kind.YES_NO:
        answers = {None: None, True: words.name("answer", "yes"), False: words.name("answer", "no")}
        return list(map(answers.__getitem__, plain))
    if shown.codes == "field":
        forms = rows["form"].to_numpy(dtype=object, na_value=None)
        return [schemas.labels_of(form).get(v, v) for form, v in zip(forms, plain, strict=True)]
    if shown.codes == "column":
        tables = rows["table"].to_numpy(dtype=object, na_value=None)
        return [_labels(t).get(v, v) for t, v in zip(tables, plain, strict=True)]
    if shown.codes:
        return _put(plain, _names(shown.codes, words), " ", ALL_OF)
    return plain


def _put(values: Sequence[Any], known: Mapping[str, str], apart: str, joined: str) -> list[Any]:
    """Put words for codes or codes for words, of which a cell may hold several; what is not known stays."""

    @cache
    def put(value: str | None) -> str | None:
        parts = value.split(apart) if value else ()
        return joined.join(map(known.__getitem__, parts)) if parts and known.keys() >= {*parts} else value

    return list(map(put, values))


def _names(group: str, words: Words) -> Mapping[str, str]:
    """Return the words for the codes of a group."""
    if group == "title":
        return {code: words.title(code) for code in CODES}
    if group == "item":
        return {block.kind: block.title for block in schemas.form("handover_list").blocks}
    return words.names(group)


@cache
def _codes(group: str) -> Mapping[str, str]:
    """Return the codes of a group by their words; a book of earlier weeks may have those of any locale."""
    every = (_names(group, load(lang, schemas.label_of)) for lang in reversed(LOCALES))
    return {said: code for names in every for code, said in names.items()}


@cache
def _fields(form: str | None) -> Mapping[str, str]:
    """Return the fields of a form by their labels; two dates beside signatures have one label."""
    labels = schemas.labels_of(form)
    often = Counter(labels.values())
    return {label: field for field, label in labels.items() if often[label] == 1}


@cache
def _labels(table: TableName | None) -> Mapping[str, str]:
    """Return the labels of a table's columns by field."""
    return {c.field: c.label for c in columns(table, book_words())} if table and table in TABLES else {}


@cache
def _named(table: TableName | None) -> Mapping[str, str]:
    """Return the fields of a table by their labels."""
    return {label: field for field, label in _labels(table).items()}


def read_book(path: Path, words: Words) -> Team:
    """Read a team's book again.

    Raises:
        SettingsError: the file is no team's book, or lacks a sheet.
    """
    with opened(path, words) as found:
        own, further = book_own.own_of(found.properties), _own_tables(found, words)
        tables = {table: whole(found, table, words, own.get(table, ())) for table in TABLES}
        try:
            as_of = dt.date.fromisoformat(found.properties["salesxl.as_of"])
            monday = dt.date.fromisoformat(found.properties[WEEK])
        except (KeyError, ValueError) as missing:
            raise SettingsError("book_no_week", path=path) from missing
        dated = frozenset(found.properties.get("salesxl.dated", "").splitlines())
        version = found.properties.get(STATE)
    return Team(
        tables,
        as_of,
        (monday, monday + dt.timedelta(days=6)),
        dated=dated,
        version=version,
        terms=book_own.terms(found.properties),
        own=own,
        further=further,
    )


@contextmanager
def opened(path: Path, words: Words) -> Iterator[OwnBook]:
    """Open a book; what turns out to be damaged, then or later, is told with the file's name.

    Raises:
        SettingsError: it cannot be read, or is not a book of ours.
    """
    try:
        found = OwnBook(path)
        if not found.is_own:
            lacking = (n for t in TABLES if (n := words.name("sheet", t)) not in found.sheets)
            if name := next(lacking, None):
                raise SettingsError("book_no_sheet", path=path, name=name)
            raise SettingsError("book_no_week", path=path)
        yield found
    except RefusedError as failed:
        raise SettingsError("book_unreadable", path=path, why=failed) from failed


def whole(found: OwnBook, table: TableName, words: Words, added: Sequence[OwnColumn] = ()) -> pd.DataFrame:
    """Return all rows of a table, from all its sheets.

    Raises:
        SettingsError: it has no sheet, or a cell that is not of its column's kind.
        RefusedError: a sheet is damaged.
    """
    lacking = words.name("sheet", table) not in found.sheets
    if lacking and table in SINCE_STATE and STATE not in found.properties:
        return joined((), table, words, added)
    parts = [whole_sheet(found, sheet, table, words, added) for sheet in sheets_of(found, table, words)]
    return joined(parts, table, words, added)


def whole_sheet(
    found: OwnBook, sheet: str, table: TableName, words: Words, added: Sequence[OwnColumn] = ()
) -> pd.DataFrame:
    """Return all rows of one of a table's sheets, typed some at a time."""
    header: Sequence[Any] = ()
    frames = []
    for number, rows in enumerate(found.batches(sheet)):
        header, body = (header, rows) if number else (rows[0], rows[1:])
        frames.append(frame(f"{found.path} › {sheet}", [header, *body], columns(table, words, added), words))
    return joined(frames, table, words, added)


def joined(
    frames: Sequence[pd.DataFrame], table: TableName, words: Words, added: Sequence[OwnColumn] = ()
) -> pd.DataFrame:
    """Return parts of a table one under the other; without any, an empty table."""
    if not frames:
        return frame("", [], columns(table, words, added), words)
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def sheets_of(found: OwnBook, table: TableName, words: Words) -> list[str]:
    """Return the sheets on which a table stands, in order.

    Raises:
        SettingsError: there is none.
    """
    name = words.name("sheet", table)
    if name not in found.sheets:
        raise SettingsError("book_no_sheet", path=found.path, name=name)
    return [name, *takewhile(found.sheets.__contains__, (f"{name}({n})" for n in count(2)))]


def _own_tables(found: OwnBook, words: Words) -> dict[str, OwnTable]:
    """Return the tables of the team's own forms that a book has."""
    tables: dict[str, OwnTable] = {}
    for name, added in book_own.told_columns(found.properties).items():
        kind, bar, sheet = name.partition("|")
        if bar and sheet in found.sheets:
            rows = [row for batch in found.batches(sheet) for row in batch]
            typed = frame(f"{found.path} › {sheet}", rows, book_own.own_shown(added), words)
            tables[kind] = OwnTable(sheet, tuple(added), typed)
    return tables


SINCE_STATE = ("change", "number", "deal", "held")
"""Sheets that books of earlier versions lack."""


_TYPED: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), "date"),
    **dict.fromkeys((Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.PERCENT), "number"),
    Kind.WHOLE: "whole",
}


def frame(where: str, rows: Any, shown: tuple[Column, ...], words: Words) -> pd.DataFrame:
    """Type a sheet's rows, codes for words; columns that a team has taken out of its book are missing."""
    header = {str(v): at for at, v in enumerate(rows[0] if rows else ()) if v != ""}
    blank = [""] * len(rows[0]) if rows else []
    body = [row for row in rows[1:] if row != blank]
    by_column = [*zip(*body, strict=True)] or [()] * len(header)
    typed: dict[str, pd.Series] = {}
    for column in (c for c in shown if c.field != TITLE.field):
        at = header.get(column.label)
        cells = by_column[at] if at is not None and at < len(by_column) else ("",) * len(body)
        try:
            typed[column.field] = _series(_as_codes(cells, column, typed), column, words)
        except (TypeError, ValueError) as odd:
            wanted = words.name("value_kind", _TYPED[column.kind])
            raise SettingsError("book_odd", where=where, label=column.label, wanted=wanted) from odd
    return pd.DataFrame(typed)


def _as_codes(cells: Sequence[Any], column: Column, typed: Mapping[str, pd.Series]) -> Sequence[Any]:
    """Return codes for the words in a column's cells; what is not known stays."""
    if not column.codes:
        return cells
    said = [v if v == "" or v.__class__ is str else _as_text(v) for v in cells]
    if column.codes == "field":
        forms = typed["form"].to_numpy(dtype=object, na_value=None)
        return [v and _fields(form).get(v, v) for form, v in zip(forms, said, strict=True)]
    if column.codes == "column":
        tables = typed["table"].to_numpy(dtype=object, na_value=None)
        return [v and _named(table).get(v, v) for table, v in zip(tables, said, strict=True)]
    return _put(said, _codes(column.codes), ALL_OF, " ")


def _series(cells: Sequence[Any], column: Column, words: Words) -> pd.Series:
    """Return a column's cells as they are typed.

    Raises:
        TypeError, ValueError: one of them is of another kind.
    """
    dtype = column.kind.dtype
    known: dict[Any, Any] = {"": None}  # one object for what a column says again and again
    if column.kind is Kind.YES_NO:
        yes = words.name("answer", "yes")
        found = [None if v == "" else v == yes for v in cells]
    elif dtype == "string":
        found = [known.setdefault(text := v if v.__class__ is str else _as_text(v), text) for v in cells]
    else:
        found = [None if v == "" else v for v in cells]
    if column.kind in (Kind.DATE, Kind.MOMENT):
        if any(v.__class__ is float for v in found):
            raise TypeError("a number is no date")
        return pd.Series(np.array(found, dtype="datetime64[us]"))
    return pd.Series(pd.array(found, dtype=dtype))


def _as_text(value: Any) -> str:
    """Return what a person would read in a text column's cell in which a program has put something else."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return str(dt.datetime.combine(value, dt.time()))
    return str(value)
