"""The unit of an amount in a note on its header or its cell, or in the prompt that shows where it is typed.

Owns: which remark belongs to which amount. Refuses: what the words mean, which is ``parsing``; our own forms'
prompts, which say the unit that holds anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salesxl.columns import Column
from salesxl.model import Area
from salesxl.parsing import money_unit, unit_note
from salesxl.recognition.named_amounts import AMOUNTS
from salesxl.recognition.sheet import Sheet

__all__ = ["unit_of_cells", "units_of_rows"]


def unit_of_cells(sheet: Sheet, column: Column, cells: Area) -> str | None:
    """Return the unit that a remark on any of these cells gives an amount."""
    return next((unit for area, unit in _said(sheet, column) if _meets(area, cells)), None)


def units_of_rows(
    sheet: Sheet, column: Column, rows: Sequence[int], at: int
) -> tuple[str | None, dict[int, str]]:
    """Return the unit that remarks in a column give all of an amount's rows, or else those of single rows."""
    single: dict[int, str] = {}
    for area, unit in _said(sheet, column):
        if area.left <= at <= area.right:
            concerned = [row for row in rows if area.top <= row <= area.bottom]
            if len(concerned) == len(rows) > 1:
                return unit, single
            for row in concerned:
                single.setdefault(row, unit)
    return None, single


def _said(sheet: Sheet, column: Column) -> Iterator[tuple[Area, str]]:
    if column.kind not in AMOUNTS:
        return
    for area, text in sheet.grid.remarks:
        ours = column.help and text.endswith(column.help[:_PROMPT])
        if not ours and (unit := _unit(text)):
            yield area, unit


_PROMPT = 255
"""Excel shows so much of a prompt."""


def _unit(text: str) -> str | None:
    """Return the unit that a remark gives, None where it gives none or only names the yuan."""
    if said := unit_note(text, alone=True):
        return said
    found = money_unit(text)
    if found is None or found.why == "unit" or not (found.scaled or found.why):
        return None  # in free text a word in brackets is no unit
    return found.seen if found.why else found.unit


def _meets(one: Area, other: Area) -> bool:
    return (
        one.top <= other.bottom
        and other.top <= one.bottom
        and one.left <= other.right
        and other.left <= one.right
    )
