"""The names of the format: namespaces and relationships, and the one way a part's XML is parsed.

Owns what Transitional and Strict workbooks spell differently. Refuses: entities, document types, network.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from salesxl.errors import RefusedError

__all__ = [
    "DECLARATION",
    "STRICT",
    "TRANSITIONAL",
    "Namespaces",
    "Relationship",
    "parse_xml",
    "relationships",
    "rels_name",
    "write_xml",
]

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROLOG = re.compile(rb"^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>)?\s*")
_START_TAG = re.compile(rb"""<[^\s/>!?]+(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The names that Transitional and Strict workbooks spell differently."""

    main: str
    rel: str
    """The namespace of ``r:id`` attributes."""
    rel_base: str
    drawing: str
    spreadsheet_drawing: str
    strict: bool = False

    def tag(self, name: str) -> str:
        """Return a SpreadsheetML element name for lxml: ``sheetData`` → ``{…main}sheetData``."""
        return f"{{{self.main}}}{name}"

    def rid(self, name: str = "id") -> str:
        """Return a relationship attribute for lxml: ``{…relationships}id``."""
        return f"{{{self.rel}}}{name}"

    def rel_type(self, name: str) -> str:
        """Return the full relationship type for its last word: ``comments``, ``table``, ``styles`` …"""
        return f"{self.rel_base}/{name}"


TRANSITIONAL = Namespaces(
    main="http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    rel="http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    rel_base="http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    drawing="http://schemas.openxmlformats.org/drawingml/2006/main",
    spreadsheet_drawing="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
)
STRICT = Namespaces(
    main="http://purl.oclc.org/ooxml/spreadsheetml/main",
    rel="http://purl.oclc.org/ooxml/officeDocument/relationships",
    rel_base="http://purl.oclc.org/ooxml/officeDocument/relationships",
    drawing="http://purl.oclc.org/ooxml/drawingml/main",
    spreadsheet_drawing="http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    strict=True,
)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship: ``target`` is a part's name, or an address outside the package when ``external``."""

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        """The last word of the type, the same in Strict and Transitional: ``comments``, ``table`` …"""
        return self.type.rpartition("/")[2]


def rels_name(part: str) -> str:
    """Return the name of the part that holds a part's relationships, or the package's for ``""``."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels").lstrip("/")


def relationships(root: etree._Element, part: str) -> dict[str, Relationship]:
    """Return the relationships of a part by id, targets as parts' names, given the part that holds them."""
    folder = posixpath.dirname(part)
    found: dict[str, Relationship] = {}
    for node in root.iterchildren("{*}Relationship"):
        external = node.get("TargetMode") == "External"
        target = node.get("Target", "")
        rid = node.get("Id", "")
        found[rid] = Relationship(
            rid, node.get("Type", ""), target if external else _resolved(folder, target), external
        )
    return found


@lru_cache(maxsize=4096)
def _resolved(folder: str, target: str) -> str:
    """Return the part that a target names, seen from a folder; every workbook asks for the same few."""
    plain = unquote(target).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, plain)).lstrip("/")


PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
"""The one parser; it may be shared between threads."""


def parse_xml(data: bytes, part: str = "") -> etree._Element:
    """Parse a part without entities, document types, network or limits switched off.

    Raises RefusedError ``unsafe`` for a document type, ``unreadable`` for text that is not XML.
    """
    try:
        root = etree.fromstring(data, PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RefusedError("unreadable", reason="damaged", part=part, detail=str(error)[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RefusedError("unsafe", reason="dtd", part=part)
    return root


def write_xml(root: etree._Element, data: bytes, attributes: Sequence[tuple[str, str]]) -> bytes:
    """Write a tree with the declaration, the root's own tag and the trailing bytes it was read with.

    ``data`` is the part as read, ``attributes`` the root's at that time. The root's tag is kept as typed
    because its prefixes are named in attributes (``mc:Ignorable``) and lxml would put them in another order.
    """
    if root.getroottree().docinfo.encoding not in (None, "UTF-8", "utf-8", "ASCII", "US-ASCII"):
        return DECLARATION + etree.tostring(root, encoding="UTF-8")
    if root.getprevious() is not None or root.getnext() is not None:
        return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)
    prolog = _PROLOG.match(data)
    assert prolog is not None  # the pattern matches the empty string too
    body = etree.tostring(root, encoding="UTF-8", with_tail=False)
    old, new = _START_TAG.match(data, prolog.end()), _START_TAG.match(body)
    if old and new and [*root.attrib.items()] == attributes and old[1] == new[1]:
        body = old[0] + body[new.end() :]
    return prolog[0] + body + data[data.rfind(b">") + 1 :]
