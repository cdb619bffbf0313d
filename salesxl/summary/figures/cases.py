"""Opportunities, contracts and calls after the sale: what is beyond its working days. docs/domain.md 7, 9.

Owns which of them wait for whom, and since when. Refuses: the same clocks on the archive (``deadlines``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from salesxl.model import Team
from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.rules.periods import PARTS, target_for
from salesxl.rules.workdays import workdays_after
from salesxl.summary.figures.calendar import MONTHS, Span, span_of
from salesxl.summary.figures.orders import inside
from salesxl.summary.figures.own import ended, own_rows, word
from salesxl.summary.figures.plain import plain, rows

__all__ = ["opportunities", "pledges", "satisfaction", "waiting"]

Row = dict[str, Any]


def opportunities(team: Team, rulebook: Rulebook) -> list[Row]:
    """Return the open opportunities, those that close first on top."""
    still = {stage.name for stage in rulebook.stages if stage.kind == "open"}
    listed = _rows(team, "chance")
    return sorted(
        (row for row in listed if row["stage"] is None or row["stage"] in still),
        key=lambda row: (row["close"] is None, row["close"] or dt.date.max, row["name"] or ""),
    )


def waiting(team: Team, rulebook: Rulebook) -> list[Row]:
    """Return what is late, the longest first: ``kind``, ``name``, customer, ``rep``, ``due`` and ``days``.

    ``solution``: agreed to, and after 3 working days without 解决方案. ``review``: a contract after 2 working
    days without the date of legal or financial review. ``call``: none after the signing in its days.
    ``unhappy``: the last call of a customer was below 3. ``measure``: of an improvement plan, its day over.
    What has no clock is late at once: ``decision`` of the manager, ``filing`` of a contract.
    """
    late = [row for row in _waiting(team, rulebook) if row["due"] < team.as_of]
    found = [{**row, "days": (team.as_of - row["due"]).days} for row in late]
    return sorted(found, key=lambda row: (-row["days"], row["kind"], row["name"] or ""))


def _waiting(team: Team, rulebook: Rulebook) -> Iterator[Row]:
    asks = rulebook.parameters
    for row in opportunities(team, rulebook):
        if row["decision"] is None and row["opened"]:
            yield _case("decision", row, row["opened"])
        elif row["decision"] == word("chance", "agreed") and row["decided"] and row["solution"] is None:
            yield _case(
                "solution", row, workdays_after(row["decided"], asks.needs_report_workdays, rulebook.days)
            )
    calls = _last_calls(team)
    for row in _rows(team, "contract"):
        if row["signed"] is None:
            continue
        if row["legal"] is None or row["financial"] is None:
            yield _case(
                "review", row, workdays_after(row["signed"], asks.contract_review_workdays, rulebook.days)
            )
        if row["filed"] is not None and not row["filed"]:
            yield _case("filing", row, row["signed"])
        last = calls.get(customer_key(row["customer_name"] or ""))
        if last is None or last["called"] < row["signed"]:
            yield _case("call", row, row["signed"] + dt.timedelta(days=asks.after_sales_days))
    for row in calls.values():
        if row["satisfaction"] is not None and row["satisfaction"] < asks.unhappy_below:
            yield _case("unhappy", {**row, "name": row["issue"]}, row["called"])
    for row in _rows(team, "plan"):
        if row["due"] and row["progress"] not in ended("plan"):
            owner = row["owner"] or row["rep"]
            yield _case(
                "measure", {**row, "rep": owner, "name": row["measure"], "customer_name": None}, row["due"]
            )


def _case(kind: str, row: Mapping[str, Any], due: dt.date) -> Row:
    return {
        "kind": kind,
        **{name: row.get(name) for name in ("name", "customer_name", "rep", "amount")},
        "due": due,
    }


def _rows(team: Team, name: str) -> list[Row]:
    """Return the rows of a form; moments are days."""
    table = own_rows(team, name)
    found = rows(table, list(table.columns))
    return [{k: v.date() if isinstance(v, dt.datetime) else v for k, v in row.items()} for row in found]


def _last_calls(team: Team) -> dict[str, Row]:
    known = [row for row in _rows(team, "call") if row["called"] and row["customer_name"]]
    return {customer_key(row["customer_name"]): row for row in sorted(known, key=lambda row: row["called"])}


def satisfaction(team: Team, span: Span, below: int) -> list[Row]:
    """Return a row per rep with calls in a span: ``calls``, ``mean``, and ``unhappy``, how many are below."""
    calls = inside(own_rows(team, "call"), span, "called")
    found = []
    for rep, mine in calls.groupby("rep"):
        points = mine["satisfaction"].dropna()
        mean = plain(points.mean()) if len(points) else None
        found.append({"rep": rep, "calls": len(mine), "mean": mean, "unhappy": int((points < below).sum())})
    return sorted(found, key=lambda row: (row["mean"] is None, row["mean"] or 0.0, row["rep"]))


def pledges(team: Team, rulebook: Rulebook) -> list[Row]:
    """Return what reps have promised for a period that the day of the summary is in, and the ``target``.

    ``apart`` = promised − target; blank where the settings have none, or the period is no month, quarter
    or year.
    """
    kinds = {o.value: str(o.kind) for o in rulebook.choices["指标"]}
    found = []
    for row in _rows(team, "pledge"):
        if None in (row["start"], row["end"]) or not row["start"] <= team.as_of <= row["end"]:
            continue
        period, measure = _period(row["start"], row["end"]), kinds.get(row["measure"] or "")
        aim = None
        if period and measure:
            aim = target_for(rulebook, "rep", row["rep"], row["start"].year, period, measure)
        target = None if aim is None else float(aim)
        apart = None if target is None or row["promised"] is None else round(row["promised"] - target, 2)
        found.append({**row, "target": target, "apart": apart})
    return sorted(found, key=lambda row: (row["rep"] or "", row["start"], row["measure"] or ""))


def _period(start: dt.date, end: dt.date) -> str | None:
    """Return a period's name as targets have it; None for days that are none."""
    for key in MONTHS:
        span = span_of(key, start)
        if (span.first, span.last) == (start, end):
            quarter = list(PARTS)[1:][(start.month - 1) // 3]
            return {"month": str(start.month), "quarter": quarter, "year": "year"}[key]
    return None
