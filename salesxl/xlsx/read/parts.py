"""Finding one's way in an .xlsx or .xlsb package: which part holds which sheet, strings, custom properties.

Owns names and relations of parts, in transitional and strict OOXML alike (namespaces are not looked at).
Refuses: cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.limits import damaged
from salesxl.xlsx.namespaces import Relationship, parse_xml, relationships, rels_name
from salesxl.xlsx.read.package import Parts

__all__ = [
    "CUSTOM",
    "Layout",
    "Sheet",
    "custom_properties",
    "document_properties",
    "layout",
    "plain_parts",
    "relations",
    "styles_part",
    "workbook_part",
]

CUSTOM = "docProps/custom.xml"
MODIFIED = "modified"
"""The name under which a workbook's own stamp stands among its properties."""

_SST = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
_UNIQUE = re.compile(rb"""(\suniqueCount\s*=\s*["'])[^"']*""")
_DIMENSION = re.compile(rb"""<dimension\s+ref\s*=\s*["']([^"']*)["']\s*/>""")
_AREA = re.compile(rb"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
_FOLDERS = {"worksheet": "worksheets", "chartsheet": "chartsheets", "dialogsheet": "dialogsheets"}
_PASSED_OVER = frozenset({"chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"})
"""Kinds of sheets that hold no cells that anybody fills in."""
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b(?:[^>]*?\sref\s*=\s*["']([^"']*)["'])?[^>]*>""")
_CONTENT_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_RELATION = (
    '<Relationship Id="{}" Target="{}"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook lists it; ``kind`` is ``worksheet``, ``chartsheet`` … as its relation says."""

    name: str
    relation: str
    kind: str
    part: bytes


def relations(package: Parts, part: str) -> dict[str, Relationship]:
    """Return the relations of a part, or of the package for ``""``, by id; external ones are left out."""
    data = package.find(rels_name(part))
    known = relationships(parse_xml(data), part) if data is not None else {}
    return {rid: relation for rid, relation in known.items() if not relation.external}


def workbook_part(package: Parts, usual: str) -> str:
    """Return the name of the workbook part, which need not be the usual one."""
    leads = relations(package, "").values()
    return next((relation.target for relation in leads if relation.kind == "officeDocument"), usual)


@dataclass(frozen=True, slots=True)
class Layout:
    """An .xlsx package's workbook part, where its relations lead, and its sheets in the workbook's order.

    ``lost`` are sheets that the workbook lists and nobody can read, by name with the reason:
    ``sheet_missing`` (its part is not there) or ``sheet_kind`` (of a kind that no reader knows).
    """

    workbook: bytes
    leads: Mapping[str, Relationship]
    sheets: tuple[Sheet, ...]
    lost: Mapping[str, str]


def layout(package: Parts) -> Layout:
    """Find the workbook and its sheets.

    Raises:
        RefusedError: unreadable, reason damaged, where the workbook or every sheet's part is missing, or two
            sheets bear one name.
    """
    part = workbook_part(package, "xl/workbook.xml")
    data = package.find(part)
    if data is None:
        raise damaged("workbook part missing", part=part)
    leads = relations(package, part)
    found: dict[str, Sheet] = {}
    lost: dict[str, str] = {}
    root = parse_xml(data)
    for at, element in enumerate([*root.iter("{*}sheet", "sheet")], 1):
        name = element.get("name", "")
        number = next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")
        relation = leads.get(number)
        content = package.find(relation.target) if relation else None
        if relation and content is not None and relation.kind in _FOLDERS:
            if name in found:
                raise damaged("two sheets bear one name", sheet=name)
            found[name] = Sheet(name, number, relation.kind, content)
            continue
        if relation is None or relation.kind not in _PASSED_OVER:
            lost[name or f"#{at}"] = "sheet_missing" if content is None else "sheet_kind"
        parent = element.getparent()
        assert parent is not None  # the root is the workbook
        parent.remove(element)  # the reader gives up on it
        data = b""
    if lost and not any(sheet.kind == "worksheet" for sheet in found.values()):
        raise damaged("no sheet's part is there", sheet=next(iter(lost)))
    return Layout(data or etree.tostring(root), leads, tuple(found.values()), lost)


def plain_parts(package: Parts, found: Layout) -> dict[str, bytes]:
    """Return the parts that the reader needs, under the names it looks for, and none that it does not need.

    So the reader sees just what has been looked through, wherever the archive kept it.
    """
    parts = {"[Content_Types].xml": _CONTENT_TYPES, "xl/workbook.xml": found.workbook}
    lines = []
    for number, sheet in enumerate(found.sheets, 1):
        target = f"{_FOLDERS.get(sheet.kind, 'macrosheets')}/sheet{number}.xml"
        lines.append(_RELATION.format(escape(sheet.relation), target, escape(sheet.kind)))
        if sheet.kind == "worksheet":
            parts[f"xl/{target}"] = _without_false_merges(_without_dimension(sheet.part))
    for identifier, relation in found.leads.items():
        content = package.find(relation.target)
        if relation.kind in {"styles", "sharedStrings"} and content is not None:
            lines.append(_RELATION.format(escape(identifier), f"{relation.kind}.xml", relation.kind))
            parts[f"xl/{relation.kind}.xml"] = (
                _honest(content) if relation.kind == "sharedStrings" else content
            )
    root = _RELATION.format("rId1", "xl/workbook.xml", "officeDocument")
    parts["_rels/.rels"] = _RELATIONS.format(root).encode()
    parts["xl/_rels/workbook.xml.rels"] = _RELATIONS.format("".join(lines)).encode()
    return parts


def styles_part(package: Parts, found: Layout) -> bytes:
    """Return the workbook's styles; nothing where it has none."""
    leads = (relation.target for relation in found.leads.values() if relation.kind == "styles")
    return next((content for target in leads if (content := package.find(target)) is not None), b"")


def _without_dimension(sheet: bytes) -> bytes:
    """Return a sheet without its claimed extent, if that is no address: the reader gives up on it."""
    claim = _DIMENSION.search(sheet, 0, 4096)
    if claim is None or _AREA.fullmatch(claim[1]):
        return sheet
    return sheet[: claim.start()] + sheet[claim.end() :]


def _without_false_merges(sheet: bytes) -> bytes:
    """Return a sheet without merged cells that are no area: the reader gives up on them."""
    if b"ergeCell " not in sheet or all(_AREA.fullmatch(ref) for ref in _MERGED.findall(sheet)):
        return sheet
    return _MERGED.sub(lambda m: m[0] if m[1] and _AREA.fullmatch(m[1]) else b"", sheet)


def _honest(strings: bytes) -> bytes:
    """Return the shared strings with a count that is no lie.

    The reader makes room for as many strings as ``uniqueCount`` claims before it reads the first: a claim of
    four thousand million asks for a hundred gigabytes.
    """
    head = _SST.search(strings[:4096])
    if head is None or b"uniqueCount" not in head[0]:
        return strings
    real = str(strings.count(b"<si") + strings.count(b":si")).encode()
    return strings[: head.start()] + _UNIQUE.sub(rb"\g<1>" + real, head[0]) + strings[head.end() :]


def custom_properties(part: bytes) -> dict[str, str]:
    """Return the custom properties by name, as text, given the part that holds them."""
    found = parse_xml(part, CUSTOM).iter("{*}property")
    return {p.get("name", ""): "".join(str(text) for text in p.itertext()).strip() for p in found}


def document_properties(package: Parts) -> dict[str, str]:
    """Return the custom document properties as text, by name, and ``modified``.

    ``modified`` is when a program last saved the workbook, as it noted itself: UTC, 2026-11-20T08:30:00Z.
    """
    data = package.find(CUSTOM)
    found = custom_properties(data) if data is not None else {}
    found.pop(MODIFIED, None)
    stamp = _modified(package)
    return found | ({MODIFIED: stamp} if stamp else {})


def _modified(package: Parts) -> str | None:
    """Return the workbook's own stamp in one notation, so that stamps sort as text; None if it has none."""
    data = package.find("docProps/core.xml")
    if data is None:
        return None
    try:
        moment = dt.datetime.fromisoformat((parse_xml(data).findtext("{*}modified") or "").strip())
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
    except (RefusedError, ValueError, OverflowError):  # no reason to refuse a file whose cells are sound
        return None
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}Z"
