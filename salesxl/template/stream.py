"""Many rows into the tables of a template workbook, as XML text, in bounded memory.

A table's sheet in the template is designed by hand: header in row 1, one styled sample row in row 2. The rows
that come take the sample's place with its styles and height; the table, its filter, formats and validations
grow with them. Every part that is not concerned stays byte for byte.
Refuses: layout, and anything but one table per sheet from row 1; for the rest there are bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from itertools import accumulate, chain, pairwise, repeat
from pathlib import Path
from typing import Any

from lxml import etree

from salesxl.errors import Label, TemplateFaultError
from salesxl.model import CellValue, column_letters
from salesxl.template.bands import Band
from salesxl.template.book import close_book
from salesxl.template.cells import Rows
from salesxl.template.drawings import follow_drawings
from salesxl.template.edits import follow_pivots, follow_tables
from salesxl.template.notes import follow_notes
from salesxl.template.references import Moves, Sheet
from salesxl.template.sheet import follow_sheet
from salesxl.template.strips import Strip
from salesxl.template.terms import Evaluate, Shared, cell_text, replace_rows, shared_texts, uses_1904
from salesxl.xlsx.package import Package
from salesxl.xlsx.packed import Packed, pack
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW, shift, split_cell
from salesxl.xlsx.styles import RenderStyles
from salesxl.xlsx.values import cell_tails, escape

__all__ = ["Packs", "Run", "Table", "fill_tables", "no_sheet"]

SAMPLE_ROW = 2
SPEED = 3
"""The compression level of streamed sheets: a sixth larger than at the usual 6, in a third of the time."""

CHUNK = 2048
"""Rows that are written at once."""

LINE = "\0"
"""Stands for the row's number until a row is put together; no text can hold it, since XML cannot."""


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that are packed by themselves, so that a later workbook can take them as they stand.

    ``kept`` is what an earlier one has of them; it is taken if it begins in the row ``first`` and that
    workbook's sheet had the ``look`` of this one, else the rows are written anew.
    """

    rows: int
    kept: Packed | None = None
    first: int = 0
    look: str = ""


@dataclass(frozen=True, slots=True)
class Packs:
    """How a sheet's runs were packed; ``look`` stands for the styles and columns that are in their bytes."""

    look: str
    packed: Sequence[Packed]


@dataclass(frozen=True, slots=True)
class Table:
    """What fills one table: the labels of columns, the number of rows, and their values.

    ``values(first, stop)`` returns the values of some rows, counted from 0, as one list per column, in the
    labels' order. It is asked for a few rows at a time, so that no table is held as cells whole, and never
    for rows of two runs. ``runs`` are the first of the rows.
    """

    labels: Sequence[str]
    count: int
    values: Callable[[int, int], Sequence[Sequence[CellValue]]]
    runs: Sequence[Run] = ()


def fill_tables(
    template: bytes | Path,
    tables: Mapping[str, Table],
    out: Path,
    finish: Callable[[Package, Mapping[str, Packs]], None] | None = None,
) -> dict[str, int]:
    """Fill the tables of a template, save the workbook, and return how many rows each sheet got.

    ``tables`` is keyed by the sheets' names. Columns are found by their label in row 1, so a team may
    move or restyle them; a column of the template without a label here stays blank. Values are written as
    ``values.cell_tail`` has it: dates as day numbers in the sample's number format, text always as text. No
    rows leave one styled blank row, since a table may not lose its last one. ``finish`` is given the filled
    workbook, and how the runs of each sheet that has some were packed, before it is saved.

    Raises:
        TemplateFaultError: a sheet is missing, a label is not in its row 1, or the rows do not fit.
    """
    package = Package.open(template)
    parts = dict(package.sheets())
    for name in tables:
        if name not in parts:
            raise no_sheet(name, parts)
    plans = {name: _plan(package, name, parts[name], table) for name, table in tables.items()}
    _follow(package, plans)
    if finish is not None:
        finish(package, {name: Packs(plan.look, plan.packed) for name, plan in plans.items() if plan.packed})
    package.save(out)
    return {name: table.count for name, table in tables.items()}


def no_sheet(name: str, sheets: Mapping[str, str]) -> TemplateFaultError:
    """Return the fault of a template that lacks a sheet."""
    near = get_close_matches(name, sheets, n=3, cutoff=0.5) or list(sheets)
    return TemplateFaultError("no_sheet", name=name, near=tuple(near))


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as written: a cell up to its value, a blank cell, and where the value comes from."""

    before: str
    blank: str
    source: int | None
    formula: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of one sheet are written."""

    table: Table
    head: str
    columns: Sequence[_Column]
    date1904: bool
    look: str
    packed: list[Packed] = field(default_factory=list)


def _plan(package: Package, name: str, part: str, table: Table) -> _Plan:
    if SAMPLE_ROW - 1 + table.count > LAST_ROW:
        raise TemplateFaultError("sheet_full", name=name, limit=LAST_ROW)
    ns = package.namespaces.main
    root = package.xml(part)
    data = root.find(f"{{{ns}}}sheetData")
    if data is None:
        raise TemplateFaultError("no_cells", name=name)
    by_row = {int(row.get("r", "0")): row for row in data}
    sample = by_row.get(SAMPLE_ROW)
    kept = {str(k): str(v) for k, v in ({} if sample is None else sample.attrib).items()}
    attributes = "".join(f' {k}="{v}"' for k, v in kept.items() if k not in ("r", "spans") and k[0] != "{")
    sources = _sources(name, by_row.get(SAMPLE_ROW - 1, ()), table.labels, shared_texts(package), ns)
    columns = _columns(root, sample, sources, ns)
    head, date1904 = f'<row r="{LINE}"{attributes}>', uses_1904(package)
    return _Plan(table, head, columns, date1904, _look(package, head, columns, table.labels, date1904))


def _look(package: Package, *written: object) -> str:
    """Return what tells two sheets apart whose rows would be written differently."""
    styles = package.related(package.main(), "styles")
    told = repr(written).encode() + b"".join(package.read(part) for part in styles)
    return sha256(told).hexdigest()[:16]


def _follow(package: Package, filled: Mapping[str, _Plan]) -> None:
    """Put the rows in and let the rest of the workbook follow: one band a table, as long as its rows."""
    made = []
    for name, part in package.sheets():
        bands = (Band(name, name, SAMPLE_ROW, SAMPLE_ROW, "row"),) if name in filled else ()
        count = filled[name].table.count if name in filled else 0
        rows = Strip(bands, LAST_ROW, partial(_items, count=count), _same_scope)
        columns = Strip((), LAST_COLUMN, partial(_items, count=0), _same_scope)
        rows.lay_out({})
        columns.lay_out({})
        made.append((name, [Sheet(name, name, part, rows, columns)]))
    moves = Moves(dict(made))
    styles, shared = RenderStyles(package), Shared.of(package)
    watched: dict[Sheet, None] = {}
    for name, (sheet,) in made:
        if _write_sheet(package, sheet, moves, (styles, shared), filled.get(name)):
            watched[sheet] = None
    for _, (sheet,) in made:
        follow_tables(package, sheet, moves, {}, _as_it_is)
        follow_notes(package, sheet, {}, _as_it_is)
        follow_drawings(package, sheet, moves, watched=watched, scope={}, compile_text=_as_it_is)
    follow_pivots(package, moves)
    close_book(package, moves, made, bands=(), scope={}, compile_text=_as_it_is)


def _write_sheet(
    package: Package, sheet: Sheet, moves: Moves, looks: tuple[RenderStyles, Shared], filled: _Plan | None
) -> bool:
    ns = package.namespaces
    data = package.xml(sheet.part).find(ns.tag("sheetData"))
    if data is None:
        return False
    styles, shared = looks
    rows = Rows(
        sheet, data, {}, ns=ns.main, shared=shared, styles=styles, moves=moves, compile_text=_as_it_is
    )
    if follow_sheet(package, sheet, moves, {}, _as_it_is):
        package.touch(sheet.part)
    if filled is not None:
        above, below = rows.lines(1, SAMPLE_ROW - 1), rows.lines(SAMPLE_ROW + 1, LAST_ROW)
        replace_rows(package, sheet.part, chain(above, _rows(filled), below), SPEED)
    elif rows.changed:
        replace_rows(package, sheet.part, rows.lines(1, LAST_ROW), SPEED)
    return filled is not None or rows.changed


def _items(band: Band, scope: Mapping[str, Any], count: int) -> range:  # noqa: ARG001
    return range(count)


def _same_scope(scope: Mapping[str, Any], *_: Any) -> Mapping[str, Any]:
    return scope


def _as_it_is(text: str, sheet: str, cell: Label, **_: Any) -> Evaluate:  # noqa: ARG001
    """Leave braces in a filled template alone: here they are nothing but text."""
    return lambda scope: text.removesuffix("{{''}}")  # noqa: ARG005


def _sources(
    name: str, header: Iterable[etree._Element], labels: Sequence[str], texts: Sequence[str], ns: str
) -> dict[int, int]:
    """Return which of the labels stands over each column that has one."""
    found: dict[str, int] = {}
    for cell in header:
        text = cell_text(cell, texts, ns).strip()
        if text:
            found.setdefault(text, split_cell(cell.get("r", "A1"))[1])
    for label in labels:
        if label.strip() not in found:
            near = get_close_matches(label, found, n=3, cutoff=0.5)
            asked = {"name": name, "label": label, "near": tuple(near)}
            raise TemplateFaultError("no_column_near" if near else "no_column", **asked)
    return {found[label.strip()]: index for index, label in enumerate(labels)}


def _style_under(column: int, root: etree._Element, sample: etree._Element | None, ns: str) -> str:
    """Return the style that shows in a column of the sample's row where no cell stands."""
    if sample is not None and sample.get("customFormat") in ("1", "true"):
        return sample.get("s", "0")
    entries = root.iterfind(f"{{{ns}}}cols/{{{ns}}}col")
    own = (e for e in entries if int(e.get("min", "0")) <= column <= int(e.get("max", "0")))
    entry = next(own, None)
    return entry.get("style", "0") if entry is not None else "0"


def _columns(
    root: etree._Element, sample: etree._Element | None, sources: Mapping[int, int], ns: str
) -> list[_Column]:
    """Plan the columns that have values or a sample cell."""
    styles = {}
    formulas = {}
    for cell in () if sample is None else sample:
        column = split_cell(cell.get("r", "A1"))[1]
        styles[column] = cell.get("s", "0")
        formula = cell.find(f"{{{ns}}}f")
        if formula is not None and formula.text and formula.get("t", "normal") == "normal":
            formulas[column] = formula.text
    columns = []
    for column in sorted({*sources, *styles}):
        under = _style_under(column, root, sample, ns)
        style = styles.get(column, under)
        before = f'<c r="{column_letters(column)}{LINE}"' + ("" if style == "0" else f' s="{style}"')
        blank = "" if style == under else f"{before}/>"  # it looks the same where no cell stands
        source = sources.get(column)
        columns.append(_Column(before, blank, source, None if column in sources else formulas.get(column)))
    return columns


def _rows(plan: _Plan) -> Iterator[bytes | Packed]:
    """Write the rows: those of runs packed, the others as XML, or one blank row where there are none."""
    runs = plan.table.runs
    ends = [*accumulate((run.rows for run in runs), initial=0)]
    for run, (first, stop) in zip(runs, pairwise(ends), strict=True):
        usable = run.kept is not None and (run.first, run.look) == (SAMPLE_ROW + first, plan.look)
        piece = run.kept if usable and run.kept else pack(_lines(plan, first, stop), SPEED)
        plan.packed.append(piece)
        yield piece
    yield from _lines(plan, ends[-1], plan.table.count)
    if not plan.table.count:
        blank = "".join(column.blank for column in plan.columns)
        yield f"{plan.head}{blank}</row>".replace(LINE, str(SAMPLE_ROW)).encode()


def _lines(plan: _Plan, start: int, end: int) -> Iterator[bytes]:
    """Write some rows as XML, a few at a time.

    Column by column, since cells of one column are mostly of one kind and say the same again and again.
    """
    for first in range(start, end, CHUNK):
        stop = min(first + CHUNK, end)
        numbers = range(SAMPLE_ROW + first, SAMPLE_ROW + stop)
        values = plan.table.values(first, stop)
        cells = [_cells(column, numbers, values, date1904=plan.date1904) for column in plan.columns]
        rows = map("".join, zip(repeat(plan.head, len(numbers)), *cells, strict=True))
        written = [row.replace(LINE, str(number)) for row, number in zip(rows, numbers, strict=True)]
        yield f"{'</row>'.join(written)}</row>".encode()


def _cells(
    column: _Column, numbers: range, values: Sequence[Sequence[CellValue]], *, date1904: bool
) -> Sequence[str]:
    """Return a column's cells in some rows, their row numbers left open."""
    if column.source is not None:
        return cell_tails(values[column.source], before=column.before, blank=column.blank, date1904=date1904)
    if column.formula is None:
        return [column.blank] * len(numbers)
    formulas = (escape(shift(column.formula, number - SAMPLE_ROW, 0)) for number in numbers)
    return [f"{column.before}><f>{formula}</f></c>" for formula in formulas]
