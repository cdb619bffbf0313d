"""A team's own blank form, filled in where its fields stand. docs/domain.md 4.2.

Owns writing values into the cells that reading finds, and being sure of it: a form of which anything does not
read back as it was given is not handed out. Refuses: layout; every cell keeps its look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from salesxl.columns import Kind
from salesxl.drawing import Filled, FilledSheet
from salesxl.errors import RefusedError
from salesxl.handed import Line, digest, handed_lines
from salesxl.intake import Job, reader_of
from salesxl.model import Block, CellValue, Submission, cell_name
from salesxl.parsing.frames import stack
from salesxl.rulebook import Rulebook
from salesxl.xlsx.edit import Book

__all__ = ["filled_in_place"]

SHEET = "下发记录"
MONEY = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER})
NEAR = 1e-9
"""How near two amounts are that are one, but for the way they are counted."""
WAN = 1e-4
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
Scales = Mapping[tuple[str, str], float]


def filled_in_place(template: bytes, sheet: FilledSheet, week: dt.date, rulebook: Rulebook) -> Filled | None:
    """Return a team's own form filled in, which knows what it was made from; None where that is not sure.

    A column in another unit is filled in that unit. A field that the form does not have is left out.
    """
    try:
        form = _form(template, sheet.form, rulebook)
        scales: Scales = {}
        for _ in range(2):  # once more where amounts read in another unit
            data, places = _filled(template, form, sheet, scales)
            back = _form(data, sheet.form, rulebook)
            found = _scales(sheet, back, rulebook, week)
            if all(scale == 1 for scale in found.values()):
                _refuse_other(sheet, back, scales)
                return Filled(_with_record(data, form, sheet, week, scales), places)
            scales = found
    except (RefusedError, ValueError, KeyError):
        return None
    return None


def _form(data: bytes, name: str, rulebook: Rulebook) -> Submission:
    """Return the only form in a workbook.

    Raises:
        ValueError: it is another one, or there are several.
    """
    read = reader_of(rulebook).read(Job("form.xlsx", Path("form.xlsx"), data))
    if [form.form for form in read.submissions] != [name]:
        raise ValueError("not that form alone")
    return read.submissions[0]


def _filled(
    template: bytes, form: Submission, given: FilledSheet, scales: Scales
) -> tuple[bytes, dict[tuple[int, str, int, str], tuple[str, str]]]:
    """Return the workbook with the values in it, and where they stand."""
    book = Book.open(template)
    sheet = book.sheet(form.sheet)
    places: dict[tuple[int, str, int, str], tuple[str, str]] = {}
    for block in form.blocks:
        rows = given.rows.get(block.kind, ())
        for at, (row, values) in enumerate(zip(_rows_for(block, len(rows), form), rows, strict=True)):
            for field in block.columns or block.cells:
                value = _in_cell(values.get(field), scales.get((block.kind, field), 1))
                place = block.cells.get(field) or (row, block.columns.get(field, 0))
                if value is not None:
                    sheet.set_value(*place, value)
                places[0, block.kind, at, field] = form.sheet, cell_name(*place)
    return book.to_bytes(), places


def _with_record(data: bytes, form: Submission, given: FilledSheet, week: dt.date, scales: Scales) -> bytes:
    """Return the workbook with the hidden record of what was handed out."""
    lines: list[Line] = []
    for block in form.blocks:
        for values in given.known.get(block.kind, given.rows.get(block.kind, ())):
            here = [f for f in block.columns or block.cells if f in values]
            told = {f: _in_cell(values[f], scales.get((block.kind, f), 1)) for f in here}
            lines += [Line(block.kind, form.sheet, told)] if told else []
    book = Book.open(data)
    record = _sheet(handed_lines(week, lines), book.package.namespaces.main)
    book.insert_sheet(SHEET, record, at=len(book.sheets()), hidden=True)
    return book.to_bytes()


def _rows_for(block: Block, number: int, form: Submission) -> list[int]:
    """Return the rows that so many records go to: those below the header and its examples.

    Raises:
        ValueError: another block of the form begins before there are enough.
    """
    if block.cells:
        return [block.rows[0]] * number
    top = (block.last_header_row or block.header_row or 0) + 1 + sum(block.skipped.values())
    below = [first for other in form.blocks if other is not block and (first := _first_row(other)) > top]
    if below and top + number > min(below) - 2:  # a heading stands above the next block
        raise ValueError("too many rows for the form")
    return [*range(top, top + number)]


def _first_row(block: Block) -> int:
    return min((row for row, _ in block.cells.values()), default=block.header_row or 0)


def _in_cell(value: Any, scale: float) -> CellValue:
    """Return an amount in the unit of its column; any other value as it is."""
    amount = isinstance(value, int | float) and not isinstance(value, bool)
    told: CellValue = round(value * scale, 6) if amount and scale != 1 else value
    return told


def _scales(sheet: FilledSheet, form: Submission, rulebook: Rulebook, near: dt.date) -> Scales:
    """Return by what each amount must be taken to read as it was given.

    Raises:
        ValueError: rows are missing.
    """
    found: dict[tuple[str, str], float] = {}
    for block in form.blocks:
        rows = sheet.rows.get(block.kind, ())
        if not rows:
            continue
        typed = stack(block.kind, [form], rulebook, {0: near}).frame
        if len(typed) != len(rows):
            raise ValueError("rows are missing")
        for column in rulebook.forms.block(block.kind).columns:
            if column.kind not in MONEY or column.field not in (block.columns or block.cells):
                continue
            for one, told in zip(rows, typed[column.field].tolist(), strict=True):
                given = one.get(column.field)
                if isinstance(given, int | float) and given:
                    # what is far too large to be read is in another unit, of which 万 is the usual one
                    scale = WAN if pd.isna(told) or not told else float(given) / float(told)
                    found[block.kind, column.field] = 1 if abs(scale - 1) < NEAR else scale
    return found


def _refuse_other(sheet: FilledSheet, form: Submission, scales: Scales) -> None:
    """Hold every cell that was read against the one that was written.

    Raises:
        ValueError: one of them is another.
    """
    for block in form.blocks:
        for at, values in enumerate(sheet.rows.get(block.kind, ())):
            for field in block.columns or block.cells:
                wanted = _in_cell(values.get(field), scales.get((block.kind, field), 1))
                if wanted is not None and digest(wanted) != digest(block.values[field][at]):
                    raise ValueError(f"{block.kind}.{field} does not read as it was written")


def _sheet(lines: Iterator[list[str]], space: str) -> bytes:
    """Return a sheet of texts."""
    rows = []
    for number, line in enumerate(lines, 1):
        cells = "".join(_CELL.format(cell_name(number, at), escape(text)) for at, text in enumerate(line, 1))
        rows.append(f'<row r="{number}">{cells}</row>')
    body = f'<worksheet xmlns="{space}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    return (_XML + body).encode()
