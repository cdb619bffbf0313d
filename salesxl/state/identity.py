"""Who is who: which customer of the state a newer row is about. docs/domain.md 4.2.

By number; else by name, the present ones before former ones; else by a rep's own number for it; else as a
renamed one, where two further signs agree. Owns matching. Refuses: merging on one sign, and giving numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import pandas as pd

from salesxl.parsing.text import customer_key
from salesxl.rules.identity import customer_keys

__all__ = ["Known", "known", "known_by", "recognised"]

SEPARATOR = "、"


def known_by(customers: pd.DataFrame) -> pd.Series:
    """Return what each customer is known by: its number, else its name as compared."""
    number = customers["customer_no"]
    blank = number.isna()
    if not blank.any():
        return number
    return number.fillna(customer_keys(customers.loc[blank, "customer_name"]))


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a customer beside its name: telephones and e-mails, the contact, and the first contact."""

    phones: frozenset[str]
    contact: str | None
    first: object

    def agree(self, other: Signs) -> bool:
        """Say whether one sign is the same: enough beside a number."""
        first = self.first is not None and self.first == other.first
        same = self.contact is not None and self.contact == other.contact
        return bool(self.phones & other.phones) or same or first

    def agree_twice(self, other: Signs) -> bool:
        """Say whether a telephone or e-mail agrees, and the contact or the first contact."""
        first = self.first is not None and self.first == other.first
        same = self.contact is not None and self.contact == other.contact
        return bool(self.phones & other.phones) and (same or first)


@dataclass(slots=True)
class Known:
    """The customers of a state by all that tells them: name, former name, number, a company's own number."""

    numbers: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    signs: dict[str, list[Signs]] = field(default_factory=dict)
    of_rep: dict[str, list[str]] = field(default_factory=dict)

    def named(self, key: str) -> str | None:
        """Return who bears a name, or once bore it; present names go first."""
        bearers = self.names.get(key)
        return bearers[0] if bearers else self.former.get(key)

    def agrees(self, who: str, signs: Signs) -> bool:
        """Say whether one sign of a customer is as on any of its rows."""
        return any(signs.agree(mine) for mine in self.signs.get(who, ()))


def known(customers: pd.DataFrame) -> Known:
    """Index the customers of a state."""
    found = Known()
    who = known_by(customers)
    former = customers["former_names"] if "former_names" in customers else pd.Series(index=customers.index)
    for one, number, name, rep, own, before, signs in zip(
        who.tolist(),
        customers["customer_no"].tolist(),
        customer_keys(customers["customer_name"]).tolist(),
        customers["rep"].tolist(),
        customers["own_no"].tolist(),
        former.tolist(),
        signs_of(customers),
        strict=True,
    ):
        if one is pd.NA or name is pd.NA:
            continue
        if number is not pd.NA:
            found.numbers[number] = one
        bearers = found.names.setdefault(name, [])
        if one not in bearers:
            bearers.append(one)
        found.called.setdefault(one, name)
        if own is not pd.NA and rep is not pd.NA:
            found.own.setdefault((rep, own), set()).add(one)
        if rep is not pd.NA:
            found.of_rep.setdefault(rep, []).append(one)
        if not pd.isna(before):
            for old in str(before).split(SEPARATOR):
                found.former.setdefault(customer_key(old), one)
        found.signs.setdefault(one, []).append(signs)
    return found


def signs_of(customers: pd.DataFrame) -> Iterator[Signs]:
    """Yield what tells each row's customer beside its name."""
    columns = (customers[name].tolist() for name in ("contact", "contact_name", "first_contact"))
    for contact, name, first in zip(*columns, strict=True):
        phones = frozenset() if pd.isna(contact) else frozenset(str(contact).split(SEPARATOR))
        yield Signs(phones, None if pd.isna(name) else str(name), None if pd.isna(first) else first)


def recognised(rows: pd.DataFrame, before: Known, whole: Collection[str]) -> pd.Series:
    """Return who each of the newer rows is about: as the state knows it, else by its own number or name.

    ``rows`` are customers with ``rep``; ``whole`` are the reps whose archives of the week list everything: of
    them a name may be gone, and a customer renamed.
    """
    keys = customer_keys(rows["customer_name"])
    listed: dict[str, set[str]] = {}
    for rep, key in zip(rows["rep"].tolist(), keys.tolist(), strict=True):
        if rep is not pd.NA and key is not pd.NA:
            listed.setdefault(rep, set()).add(key)
    numbers = _numbers_by_key(rows, keys)
    found: list[str | None] = []
    columns = (rows[name].tolist() for name in ("rep", "customer_no", "own_no"))
    apart = rows["apart"].fillna(False).tolist() if "apart" in rows else [False] * len(rows)
    for key, rep, number, own, signs, settled in zip(
        keys.tolist(), *columns, signs_of(rows), apart, strict=True
    ):
        if key is pd.NA:
            found.append(None)
            continue
        if settled and number is not pd.NA:  # 更正 has taken apart what bears one name
            found.append(number)
            continue
        at = before.numbers.get(number) if number is not pd.NA else None
        if at is not None and before.called.get(at) != key and not before.agrees(at, signs):
            at = None  # a number that is another customer's: checks say so at its cell
        at = at or before.named(key)
        if at is None and own is not pd.NA:
            mine = before.own.get((rep, own), set())
            at = next(iter(mine)) if len(mine) == 1 else None
        if at is None and rep in whole:
            at = _renamed(rep, signs, before, listed[rep])
        found.append(at or numbers.get(key, key))
    return pd.Series(pd.array(found, dtype="string"), index=rows.index)


def _numbers_by_key(rows: pd.DataFrame, keys: pd.Series) -> dict[str, str]:
    """Return the number that stands with a name, the lowest of several."""
    lowest: dict[str, str] = {}
    both = (keys.notna() & rows["customer_no"].notna()).to_numpy(dtype=bool)
    for key, number in zip(keys[both].tolist(), rows["customer_no"][both].tolist(), strict=True):
        lowest[key] = min(number, lowest.get(key, number))
    return lowest


def _renamed(rep: str, signs: Signs, before: Known, listed: Collection[str]) -> str | None:
    """Return the rep's one customer that two signs tell and whose old name is gone from the rep's archive."""
    told = {
        one
        for one in before.of_rep.get(rep, ())
        if before.called[one] not in listed and any(signs.agree_twice(mine) for mine in before.signs[one])
    }
    return next(iter(told)) if len(told) == 1 else None
