"""An old .xls that Excel has encrypted under the password that it supplies itself.

Protecting a workbook's structure in Excel 97–2003 encrypts its records. Owns the two ways of doing so with
RC4 (MS-XLS 2.2.10, MS-OFFCRYPTO 2.3.5 and 2.3.6). Refuses: the older obfuscation by XOR, other passwords.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator

from salesxl.xlsx.limits import unreadable
from salesxl.xlsx.read.encryption import PASSWORD
from salesxl.xlsx.read.xls import FILEPASS, Compound, workbook_name

__all__ = ["opened_xls", "rc4"]

_BOUND = 0x85
_PLAIN = frozenset({0x0809, FILEPASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138})
"""Records that are never encrypted: the beginning, the password's, and those of shared workbooks."""
_HARMLESS = 0x0900
"""What the password's record is turned into: a kind that no reader knows."""
_SEARCHED = 20
"""The password's record is one of the first so many."""
_SPAN = 1024
"""Bytes that are encrypted with one key."""


def opened_xls(data: bytes) -> bytes:
    """Return an old .xls with its records in plain; one that is not encrypted is returned as it is.

    Raises:
        RefusedError: ``unreadable``: encrypted under another password or in another way, or cut off.
    """
    compound = Compound(data)
    name = workbook_name(compound)
    stream = compound.stream(name)
    places = [record for record, _ in zip(_headers(stream), range(_SEARCHED), strict=False)]
    found = next((at for at, kind, _ in places if kind == FILEPASS), None)
    if found is None:
        return data
    length = struct.unpack_from("<H", stream, found + 2)[0]
    try:
        key = _key(stream[found + 4 : found + 4 + length])
    except (struct.error, IndexError) as error:
        raise unreadable("encrypted") from error
    plain = bytearray(_decrypted(stream, key))
    struct.pack_into("<H", plain, found, _HARMLESS)
    return compound.with_stream(name, bytes(plain))


def rc4(key: bytes, length: int) -> bytes:
    """Return the first bytes that the cipher RC4 makes of a key."""
    box = list(range(256))
    other = 0
    for at in range(256):
        other = (other + box[at] + key[at % len(key)]) & 255
        box[at], box[other] = box[other], box[at]
    made = bytearray(length)
    first = second = 0
    for at in range(length):
        first = (first + 1) & 255
        one = box[first]
        second = (second + one) & 255
        two = box[second]
        box[first], box[second] = two, one
        made[at] = box[(one + two) & 255]
    return bytes(made)


def _key(told: bytes) -> Callable[[int], bytes]:
    """Return the key of each span, from the record of the password, which is held against Excel's own."""
    way, major, minor = struct.unpack_from("<3H", told)
    if way != 1:
        raise unreadable("encrypted")
    if (major, minor) == (1, 1):
        salt, asked, wanted = told[6:22], told[22:38], told[38:54]
        key, digest = _standard(salt), _md5
    elif minor == 2:
        size = struct.unpack_from("<I", told, 10)[0]
        bits = struct.unpack_from("<I", told, 14 + 16)[0] or 40
        rest = told[14 + size :]
        salt, asked, wanted = rest[4:20], rest[20:36], rest[40:60]
        key, digest = _by_provider(salt, bits // 8), _sha1
    else:
        raise unreadable("encrypted")
    known = _xored(asked + wanted, rc4(key(0), len(asked) + len(wanted)))
    if len(asked) < 16 or digest(known[:16]) != known[16:]:
        raise unreadable("encrypted")
    return key


def _standard(salt: bytes) -> Callable[[int], bytes]:
    basis = _md5((_md5(PASSWORD)[:5] + salt) * 16)[:5]
    return lambda span: _md5(basis + struct.pack("<I", span))


def _by_provider(salt: bytes, size: int) -> Callable[[int], bytes]:
    basis = _sha1(salt + PASSWORD)
    fill = 16 if size == 5 else size  # 40 bits are filled up with zeros
    return lambda span: _sha1(basis + struct.pack("<I", span))[:size].ljust(fill, b"\0")


def _decrypted(stream: bytes, key: Callable[[int], bytes]) -> bytes:
    spans = range(-(-len(stream) // _SPAN))
    made = b"".join(rc4(key(span), _SPAN) for span in spans)[: len(stream)]
    plain = bytearray(_xored(stream, made))
    for at, kind, length in _headers(stream):
        keep = 4 + (length if kind in _PLAIN else 4 if kind == _BOUND else 0)
        plain[at : at + keep] = stream[at : at + keep]
    return bytes(plain)


def _headers(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield place, kind and length of each record; the heads of records are never encrypted."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, length
        at += 4 + length


def _xored(data: bytes, other: bytes) -> bytes:
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(other[:size], "big")).to_bytes(size, "big")


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
