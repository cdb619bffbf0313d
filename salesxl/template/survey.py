"""Everything in a template that holds an expression or a formula, with its place. Reads only.

Owns the walk over a template's parts. Refuses: judging what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from lxml import etree

from salesxl.errors import Label, phrase
from salesxl.model import cell_name
from salesxl.template.charts import is_name
from salesxl.template.drawings import bounds
from salesxl.template.rules import expressions
from salesxl.template.terms import cell_text, defined_names, is_template, place_of, shared_texts
from salesxl.xlsx.package import ROOT, Package
from salesxl.xlsx.refs import read_area, shift, split_cell

__all__ = ["BOOK", "Found", "Survey"]

BOOK = ""
"""The sheet of what belongs to the whole workbook: names, document properties."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text or formula: the sheet, a label for people, and the cell it is bound to, if any.

    ``bottom`` and ``right`` are the last row and column of what lies over several cells. ``shown`` marks the
    formula of a cell, whose result somebody reads; those of rules and charts have none. ``whole`` marks one
    that calculates with whole ranges; ``link`` the place that a link opens.
    """

    sheet: str
    where: Label
    text: str
    row: int | None = None
    column: int | None = None
    bottom: int | None = None
    right: int | None = None
    shown: bool = False
    whole: bool = False
    link: bool = False


class Survey:
    """What one template holds."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.sheets = package.sheets()
        self._texts = shared_texts(package)
        self._ns = package.namespaces.main

    def texts(self) -> Iterator[Found]:
        """Return every text with an expression where expressions are filled in, sheet by sheet."""
        return (found for found in self.every() if is_template(found.text))

    def every(self) -> Iterator[Found]:
        """Return every text that would be filled in if it held an expression, sheet by sheet."""
        for name, part in self.sheets:
            yield Found(name, phrase("place.tab"), name)
            root = self.package.xml(part)
            for row, column, cell in self._cells(root):
                if cell.find(f"{{{self._ns}}}f") is None:
                    text = cell_text(cell, self._texts, self._ns)
                    yield Found(name, cell_name(row, column), text, row, column)
            yield from self._around(name, part, root)
        for relation in self.package.rels(ROOT).values():
            if relation.kind.endswith("-properties") and relation.target in self.package:
                for node in self.package.xml(relation.target).iter("*"):
                    # the list of tabs is made anew, so a tab's expression needs no value there
                    if node.text and next(node.iterancestors("{*}TitlesOfParts"), None) is None:
                        label = node.get("name") or etree.QName(node).localname
                        yield Found(BOOK, phrase("place.property", name=label), node.text or "")

    def cells(self, part: str) -> dict[tuple[int, int], str]:
        """Return the texts of a sheet's cells by (row, column); numbers as they are stored."""
        root = self.package.xml(part)
        return {(row, at): cell_text(cell, self._texts, self._ns) for row, at, cell in self._cells(root)}

    def _cells(self, root: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
        for cell in root.iterfind(f"{{{self._ns}}}sheetData/{{{self._ns}}}row/{{{self._ns}}}c"):
            if cell.get("r"):
                yield (*split_cell(cell.get("r", "")), cell)

    def _around(self, name: str, part: str, root: etree._Element) -> Iterator[Found]:
        for node in root.iterfind(f"{{{self._ns}}}headerFooter/*"):
            yield Found(name, phrase(f"place.{etree.QName(node).localname}"), node.text or "")
        yield from self._rules(name, root)
        yield from self._links(name, part, root)
        for notes in self.package.related(part, "comments"):
            for node in self.package.xml(notes).iter("{*}comment"):
                text = "".join(t.text or "" for t in node.iter("{*}t"))
                cell = node.get("ref", "A1")
                yield Found(name, phrase("place.note", cell=cell), text, *split_cell(cell))
        for drawing in self.package.related(part, "drawing"):
            for anchor in self.package.xml(drawing):
                yield from self._drawn(name, drawing, anchor)

    def _drawn(self, name: str, drawing: str, anchor: etree._Element) -> Iterator[Found]:
        """Return the texts of a shape or chart, and of how it is described to the blind."""
        spots = _extent(anchor)
        for text in _paragraphs(anchor):
            yield Found(name, phrase("place.text_box"), text, *spots)
        for node in anchor.iter("{*}cNvPr"):
            for said in (node.get("descr"), node.get("title")):
                yield Found(name, phrase("place.alt_text"), said or "", *spots)
        for chart in self._charts(drawing, anchor):
            for text in _paragraphs(chart):
                yield Found(name, phrase("place.chart"), text, *spots)

    def _charts(self, drawing: str, anchor: etree._Element) -> Iterator[etree._Element]:
        for node in anchor.iter("{*}chart"):
            relation = self.package.rels(drawing).get(node.get(self.package.namespaces.rid(), ""))
            if relation is not None and relation.target in self.package:
                yield self.package.xml(relation.target)

    def _rules(self, name: str, root: etree._Element) -> Iterator[Found]:
        for holder in root.iter("{*}conditionalFormatting", "{*}dataValidation"):
            ranges = (holder.get("sqref") or holder.findtext("{*}sqref") or "").split()
            for text in expressions(holder) if ranges else ():
                area = read_area(ranges[0])
                yield Found(name, ranges[0], text, area.top, area.left, area.bottom, area.right)

    def _links(self, name: str, part: str, root: etree._Element) -> Iterator[Found]:
        rels = self.package.rels(part)
        for node in root.iter(f"{{{self._ns}}}hyperlink"):
            row, column = split_cell(node.get("ref", "A1").partition(":")[0])
            relation = rels.get(node.get(self.package.namespaces.rid(), ""))
            address = unquote(relation.target) if relation is not None and relation.external else None
            where = phrase("place.link", cell=node.get("ref", ""))
            yield Found(name, where, place_of(node) or "", row, column, link=relation is None)
            for text in (node.get("display"), node.get("tooltip"), address):
                yield Found(name, where, text or "", row, column)

    def formulas(self) -> Iterator[Found]:
        """Return every formula and range: cells (shared ones spelt out), rules, charts, names."""
        for name, part in self.sheets:
            root = self.package.xml(part)
            yield from self._cell_formulas(name, root)
            yield from _rules(name, root)
            for drawing in self.package.related(part, "drawing"):
                for anchor in self.package.xml(drawing):
                    for node in (f for chart in self._charts(drawing, anchor) for f in chart.iter("{*}f")):
                        if node.text:
                            found = Found(name, phrase("place.chart"), node.text, *_extent(anchor))
                            yield replace(found, whole=not is_name(node))
        for called, text, _ in defined_names(self.package):
            if text:
                yield Found(BOOK, phrase("what.name", text=called), text, whole=True)

    def _cell_formulas(self, name: str, root: etree._Element) -> Iterator[Found]:
        masters: dict[str, tuple[str, int, int]] = {}
        for row, column, cell in self._cells(root):
            node = cell.find(f"{{{self._ns}}}f")
            if node is None:
                continue
            text = node.text or ""
            if node.get("t") == "shared":
                index = node.get("si", "")
                if text:
                    masters[index] = text, row, column
                elif index in masters:
                    master, top, left = masters[index]
                    text = shift(master, row - top, column - left)
            if text:
                array = node.get("t") == "array"
                yield Found(name, cell_name(row, column), text, row, column, shown=True, whole=array)

    def figures(self) -> Iterator[Found]:
        """Return every number that is typed in a cell."""
        for name, part in self.sheets:
            for row, column, cell in self._cells(self.package.xml(part)):
                formula = cell.find(f"{{{self._ns}}}f")
                if formula is None and cell.get("t", "n") == "n" and len(cell):
                    yield Found(name, cell_name(row, column), "", row, column)

    def spans(self) -> Iterator[Found]:
        """Return every range that must stay one: merged cells, links, filters, sparklines."""
        for name, part in self.sheets:
            root = self.package.xml(part)
            for tag, label in _SPANS.items():
                for node in root.iter(f"{{*}}{tag}"):
                    text = node.get("ref") or node.findtext("{*}sqref") or "A1"
                    area = read_area(text)
                    yield Found(name, phrase(f"what.{label}", text=text), text, area.top, area.left)

    def tables(self) -> Iterator[Found]:
        """Return every Excel table by its name, with its range."""
        for name, part in self.sheets:
            for table in self.package.related(part, "table"):
                root = self.package.xml(table)
                area = read_area(root.get("ref", "A1"))
                yield Found(name, root.get("displayName", ""), root.get("ref", "A1"), area.top, area.left)


_SPANS = {"mergeCell": "merge", "hyperlink": "link", "autoFilter": "filter", "sparkline": "sparkline"}


def _paragraphs(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter("{*}p"):
        yield "".join(node.text or "" for node in paragraph.iter("{*}t"))


def _extent(anchor: etree._Element) -> tuple[int, int, int, int] | tuple[()]:
    """Return first row and column, last row and column of an object; none for one at a fixed place."""
    start, end = anchor.find("{*}from"), anchor.find("{*}to")
    if start is None:
        return ()
    (top, bottom), (left, right) = bounds(start, end, "row"), bounds(start, end, "col")
    return top, left, bottom, right


def _rules(name: str, root: etree._Element) -> Iterator[Found]:
    """Formulas of formats and validations are read from the first cell of their range."""
    for holder in root.iter("{*}conditionalFormatting", "{*}dataValidation"):
        ranges = holder.get("sqref") or holder.findtext("{*}sqref") or ""
        if not ranges.strip():
            continue
        first = read_area(ranges.split()[0])
        for node in holder.iter("{*}formula", "{*}formula1", "{*}formula2", "{*}f"):
            if node.text:
                whole = holder.get("type") == "list"
                yield Found(name, ranges.split()[0], node.text, first.top, first.left, whole=whole)
