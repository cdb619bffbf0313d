"""Many rows into the tables of a template workbook, as XML text, in bounded memory.

A table's sheet in the template is designed by hand: header in row 1, one styled sample row in row 2. The rows
that come take the sample's place with its styles and height; the table, its filter, formats and validations
grow with them. Every part that is not concerned stays byte for byte.
Refuses: layout, and anything but one table a sheet from row 1; for the rest there are bands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from itertools import chain, islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from lxml import etree

from salesxl.errors import TemplateError
from salesxl.excel.bands import Band
from salesxl.excel.package import Package
from salesxl.excel.refs import LAST_COLUMN, LAST_ROW, shift, split_cell
from salesxl.excel.render_book import close_book
from salesxl.excel.render_cells import Rows
from salesxl.excel.render_drawings import follow_drawings
from salesxl.excel.render_moves import Moves, Sheet
from salesxl.excel.render_notes import follow_notes
from salesxl.excel.render_sheet import follow_sheet
from salesxl.excel.render_styles import Styles
from salesxl.excel.render_tables import follow_pivots, follow_tables
from salesxl.excel.render_terms import Evaluate, Shared
from salesxl.excel.render_xml import cell_text, replace_rows, shared_texts, uses_1904
from salesxl.excel.strips import Strip
from salesxl.excel.values import cell_tails, escape
from salesxl.model import CellValue, column_letters

__all__ = ["Table", "fill_tables"]

Table = tuple[Sequence[str], Iterable[Sequence[CellValue]]]
"""Column labels and rows in the labels' order."""

SAMPLE_ROW = 2
SPEED = 3
"""The compression level of streamed sheets: a quarter larger than the usual 6, at half the time."""

CHUNK = 256
SPOOL, SPOOL_READ = 1 << 25, 1 << 18


def fill_tables(template: bytes | Path, tables: Mapping[str, Table], out: Path) -> dict[str, int]:
    """Fill the tables of a template, save the workbook, and return how many rows each sheet got.

    ``tables`` maps sheet names to (labels, rows). Columns are found by their label in row 1, so a team may
    move or restyle them; a column of the template without a label here stays blank. Values are written as
    ``values.cell_tail`` has it: dates as day numbers in the sample's number format, text always as text. No
    rows leave one styled blank row, since a table may not lose its last one.

    Raises:
        TemplateError: a sheet is missing, a label is not in its row 1, or the rows do not fit on a sheet.
    """
    package = Package.open(template)
    parts = dict(package.sheets())
    for name in tables:
        if name not in parts:
            raise TemplateError(_no_sheet(name, parts))
    with ExitStack() as stack:
        # the rows come first: only they tell how far everything else has to move
        filled = {}
        for name, (labels, rows) in tables.items():
            spool = stack.enter_context(SpooledTemporaryFile(max_size=SPOOL))
            filled[name] = _Filled(spool, _write_rows(spool, _plan(package, name, parts[name], labels), rows))
        _follow(package, filled)
    package.save(out)
    return {name: one.count for name, one in filled.items()}


def _no_sheet(name: str, sheets: Mapping[str, str]) -> str:
    near = get_close_matches(name, sheets, n=3, cutoff=0.5) or list(sheets)
    return f"模板里没有工作表“{name}”，现有：{'、'.join(near)}。请补上该工作表，或恢复默认模板。"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as written: the text up to the row number, its style, and where its value comes from."""

    start: str
    style: str
    source: int | None
    formula: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How every row of one sheet is written."""

    sheet: str
    attributes: str
    columns: Sequence[_Column]
    date1904: bool


@dataclass(frozen=True, slots=True)
class _Filled:
    """The rows of one table as XML, and how many they are."""

    spool: SpooledTemporaryFile[bytes]
    count: int

    def body(self) -> Iterator[bytes]:
        self.spool.seek(0)
        yield from iter(lambda: self.spool.read(SPOOL_READ), b"")


def _plan(package: Package, name: str, part: str, labels: Sequence[str]) -> _Plan:
    ns = package.namespaces.main
    data = package.xml(part).find(f"{{{ns}}}sheetData")
    if data is None:
        raise TemplateError(f"模板的“{name}”不是普通工作表，无法填入数据。请改用普通工作表。")
    by_row = {int(row.get("r", "0")): row for row in data}
    sample = by_row.get(SAMPLE_ROW)
    kept = {str(k): str(v) for k, v in ({} if sample is None else sample.attrib).items()}
    attributes = "".join(f' {k}="{v}"' for k, v in kept.items() if k not in ("r", "spans") and k[0] != "{")
    columns = _columns(name, by_row, labels, shared_texts(package), ns)
    return _Plan(name, attributes, columns, uses_1904(package))


def _follow(package: Package, filled: Mapping[str, _Filled]) -> None:
    """Put the rows in and let the rest of the workbook follow: one band a table, as long as its rows."""
    made = []
    for name, part in package.sheets():
        bands = (Band(name, name, SAMPLE_ROW, SAMPLE_ROW, "row"),) if name in filled else ()
        count = filled[name].count if name in filled else 0
        rows = Strip(bands, LAST_ROW, partial(_items, count=count), _same_scope)
        columns = Strip((), LAST_COLUMN, partial(_items, count=0), _same_scope)
        rows.lay_out({})
        columns.lay_out({})
        made.append((name, [Sheet(name, name, part, rows, columns)]))
    moves = Moves(dict(made))
    styles, shared = Styles(package), Shared.of(package)
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
    package: Package, sheet: Sheet, moves: Moves, looks: tuple[Styles, Shared], filled: _Filled | None
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
        replace_rows(package, sheet.part, chain(above, filled.body(), below), SPEED)
    elif rows.changed:
        replace_rows(package, sheet.part, rows.lines(1, LAST_ROW), SPEED)
    return filled is not None or rows.changed


def _items(band: Band, scope: Mapping[str, Any], count: int) -> range:  # noqa: ARG001
    return range(count)


def _same_scope(scope: Mapping[str, Any], *_: Any) -> Mapping[str, Any]:
    return scope


def _as_it_is(text: str, sheet: str, cell: str, **_: Any) -> Evaluate:  # noqa: ARG001
    """Leave braces in a filled template alone: here they are nothing but text."""
    return lambda scope: text.removesuffix("{{''}}")  # noqa: ARG005


def _columns(
    name: str, rows: Mapping[int, etree._Element], labels: Sequence[str], texts: Sequence[str], ns: str
) -> list[_Column]:
    header: dict[str, int] = {}
    for cell in rows.get(SAMPLE_ROW - 1, ()):
        text = cell_text(cell, texts, ns).strip()
        if text:
            header.setdefault(text, split_cell(cell.get("r", "A1"))[1])
    for label in labels:
        if label.strip() not in header:
            near = get_close_matches(label, header, n=3, cutoff=0.5)
            hint = f"，相近的有：{'、'.join(near)}" if near else ""
            raise TemplateError(
                f"模板工作表“{name}”第 1 行没有列“{label}”{hint}。请补上该列标题，或恢复默认模板。"
            )
    sources = {header[label.strip()]: index for index, label in enumerate(labels)}
    styles = {}
    formulas = {}
    for cell in rows.get(SAMPLE_ROW, ()):
        column = split_cell(cell.get("r", "A1"))[1]
        styles[column] = cell.get("s", "0")
        formula = cell.find(f"{{{ns}}}f")
        if formula is not None and formula.text and formula.get("t", "normal") == "normal":
            formulas[column] = formula.text
    columns = []
    for column in sorted({*sources, *styles}):
        style = styles.get(column, "0")
        columns.append(
            _Column(
                f'<c r="{column_letters(column)}',
                "" if style == "0" else f' s="{style}"',
                sources.get(column),
                None if column in sources else formulas.get(column),
            )
        )
    return columns


def _write_rows(spool: SpooledTemporaryFile[bytes], sheet: _Plan, rows: Iterable[Sequence[CellValue]]) -> int:
    """Write the rows' XML, one blank row where there are none, and return how many there were.

    A few hundred rows at a time, column by column, since cells of one column are mostly of one kind.
    """
    waiting = iter(rows)
    line = SAMPLE_ROW
    while chunk := list(islice(waiting, CHUNK)):
        if line + len(chunk) - 1 > LAST_ROW:
            raise TemplateError(f"工作表“{sheet.sheet}”放不下：超过 {LAST_ROW} 行。请按年份或团队分开。")
        lines = range(line, line + len(chunk))
        columns = list(zip(*chunk, strict=True))
        cells = [_cells(c, lines, columns, date1904=sheet.date1904) for c in sheet.columns]
        texts = map("".join, zip(*cells, strict=True)) if cells else [""] * len(chunk)
        head = sheet.attributes
        written = (f'<row r="{n}"{head}>{text}</row>' for n, text in zip(lines, texts, strict=True))
        spool.write("".join(written).encode())
        line += len(chunk)
    if line == SAMPLE_ROW:
        blank = "".join(f'{c.start}{line}"{c.style}/>' for c in sheet.columns if c.style)
        spool.write(f'<row r="{line}"{sheet.attributes}>{blank}</row>'.encode())
    return line - SAMPLE_ROW


def _cells(
    column: _Column, lines: range, values: Sequence[Sequence[CellValue]], *, date1904: bool
) -> list[str]:
    """Return the text of a column's cells, "" for a blank one without a style."""
    start, style = column.start, column.style
    blank = f'"{style}/>' if style else None
    if column.source is not None:
        filled = cell_tails(values[column.source], date1904=date1904)
    elif column.formula is not None:
        formulas = (escape(shift(column.formula, line - SAMPLE_ROW, 0)) for line in lines)
        filled = [f"><f>{formula}</f></c>" for formula in formulas]
    else:
        return [f"{start}{line}{blank}" if blank else "" for line in lines]
    return [
        f'{start}{line}"{style}{tail}' if tail else f"{start}{line}{blank}" if blank else ""
        for line, tail in zip(lines, filled, strict=True)
    ]
