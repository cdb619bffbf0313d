"""A month, quarter or year looked back on: signed against target and before, problems, wins and losses.

docs/domain.md 6, 9. Owns which weeks a period has and what was won and lost in it. Refuses: attainment of a
period (``progress``), which problems are one (``briefing``); prose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures import progress
from salesxl.summary.figures.attainment import WEEK, Period, done, reports, weeks_known
from salesxl.summary.figures.briefing import gathered
from salesxl.summary.figures.calendar import Span
from salesxl.summary.figures.orders import grown
from salesxl.summary.figures.own import ended, own_rows
from salesxl.summary.figures.plain import Person, rows, true

__all__ = ["deals", "lost", "period_of", "plans", "problems", "reasons_said", "results"]

Row = dict[str, Any]
MEASURES = ("signed", "collected", "deals", "new_customers")


def period_of(span: Span, monday: dt.date) -> Period:
    """Return a span with the Mondays of its weeks up to one: a week counts to the period of its Thursday."""
    names = {"month": str(span.first.month), "quarter": f"Q{(span.first.month + 2) // 3}", "year": "year"}
    weeks = tuple(day for day in _mondays(span) if day <= monday)
    return Period(span.key, names[span.key], span.first.year, span.first, span.last, weeks)


def _mondays(span: Span) -> Iterator[dt.date]:
    thursday = span.first + dt.timedelta(days=(3 - span.first.weekday()) % 7)
    while thursday <= span.last:
        yield thursday - dt.timedelta(days=3)
        thursday += WEEK


def results(team: Team, span: Span, rulebook: Rulebook, persons: Sequence[Person]) -> list[Row]:
    """Return signed against target: all, regions, product lines, teams, reps, as ``progress.to_date`` does.

    Each with ``collected``, ``deals`` and ``new_customers`` of the reports, and ``before``, ``growth``,
    ``year_ago`` and ``yearly`` of what was signed. What is not over is compared with as many weeks; weeks
    that nobody reported make no comparison.
    """
    every, now = reports(team), period_of(span, team.week[0])
    then = {"before": _sums(team, span.before, now, span), "year_ago": _sums(team, span.year_ago, now, span)}
    sums = done(every, now)
    found = []
    for row in progress.to_date(every, now, team, rulebook, persons):
        reps = _inside(row, persons)
        compared = {name: total([by.get((rep, "signed")) for rep in reps]) for name, by in then.items()}
        others = {m: total([sums.get((rep, m)) for rep in reps]) for m in MEASURES[1:]}
        growth = {
            "growth": grown(row["completed"], compared["before"]),
            "yearly": grown(row["completed"], compared["year_ago"]),
        }
        found.append({**row, **others, **compared, **growth})
    return found


def _inside(row: Row, persons: Sequence[Person]) -> list[str]:
    scope, name = row["scope"], row["name"]
    if scope == "rep":
        return [name]
    return [p.name for p in persons if scope == "all" or getattr(p, scope) == name]


def _sums(team: Team, span: Span, now: Period, of: Span) -> Mapping[tuple[str, str], float]:
    """Return the sums of a period before; none where a week of it is reported by nobody."""
    then = period_of(span, team.week[0])
    weeks = then.weeks if of.over else then.weeks[: len(now.weeks)]
    then = Period(then.key, then.name, then.year, then.first, then.last, weeks)
    every = reports(team)
    complete = len(weeks_known(every, then)[None]) == len(weeks)
    return done(every, then) if complete and weeks else {}


def problems(team: Team, weeks: Sequence[dt.date], likeness: float) -> list[Row]:
    """Return what reps named as problems in these weeks' reports, the most often named first.

    Those that say the same are one: ``problem``, ``reps``, ``reports`` that name it, ``since`` and ``until``
    (Mondays), ``measures`` with whoever wrote each.
    """
    table = team.tables["issue"]
    mine = table[true(table["week_start"].isin(pd.to_datetime(list(weeks))))]
    listed = rows(mine.sort_values("week_start", kind="stable"), ("rep", "week_start", "problem", "measure"))
    found = []
    for group in gathered(listed, "problem", likeness):
        measures: dict[str, list[str]] = {}
        for row in group:
            if row["measure"] and row["rep"] not in measures.setdefault(row["measure"], []):
                measures[row["measure"]].append(row["rep"])
        found.append(
            {
                "problem": group[-1]["problem"],
                "reps": list(dict.fromkeys(row["rep"] for row in group)),
                "reports": len({(row["rep"], row["week_start"]) for row in group}),
                "since": group[0]["week_start"],
                "until": group[-1]["week_start"],
                "measures": measures,
            }
        )
    return sorted(found, key=lambda row: (-len(row["reps"]), -row["reports"]))


def deals(team: Team, span: Span) -> list[Row]:
    """Return what was won in a span, the largest first: by day of signing, else by the week that saw it.

    Of a deal in the first book without a day it is not known when it was won.
    """
    table = team.tables["deal"]
    when = table["signed_on"].fillna(table["week_start"] + pd.Timedelta(days=3))
    mine = table[_within(when, span)].assign(won_on=when)
    found = rows(mine, ("customer_name", "rep", "amount", "contract_no", "won_on", "customer_no"))
    return sorted(found, key=lambda row: (-(row["amount"] or 0.0), row["won_on"], row["customer_name"] or ""))


def lost(team: Team, span: Span, rulebook: Rulebook) -> list[Row]:
    """Return what was lost in a span, the largest first: by the week in which it went to a lost stage.

    A customer that was lost when first seen counts to the week of its number.
    """
    customers = team.tables["customer"]
    mine = customers[true(outcomes(customers, rulebook) == "lost")]
    changes, numbers = team.tables["change"], team.tables["number"]
    moved = changes[true(changes["table"] == "customer") & true(changes["field"].isin(["stage", "status"]))]
    when = pd.concat([numbers, moved]).groupby("customer_no")["week_start"].max()
    day = when.reindex(mine["customer_no"]).to_numpy("datetime64[us]") + np.timedelta64(3, "D")
    mine = mine.assign(lost_on=day)
    fields = ("customer_name", "rep", "expected_amount", "loss_reason", "competitor", "lost_on")
    found = rows(mine[_within(mine["lost_on"], span)], fields)
    return sorted(found, key=lambda r: (-(r["expected_amount"] or 0.0), r["customer_name"] or ""))


def _within(when: pd.Series, span: Span) -> pd.Series:
    end = pd.Timestamp(span.until) + pd.Timedelta(days=1)
    return true(when >= pd.Timestamp(span.first)) & true(when < end)


def reasons_said(listed: Sequence[Row]) -> list[Row]:
    """Return how many were lost by reason, and their amount, the most frequent first."""
    found: dict[str | None, list[Row]] = {}
    for row in listed:
        found.setdefault(row["loss_reason"], []).append(row)
    told = [
        {"reason": reason, "count": len(group), "amount": total([row["expected_amount"] for row in group])}
        for reason, group in found.items()
    ]
    return sorted(told, key=lambda r: (-r["count"], -(r["amount"] or 0.0), r["reason"] or ""))


def plans(team: Team, span: Span) -> dict[str, list[Row]]:
    """Return the measures of improvement plans that reach into a span, and the ``causes`` they name.

    ``open`` and ``late`` say of a measure whether it is still to be done, and whether its day is over.
    """
    fields = ("rep", "measure", "due", "owner", "progress", "outcome")
    measures = rows(_reaching(own_rows(team, "plan"), span), fields)
    for row in measures:
        row["open"] = row["progress"] not in ended("plan")
        row["late"] = row["open"] and row["due"] is not None and row["due"] < team.as_of
    causes = rows(_reaching(own_rows(team, "cause"), span), ("rep", "reasons", "analysis"))
    return {"measures": measures, "causes": causes}


def _reaching(plans_: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Return the rows whose period has a day in the span; blank ends are open."""
    begins, ends = plans_["start"].fillna(pd.Timestamp.min), plans_["end"].fillna(pd.Timestamp.max)
    return plans_[true(begins <= pd.Timestamp(span.until)) & true(ends >= pd.Timestamp(span.first))]
