"""How much reps talk to customers, by way and week. docs/domain.md 3.12.

Owns whose a contact is and in which week it counts. Refuses: what was said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.summary.figures.plain import Person, counts

__all__ = ["MEAN_OF", "by_method", "contacts", "methods", "weeks_of"]

MEAN_OF = 4
"""Weeks before this one whose mean stands beside it."""
WEEK = pd.Timedelta(days=7)


def contacts(team: Team) -> pd.DataFrame:
    """Return the contacts up to the day of the book: ``rep`` who had it, ``method``, ``week`` (its Monday).

    A contact with a customer that has changed hands since is that of the rep who wrote it.
    """
    talks = team.tables["communication"]
    talks = talks[talks["contact_time"] < pd.Timestamp(team.as_of) + pd.Timedelta(days=1)]
    return pd.DataFrame(
        {
            "rep": talks["original_rep"].fillna(talks["rep"]),
            "method": talks["method"].astype("string"),
            "week": weeks_of(talks["contact_time"]),
        }
    )


def weeks_of(days: pd.Series) -> pd.Series:
    """Return the Mondays of the weeks of some days."""
    days = days.dt.normalize()
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")


def methods(found: pd.DataFrame, rulebook: Rulebook) -> list[str | None]:
    """Return the ways of contact: the settings' list, others by name, and None where some name none."""
    known = [option.value for option in rulebook.choices["沟通方式"]]
    others = sorted(set(found["method"].dropna()) - set(known))
    return [*known, *others, *([None] if found["method"].isna().any() else [])]


def by_method(
    found: pd.DataFrame, persons: Sequence[Person], ways: Sequence[str | None], monday: dt.date
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a row per rep, and that of everybody: the week's contacts ``by`` way and in all (``count``).

    ``before`` is the week before, ``mean`` that of the ``MEAN_OF`` weeks before this one in which anybody
    had a contact at all; None without such a week.
    """
    week = pd.Timestamp(monday)
    found = found.assign(way=found["method"].fillna(""))
    now, past = found[found["week"] == week], found[found["week"] < week]
    past = past[past["week"] >= week - MEAN_OF * WEEK]
    number = int(past["week"].nunique())
    ways_of, earlier, last = (
        counts(now, "rep", "way"), counts(past, "rep"), counts(past[past["week"] == week - WEEK], "rep"),
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for person in persons:
        by = {way or "": ways_of.get((person.name, way or ""), 0) for way in ways}
        mean = earlier.get(person.name, 0) / number if number else None
        rows.append(
            {
                **{"rep": person.name, "team": person.team, "by": by, "count": sum(by.values())},
                **{"before": last.get(person.name, 0) if number else None, "mean": mean},
            }
        )
    every = {
        "by": {way or "": sum(row["by"][way or ""] for row in rows) for way in ways},
        "count": sum(row["count"] for row in rows),
        "before": sum(row["before"] for row in rows) if number else None,
        "mean": sum(earlier.values()) / number if number else None,
    }
    return rows, every
