"""Excel tables and pivot sources after rendering: their ranges grow with the rows they hold.

Owns table parts and the ranges of pivot caches. Refuses: the cells inside, which the rows' writer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesxl.errors import TemplateFault, phrase
from salesxl.excel.bands import Unfollowable
from salesxl.excel.package import Package
from salesxl.excel.refs import area_text, read_area
from salesxl.excel.render_faults import unfollowable
from salesxl.excel.render_moves import Moves, Sheet, Spot
from salesxl.excel.render_terms import Compile, is_template
from salesxl.model import Area

__all__ = ["follow_pivots", "follow_tables", "grown_table"]


def follow_tables(
    package: Package, sheet: Sheet, moves: Moves, scope: Mapping[str, Any], compile_text: Compile
) -> None:
    """Let the tables of a sheet follow. Raises TemplateError for one that would lose rows or repeat."""
    for part in package.related(sheet.part, "table"):
        root = package.xml(part)
        name = root.get("displayName", root.get("name", ""))
        changed = False
        for node in root.iter("*"):
            if node.get("ref"):
                area = grown_table(sheet, read_area(node.get("ref", "")), name)
                if area_text(area) != node.get("ref"):
                    node.set("ref", area_text(area))
                    changed = True
        for node in root.iter("{*}calculatedColumnFormula", "{*}totalsRowFormula"):
            moved = _moved(moves, sheet, node.text or "", name)
            if moved != (node.text or ""):
                node.text = moved
                changed = True
        for node in root.iter("{*}tableColumn"):
            for attribute in ("name", "totalsRowLabel"):
                text = node.get(attribute)
                if is_template(text):
                    # the header cell holds the same text, and Excel wants the two alike
                    value = compile_text(f"{text}{{{{''}}}}", sheet.name, phrase("what.table", text=name))(
                        scope
                    )
                    node.set(attribute, str(value))
                    changed = True
        if changed:
            package.touch(part)
    _follow_pivot_places(package, sheet)


def _moved(moves: Moves, sheet: Sheet, text: str, table: str) -> str:
    try:
        return moves.formula(text, Spot(sheet))
    except Unfollowable as error:
        where = phrase("what.table", text=table)
        raise unfollowable(sheet.name, where, error, "formula", text=text) from None


def _follow_pivot_places(package: Package, sheet: Sheet) -> None:
    for part in package.related(sheet.part, "pivotTable"):
        for node in package.xml(part).iterchildren("{*}location"):
            area = sheet.span(read_area(node.get("ref", "A1")))
            if area is not None and area_text(area) != node.get("ref"):
                node.set("ref", area_text(area))
                package.touch(part)


def grown_table(sheet: Sheet, area: Area, name: str) -> Area:
    """Return a table's new range. Raises TemplateError for one that could not stay a table."""
    try:
        moved = sheet.span(area)
    except Unfollowable as error:
        raise unfollowable(sheet.name, area_text(area), error, "table", text=name) from None
    columns = sheet.columns.runs(area.left, area.right)
    if sum(high - low + 1 for low, high in columns) != area.right - area.left + 1:
        raise TemplateFault("table_columns", table=name).at(sheet.name, "")
    if moved is None or (moved.bottom == moved.top and area.bottom > area.top):
        raise TemplateFault("table_rows", table=name).at(sheet.name, "")
    return moved


def follow_pivots(package: Package, moves: Moves) -> None:
    """Let the sources of pivot tables follow, and have them refreshed when the workbook is opened."""
    for part in package.related(package.main(), "pivotCacheDefinition"):
        for node in package.xml(part).iter("{*}worksheetSource"):
            made = moves.sheets.get((node.get("sheet") or "").casefold())
            if not made or not node.get("ref"):
                continue
            area = made[0].span(read_area(node.get("ref", "")))
            if area is not None and area_text(area) != node.get("ref"):
                node.set("ref", area_text(area))
                node.set("sheet", made[0].new_name)
                package.xml(part).set("refreshOnLoad", "1")
                package.touch(part)
