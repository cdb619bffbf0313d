"""What templates are filled with, and one workbook for each rep, team or customer from one template.

Owns how a team's tables stand beside its figures, whose rows belong to which workbook, the workbooks' names,
and that a mistake in one stops none of the others. Refuses: computing figures; where a single workbook goes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl.errors import SalesxlError, TemplateError, UsageError
from salesxl.files import links, publish
from salesxl.files.naming import distinct, safe
from salesxl.messages import Words
from salesxl.model import Closed, Team
from salesxl.render import NAMES, PICTURES, Limits, Pictures, filled_text, item_name, lists_of, render_file
from salesxl.rulebook import Rulebook
from salesxl.summary import summarise
from salesxl.summary.names import names
from salesxl.tables import book_words
from salesxl.workspace import archive, book, history, returns
from salesxl.workspace.folder import TeamFolder, week_name
from salesxl.workspace.named_tables import BOOK, labels, named, sample_tables, tables_of

__all__ = [
    "Letter",
    "Written",
    "figures_of",
    "first_letter",
    "from_json",
    "letters",
    "sample_data",
    "tables_of",
    "template_data",
    "write_each",
]

EACH = "each"
"""What every workbook's item is called beside its own name."""
_OF = {"rep": ("rep",), "team": ("team",), "customer": ("customer_no", "customer_name")}
_CALLED = {"业务员": "rep", "销售代表": "rep", "团队": "team", "客户": "customer"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many workbooks: what its item is called, and what its template is filled with."""

    label: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Written:
    """What came of it: the workbooks, and what was wrong with which item."""

    made: list[Path] = field(default_factory=list)
    failed: list[tuple[str, SalesxlError]] = field(default_factory=list)


def figures_of(data: Path, out: Path, rulebook: Rulebook, words: Words) -> tuple[Team, dict[str, Any]]:
    """Return the team of a book and the figures of its summary, for a workbook that will lie at ``out``.

    A book that stands in the folder of its week is seen with the books of the weeks before, and findings lead
    to the files that lie there.

    Raises:
        SettingsError: ``data`` is no team's book.
    """
    team = book.read_book(data, words)
    home = data.absolute().parent
    weeks: list[Path] = []
    places: links.Places = {}
    if home.name == week_name(team.week[0]):
        folder = TeamFolder(home.parent, words)
        weeks = folder.earlier_weeks(home.name)
        target = out.absolute().parent
        if target.anchor == home.anchor:  # there is no way from one drive to another
            originals = archive.kept_originals(folder, home.name)
            places = links.places(target, returns.lying(home / words.text("file.returns")), originals)
    name = words.text("file.book")
    if not team.version:  # its tables are what came in that week, and no more
        every = [week / name for week in weeks if (week / name).is_file()]
        team = history.state_of([*every, data], words, rulebook) or team
    before = history.history(weeks, words, rulebook)
    figures = summarise(team, rulebook, words, before.latest, places)
    return team, figures


def template_data(
    figures: Mapping[str, Any],
    tables: Mapping[Any, pd.DataFrame],
    pictures: Pictures | None = None,
    closed: Mapping[Any, Sequence[Closed]] | None = None,
) -> dict[str, Any]:
    """Return all that a template may name: figures, every table given, and the Chinese names of both."""
    rows, called = named(tables, figures, book_words(), closed)
    return {**figures, **rows, NAMES: _together(names(), called), PICTURES: pictures}


def sample_data(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same with two made-up rows in each table, for trying a template without a team's book."""
    tables = sample_tables(book_words())
    someone: Mapping[str, Any] = next(iter(figures.get("attainment", {}).get("reps", ())), {})
    for rows in tables.values():
        for row in rows:
            row |= {key: someone[key] for key in ("rep", "team") if key in row and key in someone}
    free = {name: rows for name, rows in tables.items() if name not in figures}
    return {**figures, **free, BOOK: tables, NAMES: _together(names(), labels(tables, book_words()))}


def from_json(path: Path) -> dict[str, Any]:
    """Return the data of a JSON file; texts such as 2026-11-20 are days.

    Raises:
        UsageError: it cannot be read, or holds no object.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as wrong:
        raise UsageError("json_unreadable", path=path, why=wrong) from wrong
    if not isinstance(found, dict):
        raise UsageError("json_no_object", path=path)
    return {**_with_days(found), NAMES: names()}


def letters(asked: str, data: Mapping[str, Any], tables: Mapping[Any, pd.DataFrame] | None) -> list[Letter]:
    """Return what a workbook each is filled with: every rep, team or customer, or the items of a list.

    Its tables hold the item's own rows. Raises UsageError for what neither the book nor the data have.
    """
    kind = _CALLED.get(asked, asked)
    if tables is not None and kind in _OF:
        return list(_of_team(kind, data, tables))
    found = {path: items for path, items in lists_of(data) if asked in (path, item_name(path))}
    if not found:
        known = (*_OF, *_CALLED) if tables is not None else tuple(path for path, _ in lists_of(data))
        raise UsageError("no_each", name=asked, known=known)
    path = next((path for path in found if path == asked), next(iter(found)))
    variable = item_name(path)
    return [Letter(_label(item), {**data, variable: item, "row": item, EACH: item}) for item in found[path]]


def first_letter(asked: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the first workbook is filled with, for trying its template. Raises UsageError."""
    book_of: Mapping[str, Sequence[Any]] | None = data.get(BOOK)
    tables = None if book_of is None else {name: pd.DataFrame(list(rows)) for name, rows in book_of.items()}
    found = letters(asked, data, tables)
    return found[0].data if found else data


def write_each(
    template: bytes,
    several: Sequence[Letter],
    folder: Path,
    stem: str,
    words: Words,
    *,
    name: str = "",
    read: Sequence[Path] = (),
    limits: Limits | None = None,
) -> Written:
    """Write a workbook for each letter into a folder, all of them in one publishing.

    ``stem`` begins every name, ``name`` is a text with expressions that says the whole of it. Names are safe
    on every system, no two alike, and never those of files that are ``read``. A letter that cannot be
    rendered is told by its item; the others are written. Raises what the first says if none can be.
    """
    done, taken = Written(), set[str]()
    with publish.new_files(folder) as draft:
        for letter in several:
            target = ""
            try:
                said = filled_text(name, letter.data, words) if name else f"{stem}_{letter.label}"
                target = distinct(f"{safe(said)}.xlsx", taken)
                render_file(template, letter.data, draft / target, limits=limits, words=words)
            except TemplateError as fault:
                done.failed.append((letter.label, fault))
                if target:
                    (draft / target).unlink(missing_ok=True)
                continue
            done.made.append(folder / target)
        if done.failed and not done.made:
            raise done.failed[0][1]
        if (over := publish.same_file(done.made, read)) is not None:
            raise UsageError("over", path=over)
    return done


def _of_team(kind: str, data: Mapping[str, Any], tables: Mapping[Any, pd.DataFrame]) -> Iterator[Letter]:
    keys = _OF[kind]
    rows = {name: _Split(frame, keys) for name, frame in tables.items()}
    whole = {name: frame for name, frame in tables.items() if not rows[name].key}
    for called, item in _items(kind, data, tables):
        own = {name: split.of(item) for name, split in rows.items() if split.key}
        figures = {key: value for key, value in data.items() if key not in tables}
        yield Letter(
            called,
            {
                **template_data(figures, {**whole, **own}, data.get(PICTURES)),
                kind: item,
                "row": item,
                EACH: item,
            },
        )


def _items(
    kind: str, data: Mapping[str, Any], tables: Mapping[Any, pd.DataFrame]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every rep, team or customer once: with the figures of the summary, or the row of the book."""
    if kind == "customer":
        for row in named({kind: tables[kind]}, {}, book_words())[0][kind]:
            called = str(row.get("customer_name") or row.get("customer_no") or "")
            yield called, {"name": called, **row}
        return
    listed = data.get("attainment", {}).get(f"{kind}s", ())
    known = {str(item[kind]): {"name": item[kind], **item} for item in listed if item.get(kind)}
    frames = (frame[kind] for frame in tables.values() if kind in frame.columns)
    for name in sorted({str(value) for column in frames for value in column.dropna() if str(value).strip()}):
        known.setdefault(name, {**dict.fromkeys(next(iter(listed), {})), "name": name, kind: name})
    yield from known.items()


class _Split:
    """A table's rows by whose they are."""

    def __init__(self, frame: pd.DataFrame, keys: Sequence[str]) -> None:
        self.frame = frame
        self.key = next((key for key in keys if key in frame.columns and frame[key].notna().any()), None)
        self._groups = frame.groupby(self.key, sort=False).indices if self.key else {}

    def of(self, item: Mapping[str, Any]) -> pd.DataFrame:
        """Return an item's rows."""
        return self.frame.iloc[self._groups.get(item.get(self.key or ""), [])]


def _label(item: Any) -> str:
    """Return what an item is called: its name, else the first text it holds."""
    if not isinstance(item, Mapping):
        return str(item)
    texts = (value for value in (item.get("name"), item.get("名称"), item.get("姓名"), *item.values()))
    return next((value for value in texts if isinstance(value, str) and value.strip()), "")


def _with_days(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_days(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_days(inner) for inner in value]
    if isinstance(value, str) and _DAY.match(value):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    return value


def _together(
    one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    keys = dict.fromkeys((*one, *other))
    return {key: tuple(dict.fromkeys((*one.get(key, ()), *other.get(key, ())))) for key in keys}
