"""What is lost and why, and which sources bring customers that sign. docs/domain.md 3.4.

Owns counts, amounts and win rates. Refuses: what counts as won or lost (``outcomes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesxl.rulebook import Rulebook
from salesxl.rules.money import ratio, total
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures.plain import true

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
    industry = customers["industry"]
    main = {name: name.split("-", 1)[0].strip() for name in industry.dropna().unique()}
    return industry.map(main).astype("string")


def _by(
    customers: pd.DataFrame, groups: pd.Series, key: str, choices: str, rulebook: Rulebook
) -> list[dict[str, Any]]:
    order = [o.value for o in rulebook.choices[choices]]
    figures = _figures(customers, rulebook)
    found = []
    for group, at in customers.groupby(groups, dropna=False).indices.items():
        name = None if pd.isna(group) else str(group)
        found.append({key: name, **_tally({n: values[at] for n, values in figures.items()})})
    return sorted(found, key=lambda r: (-r["count"], _place(r[key], order)))


def overall(customers: pd.DataFrame, rulebook: Rulebook) -> dict[str, Any]:
    """Return the same figures over all customers, with ``average_deal`` in 元."""
    tally = _tally(_figures(customers, rulebook))
    signed = customers.loc[true(outcomes(customers, rulebook) == "won"), "contract_amount"].dropna()
    average = ratio(total(signed), len(signed))
    return {**tally, "average_deal": None if average is None else round(average, 2)}


def _figures(customers: pd.DataFrame, rulebook: Rulebook) -> dict[str, np.ndarray]:
    """Return what is tallied, as plain numbers: groups are many, and each takes its part of them."""
    state = outcomes(customers, rulebook)
    amounts = {
        name: customers[name].to_numpy(dtype="float64", na_value=np.nan)
        for name in ("expected_amount", "contract_amount")
    }
    masks = {name: true(state == name).to_numpy() for name in ("open", "won", "lost")}
    return {**amounts, **masks}


def _tally(figures: Mapping[str, np.ndarray]) -> dict[str, Any]:
    won, lost = figures["won"], figures["lost"]
    return {
        "count": len(won),
        "open": int(figures["open"].sum()),
        "won": int(won.sum()),
        "lost": int(lost.sum()),
        "win_rate": ratio(int(won.sum()), int(won.sum() + lost.sum())),
        "amount": total(figures["expected_amount"]),
        "lost_amount": total(figures["expected_amount"][lost]),
        "signed": total(figures["contract_amount"][won]),
    }


def _place(name: str | None, order: list[str]) -> tuple[int, str]:
    """Return where a name stands in the team's list; strangers after it, blank last."""
    if name is None:
        return len(order) + 1, ""
    return (order.index(name), name) if name in order else (len(order), name)
