"""What a template asks for by its defined names: which rows, columns and sheets repeat or fall away.

``each_reps`` over rows repeats them for each item of ``reps``; its items are called ``rep`` (the list's name
without its last s) and ``row``. ``each_rep__rows`` is the list ``rep.rows``. ``eachopt_…`` leaves nothing for
an empty list. ``if_late`` keeps rows while ``late`` is true. Over whole columns they work on columns, and
with ``_sheet`` at the end on the sheet. A dot and anything after it make a name unique: ``each_reps.2``.
An Excel table named after a list grows by itself: its rows are a band when they speak of ``row`` or of the
list's items. Refuses: names that mean anything else; they belong to the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from salesxl.errors import TemplateError
from salesxl.excel.bands import Band, Crossing, nest
from salesxl.excel.package import Package
from salesxl.excel.refs import LAST_ROW, Ref, parse, quote_sheet, read_area
from salesxl.templating.survey import Found, Survey

__all__ = [
    "Plan",
    "SheetPlan",
    "add_tables",
    "around",
    "band_names",
    "full_plan",
    "loop_variable",
    "read_plan",
    "table_bands",
]

_NAME = re.compile(r"(each|eachopt|if)_(.+?)(_sheet)?(?:\.\w*)?\Z", re.IGNORECASE)


@dataclass(slots=True)
class SheetPlan:
    """What happens to one sheet; ``whole`` repeats it or lets it fall away."""

    rows: list[Band] = field(default_factory=list)
    columns: list[Band] = field(default_factory=list)
    whole: list[Band] = field(default_factory=list)

    def nested(self, sheet: str) -> tuple[tuple[Band, ...], tuple[Band, ...]]:
        """Return the bands of rows and of columns as trees. Raises TemplateError where two cross."""
        try:
            return nest(self.rows), nest(self.columns)
        except Crossing as error:
            one, other = error.first, error.second
            raise TemplateError(
                f"模板 {sheet}：区域 {one.name}（{one.first}–{one.last}）与 {other.name}"
                f"（{other.first}–{other.last}）互相交叉。请让其中一个完全包含另一个，或把两者分开。"
            ) from None


Plan = dict[str, SheetPlan]


def around(plan: SheetPlan, found: Found) -> list[Band]:
    """Return the bands that a place lies in, outer ones first."""
    inside = list(plan.whole)
    for bands, at in ((plan.rows, found.row), (plan.columns, found.column)):
        if at is not None:
            inside += sorted(
                (band for band in bands if band.first <= at <= band.last),
                key=lambda band: (band.first, -band.last, band.expression.count(".")),
            )
    return inside


def band_names(package: Package) -> list[tuple[str, str, str | None]]:
    """Return (name, what it refers to, the sheet it is confined to) of every name that means a band."""
    ns = package.namespaces
    sheets = [name for name, _ in package.sheets()]
    found = []
    for node in package.xml(package.main()).iterfind(f"{ns.tag('definedNames')}/{ns.tag('definedName')}"):
        local = node.get("localSheetId")
        confined = sheets[int(local)] if local and int(local) < len(sheets) else None
        if _NAME.match(node.get("name", "")):
            found.append((node.get("name", ""), node.text or "", confined))
    return found


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
            first = area.top + int(root.get("headerRowCount", "1"))
            last = area.bottom - int(root.get("totalsRowCount", "0"))
            items = re.compile(rf"\b(?:row|{re.escape(loop_variable(name))})\b")
            if any(
                text.sheet == sheet
                and text.row is not None
                and first <= text.row <= last
                and area.left <= (text.column or 0) <= area.right
                and items.search(text.text)
                for text in survey.texts()
            ):
                found.append((f"each_{name}", f"{quote_sheet(sheet)}!${first}:${last}", sheet))
    return found


def loop_variable(expression: str) -> str:
    """Return what the items of a list are called: the list's own name without its last s."""
    name = expression.rpartition(".")[2]
    return name[:-1] if name.endswith("s") and len(name) > 1 else "row"


def read_plan(names: Iterable[tuple[str, str, str | None]], sheets: Sequence[str]) -> Plan:
    """Return what happens to each sheet, by its name in the template.

    Raises TemplateError for a name that does not point to rows, columns or a sheet of this workbook.
    """
    plan: Plan = {name: SheetPlan() for name in sheets}
    by_fold = {name.casefold(): name for name in sheets}
    for name, target, confined in names:
        refs = [piece for piece in parse(target) if isinstance(piece, Ref)]
        if not refs or "#REF!" in target:
            raise TemplateError(
                f"名称 {name} 指向 “{target}”，不是本工作簿的行、列或工作表。请改正或删除该名称。"
            )
        for ref in refs:
            sheet = by_fold.get((ref.sheet or confined or "").casefold())
            if sheet is None:
                raise TemplateError(f"名称 {name} 指向不存在的工作表 “{ref.sheet}”。请改正或删除该名称。")
            _add(plan[sheet], name, ref)
    return plan


def full_plan(package: Package) -> Plan:
    """Return what happens to each sheet by its defined names and by its tables. Raises TemplateError."""
    plan = read_plan(band_names(package), [name for name, _ in package.sheets()])
    add_tables(package, plan)
    return plan


def add_tables(package: Package, plan: Plan) -> None:
    """Add the bands of tables; one whose rows lie in a band of the names already gets none of its own."""
    for name, target, sheet in table_bands(package):
        made = read_plan([(name, target, None)], [sheet])[sheet].rows[0]
        rows = plan[sheet].rows
        if not any(band.first <= made.first and made.last <= band.last for band in rows):
            rows.append(made)


def _add(plan: SheetPlan, name: str, ref: Ref) -> None:
    found = _NAME.match(name)
    assert found is not None  # band_names looked
    kind, body, sheet = found[1].lower(), found[2], found[3]
    expression = body.replace("__", ".")
    variable = None if kind == "if" else loop_variable(expression)
    area = ref.area
    if sheet:
        level, first, last = plan.whole, 1, 1
    elif ref.top is None or (area.top == 1 and area.bottom == LAST_ROW):
        level, first, last = plan.columns, area.left, area.right
    else:
        level, first, last = plan.rows, area.top, area.bottom
    level.append(Band(name, expression, first, last, variable, kind == "eachopt"))
