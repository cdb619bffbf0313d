"""Which weeks a run makes: the one asked for, and every later one that stands on it. docs/domain.md 4.2.

Owns settings and day of each. Refuses: making them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salesxl import parsing, settings
from salesxl.errors import UsageError
from salesxl.files.naming import natural
from salesxl.intake import Batch
from salesxl.model import Finding, Place, Severity, Submission
from salesxl.rulebook import Rulebook
from salesxl.workspace import archive, runs
from salesxl.workspace.folder import TeamFolder, week_bounds
from salesxl.workspace.runs import Run

__all__ = ["Planned", "belonging", "planned"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A week to be made: its rules, and what is kept of its last run.

    ``closed``: later weeks stand, so that its returns stay as sent. ``late``: files in the inbox may belong
    to it. ``elsewhere`` are digests of files that later weeks took.
    """

    name: str
    as_of: dt.date
    rulebook: Rulebook
    remarks: tuple[Finding, ...]
    settings: Path
    run: Run | None = None
    closed: bool = False
    late: bool = True
    elsewhere: frozenset[str] = field(default_factory=frozenset)

    @property
    def bounds(self) -> tuple[dt.date, dt.date]:
        """Monday and Sunday."""
        return week_bounds(self.name)

    def called(self, folder: TeamFolder) -> Mapping[Path, str]:
        """Return the names under which originals were read, by where they lie."""
        home = archive.originals(folder, self.name)
        return {home / path: name for name, path in self.run.files.items()} if self.run else {}


def planned(
    folder: TeamFolder,
    name: str,
    as_of: dt.date,
    now: tuple[Rulebook, list[Finding]],
    *,
    settings_now: bool = False,
) -> list[Planned]:
    """Return the weeks to be made, in order.

    ``now`` are the rules of today. A week that is not the last one has its archived settings and day.

    Raises:
        UsageError: a week that was made has no archived settings, as of an earlier version of the program.
    """
    rulebook, remarks = now
    book = folder.words.text("file.book")
    later = [path.name for path in folder.later_weeks(name) if (path / book).exists()]
    own = runs.kept(runs.home(folder, name), folder)
    if not later:
        return [Planned(name, as_of, rulebook, tuple(remarks), folder.settings, own)]
    found: list[Planned] = []
    for week in (name, *later):
        run = runs.kept(runs.home(folder, week), folder)
        made = folder.week(week).exists()
        after = [_digests(folder, other) for other in later if other > week]
        rules, told, path = rulebook, tuple(remarks), folder.settings
        if made and run is None and not settings_now:
            raise UsageError("no_archived_settings", name=week)
        if run is not None and not settings_now:
            path = runs.home(folder, week) / folder.settings.name
            rules, own_remarks = settings.load(path)
            told = tuple(own_remarks)
        day = run.day if run else as_of if week == name else week_bounds(week)[1]
        elsewhere = frozenset(digest for those in after for digest in those)
        found.append(Planned(week, day, rules, told, path, run, True, week == name, elsewhere))
    return found


def _digests(folder: TeamFolder, week: str) -> Collection[str]:
    run = runs.kept(runs.home(folder, week), folder)
    if run is not None:
        return run.digests.values()
    home = archive.originals(folder, week)
    return [runs.digest(path) for path in sorted(home.rglob("*")) if path.is_file()]


TELLING = (("weekly_report", "week_start"), ("archive_head", "filled_on"))
"""The fields that say of which day a form is."""


def _day(form: Submission, near: dt.date) -> dt.date:
    """Return the day of a form: as it says, else as its stamp does, else long ago."""
    for kind, name in TELLING:
        block = form.block(kind)
        for raw in block.values.get(name, ())[:1] if block else ():
            told = parsing.date(raw, near=near).value
            if told is not None:
                return dt.date.fromisoformat(str(told)[:10])
    return dt.date.fromisoformat((form.modified or "0001-01-01")[:10])


def belonging(batch: Batch, week: Planned) -> Batch:
    """Return a closed week's batch without late files of later weeks, with what was said of lost ones.

    A file is of the day that its forms name, the youngest of them, else of its stamp. One of a later week is
    passed over and named.
    """
    sunday = week.bounds[1]
    own = set(week.run.digests.values()) if week.run else set()
    young: set[str] = set()
    for form in batch.submissions:
        if batch.digests.get(form.file) not in own and _day(form, sunday) > sunday:
            young.add(form.file)
    told = [f for f in batch.findings if f.place.file in batch.copies and f.place.file not in young]
    told += week.run.findings if week.run else ()
    told += [Finding("of_a_later_week", Severity.NOTICE, Place(name)) for name in sorted(young)]
    lost = {name: Path(name) for name in (week.run.refused if week.run else ())}
    files = {name: path for name, path in batch.files.items() if name not in young} | lost

    return Batch(
        dict(sorted(files.items(), key=lambda pair: natural(pair[0]))),
        tuple(form for form in batch.submissions if form.file not in young),
        tuple(told),
        {name: path for name, path in batch.copies.items() if name not in young},
        batch.whole,
        {name: digest for name, digest in batch.digests.items() if name not in young},
        week.run.passed if week.run else batch.passed,
    )
