"""How each customer stands today: what is worked out for the named lists. docs/domain.md 3.5, 3.6.

Owns the fields of the list 名单字段 that no form has. Refuses: choosing customers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.grading import concrete, due_after, reasons, recent_contacts, settled
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import ratio, total
from salesxl.rules.outcomes import outcomes
from salesxl.state.identity import known_by
from salesxl.summary.figures.plain import counts, rows, true
from salesxl.summary.figures.stage_time import in_stage

__all__ = [
    "by_grade",
    "by_rep",
    "changes",
    "concrete_needs",
    "follow_up_counts",
    "follow_up_due",
    "overrides",
    "standing",
    "suggestions",
    "ungraded",
]


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
    return recent_contacts(owned, met, team.as_of, rulebook.parameters.high_potential_months)


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


CHANGED = (
    *("rep", "customer_name", "before", "grade", "reason", "annual_purchase", "expected_amount"),
    *("source_file", "source_sheet", "source_row"),
)

UNGRADED_COLUMNS = (
    *("rep", "customer_name", "grade", "stage", "status", "annual_purchase", "expected_amount"),
    *("last_contact", "contact_name", "contact", "source_file", "source_sheet", "source_row"),
)


def by_grade(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row per grade, highest first, empty ones included.

    ``customers`` has grade, annual_purchase, expected_amount (元). ``share`` is of all graded customers.
    """
    graded = int(customers["grade"].notna().sum())
    found = []
    for grade in rulebook.grades:
        mine = customers[true(customers["grade"] == grade.name)]
        found.append(
            {
                "grade": grade.name,
                "count": len(mine),
                "share": ratio(len(mine), graded),
                "annual_purchase": total(mine["annual_purchase"]),
                "expected_amount": total(mine["expected_amount"]),
                "every": grade.every,
                "unit": grade.unit if grade.every is not None else None,
            }
        )
    return found


def by_rep(customers: pd.DataFrame, rulebook: Rulebook, reps: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a row per rep with the count of each grade, of customers without one, and in all."""
    names = [g.name for g in rulebook.grades]
    graded = counts(customers, "rep", "grade")
    without = counts(customers[customers["grade"].isna()], "rep")
    every = counts(customers, "rep")
    return [
        {
            "rep": rep,
            "counts": {name: graded.get((rep, name), 0) for name in names},
            "ungraded": without.get(rep, 0),
            "total": every.get(rep, 0),
        }
        for rep in reps
    ]


def ungraded(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the customers without a grade, largest expected amount first."""
    without = customers[customers["grade"].isna()]
    ordered = without.sort_values(["expected_amount", "rep", "customer_name"], ascending=[False, True, True])
    return rows(ordered, UNGRADED_COLUMNS)


def overrides(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return customers whose grade a person has set: the rules' own (``before``) and the reason given."""
    customers, contacts = team.tables["customer"], follow_up_counts(team, rulebook)
    customers = customers[customers["grade"].notna() & customers["grade_reason"].notna()]
    found = settled(customers, rulebook, contacts[customers.index])
    mine = customers.assign(before=found["by_rule"], reason=customers["grade_reason"])
    mine = mine[true(found["why"] == "override")]
    return rows(mine.sort_values(["rep", "customer_name"], kind="stable"), CHANGED)


def suggestions(team: Team) -> list[dict[str, Any]]:
    """Return customers whose grade (``before``) would be another one by the rules now, and why.

    It is given at the quarter's end. docs/domain.md 3.1.
    """
    customers = team.tables["customer"]
    mine = customers[customers["suggested_grade"].notna()]
    names = {"before": mine["grade"], "grade": mine["suggested_grade"], "reason": mine["suggested_why"]}
    order = ["expected_amount", "rep", "customer_name"]
    ordered = mine.assign(**names).sort_values(order, ascending=[False, True, True], kind="stable")
    return rows(ordered, CHANGED)


def changes(team: Team, rulebook: Rulebook, words: Words) -> list[dict[str, Any]]:
    """Return customers with another grade than in the last book: old (``before``), new, and why."""
    told = team.tables["change"]
    graded = true(told["table"] == "customer") & true(told["field"] == "grade") & told["old"].notna()
    told = told[graded & true(told["week_start"] == pd.Timestamp(team.week[0]))]
    pairs = zip(known_by(told), told["rep"], strict=True)
    known = dict(zip(pairs, told["old"], strict=True))
    customers = team.tables["customer"]
    now = zip(known_by(customers).tolist(), customers["rep"].tolist(), strict=True)
    before = pd.Series(pd.array([known.get(pair) for pair in now], dtype="string"), index=customers.index)
    changed = before.notna() & true(before != customers["grade"])
    found = settled(customers, rulebook, follow_up_counts(team, rulebook))[changed]
    mine = customers[changed]
    why = reasons(found, mine["grade_reason"], rulebook, words)
    mine = mine.assign(before=before[changed], reason=why)
    order = ["expected_amount", "rep", "customer_name"]
    return rows(mine.sort_values(order, ascending=[False, True, True], kind="stable"), CHANGED)
