"""The team's book 团队台账.xlsx: the team's tables as sheets, and back.

Owns which column stands on which sheet under which label, filling the template of the book, reading a book
again, and the words for codes, which are the same in every language. Refuses: deciding what goes in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, count, takewhile
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl import schemas
from salesxl.columns import Column, Kind, columns_of
from salesxl.errors import RefusedError, SettingsError
from salesxl.messages import CODES, LOCALES, Words, load
from salesxl.model import TableName, Team, Term
from salesxl.tables import TABLES, book_words, model
from salesxl.template import stream
from salesxl.template.sheets import repeat_sheet
from salesxl.template.wording import told
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import set_properties
from salesxl.xlsx.read import grid
from salesxl.xlsx.refs import LAST_ROW

__all__ = ["columns", "read_book", "sheets", "write_book"]

STATE, VERSION = "salesxl.state", "2"
"""The property that says that a book holds the team's state, and in which form."""
TERM = "salesxl.term."
"""Properties that keep the words of the settings with their meaning."""
LONGEST = 250
"""Signs that a property may have; Excel cuts off what is longer when it saves."""
SHEET_ROWS = LAST_ROW - 1
"""Rows of a table that one sheet holds, below its header."""


TITLE = Column("title", "", "", Kind.NAME, codes="title", width=12)
"""What stands beside a finding's code, and is not read again: what the code is called."""

ALL_OF = "、"
"""Stands between several codes of a cell."""


def columns(table: TableName, words: Words) -> tuple[Column, ...]:
    """Return the columns of a table's sheet, in order and with their labels."""
    own = {column.field: column for column in columns_of(model(table))}
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
    terms = {f"{TERM}{number:03}": text for number, text in enumerate(_packed(team.terms))}
    set_properties(package, {**{name: day.isoformat() for name, day in dates.items()}, **dated, **terms})
    filled: dict[str, stream.Table] = {}
    for table in TABLES:
        parts = sheets(team, table, words)
        first, *further = parts
        if first not in dict(package.sheets()):
            raise stream.no_sheet(first, dict(package.sheets()))
        repeat_sheet(package, first, further)
        filled |= parts
    return stream.fill_tables(package.to_bytes(), filled, out)


def _packed(terms: Sequence[Term]) -> list[str]:
    """Return the words of the settings as a few short texts, a word a line."""
    packed: list[str] = []
    for line in ("\t".join(part or "" for part in term) for term in terms):
        if packed and len(packed[-1]) + len(line) < LONGEST:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return packed


def sheets(team: Team, table: TableName, words: Words) -> dict[str, stream.Table]:
    """Return what stands on the sheets of a table, by their names: one, and further ones where it is long."""
    frame, shown, name = team.tables[table], columns(table, words), words.name("sheet", table)
    labels = [c.label for c in shown]
    parts: dict[str, stream.Table] = {}
    for number, sheet in enumerate((name, *_further(name, len(frame) - 1))):
        rows = frame.iloc[number * SHEET_ROWS : (number + 1) * SHEET_ROWS]
        parts[sheet] = stream.Table(labels, len(rows), partial(_values, rows, shown, words))
    return parts


def _further(name: str, last: int) -> list[str]:
    """Return the names of the sheets that take what a first one cannot hold: 客户档案(2), …"""
    return [f"{name}({number})" for number in range(2, last // SHEET_ROWS + 2)]


def _values(
    frame: pd.DataFrame, shown: tuple[Column, ...], words: Words, first: int, stop: int
) -> list[list[Any]]:
    """Return some rows of a table as a list of plain Python values a column, blank as None."""
    rows = frame.iloc[first:stop]
    return [_written(rows, c, words) for c in shown]


def _written(rows: pd.DataFrame, shown: Column, words: Words) -> list[Any]:
    column = rows.get("code" if shown.field == TITLE.field else shown.field)
    if column is None:
        return [None] * len(rows)
    if shown.kind in (Kind.DATE, Kind.MOMENT):
        moments: list[Any] = column.astype("datetime64[us]").to_numpy().tolist()
        return moments
    values: list[Any] = column.to_numpy(dtype=object, na_value=None).tolist()
    if shown.kind is Kind.YES_NO:
        answers = {None: None, True: words.name("answer", "yes"), False: words.name("answer", "no")}
        return list(map(answers.__getitem__, values))
    if shown.codes == "field":
        forms = rows["form"].to_numpy(dtype=object, na_value=None)
        return [schemas.labels_of(form).get(v, v) for form, v in zip(forms, values, strict=True)]
    if shown.codes == "column":
        tables = rows["table"].to_numpy(dtype=object, na_value=None)
        return [_labels(t).get(v, v) for t, v in zip(tables, values, strict=True)]
    if shown.codes:
        return _put(values, _names(shown.codes, words), " ", ALL_OF)
    return values


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
    try:
        workbook = grid.read(path, file=path.name, as_stored=True)  # a team may restyle it
    except RefusedError as failed:
        raise SettingsError("book_unreadable", path=path, why=failed) from failed
    grids = {g.sheet: g for g in workbook.grids}
    tables = {}
    for table in TABLES:
        name = words.name("sheet", table)
        if name not in grids:
            if table in SINCE_STATE and STATE not in workbook.properties:
                tables[table] = _frame(name, (), columns(table, words), words)
                continue
            raise SettingsError("book_no_sheet", path=path, name=name)
        parts = [name, *takewhile(grids.__contains__, (f"{name}({n})" for n in count(2)))]
        shown = columns(table, words)
        frames = [_frame(f"{path} › {part}", grids[part].rows, shown, words) for part in parts]
        tables[table] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    try:
        as_of = dt.date.fromisoformat(workbook.properties["salesxl.as_of"])
        monday = dt.date.fromisoformat(workbook.properties["salesxl.week"])
    except (KeyError, ValueError) as missing:
        raise SettingsError("book_no_week", path=path) from missing
    dated = frozenset(workbook.properties.get("salesxl.dated", "").splitlines())
    bounds, version = (monday, monday + dt.timedelta(days=6)), workbook.properties.get(STATE)
    return Team(tables, as_of, bounds, dated=dated, version=version, terms=_terms(workbook.properties))


def _terms(properties: Mapping[str, str]) -> tuple[Term, ...]:
    """Return the words of the settings that a book keeps."""
    lines = (properties[name].split("\n") for name in sorted(properties) if name.startswith(TERM))
    told = (line.split("\t") for line in chain.from_iterable(lines))
    whole = ([*t, "", ""] for t in told if len(t) > 1)  # blanks at the end of a property are cut off
    return tuple((t[0], t[1], t[2] or None, t[3] or None) for t in whole)


SINCE_STATE = ("change", "number", "deal")
"""Sheets that books of earlier versions lack."""


_TYPED: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), "date"),
    **dict.fromkeys((Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.PERCENT), "number"),
    Kind.WHOLE: "whole",
}


def _frame(where: str, rows: Any, shown: tuple[Column, ...], words: Words) -> pd.DataFrame:
    """Type a sheet's rows, codes for words; columns that a team has taken out of its book are missing."""
    header = {str(v): at for at, v in enumerate(rows[0] if rows else ()) if v is not None}
    body = [row for row in rows[1:] if any(v is not None for v in row)]
    yes = words.name("answer", "yes")
    typed: dict[str, pd.Series] = {}
    for column in (c for c in shown if c.field != TITLE.field):
        at = header.get(column.label)
        values = [row[at] if at is not None and at < len(row) else None for row in body]
        if column.kind is Kind.YES_NO:
            values = [None if v is None else v == yes for v in values]
        if column.kind.dtype == "string":
            values = [None if v is None else str(v) for v in values]
        if column.codes == "field":
            forms = typed["form"].to_numpy(dtype=object, na_value=None)
            values = [v and _fields(form).get(v, v) for form, v in zip(forms, values, strict=True)]
        elif column.codes == "column":
            told = typed["table"].to_numpy(dtype=object, na_value=None)
            values = [v and _named(t).get(v, v) for t, v in zip(told, values, strict=True)]
        elif column.codes:
            values = _put(values, _codes(column.codes), ALL_OF, " ")
        try:
            typed[column.field] = pd.Series(pd.array(values, dtype=column.kind.dtype))
        except (TypeError, ValueError) as odd:
            wanted = words.name("value_kind", _TYPED[column.kind])
            raise SettingsError("book_odd", where=where, label=column.label, wanted=wanted) from odd
    return pd.DataFrame(typed)
