"""Customers that two teams claim. docs/domain.md 3.15.

Owns finding them among all teams without holding all customers, and which claim the company's sums count.
Refuses: deciding whose a customer is; that is the director's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import told_apart
from salesxl.rules.money import total
from salesxl.state.claims import counted
from salesxl.summary.figures.plain import rows, true

__all__ = ["claims", "double"]

LIVE = ("open", "won")
SHOWN = (
    *("no", "customer_name", "unit", "rep", "team", "customer_no", "stage", "outcome", "expected_amount"),
    *("weighted", "last_contact", "counted", "source_file"),
)


def claims(spools: Mapping[str, Path], rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row per claim on a customer that several teams have open or won, the largest in amount first.

    ``spools`` are the teams' customers by team, in order. Names are compared as in one team: equal without
    集团, 股份 or 公司 they are one customer if a telephone, e-mail or contact agrees. ``counted`` is true of
    the one claim that the sums count: won before open, then the larger amount, then the earlier first
    contact, then the order of the teams.
    """
    several = _shared({unit: _keys(_live(pd.read_pickle(path))) for unit, path in spools.items()})
    found = []
    for unit, path in spools.items():
        mine = _live(pd.read_pickle(path))
        found.append(mine[np.isin(_keys(mine), several)].assign(unit=unit))
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if not len(every):
        return []
    every = every.assign(key=told_apart(every))
    every = every[every.groupby("key")["unit"].transform("nunique") > 1].reset_index(drop=True)
    if not len(every):
        return []
    every["counted"] = counted(every.assign(customer_no=every["key"]), rulebook)
    amounts = every.groupby("key")["expected_amount"].transform("sum").fillna(0)
    every = every.assign(whole=amounts).sort_values(["whole", "key"], ascending=[False, True], kind="stable")
    every["no"] = every.groupby("key", sort=False).ngroup() + 1
    return rows(every, SHOWN)


def double(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many customers several teams claim, and what open claims would count twice, in 元."""
    twice = [row for row in found if row["outcome"] == "open" and not row["counted"]]
    return {
        "customers": len({row["no"] for row in found}),
        "count": len(twice),
        "amount": total([row["expected_amount"] for row in twice]),
        "weighted": total([row["weighted"] for row in twice]),
    }


def _live(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers that a team has open or won, each once."""
    return customers[customers["counts"] & true(customers["outcome"].isin(LIVE))]


def _keys(customers: pd.DataFrame) -> np.ndarray:
    """Return eight bytes for each customer's name; two names with the same are told apart later."""
    names = customers["customer_name"].fillna("").tolist()
    keys = pd.Series([customer_key(name) for name in names], dtype=object)
    found: np.ndarray = pd.util.hash_pandas_object(keys, index=False).to_numpy()
    return found


def _shared(keys: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the keys that several teams have."""
    if not keys:
        return np.array([], dtype="uint64")
    every, often = np.unique(np.concatenate([np.unique(own) for own in keys.values()]), return_counts=True)
    found: np.ndarray = every[often > 1]
    return found
