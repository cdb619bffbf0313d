"""Compressed text that can be put into any deflate stream as it stands: what no week changes is packed once.

A piece ends at a full flush, on a whole byte and with nothing that later bytes refer to. So pieces may follow
one another in one entry, each can be unpacked without the others, and the checksum of the whole is made from
theirs. Refuses: what is in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from salesxl.xlsx.limits import damaged

__all__ = ["Packed", "joined_crc", "pack", "unpack"]

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31  # x⁰, lowest power first, as in the checksum itself
_PER_BYTE = 3  # x⁸ is the third square of x


@dataclass(frozen=True, slots=True)
class Packed:
    """A compressed piece with the checksum and the size of what it holds."""

    data: bytes | memoryview
    crc: int
    size: int


def pack(chunks: Iterable[bytes], level: int) -> Packed:
    """Compress chunks into one piece."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed: list[bytes] = []
    crc = size = 0
    for chunk in chunks:
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        packed.append(packer.compress(chunk))
    packed.append(packer.flush(zlib.Z_FULL_FLUSH))
    return Packed(b"".join(packed), crc, size)


def unpack(piece: Packed) -> bytes:
    """Return what a piece holds.

    Raises:
        RefusedError: ``unreadable``, damaged: it is no piece, or not this one.
    """
    try:
        data = zlib.decompressobj(-15).decompress(piece.data, piece.size + 1)
    except zlib.error as error:
        raise damaged(error) from error
    if len(data) != piece.size or zlib.crc32(data) != piece.crc:
        raise damaged("a packed piece differs from its checksum")
    return data


def joined_crc(first: int, second: int, size: int) -> int:
    """Return the CRC-32 of two texts one after the other, from theirs and the size of the second.

    The first is multiplied by x to the power of the bits that follow it, as zlib's ``crc32_combine`` does.
    """
    shifted, power = first, _PER_BYTE
    while size:
        if size & 1:
            shifted = _times(_square(power), shifted)
        size, power = size >> 1, power + 1
    return shifted ^ second


@cache
def _square(power: int) -> int:
    """Return x to the power of 2 to the power of ``power``."""
    return _ONE >> 1 if power == 0 else _times(_square(power - 1), _square(power - 1))


def _times(one: int, other: int) -> int:
    """Multiply two polynomials modulo that of the checksum."""
    product = 0
    while one:
        if one & _ONE:
            product ^= other
        one = one << 1 & 0xFFFFFFFF
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product
