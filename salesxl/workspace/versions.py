"""The last two versions of a team's weeks: putting new ones in place, and going back. docs/domain.md 4.2.

What a publishing replaces lies in 归档/上一版 as a whole, beside what was done (发布.json), until the next.
Going back swaps the two, so that going back twice is going forward again. Refuses: what is in the weeks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from salesxl.errors import SettingsError, UsageError
from salesxl.files import journal
from salesxl.files.journal import Journal
from salesxl.files.naming import natural
from salesxl.workspace import runs
from salesxl.workspace.archive import originals
from salesxl.workspace.book import read_book
from salesxl.workspace.folder import TeamFolder

__all__ = ["Draft", "Undone", "drafted", "publish", "registers", "undo"]

OLD, DROPPED = "old", "dropped"


@dataclass(frozen=True, slots=True)
class Draft:
    """Where the parts of a week's new version are made: its folder, what is kept of the run, originals."""

    week: Path
    run: Path
    originals: Path


@dataclass(frozen=True, slots=True)
class _Log:
    """What was published last: by week the originals that came in, from where and to where they move."""

    weeks: Sequence[str]
    originals: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What going back, or forward again, did.

    ``away`` are weeks that stand no more; ``lacking`` the originals that lie in the inbox no more.
    """

    weeks: tuple[str, ...]
    forward: bool
    away: tuple[str, ...] = ()
    lacking: tuple[Path, ...] = ()


def drafted(plan: Journal, week: str) -> Draft:
    """Return where a week's new version is made."""
    return Draft(*(plan.room / part / week for part in ("weeks", "runs", "originals")))


def _previous(folder: TeamFolder) -> Path:
    return folder.archive / folder.words.text("file.previous")


def _run_of(previous: Path, folder: TeamFolder, week: str) -> Path:
    return previous / folder.words.text("file.run") / week


def publish(folder: TeamFolder, plan: Journal, weeks: Sequence[str]) -> None:
    """Plan the renames that put drafts in place and what they replace into 归档/上一版."""
    previous = _previous(folder)
    if previous.exists():
        plan.move(previous, plan.room / DROPPED)
    came: dict[str, list[tuple[str, str]]] = {}
    for week in weeks:
        draft = drafted(plan, week)
        _aside(folder, plan, week, previous)
        plan.move(draft.week, folder.week(week))
        plan.move(draft.run, runs.home(folder, week))
        found = sorted(path for path in draft.originals.rglob("*") if path.is_file())
        for path in found:
            target = originals(folder, week) / path.relative_to(draft.originals)
            plan.move(path, target)
            came.setdefault(week, []).append(_way(folder, target))
    _note(folder, plan, _Log(list(weeks), came), previous)


def _aside(folder: TeamFolder, plan: Journal, week: str, previous: Path) -> None:
    """Plan to put what stands of a week among the previous versions."""
    for there, target in (
        (folder.week(week), previous / week),
        (runs.home(folder, week), _run_of(previous, folder, week)),
    ):
        if there.exists():
            plan.move(there, target)


def _way(folder: TeamFolder, path: Path) -> tuple[str, str]:
    """Return where an original lies and where it goes when its run is undone: no other file's place."""
    inside = path.relative_to(folder.archive)
    aside, number = folder.archive / folder.words.text("file.undone") / inside, 1
    while aside.exists():
        number += 1
        aside = (folder.archive / folder.words.text("file.undone") / inside).with_stem(
            f"{path.stem}({number})"
        )
    return path.relative_to(folder.root).as_posix(), aside.relative_to(folder.root).as_posix()


def _note(folder: TeamFolder, plan: Journal, log: _Log, previous: Path) -> None:
    name = folder.words.text("file.last")
    (plan.room / name).write_text(json.dumps(asdict(log), ensure_ascii=False, indent=1), encoding="utf-8")
    plan.move(plan.room / name, previous / name)


def undo(folder: TeamFolder) -> Undone:
    """Swap the last publishing with what it replaced; the originals that it brought move to 归档/撤销.

    Raises:
        UsageError: nothing was published, or the previous version is no longer there.
        DestinationBusyError: a workbook of these weeks is open, or a run is under way.
    """
    previous = _previous(folder)
    with journal.locked(folder.kept / "lock"), journal.publishing(folder.root) as plan:
        try:
            told = json.loads((previous / folder.words.text("file.last")).read_text(encoding="utf-8"))
            log = _Log(**told)
        except (OSError, ValueError, TypeError) as gone:
            raise UsageError("nothing_to_undo", path=previous) from gone
        old = plan.room / OLD
        plan.move(previous, old)
        stay = [week for week in log.weeks if (previous / week).exists()]
        for week in log.weeks:
            back = [
                (source, target)
                for source, target in (
                    (old / week, folder.week(week)),
                    (_run_of(old, folder, week), runs.home(folder, week)),
                )
                if (previous / source.relative_to(old)).exists()
            ]
            _aside(folder, plan, week, previous)
            for source, target in back:
                plan.move(source, target)
        for ways in log.originals.values():
            for at, aside in ways:
                one, other = (folder.root / part for part in ((aside, at) if log.undone else (at, aside)))
                if one.exists():
                    plan.move(one, other)
        _note(folder, plan, _Log(log.weeks, log.originals, not log.undone), previous)
        away = tuple(week for week in log.weeks if week not in stay)
    lacking = () if log.undone else _lacking(folder, [a for ways in log.originals.values() for _, a in ways])
    return Undone(tuple(log.weeks), log.undone, away, lacking)


def _lacking(folder: TeamFolder, asides: Sequence[str]) -> tuple[Path, ...]:
    """Return the originals whose content lies in the inbox no more."""
    inbox = folder.inbox.rglob("*") if folder.inbox.is_dir() else ()
    here = {runs.digest(path) for path in inbox if path.is_file()}
    found = [folder.root / aside for aside in asides if runs.digest(folder.root / aside) not in here]
    return tuple(sorted(found, key=lambda path: natural(str(path))))


def registers(folder: TeamFolder, week: str) -> tuple[list[pd.DataFrame], frozenset[str]]:
    """Return the registers beside the one of the book before, and the numbers that only later books hold.

    They are those of the week's own book, which is made again, of previous versions, and of later weeks.
    """
    previous = _previous(folder)
    own = _register(folder, folder.week(week), runs.home(folder, week))
    kept = [
        _register(folder, path, _run_of(previous, folder, path.name))
        for path in (sorted(previous.iterdir()) if previous.is_dir() else ())
        if path.is_dir() and path.name != folder.words.text("file.run")
    ]
    later = [_register(folder, path, runs.home(folder, path.name)) for path in folder.later_weeks(week)]
    numbers = [number for frame in later for number in frame["customer_no"].dropna()]
    return [own, *kept, *later], frozenset(numbers) - frozenset(own["customer_no"].dropna())


def _register(folder: TeamFolder, week: Path, run: Path) -> pd.DataFrame:
    """Return the numbers that a version gave: as its run says, else all that its book holds."""
    found = runs.kept(run, folder)
    if found is not None:
        return found.register()
    try:
        return read_book(week / folder.words.text("file.book"), folder.words).tables["number"]
    except (SettingsError, OSError):  # a book that is gone gives no number; one that stands is read elsewhere
        return runs.Run("", "").register()
