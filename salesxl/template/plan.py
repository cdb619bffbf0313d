"""What a template asks for by its defined names: which rows, columns and sheets repeat or fall away.

``each_reps`` over rows repeats them for each item of ``reps``; its items are called ``rep`` (the list's name
without its last s) and ``row``. ``each_rep__rows`` is the list ``rep.rows``. ``eachopt_…`` leaves nothing for
an empty list. ``if_late`` keeps rows while ``late`` is true. Over whole columns they work on columns, and
with ``_sheet`` at the end on the sheet. A dot and anything after it make a name unique: ``each_reps.2``.
In Chinese names begin with ``每个_``, ``每个可空_`` or ``如果_`` and end with ``_工作表``.
What ``options`` says of a band is part of it.
An Excel table named after a list grows by itself: its rows are a band when they speak of ``row`` or of the
list's items. Refuses: names that mean anything else; they belong to the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from salesxl.errors import TemplateFaultError
from salesxl.model import column_letters
from salesxl.template.bands import Band, CrossingError, nest
from salesxl.template.options import Option, option_names, with_options
from salesxl.template.references import GONE
from salesxl.template.side_by_side import side_by_side
from salesxl.template.spelling import NAMES, OWN, Spelling
from salesxl.template.survey import Found, Survey
from salesxl.template.terms import defined_names, is_template
from salesxl.template.unknown import band_of, item_name, lists_of
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW, Ref, parse, quote_sheet, read_area

__all__ = [
    "Plan",
    "SheetPlan",
    "abreast",
    "add_options",
    "add_tables",
    "around",
    "band_names",
    "changing",
    "full_plan",
    "misspelt",
    "options_used",
    "read_plan",
    "spelt",
    "table_bands",
]

_CLOSE = 0.85
"""How alike a name must be to a band's to be taken for a slip of the hand."""
_PREFIXES = {"每个": "each", "每个可空": "eachopt", "如果": "if"}
_NAME = re.compile(r"(each|eachopt|if|每个|每个可空|如果)_(.+?)(_sheet|_工作表)?(?:\.\w*)?\Z", re.IGNORECASE)


@dataclass(slots=True)
class SheetPlan:
    """What happens to one sheet; ``whole`` repeats it or lets it fall away."""

    rows: list[Band] = field(default_factory=list)
    columns: list[Band] = field(default_factory=list)
    whole: list[Band] = field(default_factory=list)

    def every(self) -> list[Band]:
        """Return all bands, those of rows first."""
        return [*self.rows, *self.columns, *self.whole]

    def spelt(self, spelling: Spelling, data: Mapping[str, Any]) -> SheetPlan:
        """Return the same with lists called as the data call them."""

        def of(band: Band) -> Band:
            sides = tuple(map(of, band.sides))
            return replace(band, expression=spelling.path(data, band.expression), sides=sides)

        return SheetPlan([*map(of, self.rows)], [*map(of, self.columns)], [*map(of, self.whole)])

    def nested(self, sheet: str) -> tuple[tuple[Band, ...], tuple[Band, ...]]:
        """Return the bands of rows and of columns as trees. Raises TemplateFaultError where two cross."""
        try:
            return nest(self.rows), nest(self.columns)
        except CrossingError as error:
            one, other = error.first, error.second
            raise TemplateFaultError(
                "crossing", name=one.name, rows=one.rows, other=other.name, others=other.rows
            ).at(sheet, "") from None


Plan = dict[str, SheetPlan]


def around(plan: SheetPlan, found: Found) -> list[Band]:
    """Return the bands that a place lies in, outer ones first."""
    inside = list(plan.whole)
    for bands, at in ((plan.rows, found.row), (plan.columns, found.column)):
        if at is not None:
            end = (found.bottom if bands is plan.rows else found.right) or at
            held = sorted(
                (band for band in bands if band.first <= at and end <= band.last),
                key=lambda band: (band.first, -band.last, band.expression.count(".")),
            )
            inside += (own for band in held if (own := _at_column(band, found.column)) is not None)
    return inside


def _at_column(band: Band, column: int | None) -> Band | None:
    """Return the band that holds in a column: of those side by side, the one that stands there."""
    if not band.sides:
        return band
    return None if column is None else band.side(column, column)


def band_names(package: Package) -> list[tuple[str, str, str | None]]:
    """Return (name, what it refers to, the sheet it is confined to) of every name that means a band."""
    return [found for found in defined_names(package) if _NAME.match(found[0])]


def table_bands(package: Package) -> list[tuple[str, str, str]]:
    """Return (``each_`` name, its rows, the sheet) of every table that is named after a list.

    Such a table's rows hold an expression with ``row`` or with what the list's items are called.
    """
    found = []
    survey = Survey(package)
    for sheet, part in survey.sheets:
        for table in package.related(part, "table"):
            root = package.xml(table)
            name = root.get("displayName", "")
            area = read_area(root.get("ref", "A1"))
            left, right = column_letters(area.left), column_letters(area.right)
            first = area.top + int(root.get("headerRowCount", "1"))
            last = area.bottom - int(root.get("totalsRowCount", "0"))
            items = re.compile(rf"\b(?:row|{re.escape(item_name(name))})\b")
            if any(
                text.sheet == sheet
                and text.row is not None
                and first <= text.row <= last
                and area.left <= (text.column or 0) <= area.right
                and items.search(text.text)
                for text in survey.texts()
            ):
                target = f"{quote_sheet(sheet)}!${left}${first}:${right}${last}"
                found.append((f"each_{name}", target, sheet))
    return found


def read_plan(names: Iterable[tuple[str, str, str | None]], sheets: Sequence[str]) -> Plan:
    """Return what happens to each sheet, by its name in the template.

    What a name has lost (``#REF!``: somebody deleted a section) is passed over. Raises TemplateFaultError for
    a name that does not point to rows, columns or a sheet of this workbook.
    """
    plan: Plan = {name: SheetPlan() for name in sheets}
    by_fold = {name.casefold(): name for name in sheets}
    for name, target, confined in names:
        refs = [piece for piece in parse(target) if isinstance(piece, Ref)]
        if not refs and GONE in target:
            continue
        if not refs:
            raise TemplateFaultError("band_target", name=name, target=target)
        for ref in refs:
            sheet = by_fold.get((ref.sheet or confined or "").casefold())
            if sheet is None:
                raise TemplateFaultError("band_sheet", name=name, sheet=ref.sheet or "")
            _add(plan[sheet], name, ref)
    return plan


def full_plan(package: Package) -> Plan:
    """Return what happens to each sheet by its defined names and by its tables. Raises TemplateFaultError."""
    plan = read_plan(band_names(package), [name for name, _ in package.sheets()])
    add_tables(package, plan)
    add_options(plan, option_names(package))
    for sheet, one in plan.items():
        abreast(package, sheet, one)
    return plan


def options_used(package: Package, plan: Plan) -> set[str]:
    """Return the names that say something of a plan's bands; a template's own names may look like them."""
    bands = [one for sheet in plan.values() for band in sheet.every() for one in band.sides or (band,)]
    return {option.name for option in option_names(package) if any(map(option.belongs_to, bands))}


def spelt(plan: Plan, data: Mapping[str, Any]) -> Plan:
    """Return a plan whose lists are called as the data call them."""
    spelling = Spelling({**OWN, **(data.get(NAMES) or {})})
    return {name: one.spelt(spelling, data) for name, one in plan.items()}


def abreast(package: Package, sheet: str, plan: SheetPlan) -> None:
    """Put the bands of a sheet together that stand side by side. Raises TemplateFaultError."""
    if len(plan.rows) > 1:
        plan.rows = side_by_side(sheet, plan.rows, Survey(package).texts())


def misspelt(name: str, target: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a name may have been meant to be that looks like a band's and is none."""
    if _NAME.match(name) or name.startswith("_xlnm"):
        return ()
    bands = {band_of(path): None for path, _ in lists_of(data)}
    close = get_close_matches(name.casefold(), [band.casefold() for band in bands], n=2, cutoff=_CLOSE)
    if close:
        return tuple(band for band in bands if band.casefold() in close)
    kind, _, rest = name.partition("_")
    over_rows = any(isinstance(p, Ref) and (p.top is None or p.left is None) for p in parse(target))
    likely = get_close_matches(kind.casefold(), ("each", "eachopt"), n=1, cutoff=_CLOSE - 0.1)
    return (f"{likely[0]}_{rest}",) if rest and likely and over_rows else ()


def changing(plan: Plan) -> list[str]:
    """Return the sheets that may repeat, fall away or be called otherwise."""
    return [name for name, one in plan.items() if one.whole or is_template(name)]


def add_tables(package: Package, plan: Plan) -> None:
    """Add the bands of tables; one whose rows lie in a band of the names already gets none of its own."""
    for name, target, sheet in table_bands(package):
        made = read_plan([(name, target, None)], [sheet])[sheet].rows[0]
        rows = plan[sheet].rows
        if not any(
            band.first <= made.first and made.last <= band.last and _meet(band, made) for band in rows
        ):
            rows.append(made)


def add_options(plan: Plan, options: Sequence[Option]) -> set[str]:
    """Add what the options say of the bands; return the names of those that are some band's.

    Raises TemplateFaultError for one that cannot be read.
    """
    used: set[str] = set()
    if not options:
        return used
    for one in plan.values():
        for level in (one.rows, one.columns, one.whole):
            level[:], meant = with_options(level, options)
            used |= meant
    for option in options:
        if option.rows is not None and option.name in used:
            _add_instead(plan, option)
    return used


def _add_instead(plan: Plan, option: Option) -> None:
    """Add the rows that stand only while a list has no items."""
    ref = option.rows
    bands = [band for one in plan.values() for band in one.every()]
    for name, one in plan.items():
        if ref is not None and name.casefold() == (ref.sheet or "").casefold():
            of = next(band for band in bands if band.repeats and option.belongs_to(band))
            area = ref.area
            one.rows.append(
                Band(option.name, of.expression, area.top, area.bottom, picks=of.picks, instead=True)
            )


def _meet(one: Band, other: Band) -> bool:
    """Tell whether two bands share a column."""
    if one.columns is None or other.columns is None:
        return True
    return one.columns[0] <= other.columns[1] and other.columns[0] <= one.columns[1]


def _add(plan: SheetPlan, name: str, ref: Ref) -> None:
    found = _NAME.match(name)
    assert found is not None  # band_names looked
    kind, body, sheet = found[1].lower(), found[2], found[3]
    kind = _PREFIXES.get(kind, kind)
    expression = body.replace("__", ".")
    variable = None if kind == "if" else item_name(expression)
    area = ref.area
    if sheet:
        level, first, last = plan.whole, 1, 1
    elif ref.top is None or (area.top == 1 and area.bottom == LAST_ROW):
        level, first, last = plan.columns, area.left, area.right
    else:
        level, first, last = plan.rows, area.top, area.bottom
    confined = level is plan.rows and (area.left > 1 or area.right < LAST_COLUMN)
    columns = (area.left, area.right) if confined else None
    level.append(Band(name, expression, first, last, variable, kind == "eachopt", columns=columns))
