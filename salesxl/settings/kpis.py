"""考核指标: the measures that reps are scored by. docs/domain.md 8.

Owns the rules on that sheet. Refuses: scoring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from salesxl.rulebook import Kpi, Option
from salesxl.settings.sheets import Entry, Sheet

__all__ = ["kpis"]

Lists = Mapping[str, Sequence[Option]]
HUNDRED = 100
"""What the weights of a period add up to."""


def kpis(sheet: Sheet, lists: Lists) -> tuple[Kpi, ...]:
    """Return the measures that reps are scored by; weights of a period that make no 100 are a finding.

    A measure that stands there twice in a period, or whose lines are one, is left out.
    """
    kinds = {name: {o.value: str(o.kind) for o in lists[name]} for name in ("考核指标", "考核期间")}
    found: dict[tuple[str, str], Kpi] = {}
    first: dict[tuple[str, str], Entry] = {}
    for entry in sheet.sound:
        key = kinds["考核指标"][entry["measure"]], kinds["考核期间"][entry["period"]]
        weight, zero, full = (Decimal(str(entry[name])) for name in ("weight", "zero", "full"))
        if key in found:
            sheet.fault("duplicate", entry, "measure", why="settings", other=first[key].row)
        elif zero == full:
            sheet.fault("range", entry, "full", why="kpi_lines")
        else:
            found[key], first[key] = Kpi(*key, weight, zero, full), entry
    for period in dict.fromkeys(period for _, period in found):
        mine = [k.weight for k in found.values() if k.period == period]
        if sum(mine) != HUNDRED:
            entry = next(e for (_, p), e in first.items() if p == period)
            sheet.warn(
                "mismatch", entry, "weight", why="kpi_weights", total=sum(mine), period=entry["period"]
            )
    return tuple(found.values())
