"""A book as published: what somebody has changed in it since is said and not believed. docs/domain.md 4.2.

Owns comparing a book with the copy that is kept of it, cell by cell. Rows may be sorted or filtered
otherwise; columns of the team's own are none of ours. Refuses: believing a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.errors import RefusedError, SettingsError
from salesxl.model import Finding, Grid, Place, Severity, TableName, cell_name
from salesxl.tables import TABLES, book_words
from salesxl.workspace import runs
from salesxl.workspace.book_read import OWN
from salesxl.workspace.folder import TeamFolder
from salesxl.xlsx.read import grid

__all__ = ["believed", "last_made"]

NOT_CARRIED: tuple[TableName, ...] = ("finding", "submission")
"""Tables of the week's own, from which nothing is carried on."""
_Row: TypeAlias = tuple[int, tuple[Any, ...]]


def last_made(folder: TeamFolder, name: str) -> str | None:
    """Return the last week before one that was made, whether its book still stands or not."""
    there = {path.name for path in folder.earlier_weeks(name)}
    kept = (path.name for path in folder.archive.iterdir()) if folder.archive.is_dir() else ()
    made = {week for week in kept if week < name and runs.kept(runs.home(folder, week), folder)}
    return max(there | made, default=None)


def believed(folder: TeamFolder, name: str) -> tuple[Path, tuple[Finding, ...]]:
    """Return the folder from which a week's book is to be read, and what was changed in the published one.

    Raises:
        SettingsError: the book is gone, or can no longer be read.
    """
    week, home = folder.week(name), runs.home(folder, name)
    run, book = runs.kept(home, folder), week / folder.words.text("file.book")
    if run is None:
        return week, ()
    if not book.is_file():
        raise SettingsError("book_gone", path=book, name=name)
    copy = home / book.name
    if runs.digest(book) == run.book or not copy.is_file():
        return week, ()
    try:
        return home, tuple(_changes(copy, book, f"{name}/{book.name}"))
    except RefusedError as failed:
        raise SettingsError("book_spoiled", path=book, name=name, why=failed) from failed


def _changes(copy: Path, book: Path, file: str) -> Iterator[Finding]:
    """Yield a finding for each of our values that is not as it was published."""
    names = [book_words().name("sheet", table) for table in TABLES if table not in NOT_CARRIED]
    before, now = (
        {g.sheet: g for g in grid.read(path, file=path.name, limits=OWN, as_stored=True).grids}
        for path in (copy, book)
    )
    for sheet in (s for s in before if s.split("(")[0] in names):
        labels = [str(v) for v in before[sheet].rows[0] if v is not None]
        old, new = (_body(grids.get(sheet), labels) for grids in (before, now))
        for row, column, was, value in _different(old, new):
            place = Place(file, sheet, cell_name(row, column + 1))
            facts = {"sheet": sheet, "row": row, "label": labels[column], "was": was or "", "value": value}
            yield Finding("book_edited", Severity.WARNING, place, value=value or "", facts=facts)


def _body(sheet: Grid | None, labels: Sequence[str]) -> list[_Row]:
    """Return the rows of a sheet by our labels, with their numbers."""
    if sheet is None or not sheet.rows:
        return []
    at = {str(v): n for n, v in enumerate(sheet.rows[0]) if v is not None}
    columns = [at.get(label) for label in labels]
    found = []
    for number, row in enumerate(sheet.rows[1:], start=2):
        values = tuple(None if c is None or c >= len(row) else row[c] for c in columns)
        if any(v is not None for v in values):
            found.append((number, values))
    return found


def _different(old: Sequence[_Row], new: Sequence[_Row]) -> Iterator[tuple[int, int, Any, Any]]:
    """Yield row, column, the value published and the one now; a row is known by most of its values."""
    common = Counter(v for _, v in old) & Counter(v for _, v in new)
    left, come = _without(old, common), _without(new, common)
    for number, values in come:
        likest = max(left, key=lambda row: _alike(row[1], values), default=None)
        was = likest[1] if likest and 2 * _alike(likest[1], values) >= len(values) else None
        if was is None or likest is None:
            first = next(n for n, v in enumerate(values) if v is not None)
            yield number, first, None, values[first]
            continue
        left.remove(likest)
        for column, (before, now) in enumerate(zip(was, values, strict=True)):
            if before != now:
                yield number, column, before, now
    for number, values in left:
        first = next(n for n, v in enumerate(values) if v is not None)
        yield number, first, values[first], None


def _without(rows: Sequence[_Row], common: Counter[tuple[Any, ...]]) -> list[_Row]:
    left = Counter(common)
    kept = []
    for row in rows:
        if left[row[1]]:
            left[row[1]] -= 1
        else:
            kept.append(row)
    return kept


def _alike(one: Sequence[Any], other: Sequence[Any]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))
