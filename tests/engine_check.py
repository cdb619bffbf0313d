"""A second opinion on the template engine, that shares no code with it.

A template is filled with numbers that say where they come from; after rendering it is looked at which cells
hold what each cell of the template has become. Then every formula outside a band must mean those cells.
References are read by openpyxl's tokenizer, and ranges by openpyxl; nothing here knows how the engine moves.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

__all__ = ["Check", "faults", "figures", "marked"]

Cell = tuple[str, int, int]
MARK = re.compile(r"@(.+)!(\d+),(\d+)@")
RANGED = re.compile(r"\b(?:SUM|COUNTA?|AVERAGE|MAX|MIN)\(\Z")


@dataclass
class Check:
    """Where each cell of the template stands now: in the order of its copies, by the sheet it was on."""

    copies: dict[Cell, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    came: dict[Cell, Cell] = field(default_factory=dict)


def marked(template: bytes) -> bytes:
    """Return the template with a mark of its place in every cell, formulas kept as text within it."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for sheet in book.worksheets:
        filled = {(cell.row, cell.column): cell.value for row in sheet.iter_rows() for cell in row}
        last_row = max(row for row, _ in filled) + 3
        last_column = max(column for _, column in filled) + 3
        for row in range(1, last_row + 1):
            for column in range(1, last_column + 1):
                cell = sheet.cell(row, column)
                if type(cell).__name__ != "MergedCell":
                    # what a cell says stays, since bands may hang on it; an expression has the cell written
                    said = cell.value if isinstance(cell.value, str) and "{{" in cell.value else "{{ '' }}"
                    cell.value = f"@{sheet.title}!{row},{column}@{said if said[0] != '=' else ''}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _placed(rendered: bytes) -> Check:
    found = Check()
    for sheet in openpyxl.load_workbook(io.BytesIO(rendered)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and (mark := MARK.match(cell.value)):
                    came = mark[1], int(mark[2]), int(mark[3])
                    here = sheet.title, cell.row, cell.column
                    found.copies[came].append(here)
                    found.came[here] = came
    return found


def faults(template: bytes, with_marks: bytes, rendered: bytes) -> list[str]:
    """Return every formula outside all bands that does not mean what it meant in the template.

    ``with_marks`` is the marked template rendered with the same data, ``rendered`` the template itself.
    A range means all copies of its cells, one cell its first copy, or all copies where a function that takes
    ranges holds it.
    """
    placed = _placed(with_marks)
    before = openpyxl.load_workbook(io.BytesIO(template))
    after = openpyxl.load_workbook(io.BytesIO(rendered))
    wrong = []
    for sheet in before.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                copies = placed.copies.get((sheet.title, cell.row, cell.column), [])
                if cell.data_type != "f" or len(copies) != 1 or not isinstance(cell.value, str):
                    continue
                name, top, left = copies[0]
                now = after[name].cell(top, left).value
                meant = list(_meant(before, sheet.title, cell.value, placed))
                means = list(_covered(after, name, str(now), placed))
                if meant != means:
                    wrong.append(f"{sheet.title}!{cell.coordinate} {cell.value} → {now}")
    return wrong + list(_drawn_wrong(before, after, placed))


def _drawn_wrong(before: Workbook, after: Workbook, placed: Check) -> Iterator[str]:
    """Return the ranges of charts that do not show all copies of the cells that they showed."""
    for old in before.worksheets:
        for chart, drawn in zip(old._charts, after[old.title]._charts, strict=True):
            for text, now in zip(_shown(chart), _shown(drawn), strict=True):
                meant = {one for cell in _cells(before, old.title, text) for one in placed.copies[cell]}
                if meant != {cell for cell in _cells(after, old.title, now) if cell in placed.came}:
                    yield f"{old.title} chart {text} → {now}"


def _shown(chart: Any) -> list[str]:
    """Return the ranges of a chart's series: what they are called, their kinds and values."""
    return [
        ref.f
        for series in chart.series
        for ref in (series.tx and series.tx.strRef, series.cat and series.cat.numRef, series.val.numRef)
        if ref is not None
    ]


SIMPLE = re.compile(r"=(SUM|COUNT|MAX|MIN)\(([^(),]+)\)\Z")
HOW = {"SUM": sum, "COUNT": len, "MAX": lambda v: max(v, default=0), "MIN": lambda v: min(v, default=0)}


def figures(template: bytes, with_marks: bytes, calculated: Workbook) -> list[str]:
    """Return the totals outside all bands that are not those of the figures they were meant for.

    ``calculated`` is the rendered workbook with every formula's value, as another program calculated it.
    """
    placed, before = _placed(with_marks), openpyxl.load_workbook(io.BytesIO(template))
    wrong = []
    for (sheet, row, column), copies in list(placed.copies.items()):
        found = SIMPLE.match(str(before[sheet].cell(row, column).value))
        if found is None or len(copies) != 1:
            continue
        here, top, left = copies[0]
        cells = [one for cell in _cells(before, sheet, found[2]) for one in placed.copies[cell]]
        values = [calculated[name].cell(r, c).value for name, r, c in dict.fromkeys(cells)]
        numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        shown = calculated[here].cell(top, left).value
        if not isinstance(shown, (int, float)) or abs(shown - HOW[found[1]](numbers)) > 1e-6:
            wrong.append(f"{here}!{row},{column} {found[0]} is {shown}, not {HOW[found[1]](numbers)}")
    return wrong


def _meant(book: Workbook, sheet: str, formula: str, placed: Check) -> Iterator[Any]:
    """Return, for each operand, the set of cells of the output that it stands for."""
    before = "="
    for token in Tokenizer(formula).items:
        if token.type == "OPERAND" and token.subtype == "RANGE":
            cells = list(_cells(book, sheet, token.value))
            if not cells:
                yield token.value
                continue
            many = ":" in token.value or RANGED.search(before.upper())
            found = [placed.copies[cell] if many else placed.copies[cell][:1] for cell in cells]
            yield frozenset(one for several in found for one in several)
        elif token.type == "OPERAND":
            yield token.value
        before += token.value
    yield "".join(t.value for t in Tokenizer(formula).items if t.type != "OPERAND")


def _covered(book: Workbook, sheet: str, formula: str, placed: Check) -> Iterator[Any]:
    """Return the same of a formula of the output; cells that nothing stands in count for nothing."""
    for token in Tokenizer(formula).items:
        if token.type == "OPERAND" and token.subtype == "RANGE":
            cells = list(_cells(book, sheet, token.value))
            yield frozenset(cell for cell in cells if cell in placed.came) if cells else token.value
        elif token.type == "OPERAND":
            yield token.value
    yield "".join(t.value for t in Tokenizer(formula).items if t.type != "OPERAND")


def _cells(book: Workbook, sheet: str, text: str) -> Iterator[Cell]:
    """Return the cells that a reference covers, on every sheet of a 3-D one; none for names and tables."""
    name, mark, area = text.rpartition("!")
    ends = name.strip("'").replace("''", "'").split(":") if mark else [sheet]
    if any(end not in book.sheetnames for end in ends):
        return
    try:
        left, top, right, bottom = range_boundaries(area.replace("$", ""))
    except ValueError:
        return
    first, last = (book.sheetnames.index(end) for end in (ends[0], ends[-1]))
    for title in book.sheetnames[first : last + 1]:
        shown = book[title]
        for row in range(top or 1, (bottom or shown.max_row) + 1):
            for column in range(left or 1, (right or shown.max_column) + 1):
                yield title, row, column
