"""How many customers of each grade, which have none, whose changed and why. docs/domain.md 3.1.

Owns counting by grade. Refuses: the grade rule (``grading``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.analyse.plain import counts, rows, true
from salesxl.analyse.standing import follow_up_counts
from salesxl.checks.names import customer_keys
from salesxl.grading import reasons, settled
from salesxl.model import Rulebook, Team
from salesxl.money import ratio, total
from salesxl.words import Words

__all__ = ["by_grade", "by_rep", "changes", "overrides", "ungraded"]

CHANGED = (
    *("rep", "customer_name", "before", "grade", "reason", "annual_purchase", "expected_amount"),
    *("source_file", "source_sheet", "source_row"),
)

UNGRADED_COLUMNS = (
    *("rep", "customer_name", "grade", "stage", "status", "annual_purchase", "expected_amount"),
    *("last_contact", "contact_name", "contact", "source_file", "source_sheet", "source_row"),
)


def by_grade(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row a grade, highest first, empty ones included.

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
    """Return a row a rep with the count of each grade, of customers without one, and in all."""
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


def changes(team: Team, rulebook: Rulebook, words: Words) -> list[dict[str, Any]]:
    """Return customers with another grade than in the last book: old (``before``), new, and why."""
    past = team.past.get("customer")
    if past is None or past.empty:
        return []
    last = past[(past["week_start"] == past["week_start"].max()) & past["grade"].notna()]
    known = dict(zip(customer_keys(last["customer_name"]), last["grade"], strict=True))
    customers = team.tables["customer"]
    before = customer_keys(customers["customer_name"]).map(known).astype("string")
    changed = true(before != customers["grade"])
    found = settled(customers, rulebook, follow_up_counts(team, rulebook))[changed]
    mine = customers[changed]
    why = reasons(found, mine["grade_reason"], rulebook, words)
    mine = mine.assign(before=before[changed], reason=why)
    order = ["expected_amount", "rep", "customer_name"]
    return rows(mine.sort_values(order, ascending=[False, True, True], kind="stable"), CHANGED)
