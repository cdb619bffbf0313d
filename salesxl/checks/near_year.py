"""A year that was mistyped: 2062, 2016 or 2206 for 2026. Owns the slips; refuses judging the dates."""

from __future__ import annotations

import datetime as dt

__all__ = ["meant"]


def meant(typed: dt.date, earliest: dt.date, latest: dt.date) -> dt.date | None:
    """Return the date between two others that differs from a typed one by one slip in the year.

    A slip is one wrong figure or two that changed places; of several the latest date is returned.
    """
    for year in range(latest.year, earliest.year - 1, -1):
        if year == typed.year or not _is_slip(str(typed.year), str(year)):
            continue
        try:
            found = typed.replace(year=year)
        except ValueError:  # 29 February
            continue
        if earliest <= found <= latest:
            return found
    return None


def _is_slip(typed: str, year: str) -> bool:
    if len(typed) != len(year):
        return False
    apart = [at for at in range(len(year)) if typed[at] != year[at]]
    if len(apart) == 1:
        return True
    return len(apart) == 2 and typed[apart[0]] == year[apart[1]] and typed[apart[1]] == year[apart[0]]
