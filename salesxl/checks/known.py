"""Customers held against the state: numbers that are another's, names that may be one. docs/domain.md 4.2.

Owns what a number and a name say together. Refuses: giving numbers, and merging anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from salesxl.checks.case import Case, Fault, error, notice
from salesxl.checks.listed import Row, listed
from salesxl.rules.identity import SEPARATOR, Signs, customer_keys, full_keys, signs_of

__all__ = ["number_and_name", "suspected"]


@dataclass(slots=True)
class _Customer:
    """A customer of the state: its number, its names, and what tells it, of each of its rows."""

    number: str
    name: str
    keys: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    signs: list[Signs] = field(default_factory=list)

    def agrees(self, signs: Signs) -> bool:
        return any(signs.agree(mine) for mine in self.signs)

    def alike(self, signs: Signs) -> bool:
        return any(signs.alike(mine) for mine in self.signs)


def _known(case: Case) -> tuple[dict[str, _Customer], dict[str, list[_Customer]]]:
    """Return the customers of the state that the batch may mean: by number, and by present name."""
    return case.once(("known",), partial(_read, case))


def _read(case: Case) -> tuple[dict[str, _Customer], dict[str, list[_Customer]]]:
    book = case.past.get("customer")
    by_number: dict[str, _Customer] = {}
    by_name: dict[str, list[_Customer]] = {}
    if book is None or "customer_no" not in book:
        return by_number, by_name
    rows = listed(case)
    keys = customer_keys(book["customer_name"])
    here = case.stacks["customer"].frame["customer_name"]
    named = keys.isin(customer_keys(here).dropna())
    numbered = book["customer_no"].isin(list({row.number for row in rows if row.number}))
    chosen = ((named | numbered) & book["customer_no"].notna()).astype(bool)
    book, keys = book[chosen], keys[chosen]
    columns = (book["customer_no"], book["customer_name"], keys, full_keys(book["customer_name"]))
    former = book["former_names"].tolist()
    told = (column.tolist() for column in columns)
    for number, name, key, full, before, signs in zip(*told, former, signs_of(book), strict=True):
        one = by_number.setdefault(number, _Customer(number, name))
        one.signs.append(signs)
        if one not in by_name.setdefault(key, []):
            by_name[key].append(one)
        earlier = [] if pd.isna(before) else before.split(SEPARATOR)
        one.keys |= {key, *customer_keys(pd.Series(earlier, dtype="string"))}
        one.full |= {full, *full_keys(pd.Series(earlier, dtype="string"))}
    return by_number, by_name


def _told(case: Case) -> Iterator[tuple[Row, str, str, Signs]]:
    """Yield the customers listed with their compared and full names, and what tells them beside."""
    frame = case.stacks["customer"].frame
    rows = [row for row in listed(case) if row.name is not None and row.given is None]
    mine = frame.loc[[row.at for row in rows]]
    keys, full = customer_keys(mine["customer_name"]), full_keys(mine["customer_name"])
    return zip(rows, keys.tolist(), full.tolist(), signs_of(mine), strict=True)


def number_and_name(case: Case) -> Iterator[Fault]:
    """Report a number that is another customer's of the state than the row's name says.

    Name and number of two customers are a column that was sorted alone, or a rename to a name that is taken;
    a known number with an unknown name is a rename only if a telephone, the contact or the first contact
    agrees.
    """
    by_number, by_name = _known(case)
    if not by_number:
        return
    stack = case.stacks["customer"]
    sound = re.compile(stack.spec.column("customer_no").pattern or "")
    for row, key, full, signs in _told(case):
        holder = by_number.get(row.number) if row.number and sound.match(row.number) else None
        if holder is None or stack.flagged.at[row.at, "customer_no"]:
            continue
        agrees = holder.agrees(signs)
        if full in holder.full or (key in holder.keys and agrees):
            continue
        others = [one for one in by_name.get(key, ()) if one is not holder]
        others = [one for one in others if full in one.full or one.alike(signs)]
        facts = {"called": row.name, "holder": holder.name}
        if others:
            taken = agrees and not any(one.agrees(signs) for one in others)
            why = "rename_taken" if taken else "two_customers"
            yield error("mismatch", stack, row.at, "customer_no", why=why, other_no=others[0].number, **facts)
        elif not agrees:
            yield error("mismatch", stack, row.at, "customer_no", why="other_name", **facts)


def suspected(case: Case) -> Iterator[Fault]:
    """Tell of names that may be one customer: equal but for 集团, 股份 or 公司, or borne by two numbers.

    Nothing is merged. Of a name that the state has already, its other name was told when it came in.
    """
    _, by_name = _known(case)
    stack = case.stacks["customer"]
    seen: dict[str, Row] = {}
    for row, key, full, signs in _told(case):
        mine = [one for one in by_name.get(key, ()) if full in one.full or one.alike(signs)]
        if len(mine) > 1 and not row.number:
            numbers = tuple(one.number for one in mine)
            yield notice("near_name", stack, row.at, "customer_name", why="both_known", numbers=numbers)
        first = seen.setdefault(key, row)
        if mine:
            continue
        state = [one for one in by_name.get(key, ()) if row.number != one.number]
        if state:
            other_name, other = state[0].name, state[0].number
        elif first.name is not None and first.key != row.key:
            other_name, other = first.name, case.place_text(stack, first.at, "customer_name")
        else:
            continue
        facts = {"why": "suffix", "other_name": other_name, "other": other}
        yield notice("near_name", stack, row.at, "customer_name", **facts)
