"""Small things every writer of sheet XML needs: fragments without repeated namespaces, texts, the calendar.

Owns how a sheet is taken apart at its rows and put together again. Refuses: what the rows hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from lxml import etree

from salesxl.excel.package import Package
from salesxl.excel.values import unescape

__all__ = ["cell_text", "fragment", "replace_rows", "runs_text", "shared_texts", "take_rows", "uses_1904"]

MARK = "\ue000rows\ue000"
_DECLARED = re.compile(rb'\sxmlns(?::([^=\s]+))?="([^"]*)"')


def fragment(element: etree._Element) -> bytes:
    """Return an element as XML to be placed where it stands now: without what the root declares already.

    lxml repeats every namespace on a part that is serialised alone, which would double the size of rows.
    """
    known = {((p or "").encode(), uri.encode()) for p, uri in element.getroottree().getroot().nsmap.items()}
    text = etree.tostring(element, encoding="UTF-8", with_tail=False)
    end = text.index(b">")

    def kept(found: re.Match[bytes]) -> bytes:
        return b"" if (found[1] or b"", found[2]) in known else found[0]

    return _DECLARED.sub(kept, text[:end]) + text[end:]


def take_rows(package: Package, part: str) -> tuple[bytes, bytes]:
    """Take the rows out of a sheet, its tree as changed; return the XML before and after where they stood.

    The part is blank until it is written again.
    """
    data = package.xml(part).find(package.namespaces.tag("sheetData"))
    assert data is not None  # callers looked for it
    for row in list(data):
        data.remove(row)
    data.text = MARK
    package.touch(part)
    before, after = package.read(part).split(MARK.encode())
    package.write(part, b"")  # the tree of a sheet that repeats hundreds of times is much to keep
    return before, after


def replace_rows(package: Package, part: str, rows: Iterable[bytes], level: int) -> None:
    """Write a sheet with its tree as changed and these rows in place of those it has."""
    before, after = take_rows(package, part)
    package.write(part, chain((before,), rows, (after,)), level)


def runs_text(node: etree._Element, ns: str) -> str:
    """Return the text of a shared or inline string; phonetic hints are left out."""
    runs = [node.find(f"{{{ns}}}t"), *node.iterfind(f"{{{ns}}}r/{{{ns}}}t")]
    return unescape("".join(run.text or "" for run in runs if run is not None))


def shared_texts(package: Package) -> list[str]:
    """Return the workbook's shared strings as plain text, in order."""
    parts = package.related(package.main(), "sharedStrings")
    if not parts or parts[0] not in package:
        return []
    ns = package.namespaces
    return [runs_text(item, ns.main) for item in package.xml(parts[0]).iterchildren(ns.tag("si"))]


def cell_text(cell: etree._Element, texts: Sequence[str], ns: str) -> str:
    """Return what a cell shows as text: shared, inline, or the stored value as it stands."""
    if cell.get("t") == "inlineStr":
        inline = cell.find(f"{{{ns}}}is")
        return "" if inline is None else runs_text(inline, ns)
    value = cell.findtext(f"{{{ns}}}v") or ""
    return texts[int(value)] if cell.get("t") == "s" and value.isdigit() else unescape(value)


def uses_1904(package: Package) -> bool:
    """Tell whether the workbook counts its days from 1904, as those begun on old Macs do."""
    node = package.xml(package.main()).find(package.namespaces.tag("workbookPr"))
    return node is not None and node.get("date1904") in ("1", "true")
