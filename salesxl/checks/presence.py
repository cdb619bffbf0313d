"""What must be filled in only under a condition: either of two, while open, once won. docs/domain.md 2."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.columns import Column, Need
from salesxl.grading import status_kinds
from salesxl.stack import Stack

__all__ = ["absent_column", "conditional"]


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
