"""A sheet of the settings workbook → its rows as typed values, every unreadable cell a finding.

Owns finding a table by its labels, wherever it stands, and reading cells by the kinds of their columns.
Refuses: what the rows mean together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import CellValue, Finding, Grid, Place, Severity, Tidied, Workbook, cell_name
from salesxl.rulebook import Option
from salesxl.settings.unknown import unknown_columns

__all__ = ["Entry", "Sheet", "compact", "find_sheet", "read_option"]

HEADER_WITHIN = 30
"""Rows from the top in which the header is looked for."""

Options = Mapping[str, Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: tidied values by field (None where blank or unreadable), and what was typed.

    ``sound`` says that every required cell is there and readable.
    """

    row: int
    values: Mapping[str, Any]
    typed: Mapping[str, CellValue]
    sound: bool = True

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(slots=True)
class Sheet:
    """A sheet as found: its rows, and the findings collected on the way."""

    spec: BlockSpec
    file: str
    name: str
    columns: Mapping[str, int] = field(default_factory=dict)
    header_row: int | None = None
    entries: tuple[Entry, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> tuple[Entry, ...]:
        """The rows that can be used."""
        return tuple(entry for entry in self.entries if entry.sound)

    def fault(
        self,
        code: str,
        entry: Entry | None,
        at: str | None,
        /,
        *,
        severity: Severity = Severity.ERROR,
        **facts: Any,
    ) -> None:
        """Note a finding at a row's cell, or on the sheet where no row is to blame."""
        cell = value = None
        if entry is not None and at is not None:
            value = entry.typed.get(at)
            cell = cell_name(entry.row, self.columns[at]) if at in self.columns else None
        self.findings.append(
            Finding(
                code,
                severity,
                Place(self.file, self.name, cell),
                field=at,
                value=value,
                facts=facts,
                block=self.spec.kind,
                row=entry.row if entry else None,
            )
        )

    def warn(self, code: str, entry: Entry | None, at: str | None, /, **facts: Any) -> None:
        """Note a finding that leaves its row in."""
        self.fault(code, entry, at, severity=Severity.WARNING, **facts)


def find_sheet(workbook: Workbook, spec: BlockSpec, options: Options) -> Sheet | None:
    """Return the sheet that holds the spec's table, read; None where no sheet has its name.

    A sheet is known by its name, its columns by their labels (Chinese, English or an alias), so rows and
    columns may have moved. Columns nobody knows are left alone, and said.
    """
    names = {parsing.normalise_label(text) for text in (spec.sheet or spec.title, spec.title, spec.english)}
    grid = next((g for g in workbook.grids if parsing.normalise_label(g.sheet) in names), None)
    if grid is None:
        return None
    sheet = Sheet(spec, workbook.file, grid.sheet)
    sheet.header_row, sheet.columns = _header(grid, spec)
    for column in spec.columns:
        if column.required and column.field not in sheet.columns:
            sheet.fault("missing_column", None, column.field, label=column.label)
    if sheet.header_row is not None:
        taken = sheet.columns.values()
        sheet.findings += unknown_columns(grid, spec, sheet.file, sheet.header_row, taken)
        sheet.entries = tuple(_entries(grid, sheet, options))
    return sheet


def read_option(raw: CellValue, options: Sequence[Option]) -> Tidied:
    """Read one of the options or their aliases; only equality counts here, a near word is no choice."""
    return _read_option(raw, tuple(options))


@lru_cache(maxsize=4096, typed=True)  # a column of thousands of rows holds a handful of choices
def _read_option(raw: CellValue, options: tuple[Option, ...]) -> Tidied:
    read = parsing.choice(raw, [o.value for o in options], {a: o.value for o in options for a in o.aliases})
    if not (read.changed or read.code):
        return read
    return Tidied(
        code="choice", facts={"why": "unknown", **read.facts, "options": tuple(o.value for o in options)}
    )


def compact(name: str | None) -> str:
    """Return a name as the sheets compare it: without spaces and case."""
    return "".join((name or "").split()).casefold()


def facts_for(column: Column) -> dict[str, Any]:
    """Return what a message on a cell of this column needs to know about it."""
    return {"kind": column.kind.value, "help": column.help}


def _header(grid: Grid, spec: BlockSpec) -> tuple[int | None, dict[str, int]]:
    """Return the row with most of the labels, and the column of each field; the first of equals."""
    labels: dict[str, str] = {}
    for column in spec.columns:
        for label in (column.label, column.english, *column.aliases):
            labels.setdefault(parsing.normalise_label(label), column.field)
    best: tuple[int | None, dict[str, int]] = (None, {})
    for number, row in enumerate(grid.rows[:HEADER_WITHIN], start=1):
        found: dict[str, int] = {}
        for at, cell in enumerate(row, start=1):
            known = labels.get(parsing.normalise_label(cell)) if isinstance(cell, str) else None
            if known:
                found.setdefault(known, at)
        if len(found) > len(best[1]):
            best = number, found
    return best


def _entries(grid: Grid, sheet: Sheet, options: Options) -> list[Entry]:
    assert sheet.header_row is not None
    entries = []
    for number, row in enumerate(grid.rows[sheet.header_row :], start=sheet.header_row + 1):
        typed = {name: row[at - 1] if at <= len(row) else None for name, at in sheet.columns.items()}
        broken = {name for name, at in sheet.columns.items() if _no_value(grid, number, at)}
        if broken or not all(parsing.is_blank(value) for value in typed.values()):
            entries.append(_entry(grid, sheet, number, typed, options))
    return entries


def _no_value(grid: Grid, row: int, column: int) -> bool:
    return (row, column) in grid.errors or (row, column) in grid.uncalculated


def _entry(grid: Grid, sheet: Sheet, row: int, typed: Mapping[str, CellValue], options: Options) -> Entry:
    values: dict[str, Any] = {}
    sound = True
    bare = Entry(row, values, typed)
    for column in sheet.spec.columns:
        at = sheet.columns.get(column.field)
        if at is None:
            sound = sound and not column.required
            continue
        read = _cell(grid, row, at, typed[column.field], column, options)
        values[column.field] = None if read.code else read.value
        if read.code:
            sheet.fault(read.code, bare, column.field, **facts_for(column), **read.facts)
        elif read.value is None and column.required:
            sheet.fault("required", bare, column.field, **facts_for(column))
        sound = sound and not (column.required and values[column.field] is None)
    return Entry(row, values, typed, sound)


def _cell(grid: Grid, row: int, at: int, raw: CellValue, column: Column, options: Options) -> Tidied:
    if (row, at) in grid.errors:
        return Tidied(code="formula", facts={"value": grid.errors[row, at]})
    if (row, at) in grid.uncalculated:
        return Tidied(code="uncalculated")
    read = read_kind(raw, column, options)
    if (
        read.code is None
        and read.value is not None
        and column.floor is not None
        and read.value < column.floor
    ):
        return Tidied(code="range", facts={"minimum": column.floor})
    if column.kind is Kind.PERCENT and read.code is None and read.value is not None and read.value > 1:
        return Tidied(code="range", facts={"why": "maximum", "maximum": "100%"})
    return read


def read_kind(raw: CellValue, column: Column, options: Options) -> Tidied:
    """Read a cell by its column's kind."""
    if column.kind is Kind.CHOICE:
        return read_option(raw, options[column.choices or ""])
    return READERS[column.kind](raw)


READERS: Mapping[Kind, Callable[[CellValue], Tidied]] = {
    Kind.TEXT: parsing.text,
    Kind.NAME: parsing.name,
    Kind.CODE: parsing.code_text,
    Kind.ITEMS: parsing.items,
    Kind.AMOUNT: parsing.amount,
    Kind.NUMBER: parsing.number,
    Kind.WHOLE: parsing.whole,
    Kind.PERCENT: parsing.percent,
    Kind.DATE: parsing.date,
    Kind.YES_NO: parsing.yes_no,
}
"""How each kind of column is read; the settings workbook has no others."""
