"""Teams built in code: only what a test speaks of is given, all else is blank but well typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from salesxl import settings
from salesxl.columns import columns_of
from salesxl.messages import Words, load
from salesxl.model import TableName, Team
from salesxl.rulebook import Member, Rulebook, Target
from salesxl.rules.identity import customer_keys
from salesxl.state.changes import changes
from salesxl.state.identity import known_by
from salesxl.state.numbers import registered
from salesxl.tables import TABLES, model

WORDS: Words = load("zh", lambda block, field: None)
MONDAY = dt.date(2026, 11, 16)
FRIDAY = dt.date(2026, 11, 20)


def day(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def team(as_of: dt.date = FRIDAY, monday: dt.date = MONDAY, **given: Sequence[Mapping[str, Any]]) -> Team:
    """Build a team from rows by table; columns that are not given are missing."""
    tables = {name: _frame(name, given[name]) if name in given else _empty(name) for name in TABLES}
    return Team(tables, as_of, (monday, monday + dt.timedelta(days=6)))


def _frame(table: TableName, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = {}
    for column in columns_of(model(table)):
        dtype = column.kind.dtype
        values = [row.get(column.field) for row in rows]
        if dtype.startswith("datetime"):
            values = [day(v) if isinstance(v, str) else v for v in values]
        columns[column.field] = pd.Series(pd.array(values, dtype=dtype))
    return pd.DataFrame(columns)


@cache
def _preset(grades: str, stages: str) -> Rulebook:
    return settings.default_rulebook(grades=grades, stages=stages)


@cache
def _empty(table: TableName) -> pd.DataFrame:
    return _frame(table, ())


def rules(
    *,
    grades: str = "crm",
    stages: str = "process",
    members: Sequence[Member] = (),
    targets: Sequence[Target] = (),
    days: Mapping[dt.date, bool] | None = None,
    **parameters: Any,
) -> Rulebook:
    """Build rules from the presets, with parameters set anew."""
    preset = _preset(grades, stages)
    return replace(
        preset,
        members=tuple(members),
        has_roster=bool(members),
        targets=tuple(targets),
        days=days or {},
        parameters=replace(preset.parameters, **parameters),
    )


def target(amount: float, *, scope: str = "rep", name: str | None = "甲", month: int = 11) -> Target:
    return Target(2026, str(month), scope, name, "signed", Decimal(str(amount)))


def with_past(now: Team, *weeks: tuple[dt.date, Mapping[str, Sequence[Mapping[str, Any]]]]) -> Team:
    """Give a team the state that earlier weeks' books lead to: their Mondays and rows by table."""
    tables = dict(now.tables)
    reports = [
        _frame("weekly_report", rows["weekly_report"]).assign(week_start=pd.Timestamp(monday))
        for monday, rows in weeks
        if "weekly_report" in rows
    ]
    every = pd.concat([*reports, tables["weekly_report"]], ignore_index=True)
    tables["weekly_report"] = every.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True)
    seen = [(monday, _frame("customer", rows["customer"])) for monday, rows in weeks if "customer" in rows]
    seen.sort(key=lambda week: week[0])
    numbers: dict[str, str] = {}
    if seen:
        seen = [(monday, _numbered(customers, numbers)) for monday, customers in seen]
        tables["customer"] = _numbered(tables["customer"], numbers)
    before: dict[TableName, pd.DataFrame] = {name: _empty(name) for name in TABLES}
    told = []
    for at, (monday, listed) in enumerate([*seen, (now.week[0], tables["customer"])]):
        week, old = pd.Timestamp(monday), before["customer"]
        lacking = old[~known_by(old).isin(set(known_by(listed)))]  # who is not listed is carried
        customers = pd.concat([lacking, listed], ignore_index=True).astype(listed.dtypes.to_dict())
        after = {**before, "customer": customers, "number": registered(before["number"], customers, week)}
        if at:
            told.append(changes(before, after, known_by(customers), week, {}))
        before = after
    if told and seen:
        tables["change"], tables["number"] = pd.concat(told, ignore_index=True), before["number"]
        tables["customer"] = before["customer"]
    return replace(now, tables=tables)


def _numbered(customers: pd.DataFrame, numbers: dict[str, str]) -> pd.DataFrame:
    """Give each customer without a number one, the same in all weeks."""
    keys = customer_keys(customers["customer_name"]).tolist()
    given = [numbers.setdefault(key, f"CRM202601{len(numbers) + 1:03d}") for key in keys]
    own = pd.Series(pd.array(given, dtype="string"), index=customers.index)
    return customers.assign(customer_no=customers["customer_no"].fillna(own))


def customer(name: str = "客户", **more: Any) -> dict[str, Any]:
    """Return an open customer of rep 甲."""
    plain = {
        "rep": "甲", "customer_name": name, "status": "潜在", "stage": "需求确认",
        "expected_amount": 100000.0, "first_contact": "2026-10-01", "grade": "A",
        "need": "需要40台办公电脑", "source": "展会",
    }  # fmt: skip
    return {**plain, **more}


def report(rep: str = "甲", completed: float | None = None, **more: Any) -> dict[str, Any]:
    """Return this week's report."""
    plain = {
        "rep": rep, "week_start": "2026-11-16", "week_end": "2026-11-22",
        "completed_amount": completed, "month_completed": completed,
    }  # fmt: skip
    return {**plain, **more}


def submission(rep: str | None = "甲", form: str | None = "customer_archive", **more: Any) -> dict[str, Any]:
    """Return one form that was handed in and taken as a whole."""
    plain = {
        "rep": rep, "form": form, "status": "accepted", "read": 5, "accepted": 5, "returned": 0,
        "errors": 0, "warnings": 0, "source_file": f"{rep}_{form}.xlsx", "source_sheet": "Sheet1",
    }  # fmt: skip
    return {**plain, **more}
