"""The whole Friday job, composed from the verbs: files in; returns, the team's book and the summary out.

Owns the order of the steps and what is published. A week is a pure function of the originals, the weeks
before, the settings and the day: run again it replaces its folder in one rename. Refuses: printing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.consolidate import consolidate, numbers_told
from salesxl.errors import RefusedError, TemplateError, UsageError
from salesxl.files import links, publish
from salesxl.files.packaged import shipped, template
from salesxl.intake import Batch, Cache, receive, room
from salesxl.messages import Words
from salesxl.model import Checked, Finding, History, Place, Severity, Team
from salesxl.render import Limits, render_file
from salesxl.rulebook import Rulebook
from salesxl.settings import refuse_faulty
from salesxl.state.files import known_files
from salesxl.summary import summarise
from salesxl.validate import check, week_of
from salesxl.workers import Crew, Hands
from salesxl.workspace import archive, book, handouts, history, returns
from salesxl.workspace.batch_report import Counts, counts, waiting
from salesxl.workspace.folder import TeamFolder, own_forms, week_bounds, week_name

__all__ = ["AMPLE", "Outcome", "Progress", "Week", "build_book", "build_summary", "run", "week_asked"]

AMPLE = Limits(seconds=3600)
"""Bounds of the summary: thousands of reps on a slow machine take minutes; loops have bounds of their own."""

Progress: TypeAlias = Callable[[str, int, int], object]
"""Called with a step (read, check, return, write), how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Week:
    """The week under report and the day on which it is judged."""

    monday: dt.date
    as_of: dt.date

    @property
    def bounds(self) -> tuple[dt.date, dt.date]:
        """Monday and Sunday."""
        return self.monday, self.monday + dt.timedelta(days=6)

    @property
    def name(self) -> str:
        """The week as 2026-W47."""
        return week_name(self.monday)


def week_asked(week: str | None, as_of: dt.date | None, today: dt.date) -> Week:
    """Return the week under report, as 2026-W47 or as people say it, and the day on which it is judged.

    Without a week it is that of the day; without a day, the one of the week that is nearest to today.

    Raises:
        UsageError: there is no such week, or it has not begun on that day.
    """
    day = as_of or today
    if week is None:
        return Week(week_of(day)[0], day)
    monday, sunday = week_bounds(week, day)
    if monday > day:
        raise UsageError("week_ahead", name=week_name(monday), monday=monday, day=day, now=week_name(day))
    return Week(monday, as_of or min(max(today, monday), sunday))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a Friday run did: the counts, what was checked, and where the results are."""

    counts: Counts
    checked: Checked
    figures: dict[str, Any]
    folder: Path
    summary: Path
    book: Path
    settings: tuple[Finding, ...]
    returns: Path
    returned: tuple[Path, ...]
    to_check: int
    mended: int
    handed_out: tuple[Path, ...]
    further_sheets: tuple[str, ...]
    set_aside: str | None
    waiting: tuple[str, ...]


def run(
    folder: TeamFolder,
    week: Week,
    crew: Crew | None = None,
    hands: Hands | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run the Friday job for a team's folder.

    The originals are copied to the archive first, then everything is built beside the week's folder and takes
    its place in one rename. ``crew`` reads files that are many, large or odd, ``hands`` mark returns and
    write the book beside the summary, and what was read is kept in the team's folder for the next run; a
    result never depends on them. ``progress`` is told each step by its name, and what is done of how much.

    Raises:
        SettingsError: the settings workbook is missing or holds errors.
        UsageError: there is no inbox, or nothing in it.
        DestinationBusyError: a workbook of the week is open in Excel.
    """
    words = folder.words
    rulebook, remarks = folder.rules()
    refuse_faulty(remarks, words)
    if not folder.inbox.is_dir():
        raise UsageError("no_inbox", path=folder.inbox)
    publish.recover(folder.week(week.name))
    with room() as home:
        return _run(folder, week, rulebook, remarks, home, crew, hands or Hands(1), progress or _silent)


def _run(
    folder: TeamFolder,
    week: Week,
    rulebook: Rulebook,
    remarks: Sequence[Finding],
    room: Path,
    crew: Crew | None,
    hands: Hands,
    tell: Progress,
) -> Outcome:
    """Run the job with a room for the copies of what came in."""
    words = folder.words
    before = history.history(folder.earlier_weeks(week.name), words, rulebook, folder.later_weeks(week.name))
    copies, checked = _checked(folder, rulebook, week, before, crew, tell, room)
    checked = replace(checked, findings=(*remarks, *checked.findings))
    team = consolidate(checked, rulebook, before)
    numbers = numbers_told(checked, before)
    next_week = handouts.plans(team, checked, rulebook) if rulebook.parameters.hand_out else []
    checked = checked.outline()
    originals = archive.keep_originals(copies, folder, week.name)
    archive.keep_records(team, copies, folder)
    target = folder.week(week.name)
    with publish.new_folder(target) as draft:
        due = week.as_of + dt.timedelta(days=rulebook.parameters.reply_days)
        home = draft / words.text("file.returns")
        sent = returns.write(
            home,
            checked,
            copies,
            words,
            due=due,
            own=folder.reports,
            numbers=numbers,
            hands=hands,
            tick=partial(tell, "return"),
        )
        handed = handouts.write(
            draft / words.text("file.handouts"),
            next_week,
            week.monday,
            rulebook,
            words,
            hands.spread,
            partial(tell, "hand_out"),
            own_forms(folder),
        )
        marked = {(s.rep, s.file): target / s.path.relative_to(draft) for s in sent if s.marked}
        places = links.places(target, marked, originals | {folder.settings.name: folder.settings})
        tell("write", 0, 1)
        ledger = _Ledger(replace(team, findings=()), draft / words.text("file.book"), folder)
        with hands.aside(ledger, None, sum(path.stat().st_size for path in copies.values())) as written:
            figures = summarise(team, rulebook, words, before.latest, places)
            _write_summary(draft, figures, folder, hands)
            sheets, set_aside = json.loads(written())
    return Outcome(
        counts=counts(checked),
        checked=checked,
        figures=figures,
        folder=target,
        summary=target / words.text("file.summary"),
        book=target / words.text("file.book"),
        settings=tuple(remarks),
        returns=target / words.text("file.returns"),
        returned=tuple(target / s.path.relative_to(draft) for s in sent if not s.mended),
        to_check=sum(not s.errors and not s.mended for s in sent),
        mended=sum(s.mended for s in sent),
        handed_out=tuple(target / path.relative_to(draft) for path in handed),
        further_sheets=tuple(name for name in sheets if name not in words.names("sheet").values()),
        set_aside=set_aside,
        waiting=waiting(checked),
    )


def _checked(
    folder: TeamFolder,
    rulebook: Rulebook,
    week: Week,
    before: History,
    crew: Crew | None,
    tell: Progress,
    room: Path,
) -> tuple[Mapping[str, Path], Checked]:
    """Read and check what is in the inbox; return the copies of its files too, which lie in the room.

    The raw values are let go on return.
    """
    cache = Cache(folder.kept / "received.jsonl")
    whole, partly = known_files(before.latest.tables["submission"]) if before.latest else ((), ())
    batch = receive(
        [folder.inbox],
        rulebook,
        crew,
        cache=cache,
        tick=partial(tell, "read"),
        home=room,
        known={*whole, *partly},
        again=[archive.originals(folder, week.name)],
    )
    if not batch.files and not batch.findings and not batch.passed:
        raise UsageError("empty_inbox", path=folder.inbox)
    tell("check", 0, 1)
    checked = check(batch, rulebook, week.as_of, week=week.bounds, past=before.tables)
    known = tuple(_passed_over(batch, partly))
    return batch.copies, replace(checked, findings=(*known, *checked.findings))


def _passed_over(batch: Batch, partly: Collection[str]) -> Iterator[Finding]:
    """Say how many files were passed over as known, and at which something is still open."""
    if batch.passed:
        yield Finding("known_files", Severity.NOTICE, Place(""), facts={"count": len(batch.passed)})
    for name, digest in batch.passed.items():
        if digest in partly:
            yield Finding("still_open", Severity.NOTICE, Place(name))


def build_book(
    paths: Sequence[Path],
    out: Path,
    rulebook: Rulebook,
    as_of: dt.date,
    words: Words,
    *,
    crew: Crew | None = None,
    progress: Progress | None = None,
) -> tuple[Checked, Team]:
    """Check the files under the paths and write the team's book from what is sound.

    Raises:
        UsageError: a path does not exist, or the book would take the place of a file that was handed in.
        DestinationBusyError: the book is open in Excel.
    """
    batch = receive(paths, rulebook, crew, tick=partial(progress or _silent, "read"))
    if publish.same_file([out], batch.files.values()):
        raise UsageError("over", path=out)
    checked = check(batch, rulebook, as_of)
    team = consolidate(checked, rulebook, History())
    with publish.new_file(out) as draft:
        book.write_book(team, shipped(words.text("file.book")), draft, words)
    return checked, team


def build_summary(source: bytes, data: Path, out: Path, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Render a template workbook from a team's book, and return the figures.

    A book that stands in the folder of its week is seen with the books of the weeks before, and findings lead
    to the files that lie there.

    Raises:
        SettingsError: ``data`` is no team's book.
        TemplateError: the template names something unknown.
        DestinationBusyError: the target is open in Excel.
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
    before = history.history(weeks[-1:], words, rulebook)
    figures = summarise(team, rulebook, words, before.latest, places)
    with publish.new_file(out) as draft:
        render_file(source, figures, draft, words=words)
    return figures


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Writes the team's book, wherever it is told to.

    What comes back, as JSON, are the rows of each sheet, and why the team's own template was set aside: one
    that lacks a column, as after an update, costs its looks and not the week.
    """

    team: Team
    target: Path
    folder: TeamFolder

    def __call__(self, _: None) -> bytes:
        own, set_aside = template(self.target.name, self.folder.reports), None
        try:
            with _readable(self.folder.reports / self.target.name):
                sheets = book.write_book(self.team, own, self.target, self.folder.words)
        except TemplateError as unfit:
            if own == shipped(self.target.name):
                raise
            set_aside = self.folder.words.error(unfit)
            sheets = book.write_book(self.team, shipped(self.target.name), self.target, self.folder.words)
        return json.dumps((sheets, set_aside)).encode()


def _write_summary(draft: Path, figures: dict[str, Any], folder: TeamFolder, hands: Hands) -> None:
    """Render the summary: the shipped template in the language asked for, or a team's own as it is."""
    words = folder.words
    summary = draft / words.text("file.summary")
    source = template(summary.name, folder.reports, words.lang)
    with _readable(folder.reports / summary.name):
        render_file(source, figures, summary, limits=AMPLE, hands=hands, words=words)


@contextmanager
def _readable(template: Path) -> Iterator[None]:
    """Name the team's template where it cannot be read."""
    try:
        yield
    except RefusedError as refused:
        raise TemplateError("template_unreadable", path=template, why=refused) from refused
