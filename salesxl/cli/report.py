"""What a check has to say, for machines (JSON) and for people (text by rep and file).

Owns the shape of both. Refuses: printing; the sentences are in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from salesxl.messages import Words
from salesxl.model import Checked, Finding, Severity
from salesxl.schemas import label_of
from salesxl.workspace import unsettled
from salesxl.workspace.batch_report import counts, finding_json, owner

__all__ = ["as_json", "as_text", "finding_json", "label_of", "summary_lines"]

MOST_CELLS = 8
"""Further cells of one unknown word that are named on the console."""
UNREAD = ("unreadable", "unsafe", "unrecognised")
"""Codes that say that a file or sheet was handed in and nothing of it was read."""


def as_json(checked: Checked, words: Words) -> dict[str, Any]:
    """Return a check's outcome: counts and every finding."""
    tally = counts(checked)
    return {
        "files": tally.files,
        "sheets": tally.sheets,
        "records": tally.records,
        "accepted": tally.accepted,
        "returned": tally.returned,
        "superseded": tally.superseded,
        "skipped": {"example": tally.example, "blank": tally.blank, "total": tally.total},
        "errors": tally.errors,
        "warnings": tally.warnings,
        "findings": [finding_json(found, words) for found in checked.findings],
    }


def as_text(checked: Checked, words: Words, *, notices: bool = False) -> Iterator[str]:
    """Yield a check's outcome as lines, by rep and file; notices only when asked for."""
    whose = owner(checked)
    by_rep: dict[str, dict[str, list[Finding]]] = {}
    for found in checked.findings:
        if found.severity is Severity.NOTICE and not notices:
            continue
        rep = whose(found) or words.text("no_rep")
        by_rep.setdefault(rep, {}).setdefault(found.place.file, []).append(found)
    for rep, files in by_rep.items():
        yield rep
        for file, found_here in files.items():
            yield f"  {file or words.text('whole_batch')}"
            for found, more in _together(found_here):
                spot = words.where(found.place).removeprefix(file).removeprefix(" › ")
                said = f"{words.message(found)}{words.gap}{words.fix(found)}"
                if more:
                    cells = tuple(str(f.place.cell) for f in more[:MOST_CELLS])
                    also = "unsettled_cells" if len(more) <= MOST_CELLS else "unsettled_many"
                    said += words.gap + words.text(also, number=len(more), cells=cells)
                yield f"    [{words.severity(found.severity)}] {spot + ' ' if spot else ''}{said}"
        yield ""
    if not by_rep:
        yield words.text("nothing_found")
    yield from summary_lines(checked, words)


def _together(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Yield findings in order, those of one unknown word on a sheet as one: the first, and the others."""
    same: dict[tuple[object, ...], list[Finding]] = {}
    for at, found in enumerate(findings):
        one = found.code == "choice" and found.facts.get("why") in unsettled.REASONS
        spot = found.place.sheet, found.block, found.field, str(found.value), found.severity
        key: tuple[object, ...] = spot if one else (at,)
        same.setdefault(key, []).append(found)
    for first, *others in same.values():
        yield first, others


def summary_lines(checked: Checked, words: Words) -> Iterator[str]:
    """Yield the account of a batch: words to settle, rows read, accepted or returned, what was no record."""
    yield from unsettled.lines(checked.findings, words)
    tally = counts(checked)
    yield words.text(
        "totals",
        files=tally.files,
        sheets=tally.sheets,
        records=tally.records,
        accepted=tally.accepted,
        returned=tally.returned,
        errors=tally.errors,
        warnings=tally.warnings,
    )
    unread = {
        words.where(f.place): words.message(f).rstrip("。.") for f in checked.findings if f.code in UNREAD
    }
    if unread:
        yield words.text(
            "unread", names=tuple(words.text("unread_one", where=at, why=why) for at, why in unread.items())
        )
    beside = {
        "example": tally.example,
        "blank": tally.blank,
        "other": tally.total,
        "superseded": tally.superseded,
    }
    if any(beside.values()):
        yield words.text("left_out", **beside)
