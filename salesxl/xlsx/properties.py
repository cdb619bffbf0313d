"""Custom document properties of a workbook (``salesxl.form``, ``salesxl.week`` …): set and read as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from salesxl.xlsx.package import ROOT, Package
from salesxl.xlsx.read.parts import CUSTOM, custom_properties

__all__ = ["read_properties", "set_properties"]

PART = CUSTOM
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
NS = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
FIRST_ID = 2  # ids 0 and 1 are reserved by the format


def read_properties(package: Package) -> dict[str, str]:
    """Return the custom properties by name, as text."""
    return custom_properties(package.read(PART)) if PART in package else {}


def set_properties(package: Package, values: Mapping[str, str]) -> None:
    """Set custom properties, keeping those of other names."""
    known = {**read_properties(package), **values}
    prefixes: dict[Any, str] = {None: NS, "vt": VT}
    root = etree.Element(f"{{{NS}}}Properties", nsmap=prefixes)
    for number, (name, value) in enumerate(known.items(), FIRST_ID):
        attributes = {"fmtid": FORMAT_ID, "pid": str(number), "name": name}
        item = etree.SubElement(root, f"{{{NS}}}property", attributes)
        etree.SubElement(item, f"{{{VT}}}lpwstr").text = value
    fresh = PART not in package
    package.write(PART, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    if fresh:
        package.set_content_type(PART, TYPE)
        package.add_rel(ROOT, KIND, PART)
