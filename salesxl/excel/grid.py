"""File → grids of typed cells at their true addresses.

Owns reading .xlsx .xlsm .xlsb .xls .ods with python-calamine, .csv and .tsv as text, and what that reader
keeps to itself: error cells, formulas never calculated, hidden rows and columns, custom properties. Refuses:
what a cell means; anything that intake refuses. Nothing in a file makes this module raise but ``errors.Refused``.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import python_calamine as calamine

from salesxl.excel import grid_parts, grid_xml
from salesxl.excel.grid_limits import DEFAULT, Limits, damaged, unreadable, unsafe
from salesxl.excel.grid_xml import SheetScan
from salesxl.excel.grid_zip import Package
from salesxl.excel.intake import Intake, load
from salesxl.model import Area, CellValue, Grid, Workbook

__all__ = ["read"]

_EXACT = 2**53  # beyond it a float no longer tells neighbouring whole numbers apart
_READER_ERRORS = (calamine.CalamineError, OSError, ValueError, TypeError, OverflowError, MemoryError)

T = TypeVar("T")


def read(path: Path, *, file: str, limits: Limits = DEFAULT) -> Workbook:
    """Read a workbook; ``file`` is the name it goes by in findings.

    A whole number comes as int, every date as datetime (midnight where no time was typed), a time and a
    duration as they are; '' is None, a string of blanks stays. Chart, dialog and macro sheets are left out.

    Raises:
        Refused: the file is unreadable or unsafe; ``facts["reason"]`` tells why.
    """
    intake = load(path, limits)
    grids, properties = _READERS[intake.kind](intake, limits)
    return Workbook(file=file, grids=tuple(grids), properties=properties, kind=intake.kind)


def _read_xlsx(intake: Intake, limits: Limits) -> tuple[list[Grid], Mapping[str, str]]:
    assert intake.package is not None
    package = intake.package
    parts = grid_parts.sheet_parts(package)
    if len(parts) > limits.max_sheets:
        raise unsafe("too_many_sheets", limit="max_sheets", value=limits.max_sheets, found=len(parts))
    scans = _scans(package, limits)
    mended = grid_parts.honest_strings(package)
    if mended:
        package = package.with_parts(mended)
    source = package.rebuilt() if package.changed else io.BytesIO(intake.data)
    by_sheet = {sheet: scans.get(part.lower(), SheetScan()) for sheet, part in parts.items()}
    return _sheets(source, by_sheet), grid_parts.custom_properties(package)


def _scans(package: Package, limits: Limits) -> dict[str, SheetScan]:
    """Scan every worksheet part, whether or not a sheet leads to it: the reader may find ways we do not."""
    scans: dict[str, SheetScan] = {}
    cells = 0
    for name, part in package.parts.items():
        if b"sheetData" not in part:
            continue
        scan = scans[name.replace("\\", "/").lower()] = grid_xml.scan_sheet(part)
        if scan.rows * scan.columns > limits.max_area or cells + scan.cells > limits.max_cells:
            grid_xml.measure(part, scan)
        cells += scan.cells
        if cells > limits.max_cells:
            raise unsafe("too_many_cells", limit="max_cells", value=limits.max_cells, part=name)
        if scan.rows * scan.columns > limits.max_area:
            raise unsafe("area_too_large", limit="max_area", value=limits.max_area, part=name)
    return scans


_READERS: Mapping[str, Callable[[Intake, Limits], tuple[list[Grid], Mapping[str, str]]]] = {
    "xlsx": _read_xlsx,
    "xlsm": _read_xlsx,
}


def _sheets(source: io.BytesIO, scans: Mapping[str, SheetScan]) -> list[Grid]:
    """Read all worksheets, and join what the reader says with what the scan found."""
    workbook = _guarded(lambda: calamine.CalamineWorkbook.from_filelike(source))
    grids = []
    for meta in _guarded(lambda: workbook.sheets_metadata):
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        name = meta.name
        sheet = _guarded(lambda name=name: workbook.get_sheet_by_name(name))
        rows = _guarded(lambda sheet=sheet: sheet.to_python(skip_empty_area=False))
        merged = _guarded(lambda sheet=sheet: sheet.merged_cell_ranges) or ()
        visible = meta.visible is calamine.SheetVisibleEnum.Visible
        grids.append(_grid(name, rows, merged, visible, scans.get(name, SheetScan())))
    return grids


def _grid(
    name: str,
    rows: Sequence[Sequence[CellValue]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    visible: bool,
    scan: SheetScan,
) -> Grid:
    width = len(rows[0]) if rows else 0
    return Grid(
        sheet=name,
        rows=typed(rows),
        merged=tuple(
            Area(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in merged
        ),
        hidden_rows=frozenset(row for row in scan.hidden_rows if row <= len(rows)),
        hidden_columns=frozenset(column for column in scan.hidden_columns if column <= width),
        visible=visible,
        errors=scan.errors,
        uncalculated=frozenset(scan.uncalculated),
        formulas=scan.formulas,
    )


def typed(rows: Sequence[Sequence[CellValue]]) -> list[list[CellValue]]:
    """Return the reader's rows with '' as None, whole floats as int and dates as datetime."""
    exact, date, at_midnight = _EXACT, dt.date, dt.datetime
    return [
        [
            (value or None)
            if (kind := type(value)) is str
            else (int(value) if value.is_integer() and -exact < value < exact else value)  # type: ignore[union-attr, operator]
            if kind is float
            else at_midnight(value.year, value.month, value.day)  # type: ignore[union-attr]
            if kind is date
            else value
            for value in row
        ]
        for row in rows
    ]


def _guarded(call: Callable[[], T]) -> T:
    """Run one call of the reader, and turn whatever it throws, a panic included, into a refusal."""
    try:
        return call()
    except calamine.PasswordError as error:
        raise unreadable("encrypted") from error
    except _READER_ERRORS as error:
        raise damaged(error) from error
    except BaseException as error:
        # The reader's panics derive from BaseException and cannot be imported by name.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(error) from None
