"""What a row of 表单 says that depends on the other fields of its block: formulas, bounds, conditions.

Owns that a formula is one, that no two work each other out, that bounds suit their field and each other,
and that the example keeps to them.
Refuses: the field itself (``own``).
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from salesxl import codes, expressions, parsing
from salesxl.columns import BlockSpec, Column, Form, Kind, Need, Shape
from salesxl.expressions import Constant
from salesxl.operands import named, operands, type_of
from salesxl.parsing.text import plain
from salesxl.settings.clauses import Scope, clauses
from salesxl.settings.formulas import Misread, read_formula
from salesxl.settings.sheets import READERS, Entry, Sheet, read_option

__all__ = ["bounded", "computed", "conditioned", "example_checked"]

_SIGN = re.compile(r"\s*(>=|<=|≥|≤|>|<|大于等于|小于等于|大于|小于)?\s*(.+)", re.DOTALL)
_FLOORS, _CEILINGS = {">=", "≥", "大于等于"}, {"<=", "≤", "小于等于"}
SHOWN = 5
"""So many options are named where an example is none of them."""
COUNTED = frozenset({Kind.TEXT, Kind.NAME, Kind.CODE})
NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.PERCENT, Kind.AMOUNT, Kind.AMOUNT_WAN})
DATES = frozenset({Kind.DATE, Kind.MOMENT})


def computed(sheet: Sheet, rows: Mapping[str, Entry], form: Form, block: BlockSpec) -> tuple[BlockSpec, bool]:
    """Return a block with the kinds of its formulas, without those that are none; and whether it is sound.

    ``rows`` are the rows of its own fields by field name. A formula that names itself, over others or not,
    is a structural fault.
    """
    left = {column.field: column for column in block.columns if column.formula is not None}
    sound = True
    while left:
        ready = [c for c in left.values() if not _named_by(c, form, block) & left.keys()]
        if not ready:
            ring = tuple(column.label for column in left.values())
            first = min(left, key=lambda name: rows[name].row)
            sheet.fault("conflict", rows[first], "choices", why="formula_cycle", labels=ring)
            return _without(block, left), False
        for column in ready:
            del left[column.field]
            block, fine = _one_computed(sheet, rows[column.field], form, block, column)
            sound = sound and fine
        form = replace(form, blocks=tuple(block if b.kind == block.kind else b for b in form.blocks))
    return block, sound


def _without(block: BlockSpec, names: Any) -> BlockSpec:
    return replace(block, columns=tuple(c for c in block.columns if c.field not in names))


def _named_by(column: Column, form: Form, block: BlockSpec) -> set[str]:
    try:
        node = expressions.parse(column.formula or "")
    except expressions.ExpressionError:
        return set()
    known = operands(form, block)
    found = (named(ref.label, known) for ref in expressions.refs(node) if not ref.of)
    return {operand.column.field for operand in found if operand and operand.kind == block.kind}


def _one_computed(
    sheet: Sheet, entry: Entry, form: Form, block: BlockSpec, column: Column
) -> tuple[BlockSpec, bool]:
    try:
        tables = form if block.shape is Shape.CARD else None
        _, got = read_formula(column.formula or "", operands(form, block), "choices", tables)
        kind = {"date": Kind.DATE, "moment": Kind.MOMENT}.get(got.sort)
        if kind is None and got.sort != "number":
            raise Misread("choices", "type", {"why": "formula_text", "at": 1, "seen": column.formula})
        own = type_of(column).unit
        if own and got.unit and own != got.unit:
            raise Misread("choices", "type", {"why": "formula_units", "at": 1, "seen": column.formula})
    except Misread as wrong:
        sheet.fault(wrong.code, entry, wrong.field, **wrong.facts)
        return _without(block, {column.field}), True
    if kind is None and column.kind is Kind.NUMBER:
        kind = {"元": Kind.AMOUNT, "万元": Kind.AMOUNT_WAN}.get(got.unit)
    made = replace(column, kind=kind or column.kind)
    columns = tuple(made if c.field == column.field else c for c in block.columns)
    return replace(block, columns=columns), True


def conditioned(sheet: Sheet, entry: Entry, column: Column, scope: Scope) -> Column:
    """Return a column with its conditions; where they cannot be read it is 选填."""
    text = plain(entry.typed.get("condition")).strip()
    if not text:
        if column.need is Need.CONDITIONAL:
            sheet.fault("required", entry, "condition", why="condition_missing")
            return replace(column, need=Need.OPTIONAL)
        return column
    try:
        found = clauses(text, scope)
    except Misread as wrong:
        sheet.fault(wrong.code, entry, wrong.field, **wrong.facts)
        return replace(column, need=column.need if column.need is Need.COMPUTED else Need.OPTIONAL)
    need = Need.CONDITIONAL if column.need is Need.REQUIRED else column.need
    return replace(column, conditions=found, need=need)


def bounded(sheet: Sheet, entry: Entry, column: Column, form: Form, block: BlockSpec) -> Column:
    """Return a column within the bounds of its row; one that is none is left out.

    Fixed bounds are numbers, all others stay formulas: ``minimum`` and ``maximum`` are bounds that may be
    met, ``above`` and ``below`` those that may not. Of a text its characters count. A day that is not after
    today is ``past_only``.
    """
    said = {name: plain(entry.typed.get(name)).strip() for name in ("minimum", "maximum")}
    if not any(said.values()):
        return column
    if column.kind not in COUNTED | NUMBERS | DATES:
        for name in (name for name, text in said.items() if text):
            sheet.fault("format", entry, name, why="bound_kind")
        return column
    found: dict[str, Any] = {}
    for name in (name for name, text in said.items() if text):
        try:
            found |= _bound(name, entry, column, form, block)
        except Misread as wrong:
            sheet.fault(wrong.code, entry, wrong.field, **wrong.facts)
    low, high = found.get("minimum", found.get("above")), found.get("maximum", found.get("below"))
    if isinstance(low, float) and isinstance(high, float) and high < low:
        sheet.fault("range", entry, "maximum", why="bounds_order", least=said["minimum"])
        return column
    return replace(column, **_tighter(sheet, entry, column, found))


def _bound(name: str, entry: Entry, column: Column, form: Form, block: BlockSpec) -> dict[str, Any]:
    typed = entry.typed.get(name)
    if isinstance(typed, (dt.datetime, dt.date)):
        sign, text = None, plain(typed)[:10]
    else:
        found = _SIGN.fullmatch(plain(typed).translate(str.maketrans("＞＜", "><")))
        sign, text = (found[1], found[2].strip()) if found else (None, "")
    strict = bool(sign) and sign not in _FLOORS | _CEILINGS
    if sign and (sign[0] in ">≥大") is not (name == "minimum"):
        raise Misread(name, "type", {"why": "bound_type"})
    try:
        node, got = read_formula(text, operands(form, block), name)
    except Misread as wrong:
        if wrong.facts["why"] == "formula_syntax":
            raise Misread(name, "type", {"why": "bound_type"}) from None
        raise
    dated = got.sort in {"date", "moment"}
    if dated is not (column.kind in DATES) or not (dated or got.sort == "number"):
        raise Misread(name, "type", {"why": "bound_type"})
    own = type_of(column).unit
    if own and got.unit and own != got.unit:
        raise Misread(name, "type", {"why": "formula_units", "at": 1, "seen": text})
    if isinstance(node, Constant) and node.value is None and name == "maximum" and not strict:
        return {"past_only": True}
    key = {"minimum": "above", "maximum": "below"}[name] if strict else name
    return {
        key: float(node.value) if isinstance(node, Constant) and isinstance(node.value, Decimal) else text
    }


def _tighter(sheet: Sheet, entry: Entry, column: Column, found: dict[str, Any]) -> dict[str, Any]:
    """Return the bounds without those that are looser than what holds for the field anyway."""
    for name, new in list(found.items()):
        floor = name in {"minimum", "above"}
        standard = column.minimum if floor else column.maximum
        if not isinstance(standard, (int, float)) or not isinstance(new, float):
            continue
        if (new < standard) if floor else (new > standard):
            said = "minimum" if floor else "maximum"
            sheet.fault("range", entry, said, why="bound_looser", standard=standard)
            del found[name]
    return found


def example_checked(sheet: Sheet, entry: Entry, column: Column, options: Sequence[Any]) -> Column:
    """Return a column without an example that breaks its own rules; it is said, and harms nothing."""
    if not column.example or not plain(entry.typed.get("sample")):
        return column
    why = _example_fault(column, entry.typed.get("sample"), options)
    if why is None:
        return column
    sheet.warn("format", entry, "sample", why="example_invalid", against=why)
    return replace(column, example="")


def _example_fault(column: Column, raw: Any, options: Sequence[Any]) -> str | None:
    """Return what an example does not keep to, None where it keeps to all that is fixed."""
    if column.kind in {Kind.CHOICE, Kind.ITEMS} and options:
        said = parsing.items(raw).value or ()
        bad = any(read_option(one, options).value is None for one in said)
        return "、".join(o.value for o in options[:SHOWN]) if bad else None
    reader = READERS.get(column.kind)
    if column.format is not None and column.format in codes.FORMATS:
        slip = codes.slip(column.format, plain(raw), dt.date(9999, 1, 1))
        return column.label if slip and not slip.weak else None
    if column.format and not re.fullmatch(codes.wildcard(column.format), codes.evened(plain(raw))):
        return column.format
    if reader is None or column.kind in COUNTED:
        return None
    text = plain(raw)
    read = reader(text.removesuffix(column.unit).strip() if column.unit else raw)
    if read.code:
        return column.label
    for sign, bound, broken in BROKEN:
        limit = getattr(column, bound)
        if isinstance(limit, (int, float)) and column.kind in NUMBERS and broken(float(read.value), limit):
            return f"{sign}{limit:g}"
    return None


BROKEN: Sequence[tuple[str, str, Callable[[float, float], bool]]] = (
    ("≥", "minimum", operator.lt),
    (">", "above", operator.le),
    ("≤", "maximum", operator.gt),
    ("<", "below", operator.ge),
)
"""The sign and the name of each bound, and how a value breaks it."""
