"""Conditional formats and data validations, added after those that are there.

Owns the two lists of a sheet. Excel's newer rules in the sheet's extension list are never touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from salesxl.xlsx.edit.sheet import Sheet

__all__ = ["MAX_LIST", "add_conditional_format", "add_validation"]

MAX_LIST = 255
"""Characters a list of choices may have inside a rule; a longer one corrupts the file for Excel."""


def add_conditional_format(sheet: Sheet, area: str, formula: str, dxf: int, *, stop: bool = False) -> None:
    """Add a rule that gives an area a differential format where a formula holds.

    The formula is written as for the area's first cell. The rule yields to every rule that is there.
    """
    pieces = sheet.pieces
    known = [child for child in pieces.children if child.name == "conditionalFormatting"]
    priorities = [
        int(rule.get("priority", 0)) for child in known for rule in child.node if rule.get("priority")
    ]
    raw = b"<%sconditionalFormatting/>" % pieces.prefix
    piece = pieces.add(raw, "conditionalFormatting")
    piece.node.set("sqref", area)
    space = etree.QName(piece.node).namespace
    attributes = {"type": "expression", "dxfId": str(dxf), "priority": str(max(priorities, default=0) + 1)}
    if stop:
        attributes["stopIfTrue"] = "1"
    rule = etree.SubElement(piece.node, f"{{{space}}}cfRule", attributes)
    etree.SubElement(rule, f"{{{space}}}formula").text = formula


def add_validation(
    sheet: Sheet,
    area: str,
    choices: Sequence[str] | str,
    *,
    title: str = "",
    message: str = "",
    strict: bool = True,
) -> None:
    """Add a dropdown to an area: choices by their words, or a reference to the cells that hold them.

    ``strict`` refuses other entries. Raises ValueError for words that hold a comma or are too long together:
    put those on a sheet and give the reference.
    """
    if isinstance(choices, str):
        formula = choices.removeprefix("=")
    else:
        joined = ",".join(choices)
        if len(joined) > MAX_LIST or any("," in choice for choice in choices):
            raise ValueError(
                f"{len(choices)} choices do not fit into a rule; put them on a sheet and refer to it"
            )
        formula = '"' + joined.replace('"', '""') + '"'
    node = sheet.pieces.get("dataValidations").node
    space = etree.QName(node).namespace
    attributes = {"type": "list", "allowBlank": "1", "showInputMessage": "1"}
    if strict:
        attributes["showErrorMessage"] = "1"
    if message:
        attributes |= {"errorTitle": title[:32], "error": message[:255]}
    rule = etree.SubElement(node, f"{{{space}}}dataValidation", {**attributes, "sqref": area})
    etree.SubElement(rule, f"{{{space}}}formula1").text = formula
    node.set("count", str(len(node)))
