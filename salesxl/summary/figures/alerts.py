"""Which customers to call today, and which promises are due. docs/domain.md 3.5, 3.6.

Owns the lists of the manager's 跟进预警. A day that is due today is not overdue yet. Lost customers are left
in peace. Refuses: deadlines in code; cadence, days and months are the team's settings.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Condition, Rulebook
from salesxl.rules.outcomes import outcomes
from salesxl.state.absence import MISSING, UNVERIFIED
from salesxl.summary.figures.customers import concrete_needs, follow_up_counts, follow_up_due, standing
from salesxl.summary.figures.plain import in_order, most_pressing, rows, true

__all__ = [
    "birthdays",
    "expected_past",
    "first_follow_up",
    "high_potential",
    "met_by",
    "overdue_actions",
    "overdue_follow_up",
    "renewals",
    "unjudged",
    "vanished",
    "views",
]

WHO = (
    *("rep", "customer_name", "customer_no", "grade", "status", "stage", "expected_amount"),
    *("contact_name", "contact", "source_file", "source_sheet", "source_row", "counted"),
)


ASKED = (
    *WHO,
    *("first_contact", "last_contact", "expected_close", "contract_no", "contract_amount", "contract_end"),
    *("birthday", "need"),
)
"""Columns of a customer that the lists here look at."""


def overdue_follow_up(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return customers whose next follow-up by grade is past, the most pressing first (``most_pressing``).

    From the last contact, or the first where there was no other, the grade's cadence runs; ``days`` are those
    since ``due``.
    """
    customers = _those(team, _alive(team, rulebook))
    last = customers["last_contact"].fillna(customers["first_contact"])
    due = follow_up_due(customers, rulebook)
    return _neglected(_late(customers.assign(last=last), due, team.as_of), "last", rulebook)


def unjudged(team: Team, rulebook: Rulebook) -> int:
    """Return how many customers have no follow-up day: no grade, a grade without cadence, or no contact."""
    customers = team.tables["customer"]
    paced = {g.name for g in rulebook.grades if g.every is not None}
    known = customers["last_contact"].notna() | customers["first_contact"].notna()
    return int((_alive(team, rulebook) & ~(customers["grade"].isin(paced) & known)).sum())


def first_follow_up(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return open customers that nobody has spoken to since the first contact, though the days are over."""
    customers = team.tables["customer"]
    days = dt.timedelta(days=rulebook.parameters.first_follow_up_days)
    silent = ~true(customers["last_contact"].dt.normalize() > customers["first_contact"].dt.normalize())
    asked = silent & customers["first_contact"].notna()
    waiting = _those(team, _alive(team, rulebook, "open") & asked)
    due = (waiting["first_contact"] + days).dt.normalize()
    return _neglected(_late(waiting, due, team.as_of), "first_contact", rulebook)


def overdue_actions(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return planned actions whose day is past and that are not done, cancelled or closed, oldest first."""
    actions = team.tables["action"]
    ended = {o.value for o in rulebook.choices["完成情况"] if o.kind in ("done", "cancelled")}
    late = _late(actions, actions["due"].dt.normalize(), team.as_of)
    late = late[~late["progress"].isin(ended) & late["closed"].isna()]
    late = late.sort_values(["days", "rep"], ascending=[False, True], kind="stable")
    columns = ("rep", "customer_name", "action", "owner", "due", "days", "progress")
    return rows(late, (*columns, "source_file", "source_sheet", "source_row"))


def expected_past(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return open customers whose expected close lies in the past, the largest first."""
    closes = team.tables["customer"]["expected_close"].dt.normalize()
    past = true(closes < pd.Timestamp(team.as_of))
    customers = _those(team, _alive(team, rulebook, "open") & past)
    late = _late(customers, closes[customers.index], team.as_of)
    late = late.sort_values(["expected_amount", "days"], ascending=[False, False], kind="stable")
    return rows(late, (*WHO, "last_contact", "expected_close", "days"))


def renewals(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return customers whose contract has run out or is to be renewed, the expired ones first.

    Of each kind those nearest to today come first, on the same day the most pressing (``most_pressing``).

    A contract is due so many months before its end, in a shorter month on its last day: on 28 February all
    that ends in March is. ``days`` are those left, below 0 where it has ``expired``. docs/domain.md 3.5.
    """
    today = pd.Timestamp(team.as_of)
    ends = team.tables["customer"]["contract_end"].dt.normalize()
    due = ends - pd.DateOffset(months=rulebook.parameters.renewal_months)
    near = _those(team, _alive(team, rulebook) & true(due <= today))
    days = (near["contract_end"].dt.normalize() - today).dt.days.astype("Int64")
    near = near.assign(days=days, apart=days.abs(), expired=days < 0)
    near = most_pressing(near, rulebook)
    near = near.sort_values(["expired", "apart"], ascending=[False, True], kind="stable")
    columns = ("last_contact", "contract_no", "contract_amount", "contract_end", "days", "expired")
    return rows(near, (*WHO, *columns))


def birthdays(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return customers of the highest grade whose birthday is within the team's days, the nearest first."""
    customers = team.tables["customer"]
    top = rulebook.grades[0].name if rulebook.grades else None
    unknown = pd.Timestamp(rulebook.parameters.unknown_birthday)
    born = customers["birthday"].dt.normalize()
    asked = true(customers["grade"] == top) & born.notna() & true(born != unknown)
    known = _those(team, _alive(team, rulebook) & asked)
    known["next"] = pd.array([_next(d.date(), team.as_of) for d in known["birthday"]], dtype="datetime64[us]")
    known["days"] = (known["next"] - pd.Timestamp(team.as_of)).dt.days.astype("Int64")
    near = known[true(known["days"] <= rulebook.parameters.birthday_days)]
    return rows(near.sort_values(["days", "rep"], kind="stable"), (*WHO, "birthday", "next", "days"))


def high_potential(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return customers worth more effort: the team's grade, often followed up, a concrete need.

    ``follow_ups`` counts the contacts of the last months; the busiest come first. docs/domain.md 3.6.
    """
    parameters = rulebook.parameters
    counts = follow_up_counts(team, rulebook)
    graded = true(team.tables["customer"]["grade"] == parameters.high_potential_grade)
    busy = true(counts > parameters.high_potential_follow_ups)
    found = _those(team, _alive(team, rulebook, "open") & graded & busy)
    found = found.assign(follow_ups=counts[found.index])
    found = found[concrete_needs(found, rulebook)]
    found = found.sort_values(["follow_ups", "expected_amount"], ascending=[False, False], kind="stable")
    return rows(found, (*WHO, "follow_ups", "need", "last_contact"))


def vanished(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return open customers that their rep's newer whole archives lack, the largest first; each once.

    ``absent_since`` is the Monday of the first of these weeks, ``absences`` how many archives lack it.
    """
    customers = team.tables["customer"]
    gone = customers["carried"].isin([MISSING, UNVERIFIED]) & customers["counted"].fillna(True).astype(bool)
    mine = customers[true(gone) & _alive(team, rulebook, "open")]
    ordered = in_order(mine, ["expected_amount", "rep", "customer_name"], descending=["expected_amount"])
    return rows(ordered, (*WHO, "absent_since", "absences"))


def _alive(team: Team, rulebook: Rulebook, *states: str) -> pd.Series:
    """Say which customers are in these states, by default all but the lost ones."""
    state = outcomes(team.tables["customer"], rulebook)
    return true(state.isin(states)) if states else ~true(state == "lost")


def _those(team: Team, asked: pd.Series) -> pd.DataFrame:
    """Return the customers asked for, with what the lists here look at."""
    return team.tables["customer"].loc[asked, list(ASKED)]


def _late(frame: pd.DataFrame, due: pd.Series, as_of: dt.date) -> pd.DataFrame:
    """Keep the rows whose day is past, with that day and the days since."""
    late = true(due < pd.Timestamp(as_of))
    due = due[late].astype("datetime64[us]")
    return frame[late].assign(due=due, days=(pd.Timestamp(as_of) - due).dt.days.astype("Int64"))


def _neglected(frame: pd.DataFrame, since: str, rulebook: Rulebook) -> list[dict[str, Any]]:
    ordered = most_pressing(frame.assign(since=frame[since]), rulebook)
    return rows(ordered, (*WHO, "since", "due", "days"))


def _next(birthday: dt.date, as_of: dt.date) -> dt.date:
    """Return the next birthday from a day on; 29 February is kept on the 28th in other years."""
    for year in (as_of.year, as_of.year + 1):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        day = 28 if (birthday.month, birthday.day) == (2, 29) and not leap else birthday.day
        if dt.date(year, birthday.month, day) >= as_of:
            return dt.date(year, birthday.month, day)
    raise AssertionError(birthday)


SHOWN = (
    *("rep", "customer_name", "customer_no", "grade", "status", "stage", "expected_amount", "expected_close"),
    *("last_contact", "silent_days", "follow_ups", "stage_days", "contact_name", "contact", "tags"),
    *("source_file", "source_sheet", "source_row"),
)


def views(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the named lists in the order of the settings: ``name``, ``conditions`` and ``rows``.

    The largest expected amount comes first, then who has been left alone longest.
    """
    if not rulebook.views:
        return []
    customers = standing(team, rulebook)
    order = ["expected_amount", "silent_days", "rep", "customer_name"]
    found = []
    for view in rulebook.views:
        masks = [met_by(customers, condition, team.as_of) for condition in view.conditions]
        mine = in_order(customers[reduce(and_, masks)], order, descending=order[:2])
        found.append({"name": view.name, "conditions": view.conditions, "rows": rows(mine, SHOWN)})
    return found


def met_by(customers: pd.DataFrame, condition: Condition, as_of: dt.date) -> pd.Series:
    """Say which customers meet a condition.

    A blank is unlike any value: it meets 不是 and 不含, and none of the comparisons by size or day. A blank
    是/否 counts as no. Of 大类-细分 the 大类 alone is enough. Texts are compared without regard to case.
    """
    column, test, value = customers[condition.field], condition.test, condition.value
    if test in ("blank", "filled"):
        return column.isna() if test == "blank" else column.notna()
    if isinstance(value, bool):
        held = true(column) == value
        return held if test == "is" else ~held
    if isinstance(value, tuple):
        found = _among(column, condition.field, value, whole=test in ("is", "is_not"))
        return found if test in ("is", "contains") else ~found
    if pd.api.types.is_datetime64_any_dtype(column):
        return true(_on_days(column.dt.normalize(), test, value, pd.Timestamp(as_of)))
    return true(_compared(column, test, float(value) if isinstance(value, Decimal) else value))


def _among(column: pd.Series, field: str, wanted: tuple[str, ...], *, whole: bool) -> pd.Series:
    """Say where one of the texts stands: as the whole value (or one of several tags), or within it."""
    values = column.to_numpy(object, na_value=None).tolist()
    sought = [text.casefold() for text in wanted]

    def holds(text: str) -> bool:
        if not whole:
            return any(part in text for part in sought)
        parts = {text, *text.split(SEPARATOR)} if field in SEVERAL else {text}
        if field in PATHS:
            parts.add(text.split("-", 1)[0])
        return not parts.isdisjoint(sought)

    told = {text: isinstance(text, str) and holds(text.casefold()) for text in {*values}}
    return pd.Series([told[text] for text in values], index=column.index, dtype=bool)


SEVERAL = frozenset({"tags"})
PATHS = frozenset({"industry"})
SEPARATOR = "、"
"""What stands between several values of one cell, as ``parsing`` joins them."""


def _on_days(days: pd.Series, test: str, value: Any, today: pd.Timestamp) -> pd.Series:
    if test == "last_days":
        return (days <= today) & (days >= today - pd.Timedelta(days=value))
    if test == "next_days":
        return (days >= today) & (days <= today + pd.Timedelta(days=value))
    if test == "days_ago":
        return days <= today - pd.Timedelta(days=value)
    return _compared(days, test, pd.Timestamp(value))


def _compared(column: pd.Series, test: str, value: Any) -> pd.Series:
    if test == "is_not":
        return (column != value).fillna(True)
    return {
        "is": column.eq,
        "more": column.gt,
        "at_least": column.ge,
        "less": column.lt,
        "at_most": column.le,
    }[test](value)
