"""Finding one's way in an .xlsx package: which part holds which sheet, shared strings, custom properties.

Owns names and relations of parts, in transitional and strict OOXML alike (namespaces are not looked at).
Refuses: cells.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from lxml import etree

from salesxl.excel.grid_limits import damaged
from salesxl.excel.grid_zip import Package

__all__ = ["custom_properties", "honest_strings", "parse", "sheet_parts", "workbook_part"]

_SST = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
_UNIQUE = re.compile(rb"""(\suniqueCount\s*=\s*["'])\s*(\d+)""")


def parse(part: bytes) -> etree._Element:
    """Parse a part with nothing fetched and no entity resolved.

    Raises:
        Refused: unreadable, reason damaged.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(error) from error


def local(tag: object) -> str:
    """Return a tag's or attribute's name without its namespace."""
    return str(tag).rpartition("}")[2]


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Return the relations of a part: id → (last word of the type, part it leads to)."""
    folder, name = posixpath.split(part)
    data = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if data is None:
        return {}
    relations: dict[str, tuple[str, str]] = {}
    for element in parse(data):
        if element.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "").replace("\\", "/")))
        kind = element.get("Type", "").rpartition("/")[2]
        relations[element.get("Id", "")] = kind, target.lstrip("/")
    return relations


def workbook_part(package: Package) -> str:
    """Return the name of the workbook part, which need not be ``xl/workbook.xml``."""
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument":
            return target
    return "xl/workbook.xml"


def sheet_parts(package: Package) -> dict[str, str]:
    """Return each sheet's part by the sheet's name, in the workbook's order.

    Raises:
        Refused: unreadable, reason damaged, where there is no workbook part or two sheets bear one name.
    """
    part = workbook_part(package)
    data = package.find(part)
    if data is None:
        raise damaged("workbook part missing", part=part)
    relations = _relations(package, part)
    sheets: dict[str, str] = {}
    for element in parse(data).iter("{*}sheet"):
        name = element.get("name", "")
        if name in sheets:
            raise damaged("two sheets of one name", sheet=name)
        number = next((str(value) for key, value in element.attrib.items() if local(key) == "id"), "")
        sheets[name] = relations.get(number, ("", ""))[1]
    return sheets


def custom_properties(package: Package) -> Mapping[str, str]:
    """Return the custom document properties as text, by name."""
    data = package.find("docProps/custom.xml")
    if data is None:
        return {}
    return {
        element.get("name", ""): "".join(str(text) for text in element.itertext()).strip()
        for element in parse(data).iter("{*}property")
    }


def honest_strings(package: Package) -> Mapping[str, bytes]:
    """Return the shared string parts that lie about their count, mended; empty for an ordinary file.

    The reader makes room for as many strings as ``uniqueCount`` claims before it reads one.
    """
    mended: dict[str, bytes] = {}
    for name, part in package.parts.items():
        head = _SST.search(part[:4096]) if b"uniqueCount" in part[:4096] else None
        if head is None or not (claim := _UNIQUE.search(head[0])):
            continue
        real = part.count(b"<si") + part.count(b":si")
        if int(claim[2]) > real + 1000:
            tag = head[0].replace(claim[0], claim[1] + str(real).encode())
            mended[name] = part[: head.start()] + tag + part[head.end() :]
    return mended
