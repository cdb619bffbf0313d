"""What stands in the settings workbook and is nothing it knows: sheets and columns, with what was meant.

Owns which of them are said and the likeness of two names. Refuses: reading what they hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

from salesxl import parsing
from salesxl.columns import BlockSpec
from salesxl.model import Finding, Grid, Place, Severity, Workbook, cell_name

__all__ = ["nearest", "unknown_columns", "unknown_sheets"]

REMARKS = ("说明", "备注", "注", "注释", "序号", "编号", "remark", "note", "no", "readme")
"""What a team may write beside its settings, as the name of a sheet or a column; nothing is said of it."""
LIKE = 0.6
"""From this likeness on one name is offered for another."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant: one that holds the other, else the most alike."""
    names = {parsing.normalise_label(text): text for text in known}
    asked = parsing.normalise_label(name)
    holding = [bare for bare in names if bare and asked and (bare in asked or asked in bare)]
    found = sorted(holding, key=len, reverse=True) or difflib.get_close_matches(asked, names, 1, LIKE)
    return names[found[0]] if found else None


def unknown_sheets(
    workbook: Workbook, specs: Collection[BlockSpec], taken: Collection[str]
) -> Iterator[Finding]:
    """Warn of each sheet that people see and that is none of the settings'."""
    known = [spec.sheet or spec.title for spec in specs]
    for grid in workbook.grids:
        blank = not any(not parsing.is_blank(cell) for row in grid.rows for cell in row)
        if grid.visible and not blank and grid.sheet not in taken and not _is_remark(grid.sheet):
            facts = {"why": "sheet", "nearest": nearest(grid.sheet, known)}
            place = Place(workbook.file, grid.sheet)
            yield Finding("unknown_reference", Severity.WARNING, place, value=grid.sheet, facts=facts)


def unknown_columns(
    grid: Grid, spec: BlockSpec, file: str, header_row: int, taken: Collection[int]
) -> Iterator[Finding]:
    """Warn of each header that is none of its sheet's, or that stands there twice."""
    for at, cell in enumerate(grid.rows[header_row - 1], start=1):
        if at in taken or not isinstance(cell, str) or parsing.is_blank(cell) or _is_remark(cell):
            continue
        facts = {"why": "header", "nearest": nearest(cell, [column.label for column in spec.columns])}
        place = Place(file, grid.sheet, cell_name(header_row, at))
        yield Finding("unknown_reference", Severity.WARNING, place, None, cell, facts, spec.kind, header_row)


def _is_remark(name: str) -> bool:
    return parsing.normalise_label(name) in REMARKS
