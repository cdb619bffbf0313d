"""Faults of a template, all at once, each at its cell with a remedy; and the names a template uses.

Owns what is checked before anybody's data is poured in. Refuses: changing the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError as JinjaError

from salesxl.errors import TemplateError
from salesxl.excel.bands import Band, Ungrowable
from salesxl.excel.package import Package
from salesxl.excel.refs import LAST_COLUMN, LAST_ROW, read_area
from salesxl.excel.render_faults import partial_text
from salesxl.excel.render_moves import GONE, Moves, Sheet, Spot
from salesxl.excel.render_tables import grown_table
from salesxl.excel.strips import Strip
from salesxl.templating.expressions import Engine
from salesxl.templating.limits import Budget, Limits
from salesxl.templating.plan import Plan, SheetPlan, add_tables, around, band_names, full_plan, read_plan
from salesxl.templating.survey import Found, Survey
from salesxl.templating.workbook import Loop, enter

__all__ = ["REMARKS", "Problem", "lint", "names"]

_NEWER = {
    "XLOOKUP": "INDEX 与 MATCH",
    "XMATCH": "MATCH",
    "FILTER": "each_ 区域（数据先筛好）",
    "UNIQUE": "each_ 区域（数据先去重）",
    "SORT": "each_ 区域（数据先排好）",
    "SORTBY": "each_ 区域（数据先排好）",
    "SEQUENCE": "{{ loop.index }}",
    "LET": "辅助列",
    "LAMBDA": "辅助列",
    "TEXTJOIN": "{{ 列表 | join_cn }}",
    "CONCAT": "& 连接",
    "IFS": "嵌套的 IF",
    "SWITCH": "嵌套的 IF",
    "MAXIFS": "数组公式 MAX(IF(…))",
    "MINIFS": "数组公式 MIN(IF(…))",
    "VSTACK": "each_ 区域",
    "HSTACK": "each_ 区域",
    "GROUPBY": "数据透视表",
    "TAKE": "INDEX",
    "TEXTSPLIT": "先在数据中拆好",
}
"""Functions that older Excel, WPS or LibreOffice do not all know, and what does the same everywhere."""

REMARKS = frozenset(("newer_function", "uncalculated"))
"""Codes of what can be rendered all the same: whoever wrote the template should only know."""

_CALL = re.compile(r"(?:_xlfn\.|_xlws\.)*([A-Z][A-Z0-9.]*)\(")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a template: where, a stable code, and what to do about it."""

    sheet: str
    cell: str
    code: str
    text: str


def names(template: Path | bytes) -> set[str]:
    """Return the top-level names a template uses, lists of its bands included, loop variables left out.

    Raises TemplateError for a text that does not parse.
    """
    package = Package.open(template)
    engine = Engine(Budget(Limits()))
    plan = full_plan(package)
    used: set[str] = set()
    for found in Survey(package).texts():
        try:
            used |= engine.names(found.text) - _local(plan, found)
        except JinjaError as error:
            raise TemplateError(
                f"模板 {found.sheet}!{found.where} “{found.text}”：写法有误：{error}。"
            ) from None
    for sheet in plan.values():
        local = {band.variable for band in _all(sheet)} | {"row"}
        used |= {band.expression.partition(".")[0] for band in _all(sheet)} - local
    return used


def lint(template: Path | bytes, sample: Mapping[str, Any] | None = None) -> list[Problem]:
    """Return what is wrong with a template, in the order of its sheets; nothing means it renders.

    With ``sample`` data every expression is tried on the first item of its lists, so that unknown names are
    all found at once. Codes: ``bad_band crossing_bands syntax outside_band unknown_name partial_reference
    vanishing_reference table newer_function uncalculated``.
    """
    return _Lint(Package.open(template), sample).run()


def _all(plan: SheetPlan) -> list[Band]:
    return [*plan.whole, *plan.rows, *plan.columns]


def _local(plan: Plan, found: Found) -> set[str]:
    if found.sheet not in plan:
        return set()
    bands = [band for band in around(plan[found.sheet], found) if band.repeats]
    return {str(band.variable) for band in bands} | ({"row", "loop"} if bands else set())


class _Lint:
    def __init__(self, package: Package, sample: Mapping[str, Any] | None) -> None:
        self.package, self.sample = package, sample
        self.survey = Survey(package)
        self.engine = Engine(Budget(Limits()))
        self.sheets = [name for name, _ in package.sheets()]
        self.problems: list[Problem] = []

    def run(self) -> list[Problem]:
        """Go through all checks."""
        plan = self._plan()
        self._texts(plan)
        self._references(plan)
        self._functions()
        order = {name: index for index, name in enumerate(self.sheets)}
        return sorted(self.problems, key=lambda p: order.get(p.sheet, len(order)))

    def _add(self, found: Found, code: str, text: str) -> None:
        problem = Problem(found.sheet, found.where, code, text)
        if problem not in self.problems:
            self.problems.append(problem)

    def _plan(self) -> Plan:
        """Read the bands one by one, so that a bad one does not hide the others."""
        good = []
        for name in band_names(self.package):
            try:
                read_plan([name], self.sheets)
                good.append(name)
            except TemplateError as error:
                self._add(Found("", name[0], name[1]), "bad_band", str(error))
        plan = read_plan(good, self.sheets)
        add_tables(self.package, plan)
        for sheet, one in plan.items():
            try:
                one.nested(sheet)
            except TemplateError as error:
                self._add(Found(sheet, "", ""), "crossing_bands", str(error))
                one.rows, one.columns = [], []
        return plan

    # ---- expressions

    def _texts(self, plan: Plan) -> None:
        variables = {
            str(band.variable): band.name for one in plan.values() for band in _all(one) if band.repeats
        }
        for found in self.survey.texts():
            try:
                used = self.engine.names(found.text)
                evaluate = self.engine(found.text, found.sheet, found.where)
            except (JinjaError, TemplateError) as error:
                self._add(found, "syntax", str(error))
                continue
            for name in sorted(used & (variables.keys() | {"loop", "row"}) - _local(plan, found)):
                if name not in (self.sample or {}):
                    band = variables.get(name, "each_…")
                    text = f"{name} 只在区域 {band} 之内有值，此处在其外。请扩大该区域，或改用列表本身。"
                    self._add(found, "outside_band", text)
                    break
            else:
                self._try(plan, found, evaluate)

    def _try(self, plan: Plan, found: Found, evaluate: Any) -> None:
        if self.sample is None:
            return
        try:
            scope = self._scope(plan, found)
            if scope is not None:
                evaluate(scope)
        except TemplateError as error:
            self._add(found, "unknown_name", str(error))

    def _scope(self, plan: Plan, found: Found) -> Mapping[str, Any] | None:
        """Return the variables for the first copy, None where a list is empty."""
        scope: Mapping[str, Any] = dict(self.sample or {})
        if found.sheet not in plan:
            return scope
        for band in around(plan[found.sheet], found):
            value = self.engine.value(band.expression, found.sheet, band.name)(scope)
            if not band.repeats:
                continue
            if not isinstance(value, Sequence) or not value:
                return None
            scope = {**enter(scope, band, value[0], 0, 1), "loop": Loop(0, len(value))}
        return scope

    # ---- references

    def _references(self, plan: Plan) -> None:
        many, none = self._moves(plan, 2), self._moves(plan, 0)
        for found in self.survey.formulas():
            if self._is_band(found):
                continue
            try:
                many.formula(found.text, _spot(many, found))
            except Ungrowable as error:
                self._add(found, "partial_reference", partial_text(error.band, f"“{found.text}”"))
                continue
            if GONE in found.text or not self._stays(plan, found):
                continue
            if GONE in none.formula(found.text, _spot(none, found)):
                gone = f"“{found.text}” 引用的行或列可能整个消失，届时成为 #REF!。"
                self._add(found, "vanishing_reference", f"{gone}请用 each_，或让引用包含表头行。")
        for found in self.survey.spans():
            sheet = many.sheets[found.sheet.casefold()][0]
            try:
                list(sheet.instances(read_area(found.text)))
            except Ungrowable as error:
                self._add(found, "partial_reference", partial_text(error.band, found.where))
        for found in self.survey.tables():
            for moves in (many, none):
                try:
                    grown_table(moves.sheets[found.sheet.casefold()][0], read_area(found.text), found.where)
                except TemplateError as error:
                    self._add(found, "table", str(error))
                    break

    @staticmethod
    def _is_band(found: Found) -> bool:
        return found.where.removeprefix("名称 ").partition("_")[0].lower() in ("each", "eachopt", "if")

    @staticmethod
    def _stays(plan: Plan, found: Found) -> bool:
        """Tell whether a place is there whatever the data are."""
        if found.sheet not in plan:
            return True
        return all(band.repeats and not band.optional for band in around(plan[found.sheet], found))

    def _moves(self, plan: Plan, count: int) -> Moves:
        """Lay every sheet out as if each list had so many items."""
        made = {}
        for name, part in self.survey.sheets:
            rows, columns = plan[name].nested(name)
            strips = []
            for bands, limit in ((rows, LAST_ROW), (columns, LAST_COLUMN)):
                strip = Strip(
                    bands, limit, lambda band, _: (None,) * (count if band.repeats else min(count, 1)), enter
                )
                strip.lay_out({})
                strips.append(strip)
            made[name] = [Sheet(name, name, part, strips[0], strips[1])]
        return Moves(made)

    # ---- functions

    def _functions(self) -> None:
        calculated: set[str] = set()
        for found in self.survey.formulas():
            for function in _newer(found.text):
                text = f"函数 {function} 不是所有程序都认识。可改用 {_NEWER[function]}。"
                self._add(found, "newer_function", text)
            if found.shown and found.sheet not in calculated:
                calculated.add(found.sheet)
                text = "本表有公式：打开工作簿时才计算，手机预览中这些单元格为空。"
                self._add(found, "uncalculated", f"{text}要在预览中看到数字，请改用 {{{{ }}}}。")


def _newer(formula: str) -> Iterator[str]:
    yield from dict.fromkeys(name for name in _CALL.findall(_QUOTED.sub("", formula)) if name in _NEWER)


def _spot(moves: Moves, found: Found) -> Spot:
    made: Iterable[Sheet] = moves.sheets.get(found.sheet.casefold(), ())
    for sheet in made:
        return sheet.first_spot(found.row or 1, found.column or 1) if found.row else Spot(sheet)
    return Spot()
