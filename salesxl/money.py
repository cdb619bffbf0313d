"""Sums of money without rounding drift: whole fen inside, 元 outside.

Owns adding amounts and dividing them. Missing stays missing: the sum of nothing known is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["fen", "ratio", "total"]


def fen(amounts: pd.Series | np.ndarray | Sequence[float | None]) -> np.ndarray:
    """Return amounts of 元 as whole fen, still as floats: NaN where one is unknown."""
    if isinstance(amounts, pd.Series):
        amounts = amounts.to_numpy(dtype="float64", na_value=np.nan)
    rounded: np.ndarray = np.rint(np.asarray(amounts, dtype="float64") * 100)
    return rounded


def total(amounts: pd.Series | np.ndarray | Sequence[float | None]) -> float | None:
    """Add amounts in 元; None when none of them is known."""
    every = fen(amounts)
    known = every[~np.isnan(every)]
    return int(known.astype("int64").sum()) / 100 if len(known) else None


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part / whole; None where either is unknown or the whole is zero. docs/domain.md 3.3."""
    if part is None or whole is None or pd.isna(part) or pd.isna(whole) or whole == 0:
        return None
    return part / whole
