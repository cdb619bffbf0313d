"""The year's weekly reports, week by week and rep by rep: what every sum over a period is added up from.

Owns one cell per report. Refuses: targets and judgement (``attainment``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.rules.money import total
from salesxl.rules.periods import month_of_week
from salesxl.summary.figures.attainment import MEASURES, Period, within
from salesxl.summary.figures.plain import Person, rows

__all__ = ["by_week", "week_key"]

SHOWN = ("signed", "collected")
"""The measures shown, amounts in 元."""


def by_week(every: pd.DataFrame, spans: Sequence[Period], persons: Sequence[Person]) -> dict[str, Any]:
    """Return the reports of the year (the longest of the periods): ``weeks``, ``reps`` and ``all``.

    ``weeks`` run from this one back to the first that anybody has reported: ``key``, ``monday``, ``number``
    and ``month`` (that of its Thursday). A row of ``reps`` has ``signed`` and ``collected``, each by the key
    of a week, where there is a report, and by the key of a period its sum; ``known`` names the weeks with a
    report, ``reports`` counts them. ``all`` is the row of everybody. A week without a report is None, and so
    is a sum of nothing.
    """
    year = spans[-1]
    inside = rows(within(every, year), ("rep", "week_start", *(MEASURES[name] for name in SHOWN)))
    first = min((r["week_start"] for r in inside), default=year.weeks[-1])
    mondays = [monday for monday in reversed(year.weeks) if monday >= first]
    mine: dict[str, dict[dt.date, Mapping[str, Any]]] = {}
    for report in inside:
        mine.setdefault(report["rep"], {})[report["week_start"]] = report
    found = [
        {
            **{"rep": p.name, "team": p.team, "known": [week_key(m) for m in sorted(mine.get(p.name, ()))]},
            **_row([mine.get(p.name, {})], mondays, spans),
        }
        for p in persons
    ]
    return {
        "weeks": [
            {"key": week_key(m), "monday": m, "number": m.isocalendar().week, "month": month_of_week(m)[1]}
            for m in mondays
        ],
        "reps": found,
        "all": _row(list(mine.values()), mondays, spans),
    }


def _row(
    reports: Sequence[Mapping[dt.date, Mapping[str, Any]]],
    mondays: Iterable[dt.date],
    spans: Sequence[Period],
) -> dict[str, Any]:
    """Return the figures of one rep's reports, or of everybody's."""
    row: dict[str, Any] = {"reports": sum(len(mine) for mine in reports)}
    weeks = list(mondays)
    for name in SHOWN:
        field = MEASURES[name]
        by = {m: total([mine[m][field] for mine in reports if m in mine]) for m in weeks}
        sums = {p.key: total([by[m] for m in weeks if m in set(p.weeks)]) for p in spans}
        row[name] = {**{week_key(m): amount for m, amount in by.items()}, **sums}
    return row


def week_key(monday: dt.date) -> str:
    """Return what a week is called among the figures: W202647."""
    year, number, _ = monday.isocalendar()
    return f"W{year}{number:02d}"
