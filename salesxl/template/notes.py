"""Notes (the old comments) after rendering: each follows its cell, in a band each copy has its own.

Owns comment parts and the drawings Excel keeps of them. Refuses: threaded conversations beyond their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from salesxl.errors import RefusedError, phrase
from salesxl.model import Area
from salesxl.template.references import Sheet, Spot
from salesxl.template.sheet import scope_at
from salesxl.template.terms import Compile, fill_runs
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import area_text, split_cell

__all__ = ["follow_notes"]

_OFFICE = "urn:schemas-microsoft-com:office:office"
_SHAPE_NUMBER = re.compile(r"(.*?)(\d+)\Z")


def follow_notes(package: Package, sheet: Sheet, scope: Mapping[str, Any], compile_text: Compile) -> None:
    """Let the notes of a sheet and their frames follow. Raises TemplateError."""
    for part in package.related(sheet.part, "comments"):
        _notes(package, part, sheet, scope, compile_text)
    for part in package.related(sheet.part, "threadedComment"):
        for node in package.xml(part).iter("{*}threadedComment"):
            places = _places(sheet, node.get("ref", "A1"))
            if places and places[0][0] != node.get("ref"):
                node.set("ref", places[0][0])
                package.touch(part)
    if sheet.moved:
        for part in package.related(sheet.part, "vmlDrawing"):
            _frames(package, part, sheet)


def _places(sheet: Sheet, cell: str) -> list[tuple[str, Spot]]:
    """Return where a cell stands now; a blank copy of an empty list takes no notes along."""
    row, column = split_cell(cell)
    found = sheet.instances(Area(row, column, row, column))
    return [(area_text(area), spot) for area, spot in found if not spot.blank]


def _notes(
    package: Package, part: str, sheet: Sheet, scope: Mapping[str, Any], compile_text: Compile
) -> None:
    root = package.xml(part)
    holder = root.find("{*}commentList")
    if holder is None:
        return
    changed = False
    made: list[tuple[tuple[int, int], etree._Element]] = []
    for old in list(holder):
        cell = old.get("ref", "A1")
        places = _places(sheet, cell)
        changed |= [place for place, _ in places] != [cell]
        for index, (place, spot) in enumerate(places):
            new = deepcopy(old)
            new.set("ref", place)
            if index:
                for name in [n for n in new.attrib if str(n).endswith("uid")]:
                    del new.attrib[name]
            texts = list(new.iter("{*}t"))
            changed |= fill_runs(
                texts, scope_at(spot, scope), compile_text, sheet.name, phrase("place.note", cell=cell)
            )
            made.append((split_cell(place), new))
    if changed:
        holder[:] = [node for _, node in sorted(made, key=lambda pair: pair[0])]
        package.touch(part)


def _frames(package: Package, part: str, sheet: Sheet) -> None:
    """Move and repeat the frames; a drawing that is not well-formed (old programs) stays as it is."""
    try:
        root = package.xml(part)
    except RefusedError:
        return
    numbers = [
        int(found[2]) for node in root.iter("{*}shape") if (found := _SHAPE_NUMBER.match(node.get("id", "")))
    ]
    free = max(numbers, default=1024) + 1
    for shape in list(root.iter("{*}shape")):
        data = shape.find("{*}ClientData")
        row = data.find("{*}Row") if data is not None else None
        column = data.find("{*}Column") if data is not None else None
        if data is None or row is None or column is None:
            continue
        here = int(row.text or "0") + 1, int(column.text or "0") + 1
        places = _places(sheet, area_text(Area(here[0], here[1], here[0], here[1])))
        parent = shape.getparent()
        if parent is None:
            continue
        at = parent.index(shape)
        for index, (place, _) in enumerate(places):
            new = deepcopy(shape)
            to = split_cell(place)
            _move_frame(new, to[0] - here[0], to[1] - here[1])
            if index:
                found = _SHAPE_NUMBER.match(shape.get("id", ""))
                new.set("id", f"{found[1] if found else '_x0000_s'}{free}")
                free += 1
            parent.insert(at + 1 + index, new)
        parent.remove(shape)
    for node in root.iter(f"{{{_OFFICE}}}idmap"):
        # shape numbers come in blocks of 1024, and the blocks in use are listed
        blocks = {*(node.get("data") or "1").split(","), *(str(n) for n in range(1, free // 1024 + 1))}
        node.set("data", ",".join(sorted(blocks, key=int)))
    package.touch(part)


def _move_frame(shape: etree._Element, rows: int, columns: int) -> None:
    for node in shape.iter("{*}Row", "{*}Column", "{*}Anchor"):
        name = etree.QName(node).localname
        if name == "Anchor":  # left column, offset, top row, offset, right column, offset, bottom row, offset
            numbers = [int(text) for text in (node.text or "").split(",")]
            for index in range(0, len(numbers), 2):
                numbers[index] += columns if index % 4 == 0 else rows
            node.text = ", ".join(map(str, numbers))
        else:
            node.text = str(int(node.text or "0") + (rows if name == "Row" else columns))
