"""Looking up a target of the team's settings. docs/domain.md 3.3.

Owns which target holds for whom and when, also where only its months are set. Refuses: what was achieved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from salesxl.rulebook import Rulebook, Target

__all__ = ["PARTS", "month_of_week", "quota_of", "rep_target", "target_for", "target_of"]

PARTS: Mapping[str, tuple[str, ...]] = {
    "year": ("Q1", "Q2", "Q3", "Q4"),
    **{f"Q{q}": tuple(str(3 * q - 2 + n) for n in range(3)) for q in range(1, 5)},
}
"""What a period is made of, in the words of ``Target.period``."""


def months_of(period: str) -> tuple[int, ...]:
    """Return the months of a period, in the words of ``Target.period``."""
    if period not in PARTS:
        return (int(period),)
    return tuple(month for part in PARTS[period] for month in months_of(part))


def target_of(
    rulebook: Rulebook, scope: str, name: str | None, day: dt.date, measure: str, period: str | None = None
) -> Decimal | None:
    """Return the target of the month of ``day`` (or another ``period``), as adjusted; None if not set."""
    return _amounts(_These(rulebook.targets)).get((day.year, period or str(day.month), scope, name, measure))


@dataclass(frozen=True, slots=True, eq=False)
class _These:
    """A rulebook's targets as a key: the very same ones, as hundreds are not compared for one look-up."""

    targets: tuple[Target, ...]

    def __hash__(self) -> int:
        return id(self.targets)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _These) and other.targets is self.targets


@lru_cache(maxsize=4)
def _amounts(these: _These) -> Mapping[tuple[int, str, str, str | None, str], Decimal]:
    """Return the amounts by year, period, scope, name and measure; of several the first counts."""
    return {(t.year, t.period, t.scope, t.name, t.measure): t.amount for t in reversed(these.targets)}


def target_for(
    rulebook: Rulebook, scope: str, name: str | None, year: int, period: str, measure: str
) -> Decimal | None:
    """Return a period's target: its own, else the sum of its parts where every part has one."""
    own = target_of(rulebook, scope, name, dt.date(year, 1, 1), measure, period)
    if own is not None or period not in PARTS:
        return own
    parts = [target_for(rulebook, scope, name, year, part, measure) for part in PARTS[period]]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def quota_of(rulebook: Rulebook, measure: str) -> Decimal | None:
    """Return what a rep without a target is to reach in a month; None where no quota applies."""
    has = rulebook.parameters
    quotas = {"signed": has.quota_signed, "collected": has.quota_collected, "deals": Decimal(has.quota_deals)}
    return quotas.get(measure) if has.quota_applies else None


def rep_target(
    rulebook: Rulebook, name: str, year: int, period: str, measure: str, left: dt.date | None = None
) -> tuple[str | None, Decimal | None]:
    """Return where a rep's target is from and the target: ``settings`` first, else the ``quota``.

    A longer period without a target of its own asks for the sum of its months, each by the same rule. Who
    ``left`` on a day has no target for months that begin after it, and for longer periods that of the others.
    """
    gone = [part for part in months_of(period) if left is not None and dt.date(year, part, 1) > left]
    if gone and len(gone) == len(months_of(period)):
        return None, None
    own = None if gone else target_for(rulebook, "rep", name, year, period, measure)
    if own is not None:
        return "settings", own
    if period not in PARTS:
        quota = quota_of(rulebook, measure)
        return ("quota" if quota is not None else None), quota
    still = [p for p in PARTS[period] if not set(months_of(p)) <= set(gone)]
    parts = [rep_target(rulebook, name, year, part, measure, left) for part in still]
    amounts = [amount for _, amount in parts if amount is not None]
    if len(amounts) < len(parts):
        return None, None
    return ("quota" if any(source == "quota" for source, _ in parts) else "settings"), sum(
        amounts, Decimal(0)
    )


def month_of_week(start: dt.date) -> tuple[int, int]:
    """Return the (year, month) a week counts to: the month of its Thursday, as ISO does for years."""
    thursday = start + dt.timedelta(days=3 - start.weekday())
    return thursday.year, thursday.month
