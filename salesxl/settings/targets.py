"""目标, 目标表, 目标调整: what is asked of whom, and what of it was changed. docs/domain.md 3.3.

Owns the rules on these sheets: no target for a stranger, parts that add up to their whole, changes that count
only once agreed to. Refuses: attainment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from salesxl.rulebook import Adjustment, Member, Option, Target
from salesxl.schemas import block_spec
from salesxl.settings.sheets import Entry, Sheet, compact, facts_for
from salesxl.settings.target_sums import MONTHS, QUARTERS, Gap, Key, gaps, known_names

__all__ = ["adjust", "targets"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A target, and the cell that says it."""

    sheet: Sheet
    entry: Entry
    at: str
    target: Target


COUNTED = frozenset({"deals", "new_customers"})
"""Measures that are counted and not paid: whole numbers."""
AGREED = ("basis", "reviewer", "approver")
"""What an adjustment must carry besides its reason before it counts."""


def targets(
    sheet: Sheet | None,
    table: Sheet | None,
    roster: Sequence[Member],
    options: Mapping[str, Sequence[Option]],
) -> dict[Key, Placed]:
    """Return the targets by what they are for, and report parts that do not add up to their whole.

    ``sheet`` has one a row (目标), ``table`` a year's in a row (目标表). What stands in both alike is one
    target; where they differ the list counts, and the table's cell is told.
    """
    words = _Words(options)
    known = known_names(roster)
    found: dict[Key, Placed] = {}
    listed = [] if sheet is None else [Placed(sheet, e, "amount", words.target(e)) for e in sheet.sound]
    tabled = [] if table is None else [cell for e in table.sound for cell in _of_a_year(table, e, words)]
    for cell in (*listed, *tabled):
        target = _known(cell, known if roster else None)
        if target is None or not _is_whole(cell.sheet, cell.entry, target, cell.at):
            continue
        key = _target_key(target)
        other = found.get(key)
        if other is None:
            found[key] = replace(cell, target=target)
        elif other.sheet is cell.sheet or other.target.amount != target.amount:
            at = cell.at if cell.sheet is table else _naming(target)
            where = "settings" if other.sheet is cell.sheet else "settings_list"
            cell.sheet.fault("duplicate", cell.entry, at, why=where, other=other.entry.row)
    for gap in gaps({key: cell.target for key, cell in found.items()}, roster):
        whole = found[gap.whole]
        _off(whole.sheet, whole.entry, gap, whole.target, words, whole.at)
    return found


def _known(cell: Placed, known: Mapping[str, Mapping[str, str]] | None) -> Target | None:
    """Return a target with its name as the roster spells it; None where it is for nobody."""
    target = cell.target
    if target.scope == "all":
        return replace(target, name=None)
    if target.name is None:
        _once(cell, "required", **facts_for(cell.sheet.spec.column("name")))
        return None
    if known is None:
        return target
    spelled = known[target.scope].get(compact(target.name))
    if spelled is None:
        _once(cell, "unknown_reference", **_nowhere(target.scope))
        return None
    return replace(target, name=spelled)


def _once(cell: Placed, code: str, **facts: Any) -> None:
    """Note a fault of a row's name, once for all its targets."""
    if not any(f.row == cell.entry.row and f.field == "name" for f in cell.sheet.findings):
        cell.sheet.fault(code, cell.entry, "name", **facts)


def _of_a_year(sheet: Sheet, entry: Entry, words: _Words) -> Iterator[Placed]:
    """Yield the targets of a row of 目标表: its months, and longer periods that no months are set for.

    A quarter or year that is but the sum of what stands for its parts is computed, and no target of its own;
    one that differs from parts that are all there is a warning at its cell, and the parts count.
    """
    months = {month: entry[f"m{month}"] for month in MONTHS}
    quarters = {quarter: entry[quarter.lower()] for quarter in QUARTERS}
    for period, amount in months.items():
        if amount is not None:
            yield Placed(sheet, entry, f"m{period}", words.of_year(entry, period, amount))
    for period, amount in (*quarters.items(), ("year", entry["whole"])):
        at = "whole" if period == "year" else period.lower()
        below = [months[m] for m in QUARTERS.get(period, MONTHS)]
        sums = [below] if period != "year" else [below, list(quarters.values())]
        parts = [[part for part in layer if part is not None] for layer in sums]
        if amount is None or any(layer and sum(layer) == amount for layer in parts):
            continue
        target = words.of_year(entry, period, amount)
        whole = next(
            (layer for layer, all_of in zip(parts, sums, strict=True) if len(layer) == len(all_of)), None
        )
        if whole is None:
            yield Placed(sheet, entry, at, target)
            continue
        total = sum(whole, Decimal(0))
        facts = {"whole": words.period(period), "expected": amount, "difference": abs(total - amount)}
        sheet.warn("mismatch", entry, at, why="parts", value=total, **facts)


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
    result = {key: cell.target for key, cell in found.items()}
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


def _is_whole(sheet: Sheet, entry: Entry, target: Target, at: str = "amount") -> bool:
    """Say whether the value suits its measure: what is counted is a whole number."""
    if target.measure in COUNTED and target.amount != target.amount.to_integral_value():
        sheet.fault("type", entry, at, **{**facts_for(sheet.spec.column(at)), "kind": "whole"})
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

    def of_year(self, entry: Entry, period: str, amount: Decimal) -> Target:
        """Return a target of a row of 目标表."""
        scope, measure = (self._kinds[name, entry[name]] for name in ("scope", "measure"))
        return Target(entry["year"], period, scope, entry["name"], measure, amount)

    def period(self, period: str) -> str:
        """Name a period."""
        return self._values["period", period]

    def whole(self, gap: Gap, target: Target) -> str:
        """Name a whole: the period, or who it is for (and when, where its own row says another period)."""
        period = self._values["period", gap.period]
        if gap.by == "period":
            return period
        who = target.name or self._values["scope", target.scope]
        return who if gap.period == target.period else f"{who} {period}"


def _off(sheet: Sheet, entry: Entry, gap: Gap, target: Target, words: _Words, at: str = "amount") -> None:
    """Warn that the parts of a target make another sum than the target says."""
    sheet.warn(
        "mismatch",
        entry,
        at,
        why="parts",
        value=gap.total,
        whole=words.whole(gap, target),
        expected=gap.amount,
        difference=abs(gap.total - gap.amount),
    )
