"""Looking up a target of the team's settings. docs/domain.md 3.3.

Owns which target holds for whom and when. Refuses: what was achieved.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from salesxl.model import Rulebook

__all__ = ["month_of_week", "target_of"]


def target_of(
    rulebook: Rulebook, scope: str, name: str | None, day: dt.date, measure: str, period: str | None = None
) -> Decimal | None:
    """Return the target of the month of ``day`` (or another ``period``), as adjusted; None if not set."""
    wanted = (day.year, period or str(day.month), scope, name, measure)
    for target in rulebook.targets:
        if (target.year, target.period, target.scope, target.name, target.measure) == wanted:
            return target.amount
    return None


def month_of_week(start: dt.date) -> tuple[int, int]:
    """Return the (year, month) a week counts to: the month of its Thursday, as ISO does for years."""
    thursday = start + dt.timedelta(days=3 - start.weekday())
    return thursday.year, thursday.month
