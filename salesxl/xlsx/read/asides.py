"""What stands beside a sheet's cells in .xlsx: notes on cells, prompts of data validation, page headers.

Owns finding these texts, and only in a workbook that has any. Refuses: what they mean; the toolkit's own
notes, which nobody typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from itertools import islice

from salesxl.errors import RefusedError
from salesxl.model import Area, Grid
from salesxl.xlsx.marks import NOTE_AUTHOR, NOTE_PREFIXES
from salesxl.xlsx.namespaces import parse_xml
from salesxl.xlsx.read.package import Parts
from salesxl.xlsx.read.parts import Layout, Sheet, relations
from salesxl.xlsx.refs import read_area

__all__ = ["with_asides"]

_MOST = 5000
"""So many notes and prompts of a sheet are looked at; a form has a few dozen."""
_VALIDATION = re.compile(rb"<(?:\w+:)?dataValidation\s([^>]*)>")
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MARGIN = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")
_SECTION = re.compile(r"&[LCR]")
_CODE = re.compile(r"&(?:\"[^\"]*\"|\d+|K[0-9A-Fa-f]{6}|[A-Za-z])")
_OWN = re.compile("|".join(map(re.escape, NOTE_PREFIXES)))


def with_asides(grids: list[Grid], package: Parts, layout: Layout) -> list[Grid]:
    """Return the grids with ``remarks`` and ``margins`` where their sheets have any."""
    noted = any("comments" in name.lower() for name in package.names)
    sheets: Mapping[str, Sheet] = {sheet.name: sheet for sheet in layout.sheets}
    return [_with(grid, sheets[grid.sheet], package, layout, noted=noted) for grid in grids]


def _with(grid: Grid, sheet: Sheet, package: Parts, layout: Layout, *, noted: bool) -> Grid:
    tail = sheet.part[max(sheet.part.rfind(b"sheetData"), 0) :]
    remarks = [*_prompts(tail)] if b"prompt" in tail else []
    if noted:
        remarks += _notes(package, layout.leads[sheet.relation].target)
    margins = [*_margins(tail)] if b"eader" in tail or b"ooter" in tail else []
    if not remarks and not margins:
        return grid
    return replace(grid, remarks=tuple(remarks), margins=tuple(dict.fromkeys(margins)))


def _prompts(tail: bytes) -> Iterator[tuple[Area, str]]:
    for found in islice(_VALIDATION.finditer(tail), _MOST):
        told = {name: a or b for name, a, b in _ATTRIBUTE.findall(found[1].decode("utf-8", "replace"))}
        text = "\n".join(_plain(told[name]) for name in ("promptTitle", "prompt") if told.get(name))
        if text:
            for ref in islice(told.get("sqref", "").split(), _MOST):
                if area := _area(ref):
                    yield area, text


def _notes(package: Parts, part: str) -> Iterator[tuple[Area, str]]:
    """Yield the notes on a sheet's cells; a thread of comments has its text there too."""
    try:
        leads = [lead.target for lead in relations(package, part).values() if lead.kind == "comments"]
        found = [parse_xml(data, lead) for lead in leads if (data := package.find(lead)) is not None]
    except RefusedError:  # no reason to refuse a file whose cells are sound
        return
    for root in found:
        authors = ["".join(map(str, author.itertext())) for author in root.iter("{*}author")]
        for note in islice(root.iter("{*}comment"), _MOST):
            number = note.get("authorId", "")
            own = number.isdigit() and authors[int(number) : int(number) + 1] == [NOTE_AUTHOR]
            text = _OWN.split("".join(str(t.text or "") for t in note.iter("{*}t")))[0].strip()
            if not own and text and (area := _area(note.get("ref", ""))):
                yield area, text


def _margins(tail: bytes) -> Iterator[str]:
    for found in _MARGIN.findall(tail):
        for section in _SECTION.split(unescape(found.decode("utf-8", "replace"))):
            if text := _CODE.sub("", section).replace("&&", "&").strip():
                yield text


def _plain(text: str) -> str:
    return re.sub("_x000[aAdD]_", "\n", unescape(text))


def _area(ref: str) -> Area | None:
    try:
        return read_area(ref)
    except ValueError:
        return None
