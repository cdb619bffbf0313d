"""Pictures, charts and shapes after rendering: their anchors follow, those inside a band repeat with it.

Charts and pictures keep their size beside a band that grows; a shape drawn around a band grows with it.
Owns drawing parts. Refuses: what a chart shows, and notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from salesxl.errors import phrase
from salesxl.template.bands import UnfollowableError
from salesxl.template.charts import Watched, follow_chart
from salesxl.template.pictures import put_pictures
from salesxl.template.references import Moves, Sheet, Spot, unfollowable
from salesxl.template.sheet import scope_at
from salesxl.template.sheets import copy_part
from salesxl.template.terms import Compile, fill_paragraphs, is_template
from salesxl.xlsx.package import Package

__all__ = ["bounds", "follow_drawings"]


def follow_drawings(
    package: Package,
    sheet: Sheet,
    moves: Moves,
    *,
    watched: Watched,
    scope: Mapping[str, Any],
    compile_text: Compile,
) -> None:
    """Let everything drawn on a sheet follow. Raises TemplateError."""
    for part in package.related(sheet.part, "drawing"):
        if part in package:
            _Drawing(package, part, sheet, moves, watched, scope, compile_text).run()


class _Drawing:
    def __init__(
        self,
        package: Package,
        part: str,
        sheet: Sheet,
        moves: Moves,
        watched: Watched,
        scope: Mapping[str, Any],
        compile_text: Compile,
    ) -> None:
        self.package, self.part, self.sheet, self.moves = package, part, sheet, moves
        self.watched, self.scope, self.compile = watched, scope, compile_text
        self.root = package.xml(part)
        self.rid = package.namespaces.rid()
        self.charts: list[tuple[str, Spot]] = []
        self.changed = False

    def run(self) -> None:
        for anchor in list(self.root):
            self._anchor(anchor)
        if self.changed:
            self._number()
            self.package.touch(self.part)
        for chart, spot in self.charts:
            follow_chart(
                self.package,
                chart,
                spot,
                self.moves,
                watched=self.watched,
                scope=scope_at(spot, self.scope),
                compile_text=self.compile,
            )

    def _anchor(self, anchor: etree._Element) -> None:
        start, end = anchor.find("{*}from"), anchor.find("{*}to")
        if start is None:  # an absolute place on the sheet
            self._one(anchor, Spot(self.sheet), copied=False)
            return
        top, bottom = bounds(start, end, "row")
        left, right = bounds(start, end, "col")
        keeps_size = anchor.find("{*}sp") is None
        places = [
            (down, across)
            for down in self.sheet.rows.places(top, bottom)
            for across in self.sheet.columns.places(left, right)
            if not Spot(self.sheet, (down[2], across[2]), left).blank
        ]
        parent_at = self.root.index(anchor)
        if not places:
            self.root.remove(anchor)
            self.changed = True
        copies = [anchor, *(deepcopy(anchor) for _ in places[1:])]
        for index, (copy, (down, across)) in enumerate(zip(copies, places, strict=False)):
            if index:
                self.root.insert(parent_at + index, copy)
                self.changed = True
            self._move(copy, "row", (top, bottom), down[:2], keeps_size=keeps_size)
            self._move(copy, "col", (left, right), across[:2], keeps_size=keeps_size)
            self._one(copy, Spot(self.sheet, (down[2], across[2]), left), copied=index > 0)

    def _move(
        self,
        anchor: etree._Element,
        name: str,
        old: tuple[int, int],
        new: tuple[int, int],
        *,
        keeps_size: bool,
    ) -> None:
        start, end = anchor.find("{*}from"), anchor.find("{*}to")
        shift = new[0] - old[0]
        grown = shift if keeps_size else new[1] - old[1]
        for corner, by in ((start, shift), (end, grown)):
            node = corner.find(f"{{*}}{name}") if corner is not None else None
            if node is not None and by:
                node.text = str(int(node.text or "0") + by)
                self.changed = True

    def _one(self, anchor: etree._Element, spot: Spot, *, copied: bool) -> None:
        scope = scope_at(spot, self.scope)
        self.changed |= fill_paragraphs(
            anchor, scope, self.compile, self.sheet.name, phrase("place.text_box")
        )
        for node in anchor.iter("{*}cNvPr"):
            for name in ("descr", "title"):
                if is_template(node.get(name)):
                    text = f"{node.get(name)}{{{{''}}}}"
                    node.set(name, str(self.compile(text, self.sheet.name, phrase("place.alt_text"))(scope)))
                    self.changed = True
        self.changed |= put_pictures(self.package, self.part, anchor, self.scope)
        for node in anchor.iter("{*}sp"):  # a shape may show a cell's text: textlink="Sheet!$A$1"
            if node.get("textlink"):
                node.set("textlink", self._linked(node.get("textlink", ""), spot))
        for node in anchor.iter("{*}chart"):
            rid = node.get(self.rid)
            relation = self.package.rels(self.part).get(rid) if rid else None
            if relation is None or relation.target not in self.package:
                continue
            chart = relation.target
            if copied:
                # charts are followed only after all copies are made, so this is still the template's
                chart = copy_part(self.package, chart)
                node.set(self.rid, self.package.add_rel(self.part, relation.type, chart))
            self.charts.append((chart, spot))

    def _linked(self, text: str, spot: Spot) -> str:
        try:
            return self.moves.formula(text, spot)
        except UnfollowableError as error:
            where = phrase("place.text_box")
            raise unfollowable(self.sheet.name, where, error, "formula", text=text) from None

    def _number(self) -> None:
        """Give every object a number of its own, as copies brought theirs with them."""
        used: set[str] = set()
        free = 1 + max((int(node.get("id", "0")) for node in self.root.iter("{*}cNvPr")), default=0)
        for node in self.root.iter("{*}cNvPr"):
            if node.get("id", "") in used:
                node.set("id", str(free))
                node.set("name", f"{node.get('name', '')} {free}".strip())
                free += 1
            used.add(node.get("id", ""))


def bounds(start: etree._Element, end: etree._Element | None, name: str) -> tuple[int, int]:
    """Return first and last row (or column) that an object lies on, from 1."""
    first = int(start.findtext(f"{{*}}{name}") or "0") + 1
    if end is None:
        return first, first
    last = int(end.findtext(f"{{*}}{name}") or "0") + 1
    # an object that ends at the upper edge of a row does not lie on it
    on_edge = int(end.findtext(f"{{*}}{name}Off") or "0") == 0
    return first, max(first, last - 1 if on_edge else last)
