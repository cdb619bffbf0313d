"""The last weeks side by side: attainment, pipeline, new, won and contacts. docs/domain.md 3.12.

Owns what stood at the end of each week, read back from 变更记录. Refuses: what moved a pipeline
(``weekly_changes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import fen, settled_share, share, total, yuan
from salesxl.rules.outcomes import outcomes
from salesxl.rules.periods import month_of_week
from salesxl.state.absence import MISSING, UNVERIFIED
from salesxl.state.identity import known_by
from salesxl.summary.figures import attainment
from salesxl.summary.figures.activity import weeks_of
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.plain import Person, rows, true
from salesxl.tables import book_words

__all__ = ["last_weeks", "pipelines"]

FIELDS = ("stage", "status", "expected_amount", "counted", "carried")
WEEK = dt.timedelta(days=7)
Keys: TypeAlias = tuple[Any, Any]
Step: TypeAlias = tuple[dt.date, str | None, Any, str]
"""A change: its week, the field (None for a first sight), what stood before, and the cause."""


def last_weeks(
    team: Team,
    rulebook: Rulebook,
    persons: Sequence[Person],
    talks: pd.DataFrame,
    reached: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return a row per week up to this one, at most ``trend_weeks``, from the first that tells anything.

    In 元: ``signed`` (the reports of the week), ``completed`` (the month so far), ``target`` (of its month),
    ``pipeline`` (open at its end) and ``won_amount``; ``attainment`` = completed ÷ target; ``new``, ``won``
    and ``contacts`` are counted; ``kept`` says that there was a book. What is not known is None; of a week
    before the first book that is a count of none too. ``reached`` is the team's row of ``attainment`` now.
    """
    mondays = [team.week[0] - at * WEEK for at in range(rulebook.parameters.trend_weeks)]
    since = first_book(team)
    pipeline, signed = pipelines(team, rulebook, mondays), _signed(team)
    customers = counting(team.tables["customer"], rulebook)
    new = weeks_of(customers["first_contact"].where(customers["first_contact"] <= pd.Timestamp(team.as_of)))
    won = _won(team, since)
    found = []
    for monday in reversed(mondays):
        deals = [amount for week, amount in won if week == monday]
        known = monday >= since

        def counted(count: int, known: bool = known) -> int | None:
            return count if count or known else None

        found.append(
            {
                "monday": monday,
                "number": monday.isocalendar().week,
                "kept": known,
                "signed": signed.get(monday),
                **_month(monday, signed, rulebook, persons),
                "pipeline": pipeline.get(monday),
                "new": counted(int((new == pd.Timestamp(monday)).sum())),
                "won": counted(len(deals)),
                "won_amount": total(deals),
                "contacts": counted(int((talks["week"] == pd.Timestamp(monday)).sum())),
            }
        )
    found[-1] |= {name: reached[name] for name in ("completed", "target", "attainment")}
    return _from_the_first(found)


KNOWN = ("signed", "pipeline", "new", "won", "contacts")


def _from_the_first(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = next((at for at, row in enumerate(found) if any(row[n] is not None for n in KNOWN)), 0)
    return found[first:]


def first_book(team: Team) -> dt.date:
    """Return the Monday of the team's first book."""
    told = team.tables["number"]["week_start"].min()
    return team.week[0] if pd.isna(told) else min(told.date(), team.week[0])


def _signed(team: Team) -> dict[dt.date, float | None]:
    """Return what was signed in each week by its reports."""
    found: dict[dt.date, list[Any]] = {}
    for row in rows(attainment.reports(team), ("week_start", "completed_amount")):
        found.setdefault(row["week_start"], []).append(row["completed_amount"])
    return {week: total(amounts) for week, amounts in found.items()}


def _month(
    monday: dt.date, signed: Mapping[dt.date, float | None], rulebook: Rulebook, persons: Sequence[Person]
) -> dict[str, Any]:
    """Return what the month of a week had reached by then, of which target."""
    year, month = month_of_week(monday)
    weeks = [week for week in signed if week <= monday and month_of_week(week) == (year, month)]
    completed = total([signed[week] for week in weeks]) if monday in signed else None
    own = attainment.target_of_all(rulebook, dt.date(year, month, 1), persons)
    warning = float(rulebook.parameters.attainment_warning)
    reached = settled_share(share(completed, own), warning, 1)
    return {"completed": completed, "target": own, "attainment": reached}


def _won(team: Team, since: dt.date) -> list[tuple[dt.date, float | None]]:
    """Return the deals by the week of their signing; without its day by that of the book that saw them first.

    The team's first book says of none that has no day when it was signed.
    """
    found = []
    for row in rows(team.tables["deal"], ("week_start", "signed_on", "amount")):
        day = row["signed_on"]
        if day is None and row["week_start"] is not None and row["week_start"] > since:
            day = row["week_start"]
        if day is not None and day <= team.as_of:
            found.append((day - dt.timedelta(days=day.weekday()), row["amount"]))
    return found


def pipelines(team: Team, rulebook: Rulebook, mondays: Sequence[dt.date]) -> dict[dt.date, float | None]:
    """Return the open amount at the end of each week from the first book on, every customer once."""
    weeks = sorted((day for day in mondays if day >= first_book(team)), reverse=True)
    states = pd.DataFrame(_states(team, weeks), columns=["monday", *FIELDS])
    if states.empty:
        return dict.fromkeys(weeks)
    kinds = {"expected_amount": "Float64", "counted": "boolean"}
    states = states.astype({**{n: kinds.get(n, "string") for n in FIELDS}})
    counts = counting(states, rulebook)
    opens = counts[true(outcomes(counts, rulebook) == "open")]
    opens = opens[opens["expected_amount"].notna()]
    whole = pd.Series(fen(opens["expected_amount"]), index=opens.index).groupby(opens["monday"]).sum()
    return {day: yuan(int(whole[day])) if day in whole.index else None for day in weeks}


def _states(team: Team, weeks: Sequence[dt.date]) -> Iterator[tuple[Any, ...]]:
    """Yield each customer's state at the end of each week in which it was on the books; weeks fall."""
    now = team.tables["customer"].assign(key=known_by(team.tables["customer"]))
    several = set(now["key"][now["key"].duplicated(keep=False)].dropna())
    steps = _steps(team, several)
    number = team.tables["number"].dropna(subset=["customer_no"]).drop_duplicates("customer_no")
    since = {no: week.date() for no, week in zip(number["customer_no"], number["week_start"], strict=True)}
    found: dict[Keys, dict[str, Any] | None] = {
        (row["key"], row["rep"] if row["key"] in several else None): {name: row[name] for name in FIELDS}
        for row in rows(now, ("key", "rep", *FIELDS))
    }
    for keys in steps:
        found.setdefault(keys, None)
    for keys, present in found.items():
        state = present
        told, first = steps.get(keys, []), since.get(keys[0], dt.date.min)
        at = 0
        for monday in weeks:
            while at < len(told) and told[at][0] > monday:
                state = _before(state, *told[at][1:])
                at += 1
            if monday < first:
                break
            if state is not None:
                yield (monday, *(state[name] for name in FIELDS))


def _before(state: dict[str, Any] | None, field: str | None, old: Any, cause: str) -> dict[str, Any] | None:
    """Return a customer's state before a change; None where it was on no book yet."""
    if field is None:
        return None
    if state is None:
        if cause != "withdrawn":
            return None
        state = dict.fromkeys(FIELDS)
    return {**state, field: old} if field in FIELDS else state


def _steps(team: Team, several: set[str]) -> dict[Keys, list[Step]]:
    """Return the changes of customers, the last first."""
    told = team.tables["change"]
    told = told[true(told["table"] == "customer") & (told["field"].isin(FIELDS) | told["field"].isna())]
    told = told.assign(key=known_by(told)).sort_values("week_start", ascending=False, kind="stable")
    words = {book_words().name("carried", code): code for code in (MISSING, UNVERIFIED)}
    found: dict[Keys, list[Step]] = {}
    for row in rows(told, ("key", "rep", "week_start", "field", "old", "cause")):
        old = row["old"]
        if row["field"] == "expected_amount":
            old = None if old is None else float(old)
        elif row["field"] == "counted":
            old = None if old is None else old == "1"
        elif row["field"] == "carried":
            old = words.get(old)
        step = (row["week_start"], row["field"], old, row["cause"])
        found.setdefault((row["key"], row["rep"] if row["key"] in several else None), []).append(step)
    return found
