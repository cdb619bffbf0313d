"""The days from which to which a card is, in one cell: 11月16日—11月22日, 第47周.

Owns: telling such a cell, and its two ends as typed. Refuses: reading days (``parsing``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import CellValue
from salesxl.recognition.sheet import is_text

__all__ = ["ends_of", "is_week", "period_of", "tells_period", "two_days"]

_PERIOD = re.compile(r"\s*(?:至|到|[~～]|[—–]+|--+|\s-\s|(?<=\d{4}-\d\d-\d\d)-)\s*")
_DAY_AT_END = re.compile(r"(?<!\d)(\d{1,2})\s*([日号]?)$")
_DAY_ALONE = re.compile(r"(\d{1,2})\s*([日号]?)")


def period_of(spec: BlockSpec) -> tuple[Column, Column] | None:
    """Return the two dates of a card that stand for a period: the one required after the other."""
    required = [c for c in spec.columns if c.required]
    return next(((a, b) for a, b in pairwise(required) if a.kind is b.kind is Kind.DATE), None)


def tells_period(value: CellValue) -> bool:
    """Tell whether a cell surely holds a week, or two days: 11-20 may be one day."""
    parts = ends_of(value)
    if not is_text(value) or parsing.date(value, near=_SOME_DAY).value is not None:
        return False
    dates = [parsing.date(part, near=_SOME_DAY).value for part in parts]
    return is_week(value, parts) or (len(parts) == 2 and None not in dates)


def two_days(parts: Sequence[str]) -> bool:
    """Tell whether what ``ends_of`` returns may be two days."""
    return len(parts) == 2 and all(any(map(str.isdigit, part)) for part in parts)


def ends_of(value: CellValue) -> list[str]:
    """Return the two ends of a period as typed, or the text as it is."""
    typed = value.strip() if is_text(value) else ""
    parts = _PERIOD.split(typed)
    if len(parts) == 1 and typed.count("-") == 1:
        parts = typed.split("-")
    return [*_both_whole(parts[0].strip(), parts[1].strip())] if len(parts) == 2 else parts


def _both_whole(begin: str, end: str) -> tuple[str, str]:
    """Return a period's two ends, a month that only the first one names given to both: 11月9日-15日."""
    day, last = _DAY_AT_END.search(begin), _DAY_ALONE.fullmatch(end)
    if day is None or last is None or day.start() == 0 or int(last[1]) < int(day[1]):
        return begin, end
    sign = last[2] or day[2]
    return begin[: day.end(1)] + sign, begin[: day.start()] + last[1] + sign


_SOME_DAY = dt.date(2020, 6, 1)  # in a year of 53 weeks and 29 February
_MEANT = frozenset({"no_such_week", "two_weeks", "no_such_day"})


def is_week(value: CellValue, parts: Sequence[str]) -> bool:
    """Tell whether a cell that is asked for a period tells a week, and ``parts`` of it are not two dates."""
    if isinstance(value, bool) or not (is_text(value) or isinstance(value, int | float)):
        return False
    dates = [parsing.date(part, near=_SOME_DAY) for part in parts]
    if len(parts) == 2 and all(got.value is not None for got in dates):
        return False
    got = parsing.week(value, near=_SOME_DAY)
    return got.value is not None or got.facts.get("why") in _MEANT
