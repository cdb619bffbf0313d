"""Several columns of one field: 手机 and 电话 and 邮箱 all say how a customer is reached.

Owns: which further columns hold contacts, and joining what stands in a row, mobile phones first. Refuses:
dropping any: each column stays among the row's own columns as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from salesxl import parsing
from salesxl.columns import BlockSpec, Column
from salesxl.model import Block, CellValue, Finding, Tidied
from salesxl.recognition import weights
from salesxl.recognition.blocks import column_values
from salesxl.recognition.evidence import fitting
from salesxl.recognition.findings import unusable
from salesxl.recognition.header_cells import HeaderCell
from salesxl.recognition.meaning import meaning_of, says
from salesxl.recognition.persons import is_phone_of
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.tables import Table
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["contact_places", "with_contacts_joined", "with_further_contacts"]

_FIELD = "contact"
_COUNTED = re.compile(r"[\s(（]*(?:\d{1,2}|[一二三①②③])[)）]?\s*$")  # 联系电话2
_FIRST = frozenset({"1", "01", "一", "①"})
_NAME_OF = "contact_name"
_MOBILE = re.compile(r"1[3-9]\d{9}")


class _Cell(NamedTuple):
    column: int
    typed: CellValue
    read: Tidied


def contact_places(
    sheet: Sheet, table: Table, fields: Mapping[str, int], vocabulary: Vocabulary
) -> list[int]:
    """Return which of a table's headers, by their places, hold contacts: those with mobile phones first."""
    spec = table.header.spec
    if not any(column.field == _FIELD for column in spec.columns):
        return []
    column, known = spec.column(_FIELD), fields.get(_FIELD)
    found: list[tuple[float, bool, int]] = []
    several = any(_later(c.text) and _names(spec, c) for c in table.header.cells)  # 联系人2 has 电话2
    others = {place for name, place in fields.items() if name != _FIELD}
    for place, cell in enumerate(table.header.cells):
        values = column_values(sheet, table, cell.left)
        filled = [v for v in values if not parsing.is_blank(v)]
        whose = table.header.cells[fields[_NAME_OF]].text if _NAME_OF in fields else ""
        told = place not in others and (_is_contact(spec, cell, vocabulary) or is_phone_of(cell.text, whose))
        told = told and _fits(column, filled)
        told = told and not (several and _later(cell.text))
        if told or place == known:
            mobile = sum(_is_mobile(parsing.contact(_scalar(v))) for v in filled)
            found.append((-mobile / max(len(filled), 1), place != known, place))
    return [place for _, _, place in sorted(found)]


def with_further_contacts(
    file: str, sheet: Sheet, table: Table, block: Block, places: Sequence[int]
) -> tuple[Block, list[Finding]]:
    """Return a table's block with all contacts of a row in their field, and what is to be said of some.

    The first that can be used is the row's contact, the others come after it; one that cannot be used costs
    the row nothing where another can. ``places`` are those of ``contact_places``, the field's own first.
    """
    spec = table.header.spec
    further = [table.header.cells[place].left for place in places[1:]]
    if not further:
        return block, []
    first = block.columns[_FIELD]
    columns = {at: column_values(sheet, table, at) for at in further}
    values = list(block.values[_FIELD])
    moved: dict[int, int] = {}
    findings = []
    for at, row in enumerate(block.rows):
        cells = [_Cell(first, values[at], parsing.contact(_scalar(values[at])))]
        cells += [_Cell(c, columns[c][at], parsing.contact(_scalar(columns[c][at]))) for c in further]
        cells = [cell for cell in cells if not parsing.is_blank(cell.typed)]
        sound = sorted((c for c in cells if c.read.value is not None), key=lambda c: not _is_mobile(c.read))
        if not cells:
            continue
        taken = sound or cells[:1]
        values[at] = taken[0].typed if len(taken) == 1 else _together(taken)
        if taken[0].column != first:
            moved[row] = taken[0].column
        if sound:
            findings += [
                unusable(file, sheet, spec, _FIELD, (row, c.column), c.typed, c.read)
                for c in cells
                if c not in sound
            ]
    return (
        replace(block, values={**block.values, _FIELD: values}, moved={**block.moved, _FIELD: moved}),
        findings,
    )


def _is_contact(spec: BlockSpec, cell: HeaderCell, vocabulary: Vocabulary) -> bool:
    words = dict.fromkeys(word for w in cell.words for word in (w, _COUNTED.sub("", w)))
    return any(
        any(sense.field == _FIELD for sense in vocabulary.senses_in(word, spec.kind))
        or meaning_of(spec.kind, word).likely == _FIELD
        or says(word, "phone") == frozenset()  # 调度座机
        for word in words
    )


def _later(header: str) -> bool:
    """Tell whether a header is counted as the second of its kind, or a later one."""
    found = _COUNTED.search(header)
    return found is not None and found[0].strip(" \n(（)）") not in _FIRST


def _names(spec: BlockSpec, cell: HeaderCell) -> bool:
    return meaning_of(spec.kind, _COUNTED.sub("", cell.text)).sure == "contact_name"


def _fits(column: Column, filled: Sequence[CellValue]) -> bool:
    return bool(filled) and (fitting(column, filled, {}) or 0.0) >= weights.FURTHER_CONTACTS


def _scalar(value: CellValue) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None if value is None else str(value)


def _is_mobile(read: Tidied) -> bool:
    return _MOBILE.match(str(read.value)) is not None


def _together(cells: Sequence[_Cell]) -> str:
    parts = [part for cell in cells for part in str(cell.read.value).split("、")]
    return "、".join(dict.fromkeys(parts))


_NAME = "customer_name"
_OF_A_CONTACT = frozenset({"contact_name", "contact_title", "contact", "birthday", "notes", "tags"})
_BETWEEN = {"contact": "、"}
_ELSE = "；"


def with_contacts_joined(sheet: Sheet, block: Block) -> Block:
    """Return a table of customers with one record per customer, whose contacts stand in several rows.

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
    return more if parsing.is_blank(before) else f"{_text(before)}{sign}{_text(more)}"


def _text(value: CellValue) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
