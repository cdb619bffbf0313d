"""成员, 目标, 目标调整: who is on the roster and what is asked of whom. docs/domain.md 3.3.

Owns the rules on these sheets: nobody twice, no target for a stranger, parts that add up to their whole.
Refuses: attainment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from salesxl.model import Member, Option, Target
from salesxl.schemas import block_spec
from salesxl.settings.sheets import Entry, Sheet, facts_for

__all__ = ["adjust", "members", "targets"]

Key: TypeAlias = tuple[int, str, str, str, str]  # year, period, scope, name without spaces, measure
Placed: TypeAlias = tuple[Entry, Target]

QUARTERS: Mapping[str, tuple[str, ...]] = {
    f"Q{q}": tuple(str(3 * q - 2 + i) for i in range(3)) for q in range(1, 5)
}
MONTHS = tuple(str(month) for month in range(1, 13))


def members(sheet: Sheet) -> tuple[Member, ...]:
    """Return the roster; a second row of the same name is a finding and left out."""
    found: dict[str, Member] = {}
    first: dict[str, int] = {}
    for entry in sheet.sound:
        name = _key(entry["name"])
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
            spelled = known[target.scope].get(_key(target.name))
            if spelled is None:
                sheet.fault("unknown_reference", entry, "name", **_nowhere(target.scope))
                continue
            target = replace(target, name=spelled)
        key = _target_key(target)
        if key in found:
            sheet.fault("duplicate", entry, _naming(target), why="settings", other=found[key][0].row)
            continue
        found[key] = entry, target
    _check_periods(sheet, found)
    _check_people(sheet, found, roster)
    return found


def adjust(
    sheet: Sheet, found: Mapping[Key, Placed], options: Mapping[str, Sequence[Option]]
) -> dict[Key, Target]:
    """Return the targets after their adjustments; ``original`` keeps what stood before the first."""
    words = _Words(options)
    result = {key: target for key, (_, target) in found.items()}
    for entry in sheet.sound:
        change = words.target(entry)
        if change.scope == "all":
            change = replace(change, name=None)
        key = _target_key(change)
        old = result.get(key)
        if old is None:
            sheet.fault("unknown_reference", entry, _naming(change), list=block_spec("target").sheet)
            continue
        original = old.amount if old.original is None else old.original
        result[key] = replace(old, amount=change.amount, original=original)
    return result


def _key(name: str | None) -> str:
    return "".join((name or "").split()).casefold()


def _naming(target: Target) -> str:
    """Return the field that tells best which target a row is."""
    return "name" if target.name else "period"


def _nowhere(scope: str) -> dict[str, Any]:
    return {"why": "roster"} if scope == "rep" else {"list": block_spec("member").sheet}


def _off(sheet: Sheet, entry: Entry, whole: str, total: Decimal) -> None:
    """Warn that the parts of a row's target make another sum than the row says."""
    sheet.warn("mismatch", entry, "amount", why="parts", value=total, whole=whole, expected=entry["amount"])


def _target_key(target: Target) -> Key:
    return target.year, target.period, target.scope, _key(target.name), target.measure


class _Words:
    """The toolkit's words for what the sheet shows: periods, scopes, measures."""

    def __init__(self, options: Mapping[str, Sequence[Option]]) -> None:
        self._kinds = {
            (field, o.value): o.kind or o.value
            for field, name in (("period", "期间"), ("scope", "对象类型"), ("measure", "指标"))
            for o in options[name]
        }

    def target(self, entry: Entry) -> Target:
        period, scope, measure = (self._kinds[name, entry[name]] for name in ("period", "scope", "measure"))
        return Target(entry["year"], period, scope, entry["name"], measure, entry["amount"])


def _known_names(roster: Iterable[Member]) -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for member in roster:
        for scope, name in (
            ("rep", member.name),
            ("team", member.team),
            ("region", member.region),
            ("product_line", member.product_line),
        ):
            if name:
                known[scope].setdefault(_key(name), name)
    return known


def _check_periods(sheet: Sheet, found: Mapping[Key, Placed]) -> None:
    """Hold months against quarters and year; parts not all set yet must at least not exceed the whole."""
    for (year, period, scope, name, measure), (entry, target) in found.items():
        if period in QUARTERS:
            layers: tuple[tuple[str, ...], ...] = (QUARTERS[period],)
        elif period == "year":
            layers = (tuple(QUARTERS), MONTHS)
        else:
            continue
        for parts in layers:
            amounts = [
                found[key][1].amount for part in parts if (key := (year, part, scope, name, measure)) in found
            ]
            total = sum(amounts, Decimal(0))
            complete = len(amounts) == len(parts)
            if (complete and total != target.amount) or total > target.amount:
                _off(sheet, entry, entry["period"], total)
                break


def _check_people(sheet: Sheet, found: Mapping[Key, Placed], roster: Sequence[Member]) -> None:
    """Hold a team against its reps and the whole against its teams, or reps where no team has a target."""
    team_of = {_key(m.name): _key(m.team) for m in roster}
    sums: dict[tuple[int, str, str, str], Decimal] = defaultdict(Decimal)
    for (year, period, scope, name, measure), (_, target) in found.items():
        if scope == "rep" and team_of.get(name):
            sums[year, period, measure, f"in {team_of[name]}"] += target.amount
        sums[year, period, measure, scope] += target.amount
    for (year, period, scope, name, measure), (entry, target) in found.items():
        if scope == "team":
            total = sums.get((year, period, measure, f"in {name}"))
        elif scope == "all":
            by_team, by_rep = (sums.get((year, period, measure, part)) for part in ("team", "rep"))
            total = by_rep if by_team is None else by_team
        else:
            continue
        if total is not None and total != target.amount:
            _off(sheet, entry, target.name or entry["scope"], total)
