"""Sums of money without rounding drift: whole fen inside, 元 outside.

Owns adding amounts and dividing them. Missing stays missing: the sum of nothing known is unknown, not zero.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["ratio", "total"]


def total(amounts: pd.Series) -> float | None:
    """Add amounts in 元; None when none of them is known."""
    known = amounts.dropna()
    if known.empty:
        return None
    fen = int((known.astype(float) * 100).round().astype("int64").sum())
    return fen / 100


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part / whole; None where either is unknown or the whole is zero. docs/domain.md 3.3."""
    if part is None or whole is None or pd.isna(part) or pd.isna(whole) or whole == 0:
        return None
    return part / whole
