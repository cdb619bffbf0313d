"""Who has not reported. docs/domain.md 4, missing report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from salesxl import tidy
from salesxl.checks.case import Case, Fault, positions
from salesxl.checks.near_year import meant
from salesxl.model import Member, Rulebook, Severity
from salesxl.stack import Stack

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
    """Warn of each member on the roster without a weekly report, once the day has come on which it is due.

    Who handed one in for another week is told so at its date. A report that names nobody of the roster may
    be the one that is missing.
    """
    if not case.rulebook.has_roster or case.as_of < due(case.week, case.rulebook):
        return
    stack = case.stacks["weekly_report"]
    frame, reps = stack.frame, case.rep_of(stack)
    monday = pd.Timestamp(case.week[0])
    counting = case.inside(stack)
    of_week = counting & (
        frame["week_start"].isna() | frame["week_end"].isna() | (frame["week_start"] == monday)
    )
    handed_in = set(reps[of_week].dropna())
    roster = {tidy.name(m.name).value for m in case.rulebook.members}
    unclaimed = tuple(("weekly_report", at, "rep") for at in positions(of_week & ~reps.isin(roster)))
    elsewhere = {str(reps[at]): at for at in positions(counting & ~of_week & reps.notna())}
    for member in expected(case):
        name = str(tidy.name(member.name).value)
        if name in handed_in:
            continue
        facts: dict[str, object] = {"start": case.week[0], "end": case.week[1], "rep": member.name}
        if name in elsewhere:
            yield _of_another_week(case, stack, elsewhere[name], facts)
            continue
        yield Fault(
            "missing_report", Severity.WARNING, None, None, None, facts, member.name,
            pool=unclaimed, share=member.name,
        )  # fmt: skip


def _of_another_week(case: Case, stack: Stack, at: int, facts: dict[str, object]) -> Fault:
    """Return the warning at the date of a report that is of another week than the one asked for."""
    monday = stack.frame.at[at, "week_start"].date()
    sunday = monday + dt.timedelta(days=6)
    facts |= {"why": "other_week", "monday": monday, "sunday": sunday, "handed_in": (monday, sunday)}
    typed = stack.frame.at[at, "typed_start"].date()
    if near := meant(typed, case.week[0] - dt.timedelta(days=3), case.week[1]):
        facts["meant"] = near
    return Fault(
        "missing_report", Severity.WARNING, "weekly_report", at, "week_start", facts, facts["rep"],
        rests_on=(("weekly_report", at, "week_start"),),
    )  # fmt: skip
