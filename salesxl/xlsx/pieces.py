"""A part cut into the children of its root, so that only what changed is written anew.

A part is read as: declaration, root tag, one piece of raw text a child, end tag. Pieces nobody touched keep
their bytes: attribute order, prefixes, quotes and spaces. Owns offsets and prefixes; knows nothing of Excel.
Refuses: document types; encodings other than UTF-8, comments and CDATA are rewritten plainly first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from xml.parsers import expat

from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.namespaces import PARSER, parse_xml

__all__ = ["Piece", "Pieces", "Wrapper", "plain"]

_TAG = re.compile(rb"""<([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>""")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")


def plain(data: bytes, part: str = "") -> bytes:
    """Return a part's text as UTF-8 without comments and CDATA, unchanged where it already is.

    Raises RefusedError ``unsafe`` for a document type.
    """
    if b"<!DOCTYPE" in data:
        raise RefusedError("unsafe", reason="dtd", part=part)
    encoding = _ENCODING.match(data)
    foreign = encoding is not None and encoding[1].upper() not in (b"UTF-8", b"US-ASCII", b"ASCII")
    if foreign or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!--" in data or b"<![CDATA[" in data:
        root = parse_xml(data, part)
        etree.strip_tags(root, etree.Comment)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return data


class Wrapper:
    """Parse and write fragments in the scope of a root tag, as if they stood in the part."""

    def __init__(self, start: bytes, end: bytes, *, spaced: bool = False) -> None:
        """``spaced``: the part's author writes ``<x />``, as Python's own library does."""
        self.start, self.end, self.spaced = start, end, spaced
        written = etree.tostring(etree.fromstring(start + end), encoding="UTF-8")
        # the root as lxml writes it, with a child: its start tag ends where the short form's "/>" stood
        self._head = len(written) - 2 + 1

    def parse(self, raw: bytes) -> etree._Element:
        """Return the first element of a fragment; its parent is the stand-in root."""
        try:
            return etree.fromstring(self.start + raw + self.end, PARSER)[0]  # types were refused by plain()
        except etree.XMLSyntaxError as error:
            raise RefusedError("unreadable", reason="damaged") from error

    def write(self, node: etree._Element) -> bytes:
        """Return the fragment that a parsed element stands in, with its trailing text."""
        root = node.getparent()
        assert root is not None  # it came from parse()
        raw = etree.tostring(root, encoding="UTF-8")[self._head : -len(self.end)]
        # no "/>" stands in text or attributes: lxml writes a ">" there as "&gt;"
        return raw.replace(b"/>", b" />") if self.spaced else raw


class Piece:
    """One child of a root: its raw text, parsed when asked for and written anew when it changed."""

    def __init__(self, wrapper: Wrapper, raw: bytes, name: str) -> None:
        self._wrapper, self._raw, self.name = wrapper, raw, name
        self._node: etree._Element | None = None
        self.faithful = True
        """False once reading and writing the piece unchanged would not give the same bytes."""

    @property
    def node(self) -> etree._Element:
        """The element, to be read or changed."""
        if self._node is None:
            self._node = self._wrapper.parse(self._raw)
            self.faithful = self._wrapper.write(self._node) == self._raw
        return self._node

    @property
    def raw(self) -> bytes:
        """The text as it stands now."""
        if self._node is not None:
            return self._raw if not self._changed() else self._wrapper.write(self._node)
        return self._raw

    def replace(self, raw: bytes) -> None:
        """Put other text in the piece's place."""
        self._raw, self._node = raw, None

    def _changed(self) -> bool:
        assert self._node is not None
        if self.faithful:
            return True
        return self._wrapper.write(self._wrapper.parse(self._raw)) != self._wrapper.write(self._node)


class Pieces:
    """A part as pieces, in order; ``order`` (local names) says where a new child belongs."""

    def __init__(self, data: bytes, order: Sequence[str] = (), hollow: str | None = None) -> None:
        """Cut a part. ``hollow`` names one child whose content is kept aside unread (``sheetData``)."""
        data = plain(data)
        data, inner, self.hollow_tag = _hollowed(data, hollow) if hollow else (data, b"", None)
        starts, closing = _offsets(data)
        root = _TAG.match(data, starts[0])
        if root is None:
            raise RefusedError("unreadable", reason="damaged")
        name = root[1]
        self.order = order
        self.prolog = data[: starts[0]]
        self.prefix = name.rpartition(b":")[0] + b":" if b":" in name else b""
        start = b"<" + name + root[2] + b">" if root[3] else root[0]
        self.wrapper = Wrapper(start, b"</" + name + b">", spaced=b" />" in data)
        end = data.find(b">", closing) + 1 if closing >= 0 else root.end()
        self.tail = data[end:]
        self.lead = b"" if root[3] else data[root.end() : starts[1] if len(starts) > 1 else closing]
        self._short = root[0] if root[3] else None
        self.children: list[Piece] = []
        bounds = [*starts[1:], closing]
        for begin, stop in pairwise(bounds):
            raw = data[begin:stop]
            tag = _TAG.match(raw)
            assert tag is not None  # expat found an element here
            self.children.append(Piece(self.wrapper, raw, tag[1].rpartition(b":")[2].decode()))
        self._before = {child.name: child.raw for child in self.children}
        self.inner = inner

    def find(self, name: str) -> Piece | None:
        """Return the first child of that local name."""
        return next((child for child in self.children if child.name == name), None)

    def get(self, name: str) -> Piece:
        """Return the child of that name, put in where the order has it if it is missing."""
        found = self.find(name)
        return found if found is not None else self.add(b"<%s%s/>" % (self.prefix, name.encode()), name)

    def add(self, raw: bytes, name: str) -> Piece:
        """Add a child from its text, where the order has it (last, when the order does not name it)."""
        piece = Piece(self.wrapper, raw, name)
        at = len(self.children)
        if name in self.order:
            later = set(self.order[self.order.index(name) + 1 :])
            at = next((i for i, child in enumerate(self.children) if child.name in later), at)
        self.children.insert(at, piece)
        return piece

    def remove(self, piece: Piece) -> None:
        """Take a child out."""
        self.children.remove(piece)

    def changes(self) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Return (text as read, text now) of each child that changed; None where there is none."""
        after = {child.name: child.raw for child in self.children}
        names = (name for name in {**self._before, **after})
        return {n: (self._before.get(n), after.get(n)) for n in names if self._before.get(n) != after.get(n)}

    @property
    def faithful(self) -> bool:
        """Whether undoing every change would give the original's bytes."""
        return all(child.faithful for child in self.children)

    def to_bytes(self, fill: Callable[[Piece], bytes] = lambda piece: piece.raw) -> bytes:
        """Return the part; ``fill`` may write a piece in its own way."""
        if self._short is not None and not self.children:
            return self.prolog + self._short + self.tail
        body = b"".join(fill(child) for child in self.children)
        return b"".join((self.prolog, self.wrapper.start, self.lead, body, self.wrapper.end, self.tail))


def _hollowed(data: bytes, name: str) -> tuple[bytes, bytes, bytes | None]:
    """Cut the content out of one child, by its tags; an empty child is given an end tag, its own returned."""
    opening = re.search(rb"<((?:[\w.-]+:)?%s)((?:\s[^>]*?)?)(/?)>" % name.encode(), data)
    if opening is None:
        return data, b"", None
    closing = b"</" + opening[1] + b">"
    if opening[3]:
        tag = b"<" + opening[1] + opening[2] + b">"
        return data[: opening.start()] + tag + closing + data[opening.end() :], b"", opening[0]
    stop = data.rfind(b"</" + opening[1])
    if stop < opening.end():
        raise RefusedError("unreadable", reason="damaged")
    return data[: opening.end()] + data[stop:], data[opening.end() : stop], None


def _offsets(data: bytes) -> tuple[list[int], int]:
    """Return where the root and its children begin, and where the root's end tag does (-1: it has none)."""
    starts: list[int] = []
    depth, closing = 0, -1
    parser = expat.ParserCreate()

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth
        if depth < 2:
            starts.append(parser.CurrentByteIndex)
        depth += 1

    def closed(_name: str) -> None:
        nonlocal depth, closing
        depth -= 1
        if depth == 0:
            closing = parser.CurrentByteIndex

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedError("unreadable", reason="damaged") from error
    return starts, closing if data[closing : closing + 2] == b"</" else -1
