"""A team's own fields and forms in its book: columns of ours beside, and sheets of their own.

Owns how they are noted in the book, and how they look: as a column of ours of the same kind does. Refuses:
which there are; their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from salesxl.columns import Column, Kind, columns_of
from salesxl.messages import Words
from salesxl.model import OwnColumn, OwnTable, TableName, Team
from salesxl.tables import BEFORE, TABLES, model
from salesxl.template import stream
from salesxl.template.wider import Head, add_table, insert_columns
from salesxl.workspace.book_cells import columns, frame, values
from salesxl.workspace.book_read import OwnBook
from salesxl.xlsx.package import Package

__all__ = ["OWN", "Added", "add_sheet", "columns_in", "tables_in", "told_of", "widen"]

LIKE: TableName = "customer"
"""The table of ours after which the sheets of a team's own forms are drawn."""
OWN = "salesxl.own."
"""Properties that keep the columns of a team's own fields: table, field, label and kind."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a team has beside ours: columns by table, and the tables of its own forms."""

    columns: Mapping[TableName, Sequence[OwnColumn]] = field(default_factory=dict)
    tables: Sequence[OwnTable] = ()


def told_of(team: Team) -> list[Sequence[str]]:
    """Return what a book notes of a team's own columns: table, field, label and kind of each."""
    added = [(str(t), *column) for t, columns_ in team.own.items() for column in columns_]
    return [
        *added,
        *((f"{kind}|{t.sheet}", *column) for kind, t in team.further.items() for column in t.columns),
    ]


def widen(
    package: Package, sheet: str, shown: Sequence[Column], added: Sequence[OwnColumn], words: Words
) -> None:
    """Insert the columns of a team's own fields into a sheet of the template."""
    insert_columns(package, sheet, _heads(shown, added), words.name("column", BEFORE))


def add_sheet(package: Package, table: OwnTable, words: Words) -> dict[str, stream.Table]:
    """Return what stands on the sheet of a team's own form, which looks as a table of ours does."""
    shown = _shown(table.columns)
    if table.sheet not in dict(package.sheets()):
        heads = _looks(shown, columns(LIKE, words))
        add_table(package, words.name("sheet", LIKE), table.sheet, heads)
    rows = table.rows
    cells = partial(values, rows, shown, words)
    return {table.sheet: stream.Table([c.label for c in shown], len(rows), cells)}


def columns_in(properties: Mapping[str, str]) -> dict[TableName, tuple[OwnColumn, ...]]:
    """Return the columns of the team's own fields that a book has."""
    found = _told(properties)
    return {name: tuple(found[name]) for name in TABLES if name in found}


def tables_in(found: OwnBook, words: Words) -> dict[str, OwnTable]:
    """Return the tables of the team's own forms that a book has."""
    tables: dict[str, OwnTable] = {}
    for name, added in _told(found.properties).items():
        kind, bar, sheet = name.partition("|")
        if bar and sheet in found.sheets:
            rows = [row for batch in found.batches(sheet) for row in batch]
            typed = frame(f"{found.path} › {sheet}", rows, _shown(added), words)
            tables[kind] = OwnTable(sheet, tuple(added), typed)
    return tables


def _heads(shown: Sequence[Column], added: Sequence[OwnColumn]) -> list[Head]:
    """Return the headers of a team's own fields, each to look like a column of ours of its kind."""
    own = {field for field, _, _ in added}
    return _looks([c for c in shown if c.field in own], [c for c in shown if c.field not in own])


def _looks(shown: Sequence[Column], ours: Sequence[Column]) -> list[Head]:
    kinds = {c.kind: c.label for c in reversed(ours)}
    plain = kinds.get(Kind.TEXT, kinds[Kind.NAME])
    return [Head(c.label, kinds.get(c.kind, plain), c.width) for c in shown]


def _shown(added: Sequence[OwnColumn]) -> tuple[Column, ...]:
    codes = {c.field: c.codes for c in columns_of(model(LIKE)) if c.codes}
    return tuple(Column(f, label, label, Kind(kind), codes=codes.get(f)) for f, label, kind in added)


def _told(properties: Mapping[str, str]) -> dict[str, list[OwnColumn]]:
    found: dict[str, list[OwnColumn]] = {}
    for line in _lines(properties):
        table, _, told = line.partition("\t")
        field_, label, kind = told.split("\t")
        found.setdefault(table, []).append((field_, label, kind))
    return found


def _lines(properties: Mapping[str, str]) -> Iterator[str]:
    names = (name for name in sorted(properties) if name.startswith(OWN))
    return chain.from_iterable(properties[name].split("\n") for name in names)
