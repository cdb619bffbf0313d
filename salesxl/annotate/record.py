"""What marking did to a workbook, kept inside it, so that it can be undone to the byte.

The record is a custom XML part, which Excel and WPS carry along when they save. It holds the small parts as
they were, and for the sheets what each change replaced. Owns the record's form; strip.py acts on it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from salesxl.xlsx.edit import Book
from salesxl.xlsx.limits import DEFAULT, Limits, broken
from salesxl.xlsx.package import Package, parse_xml

__all__ = ["Record", "SheetRecord", "Unpacker", "digest", "find", "pack"]

NAMESPACE = "urn:salesxl:marks:1"
_PROPS_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_PROPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<ds:datastoreItem ds:itemID="{{6B1D0C52-6C0F-4B4E-9E55-5A1E5A11E001}}" xmlns:ds="{}"><ds:schemaRefs>'
    f'<ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
)
_PROPS_SPACE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/customXml",
    "http://purl.oclc.org/ooxml/officeDocument/customXml",
)


@dataclass(slots=True)
class SheetRecord:
    """What was done to one sheet's part.

    ``cells`` holds for each marked cell the format it had or would have had, and whether it stood there;
    ``rows`` the ``spans`` of each row that had to grow, None for a row that was added; ``pieces`` the sheet's
    other children, as they were and as they were left (None: not there); ``was`` the whole part, for a sheet
    that another program wrote in a way that cannot be written the same again.
    """

    name: str
    now: str = ""
    was: str | None = None
    cells: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    rows: dict[str, str | None] = field(default_factory=dict)
    pieces: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """Everything that marking changed: parts added, parts replaced (as they were), sheets edited."""

    added: list[str] = field(default_factory=list)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Small parts: (digest as left, content as it was, packed)."""
    under: list[str] = field(default_factory=list)
    """The rep's own fills that marks cover, by the number that a mark's colour carries."""
    sheets: dict[str, SheetRecord] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the record as text; the same record always gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Record | None:
        """Return the record that a text holds, None for one that is not whole (it came from outside)."""
        try:
            data: dict[str, Any] = json.loads(text)
            sheets = {part: SheetRecord(**sheet) for part, sheet in data.pop("sheets").items()}
            return cls(sheets=sheets, **data)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def digest(data: bytes) -> str:
    """Return a short fingerprint of a part's content."""
    return hashlib.sha256(data).hexdigest()[:24]


def pack(data: bytes) -> str:
    """Return bytes as text that fits into the record."""
    return base64.b64encode(zlib.compress(data)).decode()


class Unpacker:
    """Gives back what ``pack`` packed, all of it together within what a workbook may inflate to.

    The record comes from outside, and what is packed in it may be a bomb.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.left, self._limits = limits.max_inflated_bytes, limits

    def __call__(self, text: str) -> bytes:
        """Return one part.

        Raises:
            ValueError: the text is not whole.
            RefusedError: ``unsafe``, inflates_too_much.
        """
        try:
            inflater = zlib.decompressobj()
            data = inflater.decompress(base64.b64decode(text), self.left + 1)
        except zlib.error as error:
            raise ValueError("the record is damaged") from error
        self.left -= len(data)
        if self.left < 0:
            raise broken("inflates_too_much", self._limits, "max_inflated_bytes", part=NAMESPACE)
        if not inflater.eof:
            raise ValueError("the record is damaged")
        return data


def reserve(book: Book) -> str:
    """Give the record its place in the package, empty as yet, and return the part's name."""
    package = book.package
    part = package.free_name("customXml/item{}.xml")
    number = "".join(filter(str.isdigit, part))
    props = f"customXml/itemProps{number}.xml"
    package.write(part, b"<x/>")
    if package.content_type(part) is None:
        package.set_content_type(part, "application/xml")
    package.write(props, _PROPS.format(_PROPS_SPACE[package.namespaces.strict]).encode())
    package.set_content_type(props, _PROPS_TYPE)
    package.add_rel(part, "customXmlProps", props)
    package.add_rel(package.main(), "customXml", part)
    return part


def write(package: Package, part: str, record: Record) -> None:
    """Put the finished record into its part."""
    body = f'<marks xmlns="{NAMESPACE}">{escape(record.to_json())}</marks>'
    package.write(part, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + body.encode())


def find(package: Package) -> tuple[str, Record | None] | None:
    """Return the record's part and the record (None when it is not whole), or None for a workbook without."""
    for part in _items(package):
        if part in package and NAMESPACE.encode() in package.peek(part):
            return part, Record.from_json(parse_xml(package.read(part), part).text or "")
    return None


def own_parts(package: Package, part: str) -> list[str]:
    """Return the record's part with those that only it has."""
    return [part, *(r.target for r in package.rels(part).values() if r.target in package)]


def _items(package: Package) -> Iterable[str]:
    yield from package.related(package.main(), "customXml")
    # a program that dropped the relationship may have kept the part
    yield from (n for n in package.names() if n.startswith("customXml/item") and "Props" not in n)
