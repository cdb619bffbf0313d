"""Which sheets the output has: repeated ones with all they show, renamed ones, and those that fall away.

Owns the workbook's list of sheets and the names on the tabs. Refuses: what stands on them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence
from copy import deepcopy

from lxml import etree

from salesxl.errors import TemplateFaultError
from salesxl.template.references import Sheet
from salesxl.xlsx.package import ROOT, Package

__all__ = ["copy_part", "copy_sheet", "list_sheets", "repeat_sheet", "tab_name"]

LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def tab_name(text: str, taken: Collection[str]) -> str:
    """Return a name Excel takes for a tab: no ``[]:*?/\\``, at most 31 characters, unlike all taken ones."""
    name = _FORBIDDEN.sub(" ", text).strip().strip("'")[:LONGEST].strip() or "Sheet"
    if name.casefold() == "history":  # Excel keeps this one for itself
        name += "_"
    folded = {other.casefold() for other in taken}
    number, result = 2, name
    while result.casefold() in folded:
        suffix = f" ({number})"
        result = name[: LONGEST - len(suffix)] + suffix
        number += 1
    return result


def copy_sheet(package: Package, part: str) -> tuple[str, dict[str, str]]:
    """Copy a sheet with its charts, notes and tables; return the new part and the tables' new names.

    Tables need numbers and names of their own in a workbook.
    """
    new = copy_part(package, part)
    root, ns = package.xml(new), package.namespaces
    for node in root.iter(ns.tag("sheetView")):
        if node.get("tabSelected"):  # two selected tabs would be edited together
            del node.attrib["tabSelected"]
            package.touch(new)
    settings = root.find(ns.tag("sheetPr"))
    if settings is not None and settings.get("codeName"):
        del settings.attrib["codeName"]
        package.touch(new)
    renamed: dict[str, str] = {}
    if not package.related(new, "table"):
        return new, renamed
    tables = [name for name in package.of_type(_TABLE) if name in package]
    numbers = [int(package.xml(name).get("id", "0")) for name in tables]
    taken = {package.xml(name).get("displayName", "") for name in tables}
    for table in package.related(new, "table"):
        node = package.xml(table)
        old = node.get("displayName", "")
        number = 2
        while f"{old}_{number}" in taken:
            number += 1
        renamed[old] = f"{old}_{number}"
        taken.add(renamed[old])
        numbers.append(max(numbers) + 1)
        node.set("id", str(numbers[-1]))
        node.set("name", renamed[old])
        node.set("displayName", renamed[old])
        package.touch(table)
    return new, renamed


_TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"


def repeat_sheet(package: Package, name: str, copies: Sequence[str]) -> None:
    """Copy a sheet under further names, behind all sheets, so that no sheet's number changes."""
    main, ns = package.main(), package.namespaces
    holder = package.xml(main).find(ns.tag("sheets"))
    assert holder is not None  # a package without sheets was refused on opening
    part = dict(package.sheets())[name]
    node = next(node for node in holder if node.get("name") == name)
    for copy in copies:
        new, _ = copy_sheet(package, part)
        tab = deepcopy(node)
        tab.set("name", copy)
        tab.set("sheetId", str(1 + max(int(other.get("sheetId", "0")) for other in holder)))
        tab.set(ns.rid(), package.add_rel(main, "worksheet", new))
        holder.append(tab)
    if copies:
        package.touch(main)
        _forget_titles(package)


def list_sheets(package: Package, made: Sequence[tuple[str, Sequence[Sheet]]]) -> list[list[int]]:
    """Write the workbook's list of sheets; return the new numbers of each old sheet, counted from 0.

    ``made`` holds, for each sheet of the template in order, what became of it.
    Raises TemplateError when no sheet is left.
    """
    main, ns = package.main(), package.namespaces
    root = package.xml(main)
    holder = root.find(ns.tag("sheets"))
    assert holder is not None  # a package without sheets was refused on opening
    if not any(sheets for _, sheets in made):
        raise TemplateFaultError("no_sheet_left")
    by_name = {node.get("name", ""): node for node in holder}
    free = 1 + max(int(node.get("sheetId", "0")) for node in holder)
    numbers: list[list[int]] = []
    order: list[etree._Element] = []
    changed = False
    for name, sheets in made:
        node = by_name[name]
        numbers.append([])
        for index, sheet in enumerate(sheets):
            new = node
            if index:
                new = deepcopy(node)
                new.set("sheetId", str(free))
                free += 1
                new.set(ns.rid(), package.add_rel(main, "worksheet", sheet.part))
            numbers[-1].append(len(order))
            order.append(new)
            changed |= new is not node or sheet.new_name != name
        if not sheets:
            changed = True
            rid = node.get(ns.rid(), "")
            part = package.resolve(main, rid)
            package.remove_rel(main, rid)
            _remove(package, part)
    for (_, sheets), indexes in zip(made, numbers, strict=True):
        for sheet, index in zip(sheets, indexes, strict=True):
            order[index].set("name", sheet.new_name)
    if changed:
        holder[:] = order
        package.touch(main)
        _views(package, numbers)
        _forget_titles(package)
    return numbers


def _remove(package: Package, part: str) -> None:
    """Remove a sheet with what only it shows; pictures may be shared, so they stay."""
    related = [r for r in package.rels(part).values() if r.kind in _OWN and r.target in package]
    package.remove(part)
    for relation in related:
        if relation.target in package:
            _remove(package, relation.target)


_OWN = (
    "drawing",
    "chart",
    "comments",
    "vmlDrawing",
    "table",
    "chartStyle",
    "style",
    "chartColorStyle",
    "colors",
)


def _views(package: Package, numbers: Sequence[Sequence[int]]) -> None:
    """Let the remembered tabs be those they were."""
    for node in package.xml(package.main()).iter(package.namespaces.tag("workbookView")):
        for name in ("activeTab", "firstSheet"):
            if node.get(name):
                old = int(node.get(name, "0"))
                new = numbers[old] if old < len(numbers) else []
                node.set(name, str(new[0] if new else 0))


def _forget_titles(package: Package) -> None:
    """Drop the list of tabs in the document's properties: it is optional, and no longer true."""
    for part in package.related(ROOT, "extended-properties"):
        root = package.xml(part)
        for node in list(root.iterchildren("{*}TitlesOfParts", "{*}HeadingPairs")):
            root.remove(node)
            package.touch(part)


_SHARED = (
    "image",
    "hyperlink",
    "pivotTable",
    "slicer",
    "printerSettings",
    "externalLink",
    "package",
    "media",
)
_NUMBER = re.compile(r"\d*(\.[^./]+)\Z")


def copy_part(package: Package, part: str) -> str:
    """Copy a part under a new name, with its related parts; pictures are shared. Return the new name."""
    pattern = _NUMBER.sub(r"{}\1", part)
    new = package.free_name(pattern)
    content_type = package.content_type(part)
    package.write(new, package.read(part))
    if content_type is not None:
        package.set_content_type(new, content_type)
    if package.rels(part):
        folder, name = posixpath.split(part)
        rels = etree.fromstring(package.read(f"{folder}/_rels/{name}.rels"))
        targets = package.rels(part)
        for node in rels:
            relation = targets[node.get("Id", "")]
            if relation.external:
                continue
            target = relation.target
            if relation.kind not in _SHARED and target in package:
                target = copy_part(package, target)
            node.set("Target", "/" + target)
        folder, name = posixpath.split(new)
        package.write(
            f"{folder}/_rels/{name}.rels",
            etree.tostring(rels, encoding="UTF-8", xml_declaration=True, standalone=True),
        )
    return new
