"""The team's named lists of customers. docs/domain.md 3.6: any combination of conditions picks them out.

Owns what a comparison means. Refuses: which lists there are, and reading conditions; both are settings.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import pandas as pd

from salesxl.analyse.order import in_order
from salesxl.analyse.plain import rows, true
from salesxl.analyse.standing import standing
from salesxl.model import Condition, Rulebook, Team

__all__ = ["met_by", "views"]

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
"""What stands between several values of one cell, as ``tidy`` joins them."""


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
