"""The week under report: as people say it, and the day on which it is judged.

Owns which week is meant. Refuses: what was handed in for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from salesxl.errors import UsageError
from salesxl.workspace.folder import TeamFolder, week_bounds, week_name

__all__ = ["Week", "last_week_due", "week_asked"]


@dataclass(frozen=True, slots=True)
class Week:
    """The week under report and the day on which it is judged."""

    monday: dt.date
    as_of: dt.date

    @property
    def bounds(self) -> tuple[dt.date, dt.date]:
        """Monday and Sunday."""
        return self.monday, self.monday + dt.timedelta(days=6)

    @property
    def name(self) -> str:
        """The week as 2026-W47."""
        return week_name(self.monday)


def week_asked(week: str | None, as_of: dt.date | None, today: dt.date) -> Week:
    """Return the week under report, as 2026-W47 or as people say it, and the day on which it is judged.

    Without a week it is that of the day; without a day, the one of the week that is nearest to today.

    Raises:
        UsageError: there is no such week, or it has not begun on that day.
    """
    day = as_of or today
    if week is None:
        return Week(day - dt.timedelta(days=day.weekday()), day)
    monday, sunday = week_bounds(week, day)
    if monday > day:
        raise UsageError("week_ahead", name=week_name(monday), monday=monday, day=day, now=week_name(day))
    return Week(monday, as_of or min(max(today, monday), sunday))


def last_week_due(folder: TeamFolder, week: Week) -> Week | None:
    """Return last week where the day is a Monday and last week was never made; else None."""
    monday = week.monday - dt.timedelta(days=7)
    if week.as_of != week.monday or folder.week(week_name(monday)).exists():
        return None
    return Week(monday, monday + dt.timedelta(days=6))
