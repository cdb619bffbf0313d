"""How customers' names are compared. docs/domain.md 4: exactly once evened out; near ones are only suggested.

Owns the key, and finding names that differ by a slip of the pen. Refuses: merging anything.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from salesxl import tidy

__all__ = ["customer_keys", "near_pairs"]

NEIGHBOURS = 8
"""Names compared on from each one, in the order of their beginnings and in that of their ends."""


def customer_keys(names: pd.Series) -> pd.Series:
    """Return the key by which customers are told apart; missing stays missing."""
    missing = names.isna().tolist()
    keys = [None if no else tidy.customer_key(name) for name, no in zip(names.tolist(), missing, strict=True)]
    return pd.Series(pd.array(keys, dtype="string"), index=names.index, name=names.name)


def near_pairs(keys: pd.Series, least: float) -> list[tuple[str, str, float]]:
    """Return pairs of different keys that are alike: (one, other, likeness), in the order of the keys.

    Likeness is the share of characters that both have in the same order (0–1); ``least`` is what it takes.
    Two names apart by one slip have one half in common, beginning or end, so each is held only against its
    neighbours among the names sorted forwards and backwards: the work grows with the number of names, not
    with its square. A name among more than ``NEIGHBOURS`` with the same half may go unnoticed.
    """
    ordered = sorted({str(key) for key in keys.dropna()})
    number = len(ordered)
    forwards = np.arange(number)
    backwards = np.array(sorted(range(number), key=lambda at: ordered[at][::-1]), dtype=forwards.dtype)
    codes = np.sort(np.concatenate([_neighbours(forwards), _neighbours(backwards)]) @ (number, 1))
    codes = codes[np.diff(codes, prepend=-1) > 0]
    pairs = np.stack(np.divmod(codes, max(number, 1)), axis=1)
    lengths = np.array([len(key) for key in ordered])[pairs]
    # what the shorter one lacks is unlike already
    pairs = pairs[2 * lengths.min(axis=1) >= least * lengths.sum(axis=1)]
    one, other = ([ordered[at] for at in side] for side in pairs.T)
    alike = process.cpdist(one, other, scorer=fuzz.ratio, score_cutoff=least * 100, dtype=np.float32)
    return [(one[at], other[at], round(float(alike[at]) / 100, 4)) for at in np.flatnonzero(alike)]


def _neighbours(order: np.ndarray) -> np.ndarray:
    """Return the pairs of each name with those that follow it in an order: two columns, the smaller first."""
    pairs = [np.stack([order[:-ahead], order[ahead:]], axis=1) for ahead in range(1, NEIGHBOURS + 1)]
    return np.sort(np.concatenate(pairs), axis=1)
