"""What pages show of workbooks and names: faults with the sheet around their cells, and names as plain text.

Owns which part of a sheet is shown with a fault, and signs made visible that would hide or turn a name.
Refuses: reading sheets (``sheets``); what a fault is (``weeks``).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesxl.desk import sheets
from salesxl.desk.sheets import View
from salesxl.desk.weeks import Fault, Person, WeekPage, sheet_file
from salesxl.errors import RefusedError
from salesxl.workspace.folder import TeamFolder

__all__ = ["Seen", "faults", "first_page", "sheet", "size", "visible"]

MOST_VIEWS = 60
"""Faults of one rep that are shown with their surroundings; the others lead to their sheet."""
_PLAIN = "\n\t\u3000"


@dataclass(frozen=True, slots=True)
class Seen:
    """A fault with what stands around its cell; ``number`` is its place among the rep's."""

    number: int
    fault: Fault
    view: View | None


def visible(text: object) -> str:
    """Return a text with signs that nobody sees, or that turn the direction of writing, as their numbers."""
    return "".join(
        f"⟨U+{ord(char):04X}⟩"
        if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _PLAIN
        else char
        for char in str(text)
    )


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 2**20:,.1f} MB" if count >= 2**20 else f"{max(count / 1024, 0.1):,.0f} KB"


def faults(folder: TeamFolder, page: WeekPage, person: Person) -> dict[str, list[Seen]]:
    """Return a rep's faults by file, errors first, each with its surroundings on the sheet."""
    found: dict[str, list[Seen]] = {}
    order = sorted(enumerate(person.faults), key=lambda pair: pair[1].severity != "error")
    for shown, (number, fault) in enumerate(order):
        view = _view(folder, page, person, fault, f"v{number}-") if shown < MOST_VIEWS else None
        found.setdefault(fault.file, []).append(Seen(number, fault, view))
    return found


def _view(folder: TeamFolder, page: WeekPage, person: Person, fault: Fault, prefix: str) -> View | None:
    path = sheet_file(folder, page, person, fault)
    if path is None or not fault.cell or not fault.sheet:
        return None
    try:
        return sheets.view(path, fault.sheet, sheets.around(fault.cell), prefix=prefix)
    except (RefusedError, KeyError, ValueError):
        return None


def sheet(folder: TeamFolder, page: WeekPage, person: Person, number: int) -> dict[str, Any]:
    """Return the whole sheet on which a fault is, with all of the rep's faults on it by cell."""
    fault = person.faults[number]
    path = sheet_file(folder, page, person, fault)
    view, why = None, None
    try:
        view = sheets.view(path, fault.sheet) if path else None
    except RefusedError as refused:
        why = folder.words.refusal(refused, fix=True)
    except (KeyError, ValueError):
        view = None
    same = [f for f in person.faults if (f.file, f.sheet) == (fault.file, fault.sheet) and f.cell]
    told: dict[str, list[Fault]] = {}
    for one in same:
        told.setdefault(str(one.cell), []).append(one)
    return {"fault": fault, "view": view, "told": told, "why": why}


def first_page(path: Path) -> View | None:
    """Return the first page of a summary; None where it is too large to be shown."""
    try:
        return sheets.view(path, None, prefix="p")
    except (RefusedError, KeyError):
        return None
