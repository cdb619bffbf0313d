"""The tables of a team's book as templates name them: ``book.customer``, ``customer``, 客户档案.

Owns turning rows into what expressions read, the first time a template asks for them, and the labels under
which a template may name sheets and columns. Refuses: which tables there are; all that are given get a name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, overload

import pandas as pd

from salesxl.columns import Column, Kind
from salesxl.messages import Words
from salesxl.model import Closed, Team
from salesxl.tables import TABLES
from salesxl.workspace.book_cells import columns

__all__ = ["BOOK", "RowsOf", "labels", "named", "sample_tables", "tables_of"]

BOOK = "book"
_NO_NAME = re.compile(r"[（(【\[].*?[)）】\]]|\W")
_MIDNIGHT = dt.time()
_EXAMPLES: Mapping[Kind, Any] = {
    Kind.AMOUNT: 10000.0, Kind.AMOUNT_WAN: 1.0,
    Kind.NUMBER: 1.0, Kind.PERCENT: 0.5, Kind.WHOLE: 1, Kind.YES_NO: True,
    Kind.DATE: dt.date(2026, 11, 16), Kind.MOMENT: dt.datetime(2026, 11, 16, 9, 30),
}  # fmt: skip


class RowsOf(Sequence[dict[str, Any]]):
    """The rows of a frame, behind those that are closed, made into dicts when first asked for."""

    def __init__(self, frame: pd.DataFrame, closed: Sequence[Closed] = ()) -> None:
        self._frame, self._closed = frame, closed
        self._rows: list[dict[str, Any]] | None = None

    def __len__(self) -> int:
        return sum(piece.count for piece in self._closed) + len(self._frame)

    @overload
    def __getitem__(self, index: int, /) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice, /) -> Any:
        return self._made()[index]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._made())

    def _made(self) -> list[dict[str, Any]]:
        if self._rows is None:
            parts = [*(piece.rows() for piece in self._closed), self._frame]
            frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else self._frame
            plain = [_plain(frame[name]) for name in frame.columns]
            keys = [str(name) for name in frame.columns]
            self._rows = [dict(zip(keys, row, strict=True)) for row in zip(*plain, strict=True)]
        return self._rows


def named(
    tables: Mapping[Any, pd.DataFrame],
    figures: Mapping[str, Any],
    words: Words,
    closed: Mapping[Any, Sequence[Closed]] | None = None,
) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Return the tables under the names of templates, and further names of tables and columns.

    Each stands in ``book``, and by itself where no figure has its name. ``words`` are those of the book.
    Rows that are ``closed`` are read when a template asks for their table.
    """
    rows = {name: RowsOf(frame, (closed or {}).get(name, ())) for name, frame in tables.items()}
    free = {name: one for name, one in rows.items() if name not in figures}
    return {**free, BOOK: rows}, labels(tables, words)


def tables_of(team: Team) -> dict[Any, pd.DataFrame]:
    """Return a team's tables by name, those of its own forms too.

    Each block of a form is there as 试乘试驾__试驾, and the last one, which is what it lists, as 试乘试驾.
    """
    own: dict[Any, pd.DataFrame] = {}
    for kind, table in team.further.items():
        _, form, block = kind.split("/")
        name = _identifier(form)
        own[name] = own[f"{name}__{_identifier(block)}"] = table.rows
    return {**own, **team.tables}


def labels(tables: Collection[str], words: Words) -> dict[str, tuple[str, ...]]:
    """Return what tables and their columns are called, each with the names it may stand for.

    A label of the book goes before what forms of other companies call a column.
    """
    found: dict[str, dict[str, None]] = {}
    sheets = words.names("sheet")
    every = [column for table in tables for column in _columns(table, words)]
    said = [(sheets.get(table, table), table) for table in tables]
    said += [(column.label, column.field) for column in every]
    said += [(alias, column.field) for column in every for alias in column.aliases]
    for label, name in said:
        found.setdefault(_identifier(label), {})[name] = None
    return {name: tuple(own) for name, own in found.items() if name and name not in own}


def sample_tables(words: Words) -> dict[str, list[dict[str, Any]]]:
    """Return two rows of every table as they might be, for trying a template without a team's book."""
    return {table: [_example(table, words) for _ in range(2)] for table in TABLES}


def _example(table: str, words: Words) -> dict[str, Any]:
    return {c.field: _EXAMPLES.get(c.kind, c.example or c.label) for c in _columns(table, words)}


def _columns(table: str, words: Words) -> Sequence[Column]:
    known = next((name for name in TABLES if name == table), None)
    return columns(known, words) if known else ()


def _identifier(label: str) -> str:
    """Return a label as an expression can hold it: without units in brackets and signs."""
    return _NO_NAME.sub("", label)


def _plain(values: pd.Series[Any]) -> list[Any]:
    """Return a column's values as expressions read them: blanks as None, days as days."""
    found = values.astype(object).where(values.notna(), None).tolist()
    return [_day(value) if isinstance(value, dt.datetime) else value for value in found]


def _day(value: dt.datetime) -> dt.date:
    moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return moment.date() if moment.time() == _MIDNIGHT else moment
