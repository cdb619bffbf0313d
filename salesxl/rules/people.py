"""Reps by their present names. docs/domain.md 4.2.

Owns who is on the roster, and which former name is whose. Refuses: guessing whom a misspelt name means.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

import pandas as pd

from salesxl import parsing
from salesxl.rulebook import Rulebook

__all__ = ["former_names", "gone", "roster", "team_of", "with_present_names"]

Name = TypeVar("Name", bound=str)
COLUMNS = ("rep", "from_rep", "to_rep", "original_rep", "owner")


def roster(rulebook: Rulebook) -> frozenset[str]:
    """Return the names on the roster, as they are read."""
    return frozenset(_read(member.name) for member in rulebook.members)


def team_of(rulebook: Rulebook) -> dict[str, str | None]:
    """Return the team of each member, by name."""
    return {member.name: member.team for member in rulebook.members}


def former_names(rulebook: Rulebook) -> dict[str, str]:
    """Return the present names by former ones; a name that somebody bears now is nobody's former one."""
    known = roster(rulebook)
    told = ((_read(old), _read(m.name)) for m in rulebook.members for old in m.former_names)
    return {old: name for old, name in told if old not in known}


def with_present_names(tables: Mapping[Name, pd.DataFrame], rulebook: Rulebook) -> dict[Name, pd.DataFrame]:
    """Return tables in which reps stand under their present names."""
    former = former_names(rulebook)
    return {name: _renamed(table, former) if former else table for name, table in tables.items()}


def gone(reps: Collection[str], rulebook: Rulebook) -> list[str]:
    """Return the reps who are no longer on the roster, under no name; nobody where there is no roster."""
    known = roster(rulebook) | set(former_names(rulebook))
    return sorted(set(reps) - known) if rulebook.has_roster else []


def _read(name: str) -> str:
    return str(parsing.name(name).value)


def _renamed(table: pd.DataFrame, former: Mapping[str, str]) -> pd.DataFrame:
    changed = {
        name: table[name].map(former).astype(table[name].dtype).fillna(table[name])
        for name in COLUMNS
        if name in table and table[name].isin(list(former)).any()
    }
    return table.assign(**changed) if changed else table
