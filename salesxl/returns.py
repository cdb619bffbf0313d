"""Faulty workbooks back to their reps: marked copies, and a message to paste.

Owns which files go back to whom and under which name. Refuses: how marks are made; that is ``annotate``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from salesxl import annotate
from salesxl.account import owner
from salesxl.errors import Refused, UsageError
from salesxl.model import Block, Checked, Finding, Severity
from salesxl.words import Words

__all__ = ["Sent", "mark", "mark_words", "to_return", "write"]

MARKED = {Severity.ERROR, Severity.WARNING}
FORMS = ("md", "txt")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """A workbook that goes back: to whom ("" for nobody known), which file it is of, and where it lies.

    ``marked`` is False where the file could not be marked itself, and ``path`` holds the list of findings.
    """

    rep: str
    file: str
    path: Path
    marked: bool


def mark(folder: Path, checked: Checked, files: Mapping[str, Path], words: Words) -> list[Path]:
    """Write a marked copy of every file with errors or warnings, under its own name and sub-folder.

    A file that cannot be edited in place (an old .xls, a .csv, one with a password) comes back as a workbook
    with the list of its findings.

    Raises:
        UsageError: the folder is the one the files are in; an original is never written to.
    """
    originals = {path.resolve() for path in files.values()}
    made = []
    for file, findings in by_file(checked).items():
        if any(f.severity in MARKED for f in findings) and file in files:
            target = folder / file
            if target.resolve() in originals:
                raise UsageError(f"{folder} 里是原件，不能覆盖。请另选一个文件夹放标注后的文件。")
            made.append(_write(target, files[file], findings, checked, words))
    return made


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
    tick: Callable[[int, int], object] | None = None,
) -> list[Sent]:
    """Write 退回/: by rep, the marked workbooks and the message to paste (Markdown and plain text).

    ``due`` is the day by which the rep should hand them in again; ``own`` is a folder that may hold the
    team's own template of the message. ``tick`` is told how many workbooks are written, of all. Returns the
    workbooks.

    Raises:
        TemplateError: the team's template of the message cannot be rendered.
    """
    made: list[Sent] = []
    due_back = to_return(checked)
    total = sum(map(len, due_back.values()))
    for rep, faulty in sorted(due_back.items()):
        home = _free(folder / (_folder_name(rep) or words.text("no_rep_folder")), words)
        returned = []
        for file, findings in faulty.items():
            target = _free(home / PurePosixPath(file).name, words)
            written = _write(target, files[file], findings, checked, words)
            returned.append(annotate.Returned(written.name, findings, marked=written == target))
            made.append(Sent(rep, file, written, written == target))
            if tick:
                tick(len(made), total)
        for form in FORMS:
            text = annotate.message(
                rep,
                returned,
                _tell(words),
                due=due.isoformat(),
                lang=words.lang,
                form=form,
                label=lambda f: words.label(f) or "",
                folder=own,
            )
            (home / f"{words.text('file.message')}.{form}").write_text(text, encoding="utf-8")
    return made


def _free(target: Path, words: Words) -> Path:
    """Return a name that is not taken: files of one name may come from several sub-folders."""
    number, free = 1, target
    while free.exists() or _listing(free, words).exists():
        number += 1
        free = target.with_stem(f"{target.stem}({number})")
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


def _write(target: Path, source: Path, findings: Sequence[Finding], checked: Checked, words: Words) -> Path:
    """Write a marked copy, or beside it the list of findings where the file cannot be marked."""
    target.parent.mkdir(parents=True, exist_ok=True)
    tell, said = _tell(words), mark_words(words)
    file = findings[0].place.file

    def label(finding: Finding) -> str:
        return words.label(finding) or ""

    try:
        tables = _tables(file, checked)
        marked = annotate.annotate(source, findings, tell, said, tables=tables, label=label, file=file)
    except Refused:
        listing = _listing(target, words)
        listing.write_bytes(annotate.findings_workbook(findings, tell, said, label=label, file=file))
        return listing
    target.write_bytes(marked.data)
    return target


def _tables(file: str, checked: Checked) -> list[annotate.TableArea]:
    """Return where the tables of a file stand, for the column of explanations."""
    return [
        _area(submission.sheet, block)
        for submission in checked.submissions
        if submission.file == file
        for block in submission.blocks
        if block.columns and block.rows
    ]


def _area(sheet: str, block: Block) -> annotate.TableArea:
    columns = [*block.columns.values(), *block.extra]
    rows = list(block.rows)
    header = block.last_header_row or block.header_row or rows[0] - 1
    return annotate.TableArea(sheet, header, min(columns), max(columns), rows[0], rows[-1])
