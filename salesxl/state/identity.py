"""Who is who: which customer of the state a newer row is about. docs/domain.md 4.2.

By number; else by name, the present ones before former ones; else by a rep's own number for it; else as a
renamed one, where two further signs agree. Owns matching. Refuses: merging on one sign, and giving numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from salesxl.parsing.text import customer_key, full_key
from salesxl.rules.identity import SEPARATOR, Signs, customer_keys, full_keys, signs_of, told_apart

__all__ = ["Known", "believed_numbers", "known", "known_by", "recognised"]


def known_by(customers: pd.DataFrame) -> pd.Series:
    """Return what each customer is known by: its number, else its name as compared."""
    number = customers["customer_no"]
    blank = number.isna()
    if not blank.any():
        return number
    return number.fillna(customer_keys(customers.loc[blank, "customer_name"]))


@dataclass(slots=True)
class Known:
    """The customers of a state by all that tells them: name, former name, number, a company's own number."""

    numbers: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, set[str]] = field(default_factory=dict)
    signs: dict[str, list[Signs]] = field(default_factory=dict)
    of_rep: dict[str, list[str]] = field(default_factory=dict)

    def named(
        self, key: str, full: str, rep: str, signs: Signs, listed: Mapping[str, Collection[str]]
    ) -> str | None:
        """Return who bears a name, or once bore it; present names go first, and the rep's own customer.

        Who bears it only without 集团, 股份 or 公司 is another customer, unless a telephone or the contact
        agrees. So is who bears a former name of one whom the rep has ``listed`` under its present one.
        """
        bearers = self.names.get(key, ())
        found = [one for one in bearers if full in map(full_key, self.spelled[one])]
        found = found or [one for one in bearers if any(signs.alike(mine) for mine in self.signs[one])]
        if len(found) > 1:
            found = [one for one in found if one in self.of_rep.get(rep, ())] or found
        if found or bearers:
            return found[0] if found else None
        was = self.former.get(key)
        both = was is not None and self.called[was] in listed.get(rep, ())
        return None if both and was is not None and not self.agrees(was, signs) else was

    def agrees(self, who: str, signs: Signs) -> bool:
        """Say whether one sign of a customer is as on any of its rows."""
        return any(signs.agree(mine) for mine in self.signs.get(who, ()))


def known(customers: pd.DataFrame) -> Known:
    """Index the customers of a state."""
    found = Known()
    who = known_by(customers)
    former = customers["former_names"] if "former_names" in customers else pd.Series(index=customers.index)
    for one, number, name, spelled, rep, own, before, signs in zip(
        who.tolist(),
        customers["customer_no"].tolist(),
        customer_keys(customers["customer_name"]).tolist(),
        customers["customer_name"].tolist(),
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
        found.spelled.setdefault(one, set()).add(spelled)
        if own is not pd.NA and rep is not pd.NA:
            found.own.setdefault((rep, own), set()).add(one)
        if rep is not pd.NA:
            found.of_rep.setdefault(rep, []).append(one)
        if not pd.isna(before):
            for old in str(before).split(SEPARATOR):
                found.former.setdefault(customer_key(old), one)
        found.signs.setdefault(one, []).append(signs)
    return found


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
    apart, fulls = told_apart(rows), full_keys(rows["customer_name"])
    apart = apart.where(~keys.isin(list(before.names)), fulls)  # not who the state has under that name
    numbers = _numbers_by_key(rows, apart, before)
    found: list[str | None] = []
    columns = (rows[name].tolist() for name in ("rep", "customer_no", "own_no"))
    told = (part.tolist() for part in (keys, fulls, apart))
    parted = rows["apart"].fillna(False).tolist() if "apart" in rows else [False] * len(rows)
    every = zip(*told, *columns, signs_of(rows), parted, strict=True)
    for key, full, new, rep, number, own, signs, settled in every:
        if key is pd.NA:
            found.append(None)
            continue
        if settled and number is not pd.NA:  # 更正 has taken apart what bears one name
            found.append(number)
            continue
        at = before.numbers.get(number) if number is not pd.NA else None
        if at is not None and before.called.get(at) != key and not before.agrees(at, signs):
            at = None  # a number that is another customer's: checks say so at its cell
        at = at or before.named(key, full, rep, signs, listed)
        if at is None and own is not pd.NA:
            mine = before.own.get((rep, own), set())
            at = next(iter(mine)) if len(mine) == 1 else None
        if at is None and rep in whole:
            at = _renamed(rep, signs, before, listed[rep])
        found.append(at or numbers.get(new, new))
    return pd.Series(pd.array(found, dtype="string"), index=rows.index)


def _numbers_by_key(rows: pd.DataFrame, keys: pd.Series, before: Known) -> dict[str, str]:
    """Return the number that stands with a name, the lowest of several; of two with one, the first's."""
    holders: dict[str, str] = {}
    lowest: dict[str, str] = {}
    both = (keys.notna() & rows["customer_no"].notna()).to_numpy(dtype=bool)
    for key, number in zip(keys[both].tolist(), rows["customer_no"][both].tolist(), strict=True):
        if number not in before.numbers and holders.setdefault(number, key) == key:
            lowest[key] = min(number, lowest.get(key, number))
    return lowest


def believed_numbers(rows: pd.DataFrame, before: Known) -> pd.Series:
    """Return the numbers of rows (with ``who``) without those that are another customer's.

    A number is whose the state has it for, else the first customer's that bears it: two names are not one
    customer for a number alone.
    """
    holders = dict(before.numbers)
    numbers, who = rows["customer_no"].tolist(), rows["who"].tolist()
    own = [
        pd.isna(number) or pd.isna(one) or holders.setdefault(number, one) == one
        for number, one in zip(numbers, who, strict=True)
    ]
    return rows["customer_no"].where(pd.Series(own, index=rows.index, dtype=bool))


def _renamed(rep: str, signs: Signs, before: Known, listed: Collection[str]) -> str | None:
    """Return the rep's one customer that two signs tell and whose old name is gone from the rep's archive."""
    told = {
        one
        for one in before.of_rep.get(rep, ())
        if before.called[one] not in listed and any(signs.agree_twice(mine) for mine in before.signs[one])
    }
    return next(iter(told)) if len(told) == 1 else None
