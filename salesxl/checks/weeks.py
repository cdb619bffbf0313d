"""Which week a report is of. docs/domain.md 2.3: Monday to Sunday, else the week that it overlaps most.

Owns the settling of a report's period, which every table, sum and rule then goes by, and what is said of one
that is not a week. Refuses: reading dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.parsing.frames import Stack

__all__ = ["BOUNDS", "TYPED", "meant", "settled", "weeks"]

BOUNDS = ("week_start", "week_end")
TYPED = ("typed_start", "typed_end")
"""What a report's period says, beside ``BOUNDS``, the Monday and Sunday of the week that it counts to."""
WEEK = pd.Timedelta(days=7)
LONGEST = 13
"""Days: two whole weeks are two reports."""


def settled(stack: Stack) -> Stack:
    """Return the reports with the week that each counts to in ``BOUNDS``, and what was typed in ``TYPED``.

    ``BOUNDS`` begin on a Monday and end by its Sunday, earlier only where that was typed. The week is the one
    with most of the period's days, of two with as many the later one, in which the report was written. A
    period that ends before it begins, or is of two weeks or more, counts to none.
    """
    start, end = (stack.frame[name].dt.normalize() for name in BOUNDS)
    days = (end - start).dt.days + 1
    monday = start - pd.to_timedelta(start.dt.day_of_week, unit="D")
    in_first = (monday + WEEK - start).dt.days
    rest = days - in_first  # of at most 13 days, so many lie in the one or two weeks after the first
    in_second, in_third = rest.clip(0, 7), (rest - 7).clip(0, 7)
    monday = monday.where(~(in_second >= in_first), monday + WEEK)
    monday = monday.where(~(in_third >= in_second.where(in_second >= in_first, in_first)), monday + WEEK)
    sunday = monday + WEEK - pd.Timedelta(days=1)
    sunday = sunday.where((end > sunday) | (start != monday), end)  # one that ends on Friday stays as typed
    sound = (days >= 1) & (days <= LONGEST)
    wrong = days.notna() & ~sound
    frame = stack.frame.assign(
        **dict(zip(TYPED, (stack.frame[name] for name in BOUNDS), strict=True)),
        week_start=monday.where(sound),
        week_end=sunday.where(sound),
    )
    one_only = days.isna()  # the other end could not be read, which is said; nothing is settled
    for name, typed in zip(BOUNDS, TYPED, strict=True):
        frame[name] = frame[name].where(~one_only, frame[typed]).astype(stack.frame[name].dtype)
    flagged = stack.flagged.copy()
    for name in BOUNDS:
        flagged[name] = flagged[name] | wrong
    return replace(stack, frame=frame, flagged=flagged)


def weeks(case: Case) -> Iterator[Fault]:
    """Report a period that ends before it begins or is of two weeks, and tell of one that is not a week.

    Days of one week, as Monday to Friday, are that week.
    """
    stack = case.stacks["weekly_report"]
    start, end = (stack.frame[name] for name in TYPED)
    days = (end.dt.normalize() - start.dt.normalize()).dt.days + 1
    for at in positions(days < 1):
        name, other = _wrong_end(case, start[at], end[at])
        labels = stack.spec.column(other).label, stack.frame.at[at, f"typed_{other.removeprefix('week_')}"]
        facts = {"other_label": labels[0], "other": labels[1].to_pydatetime()}
        if name == "week_start":
            facts["why"] = "after"
        yield error("date_order", stack, at, name, **facts, **_meant(case, stack, at, name))
    for at in positions(days > LONGEST):
        name, _ = _wrong_end(case, start[at], end[at])
        facts = {"start": start[at].date(), "end": end[at].date(), "days": int(days[at])}
        yield error("range", stack, at, name, why="period", **facts, **_meant(case, stack, at, name))
    odd = (days >= 1) & (days <= LONGEST) & ((days != 7) | (start.dt.day_of_week != 0))
    for at in positions(odd):
        facts = {
            "start": start[at].to_pydatetime(),
            "end": end[at].to_pydatetime(),
            "monday": stack.frame.at[at, "week_start"].date(),
            "sunday": (stack.frame.at[at, "week_start"] + pd.Timedelta(days=6)).date(),
        }
        name = "week_start" if start[at].day_of_week != 0 else "week_end"
        within = facts["monday"] <= start[at].date() and end[at].date() <= facts["sunday"]
        fault = warning("range", stack, at, name, why="short_week" if within else "week", **facts)
        yield replace(fault, rests_on=(("weekly_report", at, "week_start"),), doubts=False)


def _wrong_end(case: Case, start: pd.Timestamp, end: pd.Timestamp) -> tuple[str, str]:
    """Return which end of an impossible period is to blame, and the other: the one further from the week."""
    monday, sunday = (pd.Timestamp(day) for day in case.week)
    off = abs(start - monday), abs(end - sunday)
    return ("week_start", "week_end") if off[0] > off[1] else ("week_end", "week_start")


def _meant(case: Case, stack: Stack, at: int, name: str) -> dict[str, dt.date]:
    typed = stack.frame.at[at, f"typed_{name.removeprefix('week_')}"]
    near = meant(typed.date(), case.week[0] - dt.timedelta(days=LONGEST), case.week[1])
    return {"meant": near} if near else {}


def meant(typed: dt.date, earliest: dt.date, latest: dt.date, *, first: bool = False) -> dt.date | None:
    """Return the date between two others that differs from a typed one by one slip in the year.

    A slip is one wrong figure or two that changed places; of several the latest date is returned, or
    the ``first`` one.
    """
    years = range(earliest.year, latest.year + 1)
    for year in years if first else reversed(years):
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
