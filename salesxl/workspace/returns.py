"""Workbooks back to their reps: marked or clean copies, and a message to paste.

Owns which files go back to whom and under which name, and who is reminded. Refuses: how marks are made; that
is ``annotate``.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from salesxl import annotate
from salesxl.errors import UsageError
from salesxl.files import publish
from salesxl.files.naming import fitting
from salesxl.intake import PLAIN
from salesxl.messages import Words
from salesxl.model import Checked, Finding, Severity
from salesxl.workers import Hands
from salesxl.workspace import marked_copies
from salesxl.workspace.batch_report import owner, waiting
from salesxl.workspace.marked_copies import Piece, copied, listing, mark_words, tell

__all__ = ["Sent", "as_sent", "folder_name", "mark", "mark_words", "to_return", "write"]

MARKED = {Severity.ERROR, Severity.WARNING}
ASSISTANTS = {("unrecognised", "own")}
"""Warnings (code, why) that no rep can do anything about: a result of ours that lies in the inbox."""
FORMS = ("md", "txt")
MARKABLE = (".xlsx", ".xlsm")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """A workbook that goes back: to whom ("" for nobody known), which file it is of, and where it lies.

    ``marked`` is False where the file could not be marked itself, and ``path`` holds the list of findings;
    ``mended`` says that nothing is wrong any more, and ``path`` is a clean copy. ``errors`` are to be mended.
    """

    rep: str
    file: str
    path: Path
    marked: bool
    mended: bool = False
    errors: int = 0


def mark(
    folder: Path,
    checked: Checked,
    files: Mapping[str, Path],
    words: Words,
    hands: Hands | None = None,
    *,
    copies: Mapping[str, Path] | None = None,
) -> list[Path]:
    """Write a marked copy of every file with errors or warnings, under its own name and sub-folder.

    A copy that an earlier run marked is replaced; beside any other file of its name it is numbered.
    ``files`` are the files as they were handed in, ``copies`` what was read of them and is marked. A file
    that cannot be edited in place (an old .xls, a .csv, one with a password) or that was refused comes back
    as a workbook with the list of its findings. ``hands`` share the work out.

    Raises:
        UsageError: a copy would take the place of a file that was handed in.
    """
    faulty = {
        file: tuple(found)
        for file, found in by_file(checked).items()
        if file in files and any(f.severity in MARKED for f in found)
    }
    names = _Names(words, again=True)
    wanted = [path for file in faulty for path in names.all_of(folder / fitting(file))]
    if publish.same_file(wanted, files.values()):
        raise UsageError("originals", folder=folder)
    pieces = [
        Piece("", file, (copies or files).get(file), names.free(folder / fitting(file)), findings)
        for file, findings in faulty.items()
    ]
    return [path for path, _ in copied(pieces, checked, words, hands or Hands(1))]


def to_return(checked: Checked) -> dict[str, dict[str, list[Finding]]]:
    """Return, by rep, the files with errors or warnings and all their findings; without a rep under "".

    A file with forms of several reps goes to each who has something in it. What gave no form and names nobody
    goes back only with an error: a canteen's menu is nobody's.
    """
    whose = owner(checked)
    forms = {submission.file for submission in checked.submissions}
    found: dict[str, dict[str, list[Finding]]] = {}
    for file, findings in by_file(checked).items():
        told = [f for f in findings if _is_told(f, known=file in forms)]
        reps = {whose(f) or "" for f in told}
        for rep in reps - {""} or reps:
            if rep or file in forms or any(f.severity is Severity.ERROR for f in told):
                found.setdefault(rep, {})[file] = findings
    return found


def _is_told(found: Finding, *, known: bool) -> bool:
    """Say whether a finding sends its file back; ``known``: the file gave a form."""
    if found.severity is Severity.ERROR:
        return True
    ours = (found.code, found.facts.get("why")) in ASSISTANTS
    return found.severity is Severity.WARNING and not ours and (known or "rep" in found.facts)


def mended(checked: Checked, copies: Mapping[str, Path]) -> dict[str, str]:
    """Return the files that came back with our marks and have nothing to mend any more, and whose they are.

    A form that another one replaces is left as it is; so is a file that is nobody's, and one that we had
    filled in: the next one is. Who deletes the list of findings has the other marks still.
    """
    busy = {f.place.file for f in checked.findings if f.severity in MARKED or f.code == "superseded"}
    found: dict[str, str] = {}
    for submission, rep in zip(checked.submissions, checked.reps, strict=True):
        file = submission.file
        if rep and file not in busy and file not in found:
            if submission.handed is None and (submission.marked or _bears_marks(copies.get(file))):
                found[file] = rep
            busy.add(file)
    return found


def _bears_marks(path: Path | None) -> bool:
    """Say whether a workbook that was read bears our marks; what cannot be looked into bears none."""
    if path is None or path.suffix.lower() not in MARKABLE:
        return False
    try:
        return annotate.is_marked(path, PLAIN)
    except Exception:  # noqa: BLE001  whatever a workbook holds
        return False


def owing(checked: Checked) -> dict[str, dict[str, Any]]:
    """Return who owes a report, with the bounds of the week and of a report that came instead."""
    instead = {str(f.value): f.facts.get("handed_in", ()) for f in checked.findings if "handed_in" in f.facts}
    week = dict(zip(("start", "end"), checked.week, strict=True))
    return {rep: {**week, "handed_in": instead.get(rep, ())} for rep in waiting(checked)}


def _may_be_owed(found: Finding, rep: str) -> bool:
    """Say whether a finding is about a report that may be the one that a rep owes."""
    return bool(found.facts.get("handed_in")) or rep in found.facts.get("instead_of", ())


def lying(folder: Path) -> dict[tuple[str, str], Path]:
    """Return the workbooks in a folder that ``write`` made, by rep and file; of several of one name none."""
    found = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    only = [path for path in found if path.with_stem(f"{path.stem}(2)") not in found]
    return {(path.parent.name, path.name): path for path in only}


def write(
    folder: Path,
    checked: Checked,
    copies: Mapping[str, Path],
    words: Words,
    *,
    due: dt.date,
    own: Path | None = None,
    numbers: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    hands: Hands | None = None,
    tick: Callable[[int, int], object] | None = None,
) -> list[Sent]:
    """Write 退回/: by rep, the marked workbooks and the message to paste (Markdown and plain text).

    What came back mended with our marks on it goes back clean; who owes a report gets a reminder, be it with
    nothing else. ``copies`` are what was read of each file; one that is not among them could not be read, and
    is answered with the list of its findings. ``due`` is the day by which the rep should hand them in;
    ``own`` is a folder that may hold the team's own templates of the message; ``numbers`` are customers
    (name, number) by rep, told with what goes back. ``hands`` share the marking out; ``tick`` is told how
    many workbooks are written, of all. Returns the workbooks.

    Raises:
        TemplateError: the team's template of the message cannot be rendered.
    """
    due_back, clean, owed = to_return(checked), mended(checked, copies), owing(checked)
    names, read = _Names(words), {submission.file for submission in checked.submissions}
    pieces: list[Piece] = []
    homes: dict[str, Path] = {}
    for rep in sorted({*due_back, *clean.values(), *owed}):
        homes[rep] = names.free(folder / (folder_name(rep) or words.text("no_rep_folder")))
        for file, findings in due_back.get(rep, {}).items():
            target = names.free(homes[rep] / fitting(PurePosixPath(file).name))
            pieces.append(Piece(rep, file, copies.get(file), target, tuple(findings)))
        for file in (file for file, whose in clean.items() if whose == rep):
            target = names.free(homes[rep] / fitting(PurePosixPath(file).name))
            pieces.append(Piece(rep, file, copies[file], target))
    made = copied(pieces, checked, words, hands or Hands(1), tick)
    sent = [
        Sent(p.rep, p.file, path, done == marked_copies.MARKED, done == marked_copies.CLEAN, p.errors)
        for p, (path, done) in zip(pieces, made, strict=True)
        if done != marked_copies.KEPT
    ]
    theirs = {rep: list(group) for rep, group in groupby(sent, key=lambda s: s.rep)}
    for rep, home in homes.items():
        back = theirs.get(rep, [])
        found = [
            annotate.Returned(s.path.name, due_back[rep][s.file], s.marked, s.file in read)
            for s in back
            if not s.mended
        ]
        further = annotate.Further(
            tuple(s.path.name for s in back if s.mended),
            owed.get(rep),
            any(_may_be_owed(f, rep) for each in found for f in each.findings),
            tuple((numbers or {}).get(rep, ())),
        )
        _write_messages(home, rep, found, further, words, due, own)
    return sent


def as_sent(home: Path, before: Path, sent: Sequence[Sent], known: Collection[str]) -> list[Sent]:
    """Let what a closed week has sent stand as it is; only what goes back of files that came late is added.

    ``home`` is the draft that ``write`` made, ``before`` the returns that stand, ``known`` the files that the
    week had before. Returns what is added.
    """
    late = [s for s in sent if s.file not in known]
    made = home.rename(home.with_name(f".{home.name}")) if home.exists() else None
    if before.is_dir():
        shutil.copytree(before, home)
    added: list[Sent] = []
    for one in late:
        source = made / one.path.relative_to(home) if made else one.path
        rep = home / one.path.parent.name
        while rep.exists() and rep not in {s.path.parent for s in added}:
            rep = rep.with_name(f"{rep.name}(2)")
        rep.mkdir(parents=True, exist_ok=True)
        for path in (source, *(path for path in sorted(source.parent.iterdir()) if path.suffix[1:] in FORMS)):
            shutil.copyfile(path, rep / path.name)
        added.append(replace(one, path=rep / source.name))
    if made:
        shutil.rmtree(made)
    return added


def _write_messages(
    home: Path,
    rep: str,
    returned: Sequence[annotate.Returned],
    further: annotate.Further,
    words: Words,
    due: dt.date,
    own: Path | None,
) -> None:
    """Write the message to paste beside the workbooks that go back to one rep."""
    if not returned and not any((further.mended, further.owed)):
        return
    home.mkdir(parents=True, exist_ok=True)
    for form in FORMS:
        text = annotate.message(
            rep,
            returned,
            tell(words),
            further=further,
            due=due.isoformat(),
            lang=words.lang,
            form=form,
            label=lambda f: words.label(f) or "",
            folder=own,
        )
        (home / f"{words.text('file.message')}.{form}").write_text(text, encoding="utf-8")


class _Names:
    """Gives out names: files of one name may come from several sub-folders, and no copy replaces another.

    ``again``: what an earlier run marked may be replaced.
    """

    def __init__(self, words: Words, *, again: bool = False) -> None:
        self.words = words
        self.again = again
        self.taken: set[Path] = set()

    def free(self, target: Path) -> Path:
        """Return the name, numbered if it or that of its list of findings is taken."""
        number, free = 1, target
        while any(path in self.taken or self._kept(path) for path in self.all_of(free)):
            number += 1
            free = target.with_stem(f"{target.stem}({number})")
        self.taken |= self.all_of(free)
        return free

    def all_of(self, target: Path) -> set[Path]:
        return {target, *(listing(target, self.words, errors=errors) for errors in (0, 1))}

    def _kept(self, path: Path) -> bool:
        """Say whether something is there that is not ours to replace."""
        if not path.exists() and not path.is_symlink():
            return False
        return not (self.again and path.is_file() and not path.is_symlink() and _bears_marks(path))


def folder_name(rep: str) -> str:
    """Return a name that every system takes for one folder, whatever a rep typed into the cell."""
    return _NOT_IN_NAMES.sub("_", rep).strip(" ._")[:_LONGEST_NAME]


def by_file(checked: Checked) -> dict[str, list[Finding]]:
    """Return the findings of each file, in order."""
    found: dict[str, list[Finding]] = {}
    for finding in checked.findings:
        if finding.place.file:
            found.setdefault(finding.place.file, []).append(finding)
    return found
