"""Small steps on frames that pandas has no safe word for."""

from __future__ import annotations

import pandas as pd

__all__ = ["look_up"]


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Return for each key the value that stands under it in ``values``, missing where there is none.

    Keeps the dtype of ``values`` also when there is no key at all, which ``Series.map`` does not. The first
    of several values under one key counts.
    """
    once = values[~values.index.duplicated()]
    found = once.reindex(pd.Index(keys))
    return pd.Series(found.array, index=keys.index)
