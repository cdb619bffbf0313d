"""Which customer a line of 更正 means: by its number, or by a name that one customer alone bears.

Owns telling it from others of its name. Refuses: what becomes of it; that is ``corrections``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.parsing import customer_key
from salesxl.rules.identity import customer_keys

__all__ = ["Meant", "Unclear", "customer_meant", "registered_keys"]

NUMBER = re.compile(schemas.NO_PATTERN)


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why nobody knows which customer is meant: ``correction`` (there is none) or ``several``."""

    why: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meant:
    """The customer that a line means: its numbers, its names as compared, and whose rows bear them."""

    numbers: frozenset[str]
    keys: frozenset[str]
    pairs: frozenset[tuple[str, str]] = frozenset()

    def kept(self, table: pd.DataFrame) -> np.ndarray:
        """Say which rows of the state are about the customer."""
        keys = customer_keys(table["customer_name"])
        named = keys.isin(list(self.keys)).to_numpy(dtype=bool)
        if "customer_no" in table:
            number = table["customer_no"]
            named = named & (number.isna() | number.isin(list(self.numbers))).to_numpy(dtype=bool)
            mine: np.ndarray = named | number.isin(list(self.numbers)).to_numpy(dtype=bool)
            return mine
        owned = zip(table["rep"].tolist(), keys.tolist(), strict=True)
        paired: np.ndarray = named | np.array([pair in self.pairs for pair in owned], dtype=bool)
        return paired

    def come(self, table: pd.DataFrame) -> np.ndarray:
        """Say which rows that come in are about the customer: a number alone does not tell it."""
        keys = customer_keys(table["customer_name"])
        found: np.ndarray = keys.isin(list(self.keys)).to_numpy(dtype=bool)
        if "customer_no" in table:
            owned = zip(table["rep"].tolist(), keys.tolist(), strict=True)
            paired = np.array([pair in self.pairs for pair in owned], dtype=bool)
            found = found | paired & table["customer_no"].isin(list(self.numbers)).to_numpy(dtype=bool)
        return found


def customer_meant(
    said: str,
    customers: pd.DataFrame,
    register: pd.DataFrame,
    names: Collection[str],
    typed: Collection[str],
    *,
    several: bool = False,
) -> Meant | Unclear:
    """Return the customer that a text means.

    ``customers`` are those of the state, ``register`` the numbers ever given; ``names`` and ``typed`` are all
    names (as compared) and numbers that stand anywhere. ``several`` says that one name may be of several.
    """
    keys = customer_keys(customers["customer_name"])
    by_key: dict[str, set[str]] = {}
    name_of: dict[str, str] = {}
    for one, key in zip(customers["customer_no"].tolist(), keys.tolist(), strict=True):
        if one is not pd.NA and key is not pd.NA:
            by_key.setdefault(key, set()).add(one)
            name_of[one] = key
    past: dict[str, set[str]] = {}
    for one, key in registered_keys(register):
        past.setdefault(key, set()).add(one)
        name_of.setdefault(one, key)
    number = said.upper() if NUMBER.match(said.upper()) else None
    if number is not None:
        name = name_of.get(number)
        alone = name is not None and by_key.get(name, {number}) == {number}
        numbers, own = {number}, {name} if name and alone else set()
        known = name is not None or number in typed
    else:
        key = customer_key(said)
        numbers = by_key.get(key) or past.get(key, set())
        if len(numbers) > 1 and not several:
            return Unclear("several", {"numbers": "、".join(sorted(numbers))})
        own = {key} | {name_of[one] for one in numbers if len(by_key.get(name_of[one], ())) < 2}
        known = bool(numbers) or key in names
    if not known:
        return Unclear("correction")
    mine = customers["customer_no"].isin(list(numbers)) & customers["rep"].notna() & keys.notna()
    pairs = zip(customers["rep"][mine].tolist(), keys[mine].tolist(), strict=True)
    return Meant(frozenset(numbers), frozenset(n for n in own if n), frozenset(pairs))


def registered_keys(register: pd.DataFrame) -> Iterable[tuple[str, str]]:
    """Yield the numbers of the register with the names, as compared, to which they were given."""
    told = register[["customer_no", "customer_name"]].dropna()
    return zip(told["customer_no"].tolist(), customer_keys(told["customer_name"]).tolist(), strict=True)
