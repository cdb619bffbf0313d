"""Reading the records of a table: from below its header down to where it ends.

Owns: the rows that are records, values of merged cells. Refuses: which row is the header, what stands in the
records, which is ``blocks``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from salesxl.columns import Column
from salesxl.model import CellValue
from salesxl.recognition.ends import Ends
from salesxl.recognition.headers import Header
from salesxl.recognition.row_kinds import is_legend, may_be_preset, preset_key, times_preset
from salesxl.recognition.rows import (
    Cells,
    is_afterword,
    is_example,
    is_filler,
    is_note,
    is_plain,
    is_total,
    is_typed_over,
    left_of_example,
)
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.units import (
    tells_unit,
    unit_under,
)

__all__ = [
    "PAGE_TITLE",
    "Reach",
    "Table",
    "drop_strange",
    "read_table",
]

PAGE_TITLE = 3
"""So far above a header that comes again its page may be titled anew."""
_MARKED = 2  # so many labels with our mark of what is required are no chance
_FEW = 3  # rows with more cells filled need no proof that they are records
_EXAMPLES_WITHIN = 8  # example rows stand among the first rows


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a table may lie: its columns and its last row, bounded by what stands beside and below it."""

    left: int
    right: int
    bottom: int


@dataclass(slots=True)
class Table:
    """A table as found: its header, the rows of its records, and what was passed over."""

    header: Header
    reach: Reach
    rows: list[int] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    merged: dict[tuple[int, int], CellValue] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)  # by column, from a row below the header
    examples: list[tuple[int, int]] = field(
        default_factory=list
    )  # cells that still say what the example does
    strange: list[int] = field(default_factory=list)  # records with cells only under headers nobody knows yet
    end: int = 0  # the last row that was looked at
    columns: Sequence[Sequence[CellValue]] | None = None  # what stands in the records, once it was asked for

    def covers(self, row: int, column: int) -> bool:
        """Tell whether a cell belongs to the table."""
        last = self.rows[-1] if self.rows else self.header.bottom
        return self.header.top <= row <= last and self.reach.left <= column <= self.reach.right


def read_table(sheet: Sheet, header: Header, reach: Reach, stops: set[int], again: set[int]) -> Table:
    """Find the records below a header.

    ``stops`` are rows that end the table (a title, a card's labels), ``again`` rows that repeat the header.
    Blank rows, totals, notes and examples are passed over and counted; any number of blank rows may stand
    between records.
    """
    table = Table(header, reach, end=reach.bottom)
    known = _known(header)
    below = _Below(sheet, reach, known, {c: spec for c, spec in known.items() if spec}, _is_own(header))
    ends = Ends(sheet, header.spec.kind, header.top, reach.left, reach.right, known)
    preset: dict[tuple[tuple[int, str], ...], list[int]] = {}
    blanks, noted = 0, False
    closed = False  # a total or a note has come since the last record
    legends: set[int] = set()  # rows of units and hints below the header
    for row in range(header.bottom + 1, reach.bottom + 1):
        if row in stops:
            table.end = row - 1
            break
        if row in again:
            table.skipped["header"] += 1
            continue
        if (row - 1 <= header.bottom or row - 1 in again or row - 1 in legends) and below.is_legend(row):
            legends.add(row)
            table.units |= below.units(row)
            table.skipped["note"] += 1
            continue
        early = len(table.rows) < _EXAMPLES_WITHIN
        gap = blanks > 0 or noted
        kind, cells = below.look_at(row, early=early, gap=gap, noted=noted, closed=closed)
        turned = any(row < top <= row + PAGE_TITLE for top in again)  # what heads a page ends no table
        if cells and not turned and ends.at(row, cells, gap=gap):
            if kind == "note":
                table.skipped[kind] += 1
            table.end = row - 1
            break
        if kind in ("record", "strange"):
            closed = False
            table.strange += [row] if kind == "strange" else []
            if blanks and table.rows:
                table.skipped["blank"] += blanks
            blanks = 0
            if may_be_preset(cells, known):
                same = preset_key(sheet.cells(row, reach.left, reach.right), known)
                if same:
                    preset.setdefault(same, []).append(row)
            table.rows.append(row)
        elif kind == "blank":
            blanks += 1
        else:
            table.skipped[kind] += 1
            noted = noted or kind == "note"
            closed = closed or kind != "example"
    _drop_preset(table, known, preset)
    table.merged = _merged_values(sheet, header, reach)
    table.examples = _examples_left(sheet, table, known) if below.own else []
    return table


def _drop(table: Table, gone: Collection[int], reason: str) -> None:
    """Take rows back that seemed to be records; what was asked of the columns is asked anew."""
    table.rows = [row for row in table.rows if row not in gone]
    table.skipped[reason] += len(gone)
    table.columns = None


def drop_strange(sheet: Sheet, table: Table, fields: Mapping[str, int]) -> None:
    """Drop the rows that hold nothing in a field, now that it is known which headers name one."""
    known = {
        c
        for at in fields.values()
        for c in range(table.header.cells[at].left, table.header.cells[at].right + 1)
    }
    gone = {row for row in table.strange if not any(c in known for c, _ in sheet.cells(row))}
    if gone:
        _drop(table, gone, "note")


def _examples_left(sheet: Sheet, table: Table, known: Mapping[int, Column | None]) -> list[tuple[int, int]]:
    """Return the cells of the first records that still say what the form's example does."""
    return [
        (row, column)
        for row in table.rows[:_EXAMPLES_WITHIN]
        for column in left_of_example(sheet.cells(row, table.reach.left, table.reach.right), known)
    ]


@dataclass(frozen=True, slots=True)
class _Below:
    """The rows below a header; ``known`` are the columns of the table, ``fields`` those that hold a field."""

    sheet: Sheet
    reach: Reach
    known: Mapping[int, Column | None]
    fields: Mapping[int, Column]
    own: bool

    def is_legend(self, row: int) -> bool:
        """Tell whether a row says what is to be typed into the columns."""
        cells = self.sheet.cells(row, self.reach.left, self.reach.right)
        return bool(cells) and is_legend(cells, self.known)

    def units(self, row: int) -> dict[int, str]:
        """Return the units that such a row gives, by column."""
        cells = self.sheet.cells(row, self.reach.left, self.reach.right)
        return {column: unit for column, value in cells if (unit := unit_under(value))}

    def look_at(self, row: int, *, early: bool, gap: bool, noted: bool, closed: bool) -> tuple[str, Cells]:
        """Return what a row is and its cells, of a record perhaps only the first ones.

        ``early`` is a row in which an example may still stand, ``gap`` one after a blank row or a note,
        ``closed`` one with a total or a note since the last record.
        """
        left, right = self.reach.left, self.reach.right
        cells = self.sheet.cells(row, left, right, most=_FEW + 1)
        if not cells:
            return "blank", cells
        few = len(cells) <= _FEW
        plain = not few and not self.sheet.grid.formulas and cells[0][0] in self.fields and is_plain(cells)
        if plain and not early:
            return "record", cells
        if not few:
            cells = self.sheet.cells(row, left, right)
        kind = "record" if plain else self._kind_of(row, cells, few=few, gap=gap, noted=noted)
        if kind == "record" and closed and few and is_afterword(cells, self.fields):
            kind = "note"
        if kind == "record" and early and is_example(cells, self.known):
            kind = "record" if self.own and is_typed_over(cells, self.known) else "example"
        return kind, cells

    def _kind_of(self, row: int, cells: Cells, *, few: bool, gap: bool, noted: bool) -> str:
        every = self.sheet.grid.formulas
        formulas = {c: every[row, c] for c, _ in cells if (row, c) in every} if every else {}
        head = cells[0][1]
        if isinstance(head, str) and tells_unit(cells):
            return "note"
        if isinstance(head, str) or few or formulas:
            if is_total(cells, formulas):
                return "total"
            area = self.sheet.area(row, cells[0][0])
            spans = area.right - area.left + 1
            if is_note(cells, self.known, len(self.known), after_gap=gap, spans=spans):
                return "note"
        if len(cells) == len(formulas) or few or not any(c in self.fields for c, _ in cells):
            if is_filler(cells, self.known, formulas):
                return "blank"
            if not any(self._over_field(row, c) for c, _ in cells):
                beneath = len(cells) > 1 and all(c in self.known for c, _ in cells)
                return "strange" if beneath and not gap and not noted else "note"
            if noted and len(cells) == 1:
                return "note"
        return "record"

    def _over_field(self, row: int, column: int) -> bool:
        """Tell whether a cell, merged ones included, stands in a column that holds a field."""
        area = self.sheet.area(row, column)
        return any(c in self.fields for c in range(column, area.right + 1))


def _drop_preset(
    table: Table,
    known: Mapping[int, Column | None],
    preset: Mapping[tuple[tuple[int, str], ...], Sequence[int]],
) -> None:
    """Drop rows that hold nothing but what the form itself set in several of them: 未开始, 否."""
    for same, rows in preset.items():
        if len(rows) >= times_preset(same, known):
            _drop(table, set(rows), "blank")


def _is_own(header: Header) -> bool:
    """Tell whether a table is the toolkit's own: what is required stands under its very label, marked so.

    A team may do without some of the columns, or without their marks.
    """
    labels = {name: header.cells[at].text.strip() for name, at in header.fields.items()}
    asked = [(labels[c.field], c.label) for c in header.spec.columns if c.required and c.field in labels]
    marked = [text for text, label in asked if text == f"{label} *"]
    return len(marked) >= _MARKED and all(text in (label, f"{label} *") for text, label in asked)


def _known(header: Header) -> dict[int, Column | None]:
    """Return the table's columns by number; None where the header names no field."""
    known: dict[int, Column | None] = {}
    for cell in header.cells:
        for column in range(cell.left, cell.right + 1):
            known[column] = None
    for name, place in header.fields.items():
        cell = header.cells[place]
        for column in range(cell.left, cell.right + 1):
            known[column] = header.spec.column(name)
    return known


def _merged_values(sheet: Sheet, header: Header, reach: Reach) -> dict[tuple[int, int], CellValue]:
    """Return what cells show that are merged downwards below the header: one value for several records."""
    shown: dict[tuple[int, int], CellValue] = {}
    for area in sheet.grid.merged:
        if area.bottom == area.top or area.top <= header.bottom or area.top > reach.bottom:
            continue
        if area.left > reach.right or area.right < reach.left:
            continue
        value = sheet.value(area.top, area.left)
        if value is not None:
            for row in range(area.top + 1, min(area.bottom, reach.bottom) + 1):
                shown[row, area.left] = value
    return shown
