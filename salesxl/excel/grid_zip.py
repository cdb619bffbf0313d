"""Opening the archive inside .xlsx, .xlsm, .xlsb and .ods without trusting a word of it.

Every part that a reader may open is inflated here once, with the bytes really counted, and handed on; what
the archive's directory says about sizes is only believed where it speaks against the file. Refuses: meaning
of parts, writing of archives that leave the house (``rebuilt`` is for the reader alone).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from salesxl.excel.grid_limits import Limits, damaged, unreadable, unsafe

__all__ = ["Package", "open_package"]

_CHUNK = 1024 * 1024
_END = b"PK\x05\x06"
_NEVER_READ = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".wdp", ".webp", ".svg"),
    *(".ico", ".mp3", ".mp4", ".wav", ".avi", ".ttf", ".odttf", ".fntdata"),
)
_NEVER_READ_FOLDERS = (
    "xl/media/",
    "xl/embeddings/",
    "xl/printersettings/",
    "xl/activex/",
    "customui/",
    "thumbnails/",
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BROKEN = (
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
    """An archive whose readable parts are inflated: ``parts`` by name, as the archive spells it.

    ``names`` are all entries, ``changed`` says that a part differs from what the archive holds (another
    encoding), so that a reader must be given ``rebuilt()`` instead of the file.
    """

    names: tuple[str, ...]
    parts: Mapping[str, bytes]
    changed: bool = False

    def find(self, name: str) -> bytes | None:
        """Return a part by name, whatever its case, or None."""
        wanted = name.lstrip("/")
        found = self.parts.get(wanted)
        if found is not None:
            return found
        wanted = wanted.lower()
        return next((data for key, data in self.parts.items() if _plain(key).lower() == wanted), None)

    def with_parts(self, parts: Mapping[str, bytes]) -> Package:
        """Return the package with some parts replaced."""
        return replace(self, parts={**self.parts, **parts}, changed=True)

    def rebuilt(self) -> io.BytesIO:
        """Return a plain archive of the inflated parts, stored unpacked, for a reader in memory."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self.parts.items():
                archive.writestr(zipfile.ZipInfo(_plain(name)), data)
        target.seek(0)
        return target


def open_package(data: bytes, limits: Limits) -> Package:
    """Open an archive and inflate every part that is not a picture or another thing that nobody here reads.

    Raises:
        Refused: ``unreadable`` with reason truncated, damaged or encrypted; ``unsafe`` with too_many_parts,
            duplicate_part, escaping_part, inflates_too_much or dtd.
    """
    end = data.rfind(_END)
    if end < 0:
        raise unreadable("truncated")
    entries = data.count(b"PK\x01\x02", _directory_start(data, end))
    if entries > limits.max_parts:
        raise unsafe("too_many_parts", limit="max_parts", value=limits.max_parts, found=entries)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
    except _BROKEN as error:
        raise damaged(error) from error
    _check_names(infos, limits)
    if any(info.flag_bits & 0x1 for info in infos):
        raise unreadable("encrypted")
    left = limits.max_inflated_bytes
    parts: dict[str, bytes] = {}
    changed = False
    for info in infos:
        if _is_never_read(info.filename):
            left -= info.file_size
        else:
            try:
                raw = _inflate(data, info, left, limits)
            except _BROKEN as error:
                raise damaged(error, part=info.filename) from error
            left -= len(raw)
            part = _as_utf8(raw, info.filename)
            changed = changed or part is not raw
            parts[info.filename] = part
        if left < 0:
            raise _too_much(info.filename, limits)
    changed = changed or any("\\" in info.filename for info in infos)
    return Package(tuple(info.filename for info in infos), parts, changed)


def _directory_start(data: bytes, end: int) -> int:
    """Where the archive's directory should begin; 0 where the end record does not say so credibly."""
    if len(data) < end + 22:
        return 0
    size = int(struct.unpack_from("<I", data, end + 12)[0])
    return end - size if size <= end else 0


def _plain(name: str) -> str:
    return name.replace("\\", "/")


def _check_names(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.max_parts:
        raise unsafe("too_many_parts", limit="max_parts", value=limits.max_parts, found=len(infos))
    seen: set[str] = set()
    for info in infos:
        name = _plain(info.filename)
        if name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name) or "\0" in name:
            raise unsafe("escaping_part", part=info.filename)
        if name.lower() in seen:
            raise unsafe("duplicate_part", part=info.filename)
        seen.add(name.lower())


def _is_never_read(name: str) -> bool:
    lower = _plain(name).lower()
    return lower.endswith(_NEVER_READ) or lower.startswith(_NEVER_READ_FOLDERS)


def _too_much(part: str, limits: Limits) -> Exception:
    return unsafe("inflates_too_much", limit="max_inflated_bytes", value=limits.max_inflated_bytes, part=part)


def _inflate(data: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
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
        if len(packed) > left:
            raise _too_much(info.filename, limits)
        result = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        result = _deflated(packed, info, left, limits)
    else:
        raise zipfile.BadZipFile(f"compression method {info.compress_type}")
    if zlib.crc32(result) != info.CRC:
        raise zipfile.BadZipFile("checksum differs")
    return result


def _deflated(packed: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    inflater = zlib.decompressobj(-15)
    ratio_bound = max(limits.ratio_from_bytes, limits.max_ratio * len(packed))
    chunks: list[bytes] = []
    total = 0
    rest = packed
    while not inflater.eof:
        chunk = inflater.decompress(rest, _CHUNK)
        rest = inflater.unconsumed_tail
        total += len(chunk)
        if total > left:
            raise _too_much(info.filename, limits)
        if total > ratio_bound:
            raise unsafe("inflates_too_much", limit="max_ratio", value=limits.max_ratio, part=info.filename)
        chunks.append(chunk)
        if not chunk and not rest and not inflater.eof:
            raise zipfile.BadZipFile("compressed data ends early")
    return b"".join(chunks) if len(chunks) != 1 else chunks[0]


def _as_utf8(raw: bytes, name: str) -> bytes:
    """Return an XML part in UTF-8 (the very same object where it is already); refuse a document type in it."""
    if not name.lower().endswith((".xml", ".rels")):
        return raw
    part = raw
    codec = None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codec = "utf-16"
    elif raw[:4] == b"<\x00?\x00":
        codec = "utf-16-le"
    elif raw[:4] == b"\x00<\x00?":
        codec = "utf-16-be"
    elif (declared := _DECLARED.match(raw[:200])) and declared[1].lower() not in (
        b"utf-8",
        b"utf8",
        b"us-ascii",
    ):
        codec = declared[1].decode("ascii")
    if codec:
        try:
            text = raw.decode(codec)
        except (LookupError, UnicodeError) as error:
            raise damaged(error, part=name) from error
        part = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).encode("utf-8", "replace")
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise unsafe("dtd", part=name)
    return part
