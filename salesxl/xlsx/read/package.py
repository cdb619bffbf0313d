"""Opening the archive inside .xlsx, .xlsm, .xlsb and .ods without trusting a word of it.

Every part that a reader may open is inflated here once, with the bytes really counted, and handed on; what
the archive's directory says about sizes is only believed where it speaks against the file. Pictures and the
like are never inflated by this toolkit and weigh what the directory says. The reader is never given the
archive itself but ``stored`` parts. Refuses: meaning of parts; archives that leave the house.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from salesxl.xlsx.archive import (
    STORED,
    UTF8,
    Entry,
    entry_of,
    inflate,
    members,
    never_read,
    too_much,
    write_entries,
)
from salesxl.xlsx.limits import Limits, damaged, unsafe

__all__ = ["Parts", "open_package", "stored"]

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.DOTALL)
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_ROOT = re.compile(rb"<[A-Za-z_]")


@dataclass(frozen=True, slots=True)
class Parts:
    """An archive whose readable parts are inflated: ``parts`` by name, with forward slashes, XML in UTF-8.

    ``names`` are all entries, those of pictures included.
    """

    names: tuple[str, ...]
    parts: Mapping[str, bytes]

    def find(self, name: str) -> bytes | None:
        """Return a part by name, whatever its case, or None."""
        found = self.parts.get(name)
        if found is None:
            wanted = name.lower()
            found = next((data for key, data in self.parts.items() if key.lower() == wanted), None)
        return found


def stored(parts: Mapping[str, bytes]) -> io.BytesIO:
    """Return an archive of parts, unpacked, for a reader in memory."""
    entries = (_entry(n, data) for n, data in parts.items())
    return io.BytesIO(write_entries(entries))


def _entry(name: str, data: bytes) -> Entry:
    flags = 0 if name.isascii() else UTF8
    return Entry(name, data, zlib.crc32(data), len(data), method=STORED, flags=flags)


def open_package(data: bytes, limits: Limits) -> Parts:
    """Open an archive and inflate every part that is not a picture or another thing that nobody here reads.

    Raises:
        RefusedError: ``unreadable`` with reason truncated, damaged or encrypted; ``unsafe`` with
            too_many_parts, duplicate_part, escaping_part, inflates_too_much or dtd.
    """
    found = members(data, limits)
    left = limits.max_inflated_bytes
    parts: dict[str, bytes] = {}
    for name, info in found.items():
        if never_read(name):
            left -= info.file_size
            if left < 0:
                raise too_much(name, limits)
            continue
        raw = inflate(entry_of(data, info, name), limits, left)
        left -= len(raw)
        parts[name] = _as_utf8(raw, name)
    return Parts(tuple(found), parts)


def _as_utf8(raw: bytes, name: str) -> bytes:
    """Return an XML part in UTF-8 (the same object where it is that already); refuse a document type."""
    if not name.lower().endswith((".xml", ".rels")):
        return raw
    part = raw
    codec = None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codec = "utf-16"
    elif raw[:4] in (b"<\x00?\x00", b"<\x00w\x00"):
        codec = "utf-16-le"
    elif raw[:4] in (b"\x00<\x00?", b"\x00<\x00w"):
        codec = "utf-16-be"
    elif (declared := _DECLARED.match(raw[:200])) and declared[1].lower() not in _UTF8:
        codec = declared[1].decode("ascii")
    if codec:
        try:
            text = raw.decode(codec)
        except (LookupError, UnicodeError) as error:
            raise damaged(error, part=name) from error
        part = _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    root = _ROOT.search(part)
    if b"<!DOCTYPE" in part[: root.start() if root else len(part)]:
        raise unsafe("dtd", part=name)
    return part
