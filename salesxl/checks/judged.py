"""Whether a condition of a team's own holds for each record, as 客户名单 would judge it, and its words.

A blank is unlike any value: it meets 不是 and 不含, and none of the comparisons by size or day. Refuses: what
follows from a condition, and records of other forms (``across``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesxl import expressions, parsing
from salesxl.checks.case import Case, Cell
from salesxl.checks.record import Record, as_pair
from salesxl.columns import Column, Kind
from salesxl.model import Clause
from salesxl.operands import type_of
from salesxl.rulebook import Rulebook
from salesxl.rules.grading import concrete, stage_kinds
from salesxl.rules.identity import customer_keys
from salesxl.rules.outcomes import outcomes

__all__ = ["cells_of", "customers_of", "holds", "said", "values_of"]

Judged = tuple[Any, Any]
"""Where a condition holds, and where that is known: its cells are there and readable."""

OUTCOME = {"open": "open", "won": "won", "after": "won", "off": "lost"}
"""What a kind of stage says of the outcome."""
SIZES: Mapping[str, Callable[[Any, Any], Any]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "more": operator.gt,
    "at_least": operator.ge,
    "less": operator.lt,
    "at_most": operator.le,
}
WORKED_OUT = frozenset({"outcome", "rep", "team", "need_concrete"})
SEPARATOR = "、"


def holds(record: Record, clause: Clause) -> Judged:
    """Say for which records a condition holds, and of which it is known."""
    values, there, known, column = values_of(record, clause)
    if clause.test in ("blank", "filled"):
        return (~there if clause.test == "blank" else there), known
    if column is not None and type_of(column).sort in {"number", "date", "moment"}:
        return _by_size(record, clause, values, there), known
    other = _others(record, clause)
    found = np.array(
        [has and _alike(clause.test, v, sought) for v, has, sought in zip(values, there, other, strict=True)],
        dtype=bool,
    )
    turned = ~found if clause.test in ("is_not", "lacks") else found
    return turned, known


def values_of(record: Record, clause: Clause) -> tuple[Any, Any, Any, Column | None]:
    """Return what a condition looks at: values, where there are any, where they are known, and the column."""
    case = record.case
    if clause.of_customer:
        series = _of_archive(record, clause.field)
        column = _column(case, clause.field)
        values, there = as_pair(series, column) if column else _texts(series)
        return values, there, there | _has_archive(record), column
    if clause.field in WORKED_OUT and clause.field not in record.fields(clause.kind):
        values, there = _texts(_worked_out(record.stack.frame, clause.field, case.rulebook))
        return values, there, np.ones(record.size, dtype=bool), None
    known = record.marked(clause.kind, clause.field, "present")
    known &= ~record.marked(clause.kind, clause.field, "flagged")
    series = record.series(clause.kind, clause.field)
    column = case.stacks[clause.kind].spec.column(clause.field)
    if clause.outcome:
        values, there = _texts(stage_kinds(series, case.rulebook).map(OUTCOME).astype("string"))
        return values, there, known, None
    values, there = as_pair(series, column)
    return values, there, known, column


def cells_of(record: Record, clause: Clause, at: int) -> tuple[Cell, ...]:
    """Return the cells of a record that a condition looks at: its field, and those that its value names."""
    found: list[Cell] = []
    if not clause.of_customer:
        names = [clause.field] if clause.field in record.fields(clause.kind) else ["status", "stage"]
        cells = (record.cell(clause.kind, n, at) for n in names if n in record.fields(clause.kind))
        found += [cell for cell in cells if cell is not None]
    for text in (clause.expression, *((clause.lookup.first, clause.lookup.last) if clause.lookup else ())):
        if text and not text.isdecimal():
            found += record.cells(text, at)
    return tuple(found)


def customers_of(record: Record) -> pd.Series:
    """Return the key of each record's customer: of the field with that role, in the record or on its card."""
    operands = list(record.known.values())
    named = [o for o in operands if "customer" in o.column.roles or o.column.field == "customer_name"]
    named += [o for o in operands if o.column.reference == "customer"]
    if not named:
        return pd.Series(pd.NA, index=record.stack.frame.index, dtype="string")
    return customer_keys(record.series(named[0].kind, named[0].column.field))


def said(clause: Clause, rulebook: Rulebook) -> str:
    """Return a condition as it is typed: 跟进状态 是 成交."""
    word = next(o.value for o in rulebook.choices["比较"] if o.kind == clause.test)
    outcome = {str(o.kind): o.value for o in rulebook.choices["客户结局"]}
    turned = outcome if clause.outcome or clause.field == "outcome" else {}
    turned = turned or {str(o.kind): o.value for o in rulebook.choices["是否"]}
    value = SEPARATOR.join(turned.get(text, text) for text in clause.texts) or clause.expression
    if clause.lookup:
        value = clause.lookup.name
    return " ".join(part for part in (clause.label, word, value) if part)


def _by_size(record: Record, clause: Clause, values: Any, there: Any) -> Any:
    if clause.test in ("last_days", "next_days", "days_ago"):
        return there & _on_days(record, clause, values)
    limits, also = record.evaluate(clause.expression)
    if values.dtype.kind == "M" and not expressions.has_hours(expressions.parse(clause.expression)):
        values, limits = (days.astype("datetime64[D]") for days in (values, limits))
    found = np.zeros(record.size, dtype=bool)
    both = there & also
    broken = SIZES[clause.test]
    found[both] = [bool(broken(v, limit)) for v, limit in zip(values[both], limits[both], strict=True)]
    return found | ~there if clause.test == "is_not" else found


def _on_days(record: Record, clause: Clause, values: Any) -> Any:
    today = np.datetime64(record.case.as_of)
    days, number = values.astype("datetime64[D]"), np.timedelta64(int(clause.expression), "D")
    if clause.test == "last_days":
        return (days <= today) & (days >= today - number)
    if clause.test == "next_days":
        return (days >= today) & (days <= today + number)
    return days <= today - number


def _others(record: Record, clause: Clause) -> list[tuple[str, ...]]:
    """Return for each record the texts that its value is compared with."""
    if not clause.expression:
        return [clause.texts] * record.size
    values, there = record.evaluate(clause.expression)
    return [(str(v),) if has else () for v, has in zip(values.tolist(), there.tolist(), strict=True)]


def _alike(test: str, value: Any, sought: tuple[str, ...]) -> bool:
    if isinstance(value, bool | np.bool_):
        value = "yes" if value else "no"
    text = str(value)
    if test == "same_name":
        return parsing.customer_key(text) in {parsing.customer_key(other) for other in sought}
    text, others = text.casefold(), [other.casefold() for other in sought]
    if test in ("contains", "lacks"):
        return any(other in text for other in others)
    parts = {text, *text.split(SEPARATOR), text.split("-", 1)[0]}
    return not parts.isdisjoint(others)


def _texts(series: pd.Series) -> Judged:
    return series.to_numpy(dtype=object, na_value=None), series.notna().to_numpy(dtype=bool)


def _worked_out(frame: pd.DataFrame, field: str, rulebook: Rulebook) -> pd.Series:
    """Return what is known of customers beside their columns: outcome, rep, team, and a concrete need."""
    if field == "outcome":
        return outcomes(frame, rulebook)
    if field == "need_concrete":
        told = [concrete(text, rulebook) for text in frame["need"].tolist()]
        return pd.Series(
            pd.array(["yes" if one else "no" for one in told], dtype="string"), index=frame.index
        )
    if field == "team" and "team" not in frame:
        teams = {member.name: member.team for member in rulebook.members}
        return frame["rep"].map(teams).astype("string")
    return frame[field]


def _column(case: Case, field: str) -> Column | None:
    columns = case.stacks["customer"].spec.columns
    return next((c for c in columns if c.field == field and field not in WORKED_OUT), None)


def _has_archive(record: Record) -> Any:
    known = _archive(record.case)[0]
    return customers_of(record).isin(known).to_numpy(dtype=bool)


def _of_archive(record: Record, field: str) -> pd.Series:
    """Return a field of the archive for the customer of each record: of this batch, else of the state."""
    keys, frame = _archive(record.case)
    at = {key: position for position, key in reversed(list(enumerate(keys)))}
    column = _worked_out(frame, field, record.case.rulebook) if field in WORKED_OUT else frame[field]
    rows = [at.get(key, -1) for key in customers_of(record).tolist()]
    return pd.Series(column.reindex(rows).array, index=record.stack.frame.index)


def _archive(case: Case) -> tuple[list[Any], pd.DataFrame]:
    """Return the customers that are known, those of this batch first, with their keys."""
    return case.once(("archive of rules",), lambda: _gathered(case))


def _gathered(case: Case) -> tuple[list[Any], pd.DataFrame]:
    stack = case.stacks["customer"]
    now = stack.frame[case.inside(stack)]
    names = [column.field for column in stack.spec.columns]
    frame = now.assign(rep=case.rep_of(stack)[now.index])
    book = case.past.get("customer")
    if book is not None and not book.empty:
        frame = pd.concat([frame, book.reindex(columns=frame.columns)], ignore_index=True)
    frame = frame.reset_index(drop=True)
    for column in stack.spec.columns:
        if column.kind in {Kind.DATE, Kind.MOMENT}:
            frame[column.field] = frame[column.field].astype("datetime64[us]")
    return customer_keys(frame["customer_name"]).tolist(), frame[[*dict.fromkeys([*names, "rep"])]]
