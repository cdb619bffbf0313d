"""Figures that must agree with figures elsewhere. docs/domain.md 4, mismatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, positions, warning
from salesxl.grading import grades
from salesxl.targets import month_of_week, target_of

__all__ = ["counts", "grade", "month_target"]


def grade(case: Case) -> Iterator[Fault]:
    """Warn where a hand-filled grade differs from the computed one."""
    stack = case.stacks["customer"]
    if stack.frame.empty:
        return
    computed = grades(stack.frame, case.rulebook)["grade"]
    filled = stack.frame["grade"]
    for at in positions(filled.notna() & computed.notna() & (filled != computed)):
        yield warning("mismatch", stack, at, "grade", why="grade", expected=computed[at])


def month_target(case: Case) -> Iterator[Fault]:
    """Warn where a report's 本月目标 differs from the settings; without targets nothing is said."""
    stack = case.stacks["weekly_report"]
    reps = case.rep_of(stack)
    for at in positions(stack.frame["month_target"].notna() & stack.frame["week_start"].notna()):
        rep = reps[at]
        if pd.isna(rep):
            continue
        year, month = month_of_week(stack.frame.at[at, "week_start"].date())
        expected = target_of(case.rulebook, "rep", rep, dt.date(year, month, 1), "signed")
        if expected is not None and float(expected) != float(stack.frame.at[at, "month_target"]):
            yield warning("mismatch", stack, at, "month_target", why="month_target", expected=expected)


def counts(case: Case) -> Iterator[Fault]:
    """Warn where a report's new customers or follow-ups differ from that week's archive and records.

    Only reps whose archive (for new customers) or records (for follow-ups) are at hand are held to it, and
    only where every date there could be read: an unread one may or may not belong to the week.
    """
    stack = case.stacks["weekly_report"]
    sources = (
        ("new_customers", "customer", "first_contact"),
        ("follow_ups", "communication", "contact_time"),
    )
    reps = case.rep_of(stack)
    for name, kind, moment in sources:
        other = case.stacks[kind]
        other_reps = case.rep_of(other)
        inside = case.inside(other)
        unread = other.flagged[moment] | ~other.present[moment]
        for at in positions(stack.frame[name].notna() & case.inside(stack)):
            start, end = stack.frame.at[at, "week_start"], stack.frame.at[at, "week_end"]
            mine = inside & (other_reps == reps[at]).fillna(False)
            if pd.isna(start) or pd.isna(end) or not mine.any() or (mine & unread).any():
                continue
            days = other.frame[moment].dt.normalize()
            expected = int((mine & (days >= start) & (days <= end)).sum())
            if expected != int(stack.frame.at[at, name]):
                yield warning("mismatch", stack, at, name, why=name, expected=expected)
