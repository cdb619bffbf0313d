"""The workbook part and the document's properties after rendering.

Owns defined names, sheet names, recalculation on open, and texts of the properties. Refuses: sheets.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from lxml import etree

from salesxl.errors import phrase
from salesxl.template.bands import UnfollowableError
from salesxl.template.references import GONE, Moves, Sheet, Spot, unfollowable
from salesxl.template.roles import Role
from salesxl.template.sheets import list_sheets
from salesxl.template.terms import Compile, is_template
from salesxl.xlsx.package import ROOT, Package
from salesxl.xlsx.refs import Ref, parse

__all__ = ["close_book"]

_BEFORE_CALC = """fileVersion fileSharing workbookPr AlternateContent absPath revisionPtr workbookProtection
bookViews sheets functionGroups externalReferences definedNames"""
_PROPERTIES = ("core-properties", "extended-properties", "custom-properties")


def close_book(
    package: Package,
    moves: Moves,
    made: Sequence[tuple[str, Sequence[Sheet]]],
    *,
    bands: Collection[str],
    singles: Collection[str] = (),
    scope: Mapping[str, Any],
    compile_text: Compile,
) -> None:
    """Let the workbook part follow, take the bands' names out, and have everything calculated on opening.

    ``singles`` are the names of one cell that stay so where that cell repeats.
    """
    main, ns = package.main(), package.namespaces
    root = package.xml(main)
    names = _Names(root.find(ns.tag("definedNames")), moves, made, list_sheets(package, made), singles)
    names.run(bands)
    _recalculate(root, package)
    package.touch(main)
    for relation in package.rels(ROOT).values():
        if relation.kind in _PROPERTIES and relation.target in package:
            _texts(package, relation.target, scope, compile_text)


class _Names:
    """The defined names, which follow what they point to; those of a sheet follow the sheet's number too."""

    def __init__(
        self,
        holder: etree._Element | None,
        moves: Moves,
        made: Sequence[tuple[str, Sequence[Sheet]]],
        numbers: Sequence[Sequence[int]],
        singles: Collection[str],
    ) -> None:
        self.holder, self.moves, self.made, self.numbers = holder, moves, made, numbers
        self.singles = singles

    def run(self, bands: Collection[str]) -> None:
        if self.holder is None:
            return
        for node in list(self.holder):
            local = node.get("localSheetId")
            if node.get("name", "") in bands or GONE in (node.text or ""):
                self.holder.remove(node)
            elif local is None or int(local) >= len(self.made):
                self._repeated(node)
                self._move(node, Spot())
            else:
                self._confined(node, int(local))
        if not len(self.holder):
            self.holder.getparent().remove(self.holder)  # type: ignore[union-attr]

    def _repeated(self, node: etree._Element) -> None:
        """Give each further copy of a sheet a name of its own, as Excel does when it copies a sheet."""
        owner = self.moves.owned.owner(node.get("name", ""))
        for (name, sheets), numbers in zip(self.made, self.numbers, strict=True):
            if name.casefold() == owner:
                for sheet, number in zip(reversed(sheets[1:]), reversed(numbers[1:]), strict=True):
                    self._copy(node, sheet, number)

    def _copy(self, node: etree._Element, sheet: Sheet, number: int) -> None:
        new = deepcopy(node)
        new.set("localSheetId", str(number))
        self._move(new, Spot(sheet))
        node.addnext(new)

    def _confined(self, node: etree._Element, old: int) -> None:
        for sheet, number in zip(reversed(self.made[old][1]), reversed(self.numbers[old]), strict=True):
            self._copy(node, sheet, number)
        node.getparent().remove(node)  # type: ignore[union-attr]

    def _move(self, node: etree._Element, spot: Spot) -> None:
        text = self.moves.words(node.text or "", spot)
        role = Role(grows=False) if node.get("name", "") in self.singles else None
        try:
            node.text = "".join(
                p if isinstance(p, str) else self._absolute(p, spot, role) for p in parse(text)
            )
        except UnfollowableError as error:
            where = phrase("what.name", text=node.get("name", ""))
            raise unfollowable("", where, error, "name", text=text) from None

    def _absolute(self, ref: Ref, spot: Spot, role: Role | None) -> str:
        """Move what a name fixes with a dollar sign; the rest is relative to whatever cell uses the name."""
        left, top, right, bottom = ref.fixed
        rows = ref.top is None or (top and bottom)
        columns = ref.left is None or (left and right)
        asked = ref if rows else replace(ref, top=None, bottom=None)
        asked = asked if columns else replace(asked, left=None, right=None)
        found = self.moves.target(asked, spot, role)
        if found is None:
            return GONE
        moved = found[1]
        if not rows:
            moved = replace(moved, top=ref.top, bottom=ref.bottom)
        if not columns:
            moved = replace(moved, left=ref.left, right=ref.right)
        return str(moved)


def _recalculate(root: etree._Element, package: Package) -> None:
    main, ns = package.main(), package.namespaces
    for rid, relation in list(package.rels(main).items()):
        if relation.kind == "calcChain":
            package.remove_rel(main, rid)
            if relation.target in package:
                package.remove(relation.target)
    calc = root.find(ns.tag("calcPr"))
    if calc is None:
        calc = etree.Element(ns.tag("calcPr"))
        at = max(
            (
                i
                for i, child in enumerate(root.iterchildren("*"), 1)
                if etree.QName(child).localname in _BEFORE_CALC
            ),
            default=0,
        )
        root.insert(at, calc)
    calc.set("fullCalcOnLoad", "1")


def _texts(package: Package, part: str, scope: Mapping[str, Any], compile_text: Compile) -> None:
    for node in package.xml(part).iter("*"):
        if is_template(node.text):
            name = node.get("name") or etree.QName(node).localname
            where = phrase("place.property", name=name)
            node.text = str(compile_text(f"{node.text}{{{{''}}}}", "", where)(scope))
            package.touch(part)
