"""A template laid out as if its lists had some items, or none: what its references come to without any data.

Owns that layout, and the places in it. Refuses: judging what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from salesxl.template.bands import Abreast, Band, Items, Scope
from salesxl.template.engine import enter
from salesxl.template.owned import owned_by
from salesxl.template.plan import Plan, SheetPlan, changing
from salesxl.template.references import Moves, Sheet, Spot
from salesxl.template.strips import Strip
from salesxl.template.survey import Found
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW

__all__ = ["bands_of", "spot_of", "trial"]


def bands_of(plan: SheetPlan) -> list[Band]:
    """Return all bands of a sheet, those side by side one by one."""
    return [one for band in (*plan.whole, *plan.rows, *plan.columns) for one in band.sides or (band,)]


def trial(plan: Plan, package: Package, *, many: bool) -> Moves:
    """Lay every sheet out as if each list had some items, no two lists as many; or none at all."""
    lists = list(dict.fromkeys(band.key for one in plan.values() for band in bands_of(one)))

    def items_of(band: Band, scope: Scope) -> Items:
        if band.sides:
            return Abreast(tuple(items_of(side, scope) for side in band.sides))
        count = lists.index(band.key) + 2 if many else int(band.instead)
        return (None,) * (count if band.repeats else min(count, 1))

    made: dict[str, list[Sheet]] = {}
    for name, part in package.sheets():
        rows, columns = plan[name].nested(name)
        strips = []
        for bands, limit in ((rows, LAST_ROW), (columns, LAST_COLUMN)):
            strip = Strip(bands, limit, items_of, enter)
            strip.lay_out({})
            strips.append(strip)
        owners = [band for band in plan[name].whole if band.repeats and many]
        made[name] = [
            Sheet(name, name, part, strips[0], strips[1], peers={b.key: index for b in owners})
            for index in range(len(items_of(owners[0], {})) if owners else 1)
        ]
    return Moves(made, owned_by(package, changing(plan)))


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
