"""Sums of money without rounding drift: whole fen inside, 元 outside.

Owns adding amounts and dividing them. Missing stays missing: the sum of nothing known is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["addable", "fen", "ratio", "total", "yuan"]


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
    return yuan(addable(known).sum()) if len(known) else None


def addable(known: np.ndarray) -> np.ndarray:
    """Return whole fen as integers, so that they add up exactly; as floats where integers would overflow."""
    return known.astype("int64") if np.abs(known).sum() < _SAFE else known


def yuan(whole: Any) -> float:
    """Return a sum of fen in 元."""
    return (int(whole) if isinstance(whole, int | np.integer) else float(whole)) / 100


_SAFE = 2.0**62


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part / whole; None where either is unknown or the whole is zero. docs/domain.md 3.3."""
    if part is None or whole is None or pd.isna(part) or pd.isna(whole) or whole == 0:
        return None
    return part / whole
