"""The values that a formula, a bound or a condition sees of each record, and the cells they stand in.

Owns carrying the fields of a card onto the rows of its tables, and working expressions out on whole stacks.
Refuses: what is asked of the values.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from salesxl import expressions
from salesxl.checks.case import Case, Cell
from salesxl.columns import Column, Form
from salesxl.expressions import Ref
from salesxl.operands import COUNT, Operand, named, operands, total_of, type_of
from salesxl.parsing.frames import Stack
from salesxl.rules.workdays import workdays_after

__all__ = ["Record", "record_of"]


class Record:
    """A stack of records with what their form's cards say beside them."""

    def __init__(self, case: Case, form: Form, stack: Stack) -> None:
        self.case, self.form, self.stack = case, form, stack
        self.size = len(stack.frame)
        specs = tuple(case.stacks[b.kind].spec for b in form.blocks if b.kind in case.stacks)
        self._form_here = replace(form, blocks=specs)
        self.known = operands(self._form_here, stack.spec)

    @property
    def as_of(self) -> Any:
        """The day of the check, for every record."""
        return np.full(self.size, np.datetime64(self.case.as_of, "us"))

    def filled_in_on(self) -> Any:
        """Return the day on which each record was filled in: the form's date, else that of the check."""
        at = next((o for o in self.known.values() if "date" in o.column.roles), None)
        if at is None:
            return self.as_of
        days, there = self.pair(at)
        return np.where(there, days.astype("datetime64[D]").astype("datetime64[us]"), self.as_of)

    def of(self, label: str) -> Operand | None:
        """Return the field of that label."""
        return named(label, self.known)

    def known_as(self, column: Column) -> Operand:
        """Return a field of the records' own block as what it is named by."""
        return Operand(self.stack.spec.kind, column)

    def fields(self, kind: str) -> frozenset[str]:
        """Return the fields of a block whose values these records have."""
        stack = self.case.stacks.get(kind)
        blocks = {self.stack.spec.kind, *(b.kind for b in self.form.blocks)}
        return frozenset(c.field for c in stack.spec.columns) if stack and kind in blocks else frozenset()

    def rows_in(self, kind: str) -> Any:
        """Return where each record's values of a block stand in its stack: its own row, or its card's; -1."""
        if kind == self.stack.spec.kind:
            return np.arange(self.size)
        return self.case.once(("carried", kind, self.stack.spec.kind), lambda: self._carried(kind))

    def _carried(self, kind: str) -> Any:
        cards = self.case.stacks[kind].frame["submission"]
        at = {int(number): position for position, number in reversed(list(enumerate(cards.tolist())))}
        return np.array([at.get(int(n), -1) for n in self.stack.frame["submission"].tolist()], dtype="int64")

    def series(self, kind: str, field: str) -> pd.Series:
        """Return the values of a field for each record, missing where its card is not there."""
        values = self.case.stacks[kind].frame[field]
        if kind == self.stack.spec.kind:
            return values
        taken = values.reindex(self.rows_in(kind))
        return pd.Series(taken.array, index=self.stack.frame.index)

    def marked(self, kind: str, field: str, what: str) -> Any:
        """Return ``present`` or ``flagged`` of a field for each record."""
        marks = getattr(self.case.stacks[kind], what)[field].to_numpy(dtype=bool)
        at = self.rows_in(kind)
        found: Any = np.zeros(self.size, dtype=bool)
        found[at >= 0] = marks[at[at >= 0]]
        return found

    def cell(self, kind: str, field: str, at: int) -> Cell | None:
        """Return the cell in which a record's value of a field stands."""
        position = int(self.rows_in(kind)[at])
        return (kind, position, field) if position >= 0 else None

    def pair(self, operand: Operand) -> tuple[Any, Any]:
        """Return a field's values as expressions take them, and where there are any."""
        series = self.series(operand.kind, operand.column.field)
        return as_pair(series, operand.column)

    def evaluate(self, text: str, today: Any = None) -> tuple[Any, Any]:
        """Work an expression out for each record: its values, and where there are any."""
        node = expressions.parse(text)
        columns: dict[str, tuple[Any, Any]] = {}
        for ref in expressions.refs(node):
            if ref.key not in columns:
                columns[ref.key] = self._total(ref) if ref.of else self._named(ref)
        day = self.as_of if today is None else today
        workdays = partial(_workdays, self.case)
        return expressions.evaluate(node, columns, self.size, day, workdays)

    def _named(self, ref: Ref) -> tuple[Any, Any]:
        operand = self.of(ref.label)
        assert operand is not None, ref.label
        return self.pair(operand)

    def _total(self, ref: Ref) -> tuple[Any, Any]:
        """Return what a card asks of a table of its form: how many rows, or the sum of a column."""
        found = total_of(ref, self._form_here)
        assert found is not None, ref.label
        block, column = found
        frame = self.case.stacks[block.kind].frame
        sums: dict[int, Decimal] = {}
        numbers = frame["submission"].tolist()
        values, there = (
            as_pair(frame[column.field], column) if column else (np.ones(len(frame), dtype=object),) * 2
        )
        for number, value, has in zip(numbers, values.tolist(), there.tolist(), strict=True):
            if has or ref.of == COUNT:
                sums[number] = sums.get(number, Decimal(0)) + (value if column else 1)
        own = self.stack.frame["submission"].tolist()
        total = np.array([sums.get(number, Decimal(0)) for number in own], dtype=object)
        return total, np.ones(len(own), dtype=bool)

    def cells(self, text: str, at: int) -> tuple[Cell, ...]:
        """Return the cells of a record that an expression names."""
        found = (self.of(ref.label) for ref in expressions.refs(expressions.parse(text)) if not ref.of)
        cells = (self.cell(o.kind, o.column.field, at) for o in found if o is not None)
        return tuple(cell for cell in cells if cell is not None)


def record_of(case: Case, kind: str) -> Record | None:
    """Return the records of a block, None where there are none, or no form has it."""
    stack = case.stacks.get(kind)
    form = next((f for f in case.rulebook.forms.items if any(b.kind == kind for b in f.blocks)), None)
    if stack is None or form is None or stack.frame.empty:
        return None
    return case.once(("record", kind), lambda: Record(case, form, stack))


def as_pair(series: pd.Series, column: Column) -> tuple[Any, Any]:
    """Return a column's values as expressions take them, and where there are any."""
    there = series.notna().to_numpy(dtype=bool)
    if type_of(column).sort in {"date", "moment"}:
        return series.to_numpy(dtype="datetime64[us]"), there
    values = np.full(len(series), None, dtype=object)
    present = series.to_numpy(dtype=object)[there]
    if type_of(column).sort == "number":
        values[there] = [Decimal(repr(n)) if isinstance(n, float) else Decimal(int(n)) for n in present]
    else:
        values[there] = present
    return values, there


def _workdays(case: Case, day: dt.date, number: int) -> dt.date:
    return workdays_after(day, number, case.rulebook.days)
