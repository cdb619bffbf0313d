"""How customers' names are compared. docs/domain.md 4: exactly once evened out; near ones are only suggested.

Owns the key, and finding names that differ by a slip of the pen. Refuses: merging anything.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from salesxl import parsing

__all__ = ["customer_keys", "near_pairs"]

NEIGHBOURS = 8
"""Names compared on from each one, in the order of their beginnings and in that of their ends."""
_ROUNDING = 1e-6
"""What binary fractions may lack: a pair that is just near enough is left for rapidfuzz to decide."""


def customer_keys(names: pd.Series) -> pd.Series:
    """Return the key by which customers are told apart; missing stays missing."""
    keys = [parsing.customer_key(name) if isinstance(name, str) else None for name in names.tolist()]
    return pd.Series(pd.array(keys, dtype="string"), index=names.index, name=names.name)


def near_pairs(keys: pd.Series, least: float) -> list[tuple[str, str, float]]:
    """Return pairs of different keys that are alike: (one, other, likeness), in the order of the keys.

    Likeness is the share of characters that both have in the same order (0–1); ``least`` is what it takes.
    Two names apart by one slip have one half in common, beginning or end, so each is held only against its
    neighbours among the names sorted forwards and backwards: the work grows with the number of names, not
    with its square. A name among more than ``NEIGHBOURS`` with the same half may go unnoticed.
    """
    ordered = sorted(set(keys.dropna().tolist()))
    number = len(ordered)
    turned = [key[::-1] for key in ordered]
    backwards = np.array(sorted(range(number), key=turned.__getitem__), dtype="int64")
    lengths, marks = np.array([len(key) for key in ordered], dtype="int64"), _marks(ordered)
    found: list[np.ndarray] = []
    for order, ahead in itertools.product((np.arange(number), backwards), range(1, NEIGHBOURS + 1)):
        one, other = order[:-ahead], order[ahead:]
        # characters that only one of them has are unlike already, and so is what the shorter one lacks
        apart = np.bitwise_count(marks[one] ^ marks[other])
        apart = np.maximum(apart, np.abs(lengths[one] - lengths[other]))
        near = apart <= (1 - least) * (lengths[one] + lengths[other]) + _ROUNDING
        one, other = one[near], other[near]
        found.append(np.minimum(one, other) * number + np.maximum(one, other))
    pairs = np.divmod(np.unique(np.concatenate(found)), max(number, 1))
    these, those = ([ordered[at] for at in side.tolist()] for side in pairs)
    alike = process.cpdist(these, those, scorer=fuzz.ratio, score_cutoff=least * 100, dtype=np.float32)
    return [(these[at], those[at], round(float(alike[at]) / 100, 4)) for at in np.flatnonzero(alike)]


def _marks(names: list[str]) -> np.ndarray:
    """Return which characters each name has, as 64 bits: where two differ, the names do."""
    ends = np.cumsum([len(name) for name in names], dtype="int64")
    if not len(ends) or not ends[-1]:
        return np.zeros(len(names), dtype="uint64")
    signs = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    bits = np.left_shift(np.uint64(1), signs.astype("uint64") & np.uint64(63))
    starts = np.concatenate([[0], ends[:-1]])
    marks: np.ndarray = np.bitwise_or.reduceat(bits, np.minimum(starts, ends[-1] - 1))
    marks[starts == ends] = 0
    return marks
