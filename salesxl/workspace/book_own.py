"""What a team's book keeps of columns and words that are the team's own, in its properties.

Owns how they are put down and read again, and what such columns look like. Refuses: rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from salesxl.columns import Column, Kind, columns_of
from salesxl.model import OwnColumn, TableName, Term
from salesxl.tables import TABLES, model
from salesxl.template.wider import Head

__all__ = ["LIKE", "OWN", "TERM", "heads", "own_of", "own_shown", "packed", "terms", "told_columns"]

LONGEST = 250
"""Signs that a property may have; Excel cuts off what is longer when it saves."""
TERM = "salesxl.term."
"""Properties that keep the words of the settings with their meaning."""
OWN = "salesxl.own."
"""Properties that keep the columns of a team's own fields: table, field, label and kind."""
LIKE: TableName = "customer"
"""The table of ours after which the sheets of a team's own forms are drawn."""


def heads(shown: Sequence[Column], added: Sequence[OwnColumn]) -> list[Head]:
    """Return the headers of a team's own fields, each to look like a column of ours of its kind."""
    own = {field for field, _, _ in added}
    ours = [c for c in shown if c.field not in own]
    kinds = {c.kind: c.label for c in reversed(ours)}
    plain = kinds.get(Kind.TEXT, kinds[Kind.NAME])
    return [Head(c.label, kinds.get(c.kind, plain), c.width) for c in shown if c.field in own]


def own_shown(added: Sequence[OwnColumn]) -> tuple[Column, ...]:
    codes = {c.field: c.codes for c in columns_of(model(LIKE)) if c.codes}
    return tuple(Column(f, label, label, Kind(kind), codes=codes.get(f)) for f, label, kind in added)


def packed(terms: Iterable[Sequence[str | None]]) -> list[str]:
    """Return the words of the settings as a few short texts, a word a line."""
    packed: list[str] = []
    for line in ("\t".join(part or "" for part in term) for term in terms):
        if packed and len(packed[-1]) + len(line) < LONGEST:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return packed


def told_columns(properties: Mapping[str, str]) -> dict[str, list[OwnColumn]]:
    lines = (properties[name].split("\n") for name in sorted(properties) if name.startswith(OWN))
    found: dict[str, list[OwnColumn]] = {}
    for line in chain.from_iterable(lines):
        table, _, told = line.partition("\t")
        field, label, kind = told.split("\t")
        found.setdefault(table, []).append((field, label, kind))
    return found


def terms(properties: Mapping[str, str]) -> tuple[Term, ...]:
    """Return the words of the settings that a book keeps."""
    lines = (properties[name].split("\n") for name in sorted(properties) if name.startswith(TERM))
    told = (line.split("\t") for line in chain.from_iterable(lines))
    whole = ([*t, "", ""] for t in told if len(t) > 1)  # blanks at the end of a property are cut off
    return tuple((t[0], t[1], t[2] or None, t[3] or None) for t in whole)


def own_of(properties: Mapping[str, str]) -> dict[TableName, tuple[OwnColumn, ...]]:
    """Return the columns of the team's own fields that a book has."""
    found = told_columns(properties)
    return {name: tuple(found[name]) for name in TABLES if name in found}
