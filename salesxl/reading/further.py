"""Several columns of one field: 手机 and 电话 and 邮箱 all say how a customer is reached.

Owns: which further columns hold contacts, and joining what stands in a row, mobile phones first. Refuses:
dropping any: each column stays among the row's own columns as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from salesxl import tidy
from salesxl.columns import BlockSpec, Column
from salesxl.model import Block, CellValue, Finding, Tidied
from salesxl.reading.contents import fitting
from salesxl.reading.header_cells import HeaderCell
from salesxl.reading.meaning import meaning_of
from salesxl.reading.remarks import unusable
from salesxl.reading.sheet import Sheet
from salesxl.reading.tables import Table, column_values
from salesxl.reading.vocabulary import Vocabulary

__all__ = ["contact_places", "with_further_contacts"]

_FIELD = "contact"
_MOSTLY = 0.5  # of a further column's cells must be contacts
_COUNTED = re.compile(r"[\s(（]*(?:\d{1,2}|[一二三①②③])[)）]?\s*$")  # 联系电话2
_FIRST = frozenset({"1", "01", "一", "①"})
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
        filled = [v for v in values if not tidy.is_blank(v)]
        told = place not in others and _is_contact(spec, cell, vocabulary) and _fits(column, filled)
        told = told and not (several and _later(cell.text))
        if told or place == known:
            mobile = sum(_is_mobile(tidy.contact(_scalar(v))) for v in filled)
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
        cells = [_Cell(first, values[at], tidy.contact(_scalar(values[at])))]
        cells += [_Cell(c, columns[c][at], tidy.contact(_scalar(columns[c][at]))) for c in further]
        cells = [cell for cell in cells if not tidy.is_blank(cell.typed)]
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
        for word in words
    )


def _later(header: str) -> bool:
    """Tell whether a header is counted as the second of its kind, or a later one."""
    found = _COUNTED.search(header)
    return found is not None and found[0].strip(" \n(（)）") not in _FIRST


def _names(spec: BlockSpec, cell: HeaderCell) -> bool:
    return meaning_of(spec.kind, _COUNTED.sub("", cell.text)).sure == "contact_name"


def _fits(column: Column, filled: Sequence[CellValue]) -> bool:
    return bool(filled) and (fitting(column, filled, {}) or 0.0) >= _MOSTLY


def _scalar(value: CellValue) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None if value is None else str(value)


def _is_mobile(read: Tidied) -> bool:
    return _MOBILE.match(str(read.value)) is not None


def _together(cells: Sequence[_Cell]) -> str:
    parts = [part for cell in cells for part in str(cell.read.value).split("、")]
    return "、".join(dict.fromkeys(parts))
