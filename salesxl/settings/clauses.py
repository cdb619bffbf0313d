"""A condition on a record of a form: project, comparison, value. For 条件 on 表单 and for 检查规则.

Owns which fields a condition may name, which comparisons suit them, and reading the value by both. Refuses:
whether it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from salesxl import expressions, parsing
from salesxl.columns import BlockSpec, Column, Form, Shape
from salesxl.model import CellValue, Clause, Lookup
from salesxl.operands import Operand, named, operands, type_of
from salesxl.rulebook import Option
from salesxl.settings.formulas import Misread, near, read_formula
from salesxl.settings.sheets import read_option
from salesxl.settings.views import BARE, DAYS, TESTS, TYPES

__all__ = ["ACROSS", "Scope", "clauses", "read_clause"]

Lists = Mapping[str, Sequence[Option]]

ACROSS = frozenset({"recorded", "unrecorded"})
"""Comparisons with the records of other forms."""
SAME_NAME = "same_name"
CUSTOMER, OUTCOME = "客户", "结局"
"""Before and after the · of a label: a field of the row's customer, and what a stage means."""
WORKED_OUT = ("outcome", "rep", "team", "need_concrete")
"""Fields of 名单字段 that are known of a customer's row while it is checked."""
STAGES = "阶段"
_PARTS = re.compile(r"[；;\n]")
_RANGE = re.compile(r"\s*(?:至|到|~|～)\s*")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: its form and block, all forms that there are, and the team's lists."""

    form: Form
    block: BlockSpec
    forms: Sequence[Form]
    lists: Lists

    @property
    def known(self) -> dict[str, Operand]:
        """The fields that may be named there, by label as compared."""
        return operands(self.form, self.block)

    @property
    def archive(self) -> BlockSpec:
        """The block of the customers."""
        return next(b for form in self.forms for b in form.blocks if b.kind == "customer")


@dataclass(frozen=True, slots=True)
class _Target:
    """What a label names: its column, and what of it is compared."""

    column: Column
    kind: str
    of_customer: bool = False
    outcome: bool = False
    worked_out: str = ""


def clauses(text: str, scope: Scope) -> tuple[Clause, ...]:
    """Read the conditions of one cell: 项目 比较 值, several by ；. Raises Misread."""
    found = []
    for number, part in enumerate((p for p in _PARTS.split(text) if p.strip()), start=1):
        words = part.split()
        at = next((n for n in range(1, len(words)) if _test_of(words[n], scope.lists)), None)
        if at is None:
            raise Misread(
                "condition", "format", {"why": "condition_read", "number": number, "part": part.strip()}
            )
        try:
            found.append(read_clause(" ".join(words[:at]), words[at], " ".join(words[at + 1 :]), scope))
        except Misread as wrong:
            facts = {**wrong.facts, "number": number, "part": part.strip(), "about": words[0]}
            if wrong.field == "test":
                raise Misread("condition", "choice", {**facts, "why": "condition_test"}) from None
            if wrong.facts.get("why") in _OWN_WHY:
                raise Misread("condition", wrong.code, facts) from None
            raise Misread("condition", "format", {**facts, "why": "condition_read"}) from None
    if not found:
        raise Misread("condition", "format", {"why": "condition_read", "number": 1, "part": text.strip()})
    return tuple(found)


_OWN_WHY = frozenset({"formula_label", "formula_syntax", "formula_units", "formula_text", "clause_option"})


def _test_of(word: str, lists: Lists) -> str | None:
    read = read_option(word, lists["比较"])
    return {o.value: o.kind for o in lists["比较"]}.get(str(read.value)) if read.value else None


def read_clause(label: str, word: str, raw: CellValue, scope: Scope) -> Clause:
    """Read one condition. Raises Misread at field, test or value."""
    target = _target(label, scope)
    test = _test_of(word, scope.lists)
    kind = _sort(target)
    fit = (*TESTS[kind], *((SAME_NAME,) if kind == "text" else ()), *(() if target.of_customer else ACROSS))
    if test is None or test not in fit:
        words = tuple(o.value for o in scope.lists["比较"] if o.kind in fit)
        raise Misread("test", "choice", {"options": words})
    field = target.worked_out or target.column.field
    made = Clause(
        label.strip(), target.kind, field, test, of_customer=target.of_customer, outcome=target.outcome
    )
    if test in BARE:
        return made
    if parsing.is_blank(raw):
        raise Misread("value", "required", {"why": "clause_value", "about": label})
    return _with_value(made, target, kind, raw, scope)


def _target(label: str, scope: Scope) -> _Target:
    known = scope.known
    if (own := named(label, known)) is not None:
        return _Target(own.column, own.kind)
    before, dot, after = label.replace("・", "·").partition("·")
    if dot and parsing.normalise_label(after) == OUTCOME:
        stage = named(before, known)
        if stage is not None and stage.column.choices == STAGES:
            return _Target(stage.column, stage.kind, outcome=True)
    if dot and parsing.normalise_label(before) == CUSTOMER and _has_customer(scope):
        return _of_archive(after, scope, of_customer=True)
    if not dot and scope.block.kind == scope.archive.kind:
        return _of_archive(label, scope, of_customer=False)
    names = tuple(dict.fromkeys(operand.column.label for operand in known.values()))
    raise Misread("field", "unknown_reference", {"why": "clause_field", "seen": label, **near(label, names)})


def _has_customer(scope: Scope) -> bool:
    cards = [b for b in scope.form.blocks if b.shape is Shape.CARD]
    every = [c for b in (scope.block, *cards) for c in b.columns]
    return any(
        c.field == "customer_name" or "customer" in c.roles or c.reference == "customer" for c in every
    )


def _of_archive(label: str, scope: Scope, *, of_customer: bool) -> _Target:
    found = named(label, operands(scope.form, scope.archive)) if of_customer else None
    if found is not None and found.kind == scope.archive.kind:
        return _Target(found.column, found.kind, of_customer)
    asked = parsing.normalise_label(label)
    for option in scope.lists["名单字段"]:
        if option.kind in WORKED_OUT and asked in map(
            parsing.normalise_label, (option.value, *option.aliases)
        ):
            stand_in = scope.archive.column("status")
            return _Target(stand_in, scope.archive.kind, of_customer, worked_out=str(option.kind))
    names = tuple(c.label for c in scope.archive.columns)
    raise Misread("field", "unknown_reference", {"why": "clause_field", "seen": label, **near(label, names)})


def _sort(target: _Target) -> str:
    if target.outcome or target.worked_out == "outcome":
        return "choice"
    if target.worked_out:
        return "yes_no" if target.worked_out == "need_concrete" else "text"
    return TYPES[target.column.kind]


def _with_value(made: Clause, target: _Target, kind: str, raw: CellValue, scope: Scope) -> Clause:
    text = parsing.text(raw).value or ""
    if made.test in ACROSS:
        return replace(made, lookup=_lookup(text, scope))
    if made.test in DAYS:
        whole = parsing.whole(raw)
        if whole.code or whole.value < 0:
            raise Misread("value", "type", {"kind": "whole", "why": "clause_days"})
        return replace(made, expression=str(whole.value))
    if kind in {"number", "date"}:
        return replace(made, expression=_compared(text, target, kind, scope))
    if ref := _reference(text, scope):
        return replace(made, expression=ref)
    if kind == "yes_no":
        read = parsing.yes_no(raw)
        if read.code:
            raise Misread("value", read.code, {"kind": "yes_no", **read.facts})
        return replace(made, texts=("yes" if read.value else "no",))
    texts = tuple(parsing.items(raw).value or ())
    return replace(made, texts=_options(texts, target, scope) if kind == "choice" else texts)


def _reference(text: str, scope: Scope) -> str:
    """Return a value that is another field, 【项目】; raises Misread where there is none of that label."""
    try:
        node = expressions.parse(text)
    except expressions.ExpressionError:
        return ""
    if not isinstance(node, expressions.Ref) or node.of:
        return ""
    read_formula(text, scope.known, "value")
    return text


def _compared(text: str, target: _Target, kind: str, scope: Scope) -> str:
    """Return the expression that a number or a day is compared with."""
    _, got = read_formula(text, scope.known, "value")
    own = type_of(target.column)
    if (got.sort in {"date", "moment"}) is not (kind == "date") or got.sort not in {
        "number",
        "date",
        "moment",
    }:
        raise Misread("value", "type", {"why": "clause_type", "kind": kind, "about": target.column.label})
    if own.unit and got.unit and own.unit != got.unit:
        raise Misread("value", "type", {"why": "formula_units", "at": 1, "seen": text})
    return text


def _options(texts: Sequence[str], target: _Target, scope: Scope) -> tuple[str, ...]:
    """Return the choices that are meant; of an outcome its codes."""
    outcome = target.outcome or target.worked_out == "outcome"
    options = scope.lists.get("客户结局" if outcome else target.column.choices or "", ())
    kinds = {o.value: o.kind for o in options}
    found = []
    for text in texts:
        read = read_option(text, options)
        if read.value is None:
            facts = {"why": "clause_option", "seen": text, "options": tuple(kinds)}
            raise Misread("value", "choice", facts)
        found.append(str(kinds[read.value]) if outcome else str(read.value))
    return tuple(found)


def _lookup(text: str, scope: Scope) -> Lookup:
    """Read 表名 [期间]."""
    tables = _tables(scope.forms)
    words = text.split()
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size])
        kinds = tables.get(parsing.normalise_label(name))
        if kinds is not None:
            return _within(Lookup(name, kinds), " ".join(words[size:]), scope)
    names = tuple(dict.fromkeys(form.title for form in scope.forms))
    seen = words[0] if words else text
    raise Misread("value", "unknown_reference", {"why": "rule_table", "seen": seen, **near(seen, names)})


def _tables(forms: Sequence[Form]) -> dict[str, tuple[str, ...]]:
    """Return the blocks that hold the records of a form, of a block, or of a sheet of the book, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for form in forms:
        main = tuple(b.kind for b in form.blocks if b.shape is not Shape.CARD) or (form.blocks[0].kind,)
        for name in (form.title, form.english, *form.aliases):
            found.setdefault(parsing.normalise_label(name), main)
    every = [b for form in forms for b in form.blocks]
    for block in every:
        if block.sheet:
            same = tuple(b.kind for b in every if b.sheet == block.sheet)
            found.setdefault(parsing.normalise_label(block.sheet), same)
    for block in every:
        found.setdefault(parsing.normalise_label(block.title), (block.kind,))
    return found


def _within(lookup: Lookup, text: str, scope: Scope) -> Lookup:
    if not text:
        return lookup
    read = read_option(text, scope.lists["记录期间"])
    if read.value is not None:
        kind = next(str(o.kind) for o in scope.lists["记录期间"] if o.value == read.value)
        return Lookup(lookup.name, lookup.kinds, kind)
    ends = _RANGE.split(text)
    if len(ends) != 2:
        options = tuple(o.value for o in scope.lists["记录期间"])
        raise Misread("value", "choice", {"why": "rule_period", "seen": text, "options": options})
    for end in ends:
        _, got = read_formula(end, scope.known, "value")
        if got.sort not in {"date", "moment"}:
            raise Misread("value", "type", {"why": "clause_type", "kind": "date", "about": text})
    return Lookup(lookup.name, lookup.kinds, "range", ends[0], ends[1])
