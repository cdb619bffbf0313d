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
    """Give a team the books of earlier weeks: their Mondays and rows by table."""
    tables = {
        name: [
            _frame(name, rows[name]).assign(week_start=pd.Timestamp(monday))
            for monday, rows in weeks
            if name in rows
        ]
        for name in ("customer", "weekly_report")
    }
    return replace(
        now, past={n: pd.concat(frames, ignore_index=True) for n, frames in tables.items() if frames}
    )


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
