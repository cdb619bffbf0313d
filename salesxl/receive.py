"""Files in, submissions out: which files there are, what forms stand in them, whose they are.

Owns the order of a batch, copies of the same file, and who handed a form in. Refuses: judging what is in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from salesxl import reading
from salesxl.errors import Refused, UsageError
from salesxl.excel import grid, intake
from salesxl.excel.marks import is_mark_sheet
from salesxl.model import Finding, Place, Rulebook, Severity, Submission, Workbook

__all__ = ["Batch", "receive"]

OWN = frozenset({"team_book", "summary", "settings"})
"""What the toolkit's own workbooks call themselves: no submissions, though a book has the forms' labels."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in: every file with its path, the forms found, what cannot be read or recognised.

    ``files`` maps the name a file is reported under (relative to the given folder) to its path, in order.
    """

    files: Mapping[str, Path]
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]


def receive(paths: Sequence[Path], rulebook: Rulebook, executor: Executor | None = None) -> Batch:
    """Read every workbook under the given paths.

    A file that cannot be read costs one finding and nothing else. Of files with the same content only the
    first by name is read.

    Raises:
        UsageError: a path does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"找不到 {path}。请核对路径。")
    found, foreign = intake.candidates(paths)
    files = dict(found)
    findings = [_foreign(name) for name, _ in foreign]
    jobs, same = _distinct(files)
    findings += [_same_file(name, other) for name, other in same]
    submissions: list[Submission] = []
    choices = _choices(rulebook)
    mapper = executor.map if executor else map
    for outcome in mapper(_open, list(jobs.values()), list(jobs)):
        if isinstance(outcome, Finding):
            findings.append(outcome)
            continue
        if outcome.properties.get("salesxl.form") in OWN:
            findings.append(_own(outcome.file))
            continue
        forms, remarks = reading.read_workbook(outcome, rulebook.aliases, choices)
        marked = any(is_mark_sheet(sheet) for sheet in outcome.grids)
        submissions += [replace(f, modified=outcome.properties.get("modified"), marked=marked) for f in forms]
        findings += remarks
    return Batch(files, tuple(submissions), tuple(findings))


def _choices(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """Return the words of every list: they tell columns whose header nobody knows."""
    lists = {name: tuple(o.value for o in options) for name, options in rulebook.choices.items()}
    stages, grades = (tuple(x.name for x in rows) for rows in (rulebook.stages, rulebook.grades))
    return {**lists, "阶段": stages, "等级": grades}


def _open(path: Path, name: str) -> Workbook | Finding:
    """Read one file; what cannot be read comes back as its finding."""
    try:
        return grid.read(path, file=name)
    except Refused as refused:
        facts = {"why": refused.facts.get("reason"), **refused.facts}
        return Finding(refused.code, Severity.ERROR, Place(name), facts=facts)


def _foreign(name: str) -> Finding:
    return Finding("unrecognised", Severity.WARNING, Place(name), facts={"why": "foreign"})


def _own(name: str) -> Finding:
    return Finding("unrecognised", Severity.WARNING, Place(name), facts={"why": "own"})


def _distinct(files: Mapping[str, Path]) -> tuple[dict[str, Path], list[tuple[str, str]]]:
    """Return the files to read, and (name, name of its twin) for copies."""
    seen: dict[tuple[int, bytes], str] = {}
    jobs: dict[str, Path] = {}
    same: list[tuple[str, str]] = []
    for name, path in files.items():
        if not path.is_file():
            jobs[name] = path
            continue
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()
        key = (path.stat().st_size, digest)
        if key in seen and key[0]:
            same.append((name, seen[key]))
        else:
            seen.setdefault(key, name)
            jobs[name] = path
    return jobs, same


def _same_file(name: str, other: str) -> Finding:
    return Finding("superseded", Severity.NOTICE, Place(name), facts={"why": "same_file", "other": other})
