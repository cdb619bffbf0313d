"""Whether one cell tells a whole week: 第47周(11.16~11.22), 11月第3周, 47.

Owns: telling that from a period of two dates. Refuses: reading either, which is tidy's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from salesxl import tidy
from salesxl.model import CellValue
from salesxl.reading.sheet import is_text

__all__ = ["is_week"]

_SOME_DAY = dt.date(2020, 6, 1)  # in a year of 53 weeks and 29 February
_MEANT = frozenset({"no_such_week", "two_weeks", "no_such_day"})


def is_week(value: CellValue, parts: Sequence[str]) -> bool:
    """Tell whether a cell that is asked for a period tells a week, and ``parts`` of it are not two dates."""
    if isinstance(value, bool) or not (is_text(value) or isinstance(value, int | float)):
        return False
    dates = [tidy.date(part, near=_SOME_DAY) for part in parts]
    if len(parts) == 2 and all(got.value is not None for got in dates):
        return False
    got = tidy.week(value, near=_SOME_DAY)
    return got.value is not None or got.facts.get("why") in _MEANT
