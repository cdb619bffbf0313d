"""Many rows into the tables of a template workbook, as XML text, in bounded memory.

A table's sheet in the template is designed by hand: header in row 1, one styled sample row in row 2. The rows
that come take the sample's place with its styles and height; the table, its filter, formats and validations
grow with them. Every part that is not concerned stays byte for byte.
Refuses: layout, and anything but one table a sheet from row 1; for the rest there are bands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile

from lxml import etree

from salesxl.errors import TemplateError
from salesxl.excel.package import Package
from salesxl.excel.refs import LAST_ROW, Ref, areas_text, read_areas, rewrite, shift, split_cell
from salesxl.excel.render_xml import cell_text, fragment, replace_rows, shared_texts, uses_1904
from salesxl.excel.values import cell_tail, escape
from salesxl.model import Area, CellValue, column_letters

__all__ = ["Table", "fill_tables"]

Table = tuple[Sequence[str], Iterable[Sequence[CellValue]]]
"""Column labels and rows in the labels' order."""

SAMPLE_ROW = 2
SPEED = 3
"""The compression level of streamed sheets: a quarter larger than the usual 6, at half the time."""

CHUNK = 256
SPOOL, SPOOL_READ = 1 << 25, 1 << 18
_WITH_REF = ("dimension", "autoFilter", "sortState", "sortCondition", "mergeCell", "hyperlink", "table")


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
    sheets = dict(package.sheets())
    for name in tables:
        if name not in sheets:
            raise TemplateError(_no_sheet(name, sheets))
    counts = {}
    texts = shared_texts(package)
    for name, table in tables.items():
        counts[name] = _fill(package, name, sheets[name], table, texts)
    _follow_names(package, {name: max(count, 1) for name, count in counts.items()})
    package.save(out)
    return counts


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


def _fill(package: Package, name: str, part: str, table: Table, texts: Sequence[str]) -> int:
    ns = package.namespaces.main
    root = package.xml(part)
    data = root.find(f"{{{ns}}}sheetData")
    if data is None:
        raise TemplateError(f"模板的“{name}”不是普通工作表，无法填入数据。请改用普通工作表。")
    by_row = {int(row.get("r", "0")): row for row in data}
    sample = by_row.get(SAMPLE_ROW)
    kept = {str(k): str(v) for k, v in ({} if sample is None else sample.attrib).items()}
    kept = {k: v for k, v in kept.items() if k not in ("r", "spans")}
    columns = _columns(name, by_row, table[0], texts, ns)
    plan = _Plan(name, "".join(f' {k}="{v}"' for k, v in kept.items()), columns, uses_1904(package))
    above = [fragment(row) for number, row in by_row.items() if number < SAMPLE_ROW]
    # the rows come first: only they tell how far the rest of the sheet has to move
    with SpooledTemporaryFile(max_size=SPOOL) as spool:
        count = _write_rows(spool, plan, table[1])
        grown = _Grown(max(count, 1))
        _follow_sheet(root, ns, grown)
        below = [fragment(_moved(row, grown)) for number, row in by_row.items() if number > SAMPLE_ROW]
        for part_of_table in package.related(part, "table"):
            _follow_table(package, part_of_table, grown)
        spool.seek(0)
        body = iter(lambda: spool.read(SPOOL_READ), b"")
        replace_rows(package, part, chain(above, body, below), SPEED)
    return count


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
    """Write the rows' XML, one blank row where there are none, and return how many there were."""
    plan = [(c.start, c.style, c.source, c.formula) for c in sheet.columns]
    attributes, date1904 = sheet.attributes, sheet.date1904
    line = SAMPLE_ROW
    chunk: list[str] = []
    add = chunk.append
    for row in rows:
        if line > LAST_ROW:
            raise TemplateError(f"工作表“{sheet.sheet}”放不下：超过 {LAST_ROW} 行。请按年份或团队分开。")
        add(f'<row r="{line}"{attributes}>')
        for start, style, source, formula in plan:
            if source is not None:
                tail = cell_tail(row[source], date1904=date1904)
            elif formula is not None:
                tail = f"><f>{escape(shift(formula, line - SAMPLE_ROW, 0))}</f></c>"
            else:
                tail = ""
            if tail:
                add(f'{start}{line}"{style}{tail}')
            elif style:
                add(f'{start}{line}"{style}/>')
        add("</row>")
        line += 1
        if not line % CHUNK:
            spool.write("".join(chunk).encode())
            chunk.clear()
    written = line - SAMPLE_ROW
    if not written:
        add(f'<row r="{line}"{attributes}>')
        chunk.extend(f'{start}{line}"{style}/>' for start, style, _, _ in plan if style)
        add("</row>")
        line += 1
    spool.write("".join(chunk).encode())
    return written


@dataclass(frozen=True, slots=True)
class _Grown:
    """Where rows go when the sample row becomes ``count`` rows."""

    count: int

    def row(self, number: int) -> int:
        return number if number <= SAMPLE_ROW else number + self.count - 1

    def last(self, number: int) -> int:
        """Return where a range ends that ended in this row."""
        return number if number < SAMPLE_ROW or number == LAST_ROW else number + self.count - 1

    def area(self, area: Area) -> Area:
        return replace(area, top=self.row(area.top), bottom=min(self.last(area.bottom), LAST_ROW))

    def attribute(self, node: etree._Element, name: str = "ref") -> None:
        text = node.get(name)
        if text:
            node.set(name, areas_text([self.area(area) for area in read_areas(text)]))

    def formula(self, text: str, sheets: frozenset[str | None]) -> str:
        """Return a formula whose references to these sheets have moved."""

        def moved(ref: Ref) -> str:
            if ref.sheet not in sheets or ref.top is None or ref.bottom is None:
                return str(ref)
            return str(replace(ref, top=self.row(ref.top), bottom=min(self.last(ref.bottom), LAST_ROW)))

        return rewrite(text, moved)


def _follow_sheet(root: etree._Element, ns: str, grown: _Grown) -> None:
    """Let everything on the sheet that names cells follow: size, filter, formats, validations, merges."""
    for node in root.iter("*"):
        if node.get("sqref") and node.tag != f"{{{ns}}}selection":
            grown.attribute(node, "sqref")
        if node.tag in (f"{{{ns}}}{tag}" for tag in _WITH_REF):
            grown.attribute(node)
        if node.tag.rpartition("}")[2] == "sqref" and node.text:  # x14 keeps its ranges in elements
            node.text = areas_text([grown.area(area) for area in read_areas(node.text)])


def _moved(row: etree._Element, grown: _Grown) -> etree._Element:
    number = grown.row(int(row.get("r", "0")))
    row.set("r", str(number))
    for cell in row:
        column = split_cell(cell.get("r", "A1"))[1]
        cell.set("r", f"{column_letters(column)}{number}")
        for formula in cell:
            if formula.tag.endswith("}f") and formula.text:
                formula.text = grown.formula(formula.text, frozenset((None,)))
    return row


def _follow_table(package: Package, part: str, grown: _Grown) -> None:
    root = package.xml(part)
    for node in root.iter(*(f"{{{package.namespaces.main}}}{tag}" for tag in _WITH_REF)):
        grown.attribute(node)
    package.touch(part)


def _follow_names(package: Package, counts: Mapping[str, int]) -> None:
    """Let print areas, filters and other defined names grow with the rows they cover."""
    main, ns = package.main(), package.namespaces
    for node in package.xml(main).iterfind(f"{ns.tag('definedNames')}/{ns.tag('definedName')}"):
        text = node.text or ""
        for name, count in counts.items():
            text = _Grown(count).formula(text, frozenset((name,)))
        if text != node.text:
            node.text = text
            package.touch(main)
