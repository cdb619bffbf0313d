"""What is held back, open until a newer row of its key is there: 退回未改. docs/domain.md 4.2.

Owns what a row held back would add to the sums, and how long it stays open. Refuses: why it is held back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from salesxl.columns import columns_of
from salesxl.model import Checked
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import total
from salesxl.tables import model

__all__ = ["AMOUNTS", "by_form", "points", "still_open"]

AMOUNTS = ("held_amount", "held_completed")
ARCHIVE, REPORT = "customer_archive", "weekly_report"
Amounts: TypeAlias = Mapping[tuple[object, object], object]


def points(
    listed: pd.DataFrame, customers: pd.DataFrame, who: pd.Series, reports: pd.DataFrame, checked: Checked
) -> pd.DataFrame:
    """Return a row per customer and report of the week that is held back, with ``submission``.

    ``listed`` are the archives' rows (``customers.Joined``), ``customers`` and ``reports`` the state now.
    ``held_amount`` and ``held_completed`` are the difference to what the state has of that customer or
    week, the whole amount where it has nothing; below zero nothing is known of that.
    """
    rows = listed[listed["held"]]
    known = _amounts(customers.assign(who=who), "who", "expected_amount")
    of_customers = rows.assign(
        form=ARCHIVE, held_amount=_differences(rows, "who", "expected_amount", known), week_start=pd.NaT
    )
    frame = checked.frames["weekly_report"]
    rows = frame[~(frame["accepted"] | frame["superseded"]).astype(bool)]
    known = _amounts(reports, "week_start", "completed_amount")
    of_reports = rows.assign(
        form=REPORT, held_completed=_differences(rows, "week_start", "completed_amount", known)
    )
    every = pd.concat([of_customers, of_reports], ignore_index=True)
    forms = [checked.submissions[number] for number in every["submission"].tolist()]
    every = every.assign(
        source_file=[form.file for form in forms],
        source_sheet=[form.sheet for form in forms],
        source_row=every["row"],
        taken=pd.Timestamp(checked.week[0]),
    )
    return _typed(every).assign(submission=every["submission"].astype("int64").to_numpy())


def _amounts(frame: pd.DataFrame, key: str, amount: str) -> Amounts:
    return {
        (one, rep): value
        for one, rep, value in frame[[key, "rep", amount]].itertuples(index=False, name=None)
        if not pd.isna(one)
    }


def _differences(rows: pd.DataFrame, key: str, amount: str, known: Amounts) -> list[object]:
    found: list[object] = []
    for one, rep, value in rows[[key, "rep", amount]].itertuples(index=False, name=None):
        there = not pd.isna(one) and (one, rep) in known
        before = known[one, rep] if there else None
        if pd.isna(value) or value < 0:
            found.append(None)
        else:
            found.append(value - before if there and not pd.isna(before) else value)
    return found


def still_open(
    before: pd.DataFrame, listed: pd.DataFrame, whole: Collection[str], checked: Checked
) -> pd.DataFrame:
    """Return the points of earlier weeks of which nothing newer has come.

    A customer's is closed by a row of that customer and rep, held back or not, and by a whole archive of the
    rep; a report's by a report of that rep and week.
    """
    rows = listed[["rep", "customer_no"]].assign(key=customer_keys(listed["customer_name"]))
    here = {pair for name in ("key", "customer_no") for pair in _pairs(rows, name)}
    frame = checked.frames["weekly_report"]
    reports = set(_pairs(frame[~frame["superseded"].astype(bool)], "week_start"))
    named = before.assign(key=customer_keys(before["customer_name"]))
    told = [
        np.array([pair in here for pair in _every(named, name)], dtype=bool)
        for name in ("key", "customer_no")
    ]
    told.append(before["rep"].isin(list(whole)).to_numpy(dtype=bool))
    of_archive = (before["form"] == ARCHIVE).fillna(False).to_numpy(dtype=bool)
    again = np.array([pair in reports for pair in _every(before, "week_start")], dtype=bool)
    return before[~np.where(of_archive, np.logical_or.reduce(told), again)].reset_index(drop=True)


def _every(frame: pd.DataFrame, name: str) -> list[tuple[object, object]]:
    return list(zip(frame[name].tolist(), frame["rep"].tolist(), strict=True))


def _pairs(frame: pd.DataFrame, name: str) -> list[tuple[object, object]]:
    return _every(frame.dropna(subset=[name, "rep"]), name)


def by_form(found: pd.DataFrame) -> Mapping[str, Mapping[int, float | None]]:
    """Return what is known to be held back by form, for each of ``AMOUNTS``."""
    return {
        name: {int(number): total(mine) for number, mine in found.groupby("submission")[name]}
        for name in AMOUNTS
    }


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    made: dict[str, pd.Series] = {}
    for column in columns_of(model("held")):
        values = (
            rows[column.field] if column.field in rows else pd.Series(None, index=rows.index, dtype=object)
        )
        made[column.field] = values.astype(object).where(values.notna(), None).astype(column.kind.dtype)
    return pd.DataFrame(made)
