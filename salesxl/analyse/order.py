"""Sorting long tables: a customer list of a large team is put into order by several questions.

Owns the order, and which customers come before others. Refuses: who is on a list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from salesxl.model import Rulebook

__all__ = ["in_order", "most_pressing", "stage_ranks"]


def most_pressing(frame: pd.DataFrame, rulebook: Rulebook, days: str = "days") -> pd.DataFrame:
    """Return customers in the order in which a manager calls them. docs/domain.md 3.6.

    By grade, the highest first; then by stage, the nearest to signing first; by expected amount; and then by
    ``days``: a lead silent for 200 days does not hide a key customer that slipped by 14.
    """
    grades = {grade.name: at for at, grade in enumerate(rulebook.grades)}
    stages = stage_ranks(rulebook)
    ranks = {"rank_grade": _rank(frame["grade"], grades), "rank_stage": _rank(frame["stage"], stages)}
    columns = [*ranks, "expected_amount", days, "rep", "customer_name"]
    ordered = in_order(frame.assign(**ranks), columns, descending=("expected_amount", days))
    return ordered.drop(columns=list(ranks))


def stage_ranks(rulebook: Rulebook) -> Mapping[str, int]:
    """Return the rank of each stage: open ones from the last on backwards, then won ones, then the rest."""
    opens = [stage.name for stage in rulebook.stages if stage.kind == "open"]
    others = [stage.name for stage in rulebook.stages if stage.kind != "open"]
    return {name: at for at, name in enumerate([*reversed(opens), *others])}


def _rank(column: pd.Series, ranks: Mapping[str, int]) -> pd.Series:
    numbers = [ranks.get(name) if isinstance(name, str) else None for name in column.tolist()]
    return pd.Series(pd.array(numbers, dtype="Int64"), index=column.index)


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
