"""Rules on dates. docs/domain.md 3.5 and 4: not in the future, in order, not gone by, entered in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.columns import Kind
from salesxl.frames import look_up
from salesxl.stack import Stack

__all__ = ["future", "late_entry", "order", "stale", "weeks"]

ORDERED = (
    ("customer", "first_contact", "expected_close"),
    ("customer", "first_contact", "last_contact"),
    ("customer", "first_contact", "contract_end"),
    ("communication", "contact_time", "entered_at"),
    ("visit", "contact_time", "entered_at"),
    ("weekly_report", "week_start", "week_end"),
)
"""Block, earlier field, later field; the later one is to blame."""

TALKS = ("communication", "visit")
"""Blocks of talks: of a record, and of a flat log."""
CLOSES = (("key_customer", "expected_close"), ("handover_opportunity", "expected_close"))


def future(case: Case) -> Iterator[Fault]:
    """Report dates of things that are said to have happened, but lie after the day of the check."""
    end = pd.Timestamp(case.as_of) + pd.Timedelta(days=1)
    for stack, column in case.columns(Kind.DATE, Kind.MOMENT):
        if column.past_only:
            for at in positions(stack.frame[column.field] >= end):
                yield error("future_date", stack, at, column.field, as_of=case.as_of)


def order(case: Case) -> Iterator[Fault]:
    """Report pairs of dates that stand the wrong way round."""
    for kind, first, second in ORDERED:
        stack = case.stacks[kind]
        for at in positions(stack.frame[second].dt.normalize() < stack.frame[first].dt.normalize()):
            yield _reversed(stack, at, second, first, stack.frame.at[at, first])
    for same_day in (case.stacks[kind] for kind in TALKS):
        entered, met = same_day.frame["entered_at"], same_day.frame["contact_time"]
        timed = entered != entered.dt.normalize()
        same = entered.dt.normalize() == met.dt.normalize()
        for at in positions((entered < met) & same & timed):
            yield _reversed(same_day, at, "entered_at", "contact_time", met[at])
    yield from _against_record(case)


def _reversed(stack: Stack, at: int, name: str, other: str, value: pd.Timestamp) -> Fault:
    label = stack.spec.column(other).label
    return error("date_order", stack, at, name, other=value.to_pydatetime(), other_label=label)


def _against_record(case: Case) -> Iterator[Fault]:
    """Hold contacts against the record's first contact, and plans against the first contact listed."""
    record, contacts, actions = (case.stacks[k] for k in ("record", "communication", "action"))
    first = record.frame.set_index("submission")["first_contact"]
    since = look_up(contacts.frame["submission"], first)
    label = record.spec.column("first_contact").label
    for at in positions(contacts.frame["contact_time"].dt.normalize() < since.dt.normalize()):
        facts = {"other": since[at].to_pydatetime(), "other_label": label}
        yield error("date_order", contacts, at, "contact_time", **facts)
    earliest = contacts.frame.groupby("submission")["contact_time"].min()
    start = look_up(actions.frame["submission"], earliest)
    for at in positions(actions.frame["due"].dt.normalize() < start.dt.normalize()):
        yield warning("date_order", actions, at, "due", why="plan", other=start[at].to_pydatetime())
    visits = case.stacks["visit"]
    met = visits.frame["contact_time"]
    for at in positions(visits.frame["due"].dt.normalize() < met.dt.normalize()):
        yield warning("date_order", visits, at, "due", why="plan", other=met[at].to_pydatetime())


def weeks(case: Case) -> Iterator[Fault]:
    """Warn of a weekly report whose period is not Monday to Sunday. docs/domain.md 2.3."""
    stack = case.stacks["weekly_report"]
    start, end = stack.frame["week_start"], stack.frame["week_end"]
    days = (end.dt.normalize() - start.dt.normalize()).dt.days
    odd = (days >= 0) & ((days != 6) | (start.dt.day_of_week != 0))
    for at in positions(odd):
        facts = {"why": "week", "start": start[at].to_pydatetime(), "end": end[at].to_pydatetime()}
        name = "week_start" if start[at].day_of_week != 0 else "week_end"
        yield warning("range", stack, at, name, **facts)


def stale(case: Case) -> Iterator[Fault]:
    """Warn of an expected close in the past while the customer is open, and of actions gone by."""
    today = pd.Timestamp(case.as_of)
    customers = case.stacks["customer"]
    is_open = case.status_kinds(customers).isin(["open", "keen"])
    still = ~case.stage_kinds(customers).isin(["won", "after", "off"])
    for at in positions((customers.frame["expected_close"] < today) & is_open & still):
        if not _disordered(customers, at):
            yield warning("stale", customers, at, "expected_close")
    for kind, name in CLOSES:
        stack = case.stacks[kind]
        is_open = case.stage_kinds(stack) == "open"
        for at in positions((stack.frame[name] < today) & is_open):
            yield warning("stale", stack, at, name)
    yield from _overdue_actions(case, today)


def _disordered(customers: Stack, at: int) -> bool:
    """Say whether the close already has an error for lying before the first contact."""
    return bool(customers.frame.at[at, "expected_close"] < customers.frame.at[at, "first_contact"])


def _overdue_actions(case: Case, today: pd.Timestamp) -> Iterator[Fault]:
    actions = case.stacks["action"]
    kinds = {o.value: o.kind for o in case.rulebook.choices["完成情况"]}
    ended = {value for value, kind in kinds.items() if kind in ("done", "cancelled")}
    due = actions.frame["due"].dt.normalize()
    for at in positions((due < today) & ~actions.frame["progress"].isin(ended)):
        yield warning("overdue", actions, at, "due")


def late_entry(case: Case) -> Iterator[Fault]:
    """Warn of contacts entered later than the team allows. docs/domain.md 3.5.

    A contact of which only the day is known may have been at its end.
    """
    limit = int(case.rulebook.parameters["entry_hours"])
    for stack in (case.stacks[kind] for kind in TALKS):
        met = stack.frame["contact_time"]
        waited = stack.frame["entered_at"] - met.where(met != met.dt.normalize(), met + dt.timedelta(days=1))
        for at in positions(waited > dt.timedelta(hours=limit)):
            hours = waited[at] / pd.Timedelta(hours=1)
            yield warning("late_entry", stack, at, "entered_at", hours=round(hours, 1), limit=limit)
