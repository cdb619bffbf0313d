"""Whose a customer is after signed handovers. docs/domain.md 2.4.

Owns which lists have taken effect, what they move, and the owner that follows from them week after week.
Refuses: judging what a list lacks; that is ``checks``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from salesxl import schemas
from salesxl.model import PastName
from salesxl.rules.identity import customer_keys

__all__ = ["MOVES", "moved", "owners", "signed", "signed_by"]

MOVES = ["key", "from_rep", "to_rep", "day"]
"""A customer's change of hands: customer key, giver, receiver, and the day from which it holds."""

ASKED = ("from_rep", "to_rep", "date", "reason")


def signed(heads: pd.DataFrame, listed: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Return what the lists that have taken effect move: columns ``MOVES``.

    ``heads`` are the cards, ``listed`` the customers; ``on`` names the columns by which the two belong
    together. A list takes effect with three signatures, each with a date, from the last of these days and not
    before its own date.
    """
    spec = schemas.block_spec("handover")
    signatures = [c.field for c in spec.columns if c.section == "签字确认"]
    days = ["date", *(name for name in signatures if name.endswith("_on"))]
    complete = heads[[*ASKED, *signatures]].notna().all(axis=1)
    complete &= (heads["from_rep"] != heads["to_rep"]).fillna(False)
    effective = heads[complete.astype(bool)]
    effective = effective.assign(day=effective[days].max(axis=1).dt.normalize())
    named = listed[listed["customer_name"].notna()]
    lines = named[[*on, "customer_name"]].assign(key=customer_keys(named["customer_name"]))
    told = effective[list(dict.fromkeys([*on, "from_rep", "to_rep", "day"]))]
    found = lines.merge(told, on=on)[MOVES]
    return found.drop_duplicates(ignore_index=True)


def signed_by(heads: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return the cards without a signature dated after a day: nobody has signed tomorrow."""
    spec = schemas.block_spec("handover")
    signed_on = [c.field for c in spec.columns if c.section == "签字确认" and c.field.endswith("_on")]
    ahead = (heads[signed_on] >= pd.Timestamp(day) + pd.Timedelta(days=1)).any(axis=1)
    return heads[~ahead.astype(bool)]


def moved(past: Mapping[PastName, pd.DataFrame], now: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return all moves up to a day, those of earlier weeks' books and those now, the earliest first."""
    known = [now] if past.get("moves") is None else [past["moves"][MOVES], now]
    every = pd.concat([frame for frame in known if len(frame)] or [now], ignore_index=True).drop_duplicates()
    every = every[(every["day"] <= until).astype(bool)]
    return every.sort_values(["day", "key", "from_rep", "to_rep"], kind="stable", ignore_index=True)


def owners(keys: pd.Series, reps: pd.Series, moves: pd.DataFrame) -> pd.DataFrame:
    """Return, for each customer that a rep lists and has handed over, ``owner`` and ``day``; by their index.

    A chain of handovers is followed in the order of days, so that who gave a customer away and got it back
    owns it. Customers that did not change hands are not in the result.
    """
    by_key: dict[str, list[tuple[str, str, pd.Timestamp]]] = {}
    for key, giver, taker, day in moves[MOVES].itertuples(index=False, name=None):
        by_key.setdefault(key, []).append((giver, taker, day))
    at: list[object] = []
    found: list[tuple[str, pd.Timestamp]] = []
    concerned = (keys.isin(list(by_key)) & reps.notna()).to_numpy(dtype=bool, na_value=False)
    # only customers on a signed list come here: a handful, whatever the size of the archives
    mine = zip(keys.index[concerned], keys[concerned].tolist(), reps[concerned].tolist(), strict=True)
    for index, key, rep in mine:
        owner = rep
        since = pd.NaT
        for giver, taker, day in by_key[key]:
            if giver == owner:
                owner, since = taker, day
        if owner != rep:
            at.append(index)
            found.append((owner, since))
    columns = {
        "owner": pd.array([owner for owner, _ in found], dtype="string"),
        "day": pd.array([day for _, day in found], dtype="datetime64[us]"),
    }
    return pd.DataFrame(columns, index=pd.Index(at, dtype=keys.index.dtype))
