"""Further columns in a table of a template, for what a team has added to its forms.

Owns where they go and what they look like: a column that is there already. Refuses: filling them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from salesxl.errors import TemplateFaultError
from salesxl.model import cell_name
from salesxl.template.sheets import repeat_sheet
from salesxl.template.terms import cell_text, shared_texts
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import area_text, read_area, split_cell

__all__ = ["Head", "add_table", "insert_columns"]

ROWS = 2
"""A table of a template has a header and a sample row."""
FIXED = ("mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "drawing", "legacyDrawing")
"""What tells of cells by their address: such a sheet gets further columns at its end."""


class Head(NamedTuple):
    """A column to add: its label, the label of the column that it looks like, and its width."""

    label: str
    like: str
    width: float


def insert_columns(package: Package, sheet: str, heads: Sequence[Head], before: str) -> None:
    """Add columns to a sheet's table before the one of a label, at its end where that cannot be.

    Those that the template has already stay where they are.
    """
    part = dict(package.sheets())[sheet]
    root, tag = package.xml(part), package.namespaces.tag
    texts, ns = shared_texts(package), package.namespaces.main
    data = root.find(tag("sheetData"))
    rows = [row for row in (data if data is not None else ()) if int(row.get("r", "0")) <= ROWS]
    named: dict[str, int] = {}
    for cell in rows[0] if rows else ():
        named.setdefault(cell_text(cell, texts, ns).strip(), split_cell(cell.get("r", "A1"))[1])
    new = [head for head in heads if head.label not in named]
    if not new or not named:
        return
    free = max(named.values()) + 1
    at = free if any(root.find(tag(name)) is not None for name in FIXED) else named.get(before, free)
    looks = {head.label: named.get(head.like, free - 1) for head in new}
    for row in rows:
        _widen_row(row, at, new, looks, tag("c"))
    _widen_columns(root, at, new, looks, package)
    for table in package.related(part, "table"):
        _widen_table(package, table, at, new)
    if (dimension := root.find(tag("dimension"))) is not None:
        dimension.set("ref", f"A1:{cell_name(ROWS, free - 1 + len(new))}")
    package.touch(part)


def add_table(package: Package, like: str, name: str, heads: Sequence[Head]) -> None:
    """Add a sheet with a table of these columns, which looks as the one on another sheet does."""
    repeat_sheet(package, like, [name])
    part = dict(package.sheets())[name]
    root, tag = package.xml(part), package.namespaces.tag
    texts, ns = shared_texts(package), package.namespaces.main
    data, cols = root.find(tag("sheetData")), root.find(tag("cols"))
    if data is None:
        raise TemplateFaultError("no_cells", name=like)
    first = next(iter(data), None)
    labels = {
        cell_text(c, texts, ns).strip(): split_cell(c.get("r", "A1"))[1]
        for c in ([] if first is None else first)
    }
    single = {} if cols is None else {at: entry for entry in cols for at in _spanned(entry)}
    for row in list(data):
        number = int(row.get("r", "1"))
        if number > ROWS:
            data.remove(row)
            continue
        row.attrib.pop("spans", "")
        styles = {split_cell(c.get("r", "A1"))[1]: c.get("s") for c in row}
        row[:] = [
            _made(tag("c"), number, at, head, styles.get(labels.get(head.like, 1)))
            for at, head in enumerate(heads, 1)
        ]
    if cols is not None:
        made = []
        for at, head in enumerate(heads, 1):
            entry = deepcopy(single.get(labels.get(head.like, 1), next(iter(cols))))
            width = str(max(head.width, 2 * len(head.label) + 4))
            entry.attrib.update({"min": str(at), "max": str(at), "width": width})
            made.append(entry)
        cols[:] = made
    for name_ in FIXED[:3]:
        for node in root.findall(tag(name_)):
            root.remove(node)
    area = f"A1:{cell_name(ROWS, len(heads))}"
    if (dimension := root.find(tag("dimension"))) is not None:
        dimension.set("ref", area)
    for table in package.related(part, "table"):
        node = package.xml(table)
        node.set("ref", area)
        if (shown := node.find(tag("autoFilter"))) is not None:
            shown[:] = []
            shown.set("ref", area)
        columns = node.find(tag("tableColumns"))
        if columns is not None:
            told = enumerate(heads, 1)
            columns[:] = [
                etree.Element(tag("tableColumn"), {"id": str(at), "name": head.label}) for at, head in told
            ]
            columns.set("count", str(len(heads)))
        package.touch(table)
    package.touch(part)


def _made(tag: str, row: int, at: int, head: Head, style: str | None) -> etree._Element:
    made = etree.Element(tag, {"r": cell_name(row, at)})
    if style:
        made.set("s", style)
    if row == 1:
        made.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(made, tag[:-1] + "is"), tag[:-1] + "t")
        text.text = head.label
    return made


def _widen_row(row: etree._Element, at: int, new: Sequence[Head], looks: dict[str, int], tag: str) -> None:
    row.attrib.pop("spans", "")
    number = int(row.get("r", "1"))
    cells = {split_cell(cell.get("r", "A1"))[1]: cell for cell in row}
    head = cells.get(at) if at in cells else cells.get(at - 1)
    for column, cell in cells.items():
        if column >= at:
            cell.set("r", cell_name(number, column + len(new)))
    place = next((n for n, c in enumerate(row) if split_cell(c.get("r", "A1"))[1] >= at), len(row))
    for offset, one in enumerate(new):
        like = head if number == 1 else cells.get(looks[one.label])
        style = like.get("s") if like is not None else None
        row.insert(place + offset, _made(tag, number, at + offset, one, style))


def _widen_columns(
    root: etree._Element, at: int, new: Sequence[Head], looks: dict[str, int], package: Package
) -> None:
    cols = root.find(package.namespaces.tag("cols"))
    if cols is None:
        return
    single = {column: entry for entry in cols for column in _spanned(entry)}
    entries: dict[int, etree._Element] = {}
    for column, entry in single.items():
        entries[column + (len(new) if column >= at else 0)] = deepcopy(entry)
    for offset, head in enumerate(new):
        if looks[head.label] in single:
            entries[at + offset] = deepcopy(single[looks[head.label]])
            entries[at + offset].set("width", str(max(head.width, 2 * len(head.label) + 4)))
    for entry in list(cols):
        cols.remove(entry)
    for column, entry in sorted(entries.items()):
        entry.set("min", str(column))
        entry.set("max", str(column))
        cols.append(entry)


def _spanned(entry: etree._Element) -> Iterator[int]:
    first, last = int(entry.get("min", "1")), int(entry.get("max", "1"))
    return iter(range(first, min(last, first + 500) + 1))


def _widen_table(package: Package, part: str, at: int, new: Sequence[Head]) -> None:
    root, tag = package.xml(part), package.namespaces.tag
    columns = root.find(tag("tableColumns"))
    whole = read_area(root.get("ref", ""))
    if columns is None or not whole.left <= at <= whole.right + 1:
        return
    number = max(int(column.get("id", "0")) for column in columns)
    for offset, head in enumerate(new):
        made = etree.Element(tag("tableColumn"), {"id": str(number + 1 + offset), "name": head.label})
        columns.insert(at - whole.left + offset, made)
    columns.set("count", str(len(columns)))
    ref = area_text(replace(whole, right=whole.right + len(new)))
    root.set("ref", ref)
    if (shown := root.find(tag("autoFilter"))) is not None:
        shown.set("ref", ref)
    package.touch(part)
