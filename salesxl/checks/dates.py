"""Rules on dates. docs/domain.md 3.5 and 4: not in the future, in order, not gone by, entered in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from salesxl import parsing
from salesxl.checks.case import Case, Cell, Fault, error, positions, warning
from salesxl.checks.weeks import meant
from salesxl.columns import Kind
from salesxl.model import Severity
from salesxl.parsing.frames import Stack, look_up
from salesxl.rulebook import Member, Rulebook

__all__ = ["due", "expected", "far", "future", "late_entry", "missing", "order", "slips", "stale"]

ORDERED = (
    ("customer", "first_contact", "expected_close"),
    ("customer", "first_contact", "last_contact"),
    ("customer", "first_contact", "contract_end"),
    ("communication", "contact_time", "entered_at"),
    ("visit", "contact_time", "entered_at"),
)
"""Block, earlier field, later field; the later one is to blame."""

_A_YEAR = dt.timedelta(days=365)
LATE = dt.timedelta(days=7)
"""After so long a contact was hardly entered late: its day, or that of its entry, may be a slip."""

HALF_A_YEAR = dt.timedelta(days=183)
NEAR = (
    ("archive_head", "filled_on"),
    ("record", "rep_signed_on"),
    ("record", "reviewed_on"),
    ("action", "due"),
    ("next_week", "due"),
    ("handover", "date"),
    ("handover", "from_signed_on"),
    ("handover", "to_signed_on"),
    ("handover", "manager_signed_on"),
)
"""Dates of the days around the check: half a year before or after it at most."""

TALKS = ("communication", "visit")
"""Blocks of talks: of a record, and of a flat log."""
CLOSES = (("key_customer", "expected_close"), ("handover_opportunity", "expected_close"))


HORIZONS = (
    ("customer", "expected_close", "close"),
    ("key_customer", "expected_close", "close"),
    ("handover_opportunity", "expected_close", "close"),
    ("customer", "contract_end", "contract"),
    ("customer", "birthday", "plan"),
    ("archive_head", "filled_on", "plan"),
    ("action", "due", "plan"),
    ("next_week", "due", "plan"),
    ("handover", "date", "plan"),
)
"""Block, field, and which of the limits says how far ahead its day may lie."""


def future(case: Case) -> Iterator[Fault]:
    """Report dates of things that are said to have happened, but lie after the day of the check."""
    end = pd.Timestamp(case.as_of) + pd.Timedelta(days=1)
    for stack, column in case.columns(Kind.DATE, Kind.MOMENT):
        if column.past_only:
            # the date beside a signature is called 日期 alone: say whose
            whose = stack.spec.column(column.follows).label if column.follows else ""
            label = {"label": f"{whose}{column.label}"} if whose else {}
            for at in positions(stack.frame[column.field] >= end):
                yield _in_future(case, stack, at, column.field, label)


def _in_future(case: Case, stack: Stack, at: int, name: str, label: Mapping[str, str]) -> Fault:
    """Return the error, with the date that was meant where the year is a slip of the pen.

    A day of the weeks to come has rather a slip in its month or day.
    """
    facts: dict[str, object] = {"as_of": case.as_of, **label}
    typed = stack.frame.at[at, name].date()
    far = typed - case.as_of > HALF_A_YEAR
    if far and (near := meant(typed, case.as_of - _A_YEAR, case.as_of)):
        facts |= {"why": "year", "meant": near}
    return error("future_date", stack, at, name, **facts)


def slips(case: Case) -> Iterator[Fault]:
    """Warn of a date near to the day of the check but for one slip in its year: 2016-11-20, 2062-11-25."""
    today = pd.Timestamp(case.as_of)
    for kind, name in NEAR:
        stack = case.stacks[kind]
        far = (stack.frame[name].dt.normalize() - today).abs() > HALF_A_YEAR
        for at in positions(far):
            day = stack.frame.at[at, name].date()
            if near := meant(day, case.as_of - HALF_A_YEAR, case.as_of + HALF_A_YEAR):
                fault = warning("mismatch", stack, at, name, why="year", meant=near)
                yield replace(fault, rests_on=(_cell(stack, at, name),))


def far(case: Case) -> Iterator[Fault]:
    """Report a plan so far ahead that its year must be wrong, and a report of a week yet to come."""
    parameters, today = case.rulebook.parameters, pd.Timestamp(case.as_of)
    limits = {
        "close": today + pd.DateOffset(years=parameters.close_years_ahead),
        "contract": today + pd.DateOffset(years=parameters.contract_years_ahead),
        "plan": today + pd.DateOffset(days=parameters.plan_days_ahead),
    }
    for kind, name, limit in HORIZONS:
        stack, last = case.stacks[kind], limits[limit]
        for at in positions(stack.frame[name].dt.normalize() > last):
            near = meant(stack.frame.at[at, name].date(), case.as_of - HALF_A_YEAR, case.as_of + HALF_A_YEAR)
            facts = {"why": "year", "meant": near} if near else {"why": "far"}
            yield error("future_date", stack, at, name, as_of=last.date(), **facts)
    stack = case.stacks["weekly_report"]
    start, end = _to_come(case)
    for at in positions(start):
        near = meant(
            stack.frame.at[at, "typed_start"].date(), case.week[0] - dt.timedelta(days=3), case.week[1]
        )
        facts = {"why": "year", "meant": near} if near else {"why": "week"}
        yield error("future_date", stack, at, "week_start", as_of=case.as_of, **facts)
    for at in positions(end & ~start):
        yield error("future_date", stack, at, "week_end", why="week", as_of=case.as_of)


def _to_come(case: Case) -> tuple[pd.Series, pd.Series]:
    """Return which reports begin after the week under report, and which end after the one that follows it."""
    frame = case.stacks["weekly_report"].frame
    sunday = max(pd.Timestamp(case.as_of), pd.Timestamp(case.week[1]))
    a_week = frame["week_start"].notna()  # of a period that is none, that is said
    end = frame["typed_end"].dt.normalize() > sunday + pd.Timedelta(weeks=1)
    return (frame["typed_start"].dt.normalize() > sunday) & a_week, end & a_week


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
    facts = {"other": value.to_pydatetime(), "other_label": label}
    if near := _later(stack.frame.at[at, name], value):
        facts["meant"] = near
    fault = error("date_order", stack, at, name, **facts)
    return replace(fault, against=(_cell(stack, at, other),))


def _later(typed: pd.Timestamp, other: pd.Timestamp) -> dt.date | None:
    """Return the date that a slip of the year hides: the first one within two years after another one."""
    return meant(typed.date(), other.date(), other.date() + 2 * _A_YEAR, first=True)


def _cell(stack: Stack, at: int, name: str) -> Cell:
    return stack.spec.kind, at, name


def _against_record(case: Case) -> Iterator[Fault]:
    """Hold contacts against the record's first contact, and plans against the first contact listed.

    Where every one of several contacts lies before the first one, it is that date which is to blame.
    """
    record, contacts, actions = (case.stacks[k] for k in ("record", "communication", "action"))
    sheets = contacts.frame["submission"]
    heads = dict(zip(record.frame["submission"].tolist(), record.frame.index.tolist(), strict=True))
    since = look_up(sheets, record.frame.set_index("submission")["first_contact"])
    label = record.spec.column("first_contact").label
    early: dict[int, list[int]] = {}
    for at in positions(contacts.frame["contact_time"].dt.normalize() < since.dt.normalize()):
        early.setdefault(int(sheets[at]), []).append(at)
    dated = contacts.frame["contact_time"].notna().groupby(sheets).sum()
    for number, places in early.items():
        head = _cell(record, heads[number], "first_contact")
        if len(places) > 1 and len(places) == dated[number]:
            first = contacts.frame.loc[places, "contact_time"].min().to_pydatetime()
            other = contacts.spec.column("contact_time").label
            facts = {"why": "after", "other": first, "other_label": other, "rows": len(places)}
            yield replace(error("date_order", record, head[1], head[2], **facts), rests_on=(head,))
            continue
        for at in places:
            facts = {"other": since[at].to_pydatetime(), "other_label": label}
            yield replace(error("date_order", contacts, at, "contact_time", **facts), rests_on=(head,))
    earliest = contacts.frame.groupby("submission")["contact_time"].min()
    first_at = contacts.frame.dropna(subset=["contact_time"]).groupby("submission")["contact_time"].idxmin()
    start = look_up(actions.frame["submission"], earliest)
    for at in positions(actions.frame["due"].dt.normalize() < start.dt.normalize()):
        fault = warning("date_order", actions, at, "due", why="plan", other=start[at].to_pydatetime())
        first = int(first_at[int(actions.frame.at[at, "submission"])])
        yield replace(fault, rests_on=(_cell(contacts, first, "contact_time"), _cell(actions, at, "due")))
    visits = case.stacks["visit"]
    met = visits.frame["contact_time"]
    for at in positions(visits.frame["due"].dt.normalize() < met.dt.normalize()):
        fault = warning("date_order", visits, at, "due", why="plan", other=met[at].to_pydatetime())
        yield replace(fault, rests_on=(_cell(visits, at, "contact_time"), _cell(visits, at, "due")))


def stale(case: Case) -> Iterator[Fault]:
    """Warn of an expected close in the past while the customer is open, and of actions gone by."""
    today = pd.Timestamp(case.as_of)
    customers = case.stacks["customer"]
    is_open = case.status_kinds(customers).isin(["open", "keen"])
    still = ~case.stage_kinds(customers).isin(["won", "after", "off"])
    for at in positions((customers.frame["expected_close"] < today) & is_open & still):
        yield _gone_by("stale", customers, at, "expected_close")
    for kind, name in CLOSES:
        stack = case.stacks[kind]
        is_open = case.stage_kinds(stack) == "open"
        for at in positions((stack.frame[name] < today) & is_open):
            yield _gone_by("stale", stack, at, name)
    yield from _overdue_actions(case, today)


def _gone_by(code: str, stack: Stack, at: int, name: str) -> Fault:
    """Return the warning of a day that is over; of one that is wrong already nothing more is said."""
    return replace(warning(code, stack, at, name), rests_on=(_cell(stack, at, name),))


def _overdue_actions(case: Case, today: pd.Timestamp) -> Iterator[Fault]:
    actions = case.stacks["action"]
    kinds = {o.value: o.kind for o in case.rulebook.choices["完成情况"]}
    ended = {value for value, kind in kinds.items() if kind in ("done", "cancelled")}
    due = actions.frame["due"].dt.normalize()
    for at in positions((due < today) & ~actions.frame["progress"].isin(ended)):
        yield _gone_by("overdue", actions, at, "due")


def late_entry(case: Case) -> Iterator[Fault]:
    """Warn of contacts entered later than the team allows. docs/domain.md 3.5.

    A contact of which only the day is known may have been at its end.
    """
    limit = case.rulebook.parameters.entry_hours
    for stack in (case.stacks[kind] for kind in TALKS):
        met = stack.frame["contact_time"]
        waited = stack.frame["entered_at"] - met.where(met != met.dt.normalize(), met + dt.timedelta(days=1))
        waited = waited.dt.round("s")  # a time of day is a fraction in Excel: 24 hours may be a hair more
        for at in positions(waited > dt.timedelta(hours=limit)):
            seconds = int(waited[at].total_seconds())
            fault = warning("late_entry", stack, at, "entered_at", waited=seconds, limit=limit)
            basis = (_cell(stack, at, "contact_time"), _cell(stack, at, "entered_at"))
            yield replace(fault, against=basis, doubts=waited[at] > LATE)


def expected(case: Case) -> list[Member]:
    """Return the members who owe a report for the week: on the team on the day on which it is due."""
    day = min(case.as_of, due(case.week, case.rulebook))
    return [
        m
        for m in case.rulebook.members
        if (m.joined is None or m.joined <= case.week[1]) and (m.left is None or m.left >= day)
    ]


def due(week: tuple[dt.date, dt.date], rulebook: Rulebook) -> dt.date:
    """Return the last day on which a week's reports are in time. docs/domain.md 3.5."""
    return week[0] + dt.timedelta(days=rulebook.parameters.report_due - 1)


def missing(case: Case) -> Iterator[Fault]:
    """Warn of each member on the roster without a weekly report, once the day has come on which it is due.

    What an earlier week took in counts too. Who handed one in for another week is told so at its date. A
    report that names nobody of the roster may be the one that is missing. Where single files are checked,
    those of everybody else are not to be seen.
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
    if (before := case.past.get("weekly_report")) is not None:
        handed_in |= set(before.loc[(before["week_start"] == monday).fillna(False), "rep"].dropna())
    roster = {parsing.name(m.name).value for m in case.rulebook.members}
    unclaimed = tuple(("weekly_report", at, "rep") for at in positions(of_week & ~reps.isin(roster)))
    elsewhere = {str(reps[at]): at for at in positions(counting & ~of_week & reps.notna())}
    for member in expected(case):
        name = str(parsing.name(member.name).value)
        if name in handed_in:
            continue
        facts: dict[str, object] = {"start": case.week[0], "end": case.week[1], "rep": member.name}
        if name in elsewhere:
            yield _of_another_week(case, stack, elsewhere[name], facts)
            continue
        if not case.whole:
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
