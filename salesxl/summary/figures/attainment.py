"""Completed against target: rep, team, region, product line and all, to date. docs/domain.md 3.3.

Owns which target holds and where it is from, attainment, pace and who is warned. Refuses: targets that do
not add up (``settings``), and the calendar (``workdays``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import settled_share, share, total
from salesxl.rules.periods import month_of_week, rep_target, target_for, target_of
from salesxl.rules.workdays import Pace
from salesxl.summary.figures.plain import Person, plain, rows, sums, teams_of, true

__all__ = [
    "MEASURES",
    "SCOPES",
    "Period",
    "all_of_us",
    "by_rep",
    "by_scope",
    "done",
    "finished",
    "is_judged",
    "month",
    "periods",
    "reports",
    "runs",
    "state_of",
    "summed",
    "target_of_all",
    "weeks_known",
    "within",
]

MEASURE = "signed"
SCOPES = ("region", "product_line", "team")
"""What reps are grouped by, the widest first."""
REPORTED = (
    *("completed_amount", "collected_amount", "month_completed", "month_collected"),
    "month_target",
)
SUMMED = ("week_completed", "week_collected", "completed", "collected", "deals")


def month(team: Team) -> dt.date:
    """Return the first day of the month that the week counts to."""
    year, number = month_of_week(team.week[0])
    return dt.date(year, number, 1)


def by_rep(
    team: Team, rulebook: Rulebook, persons: Sequence[Person], elapsed: Pace, *, complete: bool = True
) -> list[dict[str, Any]]:
    """Return a row per rep; ``complete`` says that no whole week of the month is missing (see ``finished``).

    In 元: ``week_completed``, ``week_collected`` (this week's report), ``completed``, ``collected`` (month to
    date, as are ``deals``), ``target``, ``gap``. ``source`` of the target: ``settings``, ``quota``,
    ``report`` (the rep's own figure) or None. ``attainment`` = completed ÷ target; ``pace`` = completed ÷
    (target × elapsed working days ÷ working days). What is not known stays blank.
    """
    by_name: dict[str, list[dict[str, Any]]] = {}
    deals = {rep: int(n) for rep, n in sums(within(reports(team), periods(team)[0]), "deals", "rep").items()}
    frame = team.tables["weekly_report"].sort_values("week_start", kind="stable")
    for report in rows(frame, ("rep", "week_start", *REPORTED)):
        by_name.setdefault(report["rep"], []).append(report)
    found = []
    for person in persons:
        row = _of_rep(by_name.get(person.name, []), deals.get(person.name), person, team, rulebook)
        found.append(finished(row, rulebook, elapsed, complete=complete))
    return found


def by_scope(
    reps: Sequence[dict[str, Any]],
    rulebook: Rulebook,
    persons: Sequence[Person],
    day: dt.date,
    elapsed: Pace,
    scope: str,
    *,
    complete: bool = True,
) -> list[dict[str, Any]]:
    """Return a row per team, region or product line: its own target from the settings, else its reps' sum."""
    found = []
    for name in teams_of(tuple(persons), scope):
        inside = {p.name for p in persons if getattr(p, scope) == name}
        own = plain(target_of(rulebook, scope, name, day, MEASURE))
        row = {scope: name, **summed([r for r in reps if r["rep"] in inside], own, SUMMED)}
        found.append(finished(row, rulebook, elapsed, complete=complete))
    return found


def all_of_us(
    reps: Sequence[dict[str, Any]],
    rulebook: Rulebook,
    day: dt.date,
    elapsed: Pace,
    *,
    complete: bool = True,
) -> dict[str, Any]:
    """Return the row of everybody together."""
    own = plain(target_of(rulebook, "all", None, day, MEASURE))
    return finished(summed(reps, own, SUMMED), rulebook, elapsed, complete=complete)


def target_of_all(rulebook: Rulebook, day: dt.date, persons: Sequence[Person]) -> float | None:
    """Return the team's target of the month of a day: its own, else its reps' sum where each has one."""
    period = str(day.month)
    own = target_for(rulebook, "all", None, day.year, period, MEASURE)
    if own is None:
        asked = [rep_target(rulebook, p.name, day.year, period, MEASURE, p.until)[1] for p in persons]
        there = [part for part, p in zip(asked, persons, strict=True) if part is not None or not p.gone]
        own = None if None in there else sum(part for part in there if part) or None
    return None if own is None else float(own)


def is_judged(rulebook: Rulebook, elapsed: Pace, *, complete: bool) -> bool:
    """Say whether figures of a period are held against its working days. docs/domain.md 3.3.

    Not where a whole week is reported by nobody, and not in the first days: then the calendar would judge.
    """
    few = elapsed.elapsed < rulebook.parameters.judged_from_workday
    return complete and (elapsed.over or not few)


def state_of(attainment: float | None, pace: float | None, warning: float, *, over: bool) -> str:
    """Return what the manager has to know of a rep: see the words ``name.attainment_state``.

    ``warning``: under the warning line and behind the pace (or the month is over); ``behind``: behind the
    pace only; ``on_track``: still under the line, but not behind; ``good``; ``unknown``: no figure to judge.
    """
    if attainment is None:
        return "unknown"
    behind = over or (pace is not None and pace < 1)
    if attainment < warning:
        return "warning" if behind else "on_track"
    return "behind" if attainment < 1 and pace is not None and pace < 1 else "good"


def _of_rep(
    reports: Sequence[dict[str, Any]], deals: int | None, person: Person, team: Team, rulebook: Rulebook
) -> dict[str, Any]:
    week = [r for r in reports if r["week_start"] == team.week[0]]
    to_date = [r for r in reports if _counts(r["week_start"], team)]
    day = month(team)
    source, target = rep_target(rulebook, person.name, day.year, str(day.month), MEASURE, person.until)
    reported = None if person.gone else _last(to_date, "month_target")
    if target is None and reported is not None:
        source, target = "report", reported
    return {
        "rep": person.name,
        "team": person.team,
        "reported": len(week) > 0,
        "week_completed": _last(week, "completed_amount"),
        "week_collected": _last(week, "collected_amount"),
        "completed": _last(to_date, "month_completed"),
        "collected": _last(to_date, "month_collected"),
        "deals": deals if to_date else None,
        "target": plain(target),
        "source": source,
        "left": person.gone,
    }


def _counts(day: dt.date | None, team: Team) -> bool:
    """Say whether a report of that week is in the month under report and not after its week."""
    if day is None:
        return False
    return day <= team.week[0] and month_of_week(day) == month_of_week(team.week[0])


def _last(reports: Sequence[dict[str, Any]], field: str) -> Any:
    return reports[-1][field] if reports else None


def summed(reps: Sequence[dict[str, Any]], own: float | None, names: Sequence[str]) -> dict[str, Any]:
    """Add reps up by name. Their targets stand for the whole only if everybody with a result has one.

    Who has left needs none.
    """
    sums: dict[str, Any] = {n: total([r[n] for r in reps]) for n in names}
    every = all(r["target"] is not None or r.get("left") for r in reps if r["completed"] is not None)
    of_reps = total([r["target"] for r in reps]) if every else None
    target, source = (
        (own, "settings") if own is not None else (of_reps, "reps" if of_reps is not None else None)
    )
    return {
        **sums,
        "reps": len(reps),
        "unknown": [r["rep"] for r in reps if r["completed"] is None],
        "target": target,
        "source": source,
    }


def finished(
    row: dict[str, Any], rulebook: Rulebook, elapsed: Pace, *, complete: bool = True
) -> dict[str, Any]:
    """Judge a row that has ``completed`` and ``target``: attainment, pace, gap and state.

    Where a whole week of the period is reported by nobody (not ``complete``) the figures stand, without gap,
    pace or judgement (``unknown``); in the period's first working days the state is ``early``, with no pace.
    """
    warning = float(rulebook.parameters.attainment_warning)
    completed, target = row["completed"], row["target"]
    judged = is_judged(rulebook, elapsed, complete=complete)
    attainment = share(completed, target)
    pace = share(completed, target, elapsed.elapsed, elapsed.days) if judged else None
    expected = None
    if complete and target is not None and elapsed.share is not None:
        expected = round(target * elapsed.share, 2)
    state = state_of(attainment, pace, warning, over=elapsed.over)
    if not judged:
        state = "early" if complete and attainment is not None else "unknown"
    return {
        **row,
        "attainment": settled_share(attainment, warning, 1),
        "below": judged and attainment is not None and attainment < warning,
        "expected": expected,
        "pace": settled_share(pace, 1),
        "gap": round(target - completed, 2) if complete and None not in (target, completed) else None,
        "state": state,
        "weeks_missing": not complete,
    }


MEASURES: Mapping[str, str] = {
    "signed": "completed_amount",
    "collected": "collected_amount",
    "deals": "deals",
    "new_customers": "new_customers",
}
"""The field of the weekly report that each measure is added up from."""

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A period to date: ``key`` month, quarter or year, ``name`` as targets have it (11, Q4, year).

    ``first`` and ``last`` are its days by the calendar, ``weeks`` the Mondays of its weeks up to this one: a
    week counts to the period of its Thursday.
    """

    key: str
    name: str
    year: int
    first: dt.date
    last: dt.date
    weeks: tuple[dt.date, ...]


def periods(team: Team) -> tuple[Period, ...]:
    """Return the month, the quarter and the year that the week under report counts to."""
    year, month = month_of_week(team.week[0])
    quarter = (month + 2) // 3
    spans = (
        ("month", str(month), month, month),
        ("quarter", f"Q{quarter}", 3 * quarter - 2, 3 * quarter),
        ("year", "year", 1, 12),
    )
    return tuple(
        Period(
            key,
            name,
            year,
            dt.date(year, start, 1),
            dt.date(year + end // 12, end % 12 + 1, 1) - dt.timedelta(days=1),
            tuple(sorted(_weeks(team.week[0], year, start))),
        )
        for key, name, start, end in spans
    )


def _weeks(monday: dt.date, year: int, start: int) -> Iterator[dt.date]:
    while (year, start) <= month_of_week(monday):
        yield monday
        monday -= WEEK


def reports(team: Team) -> pd.DataFrame:
    """Return a row per rep and week. Columns: rep, week_start and the fields of ``MEASURES``.

    Weeks after the one under report are left out.
    """
    every = team.tables["weekly_report"][["rep", "week_start", *MEASURES.values()]]
    every = every.dropna(subset=["rep", "week_start"])
    every = every[every["week_start"] <= pd.Timestamp(team.week[0])]
    return every.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True)


def done(every: pd.DataFrame, period: Period) -> dict[tuple[str, str], float]:
    """Return Σ by (rep, measure) over the reports of a period; what nobody reported is left out."""
    inside = within(every, period)
    found: dict[tuple[str, str], float] = {}
    for measure, field in MEASURES.items():
        for rep, amount in sums(inside, field, "rep").items():
            found[rep, measure] = amount
    return found


def within(every: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return the reports of a period."""
    return every[true(every["week_start"].isin(pd.to_datetime(list(period.weeks))))]


def weeks_known(every: pd.DataFrame, period: Period) -> dict[str | None, tuple[dt.date, ...]]:
    """Return the weeks of a period that are reported, by rep, and under None those that anybody reported."""
    weeks = {*period.weeks}
    found: dict[str | None, set[dt.date]] = {None: set()}
    for report in rows(every, ("rep", "week_start")):
        if report["week_start"] in weeks:
            found[None].add(report["week_start"])
            found.setdefault(report["rep"], set()).add(report["week_start"])
    return {rep: tuple(sorted(days)) for rep, days in found.items()}


def runs(weeks: Sequence[dt.date]) -> list[tuple[int, int]]:
    """Return Mondays in order as runs of weeks without a gap: (first, last) ISO week numbers."""
    found: list[tuple[dt.date, dt.date]] = []
    for monday in weeks:
        if found and found[-1][1] + WEEK == monday:
            found[-1] = found[-1][0], monday
        else:
            found.append((monday, monday))
    return [(first.isocalendar().week, last.isocalendar().week) for first, last in found]
