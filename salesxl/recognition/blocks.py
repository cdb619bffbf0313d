"""The records of a table → its block: raw values by field, with the unit that stands near each amount.

Owns: values under merged headers, columns nobody knows. Refuses: which rows are records, which is ``tables``;
what a value means.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from salesxl.model import Area, Block, CellValue, column_letters
from salesxl.parsing import money_unit
from salesxl.recognition.header_cells import HeaderCell
from salesxl.recognition.hours import together
from salesxl.recognition.named_amounts import Amounts, telling
from salesxl.recognition.remarks import unit_of_cells, units_of_rows
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.tables import Table
from salesxl.recognition.units import units_about, with_row_units, with_said, with_unit

__all__ = ["EXTRA", "build_block", "column_values"]

EXTRA = "其他列:"
"""What the name of an unknown header's column begins with."""


def build_block(
    sheet: Sheet, table: Table, fields: Mapping[str, int], clocks: Mapping[str, int] | None = None
) -> Block:
    """Build the block of a table: raw values by field, unknown columns after them, index = Excel row.

    ``clocks`` are the headers, by their places, that hold the hours of fields whose days are elsewhere.
    """
    header, rows = table.header, table.rows
    data: dict[str, list[CellValue]] = {}
    columns: dict[str, int] = {}
    heads: dict[str, str] = {}
    noted: list[str] = []
    unknown = _unknown(sheet, table, fields)
    amounts = Amounts(
        header.spec,
        {name: header.cells[at].text for name, at in fields.items()},
        [text for _, text in unknown],
    )
    over, notes = units_about(sheet, header.top, rows[-1] if rows else header.bottom, amounts)
    for name, place in fields.items():
        cell = header.cells[place]
        values, column = _over(sheet, table, cell)
        if clocks and name in clocks:
            hours = _values(sheet, table, header.cells[clocks[name]].left)
            values = [together(day, hour) for day, hour in zip(values, hours, strict=True)]
        spec = header.spec.column(name)
        head = Area(header.top, cell.left, header.bottom, cell.right)
        remarked, single = units_of_rows(sheet, spec, rows, column)
        for at, row in enumerate(rows if single else ()):
            values[at] = with_said(values[at], single.get(row))
        unit = unit_of_cells(sheet, spec, head) or remarked
        unit = unit or table.units.get(cell.left) or table.units.get(column) or over.get(cell.left)
        data[name], columns[name] = values, column
        heads[name] = with_unit(_nearest(cell), spec, unit or telling(notes, name))
        noted += [] if unit or heads[name] == _nearest(cell) else [name]
    others = [(c, text, _values(sheet, table, c)) for c, text in unknown]
    with_row_units(data, columns, header.spec, others)
    ordered: dict[str, list[CellValue]] = {
        c.field: data.get(c.field) or [None] * len(rows) for c in header.spec.columns
    }
    extra: dict[int, str] = {}
    for column, text, values in others:
        if not text and all(v is None for v in values):
            continue
        extra[column] = text
        name = EXTRA + (text or column_letters(column))
        if name in ordered:
            name = f"{name}({column_letters(column)})"
        ordered[name] = values
    return Block(
        header.spec.kind,
        tuple(rows),
        ordered,
        columns=columns,
        header_row=header.top,
        last_header_row=header.bottom,
        extra=extra,
        skipped=dict(table.skipped),
        headers=heads,
        noted=tuple(noted),
    )


def _nearest(cell: HeaderCell) -> str:
    """Return a header of two rows as typed, the upper one left out where the lower gives its own unit."""
    lower = " ".join(cell.words[-1].split()) if len(cell.words) > 1 else cell.text
    return lower if money_unit(lower) else cell.text


def _over(sheet: Sheet, table: Table, cell: HeaderCell) -> tuple[list[CellValue], int]:
    """Return a field's values and its column; under a merged header the fuller column, then the others."""
    values = _values(sheet, table, cell.left)
    column = cell.left
    for other in range(cell.left + 1, cell.right + 1):
        more = _values(sheet, table, other)
        if sum(v is not None for v in more) > sum(v is not None for v in values):
            values, more, column = more, values, other
        values = [b if a is None else a for a, b in zip(values, more, strict=True)]
    return values, column


def column_values(sheet: Sheet, table: Table, column: int) -> list[CellValue]:
    """Return what stands in a column of a table's records."""
    return _values(sheet, table, column)


def _values(sheet: Sheet, table: Table, column: int) -> list[CellValue]:
    if table.columns is None:
        table.columns = list(zip_longest(*(sheet.rows[row - 1] for row in table.rows)))
    values: list[CellValue] = [None] * len(table.rows)
    if column <= len(table.columns):
        values = [None if type(v) is str and not v else v for v in table.columns[column - 1]]
    if table.merged:
        values = [
            table.merged.get((row, column)) if value is None else value
            for row, value in zip(table.rows, values, strict=True)
        ]
    return values


def _unknown(sheet: Sheet, table: Table, fields: Mapping[str, int]) -> list[tuple[int, str]]:
    """Return (column, header text) of the columns that hold no field, those without a header included."""
    header = table.header
    taken = set(fields.values())
    found: dict[int, str] = {}
    covered: set[int] = set()
    for place, cell in enumerate(header.cells):
        covered.update(range(cell.left, cell.right + 1))
        if place not in taken:
            found[cell.left] = cell.text
            for column in range(cell.left + 1, cell.right + 1):
                found[column] = ""
    for column in range(table.reach.left, min(table.reach.right, sheet.width) + 1):
        if column not in covered:
            found[column] = ""
    return sorted(found.items())
