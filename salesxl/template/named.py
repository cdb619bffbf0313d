"""Defined names for one cell of a band: the first item's, or all of them.

Owns the answer, which hangs on how formulas use the name. Refuses: where names go.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesxl.errors import TemplateFaultError
from salesxl.template.plan import Plan, SheetPlan
from salesxl.template.roles import grows_as_name
from salesxl.template.survey import BOOK, Found, Survey
from salesxl.template.terms import defined_names
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import Ref, parse

__all__ = ["single_names"]


def single_names(package: Package, plan: Plan) -> dict[str, list[str]]:
    """Return the names of cells in a band that formulas use as one value, and what they refer to.

    They mean the first item's, and in the rows of the band each item's own.
    Raises TemplateFaultError for one that is used both as a value and as a range.
    """
    inside: dict[str, list[str]] = {}  # sheets may have names of their own that are called alike
    for name, target, _ in defined_names(package):
        if _is_cell_of_band(target, plan):
            inside.setdefault(name, []).append(target)
    formulas = [found for found in Survey(package).formulas() if found.sheet != BOOK] if inside else []
    return {name: targets for name, targets in inside.items() if _is_value(name, formulas)}


def _is_value(name: str, formulas: Sequence[Found]) -> bool:
    used = {grows_as_name(found.text, name, whole=found.whole): found for found in formulas}
    if {True, False} <= used.keys():
        raise TemplateFaultError("name_both", name=name).at(used[False].sheet, used[False].where)
    return False in used


def _is_cell_of_band(target: str, plan: Plan) -> bool:
    pieces = parse(target)
    if len(pieces) != 1 or not isinstance(pieces[0], Ref) or pieces[0].ranged:
        return False
    ref = pieces[0]
    found = next(
        (one for sheet, one in plan.items() if sheet.casefold() == (ref.sheet or "").casefold()), None
    )
    return found is not None and _covers(found, ref)


def _covers(plan: SheetPlan, ref: Ref) -> bool:
    return any(
        at is not None and any(band.repeats and band.first <= at <= band.last for band in bands)
        for bands, at in ((plan.rows, ref.top), (plan.columns, ref.left))
    )
