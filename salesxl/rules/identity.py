"""How customers' names are compared. docs/domain.md 4: exactly once evened out; near ones are only suggested.

Owns the keys, what tells a customer beside its name, and finding names that differ by a slip of the pen.
Refuses: merging anything.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from salesxl import parsing

__all__ = ["SEPARATOR", "Signs", "customer_keys", "full_keys", "near_pairs", "signs_of", "told_apart"]

SEPARATOR = "、"
"""Between several telephones, or names, in one cell of a table."""

_PERSONS, _ROLE = re.compile(r"[/／;；、,，]"), re.compile(r"^[^:：]*[:：]|[(（].*[)）]")
NEIGHBOURS = 8
"""Names compared on from each one, in the order of their beginnings and in that of their ends."""
_ROUNDING = 1e-6
"""What binary fractions may lack: a pair that is just near enough is left for rapidfuzz to decide."""


def customer_keys(names: pd.Series) -> pd.Series:
    """Return the key by which customers are told apart; missing stays missing."""
    keys = [parsing.customer_key(name) if isinstance(name, str) else None for name in names.tolist()]
    return pd.Series(pd.array(keys, dtype="string"), index=names.index, name=names.name)


def full_keys(names: pd.Series) -> pd.Series:
    """Return the key by which customers are one beyond doubt: 集团, 股份 and 公司 stay in it."""
    keys = [parsing.full_key(name) if isinstance(name, str) else None for name in names.tolist()]
    return pd.Series(pd.array(keys, dtype="string"), index=names.index, name=names.name)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a customer beside its name: telephones and e-mails, the contacts, and the first contact."""

    phones: frozenset[str]
    contacts: frozenset[str]
    first: object

    def alike(self, other: Signs) -> bool:
        """Say whether a telephone, an e-mail or a contact is the same: enough beside a name."""
        return bool(self.phones & other.phones or self.contacts & other.contacts)

    def agree(self, other: Signs) -> bool:
        """Say whether any sign is the same: enough beside a number."""
        return self.alike(other) or (self.first is not None and self.first == other.first)

    def agree_twice(self, other: Signs) -> bool:
        """Say whether a telephone or e-mail agrees, and a contact or the first contact."""
        first = self.first is not None and self.first == other.first
        return bool(self.phones & other.phones) and (bool(self.contacts & other.contacts) or first)


def signs_of(customers: pd.DataFrame) -> Iterator[Signs]:
    """Yield what tells each row's customer beside its name."""
    columns = (customers[name].tolist() for name in ("contact", "contact_name", "first_contact"))
    for contact, name, first in zip(*columns, strict=True):
        phones = frozenset() if pd.isna(contact) else frozenset(str(contact).split(SEPARATOR))
        yield Signs(phones, _contacts(name), None if pd.isna(first) else first)


def _contacts(names: object) -> frozenset[str]:
    """Return the persons in a cell of contacts, without their roles: 决策人:王总 / 执行人:赵主管."""
    if not isinstance(names, str):
        return frozenset()
    return frozenset(one for part in _PERSONS.split(names) if (one := _ROLE.sub("", part).strip()))


def told_apart(customers: pd.DataFrame) -> pd.Series:
    """Return the key of each row's customer, where names are equal only without 集团, 股份 or 公司.

    Those are one customer if a telephone, an e-mail or the contact of any of their rows agrees; else each
    has the full key of its name. ``customers`` have customer_name, contact, contact_name, first_contact.
    """
    keys = customer_keys(customers["customer_name"])
    rows = customers[(keys.notna() & keys.duplicated(keep=False)).to_numpy(dtype=bool)]
    full = full_keys(rows["customer_name"])
    rows = rows[(full.groupby(keys[rows.index]).transform("nunique") > 1).to_numpy(dtype=bool)]
    found: dict[str, dict[str, list[Signs]]] = {}
    for key, whole, signs in zip(keys[rows.index], full[rows.index], signs_of(rows), strict=True):
        found.setdefault(key, {}).setdefault(whole, []).append(signs)
    apart = {whole: one for key, names in found.items() for whole, one in _clustered(key, names).items()}
    result = keys.copy()
    result[rows.index] = full[rows.index].map(apart).astype("string")
    return result


def _clustered(key: str, names: dict[str, list[Signs]]) -> dict[str, str]:
    """Return the key of each full name: those that a sign brings together have the first of their names."""
    clusters: list[tuple[list[str], list[Signs]]] = []
    for name, signs in sorted(names.items()):
        here, rest = ([name], list(signs)), []
        for cluster in clusters:
            if _any_alike(cluster[1], here[1]):
                here = (cluster[0] + here[0], cluster[1] + here[1])
            else:
                rest.append(cluster)
        clusters = [*rest, here]
    if len(clusters) == 1:
        return dict.fromkeys(names, key)
    return {name: min(members) for members, _ in clusters for name in members}


def _any_alike(some: Sequence[Signs], others: Sequence[Signs]) -> bool:
    return any(one.alike(other) for one in some for other in others)


def near_pairs(keys: pd.Series, least: float) -> list[tuple[str, str, float]]:
    """Return pairs of different keys that are alike: (one, other, likeness), in the order of the keys.

    Likeness is the share of characters that both have in the same order (0–1); ``least`` is what it takes.
    Two names apart by one slip have one half in common, beginning or end, so each is held only against its
    neighbours among the names sorted forwards and backwards: the work grows with the number of names, not
    with its square. A name among more than ``NEIGHBOURS`` with the same half may go unnoticed.
    """
    ordered = sorted(set(keys.dropna().tolist()))
    number = len(ordered)
    turned = [key[::-1] for key in ordered]
    backwards = np.array(sorted(range(number), key=turned.__getitem__), dtype="int64")
    lengths, marks = np.array([len(key) for key in ordered], dtype="int64"), _marks(ordered)
    found: list[np.ndarray] = []
    for order, ahead in itertools.product((np.arange(number), backwards), range(1, NEIGHBOURS + 1)):
        one, other = order[:-ahead], order[ahead:]
        # characters that only one of them has are unlike already, and so is what the shorter one lacks
        apart = np.bitwise_count(marks[one] ^ marks[other])
        apart = np.maximum(apart, np.abs(lengths[one] - lengths[other]))
        near = apart <= (1 - least) * (lengths[one] + lengths[other]) + _ROUNDING
        one, other = one[near], other[near]
        found.append(np.minimum(one, other) * number + np.maximum(one, other))
    pairs = np.divmod(np.unique(np.concatenate(found)), max(number, 1))
    these, those = ([ordered[at] for at in side.tolist()] for side in pairs)
    alike = process.cpdist(these, those, scorer=fuzz.ratio, score_cutoff=least * 100, dtype=np.float32)
    return [(these[at], those[at], round(float(alike[at]) / 100, 4)) for at in np.flatnonzero(alike)]


def _marks(names: list[str]) -> np.ndarray:
    """Return which characters each name has, as 64 bits: where two differ, the names do."""
    ends = np.cumsum([len(name) for name in names], dtype="int64")
    if not len(ends) or not ends[-1]:
        return np.zeros(len(names), dtype="uint64")
    signs = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    bits = np.left_shift(np.uint64(1), signs.astype("uint64") & np.uint64(63))
    starts = np.concatenate([[0], ends[:-1]])
    marks: np.ndarray = np.bitwise_or.reduceat(bits, np.minimum(starts, ends[-1] - 1))
    marks[starts == ends] = 0
    return marks
