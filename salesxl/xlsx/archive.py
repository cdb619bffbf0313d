"""A zip file, opened without trusting a word of it; its entries can be copied as they stand.

Whoever reads or edits what somebody sent goes through here: the directory's length, names that leave the
house, bytes really counted. ``zipfile`` reads the directory; this module writes, because ``zipfile`` cannot
put a compressed entry into another archive without inflating and deflating it again. Owns the container only:
what the entries mean is the package's.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from salesxl.errors import RefusedError
from salesxl.xlsx.limits import DEFAULT, Limits, broken, damaged, unreadable, unsafe
from salesxl.xlsx.packed import Packed, joined_crc

__all__ = [
    "Entry",
    "deflate",
    "directory",
    "entry_of",
    "inflate",
    "members",
    "never_read",
    "peek",
    "read_entries",
    "too_much",
    "within",
    "write_entries",
]

STORED, DEFLATED = 0, 8
LIMIT32, LIMIT16 = 0xFFFFFFFF, 0xFFFF
_SEE32, _SEE16 = 0xFFFFFFFF, 0xFFFF  # "look in the zip64 record"
LEVEL = 5
"""Half the time of zlib's own default on sheets, for the same size."""

ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
EPOCH_DATE = (1 << 5) | 1  # 1980-01-01 in MS-DOS form, midnight: new entries carry no clock

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ZIP64_EXTRA = 0x0001
_CHUNK = 1024 * 1024
_BROKEN = (
    *(zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, IndexError, KeyError),
    *(OSError, struct.error, zlib.error),
)
_NEVER_READ = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".wdp", ".webp", ".svg"),
    *(".ico", ".mp3", ".mp4", ".wav", ".avi", ".ttf", ".odttf", ".fntdata"),
)
_NEVER_READ_FOLDERS = ("xl/media/", "xl/embeddings/", "xl/printersettings/", "xl/activex/", "pictures/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its compressed bytes and everything its headers say.

    ``pieces`` is where in ``data`` each piece begins that was packed before it came here.
    """

    name: str
    data: bytes | memoryview
    crc: int
    size: int
    method: int = DEFLATED
    flags: int = 0
    time: int = 0
    date: int = EPOCH_DATE
    version_made: int = 20
    version_needed: int = 20
    internal: int = 0
    external: int = 0
    extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    pieces: tuple[int, ...] = ()


def deflate(name: str, data: bytes | Iterable[bytes | Packed], level: int = LEVEL) -> Entry:
    """Compress a part, given whole or as a stream of chunks, into an entry with a fixed time stamp.

    What is packed already goes in as it stands.
    """
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed: list[bytes | memoryview] = []
    pieces: list[int] = []
    crc = size = length = 0
    for chunk in (data,) if isinstance(data, bytes) else data:
        if isinstance(chunk, Packed):
            packed.append(packer.flush(zlib.Z_FULL_FLUSH))
            pieces.append(length + len(packed[-1]))
            packed.append(chunk.data)
            crc, size = joined_crc(crc, chunk.crc, chunk.size), size + chunk.size
            length += len(packed[-2]) + len(chunk.data)
            continue
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        packed.append(packer.compress(chunk))
        length += len(packed[-1])
    packed.append(packer.flush())
    flags = 0 if name.isascii() else UTF8
    return Entry(name, b"".join(packed), crc, size, flags=flags, pieces=tuple(pieces))


def peek(entry: Entry, size: int) -> bytes:
    """Return the first bytes of an entry's content, inflating no more than those."""
    if entry.method == STORED:
        return bytes(entry.data[:size])
    return zlib.decompressobj(-15).decompress(entry.data, size) if entry.method == DEFLATED else b""


def inflate(entry: Entry, limits: Limits = DEFAULT, left: int | None = None) -> bytes:
    """Return an entry's content, inflated no further than is allowed: ``left`` bytes, and the limits' ratio.

    Without ``left`` an entry may have just the size that its header states, so that a header that lies cannot
    fill the memory.

    Raises:
        RefusedError: ``unreadable`` for a damaged entry or an unknown compression; ``unsafe``: it inflates
            too much.
    """
    if entry.method == STORED:
        data = bytes(entry.data)
    elif entry.method == DEFLATED:
        data = _inflated(entry, limits, entry.size if left is None else left, exact=left is None)
    else:
        raise damaged(f"compression method {entry.method}", part=entry.name)
    if left is not None and len(data) > left:
        raise too_much(entry.name, limits)
    if zlib.crc32(data) != entry.crc or (left is None and len(data) != entry.size):
        raise damaged("checksum or size differs", part=entry.name)
    return data


def _inflated(entry: Entry, limits: Limits, left: int, *, exact: bool) -> bytes:
    inflater = zlib.decompressobj(-15)
    by_ratio = max(limits.ratio_from_bytes, limits.max_ratio * len(entry.data))
    chunks: list[bytes] = []
    total = 0
    rest: bytes | memoryview = entry.data
    while not inflater.eof:
        try:
            chunk = inflater.decompress(rest, _CHUNK)
        except zlib.error as error:
            raise damaged(error, part=entry.name) from error
        rest = inflater.unconsumed_tail
        total += len(chunk)
        if total > left:
            raise damaged("larger than stated", part=entry.name) if exact else too_much(entry.name, limits)
        if total > by_ratio:
            raise too_much(entry.name, limits, "max_ratio")
        chunks.append(chunk)
        if not chunk and not rest and not inflater.eof:
            raise damaged("compressed data ends early", part=entry.name)
    return b"".join(chunks) if len(chunks) != 1 else chunks[0]


def too_much(part: str, limits: Limits, limit: str = "max_inflated_bytes") -> RefusedError:
    """Return the refusal of a part that would fill the memory."""
    return broken("inflates_too_much", limits, limit, part=part)


def never_read(part: str) -> bool:
    """Tell whether a part is a picture or the like, which nobody here inflates, whatever it would become."""
    name = part.replace("\\", "/").lower()
    return name.endswith(_NEVER_READ) or name.startswith(_NEVER_READ_FOLDERS)


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
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return [info for info in archive.infolist() if not info.filename.endswith("/")]
    except _BROKEN as error:
        raise damaged(error) from error


def members(data: bytes, limits: Limits = DEFAULT) -> dict[str, zipfile.ZipInfo]:
    """Return a workbook's entries by their names, with forward slashes, once both are found harmless.

    Raises:
        RefusedError: as ``directory``, and ``unreadable`` (encrypted) or ``unsafe`` (escaping_part,
            duplicate_part).
    """
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in directory(data, limits):
        name = info.filename.replace("\\", "/")  # some .NET libraries write backslashes: harmless
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in info.orig_filename:
            raise unsafe("escaping_part", part=name)
        if name.lower() in seen:
            raise unsafe("duplicate_part", part=name)
        seen.add(name.lower())
        if info.flag_bits & ENCRYPTED:
            raise unreadable("encrypted")
        found[name] = info
    return found


def entry_of(data: bytes, info: zipfile.ZipInfo, name: str = "") -> Entry:
    """Return an entry from its own local header, still compressed; ``name`` is used instead of its own.

    Raises:
        RefusedError: ``unreadable`` with reason truncated or damaged.
    """
    name, start = name or info.filename, info.header_offset
    header = data[start : start + _LOCAL.size]
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise damaged("local header missing", part=name)
    *_, time, date, _, _, _, name_size, extra_size = _LOCAL.unpack(header)
    after_name = start + _LOCAL.size + name_size
    begin = after_name + extra_size
    packed = memoryview(data)[begin : begin + info.compress_size]
    if len(packed) < info.compress_size:
        raise unreadable("truncated", part=name)
    return Entry(
        name,
        packed,
        info.CRC,
        info.file_size,
        method=info.compress_type,
        # sizes are known now and stand in the header; the descriptor after the data is not copied
        flags=info.flag_bits & ~DESCRIPTOR,
        time=time,
        date=date,
        version_made=info.create_version | info.create_system << 8,
        version_needed=info.extract_version,
        internal=info.internal_attr,
        external=info.external_attr,
        extra=_without_zip64(info.extra),
        local_extra=_without_zip64(data[after_name:begin]),
        comment=info.comment,
    )


def read_entries(data: bytes, limits: Limits = DEFAULT) -> Iterator[Entry]:
    """Yield the entries of a workbook in the order of its directory, still compressed.

    Raises:
        RefusedError: as ``members`` and ``entry_of``.
    """
    return (entry_of(data, info) for info in members(data, limits).values())


def within(entries: Iterable[Entry], limits: Limits) -> Iterator[Entry]:
    """Yield entries as long as the sizes that they state keep the bounds; ``inflate`` makes no more of them.

    Raises:
        RefusedError: ``unsafe``, inflates_too_much.
    """
    left = limits.max_inflated_bytes
    for entry in entries:
        left -= entry.size
        if left < 0:
            raise too_much(entry.name, limits)
        most = max(limits.ratio_from_bytes, limits.max_ratio * len(entry.data))
        if entry.size > most and not never_read(entry.name):
            raise too_much(entry.name, limits, "max_ratio")
        yield entry


def write_entries(entries: Iterable[Entry], path: Path | None = None) -> bytes:
    """Write entries as an archive and return it; with a path, write it there too and return nothing.

    The same entries always give the same bytes. Sizes, offsets and counts beyond the classic limits go into
    zip64 records.
    """
    if path is not None:
        with path.open("wb") as stream:
            for chunk in _chunks(entries):
                stream.write(chunk)
        return b""
    return b"".join(_chunks(entries))


def _chunks(entries: Iterable[Entry]) -> Iterator[bytes | memoryview]:
    directory: list[bytes] = []
    offset = 0
    for entry in entries:
        name = entry.name.encode("utf-8" if entry.flags & UTF8 else "cp437")
        packed = len(entry.data)
        large = packed >= LIMIT32 or entry.size >= LIMIT32
        local_extra = entry.local_extra
        if large:
            local_extra += struct.pack("<2H2Q", _ZIP64_EXTRA, 16, entry.size, packed)
        needed = max(entry.version_needed, 45) if large or offset >= LIMIT32 else entry.version_needed
        sizes = (_SEE32, _SEE32) if large else (packed, entry.size)
        fields = (needed, entry.flags, entry.method, entry.time, entry.date, entry.crc, *sizes)
        header = _LOCAL.pack(b"PK\x03\x04", *fields, len(name), len(local_extra)) + name + local_extra
        directory.append(_central(entry, name, needed, sizes, offset))
        yield header
        yield entry.data
        offset += len(header) + packed
    yield from directory
    yield _end(len(directory), sum(map(len, directory)), offset)


def _central(entry: Entry, name: bytes, needed: int, sizes: tuple[int, int], offset: int) -> bytes:
    wide = [entry.size, len(entry.data)] if sizes[0] == _SEE32 else []
    if offset >= LIMIT32:
        wide.append(offset)
    extra = entry.extra
    if wide:
        extra += struct.pack(f"<2H{len(wide)}Q", _ZIP64_EXTRA, 8 * len(wide), *wide)
    fields = (
        entry.version_made,
        needed,
        entry.flags,
        entry.method,
        entry.time,
        entry.date,
        entry.crc,
        *sizes,
    )
    lengths = (len(name), len(extra), len(entry.comment), 0)
    tail = (entry.internal, entry.external, _SEE32 if offset >= LIMIT32 else offset)
    return _CENTRAL.pack(b"PK\x01\x02", *fields, *lengths, *tail) + name + extra + entry.comment


def _end(count: int, size: int, offset: int) -> bytes:
    wide = b""
    if count >= LIMIT16 or size >= LIMIT32 or offset >= LIMIT32:
        wide = _END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
        wide += _LOCATOR64.pack(b"PK\x06\x07", 0, offset + size, 1)
    if wide:
        return wide + _END.pack(b"PK\x05\x06", 0, 0, _SEE16, _SEE16, _SEE32, _SEE32, 0)
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0)


def _without_zip64(extra: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind != _ZIP64_EXTRA:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept
