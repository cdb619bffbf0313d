"""What is lost and why, and which sources bring customers that sign. docs/domain.md 3.4.

Owns counts, amounts and win rates. Refuses: what counts as won or lost (``outcomes``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.plain import true
from salesxl.model import Rulebook
from salesxl.money import ratio, total

__all__ = ["industries", "main_industry", "overall", "reasons", "sources"]


def reasons(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row a reason that occurs, most frequent first; ``reason`` is None where none is given.

    ``amount`` is the expected amount lost, in 元; ``share`` is of all lost customers.
    """
    lost = customers[true(outcomes(customers, rulebook) == "lost")]
    order = [o.value for o in rulebook.choices["流失原因"]]
    found = []
    for reason, mine in lost.groupby("loss_reason", dropna=False):
        name = None if pd.isna(reason) else str(reason)
        share = ratio(len(mine), len(lost))
        found.append(
            {"reason": name, "count": len(mine), "amount": total(mine["expected_amount"]), "share": share}
        )
    return sorted(found, key=lambda r: (-r["count"], -(r["amount"] or 0), _place(r["reason"], order)))


def sources(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row a source that occurs, most customers first.

    ``win_rate`` = won ÷ (won + lost), blank while nothing is decided. ``amount`` is the expected amount of
    all, ``signed`` the contract amount of those won, in 元.
    """
    return _by(customers, customers["source"], "source", "客户来源", rulebook)


def industries(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the same figures by industry: 制造业 and 制造业-新能源汽车 are one."""
    return _by(customers, main_industry(customers), "industry", "行业", rulebook)


def main_industry(customers: pd.DataFrame) -> pd.Series:
    """Return each customer's 大类 of 大类-细分. docs/domain.md 2.1."""
    return customers["industry"].str.split("-", n=1).str[0].str.strip()


def _by(
    customers: pd.DataFrame, groups: pd.Series, key: str, choices: str, rulebook: Rulebook
) -> list[dict[str, Any]]:
    state = outcomes(customers, rulebook)
    order = [o.value for o in rulebook.choices[choices]]
    found = []
    for group, mine in customers.groupby(groups, dropna=False):
        name = None if pd.isna(group) else str(group)
        found.append({key: name, **_tally(mine, state[mine.index])})
    return sorted(found, key=lambda r: (-r["count"], _place(r[key], order)))


def overall(customers: pd.DataFrame, rulebook: Rulebook) -> dict[str, Any]:
    """Return the same figures over all customers, with ``average_deal`` in 元."""
    tally = _tally(customers, outcomes(customers, rulebook))
    signed = customers.loc[true(outcomes(customers, rulebook) == "won"), "contract_amount"].dropna()
    average = ratio(total(signed), len(signed))
    return {**tally, "average_deal": None if average is None else round(average, 2)}


def _tally(customers: pd.DataFrame, state: pd.Series) -> dict[str, Any]:
    won, lost = true(state == "won"), true(state == "lost")
    return {
        "count": len(customers),
        "open": int(true(state == "open").sum()),
        "won": int(won.sum()),
        "lost": int(lost.sum()),
        "win_rate": ratio(int(won.sum()), int(won.sum() + lost.sum())),
        "amount": total(customers["expected_amount"]),
        "lost_amount": total(customers.loc[lost, "expected_amount"]),
        "signed": total(customers.loc[won, "contract_amount"]),
    }


def _place(name: str | None, order: list[str]) -> tuple[int, str]:
    """Return where a name stands in the team's list; strangers after it, blank last."""
    if name is None:
        return len(order) + 1, ""
    return (order.index(name), name) if name in order else (len(order), name)
