"""Sums of money without rounding drift: whole fen inside, 元 outside.

Owns adding amounts, dividing and comparing them. Missing stays missing: the sum of nothing known is unknown,
not zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["addable", "fen", "ratio", "settled_share", "share", "total", "yuan"]


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


def share(part: float | None, whole: float | None, done: int = 1, all_of: int = 1) -> float | None:
    """Return part ÷ (whole × done ÷ all_of) of amounts in 元, divided once, in whole fen.

    So a share that is 0.6 exactly is the number 0.6 and no hair less, as dividing 元 as floats may give.
    """
    if part is None or whole is None or pd.isna(part) or pd.isna(whole):
        return None
    above, below = _whole(part) * all_of, _whole(whole) * done
    return above / below if below else None


def settled_share(exact: float | None, *lines: float | Decimal) -> float | None:
    """Return a share that no rounding to 0.1 % carries over a line which it has not reached.

    59.96 % under a line of 60 % is 59.9 %, for 60.0 % would contradict the judgement; all else is as it is.
    """
    if exact is None:
        return None
    for line in lines:
        if exact < float(line) <= math.floor(exact * 1000 + 0.5 + _HAIR) / 1000:
            return (math.ceil(Decimal(str(line)) * 1000) - 1) / 1000
    return exact


_HAIR = 1e-9
"""More than a float's own error in thousandths, less than any share of fen is apart."""


def _whole(amount: float) -> int:
    return int(fen([amount])[0])
