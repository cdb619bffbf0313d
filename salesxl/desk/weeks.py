"""What a week's folder says: who has what to mend, which messages go out, what there is to download.

Everything is read from what the Friday job left in the folder, so that a page says the same whoever ran it,
and when. Owns the keys by which pages name reps and files: no path comes from a request. Refuses: pages;
deciding anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from salesxl.files.naming import fitting, natural
from salesxl.model import Severity
from salesxl.workspace import archive, book_cells, returns, runs
from salesxl.workspace.folder import WEEK, TeamFolder

__all__ = ["Fault", "Lying", "Person", "WeekPage", "key_of", "sheet_file", "week_names", "week_page"]


@dataclass(frozen=True, slots=True)
class Lying:
    """A file of a week: its key, its name as people see it, where it lies, and its size in bytes."""

    key: str
    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found at a cell, as the team's book has it."""

    severity: str
    file: str
    sheet: str | None
    cell: str | None
    label: str
    value: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Person:
    """A rep in a week. ``state`` is missing, returned, check, mended or clean.

    ``rows`` are rows (accepted, returned); ``message`` is the text to paste, blank where none goes out.
    """

    key: str
    name: str
    state: str
    missing: bool
    rows: tuple[int, int]
    faults: tuple[Fault, ...]
    files: tuple[Lying, ...]
    message: str

    @property
    def errors(self) -> int:
        """What must be mended."""
        return sum(f.severity == Severity.ERROR.value for f in self.faults)

    @property
    def warnings(self) -> int:
        """What is to be checked."""
        return sum(f.severity == Severity.WARNING.value for f in self.faults)


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A week as it was made; ``files`` are all that it holds, by key."""

    name: str
    bounds: tuple[dt.date, dt.date]
    as_of: dt.date
    people: tuple[Person, ...]
    unread: tuple[Fault, ...]
    files: Mapping[str, Lying]
    counts: Mapping[str, int]
    summary: Lying | None = None
    book: Lying | None = None
    handouts: tuple[Lying, ...] = field(default=())

    def person(self, key: str) -> Person | None:
        """Return the rep of a key."""
        return next((p for p in self.people if p.key == key), None)

    @property
    def missing(self) -> tuple[Person, ...]:
        """Who has not reported."""
        return tuple(p for p in self.people if p.missing)


def key_of(text: str) -> str:
    """Return the key by which a page names a rep, a file or a word."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def week_names(folder: TeamFolder) -> list[str]:
    """Return the weeks that were made, the last one first."""
    book_name = folder.words.text("file.book")
    found = (p for p in folder.root.iterdir() if p.is_dir() and not p.is_symlink() and WEEK.match(p.name))
    return sorted((p.name for p in found if (p / book_name).is_file()), reverse=True)


def week_page(folder: TeamFolder, name: str) -> WeekPage | None:
    """Return a week as its folder has it; None if it was not made.

    Raises:
        SettingsError: its book can no longer be read.
    """
    if name not in week_names(folder):
        return None
    home, words = folder.week(name), folder.words
    path = home / words.text("file.book")
    status = path.stat()
    told = _book(path, status.st_mtime_ns, status.st_size, folder)
    files = _files(home)
    by_path = {lying.path: lying for lying in files.values()}
    back = home / words.text("file.returns")
    people = _people(told, words, back, by_path)
    whole = [f for rep, f in told.faults if rep is None and f.severity != Severity.NOTICE.value]
    next_home = home / words.text("file.handouts")
    return WeekPage(
        name,
        told.bounds,
        told.as_of,
        tuple(people),
        tuple(whole),
        files,
        told.counts,
        by_path.get(home / words.text("file.summary")),
        by_path.get(path),
        tuple(lying for lying in files.values() if lying.path.parent == next_home),
    )


def _files(home: Path) -> dict[str, Lying]:
    """Return the files of a week by key; none that a link leads to."""
    root = home.resolve()
    found = {}
    for path in sorted(home.rglob("*"), key=lambda p: natural(p.relative_to(home).as_posix())):
        if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        key = key_of(path.relative_to(home).as_posix())
        found[key] = Lying(key, path.name, path, path.stat().st_size)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """What a book says of its week: by rep what was found, and rows by rep."""

    bounds: tuple[dt.date, dt.date]
    as_of: dt.date
    faults: tuple[tuple[str | None, Fault], ...]
    rows: Mapping[str, tuple[int, int]]
    missing: frozenset[str]
    counts: Mapping[str, int]


@lru_cache(maxsize=8)
def _book(path: Path, _stamp: int, _size: int, folder: TeamFolder) -> _Told:
    words = folder.words
    with book_cells.opened(path, words) as found:
        finding = book_cells.whole(found, "finding", words)
        handed = book_cells.whole(found, "submission", words)
        as_of = dt.date.fromisoformat(found.properties["salesxl.as_of"])
        monday = dt.date.fromisoformat(found.properties["salesxl.week"])
    handed = handed[handed["taken"].dt.date == monday]  # the book keeps the files of earlier weeks
    faults = tuple(
        _fault(row) for row in finding.astype(object).where(finding.notna(), None).to_dict("records")
    )
    lacking = frozenset(handed.loc[handed["status"] == "missing", "rep"].dropna())
    sums = handed.dropna(subset=["rep"]).groupby("rep")[["accepted", "returned"]].sum()
    rows = {str(rep): (int(a), int(r)) for rep, a, r in sums.itertuples(name=None)}
    for rep in [*lacking, *(rep for rep, _ in faults if rep)]:
        rows.setdefault(rep, (0, 0))
    counts = {
        "files": int(handed["source_file"].dropna().nunique()),
        "accepted": int(handed["accepted"].sum()),
        "returned": int(handed["returned"].sum()),
        **{s.value: sum(f.severity == s.value for _, f in faults) for s in Severity},
    }
    return _Told((monday, monday + dt.timedelta(days=6)), as_of, faults, rows, lacking, counts)


def _fault(row: Mapping[str, Any]) -> tuple[str | None, Fault]:
    told = [str(row[name] or "") for name in ("field", "value", "message", "fix")]
    where = (str(row["source_file"] or ""), row["source_sheet"], row["cell"])
    return row["rep"], Fault(str(row["severity"]), *where, *told)


def _people(told: _Told, words: Any, back: Path, by_path: Mapping[Path, Lying]) -> list[Person]:
    found = []
    message = f"{words.text('file.message')}.txt"
    for rep in told.rows:
        faults = [f for r, f in told.faults if r == rep and f.severity != Severity.NOTICE.value]
        home = back / returns.folder_name(rep)
        theirs = [lying for path, lying in by_path.items() if path.parent == home]
        text = next((lying.path.read_text(encoding="utf-8") for lying in theirs if lying.name == message), "")
        forms = tuple(lying for lying in theirs if lying.path.suffix not in (".txt", ".md"))
        state = _state(rep in told.missing, faults, forms)
        person = Person(
            key_of(rep), rep, state, rep in told.missing, told.rows[rep], tuple(faults), forms, text
        )
        found.append(person)
    order = ("returned", "missing", "check", "mended", "clean")
    return sorted(found, key=lambda p: (order.index(p.state), -p.errors, natural(p.name)))


def _state(missing: bool, faults: list[Fault], forms: tuple[Lying, ...]) -> str:
    if any(f.severity == Severity.ERROR.value for f in faults):
        return "returned"
    if missing:
        return "missing"
    if faults:
        return "check"
    return "mended" if forms else "clean"


def sheet_file(folder: TeamFolder, page: WeekPage, person: Person | None, fault: Fault) -> Path | None:
    """Return the workbook in which a fault is to be seen: the marked one, else the original as it came."""
    name = fitting(PurePosixPath(fault.file).name)
    if person is not None:
        marked = next((lying.path for lying in person.files if lying.name == name), None)
        if marked is not None:
            return marked
    run = runs.kept(runs.home(folder, page.name), folder)
    lies = run.files.get(fault.file) if run else None
    path = archive.originals(folder, page.name) / lies if lies else None
    return path if path is not None and path.is_file() else None
