"""What a roll-up is made of, once all teams have been read.

Owns nothing but the type. Refuses: behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from salesxl.rollup.terms import Terms
from salesxl.rulebook import Rulebook
from salesxl.summary.figures.attainment import Period
from salesxl.workspace.week import Week

__all__ = ["Company"]

Told: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """What a roll-up was made of.

    ``found`` are the teams that have delivered and ``lacking`` the others, by name in the order given;
    ``periods`` are month, quarter and year of the week. ``before`` are the teams of the roll-up before, that
    of the week ``last``.
    """

    week: Week
    periods: Sequence[Period]
    rulebook: Rulebook
    own: bool
    found: Mapping[str, Told]
    lacking: Mapping[str, Told]
    known: Terms
    claims: Sequence[Told]
    twice: Told
    links: Mapping[str, tuple[str, str]]
    before: Mapping[str, Told]
    last: str | None
