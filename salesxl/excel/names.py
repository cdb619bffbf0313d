"""The names of the format: namespaces, relationship types, and the one way a part's XML is parsed.

Owns what Transitional and Strict workbooks spell differently. Refuses: entities, document types, network.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from salesxl.errors import Refused

__all__ = ["STRICT", "TRANSITIONAL", "Namespaces", "Relationship", "parse_xml"]


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


PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
"""The one parser; it may be shared between threads."""


def parse_xml(data: bytes, part: str = "") -> etree._Element:
    """Parse a part without entities, document types, network or limits switched off.

    Raises Refused ``unsafe`` for a document type, ``unreadable`` for text that is not XML.
    """
    try:
        root = etree.fromstring(data, PARSER)
    except etree.XMLSyntaxError as error:
        raise Refused("unreadable", reason="damaged", part=part) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("unsafe", reason="document_type", part=part)
    return root
