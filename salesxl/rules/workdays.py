"""Working days, and how far a month, quarter or year has come. docs/domain.md 3.5.

Owns which days are worked: the team's own days first, then China's official calendar for years it knows,
else Monday to Friday, which is said aloud. Refuses: the clock; the day is an argument.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Pace", "between", "is_workday", "pace", "source_of", "workdays_after"]

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a month, or a longer period from it on, has come by working days.

    ``source`` says where the calendar is from: ``settings``, ``official`` or ``weekdays`` (a plain Monday to
    Friday: nothing knows the year's holidays, and the reader must be told).
    """

    year: int
    month: int
    elapsed: int
    days: int
    source: str

    @property
    def share(self) -> float | None:
        """Return elapsed ÷ all working days; None for a month without any."""
        return self.elapsed / self.days if self.days else None

    @property
    def over(self) -> bool:
        """Say whether no working day is left."""
        return self.elapsed >= self.days


def pace(year: int, month: int, as_of: dt.date, days: Mapping[dt.date, bool]) -> Pace:
    """Count a month's working days up to and including ``as_of``, and all of them.

    ``days`` are the team's holidays (False) and make-up workdays (True).
    """
    last = calendar.monthrange(year, month)[1]
    return between(dt.date(year, month, 1), dt.date(year, month, last), as_of, days)


def between(first: dt.date, last: dt.date, as_of: dt.date, days: Mapping[dt.date, bool]) -> Pace:
    """Count the working days of a period within one year, as ``pace`` does those of a month."""
    every = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    worked = [day for day in every if is_workday(day, days)]
    elapsed = sum(day <= as_of for day in worked)
    return Pace(first.year, first.month, elapsed, len(worked), source_of(first.year, days))


def workdays_after(day: dt.date, number: int, days: Mapping[dt.date, bool]) -> dt.date:
    """Return the day that is so many working days after another one, which itself does not count.

    A negative number counts back.
    """
    step, left = (1, number) if number > 0 else (-1, -number)
    while left > 0:
        day += dt.timedelta(days=step)
        left -= is_workday(day, days)
    return day


def is_workday(day: dt.date, days: Mapping[dt.date, bool]) -> bool:
    """Say whether a day is worked."""
    if day in days:
        return days[day]
    official = _official(day)
    return day.weekday() < SATURDAY if official is None else official


def source_of(year: int, days: Mapping[dt.date, bool]) -> str:
    """Return where a year's working days are known from."""
    if _official(dt.date(year, 1, 1)) is not None:
        return "official"
    return "settings" if any(day.year == year for day in days) else "weekdays"


def _official(day: dt.date) -> bool | None:
    """Ask the official calendar; None for a year that has not been published yet.

    The State Council announces each year's days in the November before, so the package runs out every year.
    """
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
