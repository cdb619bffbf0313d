"""Small forms that once came out wrong, from ``data/cases``, as they are or with a few cells changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from salesxl import validate
from salesxl.model import Checked
from tests.sheets import AS_OF, RULES

CASES = Path(__file__).parent / "data" / "cases"
ARCHIVE = "u1_wan_with_qualifier"
"""Three customers in rows 4 to 6 below the header in row 3; K is the expected amount: 12.5, 13.5, 14.5."""
REPORT = "u8_weekly_card_wan"
"""A weekly report: the card in A2:B11, progress below its header in row 15, plans below that in row 21."""

Edit = Callable[[Worksheet], None]


def case(name: str) -> Checked:
    """Check a case as it is."""
    return validate.validate([CASES / f"{name}.xlsx"], RULES, as_of=AS_OF)


def changed(name: str, folder: Path, *edits: Edit, cells: Mapping[str, Any] | None = None) -> Checked:
    """Check a case whose units are taken out of its labels, with cells and whatever else changed."""
    book = openpyxl.load_workbook(CASES / f"{name}.xlsx")
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "（万元" in cell.value:
                cell.value = cell.value.partition("（")[0]
    for address, value in (cells or {}).items():
        sheet[address] = value
    for edit in edits:
        edit(sheet)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return validate.validate([path], RULES, as_of=AS_OF)


def shown(address: str, value: Any, code: str) -> Edit:
    """Return the edit that puts a value into a cell under a number format."""

    def edit(sheet: Worksheet) -> None:
        sheet[address] = value
        sheet[address].number_format = code

    return edit


def values(checked: Checked, field: str, kind: str = "customer") -> list[Any]:
    """Return a field's values, None where there is none."""
    return [None if value != value or value is None else value for value in _plain(checked, field, kind)]


def _plain(checked: Checked, field: str, kind: str) -> list[Any]:
    column = checked.frames[kind][field].astype(object)
    return list(column.where(column.notna(), None))


def accepted(checked: Checked, kind: str = "customer") -> list[bool]:
    """Return which records were accepted."""
    return [bool(value) for value in checked.frames[kind]["accepted"]]


def errors(checked: Checked) -> set[tuple[str | None, str, Any]]:
    """Return the errors as (cell, code, why)."""
    return {(f.place.cell, f.code, f.facts.get("why")) for f in checked.findings if f.severity == "error"}
