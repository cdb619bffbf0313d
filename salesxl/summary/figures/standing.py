"""Customers of whom it is not certain that they still are one's own, and who asks for tasks at all.

Owns the lists of missing, unverified and waiting customers, and what leavers and unverified customers are
kept out of. docs/domain.md 4.2. Refuses: when a customer is missing; that is ``state.absence``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.rules.outcomes import outcomes
from salesxl.state.absence import MISSING, UNVERIFIED
from salesxl.summary.figures.plain import Person, in_order, people, rows, true

__all__ = ["Unasked", "unverified", "vanished", "verified", "waiting"]

SHOWN = (
    *("rep", "customer_name", "customer_no", "grade", "status", "stage", "expected_amount", "last_contact"),
    *("contact_name", "contact", "since", "days", "early", "source_file", "source_sheet", "source_row"),
)


def verified(team: Team, rulebook: Rulebook) -> Team:
    """Return the team without its open customers that nobody can verify: they are in no sum."""
    customers = team.tables["customer"]
    out = true(customers["carried"] == UNVERIFIED) & ~true(outcomes(customers, rulebook).isin(ENDED))
    if not out.any():
        return team
    return replace(team, tables={**team.tables, "customer": customers[~out].reset_index(drop=True)})


ENDED = ("won", "lost")


def vanished(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the customers that whole archives lack and that still count, the largest first.

    ``since`` is the Monday of the first week; ``early`` says that only the rep has been asked so far.
    """
    return _absent(team, rulebook, MISSING)


def unverified(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the customers that so many whole archives lack that they count no more, the largest first."""
    return _absent(team, rulebook, UNVERIFIED)


def _absent(team: Team, rulebook: Rulebook, state: str) -> list[dict[str, Any]]:
    customers = team.tables["customer"]
    lost = true(outcomes(customers, rulebook) == "lost")
    mine = customers[true(customers["carried"] == state) & true(customers["counted"].fillna(True)) & ~lost]
    since = mine["absent_since"]
    days = (pd.Timestamp(team.as_of) - since).dt.days.astype("Int64")
    early = true(days < rulebook.parameters.absent_days)
    return _largest_first(mine.assign(since=since, days=days, early=early))


def waiting(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the customers of those who have left, which nobody has taken over, the largest first.

    ``since`` is the day on which the rep left, where the settings have it.
    """
    customers = team.tables["customer"]
    gone: Mapping[str, Person] = {person.name: person for person in people(team, rulebook) if person.gone}
    lost = true(outcomes(customers, rulebook) == "lost")
    mine = customers[customers["rep"].isin(list(gone)) & true(customers["counted"].fillna(True)) & ~lost]
    since = pd.array([gone[rep].left for rep in mine["rep"].tolist()], dtype="datetime64[us]")
    mine = mine.assign(since=since)
    days = (pd.Timestamp(team.as_of) - mine["since"]).dt.days.astype("Int64")
    return _largest_first(mine.assign(days=days, early=False))


def _largest_first(found: pd.DataFrame) -> list[dict[str, Any]]:
    order = ["expected_amount", "days", "rep", "customer_name"]
    return rows(in_order(found, order, descending=order[:2]), SHOWN)


class Unasked:
    """Whom no task is about: customers of those who have left, and unverified ones."""

    def __init__(self, team: Team, persons: Collection[Person]) -> None:
        self._gone = {person.name for person in persons if person.gone}
        customers = team.tables["customer"]
        out = customers[true(customers["carried"] == UNVERIFIED)]
        names = map(customer_key, out["customer_name"].fillna("").tolist())
        self._unverified = set(zip(out["rep"].tolist(), names, strict=True))

    def __contains__(self, row: object) -> bool:
        if not isinstance(row, Mapping):
            return False
        rep, name = row["rep"], row["customer_name"]
        return rep in self._gone or (bool(name) and (rep, customer_key(name)) in self._unverified)
