"""Who has not reported. docs/domain.md 4, missing report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl import tidy
from salesxl.checks.case import Case, Fault
from salesxl.model import Member, Severity

__all__ = ["expected", "missing"]


def expected(case: Case) -> list[Member]:
    """Return the members who owe a report for the week: on the team for any day of it."""
    start, end = case.week
    return [
        m
        for m in case.rulebook.members
        if (m.joined is None or m.joined <= end) and (m.left is None or m.left >= start)
    ]


def missing(case: Case) -> Iterator[Fault]:
    """Warn of each member on the roster without a weekly report for the week."""
    if not case.rulebook.has_roster:
        return
    stack = case.stacks["weekly_report"]
    start, end = (pd.Timestamp(day) for day in case.week)
    frame = stack.frame
    covers = (frame["week_start"] <= end) & (frame["week_end"] >= start) & case.inside(stack)
    unknown = frame["week_start"].isna() | frame["week_end"].isna()
    handed_in = set(case.rep_of(stack)[(covers.fillna(False) | unknown).astype(bool)].dropna())
    for member in expected(case):
        if tidy.name(member.name).value not in handed_in:
            facts = {"start": case.week[0], "end": case.week[1], "rep": member.name}
            yield Fault("missing_report", Severity.WARNING, None, None, None, facts, member.name)
