"""Sorting long tables: a customer list of a large team is put into order by several questions.

Owns the order alone. Refuses: which columns decide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

__all__ = ["in_order"]


def in_order(frame: pd.DataFrame, columns: Sequence[str], descending: Collection[str] = ()) -> pd.DataFrame:
    """Return a frame's rows by these columns, blanks last; rows that are alike in all keep their order.

    As ``sort_values`` would, but a column is looked at only where rows are still alike in those before it:
    names, the slowest to compare, decide last and so hardly ever.
    """
    place = np.zeros(len(frame), dtype="int64")  # where a row goes, or where those alike it begin
    for column in columns:
        alike = np.flatnonzero(np.bincount(place)[place] > 1) if len(frame) else place
        if not len(alike):
            break
        ranks = _ranks(frame[column].iloc[alike], falling=column in descending)
        order = np.lexsort((ranks, place[alike]))
        alike, ranks = alike[order], ranks[order]
        begin, number = place[alike], np.arange(len(alike))
        starts = np.append(True, begin[1:] != begin[:-1])
        differs = starts | np.append(True, ranks[1:] != ranks[:-1])
        before = np.maximum.accumulate(number * differs) - np.maximum.accumulate(number * starts)
        place[alike] = begin + before
    return frame.iloc[np.argsort(place, kind="stable")]


def _ranks(column: pd.Series, *, falling: bool) -> np.ndarray:
    """Return numbers in the order of a column's values, the highest for blanks."""
    if pd.api.types.is_datetime64_any_dtype(column):
        numbers = column.to_numpy("datetime64[us]").astype("int64").astype("float64")
        numbers[column.isna().to_numpy()] = np.nan
    elif pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy("float64", na_value=np.nan)
    else:
        texts = column.to_numpy(object, na_value=None).tolist()
        known = {text: at for at, text in enumerate(sorted({*texts} - {None}, reverse=falling))}
        known[None] = len(known)
        return np.array([known[text] for text in texts], dtype="float64")
    ranks: np.ndarray = np.nan_to_num(-numbers if falling else numbers, nan=np.inf)
    return ranks
