"""A team's policy as data: grades, stages, lists, roster, targets, named lists of customers.

Frozen dataclasses; ``settings`` fills them from 团队设置.xlsx or the presets. Refuses: reading, computing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from decimal import Decimal
from typing import Any

__all__ = [
    "Adjustment",
    "Condition",
    "FieldRule",
    "Grade",
    "Member",
    "Option",
    "Rulebook",
    "Stage",
    "Target",
    "View",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list; ``kind`` says what it means where that matters (open, won, lost)."""

    value: str
    aliases: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline; ``kind`` is open, won, after or off. docs/domain.md 3.2."""

    name: str
    kind: str
    probability: Decimal | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A customer grade; ``every`` and ``unit`` (day, month, quarter) are its cadence. docs/domain.md 3.1."""

    name: str
    at_least: Decimal | None = None
    strategic: bool = False
    clear_intent: bool = False
    every: int | None = None
    unit: str = "day"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A person on the roster."""

    name: str
    team: str | None = None
    region: str | None = None
    product_line: str | None = None
    manager: str | None = None
    joined: dt.date | None = None
    left: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A target changed on the way: the new value, why, on what basis, and who has agreed."""

    amount: Decimal
    reason: str
    basis: str | None = None
    reviewer: str | None = None
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A target: ``period`` is year, Q1–Q4 or 1–12 as text; ``scope`` all, team, region, product_line, rep.

    ``measure`` is signed or collected (元), deals or new_customers. ``amount`` counts now, ``original``
    before the ``adjustments``, the first of them first.
    """

    year: int
    period: str
    scope: str
    name: str | None
    measure: str
    amount: Decimal
    original: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a named list of customers: a field, how it is compared, and with what.

    ``field`` is of the customer archive or one of 名单字段 (rep, outcome …); ``value`` is what field and
    comparison ask for: texts, a number, a date, days, a truth value; None where nothing is.
    """

    field: str
    test: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class View:
    """A named list of customers: those that meet all of its conditions. docs/domain.md 3.6."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a team says of a field: its ``columns.Need``, name and help on the blank form, other headers."""

    need: str | None = None
    shown: str | None = None
    help: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A team's policy, as read from its settings workbook or from the presets. docs/domain.md 3.

    ``choices`` are lists by name, ``loose`` those of which an option counts that stands in other words;
    ``aliases`` map (form or "", normalised header) to a standard label; ``parameters`` are typed values by
    name; ``days`` are the team's own holidays (False) and make-up workdays (True). ``views`` are the named
    lists of customers, ``fields`` what the team's own forms have, by (block, field). ``has_roster`` is False
    where no settings were given: roster and target checks are off.
    """

    grades: tuple[Grade, ...]
    stages: tuple[Stage, ...]
    choices: Mapping[str, tuple[Option, ...]]
    parameters: Mapping[str, Any]
    members: tuple[Member, ...] = ()
    targets: tuple[Target, ...] = ()
    aliases: Mapping[tuple[str, str], str] = default(default_factory=dict)
    days: Mapping[dt.date, bool] = default(default_factory=dict)
    views: tuple[View, ...] = ()
    has_roster: bool = False
    loose: frozenset[str] = frozenset()
    fields: Mapping[tuple[str, str], FieldRule] = default(default_factory=dict)
