"""Newer rows laid over older ones, key by key and field by field.

Owns which value holds of several rows of one key. Refuses: what the key is, and which row is newer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence

import numpy as np
import pandas as pd

__all__ = ["SOURCE", "known_already", "overlaid", "same"]

SOURCE = ("source_file", "source_sheet", "source_row", "submission", "last_week", "carried", "flags")
"""Columns that say where a row stands; two rows that differ in nothing else are equal."""


def known_already(row_keys: Sequence[Hashable], keys: Sequence[Hashable]) -> np.ndarray:
    """Say of each newer row whether an older one has its key."""
    known = set(keys)
    return np.array([key in known for key in row_keys], dtype=bool)


def overlaid(
    before: pd.DataFrame,
    keys: Sequence[Hashable],
    rows: pd.DataFrame,
    row_keys: Sequence[Hashable],
    age: np.ndarray,
    week: pd.Series,
    applies: Callable[[str], np.ndarray] | None = None,
    never_blank: Collection[str] = (),
) -> pd.DataFrame:
    """Return the older rows with the newer ones laid over them; rows of new keys come behind.

    ``keys`` and ``row_keys`` name each row, ``age`` ranks the newer rows, ``week`` is when each came in.
    ``applies`` says of a field on which of the newer rows it stands (all of them unless given): where it does
    not, the older value stays. A blank clears what stood, but for the fields ``never_blank``. ``last_week``
    is the week of the row whose content is new, ``carried`` is blank for keys that came in, else ``carried``.
    """
    place = {key: at for at, key in enumerate(keys)}
    size = len(before)
    for key in row_keys:
        if key not in place:
            place[key] = size
            size += 1
    at = np.array([place[key] for key in row_keys], dtype="int64")
    after = before.reindex(range(size))
    order = np.argsort(age, kind="stable")
    layer = np.empty(len(rows), dtype="int64")
    layer[order] = pd.Series(at[order]).groupby(at[order]).cumcount().to_numpy()
    contents = [name for name in rows.columns if name not in SOURCE and name in after]
    masks = {name: applies(name) if applies else np.ones(len(rows), dtype=bool) for name in contents}
    for name in never_blank:
        if name in masks:
            masks[name] = masks[name] & rows[name].notna().to_numpy()
    fresh = at >= len(before)
    touched = np.zeros(size, dtype=bool)
    touched[at] = True
    since = after["last_week"].to_numpy(dtype="datetime64[us]").copy()
    for number in range(int(layer.max()) + 1 if len(rows) else 0):
        chosen = layer == number
        spots = at[chosen]
        changed = fresh[chosen] if number == 0 else np.zeros(int(chosen.sum()), dtype=bool)
        for name in contents:
            there = masks[name][chosen]
            if not there.any():
                continue
            values, column = rows[name].array[chosen], after[name].array
            changed |= there & ~same(column[spots], values)
            column = column.copy()
            column[spots[there]] = values[there]
            after[name] = column
        for name in ("source_file", "source_sheet", "source_row", "flags"):
            if name in rows:
                column = after[name].array.copy()
                column[spots] = rows[name].array[chosen]
                after[name] = column
        weeks = week.to_numpy(dtype="datetime64[us]")[chosen]
        since[spots] = np.where(changed, weeks, since[spots])
    carried = np.where(touched, None, after["carried"].fillna("carried").to_numpy(dtype=object))
    return after.assign(last_week=since, carried=pd.array(carried, dtype="string"))


def same(one: object, other: object) -> np.ndarray:
    """Say where two arrays hold the same, or are both blank."""
    a, b = pd.Series(one), pd.Series(other)
    equal = (a == b).fillna(False).to_numpy(dtype=bool)
    both: np.ndarray = equal | (a.isna() & b.isna()).to_numpy(dtype=bool)
    return both
