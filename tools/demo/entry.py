"""What is known of every cell that the demo types: how it stands there, what it means, what is wrong with it.

Owns the answer key's types. Refuses: making anything up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salesxl.model import CellValue

__all__ = ["Answer", "Defect", "DemoTruth", "Entry", "blank", "fault"]

WARNINGS = frozenset(
    (
        *("vague", "stale", "late_entry", "overdue", "mismatch", "conflict", "unknown_reference"),
        *("incomplete", "missing_report", "unrecognised"),
    )
)
"""Codes that are warnings wherever they occur; the others are errors unless an entry says otherwise."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell: as typed, its true value, the fault that was put into it, and its number format.

    ``value`` is what a reader must make of it, None where that is nothing. ``mended`` is what the rep meant.
    """

    typed: CellValue
    value: Any = None
    code: str | None = None
    severity: str | None = None
    style: str | None = None
    mended: Any = None


@dataclass(frozen=True, slots=True)
class Defect:
    """A fault put in on purpose; ``severity`` as in ``model.Severity``. ``cell`` is None for a whole file."""

    file: str
    sheet: str | None
    cell: str | None
    field: str | None
    code: str
    severity: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A record as it was meant: typed values by field, and where it stands.

    ``accepted`` is False where an error keeps the record out; ``mended`` are the values without the faults.
    """

    file: str
    sheet: str
    row: int
    block: str
    rep: str | None
    values: Mapping[str, Any]
    mended: Mapping[str, Any]
    accepted: bool


@dataclass(frozen=True, slots=True)
class DemoTruth:
    """The answer key of an inbox: every fault put in, every record, and the day on which it holds.

    ``copies`` maps a file with the same bytes as another to that one.
    """

    defects: tuple[Defect, ...]
    answers: tuple[Answer, ...]
    files: tuple[str, ...]
    copies: Mapping[str, str]
    as_of: dt.date


@dataclass(slots=True)
class Ledger:
    """Collects the answer key while forms are drawn."""

    file: str
    rep: str | None
    defects: list[Defect] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def put(
        self, sheet: str, row: int, block: str, entries: Mapping[str, Entry], cells: Mapping[str, str]
    ) -> None:
        """Note a record that has been drawn; fields without a cell are not on the sheet."""
        accepted = True
        for name, entry in entries.items():
            if entry.code is None or name not in cells:
                continue
            severity = entry.severity or ("warning" if entry.code in WARNINGS else "error")
            accepted &= severity != "error"
            self.defects.append(Defect(self.file, sheet, cells[name], name, entry.code, severity))
        shown = {name: entry for name, entry in entries.items() if name in cells}
        self.answers.append(
            Answer(
                self.file,
                sheet,
                row,
                block,
                self.rep,
                {name: entry.value for name, entry in shown.items()},
                {name: entry.mended for name, entry in shown.items()},
                accepted,
            )
        )


def blank() -> Entry:
    """Return a cell with nothing in it."""
    return Entry(None)


def fault(
    entry: Entry, typed: CellValue, code: str, *, value: Any = None, severity: str | None = None
) -> Entry:
    """Return the entry with a fault in it; ``value`` is what can still be read of it."""
    style = "date" if isinstance(typed, dt.date) else None
    return Entry(typed, value, code, severity, style, entry.mended)
