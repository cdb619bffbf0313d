"""What a team's own fields ask of a cell: bounds, formats, check digits, formulas, conditions, members.

Owns which of these is broken where; the message a team has for a field goes before ours. Refuses: fixed
bounds of figures, which stand in the schema (``cells``), and rules over several fields (``rules``).
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesxl import codes
from salesxl.checks.case import Case, Fault, error, warning
from salesxl.checks.judged import holds, said
from salesxl.checks.people import near_member
from salesxl.checks.record import Record, record_of
from salesxl.columns import Column, Kind, Need
from salesxl.expressions import Type
from salesxl.model import Severity
from salesxl.operands import type_of
from salesxl.parsing.columns import options_of
from salesxl.parsing.frames import Stack
from salesxl.rules.identity import customer_keys
from salesxl.rules.people import roster

__all__ = [
    "asked",
    "bounds",
    "choices",
    "formats",
    "masked",
    "members",
    "shown",
    "twice",
    "worded",
    "worked_out",
]

FIGURES = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.PERCENT, Kind.AMOUNT, Kind.AMOUNT_WAN})
BROKEN: Mapping[str, Callable[[Any, Any], Any]] = {
    "minimum": operator.lt,
    "above": operator.le,
    "maximum": operator.gt,
    "below": operator.ge,
}
"""How a value breaks each bound."""
FEN, LIKE = Decimal("0.01"), Decimal("0.000001")
"""How far what was filled in may be off what a formula gives: amounts in 元, and all else by its share."""
SHOWN = 6


def _fields(case: Case, fits: Callable[[Column], object]) -> Iterator[tuple[Record, Column]]:
    """Yield the fields of own definitions that suit, with their records."""
    for kind, stack in case.stacks.items():
        columns = [column for column in stack.spec.columns if fits(column)]
        record = record_of(case, kind) if columns else None
        if record is not None:
            for column in columns:
                yield record, column


def _open(record: Record, column: Column) -> Any:
    """Say of which cells a rule may speak: filled in, and not at fault already."""
    stack = record.stack
    return (stack.frame[column.field].notna() & ~stack.flagged[column.field]).to_numpy(dtype=bool)


def bounds(case: Case) -> Iterator[Fault]:
    """Report values beyond a bound that is worked out for each record, days beyond one, texts too long."""
    for record, column in _fields(case, lambda c: any(_by_record(c, getattr(c, name)) for name in BROKEN)):
        for name, broken in BROKEN.items():
            bound = getattr(column, name)
            if not _by_record(column, bound):
                continue
            if isinstance(bound, str):
                today = record.filled_in_on() if name in ("minimum", "above") else None
                limits, there = record.evaluate(bound, today)
                values, filled = record.pair(record.known_as(column))
            else:
                filled = record.stack.frame[column.field].notna().to_numpy(dtype=bool)
                values = record.stack.frame[column.field].str.len().to_numpy(dtype=float, na_value=0)
                limits, there = np.full(record.size, bound), np.ones(record.size, dtype=bool)
            if values.dtype.kind == "M" and limits.dtype.kind == "M" and column.kind is Kind.DATE:
                limits = limits.astype("datetime64[D]").astype("datetime64[us]")
            ask = np.flatnonzero(filled & there & _open(record, column))
            for at in ask[[bool(broken(values[at], limits[at])) for at in ask]].tolist():
                cells = record.cells(bound, at) if isinstance(bound, str) else ()
                why = _why(name, column)
                fault = error("range", record.stack, at, column.field, why=why, bound=shown(limits[at]))
                yield replace(fault, rests_on=cells)


def _by_record(column: Column, bound: Any) -> bool:
    return isinstance(bound, str) or (bound is not None and column.kind not in FIGURES)


def _why(name: str, column: Column) -> str:
    if column.kind in FIGURES:
        return {"minimum": "at_least", "maximum": "at_most"}.get(name, name)
    if column.kind in {Kind.DATE, Kind.MOMENT}:
        return {"minimum": "early", "above": "not_after", "maximum": "late", "below": "not_before"}[name]
    return {"minimum": "short", "above": "short", "maximum": "long", "below": "long"}[name]


def shown(value: Any) -> Any:
    """Return a bound as a message shows it."""
    if isinstance(value, np.datetime64):
        moment: dt.datetime = value.astype("datetime64[us]").item()
        return moment if moment.time() != dt.time() else moment.date()
    if isinstance(value, np.generic):
        return value.item()
    return value.normalize() if isinstance(value, Decimal) and value == value.to_integral() else value


def formats(case: Case) -> Iterator[Fault]:
    """Report numbers whose check digit is wrong, and texts that do not keep to a pattern."""
    for record, column in _fields(case, lambda c: c.format and c.need is not Need.COMPUTED):
        kind, values = str(column.format), record.stack.frame[column.field]
        known = {text: _slip(kind, str(text), case.as_of) for text in values.dropna().unique()}
        for at in np.flatnonzero(_open(record, column)).tolist():
            slip = known[values.iat[at]]
            if slip is not None:
                tell = warning if slip.weak else error
                why = f"{kind}_{slip.why}" if kind in codes.FORMATS else "pattern"
                fault = tell("format", record.stack, at, column.field, why=why, part=slip.part, pattern=kind)
                yield replace(fault, value=masked(str(values.iat[at]))) if kind == "id_card" else fault


def _slip(kind: str, text: str, today: dt.date) -> codes.Slip | None:
    if kind in codes.FORMATS:
        return codes.slip(kind, text, today)
    return None if re.fullmatch(codes.wildcard(kind), codes.evened(text)) else codes.Slip("pattern")


def masked(text: str) -> str:
    """Return a number of a person without what tells him.

    >>> masked("11010519491231002X")
    '110105********002X'
    """
    kept = min(SHOWN, len(text) // 3)
    return text[:kept] + "*" * (len(text) - kept - kept * 2 // 3) + text[len(text) - kept * 2 // 3 :]


def choices(case: Case) -> Iterator[Fault]:
    """Report cells of several choices of which one is none."""
    for record, column in _fields(case, lambda c: c.kind is Kind.ITEMS and c.choices):
        options = options_of(column, case.rulebook)
        known = {word for option in options for word in (option.value, *option.aliases)}
        values = record.stack.frame[column.field]
        for at in np.flatnonzero(_open(record, column)).tolist():
            odd = [one for one in str(values.iat[at]).split("、") if one not in known]
            if odd:
                names = tuple(option.value for option in options)
                yield error(
                    "choice", record.stack, at, column.field, why="one_of_several", among=odd, options=names
                )


def members(case: Case) -> Iterator[Fault]:
    """Report names of members that are not on the roster; without a roster nothing is said."""
    if not case.rulebook.has_roster:
        return
    known = roster(case.rulebook)
    for record, column in _fields(case, lambda c: c.reference == "member" and "rep" not in c.roles):
        values = record.stack.frame[column.field]
        off = (values.notna() & ~values.isin(known)).to_numpy(dtype=bool)
        for at in np.flatnonzero(off & _open(record, column)).tolist():
            near = near_member(str(values.iat[at]), case.rulebook)
            facts = {"near": near} if near else {}
            yield error("unknown_reference", record.stack, at, column.field, why="roster", **facts)


def twice(case: Case) -> Iterator[Fault]:
    """Report a record of an own form with the key of one above it in the same form.

    The first stays: the book has room for one. Of several files the newest one stands, which is none.
    """
    for kind in (block.kind for form in case.rulebook.forms.own for block in form.blocks):
        stack = case.stacks.get(kind)
        keys = [column for column in stack.spec.columns if "key" in column.roles] if stack else []
        if stack is None or not keys:
            continue
        told = stack.frame.loc[case.inside(stack), ["submission", *(c.field for c in keys)]].dropna()
        for name in (c.field for c in keys if c.reference == "customer"):
            told[name] = customer_keys(told[name])
        for rows in told.groupby(list(told), sort=False).groups.values():
            other = case.place_text(stack, int(rows[0]), keys[0].field)
            for at in rows[1:]:
                yield error("duplicate", stack, int(at), keys[0].field, why="key", other=other)


def worked_out(case: Case) -> tuple[dict[str, Stack], list[Fault]]:
    """Return the stacks with what their formulas give, and where something else was filled in.

    A blank or unreadable operand, and a division by 0, give nothing; the value is blank then.
    """
    stacks, faults = dict(case.stacks), list[Fault]()
    for first, column in _fields(case, lambda c: c.formula):
        kind = first.stack.spec.kind
        record = Record(replace(case, stacks=stacks), first.form, stacks[kind])  # with what others have given
        values, there = record.evaluate(str(column.formula))
        typed, filled = record.pair(record.known_as(column))
        for at in np.flatnonzero(filled & there & _open(record, column)).tolist():
            if _off(typed[at], values[at], type_of(column)):
                fault = warning("mismatch", record.stack, at, column.field, expected=shown(values[at]))
                faults.append(replace(fault, rests_on=record.cells(str(column.formula), at)))
        stacks[kind] = _with_values(stacks[kind], column, values, there)
    return stacks, faults


def _off(typed: Any, value: Any, kind: Type) -> bool:
    if isinstance(value, np.datetime64):
        return bool(typed != value)
    margin = max(
        FEN if kind.unit == "元" else Decimal(0), abs(value) * LIKE if kind.unit != "元" else Decimal(0)
    )
    return bool(abs(typed - value) > margin)


def _with_values(stack: Stack, column: Column, values: Any, there: Any) -> Stack:
    if values.dtype.kind == "M":
        days = values.copy()
        days[~there] = np.datetime64("NaT")
        return replace(stack, frame=stack.frame.assign(**{column.field: days}))
    plain = [_plain(value, column) if has else None for value, has in zip(values, there, strict=True)]
    made = pd.array(plain, dtype=column.kind.dtype)
    return replace(stack, frame=stack.frame.assign(**{column.field: made}))


def _plain(value: Decimal, column: Column) -> float | int:
    if column.kind is Kind.WHOLE:
        return round(value)
    return float(round(value, 2)) if column.kind is Kind.AMOUNT else float(value)


def asked(case: Case) -> Iterator[Fault]:
    """Report fields that their conditions ask for and that are blank; and those filled in against them."""
    for record, column in _fields(case, lambda c: c.conditions):
        met, known = np.ones(record.size, dtype=bool), np.ones(record.size, dtype=bool)
        for clause in column.conditions:
            true, sure = holds(record, clause)
            met, known = met & true, known & sure
        frame, stack = record.stack.frame, record.stack
        blank = (frame[column.field].isna() & ~stack.flagged[column.field]).to_numpy(dtype=bool)
        here = stack.present[column.field].to_numpy(dtype=bool)
        told = "；".join(said(clause, case.rulebook) for clause in column.conditions)
        if column.need is Need.CONDITIONAL:
            for at in np.flatnonzero(met & known & blank & here).tolist():
                yield error("required", stack, at, column.field, why="condition", condition=told)
        elif column.need is Need.OPTIONAL:
            for at in np.flatnonzero(~met & known & _open(record, column)).tolist():
                fault = warning("mismatch", stack, at, column.field, why="unasked", condition=told)
                yield replace(fault, rests_on=_cells(record, column, at))


def _cells(record: Record, column: Column, at: int) -> tuple[Any, ...]:
    cells = (record.cell(c.kind, c.field, at) for c in column.conditions if c.field in record.fields(c.kind))
    return tuple(cell for cell in cells if cell is not None)


MESSAGES = frozenset({"range", "format", "choice"})
"""Codes for which a team's own message of a field stands."""


def worded(faults: Iterable[Fault], case: Case) -> Iterator[Fault]:
    """Yield faults with the message that a team has for their field."""
    own = {
        (kind, column.field): column.message
        for kind, stack in case.stacks.items()
        for column in stack.spec.columns
        if column.message
    }
    for fault in faults:
        message = own.get((str(fault.kind), str(fault.field))) if fault.code in MESSAGES else None
        if message and fault.severity is not Severity.NOTICE:
            yield replace(fault, facts={**fault.facts, "why": "said", "said": message})
        else:
            yield fault
