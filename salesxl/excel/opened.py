"""Workbooks that Excel has encrypted under the password that it supplies itself.

Whoever protects a workbook's structure, or makes it read-only, may get a file that is encrypted with one
password that every copy of Excel knows, and that opens without asking. Owns that password and the two ways of
encrypting (ECMA-376 agile and standard). Refuses: every other password, which nobody is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable
from typing import Any

from lxml import etree

from salesxl.errors import Refused
from salesxl.excel.aes import decrypt
from salesxl.excel.grid_limits import Limits, broken, unreadable
from salesxl.excel.grid_ole import Compound
from salesxl.excel.names import parse_xml

__all__ = ["opened"]

_PASSWORD = "VelvetSweatshop".encode("utf-16-le")
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
        Refused: ``unreadable``: encrypted under another password or in another way, or damaged.
    """
    try:
        info, packed = compound.stream("EncryptionInfo"), compound.stream("EncryptedPackage")
        if len(packed) > limits.max_file_bytes:
            raise broken("too_large", limits, "max_file_bytes", found=len(packed))
        size, data = struct.unpack_from("<Q", packed)[0], packed[8:]
        major, minor = struct.unpack_from("<HH", info)
        whole = _agile(info[8:], data) if (major, minor) == (4, 4) else _standard(info, data, minor)
    except Refused:
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
    basis = hashed(salt + _PASSWORD)
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
