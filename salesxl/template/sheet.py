"""What stands around a sheet's rows and names cells: merges, formats, validations, filters, links, breaks.

Owns the XML before and after ``sheetData``. Everything goes through the sheet's one map; a conditional format
or a validation stays one and grows, only what sits on single cells (merges, links, sparklines, breaks)
is repeated with them. Refuses: cells, and other parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any
from urllib.parse import unquote

from lxml import etree

from salesxl.errors import Label, TemplateFaultError, phrase
from salesxl.model import Area
from salesxl.template.bands import UnfollowableError, at_column
from salesxl.template.edits import Edits, take
from salesxl.template.references import Moves, Sheet, Spot, unfollowable
from salesxl.template.rules import RuleTexts, fill, join
from salesxl.template.terms import Compile, is_template, place_of
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import area_text, areas_text, read_area, read_areas, split_cell

__all__ = ["follow_sheet", "scope_at"]

MOST_LINKS = 65_530
"""Hyperlinks on one sheet; with more Excel calls the file damaged."""

_Saying = Callable[[Mapping[str, Any], Spot], str]
"""A text of a link from the variables at a spot, and the spot."""

_HOLDERS = ("conditionalFormatting", "dataValidation", "protectedRange", "ignoredError", "sparkline")
_HEADINGS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


def scope_at(spot: Spot, scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the variables that hold at a spot: those of all copies it stands in."""
    sheet = spot.sheet
    if sheet is None:
        return scope
    for strip, path in zip((sheet.rows, sheet.columns), spot.paths, strict=True):
        for copies, index in path:
            if not copies.blank:
                scope = strip.enter(scope, copies.band, copies.items[index], index, copies.count)
    here = None if spot.column is None else at_column(scope, spot.column)
    return scope if here is None else here


def follow_sheet(
    package: Package, sheet: Sheet, moves: Moves, scope: Mapping[str, Any], compile_text: Compile
) -> bool:
    """Let everything around a sheet's rows follow; tell whether anything changed."""
    return _Follower(package, sheet, moves, scope, compile_text).run()


def _doubled(text: str) -> str:
    return text.replace("&", "&&")


class _Follower(Edits):
    def __init__(
        self, package: Package, sheet: Sheet, moves: Moves, scope: Mapping[str, Any], compile_text: Compile
    ) -> None:
        self.package, self.sheet, self.moves = package, sheet, moves
        self.scope, self.compile = scope, compile_text
        self.ns = package.namespaces.main
        self.root = package.xml(sheet.part)
        super().__init__()

    def run(self) -> bool:
        steps: dict[str, Callable[[etree._Element], None]] = {
            "dimension": self._ref,
            "sheetViews": self._views,
            "cols": self._columns,
            "autoFilter": self._filter,
            "sortState": self._filter,
            "mergeCells": self._merges,
            "hyperlinks": self._links,
            "rowBreaks": self._breaks,
            "colBreaks": self._breaks,
            "headerFooter": self._headings,
        }
        for node in list(self.root.iterchildren("*")):
            name = etree.QName(node).localname
            if name == "sheetData":
                continue
            step = steps.get(name)
            if step is not None:
                step(node)
            else:
                self._generic(node)
        return self.changed

    # ---- helpers

    def _instances(self, area: Area, what: str) -> Iterator[tuple[Area, Spot]]:
        try:
            yield from self.sheet.instances(area)
        except UnfollowableError as error:
            text = area_text(area)
            raise unfollowable(self.sheet.name, text, error, what, text=text) from None

    def _formula(self, text: str, spot: Spot, where: Label, *, whole: bool = False) -> str:
        try:
            return self.moves.formula(text, spot, whole=whole)
        except UnfollowableError as error:
            raise unfollowable(self.sheet.name, where, error, "formula", text=text) from None

    # ---- one element each

    def _ref(self, node: etree._Element) -> None:
        # the size of a sheet is what its cells span, holes included
        rows = self.sheet.areas(read_area(node.get("ref", "A1")))
        if rows:
            top, left = min(a.top for a in rows), min(a.left for a in rows)
            bottom, right = max(a.bottom for a in rows), max(a.right for a in rows)
            self.set(node, "ref", area_text(Area(top, left, bottom, right)))

    def _filter(self, node: etree._Element) -> None:
        self._filtered_columns(node)
        for inner in node.iter("*"):
            if not inner.get("ref"):
                continue
            area = read_area(inner.get("ref", ""))
            span = self._span(area, inner.get("ref", ""))
            if span is None:
                self.drop(node)
                return
            self.set(inner, "ref", area_text(span))

    def _filtered_columns(self, node: etree._Element) -> None:
        """Let what is filtered by follow its columns, which a filter counts from its own first one."""
        if not self.sheet.columns.moved or not node.get("ref"):
            return
        area = read_area(node.get("ref", ""))
        places = self.sheet.columns.runs(area.left, area.right)
        for old in list(node.iterchildren("{*}filterColumn")):
            at = area.left + int(old.get("colId", "0"))
            runs = self.sheet.columns.runs(at, at)
            made = [str(c - places[0][0]) for low, high in runs for c in range(low, high + 1)]
            self.multiply(old, len(made), partial(take, name="colId", values=made))

    def _span(self, area: Area, where: str) -> Area | None:
        try:
            return self.sheet.span(area)
        except UnfollowableError as error:
            raise unfollowable(self.sheet.name, where, error, "filter", text=where) from None

    def _views(self, node: etree._Element) -> None:
        for inner in node.iter("*"):
            for name in ("topLeftCell", "activeCell"):
                if inner.get(name):
                    self.set(inner, name, self._cell(inner.get(name, "A1")))
            if inner.get("state") in ("frozen", "frozenSplit"):
                for name, strip in (("xSplit", self.sheet.columns), ("ySplit", self.sheet.rows)):
                    frozen = int(float(inner.get(name, "0")))
                    if frozen:
                        runs = strip.runs(1, frozen)
                        self.set(inner, name, str(sum(high - low + 1 for low, high in runs)))
            # a selection must hold the active cell, so it shrinks to it where things moved
            if self.sheet.moved and inner.get("sqref"):
                self.set(inner, "sqref", inner.get("activeCell", "A1"))

    def _cell(self, cell: str) -> str:
        row, column = split_cell(cell)
        first = next(self.sheet.instances(Area(row, column, row, column)), None)
        return "A1" if first is None else area_text(first[0])

    def _columns(self, node: etree._Element) -> None:
        if not self.sheet.columns.moved:
            return
        made = []
        for old in list(node):
            for low, high in self.sheet.columns.runs(int(old.get("min", "1")), int(old.get("max", "1"))):
                new = deepcopy(old)
                new.set("min", str(low))
                new.set("max", str(high))
                made.append((low, new))
            node.remove(old)
        node.extend(new for _, new in sorted(made, key=lambda pair: pair[0]))
        self.changed = True
        if not made:
            self.drop(node)

    def _merges(self, node: etree._Element) -> None:
        for old in list(node):
            text = old.get("ref", "A1")
            made = [area_text(area) for area, _ in self._instances(read_area(text), "merge")]
            self.multiply(old, len(made), partial(take, name="ref", values=made))
        self.count(node)

    def _links(self, node: etree._Element) -> None:
        rid = self.package.namespaces.rid()
        known: dict[str, str] = {}  # one relationship per file, however many cells point into it
        count = 0
        for old in list(node):
            text = old.get("ref", "A1")
            target = self._external(old.get(rid))
            if target is not None:
                self.package.remove_rel(self.sheet.part, str(old.get(rid)))
            label = phrase("place.link", cell=text)
            said = self._sayings(old, label)
            address_of = None if target is None else self._text(target, label)
            made = []
            for area, spot in self._instances(read_area(text), "link"):
                told = None if spot.blank else self._told(said, address_of, spot)
                if told is not None:
                    made.append((area_text(area), *told))
                    count += area.bottom - area.top + 1

            def fill(new: etree._Element, index: int) -> None:
                ref, texts, address = made[index]  # noqa: B023 - called before the next turn
                new.set("ref", ref)
                for name, value in texts.items():
                    if value:
                        new.set(name, value)
                    else:
                        del new.attrib[name]
                if address is not None:
                    if address not in known:
                        part = self.sheet.part
                        known[address] = self.package.add_rel(part, "hyperlink", address, external=True)
                    new.set(rid, known[address])

            self.multiply(old, len(made), fill)
            if target is not None:
                self.changed = True
        if self.sheet.moved and count > MOST_LINKS:
            raise TemplateFaultError("too_many_links", sheet=self.sheet.name, most=MOST_LINKS)
        self.count(node)

    def _sayings(self, old: etree._Element, where: Label) -> dict[str, _Saying]:
        """Return how each of a link's texts that may differ from place to place is found."""
        said: dict[str, _Saying] = {}
        for name in ("display", "tooltip", "location"):
            value = place_of(old) if name == "location" else old.get(name)
            if is_template(value):
                said[name] = self._text(str(value), where)
            elif name == "location" and value:
                said[name] = partial(self._moved, value, where)
        return said

    def _text(self, text: str, where: Label) -> _Saying:
        evaluate = self.compile(text + "{{''}}", self.sheet.name, where)
        return lambda scope, _: str(evaluate(scope))

    def _moved(self, text: str, where: Label, _: Mapping[str, Any], spot: Spot) -> str:
        return self._formula(text, spot, where)

    def _told(
        self, said: Mapping[str, _Saying], address_of: _Saying | None, spot: Spot
    ) -> tuple[dict[str, str], str | None] | None:
        """Return a link's texts and its address at a spot; None where what it says to open is blank."""
        scope = scope_at(spot, self.scope)
        texts = {name: say(scope, spot) for name, say in said.items()}
        if address_of is None:
            return None if texts.get("location") == "" else (texts, None)
        address = address_of(scope, spot)
        return (texts, address) if address else None

    def _external(self, rid: str | None) -> str | None:
        """Return a link's address where it holds an expression; Excel stores its braces as %7B and %7D."""
        relation = self.package.rels(self.sheet.part).get(rid) if rid else None
        if relation is None or not relation.external:
            return None
        address = relation.target
        if "%7b%7b" in address.lower():
            address = unquote(address)
        return address if is_template(address) else None

    def _breaks(self, node: etree._Element) -> None:
        rows = etree.QName(node).localname == "rowBreaks"
        strip = self.sheet.rows if rows else self.sheet.columns
        for old in list(node):
            number = int(old.get("id", "0"))
            made = [str(high) for _, high, _ in strip.instances(number, number)] if number else ["0"]
            self.multiply(old, len(made), partial(take, name="id", values=made))
        self.count(node)
        if node.get("manualBreakCount"):
            self.set(node, "manualBreakCount", str(sum(brk.get("man") == "1" for brk in node)))

    def _headings(self, node: etree._Element) -> None:
        for inner in node:
            if etree.QName(inner).localname in _HEADINGS and is_template(inner.text):
                where = phrase(f"place.{etree.QName(inner).localname}")
                # an ampersand begins a code there, so values double theirs
                evaluate = self.compile(
                    f"{inner.text}{{{{''}}}}",
                    self.sheet.name,
                    where,
                    finish=_doubled,
                )
                self.text(inner, str(evaluate(self.scope)))

    def _generic(self, node: etree._Element) -> None:
        """Let ranges and formulas follow wherever they stand: formats, validations, extensions."""
        for inner in list(node.iter("*")):
            name = etree.QName(inner).localname
            if name == "sparkline":
                self._sparkline(inner)
            elif name == "sparklineGroup":  # the dates that the lines of a group share
                for dates in inner.iterchildren("{*}f"):
                    self.text(
                        dates,
                        self._formula(
                            dates.text or "", Spot(self.sheet), phrase("place.sparkline"), whole=True
                        ),
                    )
            elif name in _HOLDERS and inner.get("sqref"):
                self._holder(inner, inner.get("sqref", ""))
            elif name in ("conditionalFormatting", "dataValidation"):  # x14: the range is an element
                ranges = next((c for c in inner if etree.QName(c).localname == "sqref"), None)
                if ranges is not None:
                    self._holder(inner, ranges.text or "")

    def _holder(self, node: etree._Element, text: str) -> None:
        """Grow a format's or validation's ranges, and let its formulas follow from their first cell."""
        old = read_areas(text)
        where = text.partition(" ")[0]
        writers = RuleTexts(node, self.compile, self.sheet.name, where).writers()
        if writers:
            self._said(node, old, writers)
            return
        new = [area for one in old for area in self.sheet.areas(one)]
        if not new:
            self.drop(node)
            return
        self._place(node, new)
        self._formulas(node, text, self.sheet.first_spot(old[0].top, old[0].left))

    def _said(self, node: etree._Element, old: Sequence[Area], writers: Sequence[Callable[..., str]]) -> None:
        """Repeat a rule for what it says of each item; items of which it says the same share one."""
        found: dict[tuple[str, ...], tuple[Spot, list[Area]]] = {}
        for one in old:
            for area, spot in self._instances(one, "rule"):
                if not spot.blank:
                    scope = scope_at(spot, self.scope)
                    says = tuple(write(scope) for write in writers)
                    join(found.setdefault(says, (spot, []))[1], area)
        made = list(found.items())
        root = node.getroottree().getroot()
        last = max((int(r.get("priority", "0")) for r in root.iter("{*}cfRule")), default=0)

        def put(new: etree._Element, index: int) -> None:
            says, (spot, areas) = made[index]
            fill(new, says)
            self._place(new, areas)
            self._formulas(new, area_text(areas[0]), spot)
            if index:
                for name in [n for n in new.attrib if str(n).endswith("uid")]:
                    del new.attrib[name]
                for number, rule in enumerate(new.iter("{*}cfRule"), 1):
                    rule.set("priority", str(last + index * len(new) + number))

        self.multiply(node, len(made), put)
        parent = node.getparent()
        if parent is not None:
            self.count(parent)

    def _place(self, node: etree._Element, areas: Sequence[Area]) -> None:
        ranges = next((c for c in node if etree.QName(c).localname == "sqref"), None)
        if ranges is None:
            self.set(node, "sqref", areas_text(areas))
        else:
            self.text(ranges, areas_text(areas))

    def _formulas(self, node: etree._Element, where: str, spot: Spot) -> None:
        for inner in node.iter("*"):
            name = etree.QName(inner).localname
            if name in ("formula", "formula1", "formula2", "f") and inner.text:
                whole = node.get("type") == "list"  # choices are a range, were it of one cell
                self.text(inner, self._formula(inner.text, spot, where, whole=whole))
            elif name == "cfvo" and inner.get("type") == "formula" and inner.get("val"):
                self.set(inner, "val", self._formula(inner.get("val", ""), spot, where))

    def _sparkline(self, old: etree._Element) -> None:
        parts = {etree.QName(child).localname: child for child in old}
        if "sqref" not in parts:
            return
        where = parts["sqref"].text or "A1"
        made = list(self._instances(read_area(where), "sparkline"))
        source = parts["f"].text or "" if "f" in parts else None

        def fill(new: etree._Element, index: int) -> None:
            area, spot = made[index]
            for child in new:
                if etree.QName(child).localname == "sqref":
                    child.text = area_text(area)
                elif source is not None:
                    child.text = self._formula(source, spot, where, whole=True)

        self.multiply(old, len(made), fill)
