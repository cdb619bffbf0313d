"""Targets that must add up: months to quarters and years, reps and teams to their wholes. docs/domain.md 3.3.

Owns which sums are compared, also where only the months of one side and the year of the other are set.
Refuses: reading the sheet, and the words of a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from salesxl.rulebook import Member, Target
from salesxl.settings.sheets import compact

__all__ = ["MONTHS", "QUARTERS", "Gap", "Key", "gaps", "known_names"]

Key: TypeAlias = tuple[int, str, str, str, str]  # year, period, scope, name without spaces, measure

QUARTERS: Mapping[str, tuple[str, ...]] = {
    f"Q{q}": tuple(str(3 * q - 2 + i) for i in range(3)) for q in range(1, 5)
}
MONTHS = tuple(str(month) for month in range(1, 13))
BELOW: Mapping[str, tuple[str, ...]] = {**QUARTERS, "year": tuple(QUARTERS)}
"""What a period is made of."""
PERIODS = (*MONTHS, *QUARTERS, "year")
"""Every period, the shorter ones first: what differs there is not told again of the longer ones."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A whole whose parts make another sum; ``by`` period, or the scope of the parts.

    ``whole`` is the row to blame; ``amount`` is what the whole is for ``period``: of its own, or the sum of
    its shorter periods. ``parts`` are the rows that make the two sums.
    """

    whole: Key
    parts: tuple[Key, ...]
    total: Decimal
    by: str
    period: str
    amount: Decimal


class Sum(NamedTuple):
    """A target of a period, its own or the sum of shorter ones, and the rows it stands in."""

    amount: Decimal
    rows: tuple[Key, ...]


def gaps(found: Mapping[Key, Target], roster: Sequence[Member]) -> list[Gap]:
    """Return the targets that their parts do not add up to, by period and by people.

    A whole that both its months and its people make the same other sum of is told once.
    """
    amounts = {key: target.amount for key, target in found.items()}
    by_period = list(_of_periods(amounts))
    told = {(gap.whole, gap.total) for gap in by_period}
    return [*by_period, *(g for g in _of_people(amounts, roster) if (g.whole, g.total) not in told)]


def known_names(roster: Sequence[Member]) -> dict[str, dict[str, str]]:
    """Return by scope who is on the roster: the name as spelled there by the name without spaces."""
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


def _sum(amounts: Mapping[Key, Decimal], key: Key) -> Sum | None:
    """Return a period's target: its own, else the sum of its parts where each has one."""
    if key in amounts:
        return Sum(amounts[key], (key,))
    parts = [_sum(amounts, _in_period(key, part)) for part in BELOW.get(key[1], ())]
    known = [part for part in parts if part is not None]
    if not parts or len(known) < len(parts):
        return None
    return Sum(sum((p.amount for p in known), Decimal(0)), tuple(row for p in known for row in p.rows))


def _in_period(key: Key, period: str) -> Key:
    return key[0], period, key[2], key[3], key[4]


def _pieces(amounts: Mapping[Key, Decimal], key: Key) -> list[Sum]:
    """Return what is set within a period, each amount once, though not all of it may be."""
    if key in amounts:
        return [Sum(amounts[key], (key,))]
    return [piece for part in BELOW.get(key[1], ()) for piece in _pieces(amounts, _in_period(key, part))]


def _of_periods(amounts: Mapping[Key, Decimal]) -> Iterator[Gap]:
    """Hold months against quarters and both against the year.

    Parts not all set yet must at least not exceed the whole. A quarter that differs from its months is told
    itself: the year is then held against the months alone.
    """
    off: set[Key] = set()
    for key in sorted(amounts, key=lambda k: k[1] == "year"):
        if key[1] not in BELOW:
            continue
        layer = BELOW[key[1]]
        if any(_in_period(key, part) in off for part in layer):
            layer = MONTHS
        sums = [_sum(amounts, _in_period(key, part)) for part in layer]
        complete = None not in sums
        pieces = [piece for part in layer for piece in _pieces(amounts, _in_period(key, part))]
        total = sum((piece.amount for piece in pieces), Decimal(0))
        if (complete and total != amounts[key]) or total > amounts[key]:
            off.add(key)
            rows = tuple(row for piece in pieces for row in piece.rows)
            yield Gap(key, rows, total, "period", key[1], amounts[key])


def _of_people(amounts: Mapping[Key, Decimal], roster: Sequence[Member]) -> Iterator[Gap]:
    """Hold each whole against those in it, layer by layer (see ``_layers``), in every period both have."""
    known = {scope: len(names) for scope, names in known_names(roster).items()}
    inside = _inside(roster)
    named: dict[tuple[int, str], dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for year, period, scope, name, measure in amounts:
        named[year, measure][scope, name].add(period)
    for (year, measure), of in named.items():
        for scope, name in of:
            within = of if scope == "all" else inside.get((scope, name), {})
            layers = {
                layer: {w: of[w] for w in within if w[0] == layer and w in of} for layer in _layers(scope)
            }
            told: set[tuple[str, str]] = set()
            for period in PERIODS:
                gap = _of_layers(amounts, (year, period, scope, name, measure), layers, known, told)
                if gap is not None:
                    told.add((period, gap.by))
                    yield gap


def _of_layers(
    amounts: Mapping[Key, Decimal],
    key: Key,
    layers: Mapping[str, Mapping[tuple[str, str], set[str]]],
    known: Mapping[str, int],
    told: Collection[tuple[str, str]],
) -> Gap | None:
    """Return the first layer that does not add up to a whole; the teams stand for their reps.

    ``layers`` hold who is in the whole and has targets of which periods; ``told`` are the shorter periods
    that differ, which a sum over them need not tell again.
    """
    period, whole = key[1], _sum(amounts, key)
    if whole is None:
        return None
    for layer, people in layers.items():
        sums = [_sum(amounts, (key[0], period, *who, key[4])) for who in people]
        parts = [part for part in sums if part is not None]
        if not parts:
            continue
        own = [part.rows[0][1] == period for part in (whole, *parts)]
        explained = not all(own) and any((shorter, layer) in told for shorter in _within(period))
        unknown = sum(_touches(periods, period) for periods in people.values()) > len(parts)
        # regions and product lines are often set for some only: they must just not exceed the whole
        few = layer in ("region", "product_line") and len(parts) < known.get(layer, 0)
        total = sum((part.amount for part in parts), Decimal(0))
        differs = total > whole.amount or (total != whole.amount and not (few or unknown))
        if any(own) and differs and not explained:
            rows = tuple(row for part in (*parts, whole) for row in part.rows)
            return Gap(whole.rows[-1], rows, total, layer, period, whole.amount)
        if layer == "team":
            break
    return None


def _within(period: str) -> tuple[str, ...]:
    """Return the shorter periods in one."""
    below = BELOW.get(period, ())
    return (*below, *(part for one in below for part in _within(one)))


def _touches(periods: set[str], period: str) -> bool:
    """Say whether any of these periods has days of this one."""
    return any(p == period or p in _within(period) or period in _within(p) for p in periods)


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
