"""目标, 目标调整: what is asked of whom, year → quarter → month, and what was changed. docs/domain.md 3.3.

Owns the rules on these sheets: no target for a stranger, parts that add up to their whole, changes that count
only once agreed to. Refuses: attainment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from salesxl.model import Adjustment, Member, Option, Target
from salesxl.schemas import block_spec
from salesxl.settings.sheets import Entry, Sheet, compact, facts_for

__all__ = ["adjust", "targets"]

Key: TypeAlias = tuple[int, str, str, str, str]  # year, period, scope, name without spaces, measure
Placed: TypeAlias = tuple[Entry, Target]

QUARTERS: Mapping[str, tuple[str, ...]] = {
    f"Q{q}": tuple(str(3 * q - 2 + i) for i in range(3)) for q in range(1, 5)
}
MONTHS = tuple(str(month) for month in range(1, 13))
COUNTED = frozenset({"deals", "new_customers"})
"""Measures that are counted and not paid: whole numbers."""
AGREED = ("basis", "reviewer", "approver")
"""What an adjustment must carry besides its reason before it counts."""


def targets(
    sheet: Sheet, roster: Sequence[Member], options: Mapping[str, Sequence[Option]]
) -> dict[Key, Placed]:
    """Return the targets by what they are for, and report parts that do not add up to their whole."""
    words = _Words(options)
    known = _known_names(roster)
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
    for gap in _gaps({key: target for key, (_, target) in found.items()}, roster):
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
    before = {gap.whole for gap in _gaps(result, roster)}
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
    for gap in _gaps(result, roster):
        changed = [last[key] for key in (gap.whole, *gap.parts) if key in last]
        if gap.whole not in before and changed:
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

    def whole(self, gap: _Gap, target: Target) -> str:
        """Name a whole by what its parts are parts of: the period, or who it is for."""
        if gap.by == "period":
            return self._values["period", target.period]
        return target.name or self._values["scope", target.scope]


def _known_names(roster: Sequence[Member]) -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for member in roster:
        for scope, name in (
            ("rep", member.name),
            ("team", member.team),
            ("region", member.region),
            ("product_line", member.product_line),
        ):
            if name:
                known[scope].setdefault(compact(name), name)
    return known


@dataclass(frozen=True, slots=True)
class _Gap:
    """A whole whose parts make another sum; ``by`` period, or the scope of the parts."""

    whole: Key
    parts: tuple[Key, ...]
    total: Decimal
    by: str


def _off(sheet: Sheet, entry: Entry, gap: _Gap, target: Target, words: _Words) -> None:
    """Warn that the parts of a target make another sum than the target says."""
    sheet.warn(
        "mismatch",
        entry,
        "amount",
        why="parts",
        value=gap.total,
        whole=words.whole(gap, target),
        expected=target.amount,
    )


def _gaps(found: Mapping[Key, Target], roster: Sequence[Member]) -> list[_Gap]:
    return [*_of_periods(found), *_of_people(found, roster)]


def _of_periods(found: Mapping[Key, Target]) -> Iterator[_Gap]:
    """Hold months against quarters and year; parts not all set yet must at least not exceed the whole."""
    for key, target in found.items():
        year, period, scope, name, measure = key
        if period in QUARTERS:
            layers: tuple[tuple[str, ...], ...] = (QUARTERS[period],)
        elif period == "year":
            layers = (tuple(QUARTERS), MONTHS)
        else:
            continue
        for layer in layers:
            parts = tuple(part for p in layer if (part := (year, p, scope, name, measure)) in found)
            total = sum((found[part].amount for part in parts), Decimal(0))
            if (len(parts) == len(layer) and total != target.amount) or total > target.amount:
                yield _Gap(key, parts, total, "period")
                break


def _of_people(found: Mapping[Key, Target], roster: Sequence[Member]) -> Iterator[_Gap]:
    """Hold each whole against those in it, layer by layer: see ``_layers``."""
    known = {scope: len(names) for scope, names in _known_names(roster).items()}
    inside = _inside(roster)
    by_layer: dict[tuple[int, str, str, str], list[Key]] = defaultdict(list)
    for key in found:
        year, period, scope, _, measure = key
        by_layer[year, period, scope, measure].append(key)
    for key, target in found.items():
        year, period, scope, name, measure = key
        for layer in _layers(scope):
            if scope == "all":
                parts = tuple(by_layer[year, period, layer, measure])
            else:
                own = ((year, period, of, who, measure) for of, who in inside.get((scope, name), {}))
                parts = tuple(part for part in own if part[2] == layer and part in found)
            total = sum((found[part].amount for part in parts), Decimal(0))
            # regions and product lines are often set for some only: then they must just not exceed the whole
            partial = layer in ("region", "product_line") and len(parts) < known.get(layer, 0)
            if parts and total != target.amount and (not partial or total > target.amount):
                yield _Gap(key, parts, total, layer)
                break
            if parts and layer == "team":
                break  # the teams stand for their reps


def _layers(scope: str) -> tuple[str, ...]:
    """Return what a whole is made of: the first of teams and reps that has targets, and each other cut."""
    return {
        "all": ("region", "product_line", "team", "rep"),
        "region": ("team", "rep"),
        "team": ("rep",),
        "product_line": ("rep",),
    }.get(scope, ())


def _inside(roster: Sequence[Member]) -> Mapping[tuple[str, str], Mapping[tuple[str, str], None]]:
    """Return by scope and name the teams and reps in it; a team in two regions is in neither."""
    inside: dict[tuple[str, str], dict[tuple[str, str], None]] = defaultdict(dict)
    regions: dict[str, set[str]] = defaultdict(set)
    for member in roster:
        for scope, name in (
            ("team", member.team),
            ("region", member.region),
            ("product_line", member.product_line),
        ):
            if name:
                inside[scope, compact(name)]["rep", compact(member.name)] = None
        if member.team:
            regions[compact(member.team)].add(compact(member.region))
    for team, of in regions.items():
        if len(of) == 1:
            inside["region", next(iter(of))]["team", team] = None
    return inside
