"""Changes to an element tree that remember whether they changed anything.

A part whose tree stays as it was is not written anew, so every setter compares first. Refuses: meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from salesxl.errors import TemplateFaultError, phrase
from salesxl.model import Area
from salesxl.template.bands import UnfollowableError
from salesxl.template.references import Moves, Sheet, Spot, unfollowable
from salesxl.template.terms import Compile, is_template
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import area_text, read_area

__all__ = ["Edits", "follow_pivots", "follow_tables", "grown_table", "take"]


def take(node: etree._Element, index: int, *, name: str, values: Sequence[str]) -> None:
    """Give a copy its own value of an attribute."""
    node.set(name, values[index])


class Edits:
    """Setters on a tree; ``changed`` tells whether any of them had to do something."""

    def __init__(self) -> None:
        self.changed = False

    def set(self, node: etree._Element, name: str, value: str) -> None:
        """Set an attribute."""
        if node.get(name) != value:
            node.set(name, value)
            self.changed = True

    def text(self, node: etree._Element, value: str) -> None:
        """Set an element's text."""
        if node.text != value:
            node.text = value
            self.changed = True

    def drop(self, node: etree._Element) -> None:
        """Take an element out, and those around it that would be left empty."""
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
            self.changed = True
            self.count(parent)

    def count(self, parent: etree._Element) -> None:
        """Write how many children a list has now, or drop an empty one."""
        if not len(parent) and etree.QName(parent).localname in (
            "mergeCells",
            "hyperlinks",
            "dataValidations",
            "conditionalFormatting",
            "conditionalFormattings",
            "sparklines",
            "sparklineGroup",
            "sparklineGroups",
            "ignoredErrors",
            "protectedRanges",
            "rowBreaks",
            "colBreaks",
            "ext",
        ):
            self.drop(parent)
        elif parent.get("count") is not None:
            self.set(parent, "count", str(len(parent)))

    def multiply(self, old: etree._Element, count: int, fill: Callable[[etree._Element, int], None]) -> None:
        """Put so many copies in an element's place and fill each in."""
        before = etree.tostring(old, with_tail=False)
        parent = old.getparent()
        assert parent is not None  # callers walk children
        if not count:
            self.drop(old)
            return
        copies = [old, *(deepcopy(old) for _ in range(count - 1))]
        for index, new in enumerate(copies):
            fill(new, index)
        after = parent.index(old) + 1
        parent[after:after] = copies[1:]  # at once: one by one, each would be counted to its place
        if count > 1 or etree.tostring(old, with_tail=False) != before:
            self.changed = True


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
    except UnfollowableError as error:
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
    except UnfollowableError as error:
        raise unfollowable(sheet.name, area_text(area), error, "table", text=name) from None
    columns = sheet.columns.runs(area.left, area.right)
    if sum(high - low + 1 for low, high in columns) != area.right - area.left + 1:
        raise TemplateFaultError("table_columns", table=name).at(sheet.name, "")
    if moved is None or (moved.bottom == moved.top and area.bottom > area.top):
        raise TemplateFaultError("table_rows", table=name).at(sheet.name, "")
    return moved


def follow_pivots(package: Package, moves: Moves) -> None:
    """Let the sources of pivot tables follow, and have them refreshed when the workbook is opened.

    Raises TemplateFaultError for a pivot table on a sheet that repeats, or of such a sheet's data.
    """
    for made in moves.sheets.values():
        if len(made) > 1 and package.related(made[0].part, "pivotTable"):
            raise TemplateFaultError("pivot_copies", sheet=made[0].name)
    for part in package.related(package.main(), "pivotCacheDefinition"):
        for node in package.xml(part).iter("{*}worksheetSource"):
            name = moves.owned.owner(node.get("name", ""))
            made = moves.sheets.get((node.get("sheet") or name).casefold(), [])
            if len(made) > 1:
                raise TemplateFaultError("pivot_copies", sheet=made[0].name)
            if not made or not node.get("ref"):
                continue
            area = made[0].span(read_area(node.get("ref", "")))
            found = None if area is None else (area_text(area), made[0].new_name)
            if found is not None and found != (node.get("ref"), node.get("sheet")):
                node.set("ref", found[0])
                node.set("sheet", found[1])
                package.xml(part).set("refreshOnLoad", "1")
                package.touch(part)
