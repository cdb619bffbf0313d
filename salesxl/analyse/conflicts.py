"""Who claims whose customer, and which figures contradict each other. docs/domain.md 4.

Owns bringing the claims on one customer together. Refuses: finding them; that is ``checks``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.analyse.plain import rows, true
from salesxl.checks.customers import customer_keys
from salesxl.money import total

__all__ = ["conflicts", "of_code"]

CLAIM = ("rep", "customer_name", "grade", "stage", "expected_amount", "last_contact", "source_file")
FINDING = (
    *("severity", "code", "title", "rep", "form", "field", "value", "message", "fix"),
    *("source_file", "source_sheet", "cell"),
)


def conflicts(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the customers that several reps claim (撞单), each with its claims, largest amount first.

    ``amount`` is the largest expected amount among the claims (元): the customer is there once.
    """
    keyed = customers.assign(key=customer_keys(customers["customer_name"]))
    keyed = keyed[keyed["key"].notna() & keyed["rep"].notna()]
    keyed = keyed[keyed.groupby("key")["rep"].transform("nunique") > 1]
    found = []
    for _, claims in keyed.groupby("key", sort=True):
        ordered = claims.sort_values(["rep"], kind="stable")
        amounts = [total(pd.Series([a])) for a in ordered["expected_amount"].dropna()]
        found.append(
            {
                "customer_name": str(ordered["customer_name"].iloc[0]),
                "reps": list(dict.fromkeys(str(r) for r in ordered["rep"])),
                "amount": max((a for a in amounts if a is not None), default=None),
                "claims": rows(ordered, CLAIM),
            }
        )
    return sorted(found, key=lambda c: (-(c["amount"] or 0), c["customer_name"]))


def of_code(findings: pd.DataFrame, *codes: str) -> list[dict[str, Any]]:
    """Return the findings of these codes, in sheet order."""
    return rows(findings[true(findings["code"].isin(codes))], FINDING)
