"""A workbook as a package of parts: read, replace, add and remove parts, relationships and content types.

Every entry that nobody touched is copied to the result as it stands: the same compressed bytes, in the same
place, with the same time stamp. Owns the parts' names, relationships and types; knows nothing of cells.
Refuses: document type definitions, entities and network access in any part; encrypted or damaged archives.

A part's name has no leading slash (``xl/workbook.xml``); names match in any case, as the format has it.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.archive import LEVEL, Entry, deflate, inflate, peek, read_entries, within, write_entries
from salesxl.xlsx.limits import DEFAULT, Limits, broken
from salesxl.xlsx.namespaces import (
    DECLARATION,
    STRICT,
    TRANSITIONAL,
    Namespaces,
    Relationship,
    parse_xml,
    relationships,
    rels_name,
    write_xml,
)
from salesxl.xlsx.packed import Packed
from salesxl.xlsx.read.encryption import opened
from salesxl.xlsx.read.xls import SIGNATURE, Compound

__all__ = ["ROOT", "STRICT", "TRANSITIONAL", "Namespaces", "Package", "Relationship", "parse_xml"]

ROOT = ""
"""The package itself as the source of relationships (``_rels/.rels``)."""

TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_STRICT_MAIN = STRICT.rel_type("officeDocument")


class Package:
    """The parts of one workbook, changed in memory and saved with everything else left as it was."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        self._names: dict[str, str] = {}
        for entry in entries:
            if entry.name.endswith("/"):
                continue
            key = entry.name.replace("\\", "/").lstrip("/")
            self._names[key.lower()] = key
            self._entries[key] = entry
        self._trees: dict[str, etree._Element] = {}
        self._roots: dict[str, tuple[bytes, list[tuple[str, str]]]] = {}
        self._dirty: set[str] = set()
        self._rels: dict[str, dict[str, Relationship]] = {}  # by relationships part, as it stands
        self._typed: tuple[etree._Element | None, dict[str, etree._Element]] = None, {}
        self._written: dict[str, tuple[bytes, int]] = {}  # not compressed before the package is saved

    @classmethod
    def open(cls, source: Path | str | bytes, limits: Limits = DEFAULT) -> Package:
        """Open a workbook from a path or from its bytes, within the bounds that reading has.

        One that is encrypted under Excel's own password is opened, and saved without. Raises RefusedError
        ``unreadable`` for what is no package (an old .xls, an encrypted or cut-off file), and ``unsafe`` for
        one that breaks a bound.
        """
        size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
        if size > limits.max_file_bytes:
            raise broken("too_large", limits, "max_file_bytes", found=size)
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        if data.startswith(SIGNATURE):
            data = opened(Compound(data), limits)
        return cls(within(read_entries(data, limits), limits))

    def copy(self) -> Package:
        """Return a package of the same parts, to be changed apart; this one has not been changed itself."""
        assert not self._dirty | self._written.keys()
        return Package(self._entries.values())

    # ---- parts

    def names(self) -> list[str]:
        """Return the parts' names in the archive's order, new ones last."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._names

    def read(self, name: str) -> bytes:
        """Return a part's bytes as they would be saved now. Raises KeyError when there is no such part."""
        key = self._key(name)
        if key in self._dirty:
            return self._serialise(key)
        return self._content(key)

    def peek(self, name: str, size: int = 4096) -> bytes:
        """Return the first bytes of a part as it was read or written, without inflating the rest."""
        key = self._key(name)
        return self._written[key][0][:size] if key in self._written else peek(self._entries[key], size)

    def entry(self, name: str) -> Entry:
        """Return a part as it is compressed; one that was written whole is compressed when it is saved."""
        return self._entries[self._key(name)]

    def write(self, name: str, data: bytes | Iterable[bytes | Packed], level: int = LEVEL) -> None:
        """Replace or add a part; a stream of chunks is compressed as it comes, never held whole.

        A new part needs a content type (``set_content_type``) unless its extension has a default.
        """
        key = self._names.setdefault(name.lstrip("/").lower(), name.lstrip("/"))
        self._forget(key)
        old = self._entries.get(key)
        name = old.name if old else key
        self._written.pop(key, None)
        if isinstance(data, bytes):
            self._written[key] = data, level
            self._entries[key] = Entry(name, b"", zlib.crc32(data), len(data))
        else:
            self._entries[key] = deflate(name, data, level)

    def write_packed(self, name: str, entry: Entry) -> None:
        """Replace a part by what is compressed already."""
        key = self._key(name)
        self._forget(key)
        self._written.pop(key, None)
        self._entries[key] = replace(entry, name=self._entries[key].name)

    def remove(self, name: str) -> None:
        """Take a part out, with its relationships part and its content type; not those that point to it."""
        key = self._key(name)
        for gone in (key, rels_name(key)):
            if gone in self:
                found = self._names.pop(gone.lower())
                self._entries.pop(found)
                self._written.pop(found, None)
                self._forget(found)
        override = self._override(key)
        if override is not None:
            override.getparent().remove(override)  # type: ignore[union-attr]
            del self._typed[1]["/" + key.lower()]
            self.touch(TYPES)

    def free_name(self, pattern: str) -> str:
        """Return the first unused name of a pattern such as ``xl/comments{}.xml``, counting from 1."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def differs(self, name: str, other: Package) -> bool:
        """Say whether a part would be saved with other content than another package has it."""
        key, mine = self._key(name), self._entries[self._key(name)]
        if key in self._dirty or name not in other:
            return name not in other or self.read(key) != other.read(name)
        theirs = other._entries[other._key(name)]
        return (mine.crc, mine.size) != (theirs.crc, theirs.size)

    # ---- parts as XML

    def xml(self, name: str) -> etree._Element:
        """Return a part's root element, parsed once; call ``touch`` after changing it."""
        key = self._key(name)
        if key not in self._trees:
            data = self._content(key)
            root = parse_xml(data, key)
            self._trees[key] = root
            self._roots[key] = (data, [*root.attrib.items()])  # type: ignore[list-item]
        return self._trees[key]

    def touch(self, name: str) -> None:
        """Mark a part's element tree as changed, so that saving writes it anew."""
        key = self._key(name)
        if key not in self._trees:
            raise KeyError(f"{name}: nothing was parsed that could have changed; call xml() first")
        self._dirty.add(key)
        self._rels.pop(key, None)

    def _serialise(self, key: str) -> bytes:
        return write_xml(self._trees[key], *self._roots[key])

    # ---- relationships

    def rels(self, part: str = ROOT) -> dict[str, Relationship]:
        """Return the relationships of a part (or of the package) by id, targets as parts' names."""
        name = self._names.get(rels_name(part).lower())
        if name is None:
            return {}
        if name in self._rels:
            return self._rels[name]
        found = self._rels[name] = {
            rid: r if r.external else replace(r, target=self._names.get(r.target.lower(), r.target))
            for rid, r in relationships(self.xml(name), part).items()
        }
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts that a part refers to by a kind of relationship: ``related(sheet, "table")``.

        What leads to a part that is not there is left out.
        """
        leads = (r.target for r in self.rels(part).values() if r.kind == kind and not r.external)
        return [target for target in leads if target in self]

    def missing(self, part: str, kind: str) -> str | None:
        """Return the name of a part that is referred to and is not there, for a new one to take its place."""
        leads = (r.target for r in self.rels(part).values() if r.kind == kind and not r.external)
        return next((target for target in leads if target and target not in self), None)

    def resolve(self, part: str, rid: str) -> str:
        """Return the name of the part that a relationship id points to. Raises KeyError for an unknown id."""
        return self.rels(part)[rid].target

    def add_rel(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """Relate a part to another and return the new id.

        ``kind`` is a full type or its last word; ``target`` is a part's name, or an address when external.
        """
        name = rels_name(part)
        if name not in self:
            self.write(name, DECLARATION + b'<Relationships xmlns="%s"/>' % _RELS_NS.encode())
            if self.content_type(name) != _RELS_TYPE:
                self.set_content_type(name, _RELS_TYPE)
        root = self.xml(name)
        used = {node.get("Id") for node in root}
        number = len(root) + 1
        while f"rId{number}" in used:
            number += 1
        node = etree.SubElement(root, f"{{{_RELS_NS}}}Relationship")
        node.set("Id", f"rId{number}")
        node.set("Type", kind if "/" in kind else self.namespaces.rel_type(kind))
        node.set("Target", target if external else _relative(posixpath.dirname(part), target))
        if external:
            node.set("TargetMode", "External")
        self.touch(name)
        return f"rId{number}"

    def remove_rel(self, part: str, rid: str) -> None:
        """Take one relationship away; a relationships part left empty goes too."""
        name = rels_name(part)
        root = self.xml(name)
        for node in root.findall(f"{{{_RELS_NS}}}Relationship"):
            if node.get("Id") == rid:
                root.remove(node)
                self.touch(name)
        if len(root) == 0:
            self.remove(name)

    # ---- content types

    def content_type(self, name: str) -> str | None:
        """Return a part's content type, by its own entry or by its extension."""
        override = self._override(name)
        if override is not None:
            return override.get("ContentType")
        extension = name.rpartition(".")[2].lower()
        for node in self.xml(TYPES).iterchildren(f"{{{_TYPES_NS}}}Default"):
            if node.get("Extension", "").lower() == extension:
                return node.get("ContentType")
        return None

    def set_content_type(self, name: str, content_type: str) -> None:
        """State a part's content type; nothing is written where its extension already says so."""
        if self.content_type(name) == content_type:
            return
        node = self._override(name)
        if node is None:
            node = etree.SubElement(self.xml(TYPES), f"{{{_TYPES_NS}}}Override")
            node.set("PartName", "/" + name.lstrip("/"))
            self._typed[1]["/" + name.lstrip("/").lower()] = node
        node.set("ContentType", content_type)
        self.touch(TYPES)

    def of_type(self, content_type: str) -> list[str]:
        """Return the parts that state this content type for themselves, in the order they were stated."""
        self._override(TYPES)  # looks through them
        nodes = self._typed[1].values()
        return [n.get("PartName", "").lstrip("/") for n in nodes if n.get("ContentType") == content_type]

    def set_default_type(self, extension: str, content_type: str) -> None:
        """State the content type of an extension that has none yet."""
        if self.content_type(f"any.{extension}") is None:
            root = self.xml(TYPES)
            node = root.makeelement(f"{{{_TYPES_NS}}}Default", {})
            node.set("Extension", extension)
            node.set("ContentType", content_type)
            root.insert(0, node)
            self.touch(TYPES)

    # ---- the workbook

    @property
    def namespaces(self) -> Namespaces:
        """The workbook's spelling of the names: Transitional, or Strict."""
        return STRICT if any(r.type == _STRICT_MAIN for r in self.rels().values()) else TRANSITIONAL

    def main(self) -> str:
        """Return the workbook part's name. Raises RefusedError ``unreadable`` when there is none."""
        found = self.related(ROOT, "officeDocument")
        if not found or found[0] not in self:
            raise RefusedError("unreadable", reason="no_workbook")
        return found[0]

    def sheets(self) -> list[tuple[str, str]]:
        """Return (name, part) of every sheet in the workbook's order, hidden and chart sheets included."""
        main, names = self.main(), self.namespaces
        rels: Mapping[str, Relationship] = self.rels(main)
        nodes = self.xml(main).iterfind(f"{names.tag('sheets')}/{names.tag('sheet')}")
        pairs = ((node.get("name", ""), node.get(names.rid(), "")) for node in nodes)
        return [(name, rels[rid].target) for name, rid in pairs if rid in rels]

    # ---- saving

    def to_bytes(self) -> bytes:
        """Return the package: untouched entries as they were, changed and new ones deflated, no clock."""
        return write_entries(self._final())

    def save(self, path: Path | str) -> None:
        """Write the package to a file."""
        write_entries(self._final(), Path(path))

    def _final(self) -> Iterable[Entry]:
        for key, entry in self._entries.items():
            if key in self._dirty:
                data = self._serialise(key)
                if data != self._roots[key][0]:
                    yield deflate(entry.name, data)
                    continue
            if key in self._written:
                yield deflate(entry.name, *self._written[key])
            else:
                yield entry

    # ---- helpers

    def _content(self, key: str) -> bytes:
        if key in self._written:
            return self._written[key][0]
        return self._roots[key][0] if key in self._roots else inflate(self._entries[key])

    def _forget(self, key: str) -> None:
        """Forget what was read of a part that changes as a whole."""
        self._trees.pop(key, None)
        self._roots.pop(key, None)
        self._dirty.discard(key)
        self._rels.pop(key, None)

    def _key(self, name: str) -> str:
        try:
            return self._names[name.lstrip("/").lower()]
        except KeyError:
            raise KeyError(f"no part {name} in the package") from None

    def _override(self, name: str) -> etree._Element | None:
        """Find a part's own entry; they are looked through once, as a workbook may get hundreds of sheets."""
        root = self.xml(TYPES)
        if self._typed[0] is not root:
            nodes = root.iterchildren(f"{{{_TYPES_NS}}}Override")
            known: dict[str, etree._Element] = {}
            for node in nodes:
                known.setdefault(node.get("PartName", "").lower(), node)
            self._typed = root, known
        return self._typed[1].get("/" + name.lstrip("/").lower())


@lru_cache(maxsize=4096)
def _relative(folder: str, target: str) -> str:
    """Return how a part is named in a folder's relationships."""
    return posixpath.relpath(target, folder or ".")
