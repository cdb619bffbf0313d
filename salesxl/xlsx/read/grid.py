"""File → grids of typed cells at their true addresses.

Owns reading .xlsx .xlsm .xlsb .xls .ods with python-calamine, .csv and .tsv as text, and what that reader
keeps to itself: error cells, formulas never calculated, hidden rows and columns, properties. Refuses:
what a cell means; anything that intake refuses. Whatever a file holds, only ``RefusedError`` is raised.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any, TypeAlias

import python_calamine as calamine

from salesxl.model import Area, CellValue, Grid, Workbook, cell_name
from salesxl.xlsx.limits import DEFAULT, Limits, broken, damaged, unreadable, unsafe
from salesxl.xlsx.read import parts, xlsb
from salesxl.xlsx.read.asides import with_asides
from salesxl.xlsx.read.csv import rows_of
from salesxl.xlsx.read.errors import in_pictures, known_errors, picture_cells
from salesxl.xlsx.read.html import read_html, read_xml_2003
from salesxl.xlsx.read.inspect import Intake, inspect
from salesxl.xlsx.read.ods import scan_ods
from salesxl.xlsx.read.package import Parts, stored
from salesxl.xlsx.read.sheet import SheetScan, measure, scan_sheet
from salesxl.xlsx.read.styles import Formats, formats_of_xlsx
from salesxl.xlsx.read.xls import ERROR_TEXT, scan_xls, with_known_codes

__all__ = ["read", "read_inspected"]

_EXACT = 2.0**53  # beyond it a float no longer tells neighbouring whole numbers apart
_ERROR_TEXTS = frozenset(ERROR_TEXT.values())
_READER_ERRORS = (calamine.CalamineError, OSError, ValueError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look at a sheet found out before the reader; ``merged`` where the reader does not know it.

    ``formats`` are those of the workbook that add to a number.
    """

    scan: SheetScan = field(default_factory=SheetScan)
    merged: Sequence[Area] | None = None
    formats: Formats = field(default_factory=dict)


def read(path: Path, *, file: str, limits: Limits = DEFAULT, as_stored: bool = False) -> Workbook:
    """Read a workbook; ``file`` is the name it goes by in findings.

    A whole number comes as int, every date as datetime (midnight where no time was typed), a time and a
    duration as they are; '' is None, a string of blanks stays. Chart, dialog and macro sheets are left out.
    An error cell is None and stands in ``errors``; a formula that no program has calculated is None and
    stands in ``uncalculated`` (of .xlsx; the other kinds do not mark it). In .xls and .xlsb the text of a
    formula is not known and comes as ''. These may name cells beyond the last row or column with a value.
    A text file becomes one grid of text cells, named after the file. A number whose format adds to it (12
    under ``0"万"``) comes as the text that it shows, digits in full; of .xlsx not so if ``as_stored``.

    Raises:
        RefusedError: the file is unreadable or unsafe; ``facts["reason"]`` tells why (``intake.REASONS``).
    """
    return read_inspected(inspect(path, limits=limits), file=file, limits=limits, as_stored=as_stored)


def read_inspected(
    intake: Intake, *, file: str, limits: Limits = DEFAULT, as_stored: bool = False
) -> Workbook:
    """Read a workbook that ``intake.inspect`` has let in, as ``read`` does.

    Raises:
        RefusedError: as ``read``.
    """
    stem = Path(file).stem
    properties: Mapping[str, str] = {}
    lost: Mapping[str, str] = {}
    if intake.package is not None:
        if as_stored and _PACKED[intake.kind] is _read_xlsx:
            grids, properties, lost = _read_xlsx(intake.package, limits, as_stored=True)
        else:
            grids, properties, lost = _PACKED[intake.kind](intake.package, limits)
    elif intake.compound is not None:
        scans, formats = scan_xls(intake.compound)
        _check(scans, limits)
        looked = {name: _Looked(scan, formats=formats) for name, scan in scans.items()}
        grids = _sheets(io.BytesIO(with_known_codes(intake.data, scans.values())), looked)
    elif intake.kind == "html":
        grids = read_html(intake.text, stem, limits)
    elif intake.kind == "xml":
        grids = read_xml_2003(intake.text, limits)
    else:
        grids = [Grid(sheet=stem, rows=rows_of(intake.text, limits))]
    if not grids:
        raise unreadable("no_sheets")
    return Workbook(file=file, grids=tuple(grids), properties=properties, kind=intake.kind, lost=lost)


_Packed: TypeAlias = tuple[list[Grid], Mapping[str, str], Mapping[str, str]]
"""Grids, document properties, and sheets that are lost, with the reason."""


def _read_xlsx(package: Parts, limits: Limits, *, as_stored: bool = False) -> _Packed:
    layout = parts.layout(package)
    if len(layout.sheets) > limits.max_sheets:
        raise broken("too_many_sheets", limits, "max_sheets", found=len(layout.sheets))
    by_name = {sheet.name: sheet.part for sheet in layout.sheets if sheet.kind == "worksheet"}
    formats = {} if as_stored else formats_of_xlsx(parts.styles_part(package, layout))
    scans = {name: scan_sheet(part, formats) for name, part in by_name.items()}
    cells = sum(scan.cells for scan in scans.values())
    for name, scan in scans.items():
        if cells > limits.max_cells or scan.rows * scan.columns > limits.max_area:
            measure(by_name[name], scan)
    _check(scans, limits)
    rich = in_pictures(package)
    for name, scan in scans.items():
        for key, shown in picture_cells(scan, by_name[name], rich=rich).items():
            scan.texts[key] = shown
            scan.errors.pop(key, None)
            scan.uncalculated.discard(key)
    sheets = (
        replace(s, part=known_errors(s.part, scans[s.name])) if s.name in scans else s for s in layout.sheets
    )
    source = stored(parts.plain_parts(package, replace(layout, sheets=tuple(sheets))))
    grids = _sheets(source, {name: _Looked(scan, formats=formats) for name, scan in scans.items()})
    return with_asides(grids, package, layout), parts.document_properties(package), layout.lost


def _read_xlsb(package: Parts, limits: Limits) -> _Packed:
    found, formats = xlsb.scan_xlsb(package)
    _check({name: scan for name, (scan, _) in found.items()}, limits)
    looked = {name: _Looked(scan, merged, formats) for name, (scan, merged) in found.items()}
    files = dict(package.parts)
    if any(text not in _ERROR_TEXTS for scan, _ in found.values() for text in scan.errors.values()):
        sheets = [name for name in files if "/worksheets/" in name.lower() and name.lower().endswith(".bin")]
        files |= {name: xlsb.with_known_codes(files[name]) for name in sheets}
    return _sheets(stored(files), looked), parts.document_properties(package), {}


def _read_ods(package: Parts, limits: Limits) -> _Packed:
    found = scan_ods(package.find("content.xml") or b"", limits)
    _check({sheet.name: sheet.scan for sheet in found}, limits)
    for sheet in found:  # repeated cells are told once; only now is it known that there are not too many
        for area, shown in sheet.shown:
            rows = range(area.top, min(area.bottom, sheet.scan.rows) + 1)
            columns = range(area.left, min(area.right, sheet.scan.columns) + 1)
            sheet.scan.texts |= {(row, column): shown for row in rows for column in columns}
    looked = {sheet.name: _Looked(sheet.scan, sheet.merged) for sheet in found}
    return _sheets(stored(package.parts), looked), {}, {}


_PACKED: Mapping[str, Callable[[Parts, Limits], _Packed]] = {
    "xlsx": _read_xlsx,
    "xlsm": _read_xlsx,
    "xlsb": _read_xlsb,
    "ods": _read_ods,
}


def _check(scans: Mapping[str, SheetScan], limits: Limits) -> None:
    """Refuse sheets that would cost the reader too much, before it touches them."""
    if len(scans) > limits.max_sheets:
        raise broken("too_many_sheets", limits, "max_sheets", found=len(scans))
    for name, scan in scans.items():
        if scan.rows * scan.columns > limits.max_area:
            last = cell_name(scan.rows, scan.columns)
            raise broken("area_too_large", limits, "max_area", sheet=name, cell=last)
    cells = sum(scan.cells for scan in scans.values())
    if cells > limits.max_cells:
        raise broken("too_many_cells", limits, "max_cells", found=cells)


def _sheets(source: io.BytesIO, looked: Mapping[str, _Looked]) -> list[Grid]:
    """Read all worksheets, and join what the reader says with what was found before."""
    grids = []
    with _refusing():
        workbook = calamine.CalamineWorkbook.from_filelike(source)
        numbered = enumerate(workbook.sheets_metadata)
        worksheets = [(n, meta) for n, meta in numbered if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        if len(worksheets) != len(looked):
            raise damaged("the reader found other sheets than were looked through")
        # By place, not by name: the reader garbles names in an .xls from before Unicode.
        for (number, meta), (name, found) in zip(worksheets, looked.items(), strict=True):
            sheet = workbook.get_sheet_by_index(number)
            rows = sheet.to_python(skip_empty_area=False)
            ranges = (sheet.merged_cell_ranges or ()) if found.merged is None else ()
            merged = found.merged or [Area(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in ranges]
            visible = meta.visible == calamine.SheetVisibleEnum.Visible
            grids.append(_grid(name, rows, found, tuple(merged), visible))
    return grids


def _grid(name: str, rows: list[list[Any]], looked: _Looked, merged: tuple[Area, ...], visible: bool) -> Grid:
    scan = looked.scan
    width = len(rows[0]) if rows else 0
    values = _typed(rows)
    instead = (*scan.texts.items(), *scan.numbers.items(), *((key, "") for key in scan.errors))
    for (row, column), value in instead:
        if row <= len(values) and column <= width:
            values[row - 1][column - 1] = None if value == "" else value
    for (row, column), style in scan.styled.items():
        if row <= len(values) and column <= width:
            number = values[row - 1][column - 1]
            if number.__class__ is int or number.__class__ is float:
                values[row - 1][column - 1] = looked.formats[style](number)
    return Grid(
        sheet=name,
        rows=values,
        merged=merged,
        hidden_rows=frozenset(row for row in scan.hidden_rows if row <= len(rows)),
        hidden_columns=frozenset(column for column in scan.hidden_columns if column <= width),
        visible=visible,
        errors=scan.errors,
        uncalculated=frozenset(scan.uncalculated),
        formulas=scan.formulas,
    )


def _typed(rows: list[list[Any]]) -> list[list[CellValue]]:
    """Turn '' into None, whole floats into int, dates into datetime, infinity into text, all in place."""
    date, combine, midnight = dt.date, dt.datetime.combine, dt.time()
    low, high = -_EXACT, _EXACT
    width = len(rows[0]) if rows else 0
    blank = [""] * width
    for number, row in enumerate(rows):
        if row == blank:
            rows[number] = [None] * width
            continue
        rows[number] = [
            (value or None)
            if (kind := value.__class__) is str
            else (
                (int(value) if low < value < high else value)
                if value.is_integer()
                else (value if -inf < value < inf else str(value))
            )
            if kind is float
            else combine(value, midnight)
            if kind is date
            else value
            for value in row
        ]
    return rows


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever the reader throws, a panic included, into a refusal."""
    try:
        yield
    except calamine.PasswordError as error:
        raise unreadable("encrypted") from error
    except MemoryError as error:
        raise unsafe("too_much_memory") from error
    except _READER_ERRORS as error:
        raise damaged(error) from error
    except BaseException as error:
        # The reader's panics derive from BaseException and cannot be imported by name.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(error) from None
