"""One file → what it gave: read, recognised, and why not.

Owns what is done to one file, wherever it is done. Refuses: which files there are; keeping anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from salesxl import recognition
from salesxl.catalogue import BUILT_IN, Forms
from salesxl.columns import Need
from salesxl.errors import RefusedError
from salesxl.handed import held_against
from salesxl.intake import codec
from salesxl.intake.codec import Received
from salesxl.model import Finding, Place, Severity, Submission, Workbook
from salesxl.needs import AS_SHIPPED, Needs
from salesxl.workers import Lost
from salesxl.xlsx.marks import is_handed_sheet, is_mark_sheet, original_of
from salesxl.xlsx.read import grid, inspect

__all__ = ["PLAIN", "Job", "Reader", "outdated", "refusal"]

OWN = frozenset({"team_book", "summary", "settings"})
"""What the toolkit's own workbooks call themselves: no submissions, though a book has the forms' labels."""
PLAIN = inspect.Limits(
    max_file_bytes=1024**2,
    max_parts=500,
    max_inflated_bytes=8 * 1024**2,
    ratio_from_bytes=1024**2,
    max_cells=50_000,
    max_area=200_000,
    max_sheets=50,
)
"""What an everyday form keeps a hundred times over. Within it a file cannot cost much, so it may be read in
this process; what is larger, or of another kind than ``_PLAIN_KINDS``, goes to a worker with bounds."""
_PLAIN_KINDS = frozenset({"xlsx", "xlsm", "csv"})
"""Kinds of which the reader is given nothing that has not been looked through, and believes no count."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read, by the name it goes by; ``data`` is what is in it, for workers without our disk."""

    name: str
    path: Path
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known before a file is opened: the team's headers, lists and forms, what they ask for."""

    aliases: Mapping[tuple[str, str], str]
    choices: Mapping[str, Sequence[str]]
    needs: Needs = AS_SHIPPED
    forms: Forms = BUILT_IN

    def __call__(self, job: Job) -> bytes:
        """Read a file, whatever it is; this is what workers do."""
        return codec.dumps(self.read(job))

    def read(self, job: Job) -> Received:
        """Read a file, whatever it is; what cannot be read costs one finding."""
        try:
            found = inspect.inspect(job.path, data=job.data)
            return self._recognised(grid.read_inspected(found, file=job.name))
        except RefusedError as refused:
            return _one(refusal(job.name, refused.code, refused.facts))
        except MemoryError:
            raise  # a worker's bounds: it says which
        except Exception:  # noqa: BLE001  one odd workbook must not stop everybody's Friday
            return lost(job.name, Lost("crashed"))

    def read_plain(self, job: Job) -> Received | None:
        """Read a file if it is an everyday one, else return None: whatever it is, it costs little here."""
        try:
            found = inspect.inspect(job.path, limits=PLAIN, data=job.data)
            if found.kind not in _PLAIN_KINDS:
                return None
            return self._recognised(grid.read_inspected(found, file=job.name, limits=PLAIN))
        except RefusedError as refused:
            if "limit" in refused.facts:
                return None
            return _one(refusal(job.name, refused.code, refused.facts))
        except Exception:  # noqa: BLE001  as above
            return lost(job.name, Lost("crashed"))

    def _recognised(self, workbook: Workbook) -> Received:
        if workbook.properties.get("salesxl.form") in OWN:
            own = Finding("unrecognised", Severity.WARNING, Place(workbook.file), facts={"why": "own"})
            return _one(own)
        forms, remarks = recognition.read_workbook(
            workbook, self.aliases, self.choices, self.needs, self.forms
        )
        base = next(filter(is_handed_sheet, workbook.grids), None)
        if base is not None:
            forms = held_against(forms, base)
        lists = [sheet for sheet in workbook.grids if is_mark_sheet(sheet)]
        known = next(filter(None, map(original_of, lists)), None)
        stamp = workbook.properties.get("modified")
        old = outdated(workbook, forms, self.needs, self.forms)
        lost = [_lost_sheet(workbook.file, name, why) for name, why in workbook.lost.items()]
        told = (*remarks, *old, *lost)
        return Received(
            tuple(replace(f, modified=stamp, marked=bool(lists), original=known) for f in forms), told
        )


def refusal(name: str, code: str, facts: Mapping[str, object]) -> Finding:
    """Return the finding of a file that was not read."""
    return Finding(code, Severity.ERROR, Place(name), facts={"why": facts.get("reason"), **facts})


def _lost_sheet(file: str, name: str, why: str) -> Finding:
    return Finding("unreadable", Severity.WARNING, Place(file, name), facts={"why": why, "sheet": name})


def lost(name: str, how: Lost) -> Received:
    """Return what is said of a file that took its worker along."""
    return _one(refusal(name, "unsafe", {"reason": how.reason, **how.facts}))


def _one(finding: Finding) -> Received:
    return Received((), (finding,))


def outdated(
    workbook: Workbook, found: Sequence[Submission], needs: Needs = AS_SHIPPED, forms: Forms = BUILT_IN
) -> Iterator[Finding]:
    """Yield one notice for each kind of form in a workbook of ours that is older than the present blank form.

    Older is a version before the one in which the form last changed, or a sheet without columns that the form
    has by now.
    """
    if workbook.properties.get("salesxl.form") not in {form.name for form in forms.items}:
        return
    version = workbook.properties.get("salesxl.version", "")
    told: set[str] = set()
    for submission in found:
        form = forms.form(submission.form)
        lacking = tuple(_lacking(submission, needs, forms))
        if form.name in told or not (lacking or _number(version) < _number(form.since)):
            continue
        told.add(form.name)
        facts: dict[str, Any] = {"form": form.title, "version": version, "expected": form.since}
        if lacking:
            facts |= {"why": "lacking", "labels": lacking}
        place = Place(submission.file, submission.sheet)
        yield Finding("template_outdated", Severity.NOTICE, place, facts=facts)


def _lacking(submission: Submission, needs: Needs, forms: Forms) -> Iterator[str]:
    """Yield the labels of columns that stand on the blank form, but not on this sheet."""
    for block in submission.blocks:
        there = {*block.columns, *block.cells}
        for column in needs.spec(forms.block(block.kind)).drawn:
            if column.field not in there and column.need is not Need.OMITTED:
                yield column.label


def _number(version: str) -> tuple[int, ...]:
    """Return a version as numbers; what is none is older than any."""
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()
