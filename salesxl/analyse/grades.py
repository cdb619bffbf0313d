"""How many customers of each grade, by rep and in all, and which have none. docs/domain.md 3.1.

Owns counting by grade. Refuses: the grade rule (``grading``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.analyse.plain import counts, rows, true
from salesxl.model import Rulebook
from salesxl.money import ratio, total

__all__ = ["by_grade", "by_rep", "ungraded"]

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
