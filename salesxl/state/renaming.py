"""Giving rows of a table another customer's name or number: what 更正 does, by masks of rows.

Owns the columns concerned. Refuses: telling which rows they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesxl.parsing import customer_key
from salesxl.rules.identity import SEPARATOR, customer_keys
from salesxl.state.meant import Meant

__all__ = ["named", "numbered", "with_former", "without_former"]


def named(table: pd.DataFrame, mine: np.ndarray, name: str, number: str | None) -> pd.DataFrame:
    """Give some rows a name, and a number where it is known."""
    if not mine.any():
        return table
    after = table.assign(customer_name=table["customer_name"].mask(mine, name))
    if number is not None and "customer_no" in table:
        after = after.assign(customer_no=table["customer_no"].mask(mine, number))
    return after


def with_former(customers: pd.DataFrame, ours: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Add former names to a customer's rows."""
    former = customers["former_names"].astype(object).where(customers["former_names"].notna(), None).tolist()
    for at in np.flatnonzero(ours).tolist():
        told = former[at].split(SEPARATOR) if former[at] else []
        present = customers["customer_name"].iloc[at]
        every = [n for n in dict.fromkeys([*told, *names]) if n != present]
        former[at] = SEPARATOR.join(every) or None
    return customers.assign(former_names=pd.array(former, dtype="string"))


def without_former(customers: pd.DataFrame, meant: Meant, name: str) -> pd.DataFrame:
    """Take a former name off a customer's rows."""
    former = customers["former_names"].astype(object).where(customers["former_names"].notna(), None).tolist()
    for at in np.flatnonzero(meant.kept(customers)).tolist():
        told = former[at].split(SEPARATOR) if former[at] else []
        former[at] = SEPARATOR.join(n for n in told if customer_key(n) != customer_key(name)) or None
    return customers.assign(former_names=pd.array(former, dtype="string"))


def numbered(table: pd.DataFrame, keys: list[str], rep: str, number: str, rest: str | None) -> pd.DataFrame:
    """Give a rep's rows of a name their own number, and those of others that lack one the ``rest``'s."""
    called = customer_keys(table["customer_name"]).isin(keys).to_numpy(dtype=bool)
    theirs = (table["rep"] == rep).fillna(False).to_numpy(dtype=bool)
    numbers = table["customer_no"].mask(called & theirs, number)
    if rest is not None:
        numbers = numbers.mask(called & ~theirs & numbers.isna().to_numpy(dtype=bool), rest)
    apart = {} if rest is None else {"apart": pd.array(called, dtype="boolean")}
    return table.assign(customer_no=numbers, **apart)
