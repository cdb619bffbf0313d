"""Promises of the team's process that are due. docs/domain.md 3.5, 3.6.

Owns when each falls due; a day that is due today is not overdue yet. Refuses: the days allowed, which are
the team's settings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.grading import stage_kinds
from salesxl.rules.identity import customer_keys
from salesxl.rules.outcomes import outcomes
from salesxl.rules.workdays import workdays_after
from salesxl.summary.figures.customers import concrete_needs
from salesxl.summary.figures.plain import most_pressing, rows, true
from salesxl.summary.figures.stage_time import in_stage, long_after, stays

__all__ = ["after_sales", "contract_reviews", "needs_unclear", "stuck"]

WHO = (
    *("rep", "customer_name", "customer_no", "grade", "status", "stage", "expected_amount", "last_contact"),
    *("contact_name", "contact", "source_file", "source_sheet", "source_row"),
)


def after_sales(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return won customers who were not called after they signed, though the days are over.

    From 签约日期 (``since``) the days run; a contact on a later day is the call. Without that date nothing is
    said: a customer's stage tells the week, not the day. The most pressing come first (``most_pressing``).
    """
    customers = team.tables["customer"]
    won = customers[true(outcomes(customers, rulebook) == "won") & customers["signed_on"].notna()]
    signed = won["signed_on"].dt.normalize()
    won = won.assign(since=signed)
    waiting = won[~true(won["last_contact"].dt.normalize() > signed)]
    days = pd.Timedelta(days=rulebook.parameters.after_sales_days)
    late = _late(waiting, [day.date() for day in waiting["since"] + days], team.as_of)
    late = most_pressing(late, rulebook)
    return rows(late, (*WHO, "contract_no", "contract_amount", "since", "due", "days"))


def contract_reviews(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return records of signed customers that the manager has not reviewed in time, oldest first.

    The working days run from the rep's signature, else from the customer's 签约日期 (``since``). Reviewed
    means opinion, name and date all there (docs/domain.md 2.2).
    """
    records, customers = team.tables["record"], team.tables["customer"]
    won = true(stage_kinds(records["stage"], rulebook) == "won")
    reviewed = records[["review", "reviewer", "reviewed_on"]].notna().all(axis=1)
    open_ones = records[won & ~reviewed]
    signed = _by_key(customers, "signed_on")
    keys = customer_keys(open_ones["customer_name"])
    since = open_ones["rep_signed_on"].fillna(pd.to_datetime(keys.map(signed))).astype("datetime64[us]")
    waiting = open_ones.assign(since=since.dt.normalize())
    waiting = waiting[waiting["since"].notna()]
    amounts = _by_key(customers, "contract_amount")
    waiting["contract_amount"] = keys.reindex(waiting.index).map(amounts).astype("Float64")
    number = rulebook.parameters.contract_review_workdays
    late = _late(waiting, _workdays(waiting["since"], number, rulebook), team.as_of)
    late = late.sort_values(["days", "rep", "customer_name"], ascending=[False, True, True], kind="stable")
    return rows(late, (*WHO, "contract_amount", "since", "due", "days"))


def needs_unclear(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return open customers whose needs are still not on paper after the working days, the largest first.

    The days run from the first contact (``since``). The needs are on paper once 需求描述 is concrete, or a
    talk has 客户需求关键点; there is no form for a needs report.
    """
    customers, talks = team.tables["customer"], team.tables["communication"]
    told = talks[talks["need_points"].notna()]
    pairs = set(zip(told["rep"].tolist(), customer_keys(told["customer_name"]).tolist(), strict=True))
    unclear = ~concrete_needs(customers, rulebook) & customers["first_contact"].notna()
    waiting = customers[unclear & true(outcomes(customers, rulebook) == "open")]
    keys = customer_keys(waiting["customer_name"])
    noted = [pair in pairs for pair in zip(waiting["rep"].tolist(), keys.tolist(), strict=True)]
    waiting = waiting[~np.array(noted, dtype=bool)]
    waiting = waiting.assign(since=waiting["first_contact"].dt.normalize())
    number = rulebook.parameters.needs_report_workdays
    late = _late(waiting, _workdays(waiting["since"], number, rulebook), team.as_of)
    order = ["expected_amount", "days", "rep", "customer_name"]
    late = late.sort_values(order, ascending=[False, False, True, True], kind="stable")
    return rows(late, (*WHO, "need", "since", "due", "days"))


def stuck(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return open customers longer in their stage than the team's own percentile, the most pressing first.

    ``days`` are those in the stage since ``since`` (the books may begin later: then it is at least as long),
    ``bound`` the days that are usual. docs/domain.md 3.6.
    """
    customers = team.tables["customer"]
    usual = long_after(stays(team, rulebook), rulebook.parameters.stuck_percentile)
    bound = customers["stage"].map(usual).astype("Int64")
    stay = in_stage(team, rulebook)
    beyond = stay["days"] - bound
    stuck = true(beyond > 0) & true(outcomes(customers, rulebook) == "open")
    found = customers[stuck].assign(
        **stay.loc[stuck, ["since", "days"]], bound=bound[stuck], beyond=beyond[stuck]
    )
    found = most_pressing(found, rulebook, "beyond")
    return rows(found, (*WHO, "since", "days", "bound", "beyond"))


def _late(frame: pd.DataFrame, due: list[dt.date], as_of: dt.date) -> pd.DataFrame:
    """Keep the rows whose day is past, with that day and the days since."""
    days = pd.Series(pd.array(due, dtype="datetime64[us]"), index=frame.index)
    late = frame.assign(due=days, days=(pd.Timestamp(as_of) - days).dt.days.astype("Int64"))
    return late[true(late["days"] > 0)]


def _workdays(since: pd.Series, number: int, rulebook: Rulebook) -> list[dt.date]:
    """Return the day that many working days after each; customers share their days."""
    known = {day: workdays_after(day.date(), number, rulebook.days) for day in since.unique()}
    return [known[day] for day in since]


def _by_key(customers: pd.DataFrame, name: str) -> Mapping[str, Any]:
    """Return a value by customer; of several rows of one customer the first that has it."""
    known = customers[customers[name].notna()]
    keys = customer_keys(known["customer_name"])
    return dict(zip(reversed(keys.tolist()), reversed(known[name].tolist()), strict=True))
