"""The workbook part and the document's properties after rendering.

Owns defined names, sheet names, recalculation on open, and texts of the properties. Refuses: sheets.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from salesxl.excel.bands import Ungrowable
from salesxl.excel.package import ROOT, Package
from salesxl.excel.refs import Ref, parse
from salesxl.excel.render_cells import Compile, is_template
from salesxl.excel.render_faults import ungrowable
from salesxl.excel.render_moves import GONE, Moves, Spot

__all__ = ["close_book"]

_BEFORE_CALC = """fileVersion fileSharing workbookPr AlternateContent absPath revisionPtr workbookProtection
bookViews sheets functionGroups externalReferences definedNames"""
_PROPERTIES = ("core-properties", "extended-properties", "custom-properties")


def close_book(
    package: Package, moves: Moves, bands: Collection[str], scope: Mapping[str, Any], compile_text: Compile
) -> None:
    """Let the workbook part follow, take the bands' names out, and have everything calculated on opening."""
    main, ns = package.main(), package.namespaces
    root = package.xml(main)
    _names(root, package, moves, bands)
    for node in root.iterfind(f"{ns.tag('sheets')}/{ns.tag('sheet')}"):
        made = moves.sheets.get(node.get("name", "").casefold())
        if made:
            node.set("name", made[0].new_name)
    _recalculate(root, package)
    package.touch(main)
    for relation in package.rels(ROOT).values():
        if relation.kind in _PROPERTIES and relation.target in package:
            _texts(package, relation.target, scope, compile_text)


def _names(root: etree._Element, package: Package, moves: Moves, bands: Collection[str]) -> None:
    ns = package.namespaces
    holder = root.find(ns.tag("definedNames"))
    if holder is None:
        return
    for node in list(holder):
        name, text = node.get("name", ""), node.text or ""
        if name in bands:
            holder.remove(node)
            continue
        try:
            node.text = "".join(p if isinstance(p, str) else _absolute(p, moves) for p in parse(text))
        except Ungrowable as error:
            raise ungrowable("名称", name, error.band, text) from None
    if not len(holder):
        root.remove(holder)


def _absolute(ref: Ref, moves: Moves) -> str:
    """Move what a name fixes with a dollar sign; the rest is relative to whatever cell uses the name."""
    left, top, right, bottom = ref.fixed
    if not (top and bottom) and ref.top is not None:
        if not (left and right):
            return str(ref)
        moved = moves.target(replace(ref, top=None, bottom=None), Spot())
        if moved is None:
            return GONE
        return str(replace(moved[1], top=ref.top, bottom=ref.bottom))
    return moves.ref(ref, Spot())


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
            node.text = str(compile_text(f"{node.text}{{{{''}}}}", "文档属性", name)(scope))
            package.touch(part)
