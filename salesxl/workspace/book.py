"""The team's book 团队台账.xlsx: the team's tables as sheets, and back.

Owns what stands in it beside the tables: the day, the week and the words of the settings. Refuses: deciding
what goes in; how tables stand on sheets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from salesxl.errors import SettingsError
from salesxl.messages import Words
from salesxl.model import Team, Term
from salesxl.tables import book_words
from salesxl.template.wording import told
from salesxl.workspace import book_own, book_tables
from salesxl.workspace.book_cells import columns, frame, opened
from salesxl.workspace.book_read import STATE, WEEK, OwnBook
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import set_properties
from salesxl.xlsx.refs import LAST_ROW

__all__ = ["STATE", "VERSION", "columns", "frame", "read_book", "read_open", "write_book"]

VERSION = "2"
"""The property of the name ``STATE`` says that a book holds the team's state, and in which form."""
TERM = "salesxl.term."
"""Properties that keep the words of the settings with their meaning."""
LONGEST = 250
"""Signs that a property may have; Excel cuts off what is longer when it saves."""
SHEET_ROWS = LAST_ROW - 1
"""Rows of a table that one sheet holds, below its header."""


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
    own = {f"{book_own.OWN}{number:03}": text for number, text in enumerate(_packed(book_own.told_of(team)))}
    days = {name: day.isoformat() for name, day in dates.items()}
    set_properties(package, {**days, **dated, **terms, **own})
    added = book_own.Added(team.own, tuple(team.further.values()))
    return book_tables.fill(package, team.tables, team.closed, None, out, words, SHEET_ROWS, added)


def _packed(terms: Iterable[Sequence[str | None]]) -> list[str]:
    """Return the words of the settings as a few short texts, a word a line."""
    packed: list[str] = []
    for line in ("\t".join(part or "" for part in term) for term in terms):
        if packed and len(packed[-1]) + len(line) < LONGEST:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return packed


def read_book(path: Path, words: Words) -> Team:
    """Read a team's book again.

    Raises:
        SettingsError: the file is no team's book, or lacks a sheet.
    """
    with opened(path, words) as found:
        own = book_own.columns_in(found.properties)
        return _team(found, book_tables.State(book_tables.every_row(found, words, own), {}, {}), words)


def read_open(path: Path, words: Words) -> Team:
    """Read a team's book without its closed rows: ``Team.closed`` has them, to be read where they are needed.

    Raises:
        SettingsError: as ``read_book``; so may reading closed rows.
    """
    with opened(path, words) as found:
        own = book_own.columns_in(found.properties)
        return _team(found, book_tables.state_in(found, words, own), words)


def _team(found: OwnBook, state: book_tables.State, words: Words) -> Team:
    try:
        as_of = dt.date.fromisoformat(found.properties["salesxl.as_of"])
        monday = dt.date.fromisoformat(found.properties[WEEK])
    except (KeyError, ValueError) as missing:
        raise SettingsError("book_no_week", path=found.path) from missing
    return Team(
        state.tables,
        as_of,
        (monday, monday + dt.timedelta(days=6)),
        dated=frozenset(found.properties.get("salesxl.dated", "").splitlines()),
        version=found.properties.get(STATE),
        terms=_terms(found.properties),
        closed=state.closed,
        own=book_own.columns_in(found.properties),
        further=book_own.tables_in(found, words),
    )


def _terms(properties: Mapping[str, str]) -> tuple[Term, ...]:
    """Return the words of the settings that a book keeps."""
    lines = (properties[name].split("\n") for name in sorted(properties) if name.startswith(TERM))
    told = (line.split("\t") for line in chain.from_iterable(lines))
    whole = ([*t, "", ""] for t in told if len(t) > 1)  # blanks at the end of a property are cut off
    return tuple((t[0], t[1], t[2] or None, t[3] or None) for t in whole)
