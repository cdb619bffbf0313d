"""Months, quarters and years of the calendar, and those that they are compared with. docs/domain.md 6.

Owns which days a period has, up to a day. Refuses: weeks, which count to a month by their Thursday
(``attainment``).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

__all__ = ["MONTHS", "Span", "months_before", "span_of"]

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months of each kind of period."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period of the calendar: ``first`` to ``last`` day, known up to ``until``.

    One that is not over is compared with as many days of the other.
    """

    key: str
    first: dt.date
    last: dt.date
    until: dt.date

    @property
    def over(self) -> bool:
        """Whether all of it is known."""
        return self.until >= self.last

    @property
    def before(self) -> Span:
        """The period before."""
        return self._moved(MONTHS[self.key])

    @property
    def year_ago(self) -> Span:
        """The same period a year before."""
        return self._moved(12)

    @property
    def next(self) -> Span:
        """The period after, all of it."""
        first = self.last + dt.timedelta(days=1)
        last = months_before(first, -MONTHS[self.key]) - dt.timedelta(days=1)
        return Span(self.key, first, last, last)

    def _moved(self, months: int) -> Span:
        first = months_before(self.first, months)
        last = months_before(first, -MONTHS[self.key]) - dt.timedelta(days=1)
        until = last if self.over else min(first + (self.until - self.first), last)
        return Span(self.key, first, last, until)


def span_of(key: str, day: dt.date, until: dt.date | None = None) -> Span:
    """Return the month, quarter or year that holds a day, known up to ``until``, else as a whole.

    >>> str(span_of("quarter", dt.date(2026, 11, 20)).first)
    '2026-10-01'
    """
    length = MONTHS[key]
    first = dt.date(day.year, (day.month - 1) // length * length + 1, 1)
    last = months_before(first, -length) - dt.timedelta(days=1)
    return Span(key, first, last, last if until is None else min(until, last))


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months before, or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
