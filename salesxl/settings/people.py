"""成员: who is on the roster. docs/domain.md 1.

Owns the rules on this sheet: nobody twice, nobody leaves before joining. Refuses: targets.
"""

from __future__ import annotations

from salesxl.model import Member
from salesxl.settings.sheets import Sheet, compact

__all__ = ["members"]


def members(sheet: Sheet) -> tuple[Member, ...]:
    """Return the roster; a second row of the same name is a finding and left out."""
    found: dict[str, Member] = {}
    first: dict[str, int] = {}
    for entry in sheet.sound:
        name = compact(entry["name"])
        if name in found:
            sheet.fault("duplicate", entry, "name", why="settings", other=first[name])
            continue
        first[name] = entry.row
        joined, left = entry["joined"], entry["left"]
        if joined and left and left < joined:
            sheet.fault(
                "date_order", entry, "left", other=joined, other_label=sheet.spec.column("joined").label
            )
            left = None
        found[name] = Member(
            entry["name"],
            entry["team"],
            entry["region"],
            entry["product_line"],
            entry["manager"],
            joined,
            left,
        )
    return tuple(found.values())
