"""Customer numbers: the register of all ever given, and giving new ones. docs/domain.md 2.1 (C), 4.2.

A number is given at first acceptance, never moved and never given again. Owns giving them. Refuses: who is
who; that is ``identity``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from salesxl.rules.identity import full_keys

__all__ = ["given", "registered"]


def given(
    customers: pd.DataFrame,
    who: pd.Series,
    register: pd.DataFrame,
    elsewhere: Iterable[tuple[pd.Series, pd.Series]],
    typed: Iterable[str],
    undated: dt.date | None,
) -> pd.Series:
    """Return each customer's number: its own, else the one that its name bears elsewhere, else the next.

    CRM + yyyymm + a running number of at least three digits; the month is that of the first contact, of
    ``undated`` where a team's form does not have it. ``who`` tells each row's customer: rows of one customer
    get one number, names that are equal only without 集团, 股份 or 公司 do not. ``register`` (customer_no,
    customer_name) are the numbers ever given, ``elsewhere`` full keys of names with the numbers typed beside
    them, ``typed`` numbers that stand anywhere, on rows held back too: they are nobody else's.
    """
    keys = full_keys(customers["customer_name"])
    known: dict[str, str] = {}
    registered_keys = full_keys(register["customer_name"])
    borne = customers["customer_no"].notna() & keys.notna()
    bearers = dict(zip(customers["customer_no"][borne], keys[borne], strict=True))
    for key, number in zip(registered_keys, register["customer_no"], strict=True):
        if pd.notna(key) and pd.notna(number) and bearers.get(number, key) == key:
            known.setdefault(str(key), str(number))
    lowest: dict[str, str] = {}
    for those, numbers in [(keys, customers["customer_no"]), *elsewhere]:
        own: dict[str, str] = {}
        both = (those.notna() & numbers.notna()).to_numpy(dtype=bool)
        for key, number in zip(those[both].tolist(), numbers[both].tolist(), strict=True):
            own[key] = min(number, own.get(key, number))
        lowest = own | lowest
    known = lowest | known
    used: dict[str, int] = {}
    for number in {*known.values(), *register["customer_no"].dropna(), *typed}:
        month, running = number[:9], number[9:]
        if running.isdecimal():
            used[month] = max(used.get(month, 0), int(running))
    new = customers["customer_no"].isna()
    asked = pd.DataFrame({"day": customers["first_contact"][new], "key": keys[new], "who": who[new]})
    order = asked.dropna(subset=["key"]).sort_values(["day", "key"], kind="stable")
    of_who = {one: known[key] for key, one in zip(order["key"], order["who"], strict=True) if key in known}
    for day, key, one in order.itertuples(index=False, name=None):
        first = undated if pd.isna(day) else day
        if key not in known and one not in of_who and first is not None:
            month = f"CRM{first:%Y%m}"
            used[month] = used.get(month, 0) + 1
            of_who[one] = f"{month}{used[month]:03d}"
        if key not in known and one in of_who:
            known[key] = of_who[one]
    numbers = customers["customer_no"].copy()
    numbers[new] = pd.array([known.get(key) for key in keys[new].tolist()], dtype="string")
    return numbers


def registered(
    register: pd.DataFrame,
    customers: pd.DataFrame,
    monday: pd.Timestamp,
    later: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Return the register with the numbers that the customers bear; those in it stay as they are.

    Numbers that only ``later`` weeks gave are left out: they stand in the books of their weeks.
    """
    here = register[~register["customer_no"].isin(list(later))].reset_index(drop=True)
    once = customers[customers["customer_no"].notna()].drop_duplicates("customer_no")
    new = once[~once["customer_no"].isin(here["customer_no"])]
    rows = new[["customer_no", "customer_name", "rep"]].assign(week_start=monday)
    rows = rows.astype(here.dtypes.to_dict())
    return pd.concat([here, rows], ignore_index=True) if len(rows) else here
