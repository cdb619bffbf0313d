"""The whole Friday job, composed from the verbs: files in; returns, the team's book and the summary out.

Owns the order of the steps and what is published. A week is a pure function of the originals, the weeks
before, the settings and the day. A week made again brings every later one with it. Refuses: printing.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.consolidate import consolidate, numbers_told
from salesxl.errors import RefusedError, SettingsError, TemplateError, UsageError
from salesxl.files import journal, links, publish
from salesxl.files.journal import Journal
from salesxl.files.packaged import shipped, template
from salesxl.intake import Batch, Cache, read_under, receive, room
from salesxl.letters import figures_of, tables_of, template_data
from salesxl.messages import Words
from salesxl.model import Checked, Finding, History, Team
from salesxl.render import Limits, Pictures, render_file
from salesxl.rulebook import Rulebook
from salesxl.settings import refuse_faulty
from salesxl.state.files import known_files
from salesxl.summary import manager_message, summarise
from salesxl.validate import check
from salesxl.workers import Crew, Hands
from salesxl.workspace import archive, book, handouts, history, returns, runs, versions
from salesxl.workspace.batch_report import Counts, counts, passed_over, waiting
from salesxl.workspace.folder import TeamFolder, own_forms
from salesxl.workspace.published import believed, last_made
from salesxl.workspace.week import Week, last_week_due, week_asked
from salesxl.workspace.weeks import Planned, belonging, planned

__all__ = [
    "AMPLE",
    "Agree",
    "Outcome",
    "Progress",
    "Week",
    "build_book",
    "build_summary",
    "last_week_due",
    "run",
    "week_asked",
]

AMPLE = Limits(seconds=3600)
"""Bounds of the summary: thousands of reps on a slow machine take minutes; loops have bounds of their own."""

Progress: TypeAlias = Callable[[str, int, int], object]
"""Called with a step (read, check, return, write), how much of it is done and how much there is."""

Agree: TypeAlias = Callable[[UsageError], object]
"""Called with what is done only on purpose, as the error that it else is; raises it where nobody agrees."""


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
    again: tuple[str, ...] = ()


def run(
    folder: TeamFolder,
    week: Week,
    crew: Crew | None = None,
    hands: Hands | None = None,
    progress: Progress | None = None,
    *,
    agree: Agree | None = None,
    settings_now: bool = False,
) -> Outcome:
    """Run the Friday job for a team's folder.

    The originals, the settings and the results are built beside what stands and take their places by a
    journal of renames: all of them or none, whatever happens. A week before one that was made is made again
    from its originals, settings (those of today with ``settings_now``) and day, with late files that belong
    to it, and so is every later one; ``agree`` is asked first. ``crew`` reads files that are many, large or
    odd, ``hands`` mark returns and write the book beside the summary, and what was read is kept in the team's
    folder for the next run; a result never depends on them. ``progress`` is told each step by its name, and
    what is done of how much.

    Raises:
        SettingsError: the settings workbook is missing or holds errors, or the book before is gone.
        UsageError: there is no inbox, or nothing in it; or nobody has agreed.
        DestinationBusyError: a workbook of the week is open in Excel, or another run is under way.
    """
    now = folder.rules()
    refuse_faulty(now[1], folder.words)
    if not folder.inbox.is_dir():
        raise UsageError("no_inbox", path=folder.inbox)
    helped = _Help(crew, hands or Hands(1), progress or _silent, agree or _refused)
    with journal.locked(folder.kept / "lock"), journal.publishing(folder.root) as plan:
        weeks = planned(folder, week.name, week.as_of, now, settings_now=settings_now)
        names = [each.name for each in weeks]
        if len(names) > 1:
            helped.agree(UsageError("redo_asked", name=week.name, later=tuple(names[1:])))
        outcomes = []
        for each in weeks:
            with room() as home:
                outcomes.append(_run(folder, each, plan, names, home, helped))
        versions.publish(folder, plan, names)
    return replace(outcomes[0], again=tuple(names[1:]))


@dataclass(frozen=True, slots=True)
class _Help:
    """Who helps with a run, whom it tells how far it is, and whom it asks."""

    crew: Crew | None
    hands: Hands
    tell: Progress
    agree: Agree


def _refused(doubt: UsageError) -> None:
    """Agree to nothing."""
    raise doubt


def _run(
    folder: TeamFolder, each: Planned, plan: Journal, names: Sequence[str], room: Path, helped: _Help
) -> Outcome:
    """Make a week's drafts, with a room for the copies of what came in."""
    words, rulebook, draft = folder.words, each.rulebook, versions.drafted(plan, each.name)
    before, edited = _before(folder, each, plan, names)
    copies, checked, batch = _checked(folder, each, before, helped, room)
    checked = replace(checked, findings=(*each.remarks, *edited, *checked.findings))
    team = consolidate(checked, rulebook, before)
    numbers = numbers_told(checked, before)
    target = folder.week(each.name)
    stays = each.closed and target.exists()  # what a closed week has sent stays as it was sent
    handed_out = rulebook.parameters.hand_out and not stays
    next_week = handouts.plans(team, checked, rulebook) if handed_out else []
    checked = replace(checked.outline(), findings=team.findings)
    remarks = [f for f in team.findings if f.place.file == folder.settings.name]
    originals = archive.keep_originals(copies, folder, each.name, draft.originals)
    archive.keep_records(team, copies, folder)
    draft.week.mkdir(parents=True)
    home = draft.week / words.text("file.returns")
    due = each.as_of + dt.timedelta(days=rulebook.parameters.reply_days)
    sent = returns.write(
        home,
        checked,
        copies,
        words,
        due=due,
        own=folder.reports,
        numbers=numbers,
        hands=helped.hands,
        tick=partial(helped.tell, "return"),
    )
    next_home = draft.week / words.text("file.handouts")
    if stays:
        sent = returns.as_sent(home, target / home.name, sent, set(each.run.digests) if each.run else set())
        if (target / next_home.name).is_dir():
            shutil.copytree(target / next_home.name, next_home)
    handed = handouts.write(
        next_home,
        next_week,
        each.bounds[0],
        rulebook,
        words,
        helped.hands.spread,
        partial(helped.tell, "hand_out"),
        own_forms(folder) if next_week else {},
    )
    marked = {(s.rep, s.file): target / s.path.relative_to(draft.week) for s in sent if s.marked}
    places = links.places(target, marked, originals | {folder.settings.name: folder.settings})
    helped.tell("write", 0, 1)
    ledger = _Ledger(replace(team, findings=()), draft.week / words.text("file.book"), folder)
    with helped.hands.aside(ledger, None, sum(path.stat().st_size for path in copies.values())) as written:
        figures = summarise(team, rulebook, words, before.latest, places)
        named = template_data(figures, tables_of(team), closed=team.closed)
        _write_summary(draft.week, named, folder, helped.hands)
        sheets, set_aside = json.loads(written())
    kept = archive.originals(folder, each.name)
    lying = {name: path.relative_to(kept).as_posix() for name, path in originals.items()}
    run = runs.Run(
        each.name,
        each.as_of.isoformat(),
        lying,
        {name: batch.digests[name] for name in lying},
        dict(batch.passed),
        runs.told_beside(batch),
        [name for name in batch.files if name not in batch.copies],
        runs.numbers_of(team, before.latest),
        runs.digest(ledger.target),
    )
    runs.keep(run, draft.run, folder, each.settings, ledger.target)
    return Outcome(
        counts=counts(checked),
        checked=checked,
        figures=figures,
        folder=target,
        summary=target / words.text("file.summary"),
        book=target / words.text("file.book"),
        settings=tuple(remarks),
        returns=target / words.text("file.returns"),
        returned=tuple(target / s.path.relative_to(draft.week) for s in sent if not s.mended),
        to_check=sum(not s.errors and not s.mended for s in sent),
        mended=sum(s.mended for s in sent),
        handed_out=tuple(target / path.relative_to(draft.week) for path in handed),
        further_sheets=tuple(name for name in sheets if name not in _named(team, words)),
        set_aside=set_aside,
        waiting=waiting(checked),
    )


def _named(team: Team, words: Words) -> set[str]:
    """Return the names of the sheets that a table of the book begins on."""
    return {*words.names("sheet").values(), *(table.sheet for table in team.further.values())}


def _before(
    folder: TeamFolder, each: Planned, plan: Journal, names: Sequence[str]
) -> tuple[History, tuple[Finding, ...]]:
    """Return what earlier weeks tell a week, with what was changed by hand in the books it stands on."""
    weeks = {path.name: path for path in folder.earlier_weeks(each.name)}
    weeks |= {name: versions.drafted(plan, name).week for name in names if name < each.name}
    edited: tuple[Finding, ...] = ()
    last = max(filter(None, [last_made(folder, each.name), *weeks]), default=None)
    if last is not None and last not in names:
        weeks[last], edited = believed(folder, last)
    if (folder.week(each.name) / folder.words.text("file.book")).is_file():
        with suppress(SettingsError):  # it is made again, whatever became of it
            edited += believed(folder, each.name)[1]
    others, later = versions.registers(folder, each.name)
    found = [weeks[name] for name in sorted(weeks)]
    return history.history(found, folder.words, each.rulebook, others, later), edited


def _checked(
    folder: TeamFolder, each: Planned, before: History, helped: _Help, room: Path
) -> tuple[Mapping[str, Path], Checked, Batch]:
    """Read and check what came in; return the copies of its files too, which lie in the room.

    The raw values are let go on return.
    """
    cache = Cache(folder.kept / "received.jsonl")
    files = before.latest.tables["submission"] if before.latest else None
    whole, partly = ((), ()) if files is None else known_files(files, read_under(each.rulebook))
    known = {*whole, *partly}
    own = archive.originals(folder, each.name)
    inbox = [folder.inbox] if each.late else []
    first, again = ([own], inbox) if each.closed and own.is_dir() else (inbox, [own])
    if each.closed:
        known = (known | each.elsewhere) - set(each.run.digests.values() if each.run else ())
    batch = receive(
        first,
        each.rulebook,
        helped.crew,
        cache=cache,
        tick=partial(helped.tell, "read"),
        home=room,
        known=known,
        again=again,
        called=each.called(folder),
    )
    if each.closed:
        batch = belonging(batch, each)
    if not batch.files and not batch.findings and not batch.passed:
        raise UsageError("empty_inbox", path=folder.inbox)
    if not each.closed and not batch.submissions and batch.passed:
        helped.agree(UsageError("nothing_new", name=each.name, count=len(batch.passed)))
    helped.tell("check", 0, 1)
    checked = check(batch, each.rulebook, each.as_of, week=each.bounds, past=before.tables)
    told = tuple(passed_over(batch.passed, partly))
    digests = dict(batch.digests)
    kept = Batch(batch.files, (), batch.findings, batch.copies, batch.whole, digests, batch.passed)
    return batch.copies, replace(checked, findings=(*told, *checked.findings)), kept


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


def build_summary(
    source: bytes,
    data: Path,
    out: Path,
    rulebook: Rulebook,
    words: Words,
    pictures: Pictures | None = None,
) -> dict[str, Any]:
    """Render a template workbook from a team's book, and return the figures.

    Raises:
        SettingsError: ``data`` is no team's book.
        TemplateError: the template names something unknown.
        DestinationBusyError: the target is open in Excel.
    """
    team, figures = figures_of(data, out, rulebook, words)
    with publish.new_file(out) as draft:
        render_file(source, template_data(figures, tables_of(team), pictures), draft, words=words)
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


def _write_summary(draft: Path, named: dict[str, Any], folder: TeamFolder, hands: Hands) -> None:
    """Write the summary, its pages for print and its message; templates are the team's own or the shipped."""
    words = folder.words
    summary = draft / words.text("file.summary")
    source = template(summary.name, folder.reports, words.lang)
    with _readable(folder.reports / summary.name):
        render_file(source, named, summary, limits=AMPLE, hands=hands, words=words)
    printed = draft / words.text("file.summary_print")
    with _readable(folder.reports / printed.name):
        source = template(printed.name, folder.reports, words.lang)
        render_file(source, named, printed, limits=AMPLE, hands=hands, words=words)
    told = draft / words.text("file.manager")
    told.write_text(manager_message(named, words), encoding="utf-8")


@contextmanager
def _readable(template: Path) -> Iterator[None]:
    """Name the team's template where it cannot be read."""
    try:
        yield
    except RefusedError as refused:
        raise TemplateError("template_unreadable", path=template, why=refused) from refused
