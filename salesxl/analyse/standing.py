"""How each customer stands today: what is worked out for the named lists. docs/domain.md 3.5, 3.6.

Owns the fields of the list 名单字段 that no form has. Refuses: choosing customers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.plain import true
from salesxl.analyse.stage_time import in_stage
from salesxl.checks.names import customer_keys
from salesxl.grading import concrete, due_after, recent_contacts
from salesxl.model import Rulebook, Team

__all__ = ["concrete_needs", "follow_up_counts", "follow_up_due", "standing"]


def standing(team: Team, rulebook: Rulebook) -> pd.DataFrame:
    """Return the customers with what is known of them today.

    Added are ``outcome`` (open, won, lost), ``need_concrete``, ``follow_ups`` (of the last months),
    ``silent_days`` (since the last contact, else the first), ``overdue_days`` (past the grade's cadence, 0
    while in time, blank where the customer cannot be judged or is lost) and ``stage_days``.
    """
    customers = team.tables["customer"]
    today = pd.Timestamp(team.as_of)
    outcome = outcomes(customers, rulebook)
    last = customers["last_contact"].fillna(customers["first_contact"]).dt.normalize()
    overdue = (today - follow_up_due(customers, rulebook)).dt.days.clip(lower=0).astype("Int64")
    return customers.assign(
        outcome=outcome,
        need_concrete=concrete_needs(customers, rulebook),
        follow_ups=follow_up_counts(team, rulebook),
        silent_days=(today - last).dt.days.astype("Int64"),
        overdue_days=overdue.mask((outcome == "lost").fillna(False).astype(bool)),
        stage_days=in_stage(team, rulebook)["days"],
    )


def concrete_needs(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Say which customers' needs are more than a stock phrase; each distinct text is judged once.

    Customers that carry it already (column ``need_concrete``) are asked for it.
    """
    if "need_concrete" in customers:
        return customers["need_concrete"]
    said = {text: concrete(text, rulebook) for text in customers["need"].dropna().unique()}
    return customers["need"].map(said).astype("boolean").fillna(False).astype(bool)


def follow_up_counts(team: Team, rulebook: Rulebook) -> pd.Series:
    """Return each customer's follow-ups of the last months, as the records of its rep have them.

    Customers that carry them already (column ``follow_ups``) are asked for them.
    """
    customers, contacts = team.tables["customer"], team.tables["communication"]
    if "follow_ups" in customers:
        return customers["follow_ups"]
    met = contacts[["rep", "contact_time"]].assign(key=customer_keys(contacts["customer_name"]))
    owned = customers[["rep"]].assign(key=customer_keys(customers["customer_name"]))
    return recent_contacts(owned, met, team.as_of, int(rulebook.parameters["high_potential_months"]))


def follow_up_due(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Return the day by which each customer is to be called, by its grade; missing where none is known."""
    grades = {g.name: g for g in rulebook.grades}
    last = customers["last_contact"].fillna(customers["first_contact"]).to_numpy("datetime64[D]")
    due = pd.Series(np.datetime64("NaT", "us"), index=customers.index)
    for name, grade in grades.items():
        at = np.flatnonzero(true(customers["grade"] == name).to_numpy() & ~np.isnat(last))
        # thousands of customers share a day
        days, which = np.unique(last[at], return_inverse=True)
        called = np.array([due_after(day, grade) for day in days.tolist()], dtype="datetime64[us]")
        due.iloc[at] = called[which]
    return due
