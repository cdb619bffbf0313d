"""A sheet being drawn from top to bottom: title, bands, label–value pairs, tables.

Owns cells, merges, heights and highlighting of what is missing. Refuses: which block stands where.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from salesxl.columns import Column, Kind, Need
from salesxl.drawing.fields import Choices, boxes, example_value, label, validation, write
from salesxl.drawing.look import Look, text
from salesxl.rulebook import Option, Rulebook

__all__ = ["Canvas", "Slot"]

STATUS_KINDS = {Need.WHEN_OPEN: ("open", "keen"), Need.WHEN_WON: ("won",), Need.WHEN_LOST: ("lost",)}


TO_CHANGE_KINDS = frozenset({"customer", "action", "next_week"})
TO_CHANGE = frozenset({("record", "stage"), ("weekly_report", "expected_amount")})
"""What a rep keeps up to date on a form that is handed out filled in: whole kinds, or single fields."""
DONE_KINDS = frozenset({"communication"})
"""Tables of which a given row is done with, its blanks too."""
SPARE = 5
"""Rows to fill in at least below those that are given."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column's cell lies: sheet columns from 0, bounds included; ``label`` likewise on a card."""

    column: Column
    first: int
    last: int
    label: tuple[int, int] = (0, 0)


class Canvas:
    """Draws downwards; ``row`` is the next free row, counted from 0.

    ``given`` are values by kind of block, a mapping per row, of a form that is handed out filled in; None for
    a blank one. ``places`` are the cells that they went to, by kind, number of the row and field.
    """

    def __init__(
        self, sheet: Worksheet, look: Look, choices: Choices, rulebook: Rulebook, widths: Sequence[float]
    ) -> None:
        self.sheet, self.look, self.choices, self.rulebook = sheet, look, choices, rulebook
        self.width = len(widths)
        self.given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
        self.places: dict[tuple[str, int, str], tuple[int, int]] = {}
        self.row = 0
        self._texts: list[str] = []
        self._missing, self._started = look.missing(), look.started()
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def across(self, words: str, look: Any, height: float, *, merged: bool = True) -> None:
        """Write one text over the whole width.

        A table wider than a page takes it unmerged: a merge would reach over frozen and repeated columns.
        """
        if merged:
            self._put(0, self.width - 1, words, look)
        else:
            for column in range(self.width):
                write(self.sheet, self.row, column, None if column else words, look)
        self.sheet.set_row(self.row, height)
        self.row += 1

    def gap(self, height: float = 8) -> None:
        """Leave a narrow row free."""
        self.sheet.set_row(self.row, height)
        self.row += 1

    def _put(self, first: int, last: int, value: Any, look: Any) -> None:
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", look)
        write(self.sheet, self.row, first, value, look)

    def card(
        self,
        lines: Sequence[Sequence[Slot]],
        heights: Mapping[str, float] | None = None,
        kind: str = "",
    ) -> None:
        """Draw label–value pairs, one line per row; required cells show while the card is half filled."""
        cells: list[tuple[Slot, int]] = []
        values = next(iter(self._rows(kind)), {})
        for line in lines:
            height = 24.0
            for slot in line:
                self._put(*slot.label, label(slot.column), self.look.label())
                value = values.get(slot.column.field)
                look = self.look.value(slot.column.kind)
                if value is not None:
                    look = self._known(kind, slot.column, value)
                self._put(slot.first, slot.last, self.shown(slot.column, value), look)
                self.places[kind, 0, slot.column.field] = self.row, slot.first
                rule = validation(slot.column, self.choices, self.rulebook)
                self.sheet.data_validation(self.row, slot.first, self.row, slot.first, rule)
                cells.append((slot, self.row))
                height = max(height, (heights or {}).get(slot.column.field, 0))
            self.sheet.set_row(self.row, height)
            self.row += 1
        self._highlight_card(cells)

    def _rows(self, kind: str) -> Sequence[Mapping[str, Any]]:
        """Return what is given for a kind of block."""
        return (self.given or {}).get(kind, ())

    def shown(self, column: Column, value: Any) -> Any:
        """Return a value as its cell has it: a ticked option among the others."""
        if column.kind is not Kind.TICKED or not column.choices:
            return value
        options = [o.value for o in self.rulebook.choices.get(column.choices, ())]
        return boxes(options, ticked=value) if value is None or value in options else value

    def _known(self, kind: str, column: Column, value: Any) -> Any:
        """Return the look of a given value: grey where nobody need type, a day without a time as a day."""
        day = column.kind is Kind.MOMENT and isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        shown = Kind.DATE if day else column.kind
        whole = kind in TO_CHANGE_KINDS and column.need is not Need.COMPUTED
        if whole or (kind, column.field) in TO_CHANGE:
            return self.look.value(shown, boxed=kind != "customer")
        return self.look.known(shown)

    def _blank(self, column: Column) -> str | None:
        if column.kind is not Kind.TICKED or not column.choices:
            return None
        return boxes([o.value for o in self.rulebook.choices.get(column.choices, ())])

    def _highlight_card(self, cells: Sequence[tuple[Slot, int]]) -> None:
        at = {slot.column.field: xl_rowcol_to_cell(row, slot.first, True, True) for slot, row in cells}
        required = [slot.column for slot, _ in cells if slot.column.required]
        typed = [at[c.field] for c in required if c.kind is not Kind.TICKED]
        if not typed:
            return
        started = f'({"&".join(typed)})<>""'
        for slot, row in cells:
            column, cell = slot.column, at[slot.column.field]
            if column.required and column.kind is Kind.TICKED:
                empty = f'{cell}="{self._blank(column)}"'
            elif column.required:
                empty = f"LEN(TRIM({cell}))=0"
            elif column.need is Need.WHEN_OFF and "stage" in at:
                off = [o.value for o in self._options("阶段") if o.kind == "off"]
                ticked = text()["form"]["ticked_box"]
                hits = ",".join(f'ISNUMBER(SEARCH("{ticked}{name}",{at["stage"]}))' for name in off)
                empty = f"LEN(TRIM({cell}))=0,OR({hits or 'FALSE'})"
            else:
                continue
            self._highlight(row, slot.first, row, slot.last, f"=AND({started},{empty})")

    def table(
        self,
        slots: Sequence[Slot],
        rows: int,
        *,
        name: str | None = None,
        height: float | None = None,
        header: float = 30,
        kind: str = "",
    ) -> int:
        """Draw a header, an example row where the schema has one, and rows to fill in; return the header row.

        With a ``name`` it becomes an Excel table with filters, which needs unmerged columns side by side.
        Rows without a set ``height`` grow with what is typed; a set one must leave room for it.
        """
        top = self.row
        for slot in slots:
            self._put(slot.first, slot.last, label(slot.column), self.look.header(slot.column.need.value))
        self.sheet.set_row(top, header)
        self.row += 1
        if self.given is None and any(slot.column.example for slot in slots):
            self._example(slots, max(height or 0, 30))
        first, given = self.row, self._rows(kind)
        for at in range(max(rows, len(given) + SPARE) if given else rows):
            for slot in slots:
                value = given[at].get(slot.column.field) if at < len(given) else None
                done = value is not None or (at < len(given) and kind in DONE_KINDS)
                look = self.look.value(slot.column.kind, boxed=name is None)
                if done:
                    look = self._known(kind, slot.column, value)
                self._put(slot.first, slot.last, value, look)
                if at < len(given):
                    self.places[kind, at, slot.column.field] = self.row, slot.first
            if height is not None:
                self.sheet.set_row(self.row, height)
            self.row += 1
        for slot in slots:
            rule = validation(slot.column, self.choices, self.rulebook)
            self.sheet.data_validation(first, slot.first, self.row - 1, slot.first, rule)
        self.highlight_table(slots, first, self.row - 1)
        self._digits(slots, first, self.row - 1)
        if name:
            self.excel_table([slot.column for slot in slots], top, self.row - 1, name)
        return top

    def excel_table(self, columns: Sequence[Column], top: int, bottom: int, name: str) -> None:
        """Make an Excel table of what was drawn, with its own look instead of a built-in style.

        Only rows that hold something get lines, so that the rows still empty are not printed.
        """
        heads = [
            {"header": label(column), "header_format": self.look.header(column.need.value)}
            for column in columns
        ]
        options = {"name": name, "style": None, "columns": heads}
        last = len(columns) - 1
        self.sheet.add_table(top, 0, bottom, last, options)
        start, end = (xl_rowcol_to_cell(top + 1, at, col_abs=True) for at in (0, last))
        rule = {"type": "formula", "criteria": f"=COUNTA({start}:{end})>0", "format": self._started}
        self.sheet.conditional_format(top + 1, 0, bottom, last, rule)

    def _digits(self, slots: Sequence[Slot], first: int, last: int) -> None:
        """Spare phones and numbers kept as text Excel's green corner."""
        for slot in slots:
            if slot.column.kind in {Kind.CODE, Kind.CONTACT}:
                self._texts.append(xl_range(first, slot.first, last, slot.first))
        if self._texts:
            self.sheet.ignore_errors({"number_stored_as_text": " ".join(self._texts)})

    def _example(self, slots: Sequence[Slot], height: float) -> None:
        """Write the example row; its first cell says 示例, by which reading knows it."""
        words = text()["form"]
        for number, slot in enumerate(slots):
            value = example_value(slot.column)
            if number == 0 and not str(value).startswith(words["example"]):
                free = slot.column.kind in {Kind.TEXT, Kind.NAME} and value
                value = f"{words['example']}{words['example_join']}{value}" if free else words["example"]
            self._put(slot.first, slot.last, value, self.look.example(slot.column.kind))
        self.sheet.set_row(self.row, height)
        self.row += 1

    def highlight_table(self, slots: Sequence[Slot], first: int, last: int) -> None:
        """Tint what is missing in a row that somebody has begun."""
        left, right = slots[0].first, slots[-1].last
        start, end = (xl_rowcol_to_cell(first, at, col_abs=True) for at in (left, right))
        started = f"COUNTA({start}:{end})>0"
        at = {s.column.field: xl_rowcol_to_cell(first, s.first, col_abs=True) for s in slots}
        either = [at[s.column.field] for s in slots if s.column.need is Need.EITHER]
        for slot in slots:
            empty = f"LEN(TRIM({at[slot.column.field]}))=0"
            if slot.column.need is Need.EITHER:
                empty = ",".join(f"LEN(TRIM({cell}))=0" for cell in either)
            elif slot.column.need in STATUS_KINDS and "status" in at:
                kinds = STATUS_KINDS[slot.column.need]
                hits = ",".join(
                    f'{at["status"]}="{o.value}"' for o in self._options("跟进状态") if o.kind in kinds
                )
                empty += f",OR({hits or 'FALSE'})"
            elif not slot.column.required:
                continue
            self._highlight(first, slot.first, last, slot.last, f"=AND({started},{empty})")

    def highlight_twice(self, column: int, first: int, last: int) -> None:
        """Tint what stands in a column more than once."""
        rule = {"type": "duplicate", "format": self._missing}
        self.sheet.conditional_format(first, column, last, column, rule)

    def _options(self, name: str) -> Sequence[Option]:
        return self.rulebook.choices.get(name, ())

    def _highlight(self, top: int, left: int, bottom: int, right: int, formula: str) -> None:
        rule = {"type": "formula", "criteria": formula, "format": self._missing}
        self.sheet.conditional_format(top, left, bottom, right, rule)
