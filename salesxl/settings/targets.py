"""目标, 目标调整: what is asked of whom, year → quarter → month, and what was changed. docs/domain.md 3.3.

Owns the rules on these sheets: no target for a stranger, parts that add up to their whole, changes that count
only once agreed to. Refuses: attainment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from salesxl.rulebook import Adjustment, Member, Option, Target
from salesxl.schemas import block_spec
from salesxl.settings.sheets import Entry, Sheet, compact, facts_for
from salesxl.settings.target_sums import Gap, Key, gaps, known_names

__all__ = ["adjust", "targets"]

Placed: TypeAlias = tuple[Entry, Target]

COUNTED = frozenset({"deals", "new_customers"})
"""Measures that are counted and not paid: whole numbers."""
AGREED = ("basis", "reviewer", "approver")
"""What an adjustment must carry besides its reason before it counts."""


def targets(
    sheet: Sheet, roster: Sequence[Member], options: Mapping[str, Sequence[Option]]
) -> dict[Key, Placed]:
    """Return the targets by what they are for, and report parts that do not add up to their whole."""
    words = _Words(options)
    known = known_names(roster)
    found: dict[Key, Placed] = {}
    for entry in sheet.sound:
        target = words.target(entry)
        if target.scope == "all":
            target = replace(target, name=None)
        elif target.name is None:
            sheet.fault("required", entry, "name", **facts_for(sheet.spec.column("name")))
            continue
        elif roster:
            spelled = known[target.scope].get(compact(target.name))
            if spelled is None:
                sheet.fault("unknown_reference", entry, "name", **_nowhere(target.scope))
                continue
            target = replace(target, name=spelled)
        if not _is_whole(sheet, entry, target):
            continue
        key = _target_key(target)
        if key in found:
            sheet.fault("duplicate", entry, _naming(target), why="settings", other=found[key][0].row)
            continue
        found[key] = entry, target
    for gap in gaps({key: target for key, (_, target) in found.items()}, roster):
        entry, target = found[gap.whole]
        _off(sheet, entry, gap, target, words)
    return found


def adjust(
    sheet: Sheet,
    found: Mapping[Key, Placed],
    roster: Sequence[Member],
    options: Mapping[str, Sequence[Option]],
) -> dict[Key, Target]:
    """Return the targets after their adjustments; ``original`` keeps what stood before the first.

    An adjustment that lacks its basis, reviewer or approver is a warning at the blank cell and does not count
    yet. One after which parts no longer add up, though they did before, is a warning at its new value.
    """
    words = _Words(options)
    result = {key: target for key, (_, target) in found.items()}
    before = {(gap.whole, gap.period, gap.by) for gap in gaps(result, roster)}
    last: dict[Key, Entry] = {}
    for entry in sheet.sound:
        change = words.target(entry)
        if change.scope == "all":
            change = replace(change, name=None)
        key = _target_key(change)
        old = result.get(key)
        if old is None:
            sheet.fault("unknown_reference", entry, _naming(change), list=block_spec("target").sheet)
            continue
        missing = [name for name in AGREED if entry[name] is None]
        for name in missing:
            sheet.warn("incomplete", entry, name, why="adjustment")
        if missing or not _is_whole(sheet, entry, change):
            continue
        made = Adjustment(change.amount, entry["reason"], *(entry[name] for name in AGREED))
        original = old.amount if old.original is None else old.original
        result[key] = replace(
            old, amount=change.amount, original=original, adjustments=(*old.adjustments, made)
        )
        last[key] = entry
    for gap in gaps(result, roster):
        changed = [last[key] for key in (gap.whole, *gap.parts) if key in last]
        if (gap.whole, gap.period, gap.by) not in before and changed:
            _off(sheet, max(changed, key=lambda e: e.row), gap, result[gap.whole], words)
    return result


def _is_whole(sheet: Sheet, entry: Entry, target: Target) -> bool:
    """Say whether the value suits its measure: what is counted is a whole number."""
    if target.measure in COUNTED and target.amount != target.amount.to_integral_value():
        sheet.fault("type", entry, "amount", **{**facts_for(sheet.spec.column("amount")), "kind": "whole"})
        return False
    return True


def _naming(target: Target) -> str:
    """Return the field that tells best which target a row is."""
    return "name" if target.name else "period"


def _nowhere(scope: str) -> dict[str, Any]:
    return {"why": "roster"} if scope == "rep" else {"list": block_spec("member").sheet}


def _target_key(target: Target) -> Key:
    return target.year, target.period, target.scope, compact(target.name), target.measure


class _Words:
    """The toolkit's words for what the sheet shows: periods, scopes, measures."""

    def __init__(self, options: Mapping[str, Sequence[Option]]) -> None:
        named = [
            (field, o.value, o.kind or o.value)
            for field, name in (("period", "期间"), ("scope", "对象类型"), ("measure", "指标"))
            for o in options[name]
        ]
        self._kinds = {(field, value): kind for field, value, kind in named}
        self._values = {(field, kind): value for field, value, kind in named}

    def target(self, entry: Entry) -> Target:
        period, scope, measure = (self._kinds[name, entry[name]] for name in ("period", "scope", "measure"))
        return Target(entry["year"], period, scope, entry["name"], measure, entry["amount"])

    def whole(self, gap: Gap, target: Target) -> str:
        """Name a whole: the period, or who it is for (and when, where its own row says another period)."""
        period = self._values["period", gap.period]
        if gap.by == "period":
            return period
        who = target.name or self._values["scope", target.scope]
        return who if gap.period == target.period else f"{who} {period}"


def _off(sheet: Sheet, entry: Entry, gap: Gap, target: Target, words: _Words) -> None:
    """Warn that the parts of a target make another sum than the target says."""
    sheet.warn(
        "mismatch",
        entry,
        "amount",
        why="parts",
        value=gap.total,
        whole=words.whole(gap, target),
        expected=gap.amount,
        difference=abs(gap.total - gap.amount),
    )
