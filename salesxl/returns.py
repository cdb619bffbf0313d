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

from salesxl import annotate, publish
from salesxl.account import owner
from salesxl.errors import Refused, UsageError
from salesxl.excel.intake import REASONS, Limits
from salesxl.model import Block, Checked, Finding, Severity
from salesxl.naming import fitting
from salesxl.receive import PLAIN
from salesxl.words import Words
from salesxl.workers import Hands

__all__ = ["Sent", "mark", "mark_words", "to_return", "write"]

MARKED = {Severity.ERROR, Severity.WARNING}
FORMS = ("md", "txt")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 60
_MARKED, _LISTED, _LARGE = b"marked", b"listed", b"large"


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
    folder: Path,
    checked: Checked,
    files: Mapping[str, Path],
    words: Words,
    hands: Hands | None = None,
    *,
    copies: Mapping[str, Path] | None = None,
) -> list[Path]:
    """Write a marked copy of every file with errors or warnings, under its own name and sub-folder.

    ``files`` are the files as they were handed in, ``copies`` what was read of them and is marked.
    A file that cannot be edited in place (an old .xls, a .csv, one with a password) or that was refused
    comes back as a workbook with the list of its findings. ``hands`` share the work out.

    Raises:
        UsageError: a copy would take the place of a file that was handed in.
    """
    pieces = []
    for file, findings in by_file(checked).items():
        if any(f.severity in MARKED for f in findings) and file in files:
            target = folder / fitting(file)
            pieces.append(_Piece("", (copies or files).get(file), target, tuple(findings)))
    made = [path for p in pieces for path in (p.target, _listing(p.target, words))]
    if publish.same_file(made, files.values()):
        raise UsageError(words.text("disk.over_originals", folder=folder))
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
    copies: Mapping[str, Path],
    words: Words,
    *,
    due: dt.date,
    own: Path | None = None,
    hands: Hands | None = None,
    tick: Callable[[int, int], object] | None = None,
) -> list[Sent]:
    """Write 退回/: by rep, the marked workbooks and the message to paste (Markdown and plain text).

    ``copies`` are what was read of each file; one that is not among them could not be read, and is answered
    with the list of its findings. ``due`` is the day by which the rep should hand them in again; ``own`` is a
    folder that may hold the team's own template of the message. ``hands`` share the marking out; ``tick`` is
    told how many workbooks are written, of all. Returns the workbooks.

    Raises:
        TemplateError: the team's template of the message cannot be rendered.
    """
    due_back = to_return(checked)
    names = _Names(words)
    pieces = []
    for rep, faulty in sorted(due_back.items()):
        home = names.free(folder / (_folder_name(rep) or words.text("no_rep_folder")))
        for file, findings in faulty.items():
            target = names.free(home / fitting(PurePosixPath(file).name))
            pieces.append(_Piece(rep, copies.get(file), target, tuple(findings)))
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
    """A workbook to be marked: whose it is ("" for nobody known), where its copy goes, what is said of it.

    ``source`` is None for a file that was refused: it is never opened again.
    """

    rep: str
    source: Path | None
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
    return target.with_name(fitting(f"{target.name}.{words.text('mark.sheet')}.xlsx"))


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
    """Write every piece; return what was written, in the order of the pieces.

    Everyday workbooks are marked as our own work is done; what is larger is marked as it was read: in a
    process with bounds, and what breaks them comes back as a list.
    """
    refused = _refused(checked)
    tables = _tables(checked, {piece.file for piece in pieces})
    pieces = [
        replace(
            piece,
            tables=tuple(tables.get(piece.file, ())),
            source=None if piece.file in refused else piece.source,
        )
        for piece in pieces
    ]
    size = sum(piece.source.stat().st_size for piece in pieces if piece.source)
    made = [piece.target for piece in pieces]
    large: list[int] = []
    with closing(hands.spread(_Marker(words, PLAIN), pieces, size)) as outcomes:
        for done, (at, outcome) in enumerate(outcomes, start=1):
            if outcome == _LISTED:
                made[at] = _listing(made[at], words)
            if outcome == _LARGE:
                large.append(at)
            elif tick:
                tick(done - len(large), len(pieces))
    heavy = [pieces[at] for at in large]
    with closing(hands.held(_Marker(words, Limits()), heavy)) as held:
        for done, (number, told) in enumerate(held, start=1):
            at = large[number]
            if told != _MARKED:
                made[at] = _listing(made[at], words)
            if told not in (_MARKED, _LISTED):
                _Marker(words, PLAIN)(replace(pieces[at], source=None))
            if tick:
                tick(len(pieces) - len(large) + done, len(pieces))
    return made


def _refused(checked: Checked) -> set[str]:
    """Return the files that were refused as a whole."""
    return {f.place.file for f in checked.findings if f.code in REASONS and f.place.sheet is None}


@dataclass(frozen=True, slots=True)
class _Marker:
    """Writes a piece, wherever it is told to; what comes back is what was made of it.

    Whatever a workbook holds costs its marks and nothing else: it comes back as a list of findings.
    """

    words: Words
    limits: Limits

    def __call__(self, piece: _Piece) -> bytes:
        marked = self._marks(piece) if piece.source else None
        if marked == _LARGE:
            return _LARGE
        piece.target.parent.mkdir(parents=True, exist_ok=True)
        if marked:
            _put(piece.target, marked)
            return _MARKED
        listing = annotate.findings_workbook(
            piece.findings, _tell(self.words), mark_words(self.words), label=self._label, file=piece.file
        )
        _put(_listing(piece.target, self.words), listing)
        return _LISTED

    def _label(self, finding: Finding) -> str:
        return self.words.label(finding) or ""

    def _marks(self, piece: _Piece) -> bytes | None:
        """Return the marked workbook, None for one that cannot be marked."""
        assert piece.source is not None
        try:
            return annotate.annotate(
                piece.source,
                piece.findings,
                _tell(self.words),
                mark_words(self.words),
                tables=piece.tables,
                label=self._label,
                file=piece.file,
                limits=self.limits,
            ).data
        except Refused as refused:
            return _LARGE if self.limits == PLAIN and "limit" in refused.facts else None
        except Exception:  # noqa: BLE001  one odd workbook must not stop everybody's Friday
            return None


def _put(target: Path, data: bytes) -> None:
    """Write a file anew: what bore its name may be another name of an original."""
    target.unlink(missing_ok=True)
    target.write_bytes(data)


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
