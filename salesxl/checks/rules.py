"""检查规则: what a team has its forms keep, judged record by record. docs/domain.md 3.10.

Owns which records a rule speaks of, where it is silent since another fault speaks, and its words. Refuses:
whether a condition holds (``judged``), and finding records of other forms (``across``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from salesxl.checks.across import found_in
from salesxl.checks.case import Case, Cell, Fault
from salesxl.checks.defined import masked, shown
from salesxl.checks.judged import cells_of, holds, values_of
from salesxl.checks.record import Record, record_of
from salesxl.model import Clause, Severity
from salesxl.parsing.text import plain
from salesxl.rulebook import FormRule
from salesxl.settings.rules import ITSELF, LABEL, VALUE

__all__ = ["across", "in_one_row"]

ACROSS = frozenset({"recorded", "unrecorded"})


def in_one_row(case: Case) -> Iterator[Fault]:
    """Report records that break a rule over their own fields."""
    for rule in case.rulebook.rules:
        if not _looks_across(rule):
            yield from _broken(case, rule, ())


def across(case: Case, faults: Sequence[Fault]) -> Iterator[Fault]:
    """Report records that break a rule over records of other forms; ``faults`` are all others.

    Only sound records and those of the state count. Where one that is held back would do, nothing is said.
    """
    for rule in case.rulebook.rules:
        if _looks_across(rule):
            yield from _broken(case, rule, faults)


def _looks_across(rule: FormRule) -> bool:
    return any(clause.test in ACROSS for clause in (*rule.when, *rule.must))


def _broken(case: Case, rule: FormRule, faults: Sequence[Fault]) -> Iterator[Fault]:
    record = record_of(case, rule.kind)
    if record is None:
        return
    counts = case.inside(record.stack).to_numpy(dtype=bool)
    for clause in rule.when:
        true, known = _judged(record, clause, faults)
        counts = counts & true & known
    told: set[Cell] = set()
    for clause in rule.must:
        true, known = _judged(record, clause, faults)
        asked = counts & known & ~true
        if clause.test not in {"blank", "filled"}:
            asked &= values_of(record, clause)[1]
        if clause.expression and not clause.expression.isdecimal():
            asked &= record.evaluate(clause.expression)[1]
        for at in np.flatnonzero(asked).tolist():
            cell = _blamed(record, clause, at)
            if cell not in told:
                told.add(cell)
                yield _fault(record, rule, clause, at, cell)


def _judged(record: Record, clause: Clause, faults: Sequence[Fault]) -> tuple[Any, Any]:
    if clause.lookup is None:
        return holds(record, clause)
    return found_in(record, clause, faults)


def _blamed(record: Record, clause: Clause, at: int) -> Cell:
    """Return the cell that a rule blames: its field's, or the first of the record where it has none."""
    cells = cells_of(record, replace(clause, expression="", lookup=None), at)
    if cells:
        return cells[0]
    first = next((c.field for c in record.stack.spec.columns if "customer" in c.roles), None)
    return record.stack.spec.kind, at, first or record.stack.spec.columns[0].field


def _fault(record: Record, rule: FormRule, clause: Clause, at: int, cell: Cell) -> Fault:
    kind, position, name = cell
    stack = record.case.stacks[kind]
    label = stack.spec.column(name).label
    facts = {
        **stack.facts(name),
        "label": label,
        "said": _said(record, clause, at, label),
        "tip": "",
        "rule": rule.name,
    }
    believed = [c for each in (*rule.when, clause) for c in cells_of(record, each, at)]
    basis = tuple(dict.fromkeys([*believed, cell]))
    severity = Severity(clause.severity)
    return Fault(
        "own", severity, kind, position, name, {**facts, "why": "rule"}, rests_on=basis, doubts=False
    )


def _said(record: Record, clause: Clause, at: int, label: str) -> str:
    """Return a rule's message for a record, with the values it names as they were typed."""
    words = record.case.rulebook.choices["比较"]
    word = next(o.value for o in words if o.kind == clause.test)
    text = clause.message or f"【{ITSELF}】应{word}" + (
        f"“【{VALUE}】”" if _right(record, clause, at) else ""
    )

    def put_in(found: Any) -> str:
        if found[1] == ITSELF:
            return label
        if found[1] == VALUE:
            return _right(record, clause, at)
        operand = record.of(found[1])
        return found[0] if operand is None else _typed(record, operand, at)

    return LABEL.sub(put_in, text)


def _typed(record: Record, operand: Any, at: int) -> str:
    """Return what was typed for a field, with its unit; a personal number is never said whole."""
    cell = record.cell(operand.kind, operand.column.field, at)
    if cell is None:
        return ""
    raw = record.case.stacks[operand.kind].raw[operand.column.field][cell[1]]
    text = plain(raw)
    if operand.column.format == "id_card":
        return masked(text)
    unit = operand.column.unit or ""
    return text if not text or text.endswith(unit) else f"{text} {unit}"


def _right(record: Record, clause: Clause, at: int) -> str:
    """Return what a rule compares with, worked out."""
    if clause.lookup is not None:
        return clause.lookup.name
    if clause.texts:
        return "、".join(clause.texts)
    if not clause.expression or clause.expression.isdecimal():
        return clause.expression
    values, there = record.evaluate(clause.expression)
    return plain(shown(values[at])) if there[at] else ""
