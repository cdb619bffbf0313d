"""Opening the archive inside .xlsx, .xlsm, .xlsb and .ods without trusting a word of it.

Every part that a reader may open is inflated here once, with the bytes really counted, and handed on; what
the archive's directory says about sizes is only believed where it speaks against the file. Pictures and the
like are never inflated by this toolkit and weigh what the directory says. The reader is never given the
archive itself but ``stored`` parts. Refuses: meaning of parts; archives that leave the house.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from salesxl.errors import RefusedError
from salesxl.xlsx.archive import STORED, UTF8, Entry, write_entries
from salesxl.xlsx.limits import Limits, broken, damaged, unreadable, unsafe

__all__ = ["BROKEN", "Package", "directory", "inflated", "open_package", "stored"]

_CHUNK = 1024 * 1024
_NEVER_READ = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".wdp", ".webp", ".svg"),
    *(".ico", ".mp3", ".mp4", ".wav", ".avi", ".ttf", ".odttf", ".fntdata"),
)
_NEVER_READ_FOLDERS = ("xl/media/", "xl/embeddings/", "xl/printersettings/", "xl/activex/", "pictures/")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.DOTALL)
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_ROOT = re.compile(rb"<[A-Za-z_]")
BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    OSError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Package:
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


def open_package(data: bytes, limits: Limits) -> Package:
    """Open an archive and inflate every part that is not a picture or another thing that nobody here reads.

    Raises:
        RefusedError: ``unreadable`` with reason truncated, damaged or encrypted; ``unsafe`` with
            too_many_parts, duplicate_part, escaping_part, inflates_too_much or dtd.
    """
    infos = _parts(data, limits)
    left = limits.max_inflated_bytes
    parts: dict[str, bytes] = {}
    for info in infos:
        if info.filename.lower().endswith(_NEVER_READ) or info.filename.lower().startswith(
            _NEVER_READ_FOLDERS
        ):
            left -= info.file_size
            if left < 0:
                raise _too_much(info, limits)
            continue
        try:
            raw = inflated(data, info, left, limits)
        except BROKEN as error:
            raise damaged(error, part=info.filename) from error
        left -= len(raw)
        parts[info.filename] = _as_utf8(raw, info.filename)
    return Package(tuple(info.filename for info in infos), parts)


def directory(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return the archive's entries, folders left out, once their number is found harmless.

    Raises:
        RefusedError: ``unreadable`` with reason truncated or damaged; ``unsafe``, too_many_parts.
    """
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 22:
        raise unreadable("truncated")
    size = int(struct.unpack_from("<I", data, end + 12)[0])
    claimed = data.count(b"PK\x01\x02", end - size if size <= end else 0)
    if claimed > limits.max_parts:
        raise broken("too_many_parts", limits, "max_parts", found=claimed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [info for info in archive.infolist() if not info.filename.endswith("/")]
    except BROKEN as error:
        raise damaged(error) from error


def _parts(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return a workbook's entries, once their number and names are found harmless."""
    infos = directory(data, limits)
    seen: set[str] = set()
    for info in infos:
        # Some .NET libraries write backslashes; that alone is harmless.
        name = info.filename = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in info.orig_filename:
            raise unsafe("escaping_part", part=name)
        if name.lower() in seen:
            raise unsafe("duplicate_part", part=name)
        seen.add(name.lower())
        if info.flag_bits & 0x1:
            raise unreadable("encrypted")
    return infos


def _too_much(info: zipfile.ZipInfo, limits: Limits, limit: str = "max_inflated_bytes") -> RefusedError:
    return broken("inflates_too_much", limits, limit, part=info.filename)


def inflated(data: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """Inflate one part from its own local header, stopping as soon as it passes what is allowed."""
    at = info.header_offset
    if data[at : at + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("local header missing")
    name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
    at += 30 + name_length + extra_length
    packed = data[at : at + info.compress_size]
    if len(packed) < info.compress_size:
        raise unreadable("truncated", part=info.filename)
    if info.compress_type == zipfile.ZIP_STORED:
        result = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        result = _deflated(packed, info, left, limits)
    else:
        raise zipfile.BadZipFile(f"compression method {info.compress_type}")
    if len(result) > left:
        raise _too_much(info, limits)
    if zlib.crc32(result) != info.CRC:
        raise zipfile.BadZipFile("checksum differs")
    return result


def _deflated(packed: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    inflater = zlib.decompressobj(-15)
    by_ratio = max(limits.ratio_from_bytes, limits.max_ratio * len(packed))
    chunks: list[bytes] = []
    total = 0
    rest = packed
    while not inflater.eof:
        chunk = inflater.decompress(rest, _CHUNK)
        rest = inflater.unconsumed_tail
        total += len(chunk)
        if total > left:
            raise _too_much(info, limits)
        if total > by_ratio:
            raise _too_much(info, limits, "max_ratio")
        chunks.append(chunk)
        if not chunk and not rest and not inflater.eof:
            raise zipfile.BadZipFile("compressed data ends early")
    return b"".join(chunks) if len(chunks) != 1 else chunks[0]


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
