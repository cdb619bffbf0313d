"""Who has not reported. docs/domain.md 4, missing report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from salesxl import tidy
from salesxl.checks.case import Case, Fault
from salesxl.model import Member, Rulebook, Severity

__all__ = ["due", "expected", "missing"]


def expected(case: Case) -> list[Member]:
    """Return the members who owe a report for the week: on the team for any day of it."""
    start, end = case.week
    return [
        m
        for m in case.rulebook.members
        if (m.joined is None or m.joined <= end) and (m.left is None or m.left >= start)
    ]


def due(week: tuple[dt.date, dt.date], rulebook: Rulebook) -> dt.date:
    """Return the last day on which a week's reports are in time. docs/domain.md 3.5."""
    return week[0] + dt.timedelta(days=int(rulebook.parameters["report_due"]) - 1)


def missing(case: Case) -> Iterator[Fault]:
    """Warn of each member on the roster without a weekly report, once the day has come on which it is due."""
    if not case.rulebook.has_roster or case.as_of < due(case.week, case.rulebook):
        return
    stack = case.stacks["weekly_report"]
    start, end = (pd.Timestamp(day) for day in case.week)
    frame = stack.frame
    covers = (frame["week_start"] <= end) & (frame["week_end"] >= start) & case.inside(stack)
    unknown = frame["week_start"].isna() | frame["week_end"].isna()
    handed_in = set(case.rep_of(stack)[(covers.fillna(False) | unknown).astype(bool)].dropna())
    others = _bounds(frame[case.inside(stack)], case.rep_of(stack))
    for member in expected(case):
        rep = tidy.name(member.name).value
        if rep not in handed_in:
            facts = {"start": case.week[0], "end": case.week[1], "rep": member.name}
            facts |= {"handed_in": others[rep]} if rep in others else {}
            yield Fault("missing_report", Severity.WARNING, None, None, None, facts, member.name)


def _bounds(reports: pd.DataFrame, reps: pd.Series) -> dict[str, tuple[dt.date, dt.date]]:
    """Return the first and last day of each rep's latest report."""
    told = reports[["week_start", "week_end"]].assign(rep=reps).dropna().sort_values("week_start")
    return {rep: (start.date(), end.date()) for start, end, rep in told.itertuples(index=False, name=None)}
