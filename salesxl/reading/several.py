"""One customer over several rows: its cells are merged, and each row has a further contact.

Owns: telling such rows, and joining their contacts. Refuses: rows with figures or days of their own: those
are records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from salesxl import tidy
from salesxl.model import Block, CellValue
from salesxl.reading.sheet import Sheet

__all__ = ["with_contacts_joined"]

_NAME = "customer_name"
_OF_A_CONTACT = frozenset({"contact_name", "contact_title", "contact", "birthday", "notes", "tags"})
_BETWEEN = {"contact": "、"}
_ELSE = "；"


def with_contacts_joined(sheet: Sheet, block: Block) -> Block:
    """Return a table of customers with one record a customer, whose contacts stand in several rows.

    The rows below the first are those over which its name is merged and in which nothing but a contact is
    typed; what stands there in columns that nobody knows comes along.
    """
    if _NAME not in block.columns or not _OF_A_CONTACT & block.columns.keys():
        return block
    into = _first_rows(sheet, block)
    if not into:
        return block
    at = {row: place for place, row in enumerate(block.rows)}
    values = {name: list(column) for name, column in block.values.items()}
    known = {name: column for name, column in block.columns.items() if name in _OF_A_CONTACT}
    for row, first in into.items():
        for name, column in values.items():
            own = known.get(name)
            typed = column[at[row]]
            merged = own is not None and sheet.value(row, own) is None
            if merged or typed is None or (own is None and name in block.columns):
                continue
            if own is None and typed == column[at[first]]:
                continue
            column[at[first]] = _joined(column[at[first]], typed, _BETWEEN.get(name, _ELSE))
    kept = [place for place, row in enumerate(block.rows) if row not in into]
    return replace(
        block,
        rows=tuple(block.rows[place] for place in kept),
        values={name: [column[place] for place in kept] for name, column in values.items()},
    )


def _first_rows(sheet: Sheet, block: Block) -> dict[int, int]:
    """Return the rows that only add a contact, each with the row of its customer."""
    name = block.columns[_NAME]
    own = [column for field, column in block.columns.items() if field not in _OF_A_CONTACT]
    rows = set(block.rows)
    found: dict[int, int] = {}
    for area in sheet.grid.merged:
        if area.left != name or area.top not in rows:
            continue
        below: Sequence[int] = [row for row in range(area.top + 1, area.bottom + 1) if row in rows]
        if below and all(sheet.value(row, column) is None for row in below for column in own):
            found |= dict.fromkeys(below, area.top)
    return found


def _joined(before: CellValue, more: CellValue, sign: str) -> CellValue:
    return more if tidy.is_blank(before) else f"{_text(before)}{sign}{_text(more)}"


def _text(value: CellValue) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
