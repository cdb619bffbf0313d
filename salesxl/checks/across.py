"""有记录于: whether the customer of a record has one on another form, in some time. docs/domain.md 3.16.

Owns who is the same customer there, which time is meant, and that records held back are not held against
anybody. Refuses: the rule that asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesxl.checks.case import Case, Fault
from salesxl.checks.judged import customers_of
from salesxl.checks.record import Record, record_of
from salesxl.columns import BlockSpec, Column
from salesxl.model import Clause, Lookup, Severity
from salesxl.parsing.frames import Stack
from salesxl.rules.identity import customer_keys

__all__ = ["found_in"]

DATED = ("contact_time", "week_end", "filled_on", "date")
"""Fields of the standard forms that tell when a record was, the first that there is."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Records that a lookup may find: whose they are, when, and whether each is sound."""

    keys: list[Any]
    days: Any
    sound: Any
    own: Any


def found_in(record: Record, clause: Clause, faults: Sequence[Fault]) -> tuple[Any, Any]:
    """Say for which records a lookup meets its condition, and of which that is known."""
    lookup = clause.lookup
    assert lookup is not None
    by_customer = _is_customer(record, clause)
    keys = _identities(record.case, customers_of(record)) if by_customer else _plain(record, clause)
    first, last, timed = _times(record, lookup)
    wrong = _wrong(record.case, faults)
    hit, held = np.zeros(record.size, dtype=bool), np.zeros(record.size, dtype=bool)
    for found in _records(record, clause, lookup, wrong, by_customer=by_customer):
        by_key: dict[Any, list[int]] = {}
        for at, key in enumerate(found.keys):
            if key is not None:
                by_key.setdefault(key, []).append(at)
        for at, key in enumerate(keys):
            for other in by_key.get(key, ()) if key is not None else ():
                if found.own[other] == at or (
                    lookup.period != "any" and not first[at] <= found.days[other] <= last[at]
                ):
                    continue
                hit[at] |= bool(found.sound[other])
                held[at] |= not found.sound[other]
    known = np.array([key is not None for key in keys], dtype=bool) & timed & ~(held & ~hit)
    return (~hit if clause.test == "unrecorded" else hit), known


def _is_customer(record: Record, clause: Clause) -> bool:
    """Say whether a condition asks for the customer's records; any other field is compared by its value."""
    if clause.field == "customer_name" or clause.field not in record.fields(clause.kind):
        return True
    column = record.case.stacks[clause.kind].spec.column(clause.field)
    return column.reference == "customer" or "customer" in column.roles


def _plain(record: Record, clause: Clause) -> list[Any]:
    series = record.series(clause.kind, clause.field)
    return [None if pd.isna(value) else str(value) for value in series.tolist()]


def _identities(case: Case, keys: pd.Series) -> list[Any]:
    """Return who each customer is: the number that the state has for a name, else the name as compared."""
    known = case.once(("identities",), lambda: _numbers(case))
    return [None if pd.isna(key) else known.get(key, key) for key in keys.tolist()]


def _numbers(case: Case) -> dict[str, str]:
    """Return numbers by the keys of names, present and former ones, of the state and of this batch."""
    found: dict[str, str] = {}
    stack = case.stacks["customer"]
    now = stack.frame[["customer_name", "customer_no"]].dropna()
    book = case.past.get("customer")
    frames = [now]
    if book is not None and not book.empty:
        former = book[["former_names", "customer_no"]].dropna()
        former = former.assign(customer_name=former["former_names"].str.split("、")).explode("customer_name")
        frames = [
            book[["customer_name", "customer_no"]].dropna(),
            former[["customer_name", "customer_no"]],
            now,
        ]
    for frame in frames:
        for key, number in zip(
            customer_keys(frame["customer_name"]).tolist(), frame["customer_no"].tolist(), strict=True
        ):
            found.setdefault(key, str(number))
    return found


def _wrong(case: Case, faults: Sequence[Fault]) -> set[tuple[str, int]]:
    """Return the records with an error."""
    return {
        (str(fault.kind), fault.at)
        for fault in faults
        if fault.severity is Severity.ERROR and fault.at is not None
    } | {(kind, at) for kind, stack in case.stacks.items() for at in stack.unread}


def _records(
    record: Record, clause: Clause, lookup: Lookup, wrong: set[tuple[str, int]], *, by_customer: bool
) -> Iterator[_Found]:
    """Yield the records of each block that is asked: of this batch, and of the state."""
    case = record.case
    label = None if by_customer else case.stacks[clause.kind].spec.column(clause.field)
    for kind in lookup.kinds:
        other = record_of(case, kind)
        if other is not None:
            yield _of_batch(record, other, label, wrong)
        spec = case.stacks[kind].spec if kind in case.stacks else None
        book = case.past.get(_table(kind))
        if spec is not None and book is not None and not book.empty:
            yield from _of_book(record, spec, book, label)


def _of_batch(record: Record, other: Record, label: Column | None, wrong: set[tuple[str, int]]) -> _Found:
    stack = other.stack
    kind, size = stack.spec.kind, len(stack.frame)
    keys = _identities(record.case, customers_of(other)) if label is None else _same_field(stack, label)
    inside = record.case.inside(stack).to_numpy(dtype=bool)
    keys = [key if there else None for key, there in zip(keys, inside, strict=True)]
    sound = np.array([(kind, at) not in wrong for at in range(size)], dtype=bool)
    own = np.arange(size) if stack is record.stack else np.full(size, -1)
    return _Found(keys, _days(other), sound, own)


def _same_field(stack: Stack, label: Column) -> list[Any]:
    column = next((c for c in stack.spec.columns if c.label == label.label and c.kind is label.kind), None)
    if column is None:
        return [None] * len(stack.frame)
    return [None if pd.isna(v) else str(v) for v in stack.frame[column.field].tolist()]


def _of_book(record: Record, spec: BlockSpec, book: pd.DataFrame, label: Column | None) -> Iterator[_Found]:
    """Yield the rows of a table of the state; one that is handed in anew is there twice, harmlessly."""
    if label is not None:
        column = next((c for c in spec.columns if c.label == label.label), None)
        if column is None or column.field not in book:
            return
        keys = [None if pd.isna(v) else str(v) for v in book[column.field].tolist()]
        keys = _without_own(record, spec, book, keys)
    else:
        name = _customer_in(spec, book)
        if name is None:
            return
        known = _identities(record.case, customer_keys(book[name]))
        numbers = book["customer_no"].tolist() if "customer_no" in book else [None] * len(book)
        keys = [k if pd.isna(n) else str(n) for k, n in zip(known, numbers, strict=True)]
    day = next(
        (n for n in (*(c.field for c in spec.columns if "date" in c.roles), *DATED) if n in book), None
    )
    days = book[day].to_numpy(dtype="datetime64[D]") if day else np.full(len(book), np.datetime64("NaT"))
    size = len(book)
    yield _Found(keys, days, np.ones(size, dtype=bool), np.full(size, -1))


def _customer_in(spec: BlockSpec, book: pd.DataFrame) -> str | None:
    """Return the column of a table that names the customer."""
    named = [c.field for c in spec.columns if "customer" in c.roles or c.reference == "customer"]
    return next((name for name in ("customer_name", *named) if name in book), None)


def _without_own(record: Record, spec: BlockSpec, book: pd.DataFrame, keys: list[Any]) -> list[Any]:
    """Leave out rows of the customers who hand the value in now: an earlier edition is no other record."""
    name = _customer_in(spec, book)
    if name is None:
        return keys
    now = set(_identities(record.case, customers_of(record)))
    return [
        None if who in now else key
        for who, key in zip(_identities(record.case, customer_keys(book[name])), keys, strict=True)
    ]


def _table(kind: str) -> str:
    """Return the table of the team that holds a block's rows."""
    return {"visit": "communication"}.get(kind, kind)


def _days(record: Record) -> Any:
    """Return the day of each record: of the field with that role or a standard one, in it or on its card."""
    operands = list(record.known.values())
    named = [o for o in operands if "date" in o.column.roles] or [
        o for name in DATED for o in operands if o.column.field == name
    ]
    if not named:
        return np.full(record.size, np.datetime64("NaT"))
    return record.pair(named[0])[0].astype("datetime64[D]")


def _times(record: Record, lookup: Lookup) -> tuple[Any, Any, Any]:
    """Return the first and the last day that each record's lookup is about, and where they are known."""
    size = record.size
    if lookup.period == "range":
        ends = [record.evaluate(text) for text in (lookup.first, lookup.last)]
        first, last = (values.astype("datetime64[D]") for values, _ in ends)
        return first, last, ends[0][1] & ends[1][1]
    if lookup.period in {"any", "week", "month", "quarter"}:
        first, last = _span(lookup.period, record.case)
        return np.full(size, first), np.full(size, last), np.ones(size, dtype=bool)
    days = _days(record)
    if lookup.period == "before":
        return np.full(size, np.datetime64("0001-01-01")), days, ~np.isnat(days)
    starts, ends_on, both = _own_period(record)
    monday = days - ((days.astype("int64") + 3) % 7).astype("timedelta64[D]")
    first = np.where(both, starts, monday)
    last = np.where(both, ends_on, monday + np.timedelta64(6, "D"))
    return first, last, ~np.isnat(first)


def _own_period(record: Record) -> tuple[Any, Any, Any]:
    found = []
    for role, standard in (("period_start", "week_start"), ("period_end", "week_end")):
        operand = next(
            (o for o in record.known.values() if role in o.column.roles or o.column.field == standard), None
        )
        if operand is None:
            nothing = np.full(record.size, np.datetime64("NaT"), dtype="datetime64[D]")
            found.append((nothing, np.zeros(record.size, dtype=bool)))
        else:
            values, there = record.pair(operand)
            found.append((values.astype("datetime64[D]"), there))
    return found[0][0], found[1][0], found[0][1] & found[1][1]


def _span(period: str, case: Case) -> tuple[Any, Any]:
    monday, sunday = case.week
    if period == "week":
        return np.datetime64(monday), np.datetime64(sunday)
    if period == "any":
        return np.datetime64("0001-01-01"), np.datetime64("9999-12-31")
    day = monday + dt.timedelta(days=3)  # a week belongs to the month of its Thursday
    months = 1 if period == "month" else 3
    start = np.datetime64(dt.date(day.year, (day.month - 1) // months * months + 1, 1), "M")
    return start.astype("datetime64[D]"), (start + months).astype("datetime64[D]") - np.timedelta64(1, "D")
