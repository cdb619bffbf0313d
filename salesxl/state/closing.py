"""Rows that no later week changes and no figure needs are closed; docs/domain.md 4.2 has the rules.

Closed rows go from book to book as they stand. They are opened again where something of this week may touch
them: a talk, a plan or a report of their time, another 更正, another former name. Refuses: how rows are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from salesxl.handed import digest
from salesxl.model import Checked, Closed, TableName, Team
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import customer_keys
from salesxl.rules.people import former_names
from salesxl.state.incoming import Incoming

__all__ = ["STATES", "WEEKS", "closing", "reopened"]

WEEKS = 13
"""Rows of a quarter stay open: who corrects an old row mostly corrects a young one."""
LAST = 3
"""Talks of a customer that stay open whatever their age: the next workbook shows them."""
STATES = ("stage", "status", "round")
"""Changes of customers that stay open: the time in each stage is made of them."""
OF_A_WEEK: tuple[TableName, ...] = ("key_customer", "issue", "next_week")
DATED: Mapping[TableName, str] = {
    "communication": "contact_time",
    "action": "due",
    **dict.fromkeys(OF_A_WEEK, "week_start"),
    "change": "week_start",
}
"""By table: the column that says how old a row is; one without a day is never closed."""
TOUCHING: Mapping[TableName, Sequence[tuple[str, str]]] = {
    "communication": (("communication", "contact_time"), ("visit", "contact_time")),
    "action": (("action", "due"), ("visit", "due")),
    **dict.fromkeys(OF_A_WEEK, (("weekly_report", "week_start"),)),
}
"""By table: the blocks that touch its rows, and the column with the day from which they do."""


def reopened(team: Team, checked: Checked, come: Incoming, rulebook: Rulebook) -> Team:
    """Return the state before with those closed rows among its tables that this week may touch."""
    under, tables = _under(rulebook), dict(team.tables)
    left: dict[TableName, Sequence[Closed]] = {}
    for name, pieces in team.closed.items():
        first = _first(checked, name, merge=rulebook.parameters.faulty_rows == "merge")
        lost = name == "communication" and _lost(tables[name], come)
        touched = [_touched(piece.label, under, first) or lost for piece in pieces]
        left[name] = [piece for piece, out in zip(pieces, touched, strict=True) if not out]
        back = [piece.rows() for piece, out in zip(pieces, touched, strict=True) if out]
        if back:
            tables[name] = pd.concat([*back, tables[name]], ignore_index=True)
    return replace(team, tables=tables, closed=left) if team.closed else team


def closing(team: Team, before: Team | None, rulebook: Rulebook) -> Team:
    """Close what is old enough, behind what is closed ``before``."""
    cut, under = _cut(team, rulebook), _under(rulebook)
    tables, kept = dict(team.tables), before.closed if before else {}
    closed = {name: list(pieces) for name, pieces in kept.items()}
    for name, column in DATED.items():
        days = tables[name][column]
        over = (days < cut).fillna(False).astype(bool)
        if not over.any():
            continue
        over &= ~_needed(name, tables[name], rulebook)
        rows = tables[name][over].reset_index(drop=True)
        if len(rows):
            label = _label(team.week[0], rows[column], under)
            closed.setdefault(name, []).append(Closed.of(label, rows))
            tables[name] = tables[name][~over].reset_index(drop=True)
    return replace(team, tables=tables, closed=closed)


def _cut(team: Team, rulebook: Rulebook) -> pd.Timestamp:
    """Return the day before which rows are old: no count of recent talks and no trend reaches so far back."""
    given = rulebook.parameters
    counted = pd.Timestamp(team.as_of) - pd.DateOffset(months=given.high_potential_months)
    weeks = max(WEEKS, given.trend_weeks)
    return min(pd.Timestamp(team.week[0]) - pd.Timedelta(weeks=weeks), counted - pd.Timedelta(weeks=1))


def _needed(name: TableName, rows: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Say which rows stay open at any age."""
    if name == "communication":
        return _talks_needed(rows)
    if name == "action":
        return _plans_needed(rows, rulebook)
    return _changes_needed(rows) if name == "change" else pd.Series(False, index=rows.index)


def _talks_needed(talks: pd.DataFrame) -> pd.Series:
    """Say which talks figures need at any age: the last ones of a customer, and its last with its needs."""
    whose = [talks["rep"].fillna(""), customer_keys(talks["customer_name"]).fillna("")]
    ordered = talks["contact_time"].sort_values(kind="stable").index
    by_age = pd.DataFrame({"rep": whose[0], "key": whose[1]}).loc[ordered]
    needed = by_age.groupby(["rep", "key"], sort=False).cumcount(ascending=False) < LAST
    noted = by_age[talks["need_points"].notna().loc[ordered]]
    last = noted.groupby(["rep", "key"], sort=False).cumcount(ascending=False) < 1
    return needed.reindex(talks.index) | last.reindex(talks.index).fillna(False).astype(bool)


def _plans_needed(plans: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Say which plans are not over."""
    ended = [o.value for o in rulebook.choices["完成情况"] if o.kind in ("done", "cancelled")]
    return ~(plans["progress"].isin(ended).fillna(False).astype(bool) | plans["closed"].notna())


def _changes_needed(changes: pd.DataFrame) -> pd.Series:
    """Say which changes the time in stage is made of, and which corrections tell."""
    moves = changes["field"].isin(list(STATES)) | changes["field"].isna()
    kept = (changes["table"] == "customer") & moves | (changes["cause"] == "correction")
    return kept.fillna(False).astype(bool)


def _first(checked: Checked, name: TableName, *, merge: bool) -> pd.Timestamp | None:
    """Return the first day of what goes in and touches a table; rows with errors count where they go in."""
    days = []
    for kind, column in TOUCHING.get(name, ()):
        rows = checked.frames[kind]
        goes_in = (~rows["superseded"] if merge else rows["accepted"]).astype(bool)
        days.append(rows.loc[goes_in, column].min())
    return min((day for day in days if not pd.isna(day)), default=None)


def _touched(label: str, under: str, first: pd.Timestamp | None) -> bool:
    """Tell whether rows were closed under other settings, or reach to the day from which rows are touched."""
    _, last, kept = label.rsplit(" ", 2)
    return kept != under or (first is not None and f"{first:%Y-%m-%d}" <= last)


def _lost(talks: pd.DataFrame, come: Incoming) -> bool:
    """Tell whether a talk that was handed out came back as another and is not among the open ones."""
    told = {was["contact_time"] for (kind, _, _), was in come.was.items() if kind == "communication"}
    if not told:
        return False
    return not told <= {digest(day.to_pydatetime()) or "" for day in talks["contact_time"].dropna().unique()}


def _label(monday: dt.date, days: pd.Series, under: str) -> str:
    """Return what closed rows are called: the week in which they were, their days, and under what."""
    week = "{}-W{:02d}".format(*monday.isocalendar()[:2])
    return f"{week} {days.min():%Y-%m-%d} {days.max():%Y-%m-%d} {under}"


def _under(rulebook: Rulebook) -> str:
    """Return what tells the settings that change rows of any age: 更正 and former names."""
    told = [(c.action, c.customer, c.value, c.day) for c in rulebook.corrections]
    names = sorted(former_names(rulebook).items())
    return hashlib.sha256(repr((told, names)).encode()).hexdigest()[:12]
