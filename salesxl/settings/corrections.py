"""更正: what is put right in the team's state, one customer a line. docs/domain.md 4.2.

Owns what each correction asks for and which lines cannot both hold. Refuses: finding the customers, which
the state does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl import parsing
from salesxl.model import cell_name
from salesxl.rulebook import Correction, Member, Option
from salesxl.settings.sheets import Entry, Sheet, compact, facts_for

__all__ = ["corrections"]

ASKED = frozenset({"merge", "part", "owner"})
"""Corrections that say nothing without a value."""
ENDS = frozenset({"void", "merge"})
"""Corrections after which there is no such customer any more."""


def corrections(
    sheet: Sheet, roster: Sequence[Member], lists: Mapping[str, Sequence[Option]]
) -> tuple[Correction, ...]:
    """Return the corrections in the order of their lines; one that cannot hold beside another is left out."""
    kinds = {o.value: str(o.kind) for o in lists["更正方式"]}
    people = {compact(m.name): m.name for m in roster}
    found: list[Correction] = []
    for entry in sheet.sound:
        action, value = kinds[entry["action"]], entry["value"]
        if action in ASKED and value is None:
            if parsing.is_blank(entry.typed.get("value")):
                sheet.fault("required", entry, "value", **facts_for(sheet.spec.column("value")))
            continue
        if action == "owner" and entry["day"] is None:
            if parsing.is_blank(entry.typed.get("day")):
                sheet.fault("required", entry, "day", **facts_for(sheet.spec.column("day")))
            continue
        if action == "owner" and people and compact(value) not in people:
            sheet.fault("unknown_reference", entry, "value", why="roster")
            continue
        value = people.get(compact(value), value) if action in ("owner", "part") else value
        one = Correction(
            entry["customer"], action, value, entry["reason"], entry["day"], _source(sheet, entry)
        )
        other = next((c for c in found if _against(one, c)), None)
        if other is not None or (action == "merge" and _key(value) == _key(one.customer)):
            row = other.source[2] if other else entry.row
            sheet.fault("duplicate", entry, "customer", why="correction", other=row)
            continue
        found.append(one)
    return tuple(found)


def _key(text: str) -> str:
    return parsing.customer_key(text)


def _source(sheet: Sheet, entry: Entry) -> tuple[str, str, int, str | None, str | None]:
    def at(name: str) -> str | None:
        return cell_name(entry.row, sheet.columns[name]) if name in sheet.columns else None

    return sheet.file, sheet.name, entry.row, at("customer"), at("value")


def _against(one: Correction, other: Correction) -> bool:
    """Say whether two lines cannot both hold, or say the same twice."""
    if _key(one.customer) != _key(other.customer):
        return one.action == other.action == "merge" and (
            _key(one.customer) == _key(other.value or "") and _key(one.value or "") == _key(other.customer)
        )
    if {one.action, other.action} & ENDS:
        return one.action != "erase" and other.action != "erase"
    if one.action == other.action == "owner":
        return one.day == other.day
    return one.action == other.action and _key(one.value or "") == _key(other.value or "")
