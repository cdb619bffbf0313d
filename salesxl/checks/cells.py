"""Rules on what stands in one cell, beyond its type. docs/domain.md 4: vague text; and the pandera models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd
import pandera.errors

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.columns import BlockSpec, Column, Kind, Need
from salesxl.parsing.frames import Stack
from salesxl.rules.grading import concrete, status_kinds

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["absent_column", "conditional", "structure", "vague"]

INSTEAD = {"customer_no": "own_no"}
"""Fields that another one stands for: a company's own number is a number."""
_BOUNDS = {
    "greater_than_or_equal_to": ("minimum", None),
    "greater_than": ("above", "above"),
    "less_than_or_equal_to": ("maximum", "maximum"),
    "less_than": ("below", "below"),
}
"""Checks of a bound: the column's attribute, and why, as the message has it."""
_CODES = {"not_nullable": "required", "str_matches": "format", **dict.fromkeys(_BOUNDS, "range")}


def structure(stack: Stack) -> Iterator[Fault]:
    """Check presence, bounds and patterns of one stack in one pandera call.

    A cell that could not be read has its finding already and gets no second one; a required cell whose
    column is not on the sheet makes its row faulty without a finding of its own (``missing_column`` said it).
    """
    if stack.frame.empty:
        return
    schema = _demanding(stack.spec)
    try:
        # what is handed over is a frame of its own already
        schema.validate(stack.frame[list(schema.columns)], lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as failed:
        cases = failed.failure_cases
        unexpected = {check for check in cases["check"].tolist() if _name(check) not in _CODES}
        if unexpected:
            raise AssertionError(f"{stack.spec.kind}: {sorted(unexpected)}") from failed
        silent = {name: (stack.flagged[name] | ~stack.present[name]).tolist() for name in schema.columns}
        for name, other in INSTEAD.items():
            if name in silent and other in stack.frame:
                silent[name] = (pd.Series(silent[name]) | stack.frame[other].notna()).tolist()
        for name, check, at in zip(*(cases[c].tolist() for c in ("column", "check", "index")), strict=True):
            if silent[name][at]:
                continue
            column = stack.spec.column(name)
            facts: dict[str, object] = {"minimum": column.minimum}
            if (broken := _BOUNDS.get(_name(check))) and broken[1]:
                bound = getattr(column, broken[0])
                facts = {"why": broken[1], "maximum": bound, "bound": bound}
            if column.kind is Kind.TICKED and _name(check) == "not_nullable" and stack.raw[name][at]:
                facts["why"] = "no_tick"
            yield error(_CODES[_name(check)], stack, int(at), name, **facts)


@lru_cache(maxsize=256)
def _demanding(spec: BlockSpec) -> pa.DataFrameSchema:
    """Return the columns of which anything is asked; the dtypes are right, ``frames`` made them."""
    schema = spec.schema
    return schema.select_columns([n for n, c in schema.columns.items() if c.checks or not c.nullable])


def vague(case: Case) -> Iterator[Fault]:
    """Warn of a need, summary or action that says nothing."""
    for stack, column in case.columns(Kind.TEXT):
        if not column.concrete:
            continue
        values = stack.frame[column.field]
        said = {text: concrete(text, case.rulebook) for text in values.dropna().unique()}
        if not said:
            continue
        clear = values.map(said).astype("boolean").fillna(True).astype(bool)
        for at in positions(values.notna() & ~clear):
            yield warning("vague", stack, at, column.field)


def _name(check: object) -> str:
    return str(check).split("(", 1)[0]


def conditional(case: Case) -> Iterator[Fault]:
    """Report conditional cells that are blank; where the condition itself is unreadable, nothing is said."""
    for stack in case.stacks.values():
        if stack.frame.empty:
            continue
        yield from _either(stack)
        for column in stack.spec.columns:
            if column.need in _CONDITIONS:
                asked = _asked(case, stack, column)
                blank = stack.frame[column.field].isna() & ~stack.flagged[column.field]
                for at in positions(asked & blank & stack.present[column.field]):
                    yield error("required", stack, at, column.field, why=column.need.value)


def absent_column(case: Case) -> Iterator[Fault]:
    """Warn once a sheet when a condition asks for columns that it does not have at all.

    The rep cannot mend that in a cell, so the rows go in; the warning stands at the first cell that sets the
    condition.
    """
    for stack in case.stacks.values():
        conditional_columns = [c for c in stack.spec.columns if c.need in _CONDITIONS]
        if stack.frame.empty or not conditional_columns:
            continue
        lacking: dict[tuple[int, Need], tuple[int, list[str]]] = {}
        for column in conditional_columns:
            asked = _asked(case, stack, column) & ~stack.present[column.field]
            sheets = stack.frame.loc[asked, "submission"].drop_duplicates()
            for at, sheet in sheets.items():
                _, labels = lacking.setdefault((sheet, column.need), (at, []))
                if column.label not in labels:
                    labels.append(column.label)
        for (_, need), (first, labels) in lacking.items():
            blame = _condition_field(stack, need)
            yield warning("incomplete", stack, first, blame, why="no_column", labels=tuple(labels))


_CONDITIONS = {Need.WHEN_OPEN, Need.WHEN_WON, Need.WHEN_LOST, Need.WHEN_OFF}
_STATUS = {Need.WHEN_OPEN: ["open", "keen"], Need.WHEN_WON: ["won"], Need.WHEN_LOST: ["lost"]}


def _condition_field(stack: Stack, need: Need) -> str:
    if need is Need.WHEN_OFF:
        return "stage"
    return "status" if any(c.field == "status" for c in stack.spec.columns) else "stage"


def _asked(case: Case, stack: Stack, column: Column) -> pd.Series:
    """Say for which records the condition of a column holds."""
    name = _condition_field(stack, column.need)
    if column.need is Need.WHEN_OFF:
        return (case.stage_kinds(stack) == "off").fillna(False).astype(bool)
    kinds = case.status_kinds(stack) if name == "status" else status_kinds(stack.frame[name], case.rulebook)
    return kinds.isin(_STATUS[column.need]).fillna(False).astype(bool)


def _either(stack: Stack) -> Iterator[Fault]:
    """Report records in which every EITHER column is blank, at the first of them that stands on the sheet."""
    group = [c for c in stack.spec.columns if c.need is Need.EITHER]
    if not group:
        return
    names = [c.field for c in group]
    blank = stack.frame[names].isna().all(axis=1) & ~stack.flagged[names].any(axis=1)
    labels = tuple(c.label for c in group)
    for at in positions(blank & stack.present[names].any(axis=1)):
        where = next(name for name in names if stack.present.at[at, name])
        yield error("required", stack, at, where, why="either", labels=labels)
