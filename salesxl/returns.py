"""Faulty workbooks back to their reps: marked copies, and a message to paste.

Owns which files go back to whom and under which name. Refuses: how marks are made; that is ``annotate``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path, PurePosixPath

from salesxl import annotate
from salesxl.account import owner
from salesxl.errors import Refused, UsageError
from salesxl.model import Block, Checked, Finding, Severity
from salesxl.words import Words
from salesxl.workers import Hands

__all__ = ["Sent", "mark", "mark_words", "to_return", "write"]

MARKED = {Severity.ERROR, Severity.WARNING}
FORMS = ("md", "txt")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 60
_MARKED, _LISTED = b"marked", b"listed"


@dataclass(frozen=True, slots=True)
class Sent:
    """A workbook that goes back: to whom ("" for nobody known), which file it is of, and where it lies.

    ``marked`` is False where the file could not be marked itself, and ``path`` holds the list of findings.
    """

    rep: str
    file: str
    path: Path
    marked: bool


def mark(
    folder: Path, checked: Checked, files: Mapping[str, Path], words: Words, hands: Hands | None = None
) -> list[Path]:
    """Write a marked copy of every file with errors or warnings, under its own name and sub-folder.

    A file that cannot be edited in place (an old .xls, a .csv, one with a password) comes back as a workbook
    with the list of its findings. ``hands`` share the work out.

    Raises:
        UsageError: the folder is the one the files are in; an original is never written to.
    """
    originals = {path.resolve() for path in files.values()}
    pieces = []
    for file, findings in by_file(checked).items():
        if any(f.severity in MARKED for f in findings) and file in files:
            target = folder / file
            if target.resolve() in originals:
                raise UsageError(f"{folder} 里是原件，不能覆盖。请另选一个文件夹放标注后的文件。")
            pieces.append(_Piece("", files[file], target, tuple(findings)))
    return _marked(pieces, checked, words, hands or Hands(1))


def to_return(checked: Checked) -> dict[str, dict[str, list[Finding]]]:
    """Return, by rep, the files with errors and all their findings; a file without a rep stands under "".

    A file with forms of several reps goes to each who has an error in it.
    """
    whose = owner(checked)
    found: dict[str, dict[str, list[Finding]]] = {}
    for file, findings in by_file(checked).items():
        reps = {whose(f) or "" for f in findings if f.severity is Severity.ERROR}
        for rep in reps - {""} or reps:
            found.setdefault(rep, {})[file] = findings
    return found


def lying(folder: Path) -> dict[tuple[str, str], Path]:
    """Return the workbooks in a folder that ``write`` made, by rep and file; of several of one name none."""
    found = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    only = [path for path in found if path.with_stem(f"{path.stem}(2)") not in found]
    return {(path.parent.name, path.name): path for path in only}


def write(
    folder: Path,
    checked: Checked,
    files: Mapping[str, Path],
    words: Words,
    *,
    due: dt.date,
    own: Path | None = None,
    hands: Hands | None = None,
    tick: Callable[[int, int], object] | None = None,
) -> list[Sent]:
    """Write 退回/: by rep, the marked workbooks and the message to paste (Markdown and plain text).

    ``due`` is the day by which the rep should hand them in again; ``own`` is a folder that may hold the
    team's own template of the message. ``hands`` share the marking out; ``tick`` is told how many workbooks
    are written, of all. Returns the workbooks.

    Raises:
        TemplateError: the team's template of the message cannot be rendered.
    """
    due_back = to_return(checked)
    names = _Names(words)
    pieces = []
    for rep, faulty in sorted(due_back.items()):
        home = names.free(folder / (_folder_name(rep) or words.text("no_rep_folder")))
        for file, findings in faulty.items():
            target = names.free(home / PurePosixPath(file).name)
            pieces.append(_Piece(rep, files[file], target, tuple(findings)))
    paths = _marked(pieces, checked, words, hands or Hands(1), tick)
    sent = [Sent(p.rep, p.file, path, path == p.target) for p, path in zip(pieces, paths, strict=True)]
    for rep, theirs in groupby(sent, key=lambda s: s.rep):
        _write_messages(list(theirs), due_back[rep], words, due, own)
    return sent


def _write_messages(
    sent: Sequence[Sent],
    faulty: Mapping[str, Sequence[Finding]],
    words: Words,
    due: dt.date,
    own: Path | None,
) -> None:
    """Write the message to paste beside the workbooks that go back to one rep."""
    returned = [annotate.Returned(s.path.name, faulty[s.file], marked=s.marked) for s in sent]
    for form in FORMS:
        text = annotate.message(
            sent[0].rep,
            returned,
            _tell(words),
            due=due.isoformat(),
            lang=words.lang,
            form=form,
            label=lambda f: words.label(f) or "",
            folder=own,
        )
        target = sent[0].path.with_name(f"{words.text('file.message')}.{form}")
        target.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A workbook to be marked: whose it is ("" for nobody known), where its copy goes, what is said of it."""

    rep: str
    source: Path
    target: Path
    findings: tuple[Finding, ...]
    tables: tuple[annotate.TableArea, ...] = ()

    @property
    def file(self) -> str:
        """The name by which the workbook was handed in."""
        return self.findings[0].place.file


class _Names:
    """Gives out names: files of one name may come from several sub-folders, and no copy replaces another."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.taken: set[Path] = set()

    def free(self, target: Path) -> Path:
        """Return the name, numbered if it or that of its list of findings is taken."""
        number, free = 1, target
        while any(path in self.taken or path.exists() for path in (free, _listing(free, self.words))):
            number += 1
            free = target.with_stem(f"{target.stem}({number})")
        self.taken |= {free, _listing(free, self.words)}
        return free


def _listing(target: Path, words: Words) -> Path:
    """Return where the findings of a file go that cannot be marked itself."""
    return target.with_name(f"{target.name}.{words.text('mark.sheet')}.xlsx")


def _folder_name(rep: str) -> str:
    """Return a name that every system takes for one folder, whatever a rep typed into the cell."""
    return _NOT_IN_NAMES.sub("_", rep).strip(" ._")[:_LONGEST_NAME]


def _tell(words: Words) -> annotate.Tell:
    return lambda finding: (words.message(finding), words.fix(finding))


def by_file(checked: Checked) -> dict[str, list[Finding]]:
    """Return the findings of each file, in order."""
    found: dict[str, list[Finding]] = {}
    for finding in checked.findings:
        if finding.place.file:
            found.setdefault(finding.place.file, []).append(finding)
    return found


def mark_words(words: Words) -> annotate.MarkWords:
    """Return the sentences of the marks in the reader's language."""
    names = ("sheet", "summary", "how", "column", "blank", "whole_file")
    heads = ("severity", "sheet", "cell", "field", "value", "message", "fix")
    return annotate.MarkWords(
        **{name: words.raw(f"mark.{name}") for name in names},
        **{f"head_{name}": words.raw(f"mark.head.{name}") for name in heads},
        severities=words.names("severity"),
        prefixes=words.names("mark_prefix"),
    )


def _marked(
    pieces: Sequence[_Piece],
    checked: Checked,
    words: Words,
    hands: Hands,
    tick: Callable[[int, int], object] | None = None,
) -> list[Path]:
    """Write every piece; return what was written, in the order of the pieces."""
    tables = _tables(checked, {piece.file for piece in pieces})
    pieces = [replace(piece, tables=tuple(tables.get(piece.file, ()))) for piece in pieces]
    size = sum(piece.source.stat().st_size for piece in pieces)
    made = [piece.target for piece in pieces]
    with closing(hands.spread(_Marker(words), pieces, size)) as outcomes:
        for done, (at, outcome) in enumerate(outcomes, start=1):
            if outcome == _LISTED:
                made[at] = _listing(made[at], words)
            if tick:
                tick(done, len(pieces))
    return made


@dataclass(frozen=True, slots=True)
class _Marker:
    """Writes a piece, wherever it is told to; what comes back is whether the workbook itself is marked."""

    words: Words

    def __call__(self, piece: _Piece) -> bytes:
        tell, said = _tell(self.words), mark_words(self.words)

        def label(finding: Finding) -> str:
            return self.words.label(finding) or ""

        piece.target.parent.mkdir(parents=True, exist_ok=True)
        findings, file = piece.findings, piece.file
        try:
            marked = annotate.annotate(
                piece.source, findings, tell, said, tables=piece.tables, label=label, file=file
            )
        except Refused:
            listing = annotate.findings_workbook(findings, tell, said, label=label, file=file)
            _listing(piece.target, self.words).write_bytes(listing)
            return _LISTED
        piece.target.write_bytes(marked.data)
        return _MARKED


def _tables(checked: Checked, files: Collection[str]) -> dict[str, list[annotate.TableArea]]:
    """Return where the tables of the files stand, for the column of explanations."""
    found: dict[str, list[annotate.TableArea]] = {}
    for submission in checked.submissions:
        if submission.file in files:
            areas = (_area(submission.sheet, b) for b in submission.blocks if b.columns and b.rows)
            found.setdefault(submission.file, []).extend(areas)
    return found


def _area(sheet: str, block: Block) -> annotate.TableArea:
    columns = [*block.columns.values(), *block.extra]
    rows = list(block.rows)
    header = block.last_header_row or block.header_row or rows[0] - 1
    return annotate.TableArea(sheet, header, min(columns), max(columns), rows[0], rows[-1])
