"""Workbooks that Excel has encrypted under the password that it supplies itself.

Whoever protects a workbook's structure, or makes it read-only, may get a file that is encrypted with one
password that every copy of Excel knows, and that opens without asking. Owns that password and the two ways of
encrypting (ECMA-376 agile and standard). Refuses: every other password, which nobody is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.limits import Limits, broken, unreadable
from salesxl.xlsx.namespaces import parse_xml
from salesxl.xlsx.read.xls import Compound

__all__ = ["PASSWORD", "decrypt", "opened"]

PASSWORD = "VelvetSweatshop".encode("utf-16-le")
_MOST_SPINS = 1_000_000
"""Rounds that a key may take; Excel takes 100,000, and a file may claim any number."""
_SEGMENT = 4096
_INPUT, _VALUE, _KEY = (
    bytes.fromhex(block) for block in ("fea7d2763b4b9e79", "d7aa0f6d3061344e", "146e0be7abacd0d6")
)
"""What the agile way puts behind a hash, for each of the three things it hides."""
_HASHES = {"SHA1", "SHA-1", "SHA256", "SHA-256", "SHA384", "SHA-384", "SHA512", "SHA-512"}
_NUMBER = struct.Struct("<I")


def opened(compound: Compound, limits: Limits) -> bytes:
    """Return the workbook in an encrypted one, if it opens under Excel's own password.

    Raises:
        RefusedError: ``unreadable``: encrypted under another password or in another way, or damaged.
    """
    try:
        info, packed = compound.stream("EncryptionInfo"), compound.stream("EncryptedPackage")
        if len(packed) > limits.max_file_bytes:
            raise broken("too_large", limits, "max_file_bytes", found=len(packed))
        size, data = struct.unpack_from("<Q", packed)[0], packed[8:]
        major, minor = struct.unpack_from("<HH", info)
        whole = _agile(info[8:], data) if (major, minor) == (4, 4) else _standard(info, data, minor)
    except RefusedError:
        raise
    except (KeyError, ValueError, IndexError, AttributeError, struct.error) as error:
        raise unreadable("encrypted") from error  # in a way of its own, or damaged: nobody can tell
    if len(whole) < size:
        raise unreadable("truncated")
    return whole[:size]


def _agile(info: bytes, data: bytes) -> bytes:
    root = parse_xml(info, "EncryptionInfo")
    content, secret = _only(root, "keyData"), _only(root, "encryptedKey")
    salt, hashed = _bytes(secret, "saltValue"), _hash(secret)
    spins, size = int(secret.get("spinCount", "")), int(secret.get("keyBits", "")) // 8
    if spins > _MOST_SPINS:
        raise unreadable("encrypted")
    basis = _spun(hashed, salt, spins)

    def hidden(name: str, block: bytes) -> bytes:
        key = hashed(basis + block)[:size].ljust(size, b"\x36")
        return decrypt(_bytes(secret, name), key, [_vector(salt)])

    told = hidden("encryptedVerifierHashInput", _INPUT)[: len(salt)]
    wanted = hashed(told)
    if hidden("encryptedVerifierHashValue", _VALUE)[: len(wanted)] != wanted:
        raise unreadable("encrypted")
    own, hashed = _bytes(content, "saltValue"), _hash(content)
    numbers = range(-(-len(data) // _SEGMENT))
    starts = [_vector(hashed(own + _NUMBER.pack(number))) for number in numbers]
    return decrypt(data, hidden("encryptedKeyValue", _KEY)[:size], starts, _SEGMENT)


def _standard(info: bytes, data: bytes, minor: int) -> bytes:
    if minor != 2:
        raise unreadable("encrypted")
    length = _NUMBER.unpack_from(info, 8)[0]
    cipher, _, bits = struct.unpack_from("<3I", info, 12 + 8)
    if cipher not in (0x660E, 0x660F, 0x6610):
        raise unreadable("encrypted")
    verifier = info[12 + length :]
    salt, told, wanted = verifier[4:20], verifier[20:36], verifier[40:72]
    basis = _sha1(_spun(_sha1, salt, 50_000) + _NUMBER.pack(0))
    padded = basis.ljust(64, b"\0")
    halves = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    key = b"".join(map(_sha1, halves))[: bits // 8]
    if decrypt(wanted, key)[:20] != _sha1(decrypt(told, key)):
        raise unreadable("encrypted")
    return decrypt(data, key)


def _spun(hashed: Callable[[bytes], bytes], salt: bytes, spins: int) -> bytes:
    basis = hashed(salt + PASSWORD)
    for number in range(spins):
        basis = hashed(_NUMBER.pack(number) + basis)
    return basis


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _hash(node: etree._Element) -> Callable[[bytes], bytes]:
    name, chained = node.get("hashAlgorithm", ""), node.get("cipherChaining")
    if name not in _HASHES or node.get("cipherAlgorithm") != "AES" or chained != "ChainingModeCBC":
        raise unreadable("encrypted")
    make: Any = getattr(hashlib, name.replace("-", "").lower())
    return lambda data: bytes(make(data, usedforsecurity=False).digest())


def _vector(data: bytes) -> bytes:
    return data[:16].ljust(16, b"\x36")


def _only(root: etree._Element, name: str) -> etree._Element:
    found = next(root.iter(f"{{*}}{name}"), None)
    if found is None:
        raise unreadable("encrypted")
    return found


def _bytes(node: etree._Element, name: str) -> bytes:
    return base64.b64decode(node.get(name, ""))


_BLOCK = 16
_AT_ONCE = 65_536
"""Blocks that are worked on together: more take more memory and no less time."""
_Bytes = npt.NDArray[np.uint8]
_ROWS = np.array([0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3])
"""Where each byte of a block comes from when its rows are shifted back."""


def decrypt(data: bytes, key: bytes, starts: Sequence[bytes] | None = None, every: int = 0) -> bytes:
    """Return what whole blocks were before they were encrypted with a key of 16, 24 or 32 bytes.

    Each by itself (ECB), or chained to the one before it (CBC) where ``starts`` has the initial vectors: one
    for each run of ``every`` bytes, or a single one. What is left over after the last whole block is dropped.
    """
    whole = len(data) // _BLOCK * _BLOCK
    packed = np.frombuffer(data[:whole], dtype=np.uint8).reshape(-1, _BLOCK)
    step = (every or whole or _BLOCK) // _BLOCK
    pieces = []
    for at in range(0, len(packed), max(step, _AT_ONCE // step * step)):
        piece = packed[at : at + max(step, _AT_ONCE // step * step)]
        plain = _blocks(piece, key)
        if starts is not None and len(plain):
            before = np.vstack([piece[:1], piece[:-1]])
            before[::step] = [
                list(starts[n][:_BLOCK]) for n in range(at // step, -(-(at + len(piece)) // step))
            ]
            plain = plain ^ before
        pieces.append(plain.tobytes())
    return b"".join(pieces)


def _blocks(packed: _Bytes, key: bytes) -> _Bytes:
    keys = _round_keys(key)
    box, times = _inverse_box(), _products()
    state = packed ^ keys[-1]
    for number in range(len(keys) - 2, -1, -1):
        state = box[state[:, _ROWS]] ^ keys[number]
        if number:
            state = _unmixed(state, times)
    return state.astype(np.uint8)


def _unmixed(state: _Bytes, times: dict[int, _Bytes]) -> _Bytes:
    columns = state.reshape(-1, 4, 4)
    mixed = np.empty_like(columns)
    for row in range(4):
        a, b, c, d = (columns[:, :, (row + step) % 4] for step in range(4))
        mixed[:, :, row] = times[14][a] ^ times[11][b] ^ times[13][c] ^ times[9][d]
    return mixed.reshape(-1, _BLOCK)


def _product(one: int, other: int) -> int:
    """Multiply two bytes as the cipher does: polynomials over two, modulo x⁸+x⁴+x³+x+1."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (0x11B if one & 0x80 else 0)
        other >>= 1
    return result


@cache
def _products() -> dict[int, _Bytes]:
    return {by: np.array([_product(n, by) for n in range(256)], dtype=np.uint8) for by in (9, 11, 13, 14)}


@cache
def _box() -> tuple[int, ...]:
    inverse = [0] * 256
    for one in range(1, 256):
        inverse[one] = next(other for other in range(1, 256) if _product(one, other) == 1)
    turned = ((n, [(n << by | n >> 8 - by) & 0xFF for by in range(1, 5)]) for n in inverse)
    return tuple(n ^ a ^ b ^ c ^ d ^ 0x63 for n, (a, b, c, d) in turned)


@cache
def _inverse_box() -> _Bytes:
    inverse = np.zeros(256, dtype=np.uint8)
    inverse[np.array(_box())] = np.arange(256, dtype=np.uint8)
    return inverse


def _round_keys(key: bytes) -> list[_Bytes]:
    box, size = _box(), len(key) // 4
    words = [list(key[at : at + 4]) for at in range(0, len(key), 4)]
    constant = 1
    for number in range(size, 4 * (size + 7)):
        word = words[-1]
        if number % size == 0:
            word = [box[byte] for byte in (*word[1:], word[0])]
            word[0] ^= constant
            constant = _product(constant, 2)
        elif size > 6 and number % size == 4:
            word = [box[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[number - size], word, strict=True)])
    flat = np.array(words, dtype=np.uint8).reshape(-1, _BLOCK)
    return list(flat)
