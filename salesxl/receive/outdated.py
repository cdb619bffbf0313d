"""Blank forms of old that reps still fill in. docs/domain.md 5.

Owns telling by a workbook's own marks that it is one of ours, and what its form lacks by now. Refuses:
recognition, which never needs these marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from salesxl import schemas
from salesxl.columns import Need
from salesxl.model import Finding, Place, Severity, Submission, Workbook
from salesxl.needs import AS_SHIPPED, Needs

__all__ = ["outdated"]

OURS = frozenset(form.name for form in schemas.FORMS)


def outdated(workbook: Workbook, forms: Sequence[Submission], needs: Needs = AS_SHIPPED) -> Iterator[Finding]:
    """Yield one notice for each kind of form in a workbook of ours that is older than the present blank form.

    Older is a version before the one in which the form last changed, or a sheet without columns that the form
    has by now.
    """
    if workbook.properties.get("salesxl.form") not in OURS:
        return
    version = workbook.properties.get("salesxl.version", "")
    told: set[str] = set()
    for submission in forms:
        form = schemas.form(submission.form)
        lacking = tuple(_lacking(submission, needs))
        if form.name in told or not (lacking or _number(version) < _number(form.since)):
            continue
        told.add(form.name)
        facts: dict[str, Any] = {"form": form.title, "version": version, "expected": form.since}
        if lacking:
            facts |= {"why": "lacking", "labels": lacking}
        place = Place(submission.file, submission.sheet)
        yield Finding("template_outdated", Severity.NOTICE, place, facts=facts)


def _lacking(submission: Submission, needs: Needs) -> Iterator[str]:
    """Yield the labels of columns that stand on the blank form, but not on this sheet."""
    for block in submission.blocks:
        there = {*block.columns, *block.cells}
        for column in needs.spec(schemas.block_spec(block.kind)).drawn:
            if column.field not in there and column.need is not Need.OMITTED:
                yield column.label


def _number(version: str) -> tuple[int, ...]:
    """Return a version as numbers; what is none is older than any."""
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()
