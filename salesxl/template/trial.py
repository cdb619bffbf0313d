"""A template laid out as if its lists had some items, or none: what its references come to without any data.

Owns that layout, and the places in it. Refuses: judging what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from salesxl.template.bands import Abreast, Band, Items, Scope
from salesxl.template.engine import enter
from salesxl.template.plan import Plan, SheetPlan
from salesxl.template.references import Moves, Sheet, Spot
from salesxl.template.strips import Strip
from salesxl.template.survey import Found
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW

__all__ = ["bands_of", "spot_of", "trial"]

_COPY = "\0copy"
"""The name under which a sheet's variables keep which of its copies it is; no expression can say it."""


def bands_of(plan: SheetPlan) -> list[Band]:
    """Return all bands of a sheet, those side by side one by one."""
    return [one for band in (*plan.whole, *plan.rows, *plan.columns) for one in band.sides or (band,)]


def trial(plan: Plan, sheets: Sequence[tuple[str, str]], *, many: bool) -> Moves:
    """Lay every sheet out as if each list had some items, no two lists as many; or none at all."""
    bands = [band for one in plan.values() for band in bands_of(one)]
    lists = list(dict.fromkeys(band.expression for band in bands))
    variables = {band.variable for band in bands} | {"row"}

    def items_of(band: Band, scope: Scope) -> Items:
        if band.sides:
            return Abreast(tuple(items_of(side, scope) for side in band.sides))
        count = lists.index(band.expression) + 2 if many else 0
        head, dot, _ = band.expression.partition(".")
        if many and dot and head in variables:  # a list of an item, which each copy of a sheet has of its own
            count += scope.get(_COPY, 0)
        return (None,) * (count if band.repeats else min(count, 1))

    made: dict[str, list[Sheet]] = {}
    for name, part in sheets:
        owners = [band for band in plan[name].whole if band.repeats and many]
        made[name] = []
        for index in range(len(items_of(owners[0], {})) if owners else 1):
            strips = []
            for tree, limit in zip(plan[name].nested(name), (LAST_ROW, LAST_COLUMN), strict=True):
                strip = Strip(tree, limit, items_of, enter)
                strip.lay_out({_COPY: index})
                strips.append(strip)
            peers = {band.expression: index for band in owners}
            made[name].append(Sheet(name, name, part, strips[0], strips[1], peers=peers))
    return Moves(made)


def spot_of(moves: Moves, found: Found) -> Spot:
    """Return the first copies that a place stands in."""
    made: Iterable[Sheet] = moves.sheets.get(found.sheet.casefold(), ())
    for sheet in made:
        if not found.row or not found.column:
            return Spot(sheet)
        if (
            found.bottom and found.right
        ):  # what lies over several cells stands in a copy only if all of it does
            down = next(sheet.rows.places(found.row, found.bottom), (0, 0, ()))[2]
            across = next(sheet.columns.places(found.column, found.right), (0, 0, ()))[2]
            return Spot(sheet, (down, across), found.column, found.row)
        return sheet.first_spot(found.row, found.column)
    return Spot()
