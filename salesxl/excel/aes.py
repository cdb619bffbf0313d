"""AES, to undo the one encryption that hides nothing: that under the password which Excel itself supplies.

Owns the cipher in blocks of sixteen bytes, all blocks at once. Refuses: encrypting; keeping anything secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["decrypt"]

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
