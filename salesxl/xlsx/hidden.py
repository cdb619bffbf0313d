"""A very hidden sheet of names and values: what a program keeps in a workbook for itself.

Unlike a document property, of whose text Excel knows 255 characters, it holds text of any length, and every
program that saves the workbook keeps it. A value longer than a cell goes on in the next. Values stand there
as JSON between bars, so that no program changes their line ends and outer spaces. Refuses: meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from salesxl.model import CellValue, cell_name
from salesxl.xlsx.limits import damaged
from salesxl.xlsx.package import Package
from salesxl.xlsx.values import cell_tail

__all__ = ["add_hidden_sheet", "values_of"]

PIECE = 16_000
"""Characters of a value in one cell, which holds 32,767 units of UTF-16: two of them for some characters."""

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def add_hidden_sheet(package: Package, name: str, values: Mapping[str, str]) -> None:
    """Add the sheet behind all others, which nobody sees and no menu shows."""
    ns = package.namespaces
    rows = []
    for number, (key, value) in enumerate(values.items(), 1):
        text = json.dumps(value, ensure_ascii=False)
        pieces = [f"|{text[at : at + PIECE]}|" for at in range(0, len(text), PIECE)]
        tails = [(column, cell_tail(piece)) for column, piece in enumerate([key, *pieces], 1)]
        cells = "".join(f'<c r="{cell_name(number, column)}"{tail}' for column, tail in tails if tail)
        rows.append(f'<row r="{number}">{cells}</row>')
    part = package.free_name("xl/worksheets/sheet{}.xml")
    text = f'<worksheet xmlns="{ns.main}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    package.write(part, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text.encode())
    package.set_content_type(part, _TYPE)
    main = package.main()
    relation = package.add_rel(main, "worksheet", part)
    sheets = package.xml(main).find(ns.tag("sheets"))
    assert sheets is not None  # a workbook has sheets
    used = {int(node.get("sheetId", "0")) for node in sheets}
    node = etree.SubElement(sheets, ns.tag("sheet"), {"name": name, "sheetId": str(max(used, default=0) + 1)})
    node.set("state", "veryHidden")
    node.set(ns.rid(), relation)
    package.touch(main)


def values_of(rows: Iterable[Sequence[CellValue]]) -> dict[str, str]:
    """Return what stands on such a sheet, by name.

    Raises:
        RefusedError: ``unreadable``, damaged.
    """
    found = {}
    for name, *pieces in rows:
        text = "".join(str(piece)[1:-1] for piece in pieces if piece)
        try:
            found[str(name)] = str(json.loads(text))
        except ValueError as odd:
            raise damaged(odd, value=str(name)) from odd
    return found
