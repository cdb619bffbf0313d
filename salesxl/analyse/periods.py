"""Month, quarter and year to date: which weeks they hold, and what the reports of these weeks add up to.

Owns the weeks of a period, the reports known of them, and which are missing. docs/domain.md 3.3. Refuses:
targets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from salesxl.analyse.plain import rows, sums, true
from salesxl.model import Team
from salesxl.targets import month_of_week

__all__ = ["MEASURES", "Period", "done", "periods", "reports", "runs", "weeks_known", "within"]

MEASURES: Mapping[str, str] = {
    "signed": "completed_amount",
    "collected": "collected_amount",
    "deals": "deals",
    "new_customers": "new_customers",
}
"""The field of the weekly report that each measure is added up from."""

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A period to date: ``key`` month, quarter or year, ``name`` as targets have it (11, Q4, year).

    ``first`` and ``last`` are its days by the calendar, ``weeks`` the Mondays of its weeks up to this one: a
    week counts to the period of its Thursday.
    """

    key: str
    name: str
    year: int
    first: dt.date
    last: dt.date
    weeks: tuple[dt.date, ...]


def periods(team: Team) -> tuple[Period, ...]:
    """Return the month, the quarter and the year that the week under report counts to."""
    year, month = month_of_week(team.week[0])
    quarter = (month + 2) // 3
    spans = (
        ("month", str(month), month, month),
        ("quarter", f"Q{quarter}", 3 * quarter - 2, 3 * quarter),
        ("year", "year", 1, 12),
    )
    return tuple(
        Period(
            key,
            name,
            year,
            dt.date(year, start, 1),
            dt.date(year + end // 12, end % 12 + 1, 1) - dt.timedelta(days=1),
            tuple(sorted(_weeks(team.week[0], year, start))),
        )
        for key, name, start, end in spans
    )


def _weeks(monday: dt.date, year: int, start: int) -> Iterator[dt.date]:
    while (year, start) <= month_of_week(monday):
        yield monday
        monday -= WEEK


def reports(team: Team) -> pd.DataFrame:
    """Return a row a rep and week: this book's reports, and those of earlier books for other weeks.

    Columns: rep, week_start and the fields of ``MEASURES``. Weeks after the one under report are left out.
    """
    columns = ["rep", "week_start", *MEASURES.values()]
    frames = [team.past["weekly_report"][columns]] if "weekly_report" in team.past else []
    every = pd.concat([*frames, team.tables["weekly_report"][columns]], ignore_index=True)
    every = every.dropna(subset=["rep", "week_start"])
    every = every[every["week_start"] <= pd.Timestamp(team.week[0])]
    return every.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True)


def done(every: pd.DataFrame, period: Period) -> dict[tuple[str, str], float]:
    """Return Σ by (rep, measure) over the reports of a period; what nobody reported is left out."""
    inside = within(every, period)
    found: dict[tuple[str, str], float] = {}
    for measure, field in MEASURES.items():
        for rep, amount in sums(inside, field, "rep").items():
            found[rep, measure] = amount
    return found


def within(every: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the reports of a period."""
    return every[true(every["week_start"].isin(pd.to_datetime(list(period.weeks))))]


def weeks_known(every: pd.DataFrame, period: Period) -> dict[str | None, tuple[dt.date, ...]]:
    """Return the weeks of a period that are reported, by rep, and under None those that anybody reported."""
    weeks = {*period.weeks}
    found: dict[str | None, set[dt.date]] = {None: set()}
    for report in rows(every, ("rep", "week_start")):
        if report["week_start"] in weeks:
            found[None].add(report["week_start"])
            found.setdefault(report["rep"], set()).add(report["week_start"])
    return {rep: tuple(sorted(days)) for rep, days in found.items()}


def runs(weeks: Sequence[dt.date]) -> list[tuple[int, int]]:
    """Return Mondays in order as runs of weeks without a gap: (first, last) ISO week numbers."""
    found: list[tuple[dt.date, dt.date]] = []
    for monday in weeks:
        if found and found[-1][1] + WEEK == monday:
            found[-1] = found[-1][0], monday
        else:
            found.append((monday, monday))
    return [(first.isocalendar().week, last.isocalendar().week) for first, last in found]
